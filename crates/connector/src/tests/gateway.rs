//! Listening, whatever Discord does to the connection.

use super::super::hearing::{Heard, Line, line};
use super::super::{GatewaySnapshot, client, watchdog};
use super::{PATIENCE, discord};
use desk::bridge::RemoteEvent;
use discord_stand_in::StandIn;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::Receiver;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

struct Listener {
    discord: StandIn,
    line: Arc<Line>,
    heard: Receiver<Heard>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Listener {
    async fn with_token(change: fn(String) -> String) -> Self {
        let (discord, mut config) = discord().await;
        config.token = change(config.token);
        let (line, heard) = line(Arc::default());
        let stop = CancellationToken::new();
        let http = client(&config).unwrap();
        let task = tokio::spawn(watchdog::keep_listening(
            config,
            http,
            line.clone(),
            stop.clone(),
        ));
        Self {
            discord,
            line,
            heard,
            stop,
            task,
        }
    }

    async fn connected() -> Self {
        let mut listener = Self::with_token(|token| token).await;
        listener.ready().await;
        listener
    }

    async fn fact(&mut self) -> RemoteEvent {
        loop {
            match timeout(PATIENCE, self.heard.recv()).await {
                Ok(Some(Heard::Fact(fact))) => return *fact,
                Ok(Some(Heard::Interaction(_))) => {}
                other => panic!("nothing was heard: {}", other.is_err()),
            }
        }
    }

    /// Waits for the beginning of a session, and for the guild's arrival after it.
    async fn ready(&mut self) {
        while self.fact().await != RemoteEvent::Connected {}
        while !matches!(self.fact().await, RemoteEvent::GuildReady { .. }) {}
        assert_eq!(self.line.status.snapshot().state, "connected");
    }

    async fn strike(&self, blow: Value) {
        let gateway = format!("{}/stand-in/gateway", self.discord.base_url());
        let struck = plain().post(gateway).json(&blow).send().await.unwrap();
        assert!(struck.status().is_success());
    }

    /// A staff member writes in the support channel.
    async fn write(&self, words: &str) {
        let seeded = self.discord.settings();
        let staff = seeded.people.iter().find(|p| p.staff).unwrap();
        let url = format!(
            "{}/api/v10/channels/{}/messages",
            self.discord.base_url(),
            seeded.support_channel_id
        );
        let posted = plain()
            .post(url)
            .header("authorization", &staff.token)
            .json(&json!({"content": words}))
            .send()
            .await
            .unwrap();
        assert!(posted.status().is_success(), "{}", posted.status());
    }

    /// Waits for these words, and says whether a session began before them.
    async fn hears(&mut self, words: &str) -> bool {
        let mut new_session = false;
        loop {
            match self.fact().await {
                RemoteEvent::Connected => new_session = true,
                RemoteEvent::Posted(message) if message.content == words => {
                    assert!(message.author.roles.is_some() && !message.author.is_us);
                    return new_session;
                }
                _ => {}
            }
        }
    }

    /// Waits until the figures are so.
    async fn until(&self, so: fn(&GatewaySnapshot) -> bool) {
        let looking = async {
            while !so(&self.line.status.snapshot()) {
                // house-rule: the pause between two looks at a condition, not a wait for time.
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let told = timeout(PATIENCE, looking).await;
        told.unwrap_or_else(|_| panic!("{:?}", self.line.status.snapshot()));
    }

    async fn stopped(self) {
        let asked = Instant::now();
        self.stop.cancel();
        timeout(PATIENCE, self.task).await.unwrap().unwrap();
        assert!(
            asked.elapsed() < Duration::from_secs(2),
            "{:?}",
            asked.elapsed()
        );
    }
}

fn plain() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_hears_in_order_and_ends_when_asked() {
    let mut listener = Listener::connected().await;
    for n in 0..4 {
        listener.write(&format!("word {n}")).await;
    }
    for n in 0..4 {
        let words = format!("word {n}");
        let RemoteEvent::Posted(message) = listener.fact().await else {
            panic!("something else than {words}");
        };
        assert_eq!(message.content, words);
    }
    let figures = listener.line.status.snapshot();
    assert_eq!((figures.undecoded, figures.restarts), (0, 0));
    listener.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_session_goes_on_and_nothing_is_told_anew() {
    let mut listener = Listener::connected().await;
    for (n, blow) in [json!({"op": 7}), json!({"close": 4000})]
        .into_iter()
        .enumerate()
    {
        listener.strike(blow).await;
        let words = format!("after {n}");
        listener.write(&words).await;
        assert!(!listener.hears(&words).await, "a new session at blow {n}");
    }
    assert_eq!(listener.line.status.snapshot().restarts, 0);
    listener.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_spins_is_replaced_and_leaves_no_core_burning() {
    let mut listener = Listener::connected().await;
    listener.strike(json!({"close": 4003})).await;
    while listener.fact().await != RemoteEvent::Disconnected {}
    listener.ready().await;
    listener.write("after the spin").await;
    listener.hears("after the spin").await;
    let figures = listener.line.status.snapshot();
    assert_eq!((figures.restarts, figures.abandoned), (1, 0));
    listener.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_is_told_in_words() {
    let listener = Listener::with_token(|token| format!("{token}x")).await;
    listener.until(|now| now.state == "refused").await;
    let trouble = listener.line.status.snapshot().trouble.unwrap();
    assert!(trouble.contains("DISCORD_TOKEN"), "{trouble}");
    listener.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn discord_goes_away_and_comes_back() {
    let mut listener = Listener::connected().await;
    listener.discord.pause_listening().await;
    listener.until(|now| !now.connected).await;
    listener.discord.resume_listening().await.unwrap();
    listener.write("back again").await;
    listener.until(|now| now.connected).await;
    listener.write("and heard").await;
    listener.hears("and heard").await;
    assert_eq!(listener.line.status.snapshot().undecoded, 0);
    listener.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_when_asked_even_while_nobody_answers() {
    let listener = Listener::connected().await;
    listener.discord.pause_listening().await;
    listener.until(|now| !now.connected).await;
    listener.stopped().await;
}
