//! Builds the product: the front end through cargo-leptos, the programs through plain cargo.
//!
//! The front end takes minutes, so it is built only when something that goes into it has changed
//! since the last success. What cargo can tell for itself is left to cargo.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::{processes, tools, workspace};

/// What goes into the browser's files. The server is not among them.
const INPUTS: [&str; 9] = [
    "app",
    "crates/domain",
    "frontend",
    "style",
    "public",
    "Cargo.lock",
    "Cargo.toml",
    "rust-toolchain.toml",
    ".cargo/config.toml",
];
const OUTPUTS: [&str; 3] = [
    "pkg/threadline.js",
    "pkg/threadline.wasm",
    "pkg/threadline.css",
];

/// Builds `target/site`, unless it is up to date.
pub fn build() -> Result<()> {
    let stamp = workspace::notes()?.join("front-end.stamp");
    let now = state()?;
    let complete = || {
        OUTPUTS
            .iter()
            .all(|file| workspace::site().join(file).is_file())
    };
    if complete() && fs::read_to_string(&stamp).is_ok_and(|then| then == now) {
        return Ok(());
    }
    workspace::say(
        "Building the front end (2 to 5 minutes the first time on two cores, then less)",
    );
    let mut command = workspace::cargo();
    command.args([
        "leptos",
        "build",
        "--release",
        "--frontend-only",
        "--precompress",
    ]);
    command.env("PATH", workspace::path_with(&tools::folders()?)?);
    processes::must("cargo leptos build", command)?;
    if !complete() {
        bail!(
            "cargo leptos succeeded, yet not all of {} are in {}",
            OUTPUTS.join(", "),
            workspace::site().display()
        );
    }
    fs::write(&stamp, now).with_context(|| format!("cannot write {}", stamp.display()))
}

/// Builds the native debug binaries: the server and the Discord stand-in.
pub fn build_binaries() -> Result<()> {
    workspace::say(
        "Building the server and the Discord stand-in (5 to 10 minutes the first time on two cores)",
    );
    let mut command = workspace::cargo();
    // The same packages as the tests: a smaller choice has other features, and compiles most of
    // the dependencies a second time.
    command.args(["build", "--workspace", "--exclude", "frontend", "--bins"]);
    processes::must("cargo build", command)
}

/// Builds the server as it is to be used: optimised, in `target/release`.
pub fn build_for_use() -> Result<()> {
    workspace::say("Building the optimised server (10 minutes the first time on two cores)");
    let mut command = workspace::cargo();
    command.args(["build", "--release", "--package", "server"]);
    processes::must("cargo build", command)
}

/// A fingerprint of everything that goes into the front end.
fn state() -> Result<String> {
    let root = workspace::root();
    let mut files = Vec::new();
    for input in INPUTS {
        collect(&root.join(input), &mut files)?;
    }
    files.sort();
    let mut parts = Vec::new();
    for file in &files {
        parts.push(file.as_os_str().as_encoded_bytes().to_vec());
        parts.push(fs::read(file).with_context(|| format!("cannot read {}", file.display()))?);
    }
    Ok(workspace::fingerprint(parts.iter().map(Vec::as_slice)))
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_file() {
        files.push(path.to_path_buf());
    } else if path.is_dir() && path.file_name().is_some_and(|name| name != "node_modules") {
        for entry in
            fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))?
        {
            collect(&entry?.path(), files)?;
        }
    }
    Ok(())
}
