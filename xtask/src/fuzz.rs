//! `cargo xtask fuzz`: throws bytes at what reads what strangers send, guided by what they reach.
//!
//! What is tried lies in `fuzz/fuzz_targets`, laid out so that cargo-fuzz finds it too; here the same
//! flags are given without it. A panic ends the run and leaves its input under `fuzz/artifacts`.

use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::setup::{self, Needs};
use crate::{processes, workspace};

/// What reads text alone: built in a minute.
const TEXT: [&str; 2] = ["markdown", "splitting"];
/// All. The others need the connector, and with it everything that it stands on.
const TARGETS: [&str; 5] = [
    "markdown",
    "splitting",
    "custom_ids",
    "interactions",
    "posts",
];

/// Counts which edges of the program an input reaches, for libFuzzer; no sanitizer, which would need a
/// nightly compiler.
const COVERAGE: &str = "-Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    --cfg fuzzing";

/// What `fuzz` can be told.
#[derive(Args)]
pub struct Options {
    /// Which targets; all, if none is named.
    #[arg(value_parser = TARGETS)]
    targets: Vec<String>,
    /// How long each runs.
    #[arg(long, value_name = "N", default_value_t = 20)]
    seconds: u64,
    /// Where the tools to build them are missing, say so and be content.
    #[arg(long)]
    if_able: bool,
}

impl Options {
    fn wants(&self, name: &str) -> bool {
        self.targets.is_empty() || self.targets.iter().any(|target| target == name)
    }
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

/// What is missing here to build them, if something is.
fn missing() -> Result<Option<&'static str>> {
    if workspace::find_program(&["c++", "g++", "clang++"]).is_none() {
        return Ok(Some(
            "there is no C++ compiler, in whose language libFuzzer is written",
        ));
    }
    let probe = workspace::notes()?.join("fuzz-probe.rs");
    std::fs::write(&probe, "pub fn probe() {}\n")
        .with_context(|| format!("cannot write {}", probe.display()))?;
    let counts = Command::new("rustc")
        .args(COVERAGE.split_whitespace())
        .args(["--crate-type", "rlib", "--emit", "obj", "-o"])
        .arg(probe.with_extension("o"))
        .arg(&probe)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .context("cannot run rustc")?;
    Ok((!counts.success()).then_some("this rustc cannot count what an input reaches"))
}

/// Builds, then runs each.
pub fn run(options: &Options) -> Result<()> {
    setup::ensure(Needs::native())?;
    let wanted: Vec<&str> = TARGETS.into_iter().filter(|t| options.wants(t)).collect();
    if let Some(missing) = missing()? {
        if options.if_able {
            println!("Fuzzing is left out ({}): {missing}", wanted.join(", "));
            return Ok(());
        }
        bail!("nothing can be fuzzed here: {missing}");
    }
    let home = workspace::root().join("fuzz");
    // The same versions as the product's.
    std::fs::copy(
        workspace::root().join("Cargo.lock"),
        home.join("Cargo.lock"),
    )
    .context("cannot copy Cargo.lock")?;
    let text_alone = wanted.iter().all(|target| TEXT.contains(target));
    workspace::say(match text_alone {
        true => "Building the fuzz targets that read text (a minute the first time on two cores)",
        false => "Building the fuzz targets, and with them the connector (long the first time)",
    });
    let target = workspace::target().join("fuzz");
    let host = host()?;
    let began = Instant::now();
    let mut build = workspace::cargo();
    build
        .arg("build")
        .args(wanted.iter().flat_map(|name| ["--bin", *name]))
        .arg("--manifest-path")
        .arg(home.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        // Named although it is this machine's: then build scripts are built without these flags.
        .args(["--target", &host])
        .env("RUSTFLAGS", COVERAGE);
    if text_alone {
        build.arg("--no-default-features");
    }
    processes::must("cargo build", build)?;
    println!("Built in {} s", began.elapsed().as_secs());
    for name in wanted {
        workspace::say(&format!("{name}, {} s", options.seconds));
        let corpus = target.join("corpus").join(name);
        let artifacts = home.join("artifacts").join(name);
        for folder in [&corpus, &artifacts] {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("cannot make {}", folder.display()))?;
        }
        let mut fuzz = Command::new(target.join(&host).join("debug").join(name));
        // What it learns stays in the first; the second is where everybody begins.
        fuzz.args([&corpus, &home.join("seeds").join(name)])
            .arg(format!("-artifact_prefix={}/", artifacts.display()))
            .arg(format!("-max_total_time={}", options.seconds))
            // One that takes so long is as bad as one that panics.
            .args(["-timeout=10", "-print_final_stats=1", "-verbosity=0"]);
        processes::must(name, fuzz)?;
    }
    workspace::say("No input made any of them panic");
    Ok(())
}
