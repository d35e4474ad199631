//! The program `threadline-bench`: measures the product on this machine and says whether it is
//! fast and small enough.
//!
//! It uses the product from outside, as browsers and Discord do; only the server's start is taken
//! from its library. `cargo xtask bench` builds all that it needs and starts it.

mod bare;
mod bridge;
mod catch_up;
mod discord;
mod figures;
mod health;
mod house;
mod ingest;
mod interactions;
mod load;
mod memory;
mod moments;
mod paced;
mod pages;
mod product;
mod program;
mod report;
mod rows;
mod sqlite;
mod visitor;
mod wire;

use anyhow::{Context, Result, bail};
use clap::{Parser, ValueEnum};
use house::House;
use report::{Report, Section};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures Threadline on this machine.
///
/// Ratios are taken within one run; a figure by itself says as much about the machine. A missed
/// aim is a finding, not a failure: the exit code says only whether the measuring worked.
#[derive(Parser)]
#[command(name = "threadline-bench", max_term_width = 100)]
struct Options {
    /// What to measure.
    #[arg(value_enum, default_value_t = What::All)]
    what: What,
    /// How long a round takes. `pages` has 24 of them; each of the bridge's eight measurements
    /// takes four, and so does each of the two of `interactions`.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// Write the figures to this file too, for machines.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// The built front end.
    #[arg(long, value_name = "DIR", default_value = "target/site")]
    site: PathBuf,
    /// The program that is weighed, and begun again.
    #[arg(long, value_name = "FILE", default_value = "target/release/threadline")]
    threadline: PathBuf,
    /// Where databases and logs are made; on a real disk, since syncing is measured too.
    #[arg(long, value_name = "DIR", default_value = "target/bench")]
    folder: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Requests per second of pages and forms, beside a bare handler.
    Pages,
    /// How long messages are under way between web and Discord, also while some requests fail.
    Bridge,
    /// A burst of messages from Discord, beside bare inserts of the same rows.
    Ingest,
    /// Reading what was missed, beside the fewest requests that could tell it.
    CatchUp,
    /// How long commands and buttons wait for their answer, beside a bare check of the signature.
    Interactions,
    /// The memory of the program, fresh and after 10,000 messages.
    Memory,
    /// All six.
    All,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<()> {
    let folder = &options.folder;
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    if !options.site.join("pkg").is_dir() {
        bail!(
            "{} holds no built front end: run `cargo xtask bench`, which builds it",
            options.site.display()
        );
    }
    product::log_to(folder)?;
    let house = House::new(
        std::path::absolute(&options.site)?,
        std::path::absolute(&options.threadline)?,
        std::path::absolute(folder)?,
        Duration::from_secs(options.seconds),
    )?;
    let load_before = load_average();
    let here = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let sections = here.block_on(async {
        tokio::select! {
            sections = measure(options.what, &house) => sections,
            stopped = asked_to_stop() => stopped.and_then(|()| bail!("stopped")),
        }
    })?;
    // What is still open here must be gone before the runtimes of the others are.
    drop(here);
    drop(house);
    let report = Report {
        cores: std::thread::available_parallelism().map_or(1, usize::from),
        load_before,
        round_seconds: options.seconds,
        optimised: !cfg!(debug_assertions),
        sections,
    };
    println!("{}", report.table());
    if let Some(path) = &options.json {
        let text = serde_json::to_string_pretty(&report)?;
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

async fn measure(what: What, house: &House) -> Result<Vec<Section>> {
    let wanted = |one| what == one || what == What::All;
    let mut sections = Vec::new();
    if wanted(What::Pages) {
        sections.push(pages::run(house).await.context("pages")?);
    }
    if wanted(What::Bridge) {
        sections.push(bridge::run(house).await.context("bridge")?);
    }
    if wanted(What::Ingest) {
        sections.push(ingest::run(house).await.context("ingest")?);
    }
    if wanted(What::CatchUp) {
        sections.push(catch_up::run(house).await.context("catch-up")?);
    }
    if wanted(What::Interactions) {
        sections.push(interactions::run(house).await.context("interactions")?);
    }
    if wanted(What::Memory) {
        sections.push(memory::run(house).await.context("memory")?);
    }
    Ok(sections)
}

/// Ends the measuring in order, so that no child outlives it.
async fn asked_to_stop() -> Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// How busy the machine was in the last minute, where the system says so.
fn load_average() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/loadavg").ok()?;
    text.split(' ').next()?.parse().ok()
}
