//! `cargo xtask fuzz`: throws bytes at what reads what strangers send, guided by what they reach.
//!
//! What is tried lies in `fuzz/fuzz_targets`, laid out so that cargo-fuzz finds it too; here the same
//! flags are given without it. A panic ends the run and leaves its input under `fuzz/artifacts`.

use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;

use crate::setup::{self, Needs};
use crate::{processes, workspace};

const TARGETS: [&str; 4] = ["markdown", "splitting", "custom_ids", "interactions"];

/// Counts which edges of the program an input reaches, for libFuzzer; no sanitizer, which would need a
/// nightly compiler.
const COVERAGE: &str = "-Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Ccodegen-units=1 --cfg fuzzing";

/// What `fuzz` can be told.
#[derive(Args)]
pub struct Options {
    /// Which target; all, if none is named.
    #[arg(value_parser = TARGETS)]
    target: Option<String>,
    /// How long each runs.
    #[arg(long, value_name = "N", default_value_t = 20)]
    seconds: u64,
}

/// What this machine is called among targets.
fn host() -> Result<String> {
    let said = Command::new("rustc")
        .arg("-vV")
        .output()
        .context("cannot run rustc")?;
    let said = String::from_utf8(said.stdout).context("rustc says what is no text")?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not name its host")?.to_owned())
}

/// Builds, then runs each.
pub fn run(options: &Options) -> Result<()> {
    setup::ensure(Needs::native())?;
    let home = workspace::root().join("fuzz");
    // The same versions as the product's.
    std::fs::copy(
        workspace::root().join("Cargo.lock"),
        home.join("Cargo.lock"),
    )
    .context("cannot copy Cargo.lock")?;
    workspace::say("Building the fuzz targets (5 minutes the first time on two cores)");
    let target = workspace::target().join("fuzz");
    let host = host()?;
    let mut build = workspace::cargo();
    build
        .args(["build", "--bins"])
        .arg("--manifest-path")
        .arg(home.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        // Named although it is this machine's: then build scripts are built without these flags.
        .args(["--target", &host])
        .env("RUSTFLAGS", COVERAGE);
    processes::must("cargo build", build)?;
    for name in TARGETS {
        if options.target.as_deref().is_some_and(|only| only != name) {
            continue;
        }
        workspace::say(&format!("{name}, {} s", options.seconds));
        let corpus = target.join("corpus").join(name);
        let artifacts = home.join("artifacts").join(name);
        for folder in [&corpus, &artifacts] {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("cannot make {}", folder.display()))?;
        }
        let mut fuzz = Command::new(target.join(&host).join("debug").join(name));
        fuzz.arg(&corpus)
            .arg(format!("-artifact_prefix={}/", artifacts.display()))
            .arg(format!("-max_total_time={}", options.seconds))
            .args(["-print_final_stats=1", "-verbosity=0"]);
        processes::must(name, fuzz)?;
    }
    workspace::say("No input made any of them panic");
    Ok(())
}
