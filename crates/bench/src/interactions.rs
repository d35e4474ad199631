//! `interactions`: how long somebody waits who uses a command or presses a button, where Discord
//! posts them to the product's endpoint; beside a bare handler that checks the same signature.
//!
//! What people do was really done in the stand-in once, so that its form is Discord's; each is then
//! posted again and again as if it were new: under an id and a token of its own, signed. Once the
//! database is at rest, and once while tickets are filed.

use crate::bare::{self, Bare};
use crate::discord::{Discord, LATENCY_MS};
use crate::figures::{Latencies, median};
use crate::health;
use crate::house::House;
use crate::paced::Paced;
use crate::product::Product;
use crate::report::{Aim, Row, Section};
use crate::visitor::{Visitor, new_ticket};
use crate::wire::{Connection, Request};
use anyhow::{Context, Result, ensure};
use discord_stand_in::Person;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;

/// How many fall due in a second.
const RATE: u32 = 200;
/// More than are ever under way while the product keeps pace.
const CONNECTIONS: usize = 64;
const TICKETS: usize = 50;
/// Whoever asks is to be answered within this, all but one in a hundred. An answer that is only
/// announced comes after a second and a half, and misses it by that.
const P99_MS: f64 = 50.0;
/// How many tickets are filed in a second while it is measured again: each is a dozen rows, a thread
/// and two messages in Discord.
const FILED: u32 = 20;
/// Then everything is to be answered within this.
const BUSY_P99_MS: f64 = 500.0;
/// So many rounds' time: twenty seconds, if nobody says otherwise.
const LONGER: u32 = 4;
/// The first ones find everything cold, and do not count.
const WARM_UP: usize = RATE as usize;
/// How long setting up may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// Measures.
pub async fn run(house: &House) -> Result<Section> {
    let discord = Discord::start(house.discord()).await?;
    let product = Product::start(house, &discord).await?;
    eprintln!("interactions: setting up {TICKETS} tickets");
    let deeds = set_up(&product, &discord).await?;
    let mut posts = Posts {
        discord: &discord,
        next: 0,
    };
    let mut lengths = Vec::new();
    for deed in &deeds {
        lengths.push(posts.try_one(product.address, deed).await?);
    }
    let seconds = (house.round * LONGER).as_secs();
    let count = WARM_UP + usize::try_from(seconds)? * RATE as usize;

    eprintln!("interactions: {RATE}/s for {seconds} s");
    let paced = |address, requests| Paced {
        address,
        connections: CONNECTIONS,
        per_second: RATE,
        requests,
        status: 200,
    };
    let requests = posts.write(product.address, PATH, &deeds, count)?;
    let took = paced(product.address, requests).run().await?;
    health::until_delivered(product.address, PATIENCE).await?;

    eprintln!("interactions: the same, while {FILED} tickets a second are filed");
    discord.set_latency(LATENCY_MS).await?;
    let requests = posts.write(product.address, PATH, &deeds, count)?;
    let filing = Paced {
        per_second: FILED,
        status: 303,
        ..paced(product.address, filings(product.address, count))
    };
    let (busy, filed) = tokio::try_join!(paced(product.address, requests).run(), filing.run())?;
    health::until_delivered(product.address, PATIENCE).await?;
    product.stop().await?;

    eprintln!("interactions: a bare handler, the same");
    let bare = Bare::start(house).await?;
    bare.trust(&discord.public_key())?;
    bare.set_length(median(lengths) as usize);
    let requests = posts.write(bare.address, bare::SIGNED, &deeds, count)?;
    let yardstick = paced(bare.address, requests).run().await?;
    let yardstick = Kept::of(&yardstick[WARM_UP..]);
    let mut rows = rows(&deeds, &took, &yardstick);
    let before_last = rows.len() - 1;
    rows.insert(before_last, busy_row(&busy, &filed));
    Ok(Section {
        name: "interactions",
        how: format!(
            "{RATE} a second for {seconds} s by the HTTP door, {} sorts in turn over {TICKETS} \
             tickets, timed from when each was due to the end of its answer; the load's clock ticks \
             in milliseconds; then once more while {FILED} tickets a second are filed. Ratio: the \
             bare handler's median time over the product's",
            deeds.len()
        ),
        rows,
    })
}

/// The forms of new tickets, as many as fall due while so many interactions do.
fn filings(address: SocketAddr, interactions: usize) -> Vec<Vec<u8>> {
    let count = interactions * FILED as usize / RATE as usize;
    let form = |number: usize| {
        let (email, key) = (
            format!("busy-{number}@example.com"),
            format!("bench-busy-{number:020}"),
        );
        new_ticket(address, "/new", &email, "Corrected invoice", &key).bytes()
    };
    (0..count).map(form).collect()
}

fn busy_row(took: &[Option<u32>], filed: &[Option<u32>]) -> Row {
    let mut row = Kept::of(&took[WARM_UP..]).row("all of them, while tickets are filed");
    let p99 = row.p99_ms.unwrap_or(f64::NAN);
    row.per_second = Some(f64::from(RATE));
    row.aims
        .insert(0, Aim::below("p99", p99, BUSY_P99_MS, " ms"));
    let filed = Kept::of(filed);
    if filed.failed > 0 {
        row.aims.push(Aim::missed(&format!(
            "tickets refused 0, not {}",
            filed.failed
        )));
    }
    row.more.insert("filed_a_second", f64::from(FILED));
    row
}

const PATH: &str = "/api/interactions";

/// One thing that people do, as Discord tells of it.
struct Deed {
    name: &'static str,
    /// Its body, one for each place where it is done.
    bodies: Vec<Value>,
    /// What the answer says when it was really done.
    says: &'static str,
}

/// Files the tickets, and does everything once.
async fn set_up(product: &Product, discord: &Discord) -> Result<Vec<Deed>> {
    let mut visitor = Visitor::come(product.address).await?;
    for ticket in 0..TICKETS {
        let email = format!("customer-{ticket}@example.com");
        visitor.file(&email, "Corrected invoice").await?;
    }
    health::until_delivered(product.address, PATIENCE).await?;
    discord.until_commands_are_there(PATIENCE).await?;
    let threads = discord.threads();
    let staff: Vec<Person> = discord.people().into_iter().filter(|p| p.staff).collect();
    let [first, second, ..] = &staff[..] else {
        anyhow::bail!("the stand-in has fewer than two staff");
    };
    let member = discord.people().into_iter().find(|person| !person.staff);
    let member = member.context("the stand-in has staff only")?;
    let numbers = 1..=i64::try_from(TICKETS)?;
    let thread = |number: i64| {
        let thread = threads.get(&number).copied();
        thread.context("a ticket without a thread")
    };
    let mut views = Vec::new();
    let mut presses = Vec::new();
    for number in numbers {
        let option = json!({"type": 4, "name": "ticket", "value": number});
        views.push(discord.commands(first, thread(1)?, 2, "ticket", Some(("view", option)))?);
        // In turns, so that every press changes something.
        for person in [first, second] {
            presses.push(discord.presses(person, thread(number)?, "Assign")?);
        }
    }
    // By ticket within each person: two presses on one ticket are far apart.
    let (firsts, seconds): (Vec<_>, Vec<_>) = presses
        .into_iter()
        .enumerate()
        .partition(|(at, _)| at % 2 == 0);
    let presses = firsts.into_iter().chain(seconds).map(|(_, press)| press);
    let channel = discord.open_channel()?;
    let typed = json!({"type": 4, "name": "ticket", "value": "inv", "focused": true});
    let typing = discord.commands(first, thread(1)?, 4, "ticket", Some(("view", typed)))?;
    Ok(vec![
        Deed {
            name: "/help",
            bodies: vec![discord.commands(&member, channel, 2, "help", None)?],
            says: "/mytickets",
        },
        Deed {
            name: "/mytickets",
            bodies: vec![discord.commands(&member, channel, 2, "mytickets", None)?],
            says: "ticket",
        },
        Deed {
            name: "/ticket view",
            bodies: views,
            says: "Corrected invoice",
        },
        Deed {
            name: "typing a ticket's number",
            bodies: vec![typing],
            says: "Corrected invoice",
        },
        Deed {
            name: "the card's Assign",
            bodies: presses.collect(),
            says: "yours",
        },
    ])
}

/// Writes what is posted.
struct Posts<'d> {
    discord: &'d Discord,
    /// How many were posted: no id comes twice.
    next: u64,
}

impl Posts<'_> {
    /// A deed as if somebody did it just now.
    fn post(&mut self, address: SocketAddr, path: &str, body: &Value) -> Result<Request> {
        self.next += 1;
        let mut body = body.clone();
        let first = body["id"].as_str().and_then(|id| id.parse::<u64>().ok());
        let id = first.context("an interaction without an id")? + self.next;
        body["id"] = json!(id.to_string());
        body["token"] = json!(format!("bench-{id}"));
        let (timestamp, signature) = self.discord.signed(body.to_string().as_bytes());
        let request = Request::json("POST", address, path, &body);
        Ok(request
            .with("x-signature-timestamp", &timestamp)
            .with("x-signature-ed25519", &signature))
    }

    /// So many, the deeds in turn.
    fn write(
        &mut self,
        address: SocketAddr,
        path: &str,
        deeds: &[Deed],
        count: usize,
    ) -> Result<Vec<Vec<u8>>> {
        let mut requests = Vec::with_capacity(count);
        for number in 0..count {
            let (turn, deed) = (number / deeds.len(), &deeds[number % deeds.len()]);
            let body = &deed.bodies[turn % deed.bodies.len()];
            requests.push(self.post(address, path, body)?.bytes());
        }
        Ok(requests)
    }

    /// Makes sure that a deed is answered by its being done, and says how long that answer is.
    async fn try_one(&mut self, address: SocketAddr, deed: &Deed) -> Result<f64> {
        let request = self.post(address, PATH, &deed.bodies[0])?;
        let answer = Connection::open(address).await?.ask(request).await?;
        let answer = answer.expect_status(200, deed.name)?;
        let words = answer.text();
        ensure!(words.contains(deed.says), "{}: {words}", deed.name);
        Ok(words.len() as f64)
    }
}

/// The good answers among some.
struct Kept {
    latencies: Latencies,
    failed: usize,
}

impl Kept {
    fn of<'a>(took: impl IntoIterator<Item = &'a Option<u32>>) -> Self {
        let took: Vec<Option<u32>> = took.into_iter().copied().collect();
        let good: Vec<u32> = took.iter().copied().flatten().collect();
        Self {
            failed: took.len() - good.len(),
            latencies: Latencies::new(good),
        }
    }

    fn row(&self, name: &str) -> Row {
        let mut aims = Vec::new();
        if self.failed > 0 {
            aims.push(Aim::missed(&format!("errors 0, not {}", self.failed)));
        }
        Row {
            name: name.to_owned(),
            p50_ms: Some(self.latencies.p50()),
            p99_ms: Some(self.latencies.p99()),
            more: [
                ("answers", self.latencies.count() as f64),
                ("slowest_ms", self.latencies.within(1.0)),
            ]
            .into(),
            aims,
            ..Row::default()
        }
    }
}

fn rows(deeds: &[Deed], took: &[Option<u32>], yardstick: &Kept) -> Vec<Row> {
    let counted = || took.iter().enumerate().skip(WARM_UP);
    let all = Kept::of(counted().map(|(_, took)| took));
    let mut first = all.row("all of them");
    let p99 = first.p99_ms.unwrap_or(f64::NAN);
    first.per_second = Some(f64::from(RATE));
    first.ratio = Some(yardstick.latencies.p50() / all.latencies.p50());
    first.aims.insert(0, Aim::below("p99", p99, P99_MS, " ms"));
    let mut rows = vec![first];
    for (sort, deed) in deeds.iter().enumerate() {
        let own = counted().filter(|(number, _)| number % deeds.len() == sort);
        let row = Kept::of(own.map(|(_, took)| took));
        rows.push(row.row(&format!("  {}", deed.name)));
    }
    rows.push(yardstick.row("  bare handler that checks the signature"));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deed(name: &'static str) -> Deed {
        Deed {
            name,
            bodies: Vec::new(),
            says: "",
        }
    }

    #[test]
    fn each_sort_has_its_own_row_and_the_warm_up_has_none() {
        let deeds = [deed("quick"), deed("slow")];
        let mut took = vec![Some(9_000_000); WARM_UP];
        // The warm-up ends after a whole number of turns.
        took.extend([Some(1_000), Some(3_000), Some(1_000), None]);
        let yardstick = Kept::of(&[Some(500), Some(500)]);
        let rows = rows(&deeds, &took, &yardstick);
        let figures: Vec<_> = rows.iter().map(|row| (&*row.name, row.p99_ms)).collect();
        assert_eq!(
            figures,
            [
                ("all of them", Some(3.0)),
                ("  quick", Some(1.0)),
                ("  slow", Some(3.0)),
                ("  bare handler that checks the signature", Some(0.5)),
            ]
        );
        assert_eq!(rows[0].ratio, Some(0.5));
        assert!(rows[0].aims[0].met);
        assert_eq!(rows[2].aims, [Aim::missed("errors 0, not 1")]);
    }
}
