//! `catch-up`: how long the program takes, begun again, to read what was said in many threads while
//! it was away; beside the least that Discord has to be asked for it, one page for each thread.

use crate::discord::{Discord, LATENCY_MS};
use crate::house::House;
use crate::ingest::set_up;
use crate::program::Program;
use crate::report::{Aim, Row, Section};
use crate::rows::Rows;
use crate::visitor::WORDS;
use anyhow::{Context, Result};
use std::sync::Arc;
use std::time::{Duration, Instant};

const THREADS: usize = 500;
/// Messages missed in each.
const MISSED: usize = 20;
const RATIO: f64 = 1.3;
const PATIENCE: Duration = Duration::from_secs(600);

/// Measures.
pub async fn run(house: &House) -> Result<Section> {
    let discord = Arc::new(Discord::start(house.discord()).await?);
    let program = Program::start(house, &discord, house.empty_folder()?).await?;
    let threads = set_up(&program, &discord, THREADS, "catch-up").await?;
    let folder = program.end()?;
    eprintln!("catch-up: {MISSED} messages in each of {THREADS} threads");
    let saying = {
        let discord = discord.clone();
        house
            .discord()
            .spawn_blocking(move || discord.burst(&threads, THREADS * MISSED, WORDS))
    };
    saying.await.context("the stand-in panicked")??;
    discord.set_latency(LATENCY_MS).await?;

    let started = Instant::now();
    let program = Program::start(house, &discord, folder).await?;
    let connected = Instant::now();
    let rows = Rows::of(&program.database()).await?;
    let before = rows.taken_in().await?;
    let read = rows.until_taken_in(THREADS * MISSED, PATIENCE).await?;
    rows.close().await?;
    let took = read.saturating_duration_since(started);
    let least = Duration::from_millis(LATENCY_MS) * u32::try_from(THREADS)?;
    let ratio = took.as_secs_f64() / least.as_secs_f64();
    Ok(Section {
        name: "catch-up",
        how: format!(
            "{MISSED} messages missed in each of {THREADS} threads, from the program's start to the \
             last one durable; against {THREADS} requests of {LATENCY_MS} ms, one after the other"
        ),
        rows: vec![Row {
            name: "reading what was missed".to_owned(),
            per_second: Some((THREADS * MISSED) as f64 / took.as_secs_f64()),
            ratio: Some(ratio),
            more: [
                ("seconds", took.as_secs_f64()),
                ("least_seconds", least.as_secs_f64()),
                (
                    "connected_after_seconds",
                    connected.saturating_duration_since(started).as_secs_f64(),
                ),
                ("read_before_connected", before as f64),
            ]
            .into(),
            aims: vec![Aim::below("ratio", ratio, RATIO, "")],
            ..Row::default()
        }],
    })
}
