//! `cargo xtask check`: everything that reads the code and runs none of it.
//!
//! Each step runs even when an earlier one failed, and says how long it took. What the rules of
//! the house are is `rules`' affair.

use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Result, bail};

use crate::setup::{self, Needs};
use crate::{processes, rules, workspace};

/// Everything native, as in `tests`.
const NATIVE: [&str; 3] = ["--workspace", "--exclude", "frontend"];

/// Runs all steps; an error if one failed.
pub fn run() -> Result<()> {
    setup::ensure(Needs {
        native: true,
        wasm: true,
        ..Needs::default()
    })?;
    let mut failed = Vec::new();
    let mut step = |name: &str, work: &dyn Fn() -> Result<()>| -> Result<()> {
        workspace::say(name);
        let began = Instant::now();
        let ended = work();
        if processes::stop_asked() {
            bail!("stopped");
        }
        let seconds = began.elapsed().as_secs_f32();
        match ended {
            Ok(()) => println!("{name}: fine ({seconds:.1} s)"),
            Err(error) => {
                println!("{name}: {error:#} ({seconds:.1} s)");
                failed.push(name.to_owned());
            }
        }
        Ok(())
    };
    step("house rules", &rules::check)?;
    step("formatting", &|| cargo(&["fmt", "--all", "--check"], &[]))?;
    step("clippy, native", &|| {
        let arguments = [
            &["clippy"],
            &NATIVE[..],
            &["--all-targets", "--", "-D", "warnings"],
        ]
        .concat();
        cargo(&arguments, &[])
    })?;
    step("clippy, wasm32", &|| {
        cargo(
            &[
                "clippy",
                "--package",
                "frontend",
                "--target",
                "wasm32-unknown-unknown",
                "--",
                "-D",
                "warnings",
            ],
            &[],
        )
    })?;
    step("rustdoc", &|| {
        let arguments = [&["doc", "--no-deps"], &NATIVE[..]].concat();
        cargo(&arguments, &[("RUSTDOCFLAGS", "-D warnings")])
    })?;
    for (program, arguments, about) in [
        (
            "cargo-deny",
            &["deny", "check"][..],
            "licences and advisories",
        ),
        ("cargo-machete", &["machete"][..], "unused dependencies"),
    ] {
        if installed(program) {
            step(about, &|| cargo(arguments, &[]))?;
        } else {
            println!("{about}: left out, {program} is not installed");
        }
    }
    if failed.is_empty() {
        workspace::say("All checks are fine");
        return Ok(());
    }
    bail!("not fine: {}", failed.join(", "))
}

fn cargo(arguments: &[&str], environment: &[(&str, &str)]) -> Result<()> {
    let mut command = workspace::cargo();
    command.args(arguments).envs(environment.iter().copied());
    let status = processes::run("cargo", command)?;
    if !status.success() {
        bail!("failed: cargo {}", arguments.join(" "));
    }
    Ok(())
}

fn installed(program: &str) -> bool {
    let mut command = Command::new(program);
    command
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
