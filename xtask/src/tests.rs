//! `cargo xtask test`: runs every stage, adds the counts up, ends with one plain line.
//!
//! A stage that fails does not stop the next, so that the whole is seen. A runner that breaks off
//! (a build error, a crash) counts as one failure. It knows the runners, not the tests.

use std::fs;
use std::io::IsTerminal;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

use crate::ahead::Ahead;
use crate::counts::{self, Counts};
use crate::postgres::Postgres;
use crate::setup::{self, Needs};
use crate::{front_end, processes, workspace};

/// Everything native; `frontend` is wasm only and would set the wrong features in `app`.
const ALL: [&str; 3] = ["--workspace", "--exclude", "frontend"];
/// The packages that talk to the database.
const ON_DATABASES: [&str; 3] = ["desk", "server", "storm"];

/// What `test` can be told.
#[derive(Args)]
pub struct Options {
    /// Run only this part.
    #[arg(long)]
    only: Option<Part>,
    /// Run only tests whose name contains this.
    filter: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Unit and integration tests on SQLite, and doc tests.
    Unit,
    /// Browser tests against the real binaries.
    Browser,
    /// The database's tests once more, on a private PostgreSQL.
    Postgres,
}

/// Runs the tests; an error if one failed.
pub fn run(options: &Options) -> Result<()> {
    let wanted = |part| options.only.is_none_or(|only| only == part);
    // Where other stages come first, they leave time to build it.
    let is_last = options.only.is_none();
    let mut needs = Needs {
        native: true,
        wasm: wanted(Part::Browser),
        front_end: wanted(Part::Browser) && !is_last,
        browser: wanted(Part::Browser),
        postgres: wanted(Part::Postgres),
        emoji: false,
    };
    setup::ensure(needs)?;
    needs.front_end = wanted(Part::Browser);
    let ahead = is_last.then(Ahead::begin).transpose()?;
    let filter = options.filter.as_deref();
    let mut all = Tally::default();
    if wanted(Part::Unit) {
        all.stage("native tests on SQLite", || native(None, filter, &[]))?;
    }
    if wanted(Part::Postgres) {
        all.stage("database tests on PostgreSQL", || {
            let postgres = Postgres::start()?;
            let url = postgres.url();
            native(
                Some(&ON_DATABASES),
                filter,
                &[("TEST_DATABASE", "postgres"), ("TEST_POSTGRES_URL", &url)],
            )
        })?;
    }
    if wanted(Part::Unit) {
        all.stage("doc tests", || doc_tests(filter))?;
    }
    if wanted(Part::Browser) {
        all.stage("browser tests", || {
            if let Some(ahead) = ahead {
                ahead.wait()?;
            }
            setup::ensure(needs)?;
            browser(filter)
        })?;
    }
    all.finish(options.filter.is_some())
}

#[derive(Default)]
struct Tally {
    counts: Counts,
    said: Vec<String>,
}

impl Tally {
    /// Runs one stage. Only a wish to stop ends the run; everything else is counted.
    fn stage(&mut self, name: &str, stage: impl FnOnce() -> Result<Counts>) -> Result<()> {
        workspace::say(&format!("Running {name}"));
        let began = Instant::now();
        let ended = stage();
        if processes::stop_asked() {
            bail!("stopped");
        }
        let seconds = began.elapsed().as_secs();
        match ended {
            Ok(counts) => {
                self.said.push(format!("{name}: {counts} ({seconds} s)"));
                self.counts += counts;
            }
            Err(error) => {
                self.said.push(format!(
                    "{name}: broke off ({seconds} s), counted as one failure: {error:#}"
                ));
                self.counts.failed += 1;
            }
        }
        Ok(())
    }

    fn finish(mut self, filtered: bool) -> Result<()> {
        workspace::say("Done");
        for line in &self.said {
            println!("{line}");
        }
        if filtered {
            // Runners call what the filter left out "skipped".
            self.counts.skipped = 0;
        }
        println!("{}", self.counts);
        if self.counts.failed > 0 {
            // The line above says it all, and must stay the last.
            std::process::exit(1);
        }
        Ok(())
    }
}

/// Unit and integration tests, with nextest where it is installed.
/// Runs the tests of some packages, or of all.
fn native(
    only: Option<&[&str]>,
    filter: Option<&str>,
    environment: &[(&str, &str)],
) -> Result<Counts> {
    let nextest = has_nextest();
    // Some packages alone are built with other features, and so all over again. nextest can build
    // what was built before and run a part of it.
    let packages: Vec<&str> = match only {
        Some(only) if !nextest => only.iter().flat_map(|name| ["--package", name]).collect(),
        _ => ALL.to_vec(),
    };
    let start = |arguments: &[&str]| {
        let mut command = workspace::cargo();
        command
            .args(arguments)
            .args(&packages)
            .envs(environment.iter().copied());
        if !nextest {
            command.args(["--lib", "--bins", "--tests"]);
        }
        command
    };
    // Built first, so that cargo can show its progress.
    let build = if nextest {
        start(&["nextest", "run", "--no-run"])
    } else {
        start(&["test", "--no-run"])
    };
    processes::must("building the tests", build)?;
    let mut command = if nextest {
        start(&["nextest", "run", "--no-fail-fast", "--no-tests=pass"])
    } else {
        start(&["test", "--no-fail-fast"])
    };
    if std::io::stderr().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    if let Some(only) = only.filter(|_| nextest) {
        let packages: Vec<_> = only.iter().map(|name| format!("package({name})")).collect();
        command.args(["--filterset", &packages.join(" | ")]);
    }
    command.args(filter);
    let (status, lines) = processes::run_and_read("the tests", command)?;
    let counts = if nextest {
        counts::of_nextest(&lines)
    } else {
        counts::of_cargo_test(&lines)
    };
    settle(status.success(), counts)
}

fn doc_tests(filter: Option<&str>) -> Result<Counts> {
    let mut command = workspace::cargo();
    command
        .args(["test", "--doc"])
        .args(ALL)
        .arg("--no-fail-fast");
    if let Some(filter) = filter {
        command.args(["--", filter]);
    }
    let (status, lines) = processes::run_and_read("the doc tests", command)?;
    settle(status.success(), counts::of_cargo_test(&lines))
}

fn browser(filter: Option<&str>) -> Result<Counts> {
    front_end::build()?;
    front_end::build_binaries()?;
    let folder = workspace::root().join("e2e");
    let report = workspace::notes()?.join("playwright.json");
    // The last run's must not be taken for this one's.
    let _ = fs::remove_file(&report);
    let mut command = Command::new(folder.join("node_modules/.bin/playwright"));
    command
        .args(["test", "--reporter=list,json", "--pass-with-no-tests"])
        .current_dir(&folder);
    if let Some(filter) = filter {
        command.args(["--grep", filter]);
    }
    command.env("PLAYWRIGHT_JSON_OUTPUT_FILE", &report);
    command
        .env("THREADLINE_BINARIES", workspace::binaries())
        .env("SITE_DIR", workspace::site());
    let status = processes::run("Playwright", command)?;
    let report = fs::read_to_string(&report).context("Playwright wrote no report");
    settle(
        status.success(),
        report
            .ok()
            .and_then(|report| counts::of_playwright(&report)),
    )
}

/// Believes a runner's counts only where they agree with how it ended.
fn settle(success: bool, counts: Option<Counts>) -> Result<Counts> {
    match counts {
        Some(counts) if success == (counts.failed == 0) => Ok(counts),
        Some(counts) if success => bail!("the runner ended well, yet reported {counts}"),
        Some(mut counts) => {
            println!(
                "The runner ended badly although every test that it reported passed: counted as one failure."
            );
            counts.failed += 1;
            Ok(counts)
        }
        None if success => Ok(Counts::default()),
        None => bail!("the runner ended before it reported"),
    }
}

fn has_nextest() -> bool {
    let mut command = workspace::cargo();
    command
        .args(["nextest", "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
