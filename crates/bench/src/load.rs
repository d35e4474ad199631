//! The load generator: some connections, each asking again as soon as it is answered.
//!
//! A closed loop, bounded in connections, time and count, on the thread of whoever calls it. An
//! answer with another status than the expected one is counted apart: errors are quick, and a rate
//! made of them would look splendid.

use crate::figures::{Latencies, micros};
use crate::wire::Connection;
use anyhow::{Context, Result, ensure};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// What runs before the measuring begins.
const WARM_UP: Duration = Duration::from_millis(500);
/// How long the last answers may take after the end.
const LAST_ANSWERS: Duration = Duration::from_secs(20);
/// No more requests than this, in any time.
const AT_MOST: u64 = 5_000_000;

/// Writes the bytes of the request with this number.
pub type Write = Arc<dyn Fn(u64, &mut Vec<u8>) + Send + Sync>;

/// What to ask, of whom, and what to expect.
#[derive(Clone)]
pub struct Load {
    /// Who is asked.
    pub address: SocketAddr,
    /// How many connections ask at once.
    pub connections: usize,
    /// What they ask. The numbers rise over all connections and never repeat within a run.
    pub request: Write,
    /// The number of the first request.
    pub first: u64,
    /// The status of a good answer.
    pub status: u16,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Measured {
    /// Good answers per second.
    pub per_second: f64,
    /// How long each took, from the first byte sent to the last received.
    pub latencies: Latencies,
    /// Answers with another status.
    pub failed: u64,
    /// The number of the first request that was not sent.
    pub next: u64,
}

impl Load {
    /// The same bytes again and again.
    pub fn same(address: SocketAddr, connections: usize, status: u16, request: Vec<u8>) -> Self {
        Self {
            address,
            connections,
            request: Arc::new(move |_, bytes| bytes.extend_from_slice(&request)),
            first: 0,
            status,
        }
    }

    /// Asks for this long, after a short run that does not count.
    pub async fn run(&self, duration: Duration) -> Result<Measured> {
        let mut open = Vec::new();
        for _ in 0..self.connections {
            open.push(Connection::open(self.address).await?);
        }
        let number = Arc::new(AtomicU64::new(self.first));
        let begin = Instant::now() + WARM_UP;
        let window = (begin, begin + duration);
        let mut asking = JoinSet::new();
        for connection in open {
            asking.spawn(ask(connection, self.clone(), number.clone(), window));
        }
        let all = async {
            let mut all = Asked::default();
            while let Some(ended) = asking.join_next().await {
                let asked = ended.context("a connection's task panicked")??;
                all.samples.extend(asked.samples);
                all.failed += asked.failed;
            }
            anyhow::Ok(all)
        };
        let Asked { samples, failed } =
            tokio::time::timeout(WARM_UP + duration + LAST_ANSWERS, all)
                .await
                .context("answers stayed away")??;
        ensure!(
            !samples.is_empty(),
            "no good answer came in time ({failed} others did)"
        );
        Ok(Measured {
            per_second: samples.len() as f64 / duration.as_secs_f64(),
            latencies: Latencies::new(samples),
            failed,
            next: number.load(Ordering::Relaxed),
        })
    }
}

/// What one connection saw.
#[derive(Default)]
struct Asked {
    /// How long good answers took, in microseconds.
    samples: Vec<u32>,
    failed: u64,
}

async fn ask(
    mut connection: Connection,
    load: Load,
    number: Arc<AtomicU64>,
    (begin, end): (Instant, Instant),
) -> Result<Asked> {
    let mut asked = Asked::default();
    let mut request = Vec::new();
    loop {
        let number = number.fetch_add(1, Ordering::Relaxed);
        request.clear();
        (load.request)(number, &mut request);
        let sent = Instant::now();
        if sent >= end || number - load.first >= AT_MOST {
            return Ok(asked);
        }
        let seen = connection.exchange(&request).await?;
        let answered = Instant::now();
        // What was asked before the measuring began, or answered after it ended, does not count.
        if seen.status != load.status {
            asked.failed += 1;
        } else if sent >= begin && answered <= end {
            asked.samples.push(micros(answered - sent));
        }
    }
}
