//! The door to Discord: the only room that names its client, serenity.
//!
//! Outwards, [`SerenityPort`] does what the desk asks, one attempt per call. Inwards, the gateway
//! listens on a thread of its own and hands over what it hears. Nothing is decided here: what a
//! fact means, and what becomes of a failed attempt, is the desk's.

mod anatomy;
mod carrier;
mod custom_id;
mod ears;
mod errors;
mod fetching;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod gateway;
mod hearing;
mod hosts;
mod interactions;
mod lanes;
mod limiter;
mod listener;
mod opening;
mod pace;
mod port;
mod read;
mod rest;
mod status;
#[cfg(test)]
mod tests;
mod uploading;
mod watchdog;
mod write;

pub use carrier::{Answer, Carrier, Request};
pub use interactions::{
    CommandsError, Inline, Interactions, keep_registered, register, register_and_remember,
};
pub use listener::Listener;
pub use port::SerenityPort;
pub use status::{GatewaySnapshot, GatewayStatus};

use anyhow::{Context, ensure};
use desk::House;
use serenity::http::HttpBuilder;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long a connection may take to be made.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// How long a request may take from its first byte to its answer's last.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);
/// The same for a file, up or down, over a slow line.
const FILE_WITHIN: Duration = Duration::from_secs(100);

/// How Discord is reached, and as whom.
#[derive(Clone)]
pub struct DiscordConfig {
    /// The bot's token.
    pub token: String,
    /// The application's id.
    pub application_id: u64,
    /// A Discord for one machine, in place of the real one.
    pub stand_in: Option<StandIn>,
}

impl fmt::Debug for DiscordConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DiscordConfig")
            .field("application_id", &self.application_id)
            .field("stand_in", &self.stand_in.as_ref().map(|s| s.addr))
            .finish_non_exhaustive()
    }
}

/// Where `discord.com` is, when it is not the real one.
#[derive(Clone, Debug)]
pub struct StandIn {
    /// On this machine only.
    pub addr: SocketAddr,
    /// The one authority whose certificates are accepted, in PEM.
    pub ca_pem: String,
}

/// The way to Discord for everything that is not the gateway. With a stand-in, the addresses, the
/// names and the checks stay those of production; only where the names lead and who vouches for
/// them differs.
pub fn http_client(config: &DiscordConfig) -> anyhow::Result<reqwest::Client> {
    client_within(config, ANSWER_WITHIN)
}

/// The same with the patience that files need.
fn patient_client(config: &DiscordConfig) -> anyhow::Result<reqwest::Client> {
    client_within(config, FILE_WITHIN)
}

fn client_within(config: &DiscordConfig, limit: Duration) -> anyhow::Result<reqwest::Client> {
    let mut builder = reqwest::Client::builder()
        .use_native_tls()
        .https_only(true)
        // A token must not follow wherever an answer points.
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_WITHIN)
        .timeout(limit);
    if let Some(stand_in) = &config.stand_in {
        ensure!(
            stand_in.addr.ip().is_loopback(),
            "the stand-in for Discord must be on this machine"
        );
        let authority = reqwest::Certificate::from_pem(stand_in.ca_pem.as_bytes())
            .context("the stand-in's certificate authority")?;
        builder = builder
            .no_proxy()
            .resolve("discord.com", stand_in.addr)
            .resolve("cdn.discordapp.com", stand_in.addr)
            .resolve("media.discordapp.net", stand_in.addr)
            .tls_built_in_root_certs(false)
            .add_root_certificate(authority);
    }
    builder.build().context("an HTTP client")
}

/// What the bot asks to hear, as Discord's set of intents.
pub fn asked_intents() -> u64 {
    gateway::intents().bits()
}

/// Begins to listen, and to answer what people do with the bot. Everything ends within two seconds
/// after `stop`.
pub fn start(
    config: &DiscordConfig,
    house: House,
    interactions: Interactions,
    status: Arc<GatewayStatus>,
    stop: CancellationToken,
    tracker: &TaskTracker,
) {
    let http = match client(config) {
        Ok(http) => http,
        Err(error) => {
            status.refused("The way to Discord could not be set up.");
            tracing::error!(%error, "The bot cannot listen to Discord");
            return;
        }
    };
    let (line, heard) = hearing::line(status);
    tracker.spawn(watchdog::keep_listening(
        config.clone(),
        http,
        line.clone(),
        stop.clone(),
    ));
    tracker.spawn(hearing::take_in(house, interactions, heard, line, stop));
}

/// A REST client of its own. Never share one across runtimes: a request could wait for a
/// connection that a stuck runtime owns.
fn client(config: &DiscordConfig) -> anyhow::Result<serenity::http::Http> {
    Ok(builder(config, http_client(config)?).build())
}

fn builder(config: &DiscordConfig, client: reqwest::Client) -> HttpBuilder {
    HttpBuilder::new(&config.token)
        .client(client)
        .application_id(serenity::all::ApplicationId::new(
            config.application_id.max(1),
        ))
        .default_allowed_mentions(write::no_mentions())
}
