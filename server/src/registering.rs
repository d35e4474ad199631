//! `threadline register-commands`: tells Discord which commands there are, and stops there.
//!
//! It works beside a running server, on any guild that the bot is in, and opens no database.

use crate::config::Config;
use crate::discord_config;

/// Registers the commands with a guild, the configured one if none is named.
pub async fn register_commands(config: &Config, guild: Option<u64>) -> anyhow::Result<String> {
    let guild = guild.unwrap_or(config.guild.discord_id.get());
    let count = connector::register(&discord_config(config), guild).await?;
    Ok(format!(
        "{count} commands are registered with server {guild}."
    ))
}
