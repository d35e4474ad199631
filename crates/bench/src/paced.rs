//! The other load generator: so many requests a second, whether or not earlier ones were answered.
//!
//! A request's time begins when it is due. One that has to wait for a free connection waits for the
//! product, and that counts: a generator that politely holds back would hide exactly what it is to
//! find. What is sent was written before, so that writing it costs the product nothing.

use crate::figures::micros;
use crate::wire::Connection;
use anyhow::{Context, Result, ensure};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// How long the last answers may take after the last request was due.
const LAST_ANSWERS: Duration = Duration::from_secs(30);

/// What to ask, of whom, and how often.
pub struct Paced {
    /// Who is asked.
    pub address: SocketAddr,
    /// How many requests may be under way at once.
    pub connections: usize,
    /// How many fall due in a second.
    pub per_second: u32,
    /// The bytes of each, in their order.
    pub requests: Vec<Vec<u8>>,
    /// The status of a good answer.
    pub status: u16,
}

impl Paced {
    /// Asks. How long each request took from when it was due, in microseconds; nothing for one that
    /// was answered with another status.
    pub async fn run(self) -> Result<Vec<Option<u32>>> {
        let lasts = Duration::from_secs(1) * u32::try_from(self.requests.len())? / self.per_second;
        let mut open = Vec::new();
        for _ in 0..self.connections {
            open.push(Connection::open(self.address).await?);
        }
        let count = self.requests.len();
        let (all, next) = (Arc::new(self), Arc::new(AtomicUsize::new(0)));
        let begin = Instant::now();
        let mut asking = JoinSet::new();
        for connection in open {
            asking.spawn(ask(connection, all.clone(), next.clone(), begin));
        }
        let answers = async {
            let mut took = vec![None; count];
            while let Some(ended) = asking.join_next().await {
                for (number, micros) in ended.context("a connection's task panicked")?? {
                    took[number] = micros;
                }
            }
            anyhow::Ok(took)
        };
        let took = tokio::time::timeout(lasts + LAST_ANSWERS, answers)
            .await
            .context("answers stayed away")??;
        ensure!(took.iter().any(Option::is_some), "no good answer came");
        Ok(took)
    }
}

/// What one connection asks: always the next request that nobody has taken.
async fn ask(
    mut connection: Connection,
    all: Arc<Paced>,
    next: Arc<AtomicUsize>,
    begin: Instant,
) -> Result<Vec<(usize, Option<u32>)>> {
    let mut took = Vec::new();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let Some(request) = all.requests.get(number) else {
            return Ok(took);
        };
        let due = begin + Duration::from_secs(1) * u32::try_from(number)? / all.per_second;
        tokio::time::sleep_until(due.into()).await;
        let seen = connection.exchange(request).await?;
        let good = seen.status == all.status;
        took.push((number, good.then(|| micros(due.elapsed()))));
    }
}
