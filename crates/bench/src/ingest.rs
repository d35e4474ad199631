//! `ingest`: a burst of messages from Discord, over the gateway into many tickets: how fast they
//! are taken in for good and told to those who watch; beside bare inserts of the same rows.
//!
//! The stand-in says them as fast as it can; nothing asks it for them. What staff see under each of
//! their messages, a reaction, is a request of ours, and competes, as it does in life.

use crate::discord::{Discord, LATENCY_MS};
use crate::health;
use crate::house::House;
use crate::program::Program;
use crate::report::{Aim, Row, Section};
use crate::rows::{self, Rows};
use crate::visitor::{Visitor, WORDS};
use crate::wire::{Connection, Request};
use anyhow::{Context, Result};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const THREADS: usize = 1_000;
const MESSAGES: usize = 20_000;
/// So many of them are inserted once more.
const INSERTED: usize = 5_000;
/// Customers that file the tickets.
const CUSTOMERS: usize = 10;
const RATIO: f64 = 0.5;
/// What a burst may add to the program's memory. Unbounded, each message would stay until it is
/// taken in.
const MORE_MB: f64 = 64.0;
/// How long setting up, or the burst, may take.
const PATIENCE: Duration = Duration::from_secs(600);
/// How long nothing is told before it counts as all.
const QUIET: Duration = Duration::from_millis(500);

/// Measures.
pub async fn run(house: &House) -> Result<Section> {
    let discord = Arc::new(Discord::start(house.discord()).await?);
    let program = Program::start(house, &discord, house.empty_folder()?).await?;
    let threads = set_up(&program, &discord, THREADS, "ingest").await?;
    discord.set_latency(LATENCY_MS).await?;
    let before = program.weigh()?;
    let told = Told::to_staff(program.address, &discord).await?;
    let rows = Rows::of(&program.database()).await?;

    eprintln!("ingest: {MESSAGES} messages at once");
    let began = Instant::now();
    let saying = {
        let discord = discord.clone();
        house
            .discord()
            .spawn_blocking(move || discord.burst(&threads, MESSAGES, WORDS))
    };
    let durable = rows.until_taken_in(MESSAGES, PATIENCE).await?;
    saying.await.context("the stand-in panicked")??;
    let announced = told.last().await.max(durable);
    let after = program.weigh()?;
    rows.close().await?;
    let took = announced.saturating_duration_since(began);
    let per_second = MESSAGES as f64 / took.as_secs_f64();

    let database = program.database();
    let folder = program.end()?;
    eprintln!("ingest: {INSERTED} bare transactions");
    let bare = house
        .product()
        .spawn(async move { rows::inserted_again(&database, INSERTED).await })
        .await
        .context("the bare inserts panicked")??;
    drop(folder);
    let ratio = per_second / bare;
    let more_mb = after.peak - before.resident;
    Ok(Section {
        name: "ingest",
        how: format!(
            "{MESSAGES} messages over {THREADS} threads in one burst, from the first one said to \
             the last one durable and announced; the stand-in (limits off) answers in \
             {LATENCY_MS} ms"
        ),
        rows: vec![
            Row {
                name: "message said in Discord → durable and announced".to_owned(),
                per_second: Some(per_second),
                ratio: Some(ratio),
                megabytes: Some(after.peak),
                more: [
                    ("messages", MESSAGES as f64),
                    ("seconds", took.as_secs_f64()),
                    (
                        "announced_after_durable_ms",
                        milliseconds(durable, announced),
                    ),
                    ("more_mb", more_mb),
                ]
                .into(),
                aims: vec![
                    Aim::at_least("ratio", ratio, RATIO),
                    Aim::below("more MB", more_mb, MORE_MB, ""),
                ],
                ..Row::default()
            },
            Row {
                name: "  bare inserts of the same rows, a transaction each".to_owned(),
                per_second: Some(bare),
                ..Row::default()
            },
        ],
    })
}

fn milliseconds(from: Instant, to: Instant) -> f64 {
    to.saturating_duration_since(from).as_secs_f64() * 1_000.0
}

/// Files tickets until so many have their threads; the threads.
pub async fn set_up(
    program: &Program,
    discord: &Discord,
    tickets: usize,
    whose: &str,
) -> Result<Vec<u64>> {
    eprintln!("{whose}: setting up {tickets} tickets");
    let mut filing = JoinSet::new();
    for customer in 0..CUSTOMERS {
        let address = program.address;
        filing.spawn(async move {
            let mut visitor = Visitor::come(address).await?;
            let email = format!("customer-{customer}@example.com");
            for _ in 0..tickets / CUSTOMERS {
                visitor.file(&email, "Corrected invoice").await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(filed) = filing.join_next().await {
        filed.context("a customer panicked")??;
    }
    health::until_delivered(program.address, PATIENCE).await?;
    let threads: Vec<u64> = discord.threads().into_values().collect();
    anyhow::ensure!(threads.len() == tickets, "tickets without threads");
    Ok(threads)
}

/// What an open dashboard is told.
struct Told {
    last: Arc<Mutex<Instant>>,
    // Ends with this.
    _listening: JoinSet<Result<()>>,
}

impl Told {
    async fn to_staff(address: SocketAddr, discord: &Discord) -> Result<Self> {
        let session = Visitor::come(address).await?.sign_in(discord).await?;
        let stream = Request::get(address, "/api/events").with("cookie", &session);
        let mut stream = Connection::open(address).await?.follow(stream).await?;
        let last = Arc::new(Mutex::new(Instant::now()));
        let mut listening = JoinSet::new();
        let heard = last.clone();
        listening.spawn(async move {
            loop {
                stream
                    .next(|_| {
                        *heard.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now()
                    })
                    .await?;
            }
        });
        Ok(Self {
            last,
            _listening: listening,
        })
    }

    /// The moment of the last hint, once no more come.
    async fn last(&self) -> Instant {
        loop {
            let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
            let quiet_at = last + QUIET;
            if Instant::now() >= quiet_at {
                return last;
            }
            tokio::time::sleep_until(quiet_at.into()).await;
        }
    }
}
