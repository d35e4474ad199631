//! The Discord that the benchmarks stand beside: the stand-in, in this process, on a thread of its
//! own, with rate limits off.
//!
//! It starts it, pulls its levers and reads what the product's settings need. How Discord behaves
//! is the stand-in's affair.

use crate::wire::{Connection, Request};
use anyhow::{Context, Result, anyhow, ensure};
use discord_stand_in::{Fault, InProcess, Options, Person, StandIn};
use serde_json::{Value, json};
use server::config::{NO_DOTENV, Vars};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::broadcast;

/// How long the stand-in takes to answer where its speed matters: about as long as Discord.
pub const LATENCY_MS: u64 = 50;
/// How often to look whether something is there.
const AGAIN: Duration = Duration::from_millis(50);

/// A running stand-in.
pub struct Discord {
    stand_in: StandIn,
}

impl Discord {
    /// Starts one on `runtime`, answering at once.
    pub async fn start(runtime: &Handle) -> Result<Self> {
        let stand_in = runtime
            .spawn(StandIn::start(Options::default()))
            .await
            .context("the stand-in panicked")??;
        let discord = Self { stand_in };
        discord.pull("limits", json!({"enabled": false})).await?;
        // Load makes more threads than Discord would let stand open.
        discord
            .pull("switches", json!({"active_threads": 1_000_000}))
            .await?;
        Ok(discord)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.stand_in.addr()
    }

    /// From now on it answers after this long.
    pub async fn set_latency(&self, ms: u64) -> Result<()> {
        self.pull("latency", json!({"ms": ms})).await
    }

    async fn pull(&self, lever: &str, to: serde_json::Value) -> Result<()> {
        let path = format!("/stand-in/{lever}");
        let request = Request::json("PUT", self.address(), &path, &to);
        let mut connection = Connection::open(self.address()).await?;
        let answer = connection.ask(request).await?;
        answer.expect_status(200, &path)?;
        Ok(())
    }

    /// Asks the bot, at its next delivery, to send nothing for an hour.
    pub fn hold_deliveries(&self) {
        self.stand_in.set_faults(vec![Fault {
            route: Some("POST /channels/{channel}/threads".to_owned()),
            action: "rate_limited".to_owned(),
            retry_after: Some(3_600.0),
            global: true,
            times: Some(1),
            ..Fault::default()
        }]);
    }

    /// Half of all requests about these channels are answered with 429 or a 5xx from now on.
    pub fn trouble(&self, channels: impl IntoIterator<Item = u64>) {
        let faults = channels.into_iter().flat_map(|channel| {
            let fault = |action: &str, probability, share: u64| Fault {
                route: Some(format!("* /channels/{channel}/*")),
                action: action.to_owned(),
                probability: Some(probability),
                seed: Some(channel.wrapping_mul(2 * share + 1) | 1),
                times: Some(0),
                ..Fault::default()
            };
            [
                Fault {
                    retry_after: Some(0.3),
                    scope: Some("user".to_owned()),
                    ..fault("rate_limited", 0.25, 1)
                },
                // A third of what the first lets by: a quarter of all.
                Fault {
                    status: Some(502),
                    ..fault("status", 1.0 / 3.0, 2)
                },
            ]
        });
        self.stand_in.set_faults(faults.collect());
    }

    /// No request is answered amiss any more. How many were, so far.
    pub fn no_trouble(&self) -> u64 {
        self.stand_in.set_faults(Vec::new());
        let world = self.stand_in.world();
        world["counters"]["faults_struck"].as_u64().unwrap_or(0)
    }

    /// Somebody says this in each of these channels in turn, `count` times in all, as quickly as can
    /// be: the stand-in is spoken to within this process.
    pub fn burst(&self, channels: &[u64], count: usize, words: &str) -> Result<()> {
        let staff = self.staff()?;
        // Not read back: a burst is about whom it hits.
        let world: InProcess = self.stand_in.in_process().checking_every(0);
        for channel in channels.iter().cycle().take(count) {
            let path = format!("/channels/{channel}/messages");
            let body = json!({"content": words});
            let (status, said): (u16, Value) =
                world.ask(&staff.token, "POST", &path, &[], &body, Vec::new());
            ensure!(status == 200, "the stand-in did not take a message: {said}");
        }
        Ok(())
    }

    /// Says which channel changed, at the moment when it does.
    pub fn changes(&self) -> broadcast::Receiver<u64> {
        self.stand_in.changes()
    }

    /// The ids of the tickets' threads, by the tickets' numbers.
    pub fn threads(&self) -> HashMap<i64, u64> {
        let world = self.stand_in.world();
        let threads = world["guilds"][0]["threads"].as_array();
        let threads = threads.into_iter().flatten();
        threads
            .filter_map(|thread| {
                let name = thread["name"].as_str()?.strip_prefix('#')?;
                let number = name.split(' ').next()?.parse().ok()?;
                let id = thread["id"].as_str()?.parse().ok()?;
                Some((number, id))
            })
            .collect()
    }

    /// Everybody.
    pub fn people(&self) -> Vec<Person> {
        self.stand_in.settings().people
    }

    /// A channel in which everybody may use commands.
    pub fn open_channel(&self) -> Result<u64> {
        let world = self.stand_in.world();
        let channels = world["guilds"][0]["channels"].as_array();
        let mut channels = channels.into_iter().flatten();
        let general = channels.find(|channel| channel["name"] == "general");
        general
            .and_then(|channel| channel["id"].as_str()?.parse().ok())
            .context("the stand-in has no #general")
    }

    /// Waits until the product has registered its commands.
    pub async fn until_commands_are_there(&self, limit: Duration) -> Result<()> {
        let began = Instant::now();
        while self.command("help").is_none() {
            ensure!(began.elapsed() < limit, "no commands were registered");
            tokio::time::sleep(AGAIN).await;
        }
        Ok(())
    }

    /// A registered command of that name.
    fn command(&self, name: &str) -> Option<Value> {
        let guild = self.stand_in.settings().guild_id.to_string();
        let world = self.stand_in.world();
        let commands = world["commands"]["guild"][&guild].as_array()?;
        let mut commands = commands.iter();
        commands
            .find(|command| command["name"] == name && command["type"] == json!(1))
            .cloned()
    }

    /// What an endpoint is sent when somebody uses a command, or types in one (`kind` 2 or 4).
    pub fn commands(
        &self,
        person: &Person,
        channel: u64,
        kind: u8,
        name: &str,
        sub: Option<(&str, Value)>,
    ) -> Result<Value> {
        let command = self.command(name).context("an unknown command")?;
        let options = match sub {
            Some((sub, option)) => json!([{"type": 1, "name": sub, "options": [option]}]),
            None => json!([]),
        };
        let data = json!({"id": command["id"], "name": name, "type": 1, "options": options});
        self.interaction(person, channel, json!({"type": kind, "data": data}))
    }

    /// What an endpoint is sent when somebody presses the button with this label on the thread's card.
    pub fn presses(&self, person: &Person, thread: u64, label: &str) -> Result<Value> {
        let world = self.stand_in.world();
        let messages = world["messages"][thread.to_string()].as_array();
        let mut found = messages.into_iter().flatten().filter_map(|message| {
            let rows = message["components"].as_array()?;
            let mut buttons = rows.iter().filter_map(|row| row["components"].as_array());
            let button = buttons.find_map(|row| row.iter().find(|b| b["label"] == label))?;
            Some((message["id"].clone(), button["custom_id"].clone()))
        });
        let (message, custom_id) = found.next().context("no card has that button")?;
        let data = json!({"component_type": 2, "custom_id": custom_id});
        let body = json!({"type": 3, "message_id": message, "data": data});
        self.interaction(person, thread, body)
    }

    fn interaction(&self, person: &Person, channel: u64, mut body: Value) -> Result<Value> {
        let settings = self.stand_in.settings();
        body["application_id"] = json!(settings.client_id);
        body["guild_id"] = json!(settings.guild_id.to_string());
        body["channel_id"] = json!(channel.to_string());
        body["session_id"] = json!("bench");
        let begun = self.stand_in.in_process().interaction(person.id, &body);
        begun.map_err(|refusal| anyhow!("the stand-in refused {body}: {refusal}"))
    }

    /// The key with which signatures are checked, in hexadecimal digits.
    pub fn public_key(&self) -> String {
        self.stand_in.settings().public_key
    }

    /// A moment, this one, and the application's signature on a body that is posted at it.
    pub fn signed(&self, body: &[u8]) -> (String, String) {
        let timestamp = (self.stand_in.clock().now_ms() / 1_000).to_string();
        let signature = self.stand_in.in_process().sign(&timestamp, body);
        (timestamp, signature)
    }

    /// A member of the staff.
    pub fn staff(&self) -> Result<Person> {
        let people = self.stand_in.settings().people;
        people
            .into_iter()
            .find(|person| person.staff)
            .context("the stand-in has no staff")
    }

    /// The settings of a server that lives in `folder`, listens at `address` and takes this for
    /// Discord.
    pub fn settings(&self, folder: &Path, site: &Path, address: SocketAddr) -> Result<Vars> {
        let authority = folder.join("stand-in-ca.pem");
        std::fs::write(&authority, self.stand_in.ca_pem())
            .with_context(|| format!("cannot write {}", authority.display()))?;
        let seeded = self.stand_in.settings();
        let text = |path: &Path| path.display().to_string();
        let settings = [
            ("DISCORD_TOKEN", seeded.bot_token),
            ("CLIENT_ID", seeded.client_id),
            ("DISCORD_CLIENT_SECRET", seeded.client_secret),
            ("DISCORD_PUBLIC_KEY", seeded.public_key),
            ("GUILD_ID", seeded.guild_id.to_string()),
            (
                "DISCORD_SUPPORT_CHANNEL_ID",
                seeded.support_channel_id.to_string(),
            ),
            ("DISCORD_STAFF_ROLE_ID", seeded.staff_role_id.to_string()),
            ("PUBLIC_URL", format!("http://{address}")),
            ("LISTEN", address.to_string()),
            ("DATA_DIR", text(folder)),
            ("SITE_DIR", text(site)),
            ("DISCORD_STAND_IN", self.stand_in.base_url()),
            ("DISCORD_STAND_IN_CA", text(&authority)),
            (NO_DOTENV, "1".to_owned()),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value));
        Ok(settings.into_iter().collect())
    }
}
