//! The connector against the local Discord, without a desk: what it does and what it says.

mod files;
mod gateway;
mod port;
mod threads;

use super::DiscordConfig;
use discord_stand_in::{Options, StandIn};
use std::time::Duration;

/// Longer than anything here takes; what waits this long hangs.
const PATIENCE: Duration = Duration::from_secs(30);

async fn discord() -> (StandIn, DiscordConfig) {
    let discord = StandIn::start(Options::default()).await.unwrap();
    let seeded = discord.settings();
    let config = DiscordConfig {
        token: seeded.bot_token,
        application_id: seeded.client_id.parse().unwrap(),
        stand_in: Some(super::StandIn {
            addr: discord.addr(),
            ca_pem: discord.ca_pem().to_owned(),
        }),
    };
    (discord, config)
}
