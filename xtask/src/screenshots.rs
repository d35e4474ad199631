//! `cargo xtask screenshots`: a demo of its own on free ports, and a browser that photographs it.
//!
//! What is photographed, and with which tickets in it, stands in `e2e/screenshots.ts`.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::demo::{Demo, Options};
use crate::setup::{self, Needs};
use crate::{processes, workspace};

/// Writes the pictures into the folder.
pub fn run(out: &Path) -> Result<()> {
    setup::ensure(Needs {
        browser: true,
        emoji: true,
        ..Needs::build()
    })?;
    let out = std::path::absolute(out).context("cannot make the folder's path absolute")?;
    fs::create_dir_all(&out).with_context(|| format!("cannot make {}", out.display()))?;
    let data_dir = workspace::target().join("screenshots-demo");
    let demo = Demo::start(&Options {
        port: 0,
        discord_port: 0,
        data_dir,
        fresh: true,
    })?;
    workspace::say("Taking screenshots");
    let folder = workspace::root().join("e2e");
    let mut command = Command::new(folder.join("node_modules/.bin/playwright"));
    command
        .args([
            "test",
            "--config",
            "screenshots.config.ts",
            "--reporter=list",
        ])
        .current_dir(&folder);
    command
        .env("THREADLINE_BASE", &demo.base)
        .env("THREADLINE_DISCORD", &demo.discord_base);
    command.env("SCREENSHOTS_DIR", &out);
    processes::must("Playwright", command)?;
    workspace::say(&format!("The pictures are in {}", out.display()));
    Ok(())
}
