//! The program `threadline serve` as a child, as it would be installed: for what is weighed, or
//! ended and begun again.
//!
//! The stand-in and the load stay in the benchmarks' own process, so that none of theirs is counted.

use crate::discord::Discord;
use crate::health;
use crate::house::House;
use anyhow::{Context, Result, bail};
use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// What a process occupies, in millions of bytes.
pub struct Weight {
    /// Now.
    pub resident: f64,
    /// At most, so far.
    pub peak: f64,
}

/// The program as a child; dropping it ends it.
pub struct Program {
    /// Where it listens.
    pub address: SocketAddr,
    child: Child,
    folder: Option<TempDir>,
}

impl Program {
    /// Starts one beside `discord`, on the data in `folder`, and waits until it is open.
    pub async fn start(house: &House, discord: &Discord, folder: TempDir) -> Result<Self> {
        // Free again when the listener is dropped; nobody else is expected to take it.
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let log = house.folder.join("threadline-child.log");
        let log = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let child = Command::new(&house.threadline)
            .arg("serve")
            .env_clear()
            .envs(discord.settings(folder.path(), &house.site, address)?)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot start {}", house.threadline.display()))?;
        let mut program = Self {
            address,
            child,
            folder: Some(folder),
        };
        health::until_open(address, || program.lives()).await?;
        Ok(program)
    }

    /// Its database.
    pub fn database(&self) -> PathBuf {
        let folder = self.folder.as_ref().map(TempDir::path);
        folder.unwrap_or(Path::new("")).join("threadline.db")
    }

    /// Ends it, as a power cut would, and leaves its data.
    pub fn end(mut self) -> Result<TempDir> {
        let folder = self.folder.take();
        drop(self);
        folder.context("its folder is given away once")
    }

    fn lives(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            Some(status) => bail!("threadline ended by itself ({status}); its log says why"),
            None => Ok(()),
        }
    }

    /// What it occupies.
    pub fn weigh(&self) -> Result<Weight> {
        let path = format!("/proc/{}/status", self.child.id());
        let status = fs::read_to_string(&path)
            .with_context(|| format!("cannot read {path}: memory is measured on Linux only"))?;
        let field = |name| field(&status, name).with_context(|| format!("{path} has no {name}"));
        Ok(Weight {
            resident: field("VmRSS")?,
            peak: field("VmHWM")?,
        })
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A figure of a process's status, from the kernel's kB into millions of bytes.
fn field(status: &str, name: &str) -> Option<f64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    let kilobytes: f64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1_024.0 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_of_the_kernels() {
        let status = "Name:\tthreadline\nVmHWM:\t   60000 kB\nVmRSS:\t   50000 kB\n";
        assert_eq!(field(status, "VmRSS"), Some(51.2));
        assert_eq!(field(status, "VmSwap"), None);
    }
}
