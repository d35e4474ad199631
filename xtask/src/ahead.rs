//! What only the last stage needs, made while the others wait more than they work.
//!
//! The front end and the tools that build it take a quarter of an hour on a fresh machine. Here they
//! are made by another xtask with the lowest claim on the cores. Whoever needs them makes them again,
//! which then takes no time; so if this fails, nothing is lost but the time, and the reason is seen.
//! How it is made is known to `setup` and `front_end` alone.

use std::env;
use std::fs::File;
use std::process::Command;

use anyhow::{Context, Result};
use nix::sys::signal::Signal;

use crate::processes::{self, Group, Output};
use crate::workspace;

/// The command, hidden from people, that the other xtask is started with.
pub const COMMAND: &str = "build-ahead";

/// Another xtask at work; dropping it stops it.
pub struct Ahead(Group);

impl Ahead {
    /// Begins to make the front end. Its words go into a file.
    pub fn begin() -> Result<Self> {
        let path = workspace::notes()?.join("build-ahead.log");
        let log =
            File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        workspace::say(&format!(
            "Building the front end meanwhile, with what the tests leave of the cores; its words are \
             in {}",
            path.display()
        ));
        let mut command = Command::new(env::current_exe().context("cannot find xtask itself")?);
        command.arg(COMMAND);
        if let Some(nice) = workspace::find_program(&["nice"]) {
            command = processes::wrapped(command, nice, &["-n", "19"]);
        }
        let group = Group::start(
            "the front end's build",
            command,
            Signal::SIGTERM,
            Output::File(log),
        )?;
        Ok(Self(group))
    }

    /// Waits until it is made, or did not work out.
    pub fn wait(mut self) -> Result<()> {
        if self.0.ended()?.is_none() {
            workspace::say("Waiting for the front end");
        }
        if !self.0.wait()?.success() {
            workspace::say("The front end could not be built meanwhile: trying again, to see why");
        }
        Ok(())
    }
}
