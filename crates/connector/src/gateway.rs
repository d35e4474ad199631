//! One run of the gateway's client, on a thread and a runtime of its own.
//!
//! serenity's client can spin without end when Discord closes a connection in certain ways; it
//! then takes its whole runtime with it, so nothing else lives there. What is heard is for
//! `ears`; whether this thread still works, and what follows it, is for `watchdog`.

use super::ears::Ears;
use super::hearing::Line;
use super::{DiscordConfig, client};
use anyhow::Context;
use futures::StreamExt;
use serenity::all::{GatewayIntents, ShardManager};
use serenity::gateway::{ConnectionStage, GatewayError, ShardManagerOptions};
use serenity::prelude::TypeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::oneshot;

/// How often the thread shows that it is alive.
const PULSE: Duration = Duration::from_millis(250);
/// How long Discord gets to take leave.
const LEAVE: Duration = Duration::from_secs(1);

/// The words for a token that Discord does not accept.
pub(super) const TOKEN_REFUSED: &str =
    "Discord does not accept the bot's token. Set DISCORD_TOKEN to the present one.";

/// What we ask to hear.
pub(super) fn intents() -> GatewayIntents {
    GatewayIntents::GUILDS | GatewayIntents::GUILD_MESSAGES | GatewayIntents::MESSAGE_CONTENT
}

/// How a run is asked to end.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stop {
    /// Taking leave of Discord. Must not be asked of a stuck run, which would get stuck for good.
    Politely,
    /// At once.
    AtOnce,
}

/// Why a run ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// It was asked to.
    Asked,
    /// Discord does not let us in until a person does something: what.
    Refused(&'static str),
    /// Something else.
    Lost(String),
}

/// One run of the gateway's client.
pub(super) struct Run {
    pulse: Arc<AtomicU64>,
    manager: Arc<OnceLock<Arc<ShardManager>>>,
    stop: Option<oneshot::Sender<Stop>>,
    /// Resolves when it ended.
    pub(super) ended: oneshot::Receiver<Ending>,
}

impl Run {
    /// Grows while the run's runtime is alive.
    pub(super) fn pulse(&self) -> u64 {
        self.pulse.load(Ordering::Relaxed)
    }

    /// Whether its shard is connected, as far as that can be seen without waiting.
    pub(super) fn is_connected(&self) -> Option<bool> {
        let runners = self.manager.get()?.runners.try_lock().ok()?;
        let mut stages = runners.values().map(|runner| runner.stage);
        Some(stages.next() == Some(ConnectionStage::Connected))
    }

    /// Asks it to end.
    pub(super) fn stop(&mut self, how: Stop) {
        if let Some(stop) = self.stop.take() {
            // It may have ended by itself, which is just as well.
            let _ = stop.send(how);
        }
    }

    /// Closes the connection of a stuck client. Its loop still looks at its own queue, and this
    /// message ends it; the ones for an orderly end would start a loop that nothing ends.
    pub(super) async fn break_loop(&self) {
        if let Some(manager) = self.manager.get() {
            for runner in manager.runners.lock().await.values() {
                runner.runner_tx.shutdown_clean();
            }
        }
    }
}

/// Begins to listen at `url`, as run `number` of the line.
pub(super) fn begin(
    config: &DiscordConfig,
    url: String,
    line: Arc<Line>,
    number: u64,
) -> anyhow::Result<Run> {
    // A client of its own: its connections belong to its runtime.
    let http = client(config)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("a runtime for the gateway")?;
    let (stop, asked) = oneshot::channel();
    let (tell, ended) = oneshot::channel();
    let run = Run {
        pulse: Arc::default(),
        manager: Arc::default(),
        stop: Some(stop),
        ended,
    };
    let (pulse, manager) = (run.pulse.clone(), run.manager.clone());
    std::thread::Builder::new()
        .name("discord-gateway".to_owned())
        .spawn(move || {
            let ending = runtime.block_on(async {
                tokio::spawn(beat(pulse));
                listen(http, url, Ears::new(line, number), manager, asked).await
            });
            runtime.shutdown_timeout(Duration::from_millis(200));
            let _ = tell.send(ending);
        })
        .context("a thread for the gateway")?;
    Ok(run)
}

async fn beat(pulse: Arc<AtomicU64>) {
    let mut tick = tokio::time::interval(PULSE);
    loop {
        tick.tick().await;
        pulse.fetch_add(1, Ordering::Relaxed);
    }
}

/// Runs serenity's shard until it gives up or `asked` says so. serenity's own `Client` is not
/// used: when it fails to learn the gateway's address it takes the real one's, stand-in or not.
async fn listen(
    http: serenity::http::Http,
    url: String,
    ears: Ears,
    slot: Arc<OnceLock<Arc<ShardManager>>>,
    asked: oneshot::Receiver<Stop>,
) -> Ending {
    let ears = Arc::new(ears);
    let (manager, mut returned) = ShardManager::new(ShardManagerOptions {
        data: Arc::new(serenity::prelude::RwLock::new(TypeMap::new())),
        event_handlers: vec![ears.clone()],
        raw_event_handlers: vec![ears],
        shard_index: 0,
        shard_init: 0,
        shard_total: 0,
        ws_url: Arc::new(serenity::prelude::Mutex::new(url)),
        http: Arc::new(http),
        intents: intents(),
        presence: None,
    });
    let _ = slot.set(manager.clone());
    let running = async {
        manager.set_shards(0, 1, 1).await;
        if let Err(error) = manager.initialize() {
            return Ending::Lost(format!("the client did not start: {error}"));
        }
        match returned.next().await {
            Some(Err(error)) => ending(&error),
            Some(Ok(())) | None => Ending::Lost("the client stopped by itself".to_owned()),
        }
    };
    tokio::select! {
        ending = running => ending,
        how = asked => {
            if let Ok(Stop::Politely) = how {
                // Discord may not answer; then the connection is cut.
                let _ = tokio::time::timeout(LEAVE, manager.shutdown_all()).await;
            }
            Ending::Asked
        }
    }
}

fn ending(error: &GatewayError) -> Ending {
    match error {
        GatewayError::InvalidAuthentication => Ending::Refused(TOKEN_REFUSED),
        GatewayError::DisallowedGatewayIntents => Ending::Refused(
            "Discord does not let the bot read messages. Switch on Message Content Intent in the \
             Developer Portal, under Bot.",
        ),
        GatewayError::InvalidGatewayIntents => Ending::Refused(
            "Discord does not know what the bot asks to hear. A newer version of this program may.",
        ),
        error => Ending::Lost(format!("the client gave up: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn we_ask_for_what_we_need_and_no_more() {
        assert_eq!(intents().bits(), 33_281);
    }

    #[test]
    fn refusals_say_what_to_do() {
        for error in [
            GatewayError::InvalidAuthentication,
            GatewayError::DisallowedGatewayIntents,
        ] {
            assert!(matches!(ending(&error), Ending::Refused(_)));
        }
        assert!(matches!(
            ending(&GatewayError::HeartbeatFailed),
            Ending::Lost(_)
        ));
    }
}
