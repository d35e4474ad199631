//! `cargo xtask bench`: builds everything optimised and has it measured.
//!
//! What is measured, and how, is the affair of `crates/bench`; this module hands over where things
//! lie. An aim that was missed is not an error of this command.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};

use crate::setup::{self, Needs};
use crate::{front_end, processes, workspace};

/// What `bench` can be told.
#[derive(Args)]
pub struct Options {
    /// What to measure.
    #[arg(value_enum, default_value_t = What::All)]
    what: What,
    /// How long a round takes; `all` takes some fifty of them.
    #[arg(long, value_name = "N", default_value_t = 5)]
    seconds: u64,
    /// Write the figures to this file too, for machines.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
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

impl What {
    fn name(self) -> &'static str {
        match self {
            Self::Pages => "pages",
            Self::Bridge => "bridge",
            Self::Ingest => "ingest",
            Self::CatchUp => "catch-up",
            Self::Interactions => "interactions",
            Self::Memory => "memory",
            Self::All => "all",
        }
    }
}

/// Builds, then measures.
pub fn run(options: &Options) -> Result<()> {
    setup::ensure(Needs::build())?;
    front_end::build()?;
    workspace::say(
        "Building the optimised server and its benchmarks (10 minutes the first time on two cores)",
    );
    let mut command = workspace::cargo();
    command.args([
        "build",
        "--release",
        "--package",
        "server",
        "--package",
        "bench",
    ]);
    processes::must("cargo build", command)?;

    workspace::say("Measuring; leave the machine alone meanwhile");
    let programs = workspace::target().join("release");
    let mut command = Command::new(programs.join("threadline-bench"));
    command.arg(options.what.name());
    command.args(["--seconds", &options.seconds.to_string()]);
    command.arg("--site").arg(workspace::site());
    command.arg("--threadline").arg(programs.join("threadline"));
    command
        .arg("--folder")
        .arg(workspace::target().join("bench"));
    if let Some(path) = &options.json {
        let path = std::path::absolute(path).context("cannot make the path of --json absolute")?;
        command.arg("--json").arg(path);
    }
    processes::must("threadline-bench", command)
}
