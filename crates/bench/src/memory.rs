//! `memory`: what the real program occupies, fresh and after many messages.
//!
//! The program `threadline serve` runs as a child, as it would be installed; the stand-in and the
//! customers stay in this process, so that none of theirs is counted. Figures come from Linux.

use crate::discord::Discord;
use crate::health;
use crate::house::House;
use crate::report::{Aim, Row, Section};
use crate::visitor::{Visitor, WORDS};
use anyhow::{Context, Result, bail};
use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::task::JoinSet;

const MESSAGES: usize = 10_000;
const TICKETS: usize = 100;
/// How many customers write at once.
const CUSTOMERS: usize = 10;
const LIMIT_MB: f64 = 60.0;
/// How long all messages may take to get to Discord.
const DELIVERY: Duration = Duration::from_secs(300);
/// How long the program rests before it is weighed.
const REST: Duration = Duration::from_secs(3);

/// Measures.
pub async fn run(house: &House) -> Result<Section> {
    let discord = Discord::start(house.discord()).await?;
    let mut program = Program::start(house, &discord)?;
    let address = program.address;
    health::until_open(address, || program.lives()).await?;
    tokio::time::sleep(REST).await;
    let fresh = program.weigh()?;

    eprintln!("memory: {MESSAGES} messages");
    let mut writing = JoinSet::new();
    for customer in 0..CUSTOMERS {
        writing.spawn(write(address, customer));
    }
    while let Some(wrote) = writing.join_next().await {
        wrote.context("a customer panicked")??;
    }
    let written = program.weigh()?;
    eprintln!("memory: waiting for the deliveries");
    let took = health::until_delivered(address, DELIVERY).await?;
    tokio::time::sleep(REST).await;
    let after = program.weigh()?;

    let mut row = weighed(&format!("after {MESSAGES} messages"), after.resident);
    row.more = [
        ("peak_mb", after.peak),
        ("before_delivery_mb", written.resident),
        ("delivery_seconds", took.as_secs_f64()),
    ]
    .into();
    Ok(Section {
        name: "memory",
        how: format!(
            "resident memory of `threadline serve`; {MESSAGES} messages on {TICKETS} tickets, \
             written through the web and delivered to the stand-in (limits off)"
        ),
        rows: vec![weighed("after start", fresh.resident), row],
    })
}

fn weighed(name: &str, megabytes: f64) -> Row {
    Row {
        name: name.to_owned(),
        megabytes: Some(megabytes),
        aims: vec![Aim::below("MB", megabytes, LIMIT_MB, "")],
        ..Row::default()
    }
}

/// Files a customer's tickets and writes on them in turn.
async fn write(address: SocketAddr, customer: usize) -> Result<()> {
    let mut visitor = Visitor::come(address).await?;
    let email = format!("customer-{customer}@example.com");
    let mut tokens = Vec::new();
    for ticket in 0..TICKETS / CUSTOMERS {
        let subject = format!("Corrected invoice {ticket}");
        tokens.push(visitor.file(&email, &subject).await?);
    }
    for _ in 1..MESSAGES / TICKETS {
        for token in &tokens {
            visitor.reply(token, WORDS).await?;
        }
    }
    Ok(())
}

/// What a process occupies, in millions of bytes.
struct Weight {
    resident: f64,
    peak: f64,
}

/// The program as a child; dropping it ends it.
struct Program {
    child: Child,
    address: SocketAddr,
    _folder: TempDir,
}

impl Program {
    fn start(house: &House, discord: &Discord) -> Result<Self> {
        let folder = house.empty_folder()?;
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
        Ok(Self {
            child,
            address,
            _folder: folder,
        })
    }

    fn lives(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            Some(status) => bail!("threadline ended by itself ({status}); its log says why"),
            None => Ok(()),
        }
    }

    fn weigh(&self) -> Result<Weight> {
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
