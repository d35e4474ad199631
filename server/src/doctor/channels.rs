//! The channels that are used: where tickets become threads, the log, the dashboard message; and
//! each permission that the bot needs in each.

use super::ask::{Asker, ill};
use super::guild::Guild;
use super::permissions::{self, Need, Overwrite};
use crate::Config;
use desk::Used;
use domain::examination::Finding;
use domain::{ChannelId, ThreadKind};
use serde::Deserialize;

const TEXT_CHANNEL: u8 = 0;
const ANNOUNCEMENTS: u8 = 5;
const FORUM_CHANNEL: u8 = 15;

#[derive(Debug, Deserialize)]
struct Channel {
    #[serde(default)]
    name: Option<String>,
    #[serde(rename = "type")]
    kind: u8,
    guild_id: Option<String>,
    #[serde(default)]
    permission_overwrites: Vec<Overwrite>,
}

/// A channel's part in this, and what the bot needs there.
struct Part {
    tried: &'static str,
    setting: &'static str,
    id: ChannelId,
    needs: Vec<Need>,
    /// Which kinds of channel do.
    kinds: &'static [u8],
    kind_words: &'static str,
}

/// Asks about each channel.
pub(super) async fn examine(
    asker: &Asker<'_>,
    guild: &Guild,
    used: Used,
    findings: &mut Vec<Finding>,
) {
    let config = asker.config;
    let support = Part {
        tried: "Support channel",
        setting: "DISCORD_SUPPORT_CHANNEL_ID",
        id: config.guild.support_channel,
        needs: permissions::for_kind(config.guild.thread_kind),
        kinds: match config.guild.thread_kind {
            ThreadKind::Private | ThreadKind::Public => &[TEXT_CHANNEL],
            ThreadKind::Forum => &[FORUM_CHANNEL],
        },
        kind_words: match config.guild.thread_kind {
            ThreadKind::Private | ThreadKind::Public => {
                "it is no text channel, and only those take such threads (for a forum there is a \
                 kind of its own, thread_kind)"
            }
            ThreadKind::Forum => "it is no forum, and tickets are to become posts (thread_kind)",
        },
    };
    if let Some(channel) = one(asker, guild, &support, findings).await
        && config.guild.thread_kind != ThreadKind::Private
    {
        // Whoever sees the channel reads such threads.
        findings.extend(readers(
            config,
            guild,
            &support,
            &channel,
            "Support channel's readers",
        ));
    }
    if let Some(id) = used.panel {
        let panel = Part {
            tried: "Panel's channel",
            setting: "panel_channel with /config",
            id,
            // Whatever the others become, a ticket from Discord is a private thread.
            needs: permissions::for_kind(ThreadKind::Private),
            kinds: &[TEXT_CHANNEL],
            kind_words: "it is no text channel, and only those take private threads",
        };
        one(asker, guild, &panel, findings).await;
    }
    match config.guild.log_channel {
        Some(id) => {
            let log = Part {
                tried: "Log channel",
                setting: "DISCORD_LOG_CHANNEL_ID",
                id,
                needs: permissions::LOG.to_vec(),
                kinds: &[TEXT_CHANNEL, ANNOUNCEMENTS],
                kind_words: "it is no text channel",
            };
            if let Some(channel) = one(asker, guild, &log, findings).await {
                findings.extend(readers(
                    config,
                    guild,
                    &log,
                    &channel,
                    "Log channel's readers",
                ));
            }
        }
        None => findings.push(Finding::well(
            "Log channel",
            "none is set, so what becomes of tickets is told on the web alone",
        )),
    }
    if let Some(id) = used.dashboard {
        let shown = Part {
            tried: "Dashboard message's channel",
            setting: "/dashboard",
            id,
            needs: permissions::DASHBOARD.to_vec(),
            kinds: &[TEXT_CHANNEL, ANNOUNCEMENTS],
            kind_words: "it is no text channel",
        };
        one(asker, guild, &shown, findings).await;
    }
}

fn page(config: &Config, channel: ChannelId) -> String {
    let guild = config.guild.discord_id;
    format!("https://discord.com/channels/{guild}/{channel}")
}

async fn one(
    asker: &Asker<'_>,
    guild: &Guild,
    part: &Part,
    findings: &mut Vec<Finding>,
) -> Option<Channel> {
    let (tried, setting, id) = (part.tried, part.setting, part.id);
    let config = asker.config;
    let place = page(config, id);
    let channel = match asker.get::<Channel>(&format!("/channels/{id}")).await {
        Ok(channel) => channel,
        Err(no) => {
            let to_do = format!("Check {setting}, and let the bot's role view that channel.");
            findings.push(ill(tried, &no, &to_do, ("The channel", place)));
            return None;
        }
    };
    if channel.guild_id.as_deref() != Some(guild.id.as_str()) {
        let to_do = format!("Choose a channel of this server for {setting}.");
        let ill = Finding::ill(tried, "it is in another server", to_do);
        findings.push(ill.at("The channel", place));
        return None;
    }
    if !part.kinds.contains(&channel.kind) {
        let to_do = format!("Choose another channel for {setting}.");
        findings.push(Finding::ill(tried, part.kind_words, to_do).at("The channel", place));
        return None;
    }
    let name = channel.name.as_deref().unwrap_or("without a name");
    let have = permissions::in_channel(
        &guild.id,
        &guild.bot,
        &guild.bots_roles(),
        &channel.permission_overwrites,
    );
    let (has, lacks) = permissions::split(have, &part.needs);
    if lacks.is_empty() {
        let found = format!("#{name}; the bot may {}", has.join(", "));
        findings.push(Finding::well(tried, found));
    } else {
        let lacks = lacks.join(", ");
        let found = format!("#{name}; the bot lacks {lacks}");
        let to_do =
            format!("In that channel's settings, Permissions, allow the bot's role {lacks}.");
        findings.push(Finding::ill(tried, found, to_do).at("The channel", place));
    }
    Some(channel)
}

/// Notes are in it: whoever is not staff must not read it.
fn readers(
    config: &Config,
    guild: &Guild,
    part: &Part,
    channel: &Channel,
    tried: &'static str,
) -> Option<Finding> {
    let everyone: Vec<_> = guild
        .roles
        .iter()
        .filter(|role| role.id == guild.id)
        .collect();
    let have = permissions::in_channel(&guild.id, "", &everyone, &channel.permission_overwrites);
    (have.0 & permissions::VIEW_CHANNEL != 0).then(|| {
        Finding::ill(
            tried,
            "every member of the server can read it, notes and customers' addresses and all",
            "In that channel's settings, Permissions, deny everyone View Channel and allow it to \
             staff.",
        )
        .at("The channel", page(config, part.id))
    })
}
