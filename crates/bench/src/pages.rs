//! `pages`: how many pages and forms a second, each beside a bare handler in the same minute.
//!
//! Product and bare handler take turns over several rounds, and medians are kept, so that whatever
//! else the machine does hits both. New tickets are filed twice over: with deliveries to Discord
//! running behind them, and with deliveries held back.

use crate::bare::{self, Bare};
use crate::discord::{Discord, LATENCY_MS};
use crate::figures::median;
use crate::health;
use crate::house::House;
use crate::load::{Load, Measured};
use crate::product::Product;
use crate::report::{Aim, Row, Section};
use crate::visitor::{Visitor, WORDS, new_ticket};
use crate::wire::{Connection, Request};
use anyhow::{Context, Result, ensure};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

const CONNECTIONS: usize = 64;
const ROUNDS: usize = 3;
const MESSAGES: usize = 20;
const TICKETS: usize = 50;
/// A page is to answer within this, all but one in a hundred.
const P99_MS: f64 = 10.0;
/// How long the first tickets may take to get to Discord.
const DELIVERY: Duration = Duration::from_secs(60);

/// Measures.
pub async fn run(house: &House) -> Result<Section> {
    let bare = Bare::start(house).await?;
    let mut rows = Vec::new();
    rows.extend(reading(house, &bare).await?);
    rows.extend(filing(house, &bare).await?);
    rows.extend(filing_held(house, &bare).await?);
    Ok(Section {
        name: "pages",
        how: format!(
            "{CONNECTIONS} connections, medians of {ROUNDS} rounds of {} s, product and bare \
             handler in turn on one runtime; the load and the stand-in (limits off, {LATENCY_MS} ms \
             an answer while it is delivered to) run in the same process on threads of their own",
            house.round.as_secs()
        ),
        rows,
    })
}

/// The rounds of one comparison.
#[derive(Default)]
struct Rounds {
    product: Vec<Measured>,
    bare: Vec<Measured>,
}

impl Rounds {
    fn rows(&self, name: &str, least: Option<f64>) -> [Row; 2] {
        let pairs = self.product.iter().zip(&self.bare);
        let ratio = median(pairs.map(|(product, bare)| product.per_second / bare.per_second));
        let mut product = row(name, &self.product);
        product.ratio = Some(ratio);
        if let Some(least) = least {
            product.aims = vec![
                Aim::below("p99", product.p99_ms.unwrap_or(f64::NAN), P99_MS, " ms"),
                Aim::at_least("ratio", ratio, least),
            ];
        }
        let failed: u64 = self.product.iter().map(|round| round.failed).sum();
        if failed > 0 {
            product
                .aims
                .push(Aim::missed(&format!("errors 0, not {failed}")));
        }
        [product, row("  bare handler", &self.bare)]
    }
}

fn row(name: &str, rounds: &[Measured]) -> Row {
    let of = |figure: fn(&Measured) -> f64| Some(median(rounds.iter().map(figure)));
    Row {
        name: name.to_owned(),
        per_second: of(|round| round.per_second),
        p50_ms: of(|round| round.latencies.p50()),
        p99_ms: of(|round| round.latencies.p99()),
        ..Row::default()
    }
}

/// The two pages that are read most.
async fn reading(house: &House, bare: &Bare) -> Result<Vec<Row>> {
    let discord = Discord::start(house.discord()).await?;
    let product = Product::start(house, &discord).await?;
    eprintln!("pages: setting up {TICKETS} tickets");
    let scene = Scene::set(product.address, &discord).await?;
    let mut rows = Vec::new();
    // The product keeps what it drew while nothing changes. Under an address that nobody asked for
    // before it has nothing to keep: both are measured.
    for (name, page, least) in [
        (
            "customer's ticket page, 20 messages",
            &scene.ticket,
            Some(0.4),
        ),
        ("  each time drawn anew", &scene.ticket, None),
        ("staff list, 50 tickets", &scene.list, Some(0.3)),
        ("  each time drawn anew", &scene.list, None),
    ] {
        let mut load = page.load(product.address, least.is_none());
        let yardstick =
            Request::get(bare.address, &format!("/{}", bare::KEY)).with("cookie", &page.cookie);
        match_bytes(bare, page.bytes, &yardstick).await?;
        let yardstick = Load::same(bare.address, CONNECTIONS, 200, yardstick.bytes());
        let mut rounds = Rounds::default();
        for round in 1..=ROUNDS {
            eprintln!("pages: {name}, round {round} of {ROUNDS}");
            let measured = load.run(house.round).await?;
            load.first = measured.next;
            rounds.product.push(measured);
            rounds.bare.push(yardstick.run(house.round).await?);
        }
        let mut pair = rounds.rows(name, least);
        pair[0].more.insert("answer_bytes", page.bytes as f64);
        rows.extend(pair);
    }
    product.stop().await?;
    Ok(rows)
}

/// New tickets, durable, their promises to Discord kept at the same time. Each round has a product
/// of its own: the promises of one round would still be kept during the next.
async fn filing(house: &House, bare: &Bare) -> Result<[Row; 2]> {
    let mut rounds = Rounds::default();
    let mut yardstick = file(bare.address, "/", 200);
    for round in 1..=ROUNDS {
        eprintln!("pages: POST /new, round {round} of {ROUNDS}");
        let discord = Discord::start(house.discord()).await?;
        discord.set_latency(LATENCY_MS).await?;
        let product = Product::start(house, &discord).await?;
        match_filing(bare, &product).await?;
        let load = file(product.address, "/new", 303);
        rounds.product.push(load.run(house.round).await?);
        product.stop().await?;
        drop(discord);
        let measured = yardstick.run(house.round).await?;
        yardstick.first = measured.next;
        rounds.bare.push(measured);
    }
    Ok(rounds.rows("POST /new, deliveries running", Some(0.4)))
}

/// New tickets, durable, while Discord takes nothing.
async fn filing_held(house: &House, bare: &Bare) -> Result<[Row; 2]> {
    let discord = Discord::start(house.discord()).await?;
    let product = Product::start(house, &discord).await?;
    discord.hold_deliveries();
    match_filing(bare, &product).await?;
    let mut load = file(product.address, "/new", 303);
    let mut yardstick = file(bare.address, "/", 200);
    let mut rounds = Rounds::default();
    for round in 1..=ROUNDS {
        eprintln!("pages: POST /new with deliveries held, round {round} of {ROUNDS}");
        let measured = load.run(house.round).await?;
        load.first = measured.next;
        rounds.product.push(measured);
        let measured = yardstick.run(house.round).await?;
        yardstick.first = measured.next;
        rounds.bare.push(measured);
    }
    product.stop().await?;
    Ok(rounds.rows("POST /new, deliveries held", Some(0.4)))
}

/// Sends the form of a new ticket, another one each time.
fn file(address: SocketAddr, path: &'static str, status: u16) -> Load {
    let request = move |number, bytes: &mut Vec<u8>| {
        bytes.extend_from_slice(&form(address, path, number).bytes());
    };
    Load {
        address,
        connections: CONNECTIONS,
        request: Arc::new(request),
        first: 1,
        status,
    }
}

fn form(address: SocketAddr, path: &str, number: u64) -> Request {
    let email = format!("customer-{number}@example.com");
    let subject = format!("Corrected invoice {number}");
    let key = format!("bench-load-{number:020}");
    new_ticket(address, path, &email, &subject, &key)
}

/// Lets the bare handler answer a form with as many bytes as the product does.
async fn match_filing(bare: &Bare, product: &Product) -> Result<()> {
    let mut connection = Connection::open(product.address).await?;
    let answer = connection.ask(form(product.address, "/new", 0)).await?;
    let bytes = answer.expect_status(303, "a new ticket")?.bytes;
    match_bytes(
        bare,
        bytes,
        &Request::get(bare.address, &format!("/{}", bare::KEY)),
    )
    .await
}

/// Lets the bare handler's whole answer be as long as the product's, head and all.
async fn match_bytes(bare: &Bare, wanted: usize, request: &Request) -> Result<()> {
    let mut connection = Connection::open(bare.address).await?;
    let mut body = 0;
    // The second time the length in the head has its final number of digits.
    for _ in 0..2 {
        bare.set_length(body);
        let answer = connection.ask(request.clone()).await?;
        let answer = answer.expect_status(200, "the bare handler")?;
        body = (body + wanted)
            .checked_sub(answer.bytes)
            .context("the product's answer is shorter than an empty one")?;
    }
    bare.set_length(body);
    Ok(())
}

/// The tickets that are looked at, and how.
struct Scene {
    ticket: Page,
    list: Page,
}

struct Page {
    path: String,
    cookie: String,
    bytes: usize,
}

impl Page {
    /// Asks for it again and again, `anew`: each time under another address.
    fn load(&self, address: SocketAddr, anew: bool) -> Load {
        let (path, cookie) = (self.path.clone(), self.cookie.clone());
        let request = move |number: u64, bytes: &mut Vec<u8>| {
            let path = if anew {
                &format!("{path}?anew={number}")
            } else {
                &path
            };
            bytes.extend_from_slice(&Request::get(address, path).with("cookie", &cookie).bytes());
        };
        Load {
            address,
            connections: CONNECTIONS,
            request: Arc::new(request),
            first: 1,
            status: 200,
        }
    }
}

impl Scene {
    /// Files the tickets, has a conversation about the first, and looks at both pages once.
    async fn set(address: SocketAddr, discord: &Discord) -> Result<Self> {
        let mut visitor = Visitor::come(address).await?;
        let session = visitor.sign_in(discord).await?;
        let token = visitor
            .file("customer@example.com", "Corrected invoice")
            .await?;
        for message in 1..MESSAGES {
            if message % 2 == 0 {
                visitor.reply(&token, WORDS).await?;
            } else {
                visitor.answer(&session, 1, WORDS).await?;
            }
        }
        for ticket in 1..TICKETS {
            let email = format!("customer-{ticket}@example.com");
            visitor
                .file(&email, &format!("Corrected invoice {ticket}"))
                .await?;
        }
        health::until_delivered(address, DELIVERY).await?;
        let start: String = WORDS.chars().take(40).collect();
        let held = format!("threadline_tickets={token}");
        Ok(Self {
            ticket: look(&mut visitor, &format!("/t/{token}"), held, &start, MESSAGES).await?,
            list: look(&mut visitor, "/staff", session, "data-row=", TICKETS).await?,
        })
    }
}

/// Opens a page and makes sure that it shows what it is measured for.
async fn look(
    visitor: &mut Visitor,
    path: &str,
    cookie: String,
    shows: &str,
    times: usize,
) -> Result<Page> {
    let answer = visitor.open(path, &cookie).await?;
    let answer = answer.expect_status(200, path)?;
    let shown = answer.text().matches(shows).count();
    ensure!(shown >= times, "{path} shows only {shown} of {times}");
    Ok(Page {
        path: path.to_owned(),
        cookie,
        bytes: answer.bytes,
    })
}
