//! `cargo xtask`: the project's one entry point for building, showing, testing and checking it.
//!
//! This file knows the command line and nothing else; each command lives in its own module.
//! xtask refuses to know how Threadline works: it starts the real binaries and asks from outside.

mod ahead;
mod bench;
mod check;
mod counts;
mod debian;
mod demo;
mod front_end;
mod fuzz;
mod http;
mod npm;
mod postgres;
mod processes;
mod rules;
mod screenshots;
mod setup;
mod storm;
mod tests;
mod tools;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::setup::Needs;

/// Builds, shows, tests and checks Threadline. Every command sets up what it needs first.
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    version,
    max_term_width = 100
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the product beside a local Discord; needs no account, no token and no `.env`.
    ///
    /// Builds everything, starts the Discord stand-in and the server on 127.0.0.1 with an
    /// embedded SQLite database, prints where to go, and runs until Ctrl-C.
    Demo(demo::Options),
    /// Run every test: unit and integration on SQLite and PostgreSQL, doc tests, browser tests.
    ///
    /// Later stages run even when an earlier one failed. The last line is `N passed, N failed`.
    Test(tests::Options),
    /// Formatting, clippy (native and wasm32), rustdoc, and the house rules; no warning passes.
    Check,
    /// Build the front end (small wasm, precompressed) and the native binaries.
    Build {
        /// Optimised, for running it for real; takes some minutes longer.
        #[arg(long)]
        release: bool,
    },
    /// Measure the optimised product: pages and forms, the bridge, commands and buttons, memory.
    ///
    /// Prints a table with each aim and whether it was met. Leave the machine alone meanwhile.
    Bench(bench::Options),
    /// Prove that the bridge loses nothing: seeds of acts, faults and crashes, both sides compared.
    ///
    /// A seed that differs prints what differs and what led to it, and repeats exactly.
    Storm(storm::Options),
    /// Throw odd bytes at what reads interactions, buttons' names, markdown and long texts.
    ///
    /// An input that makes one of them panic is kept under `fuzz/artifacts`.
    Fuzz(fuzz::Options),
    /// Install what is missing: wasm target, pinned build tools, npm and Debian packages.
    ///
    /// Every other command does this for itself. Done once, it costs under two seconds.
    SetUp,
    /// Install what builds the front end, and build it.
    #[command(name = ahead::COMMAND, hide = true)]
    BuildAhead,
    /// Photograph the demo's pages at 390 and 1440 pixels, light and dark.
    Screenshots {
        /// The folder that receives the pictures.
        #[arg(long, value_name = "DIR", default_value = "target/screenshots")]
        out: PathBuf,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments.command) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever pressed Ctrl-C needs no error text for it.
        Err(_) if processes::stop_asked() => ExitCode::from(130),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    processes::listen_for_signals()?;
    match command {
        Command::Demo(options) => demo::run(&options),
        Command::Test(options) => tests::run(&options),
        Command::Check => check::run(),
        Command::Build { release } => {
            setup::ensure(Needs::build())?;
            front_end::build()?;
            if release {
                front_end::build_for_use()
            } else {
                front_end::build_binaries()
            }
        }
        Command::Bench(options) => bench::run(&options),
        Command::Storm(options) => storm::run(&options),
        Command::Fuzz(options) => fuzz::run(&options),
        Command::SetUp => {
            setup::ensure(Needs::all())?;
            workspace::say("Everything is in place. Try `cargo xtask demo`.");
            Ok(())
        }
        Command::BuildAhead => {
            setup::ensure(Needs::build())?;
            front_end::build()
        }
        Command::Screenshots { out } => screenshots::run(&out),
    }
}
