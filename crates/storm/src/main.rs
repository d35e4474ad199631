//! `threadline-storm`: storms through many seeds and says which, if any, the bridge did not hold.

use anyhow::{Result, bail};
use clap::Parser;
use futures::StreamExt;
use serde_json::json;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;
use storm::{Outcome, Sabotage, Source, storm, storm_over_sockets};

/// How much of a failed seed's trace is printed.
const TRACE: usize = 60;
/// How many seeds go over sockets at once.
const SIDE_BY_SIDE: usize = 6;

/// Tries, seed by seed, whether the bridge loses nothing, doubles nothing and keeps order.
#[derive(Parser)]
struct Options {
    /// How many seeds.
    #[arg(long, default_value_t = 1_000)]
    seeds: u64,
    /// The first seed; with `--seeds 1`, the one to repeat.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Write what came of it to this file too, for machines.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Break the bridge on purpose, each way in turn, and see that the storm finds it.
    #[arg(long)]
    sabotage: bool,
    /// Only this way.
    #[arg(long, value_name = "WAY", requires = "sabotage")]
    only: Option<Sabotage>,
    /// Instead of seeds: kill the real program this often, under load, and compare at the end.
    #[arg(long, value_name = "N", requires = "threadline", requires = "site")]
    crashes: Option<u64>,
    /// Instead: so many seeds through serenity, TLS and sockets, in real time.
    #[arg(long, value_name = "N")]
    wire: Option<u64>,
    /// The program to kill.
    #[arg(long, value_name = "PROGRAM")]
    threadline: Option<PathBuf>,
    /// Its built front end.
    #[arg(long, value_name = "FOLDER")]
    site: Option<PathBuf>,
    /// Print the whole trace of every seed, not only the end of those that failed.
    #[arg(long)]
    trace: bool,
}

fn main() -> Result<()> {
    let mut options = Options::parse();
    if options.sabotage {
        return sabotage(&options);
    }
    if let (Some(kills), Some(program), Some(site)) = (
        options.crashes,
        options.threadline.take(),
        options.site.take(),
    ) {
        return crashes(program, site, kills, options.seed);
    }
    let began = Instant::now();
    let (outcomes, failed) = match options.wire {
        Some(seeds) => over_sockets(&options, seeds)?,
        None => run(&options, None, usize::MAX)?,
    };
    let crashes: u32 = outcomes.iter().map(|o| o.crashes).sum();
    let messages: usize = outcomes.iter().map(|o| o.messages).sum();
    println!(
        "{} seeds, {crashes} crashes, {messages} messages from the web, {} s: {} seeds differ",
        outcomes.len(),
        began.elapsed().as_secs(),
        failed.len()
    );
    if let Some(path) = &options.json {
        let failed: Vec<_> = failed
            .iter()
            .map(|o| json!({"seed": o.seed, "differences": o.differences}))
            .collect();
        let report = json!({
            "seeds": outcomes.len(), "crashes": crashes, "messages": messages,
            "seconds": began.elapsed().as_secs_f64(), "failed": failed,
        });
        std::fs::write(path, format!("{report:#}\n"))?;
    }
    if !failed.is_empty() {
        bail!("the bridge did not hold in {} seeds", failed.len());
    }
    Ok(())
}

/// Kills the real program again and again.
fn crashes(program: PathBuf, site: PathBuf, kills: u64, seed: u64) -> Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let began = Instant::now();
    let report = runtime.block_on(storm::crashes::run(program, site, kills, seed))?;
    for difference in &report.differences {
        println!("  DIFFERS: {difference}");
    }
    println!(
        "killed {} times in {} s, {} messages from the web, {} from Discord: {} differences",
        report.kills,
        began.elapsed().as_secs(),
        report.from_web,
        report.from_discord,
        report.differences.len()
    );
    if !report.differences.is_empty() {
        bail!("the bridge did not hold");
    }
    Ok(())
}

/// Runs so many seeds over real sockets, several side by side: most of their time is waiting.
fn over_sockets(options: &Options, seeds: u64) -> Result<(Vec<Short>, Vec<Outcome>)> {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let source = Source::new().await?;
        let (mut all, mut failed) = (Vec::new(), Vec::new());
        let seeds = options.seed..options.seed + seeds;
        let storms = seeds.map(|seed| storm_over_sockets(seed, &source));
        let mut storms = futures::stream::iter(storms).buffer_unordered(SIDE_BY_SIDE);
        while let Some(outcome) = storms.next().await {
            let outcome = outcome?;
            all.push(Short {
                crashes: outcome.crashes,
                messages: outcome.messages,
            });
            if options.trace || !outcome.differences.is_empty() {
                tell(&outcome, if options.trace { usize::MAX } else { TRACE });
            }
            if !outcome.differences.is_empty() {
                failed.push(outcome);
            }
        }
        Ok((all, failed))
    })
}

/// Every way to break it must be found.
fn sabotage(options: &Options) -> Result<()> {
    let mut missed = Vec::new();
    for way in Sabotage::ALL {
        if options.only.is_some_and(|only| only != way) {
            continue;
        }
        let (outcomes, failed) = run(options, Some(way), 1)?;
        match failed.first() {
            Some(found) => println!(
                "{way:?}: found by seed {} ({})",
                found.seed,
                found.differences.first().map_or("", String::as_str)
            ),
            None => {
                println!("{way:?}: NOT FOUND in {} seeds", outcomes.len());
                missed.push(way);
            }
        }
    }
    if !missed.is_empty() {
        bail!("the proof did not see {missed:?}");
    }
    Ok(())
}

/// What a seed came to, without its trace.
struct Short {
    crashes: u32,
    messages: usize,
}

/// Runs the seeds, and stops after `enough` failures.
fn run(
    options: &Options,
    sabotage: Option<Sabotage>,
    enough: usize,
) -> Result<(Vec<Short>, Vec<Outcome>)> {
    let next = Arc::new(AtomicU64::new(options.seed));
    let end = options.seed + options.seeds;
    let all = Mutex::new(Vec::new());
    let failed = Mutex::new(Vec::new());
    let broken = Mutex::new(None);
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let work = || -> Result<()> {
                    let runtime = tokio::runtime::Builder::new_current_thread()
                        .enable_all()
                        .build()?;
                    let source = runtime.block_on(Source::new())?;
                    loop {
                        let seed = next.fetch_add(1, Ordering::SeqCst);
                        let over = seed >= end || locked(&failed).len() >= enough;
                        if over || locked(&broken).is_some() {
                            return Ok(());
                        }
                        let outcome = runtime.block_on(storm(seed, &source, sabotage))?;
                        locked(&all).push(Short {
                            crashes: outcome.crashes,
                            messages: outcome.messages,
                        });
                        if sabotage.is_none() && (options.trace || !outcome.differences.is_empty())
                        {
                            tell(&outcome, if options.trace { usize::MAX } else { TRACE });
                        }
                        if !outcome.differences.is_empty() {
                            locked(&failed).push(outcome);
                        }
                    }
                };
                if let Err(error) = work() {
                    *locked(&broken) = Some(error);
                }
            });
        }
    });
    if let Some(error) = locked(&broken).take() {
        return Err(error);
    }
    let mut failed = std::mem::take(&mut *locked(&failed));
    failed.sort_by_key(|outcome: &Outcome| outcome.seed);
    let all = std::mem::take(&mut *locked(&all));
    Ok((all, failed))
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn tell(outcome: &Outcome, lines: usize) {
    println!("seed {}", outcome.seed);
    let from = outcome.trace.len().saturating_sub(lines);
    for line in &outcome.trace[from..] {
        println!("    {line}");
    }
    for difference in &outcome.differences {
        println!("  DIFFERS: {difference}");
    }
}
