//! `memory`: what the real program occupies, fresh and after many messages.
//!
//! The program `threadline serve` runs as a child, as it would be installed; the stand-in and the
//! customers stay in this process, so that none of theirs is counted. Figures come from Linux.

use crate::discord::Discord;
use crate::health;
use crate::house::House;
use crate::program::Program;
use crate::report::{Aim, Row, Section};
use crate::visitor::{Visitor, WORDS};
use anyhow::{Context, Result};
use std::net::SocketAddr;
use std::time::Duration;
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
    let program = Program::start(house, &discord, house.empty_folder()?).await?;
    let address = program.address;
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
