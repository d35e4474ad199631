//! `bridge`: how long a message is under way, from the web to Discord and back.
//!
//! Messages come at a steady rate, spread over many tickets, whether or not earlier ones have
//! arrived. What is timed is what a person would see: the message in the thread, the hint at the
//! customer's open page. The stand-in takes its time with every answer, and that time is not ours.

use crate::discord::{Discord, LATENCY_MS};
use crate::figures::{Latencies, micros};
use crate::health;
use crate::house::House;
use crate::moments::{self, Moments};
use crate::product::Product;
use crate::report::{Aim, Row, Section};
use crate::visitor::{Visitor, WORDS};
use crate::wire::{Connection, Request};
use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, oneshot};
use tokio::task::JoinSet;

const TICKETS: usize = 80;
/// Messages per second.
const RATES: [u32; 3] = [1, 10, 40];
/// Our own share is to stay below this, all but one in a hundred.
const P99_MS: f64 = 25.0;
/// So many rounds' time for each: at one message a second, a round is too short.
const LONGER: u32 = 4;
/// The rate at which some threads are in trouble.
const TROUBLED_RATE: u32 = 40;
/// By how much the trouble of some may change the time of others.
const UNCHANGED: f64 = 1.5;
/// A message that takes longer is lost.
const LOST_AFTER: Duration = Duration::from_secs(10);
/// How long all that was set off may take to be done.
const DELIVERY: Duration = Duration::from_secs(60);

/// Measures.
pub async fn run(house: &House) -> Result<Section> {
    let discord = Discord::start(house.discord()).await?;
    let product = Product::start(house, &discord).await?;
    eprintln!("bridge: setting up {TICKETS} tickets");
    let scene = Arc::new(Scene::set(product.address, &discord).await?);
    discord.set_latency(LATENCY_MS).await?;
    let mut rows = Vec::new();
    for rate in RATES {
        for way in [Way::ToDiscord, Way::ToWeb] {
            eprintln!("bridge: {}, {rate}/s", way.words());
            let samples = scene.send(way, rate, house.round * LONGER).await?;
            // What one measurement set off must not run into the next.
            health::until_delivered(product.address, DELIVERY).await?;
            let samples = samples.into_iter().map(|sample| sample.took).collect();
            rows.push(row(way, rate, samples));
        }
    }
    rows.extend(
        scene
            .troubled(&discord, product.address, house.round * LONGER)
            .await?,
    );
    drop(scene);
    product.stop().await?;
    Ok(Section {
        name: "bridge",
        how: format!(
            "our own share in the way of a message, {} s at each rate over {TICKETS} tickets; the \
             stand-in (limits off) answers in {LATENCY_MS} ms, which is taken off",
            (house.round * LONGER).as_secs()
        ),
        rows,
    })
}

fn row(way: Way, rate: u32, samples: Vec<Option<Duration>>) -> Row {
    let lost = samples.iter().filter(|sample| sample.is_none()).count();
    let totals: Vec<Duration> = samples.into_iter().flatten().collect();
    let own = totals
        .iter()
        .map(|total| micros(total.saturating_sub(way.not_ours())));
    let own = Latencies::new(own.collect());
    let total = Latencies::new(totals.into_iter().map(micros).collect());
    let mut aims = vec![Aim::below("p99", own.p99(), P99_MS, " ms")];
    if lost > 0 {
        aims.push(Aim::missed(&format!("lost 0, not {lost}")));
    }
    Row {
        name: way.words().to_owned(),
        per_second: Some(f64::from(rate)),
        p50_ms: Some(own.p50()),
        p99_ms: Some(own.p99()),
        more: [
            ("messages", own.count() as f64),
            ("lost", lost as f64),
            ("slowest_ms", own.within(1.0)),
            ("total_p50_ms", total.p50()),
            ("total_p99_ms", total.p99()),
        ]
        .into(),
        aims,
        ..Row::default()
    }
}

/// One thread in ten is in trouble, and of its requests every second.
fn is_troubled(ticket: usize) -> bool {
    ticket.is_multiple_of(10)
}

/// How long a message was under way, if it arrived.
struct Sample {
    /// Which of the tickets.
    ticket: usize,
    took: Option<Duration>,
}

/// Which way a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    ToDiscord,
    ToWeb,
}

impl Way {
    fn words(self) -> &'static str {
        match self {
            Self::ToDiscord => "reply answered on the web → message in Discord",
            Self::ToWeb => "message in Discord → hint at the customer",
        }
    }

    /// Posting waits for the stand-in's answer; its gateway does not wait.
    fn not_ours(self) -> Duration {
        match self {
            Self::ToDiscord => Duration::from_millis(LATENCY_MS),
            Self::ToWeb => Duration::ZERO,
        }
    }
}

/// Tickets with their threads, and somebody who watches each.
struct Scene {
    tickets: Vec<Mutex<Ticket>>,
    discord: SocketAddr,
    /// What `Authorization` takes of a member of the staff.
    staff: String,
    /// Threads in which something changed.
    changed: Arc<Moments>,
    /// Tickets of which a customer's page was told.
    hinted: Arc<Moments>,
    // Ends the watchers with the scene.
    _watching: JoinSet<Result<()>>,
}

struct Ticket {
    number: i64,
    token: String,
    thread: u64,
    customer: Visitor,
}

impl Scene {
    async fn set(product: SocketAddr, discord: &Discord) -> Result<Self> {
        let mut filed = Vec::new();
        for ticket in 1..=TICKETS {
            let mut customer = Visitor::come(product).await?;
            let email = format!("customer-{ticket}@example.com");
            let token = customer.file(&email, "Corrected invoice").await?;
            filed.push((customer, token));
        }
        health::until_delivered(product, DELIVERY).await?;
        let threads = discord.threads();
        let changed = Arc::new(Moments::default());
        let hinted = Arc::new(Moments::default());
        let mut watching = JoinSet::new();
        watching.spawn(moments::of_changes(discord.changes(), changed.clone()));
        let mut tickets = Vec::new();
        for ((customer, token), number) in filed.into_iter().zip(1..) {
            let stream = Request::get(product, "/api/events")
                .with("cookie", &format!("threadline_tickets={token}"));
            let stream = Connection::open(product).await?.follow(stream).await?;
            watching.spawn(moments::of_hints(stream, hinted.clone()));
            tickets.push(Mutex::new(Ticket {
                number,
                token,
                thread: *threads.get(&number).context("a ticket without a thread")?,
                customer,
            }));
        }
        Ok(Self {
            tickets,
            discord: discord.address(),
            staff: discord.staff()?.token,
            changed,
            hinted,
            _watching: watching,
        })
    }

    /// The healthy threads, while one request in twenty is answered with 429 or a 5xx: all of them
    /// about one thread in ten. Before and meanwhile.
    async fn troubled(
        self: &Arc<Self>,
        discord: &Discord,
        product: SocketAddr,
        duration: Duration,
    ) -> Result<[Row; 2]> {
        let way = Way::ToDiscord;
        let healthy = |samples: Vec<Sample>| {
            let healthy = samples.into_iter().filter(|s| !is_troubled(s.ticket));
            healthy.map(|sample| sample.took).collect::<Vec<_>>()
        };
        eprintln!("bridge: {}/s, without and with trouble", TROUBLED_RATE);
        let before = healthy(self.send(way, TROUBLED_RATE, duration).await?);
        health::until_delivered(product, DELIVERY).await?;
        let mut channels = Vec::new();
        for ticket in (0..TICKETS).filter(|ticket| is_troubled(*ticket)) {
            channels.push(self.tickets[ticket].lock().await.thread);
        }
        discord.trouble(channels);
        let meanwhile = healthy(self.send(way, TROUBLED_RATE, duration).await?);
        let struck = discord.no_trouble();
        health::until_delivered(product, DELIVERY).await?;
        let mut before = row(way, TROUBLED_RATE, before);
        let mut meanwhile = row(way, TROUBLED_RATE, meanwhile);
        let p99 = |row: &Row| row.p99_ms.unwrap_or(f64::NAN);
        let ratio = p99(&meanwhile) / p99(&before);
        before.name = "healthy threads, all requests answered well".to_owned();
        meanwhile.name = "healthy threads, 5% answered with 429 or 502".to_owned();
        meanwhile.ratio = Some(ratio);
        meanwhile.aims = vec![Aim::below("ratio", ratio, UNCHANGED, "")];
        meanwhile.more.insert("answered_amiss", struck as f64);
        before.aims.clear();
        Ok([before, meanwhile])
    }

    /// Sends messages at this rate for this long; the time that each took, or nothing if it got
    /// lost.
    async fn send(
        self: &Arc<Self>,
        way: Way,
        rate: u32,
        duration: Duration,
    ) -> Result<Vec<Sample>> {
        let count = usize::try_from(duration.as_secs())? * usize::try_from(rate)?;
        let mut due = tokio::time::interval(Duration::from_secs(1) / rate);
        let mut sending = JoinSet::new();
        for message in 0..count {
            due.tick().await;
            let scene = self.clone();
            sending.spawn(async move {
                let at = message % TICKETS;
                let mut ticket = scene.tickets[at].lock().await;
                let took = match way {
                    Way::ToDiscord => scene.to_discord(&mut ticket).await?,
                    Way::ToWeb => scene.to_web(&mut ticket).await?,
                };
                anyhow::Ok(Sample { ticket: at, took })
            });
        }
        let mut samples = Vec::new();
        while let Some(sent) = sending.join_next().await {
            samples.push(sent.context("a sender panicked")??);
        }
        ensure!(
            samples.iter().any(|sample| sample.took.is_some()),
            "every message got lost"
        );
        Ok(samples)
    }

    async fn to_discord(&self, ticket: &mut Ticket) -> Result<Option<Duration>> {
        let there = self.changed.next(ticket.thread);
        ticket.customer.reply(&ticket.token, WORDS).await?;
        let answered = Instant::now();
        Ok(in_time(there)
            .await
            .map(|there| there.saturating_duration_since(answered)))
    }

    async fn to_web(&self, ticket: &mut Ticket) -> Result<Option<Duration>> {
        let there = self.changed.next(ticket.thread);
        let hinted = self.hinted.next(ticket.number.unsigned_abs());
        let path = format!("/api/v10/channels/{}/messages", ticket.thread);
        let message = Request::json("POST", self.discord, &path, &json!({"content": WORDS}));
        let mut staff = Connection::open(self.discord).await?;
        let posted = staff
            .ask(message.with("authorization", &self.staff))
            .await?;
        posted.expect_status(200, "a message in Discord")?;
        let (there, hinted) = tokio::join!(in_time(there), in_time(hinted));
        Ok(there
            .zip(hinted)
            .map(|(there, hinted)| hinted.saturating_duration_since(there)))
    }
}

async fn in_time(moment: oneshot::Receiver<Instant>) -> Option<Instant> {
    tokio::time::timeout(LOST_AFTER, moment).await.ok()?.ok()
}
