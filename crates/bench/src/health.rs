//! Asking a server how it is, and waiting until it is as wanted.
//!
//! All through `/api/health`, as a supervisor would: a child and a server in this process are
//! asked alike.

use crate::wire::{Connection, Request};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How often to ask.
const AGAIN: Duration = Duration::from_millis(50);
/// How long a start may take.
const START: Duration = Duration::from_secs(30);

/// Waits until the server is open and its bot connected. `lives` says whether waiting is worth it.
pub async fn until_open(address: SocketAddr, mut lives: impl FnMut() -> Result<()>) -> Result<()> {
    let began = Instant::now();
    loop {
        lives()?;
        let last = report(address).await;
        match &last {
            Ok(report) if report["status"] == "ok" => return Ok(()),
            _ if began.elapsed() < START => tokio::time::sleep(AGAIN).await,
            Ok(report) => bail!("the server did not get well: {report}"),
            Err(_) => return last.map(|_| ()).context("the server did not open"),
        }
    }
}

/// Waits until nothing waits for Discord any more; says how long that took.
pub async fn until_delivered(address: SocketAddr, limit: Duration) -> Result<Duration> {
    let began = Instant::now();
    loop {
        let outbox = report(address).await?["outbox"].take();
        if outbox["parked"] != 0 {
            bail!("Discord refused something for good: {outbox}");
        }
        if outbox["waiting"] == 0 {
            return Ok(began.elapsed());
        }
        if began.elapsed() > limit {
            bail!(
                "deliveries did not end within {} s: {outbox}",
                limit.as_secs()
            );
        }
        tokio::time::sleep(AGAIN).await;
    }
}

async fn report(address: SocketAddr) -> Result<Value> {
    let mut connection = Connection::open(address).await?;
    let answer = connection.ask(Request::get(address, "/api/health")).await?;
    answer.json()
}
