//! The same storm through serenity, TLS and sockets, in real time: the bridge runs by itself, and
//! the stand-in misbehaves on its real port.
//!
//! Nothing is held in hand here, so that a seed says what people do and how likely what goes wrong,
//! but does not repeat exactly. The process dies by being dropped wherever its deliveries are.

use crate::town::Town;
use anyhow::{Context, Result, bail};
use connector::{DiscordConfig, GatewayStatus, Interactions};
use desk::{House, Staff};
use discord_stand_in::{Fault, Options, StandIn};
use domain::view::SyncView;
use rand::Rng;
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long the last deliveries may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long nothing must be left to do before it counts as all: events are still on their way.
const QUIET: Duration = Duration::from_millis(400);
/// How often to look.
const AGAIN: Duration = Duration::from_millis(40);

/// A Discord on a real port, and the bridge that runs over it.
pub struct Sockets {
    stand_in: StandIn,
    running: Option<Running>,
}

struct Running {
    stop: CancellationToken,
    bridge: JoinHandle<()>,
    listening: TaskTracker,
}

impl Sockets {
    /// Starts the Discord.
    pub async fn open() -> Result<Self> {
        let stand_in = StandIn::start(Options::default()).await?;
        // Waiting for Discord's limits would take most of the time, and prove nothing here.
        stand_in.in_process().set_limits(false);
        Ok(Self {
            stand_in,
            running: None,
        })
    }

    /// The Discord.
    pub fn discord(&self) -> &StandIn {
        &self.stand_in
    }

    /// How a process finds it.
    pub fn config(&self) -> Result<DiscordConfig> {
        let seeded = self.stand_in.settings();
        Ok(DiscordConfig {
            token: seeded.bot_token,
            application_id: seeded.client_id.parse().context("the application's id")?,
            stand_in: Some(connector::StandIn {
                addr: self.stand_in.addr(),
                ca_pem: self.stand_in.ca_pem().to_owned(),
            }),
        })
    }

    /// The bridge begins to run and the bot to listen.
    pub fn run(&mut self, house: &House) -> Result<()> {
        let (config, listening) = (self.config()?, TaskTracker::new());
        let stop = CancellationToken::new();
        let interactions = Interactions::new(&config, house.clone(), &listening)?;
        connector::start(
            &config,
            house.clone(),
            interactions,
            Arc::new(GatewayStatus::default()),
            stop.clone(),
            &listening,
        );
        let bridge = {
            let (house, stop) = (house.clone(), stop.clone());
            tokio::spawn(async move { house.run_bridges(stop.cancelled()).await })
        };
        self.running = Some(Running {
            stop,
            bridge,
            listening,
        });
        Ok(())
    }

    /// The process dies: its deliveries wherever they are, its listening in order.
    pub async fn die(&mut self) {
        let Some(running) = self.running.take() else {
            return;
        };
        running.bridge.abort();
        // It was aborted, or is over already.
        let _ = running.bridge.await;
        running.stop.cancel();
        running.listening.close();
        running.listening.wait().await;
    }
}

impl Town {
    /// Another weather: what goes wrong from now on, and how likely.
    pub fn weather_changes(&mut self) {
        let gaps = self.gaps;
        let mut faults = Vec::new();
        let mut percent = |most: u32| f64::from(self.rng.random_range(0..=most)) / 100.0;
        let mut add = |fault: Fault, probability: f64| {
            let seed = faults.len() as u64 + 7;
            faults.push(Fault {
                probability: Some(probability),
                seed: Some(seed * 7_919),
                times: Some(0),
                ..fault
            });
        };
        let route = |action: &str| Fault {
            route: Some("*".to_owned()),
            action: action.to_owned(),
            ..Fault::default()
        };
        for action in ["drop_before", "drop_after", "broken_json", "cut_body"] {
            add(route(action), percent(4));
        }
        let delay_ms = Some(150);
        let slow = Fault {
            delay_ms,
            ..route("slow")
        };
        add(slow, percent(10));
        for (status, after) in [(502, true), (503, false)] {
            let fault = Fault {
                status: Some(status),
                after,
                ..route("status")
            };
            add(fault, percent(3));
        }
        for global in [false, true] {
            let fault = Fault {
                retry_after: Some(0.2),
                global,
                ..route("rate_limited")
            };
            add(fault, percent(3));
        }
        let event = |name: &str, action: &str| Fault {
            event: Some(name.to_owned()),
            action: action.to_owned(),
            delay_ms,
            ..Fault::default()
        };
        for name in ["MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE"] {
            for action in ["duplicate", "reorder", "delay", "before_response"] {
                add(event(name, action), percent(8));
            }
            if gaps {
                add(event(name, "drop"), percent(5));
            }
        }
        self.note("the weather changes");
        if let Some(sockets) = &self.sockets {
            sockets.discord().set_faults(faults);
        }
    }

    /// One thing happens, while the bridge works by itself.
    pub async fn happen_meanwhile(&mut self) -> Result<()> {
        match self.rng.random_range(0..100) {
            0..=44 => {
                self.someone_acts_on_the_web().await?;
            }
            45..=84 => {
                self.someone_acts_in_discord().await?;
            }
            85..=87 => self.weather_changes(),
            88..=90 => self.connection_is_cut(),
            // On a server with several processes, what a dead one leased is held for it.
            91..=92 if !self.is_on_a_server() => {
                self.crash().await?;
                self.restart().await?;
            }
            93 => self.permission_changes(),
            _ => {
                let ms = self.rng.random_range(20..300);
                tokio::time::sleep(Duration::from_millis(ms)).await;
            }
        }
        // Discord tells edits apart by their moments.
        let ms = self.rng.random_range(2..25);
        tokio::time::sleep(Duration::from_millis(ms)).await;
        let sync = self.desk().sync(&self.a_witness()).await?;
        self.look_for_what_waits(&sync);
        Ok(())
    }

    /// Nobody sees the bridge's steps here: what waits for a person is looked for, and told once.
    fn look_for_what_waits(&mut self, sync: &SyncView) {
        for row in &sync.stuck {
            if row.next_try.is_some() || !self.waiting.insert(row.id) {
                continue;
            }
            let (what, reason) = (&row.what, row.reason.as_deref().unwrap_or_default());
            let words = format!("#{} {what}, {} tries: {reason}", row.number, row.attempts);
            self.note(format!("WAITS FOR A PERSON: {words}"));
            self.waits_for_a_person(words);
        }
    }

    /// One of the staff, whoever it is: looking must not change what happens next.
    fn a_witness(&self) -> Staff {
        let first = self.staff.first();
        first.expect("staff sign in when a process begins").clone()
    }

    fn connection_is_cut(&mut self) {
        let what = match self.rng.random_range(0..4) {
            0 => json!({"op": 7}),
            1 => json!({"op": 9, "d": false}),
            2 => json!({"close": 4009}),
            _ => json!({"close": 4000}),
        };
        self.note(format!("the gateway says {what}"));
        let order = json!({"do": "gateway", "what": what});
        if let Err(why) = self.discord.order(&order) {
            self.note(format!("but cannot: {why}"));
        }
    }

    /// The weather clears: nothing goes wrong any more.
    pub fn clears_up(&self) {
        if let Some(sockets) = &self.sockets {
            sockets.discord().set_faults(Vec::new());
        }
    }

    /// Until the bridge has nothing left to do, for a while.
    pub async fn until_at_rest(&mut self) -> Result<()> {
        let began = Instant::now();
        let mut quiet_since = Instant::now();
        loop {
            let (desk, staff) = (self.desk(), self.a_witness());
            desk.budget_step().await?;
            let (health, sync) = (desk.health().await?, desk.sync(&staff).await?);
            self.look_for_what_waits(&sync);
            let left = health.outbox_waiting + health.files_wanted + sync.to_read;
            if left > 0 {
                quiet_since = Instant::now();
            } else if quiet_since.elapsed() > QUIET {
                return Ok(());
            }
            if began.elapsed() > PATIENCE {
                bail!("the bridge does not come to rest: {health:?}, {sync:?}");
            }
            tokio::time::sleep(AGAIN).await;
        }
    }
}
