//! npm packages, by lock file, in the two folders that have one: `style` (build) and `e2e` (test).
//!
//! A stamp with the lock file's fingerprint says that a folder is done; a broken-off install
//! leaves none, and is done again.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{processes, workspace};

/// What Tailwind 4 and Playwright ask for.
const OLDEST_NODE: u32 = 20;

/// Stops with words when Node is too old for the tools.
pub fn require_node() -> Result<()> {
    let out = Command::new("node")
        .arg("--version")
        .output()
        .context("cannot run node")?;
    let said = String::from_utf8_lossy(&out.stdout);
    let major = said
        .trim()
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|major| major.parse::<u32>().ok());
    match major {
        Some(major) if major >= OLDEST_NODE => Ok(()),
        _ => bail!(
            "Node {OLDEST_NODE} or newer is needed, this one says {:?}: see https://nodejs.org/en/download",
            said.trim()
        ),
    }
}

/// Installs what the folder's lock file names, unless that is done.
pub fn ensure(folder: &str, what: &str) -> Result<()> {
    let place = workspace::root().join(folder);
    let lock = place.join("package-lock.json");
    let lock = fs::read(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    let wanted = workspace::fingerprint([lock.as_slice()]);
    let stamp = place.join("node_modules/.threadline-stamp");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    workspace::say(&format!("Installing npm packages in {folder}/ ({what})"));
    let mut command = Command::new("npm");
    // Prebuilt files only: no package of ours needs its install script.
    command
        .args([
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ])
        .current_dir(&place);
    // The system's Chromium is used.
    command.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    processes::must("npm ci", command)?;
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))
}
