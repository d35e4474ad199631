//! The real program, killed at random moments under load, again and again, on the same data.
//!
//! Customers file and write through the pages' own forms and send a form again when no answer came;
//! staff write in the threads. In the end every text must be on the other side, once, in order.
//! Whose fault a difference is, is not its affair.

use anyhow::{Context, Result, bail, ensure};
use discord_stand_in::{Options, Person, StandIn};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::task::JoinSet;

/// How many customers write at once.
const CUSTOMERS: u64 = 4;
/// Messages of a customer before they file another ticket.
const TALK: usize = 40;
/// How long somebody pauses between two messages.
const PAUSE: Duration = Duration::from_millis(80);
/// How long the program may live before it is killed.
const LIFE_MS: std::ops::Range<u64> = 50..1_200;
/// How long a start, or the last deliveries, may take.
const PATIENCE: Duration = Duration::from_secs(180);

/// What the run came to.
#[derive(Debug, Default)]
pub struct Report {
    /// How often the program was killed.
    pub kills: u64,
    /// What customers wrote.
    pub from_web: usize,
    /// What staff wrote.
    pub from_discord: usize,
    /// What differs.
    pub differences: Vec<String>,
}

/// One customer and their tickets.
#[derive(Default)]
struct Customer {
    /// A form that nobody answered yet: its key and tag.
    open: Option<(String, u64)>,
    /// Tags by ticket, in the order of writing.
    tickets: Vec<(String, Vec<u64>)>,
}

struct Street {
    discord: StandIn,
    address: SocketAddr,
    client: reqwest::Client,
    next: AtomicU64,
    over: AtomicBool,
}

/// Kills the program `kills` times.
///
/// # Errors
/// When the program does not start, or does not come to rest at the end.
pub async fn run(program: PathBuf, site: PathBuf, kills: u64, seed: u64) -> Result<Report> {
    let discord = StandIn::start(Options::default()).await?;
    let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
    let folder = tempfile::tempdir()?;
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(10))
        .build()?;
    let street = Arc::new(Street {
        discord,
        address,
        client,
        next: AtomicU64::new(1),
        over: AtomicBool::new(false),
    });
    street.pull("limits", json!({"enabled": false})).await?;
    street
        .pull("switches", json!({"active_threads": 1_000_000}))
        .await?;

    let mut rng = StdRng::seed_from_u64(seed);
    let mut child = street.start(&program, &site, &folder)?;
    street.until_well(&mut child).await?;
    let mut customers = JoinSet::new();
    for number in 0..CUSTOMERS {
        customers.spawn(street.clone().customer(number));
    }
    let staff = tokio::spawn(street.clone().staff());
    for kill in 1..=kills {
        let life = rng.random_range(LIFE_MS);
        tokio::time::sleep(Duration::from_millis(life)).await;
        child.kill()?;
        child.wait()?;
        if kill % 20 == 0 {
            eprintln!("killed {kill} times of {kills}");
        }
        child = street.start(&program, &site, &folder)?;
        if rng.random_ratio(3, 4) {
            // Else it is killed while it starts.
            street.until_well(&mut child).await?;
        }
    }
    street.until_well(&mut child).await?;
    street.over.store(true, Ordering::SeqCst);
    let mut told = Vec::new();
    while let Some(customer) = customers.join_next().await {
        told.push(customer?);
    }
    let spoken = staff.await?;
    street.until_delivered().await?;
    let mut report = street.compare(&told, &spoken).await?;
    report.kills = kills;
    if !report.differences.is_empty() {
        let kept = folder.keep();
        report
            .differences
            .push(format!("its data and log are in {}", kept.display()));
    }
    child.kill()?;
    child.wait()?;
    Ok(report)
}

impl Street {
    fn start(&self, program: &PathBuf, site: &PathBuf, folder: &TempDir) -> Result<Child> {
        let authority = folder.path().join("stand-in-ca.pem");
        std::fs::write(&authority, self.discord.ca_pem())?;
        let seeded = self.discord.settings();
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(folder.path().join("log"))?;
        Command::new(program)
            .arg("serve")
            .env_clear()
            .env("DISCORD_TOKEN", seeded.bot_token)
            .env("CLIENT_ID", seeded.client_id)
            .env("DISCORD_CLIENT_SECRET", seeded.client_secret)
            .env("GUILD_ID", seeded.guild_id.to_string())
            .env(
                "DISCORD_SUPPORT_CHANNEL_ID",
                seeded.support_channel_id.to_string(),
            )
            .env("DISCORD_STAFF_ROLE_ID", seeded.staff_role_id.to_string())
            .env("PUBLIC_URL", format!("http://{}", self.address))
            .env("LISTEN", self.address.to_string())
            .env("DATA_DIR", folder.path())
            .env("SITE_DIR", site)
            .env("DISCORD_STAND_IN", self.discord.base_url())
            .env("DISCORD_STAND_IN_CA", authority)
            .env("THREADLINE_NO_DOTENV", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))
    }

    async fn pull(&self, lever: &str, to: Value) -> Result<()> {
        let url = format!("{}/stand-in/{lever}", self.discord.base_url());
        let answer = self.client.put(url).json(&to).send().await?;
        ensure!(answer.status().is_success(), "the stand-in refused {lever}");
        Ok(())
    }

    async fn health(&self) -> Result<Value> {
        let url = format!("http://{}/api/health", self.address);
        Ok(self.client.get(url).send().await?.json().await?)
    }

    async fn until_well(&self, child: &mut Child) -> Result<()> {
        let began = Instant::now();
        loop {
            if let Some(status) = child.try_wait()? {
                bail!("the program ended by itself: {status}");
            }
            if self.health().await.is_ok_and(|h| h["status"] == "ok") {
                return Ok(());
            }
            ensure!(began.elapsed() < PATIENCE, "the program does not get well");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn until_delivered(&self) -> Result<()> {
        let began = Instant::now();
        let mut quiet = 0;
        // Twice in a row: what was just taken in may promise something.
        while quiet < 5 {
            let health = self.health().await?;
            let idle = health["outbox"]["waiting"] == 0
                && health["outbox"]["parked"] == 0
                && health["catch_up"]["threads"] == 0;
            quiet = if idle { quiet + 1 } else { 0 };
            ensure!(
                began.elapsed() < PATIENCE,
                "deliveries do not end: {health}"
            );
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Ok(())
    }

    fn tag(&self) -> u64 {
        self.next.fetch_add(1, Ordering::SeqCst)
    }

    async fn customer(self: Arc<Self>, number: u64) -> Customer {
        let mut customer = Customer::default();
        while !self.over.load(Ordering::SeqCst) || customer.open.is_some() {
            tokio::time::sleep(PAUSE).await;
            let (key, tag) = customer.open.take().unwrap_or_else(|| {
                let tag = self.tag();
                (format!("crash-form-{number:04}-{tag:012}"), tag)
            });
            let talk = customer
                .tickets
                .last()
                .map(|(token, tags)| (token, tags.len()));
            let current = talk
                .filter(|(_, said)| *said < TALK)
                .map(|(token, _)| token.clone());
            let text = format!("k{tag}x hello from customer {number}");
            let sent = self.send(current.as_deref(), number, &key, &text).await;
            match (sent, current) {
                (Some(token), None) => customer.tickets.push((token, vec![tag])),
                (Some(_), Some(_)) => {
                    if let Some((_, tags)) = customer.tickets.last_mut() {
                        tags.push(tag);
                    }
                }
                // Nobody answered: the same form again.
                (None, _) => customer.open = Some((key, tag)),
            }
        }
        customer
    }

    /// Sends a form; the token of the ticket that it led to, if an answer came.
    async fn send(
        &self,
        ticket: Option<&str>,
        number: u64,
        key: &str,
        text: &str,
    ) -> Option<String> {
        let email = format!("customer-{number}@example.com");
        let (path, fields) = match ticket {
            Some(token) => (format!("/t/{token}"), vec![("body", text)]),
            None => (
                "/new".to_owned(),
                vec![
                    ("email", email.as_str()),
                    ("subject", "Crashes"),
                    ("category", "question"),
                    ("body", text),
                ],
            ),
        };
        let mut form: Vec<(&str, &str)> = fields;
        form.push(("request_key", key));
        let url = format!("http://{}{path}", self.address);
        let answer = self.client.post(url).form(&form).send().await.ok()?;
        if answer.status() != 303 {
            return None;
        }
        let location = answer.headers().get("location")?.to_str().ok()?;
        let token = location.strip_prefix("/t/")?;
        Some(token.split(['#', '?']).next()?.to_owned())
    }

    /// What staff said, by thread.
    async fn staff(self: Arc<Self>) -> BTreeMap<String, Vec<u64>> {
        let mut said: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        let people: Vec<Person> = self.discord.settings().people;
        let Some(person) = people.into_iter().find(|p| p.staff) else {
            return said;
        };
        let guild = self.discord.settings().guild_id;
        let mut turn = 0_usize;
        while !self.over.load(Ordering::SeqCst) {
            tokio::time::sleep(PAUSE).await;
            let api = format!("{}/api/v10", self.discord.base_url());
            let listed = self
                .client
                .get(format!("{api}/guilds/{guild}/threads/active"))
                .header("authorization", &person.token)
                .send()
                .await;
            let Ok(listed) = listed else { continue };
            let listed: Value = listed.json().await.unwrap_or_default();
            let threads = listed["threads"].as_array().cloned().unwrap_or_default();
            // Those that are talked in, in turn.
            let latest = threads.len().saturating_sub(6);
            let Some(thread) = threads[latest..].get(turn % 6) else {
                turn += 1;
                continue;
            };
            turn += 1;
            let id = thread["id"].as_str().unwrap_or_default().to_owned();
            let tag = self.tag();
            let sent = self
                .client
                .post(format!("{api}/channels/{id}/messages"))
                .header("authorization", &person.token)
                .json(&json!({"content": format!("s{tag}x hello from staff")}))
                .send()
                .await;
            if sent.is_ok_and(|answer| answer.status() == 200) {
                said.entry(id).or_default().push(tag);
            }
        }
        said
    }

    async fn compare(
        &self,
        customers: &[Customer],
        spoken: &BTreeMap<String, Vec<u64>>,
    ) -> Result<Report> {
        let mut report = Report::default();
        let world = self.discord.world();
        let empty = Vec::new();
        // Which thread has a tag tells whose ticket it is.
        let mut thread_of: HashMap<u64, &str> = HashMap::new();
        let mut written: HashMap<&str, Vec<u64>> = HashMap::new();
        for thread in world["guilds"][0]["threads"].as_array().unwrap_or(&empty) {
            let id = thread["id"].as_str().unwrap_or_default();
            for message in world["messages"][id].as_array().unwrap_or(&empty) {
                for tag in tags(message["content"].as_str().unwrap_or_default(), 'k') {
                    thread_of.insert(tag, id);
                    written.entry(id).or_default().push(tag);
                }
            }
        }
        let tickets = customers.iter().flat_map(|customer| &customer.tickets);
        let mut known = 0;
        for (token, said) in tickets {
            known += 1;
            report.from_web += said.len();
            let thread = said.first().and_then(|tag| thread_of.get(tag)).copied();
            let Some(thread) = thread else {
                report.differences.push(format!("{said:?} have no thread"));
                continue;
            };
            let there = written.get(thread).cloned().unwrap_or_default();
            if &there != said {
                report
                    .differences
                    .push(format!("written on the web {said:?}, in Discord {there:?}"));
            }
            let url = format!("http://{}/t/{token}", self.address);
            let page = self.client.get(url).send().await?.text().await?;
            let here = tags(&page, 's');
            let said = spoken.get(thread).cloned().unwrap_or_default();
            report.from_discord += said.len();
            if here != said {
                report
                    .differences
                    .push(format!("written in Discord {said:?}, on the web {here:?}"));
            }
        }
        let threads = world["guilds"][0]["threads"].as_array().map_or(0, Vec::len);
        if threads != known {
            report
                .differences
                .push(format!("{known} tickets have {threads} threads"));
        }
        Ok(report)
    }
}

/// The tags in a text, such as `k12x`, in their order.
fn tags(text: &str, kind: char) -> Vec<u64> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter_map(|word| word.strip_prefix(kind)?.strip_suffix('x')?.parse().ok())
        .collect()
}
