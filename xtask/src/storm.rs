//! `cargo xtask storm`: builds the storm optimised and lets it loose.
//!
//! What a storm is, is the affair of `crates/storm`; this module hands its options over.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;

use crate::setup::{self, Needs};
use crate::{front_end, processes, workspace};

/// What `storm` can be told.
#[derive(Args)]
pub struct Options {
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
    /// Instead of seeds: kill the real program this often, under load, and compare at the end.
    #[arg(long, value_name = "N")]
    crashes: Option<u64>,
    /// Instead: so many seeds through serenity, TLS and sockets, in real time.
    #[arg(long, value_name = "N")]
    wire: Option<u64>,
    /// Print the trace of every seed, not only of those that differ.
    #[arg(long)]
    trace: bool,
}

/// Builds, then storms.
pub fn run(options: &Options) -> Result<()> {
    if let Some(kills) = options.crashes {
        return crashes(kills, options.seed);
    }
    setup::ensure(Needs::native())?;
    workspace::say("Building the storm, optimised (5 minutes the first time on two cores)");
    let mut command = workspace::cargo();
    command.args(["build", "--release", "--package", "storm"]);
    processes::must("cargo build", command)?;

    workspace::say("Storming");
    let mut command = Command::new(workspace::target().join("release/threadline-storm"));
    command.args(["--seeds", &options.seeds.to_string()]);
    command.args(["--seed", &options.seed.to_string()]);
    for (wanted, flag) in [(options.sabotage, "--sabotage"), (options.trace, "--trace")] {
        if wanted {
            command.arg(flag);
        }
    }
    if let Some(seeds) = options.wire {
        command.args(["--wire", &seeds.to_string()]);
    }
    if let Some(path) = &options.json {
        let path = std::path::absolute(path).context("cannot make the path of --json absolute")?;
        command.arg("--json").arg(path);
    }
    processes::must("threadline-storm", command)
}

/// The program as the tests build it: what is proven does not depend on how fast it is.
fn crashes(kills: u64, seed: u64) -> Result<()> {
    setup::ensure(Needs::build())?;
    front_end::build()?;
    let mut command = workspace::cargo();
    command.args(["build", "--package", "server", "--package", "storm"]);
    processes::must("cargo build", command)?;
    workspace::say("Killing it again and again");
    let programs = workspace::target().join("debug");
    let mut command = Command::new(programs.join("threadline-storm"));
    command.args(["--crashes", &kills.to_string()]);
    command.args(["--seed", &seed.to_string()]);
    command.arg("--threadline").arg(programs.join("threadline"));
    command.arg("--site").arg(workspace::site());
    processes::must("threadline-storm", command)
}
