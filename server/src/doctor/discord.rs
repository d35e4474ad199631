//! The doctor's questions to Discord: the token, the application, the server, the channel, the
//! role, and what the bot may do.
//!
//! Each question is one request with the bot's token; a refusal is put into words that say where
//! to click.

use super::permissions::{self, MENTION_EVERYONE, Overwrite, Role};
use super::{Findings, Outcome};
use crate::{Config, discord_config};
use domain::ThreadKind;
use serde::Deserialize;
use serde::de::DeserializeOwned;

const API: &str = "https://discord.com/api/v10";
/// The application flags that allow reading what people write: full, and for small bots.
const MESSAGE_CONTENT: u64 = 1 << 18 | 1 << 19;
const TEXT_CHANNEL: u8 = 0;
const FORUM_CHANNEL: u8 = 15;

#[derive(Debug, Deserialize)]
struct User {
    id: String,
    username: String,
}

#[derive(Debug, Deserialize)]
struct Application {
    id: String,
    #[serde(default)]
    flags: u64,
}

#[derive(Debug, Deserialize)]
struct Guild {
    name: String,
    roles: Vec<Role>,
}

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

#[derive(Debug, Deserialize)]
struct Member {
    roles: Vec<String>,
}

/// Why there is no answer.
enum No {
    /// Discord said so.
    Status(u16),
    /// It could not be asked, or said something else.
    Other(String),
}

struct Asker<'a> {
    http: reqwest::Client,
    config: &'a Config,
}

impl Asker<'_> {
    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, No> {
        let other = |error: reqwest::Error| {
            No::Other(format!("{:#}", anyhow::Error::from(error.without_url())))
        };
        let response = self
            .http
            .get(format!("{API}{path}"))
            .header(
                "authorization",
                format!("Bot {}", self.config.token.expose()),
            )
            .header(
                "user-agent",
                concat!("DiscordBot (threadline, ", env!("CARGO_PKG_VERSION"), ")"),
            )
            .send()
            .await
            .map_err(other)?;
        if !response.status().is_success() {
            return Err(No::Status(response.status().as_u16()));
        }
        response.json().await.map_err(other)
    }
}

/// An answer that says no, in words; `refused` is what to do when Discord refuses.
fn ill(no: &No, refused: &str) -> Outcome {
    Outcome::Ill(match no {
        No::Status(429) => "Discord asks us to wait (429); try again in a minute".to_owned(),
        No::Status(status @ 500..) => {
            format!("Discord has trouble of its own ({status}); try again later")
        }
        No::Status(status) => format!("Discord refuses ({status}): {refused}"),
        No::Other(error) => format!("Discord cannot be reached: {error}"),
    })
}

/// Asks everything, as far as the answers allow.
pub(super) async fn examine(config: &Config, findings: &mut Findings) {
    let http = match connector::http_client(&discord_config(config)) {
        Ok(http) => http,
        Err(error) => {
            findings.note("Discord", &Outcome::Ill(format!("no way there: {error:#}")));
            return;
        }
    };
    let asker = Asker { http, config };
    let bot = match asker.get::<User>("/users/@me").await {
        Ok(bot) => {
            findings.note("Token", &Outcome::Well(format!("it is {}'s", bot.username)));
            bot
        }
        Err(no) => {
            let words =
                "put the token from the Developer Portal (Bot, Reset Token) into DISCORD_TOKEN";
            findings.note("Token", &ill(&no, words));
            return;
        }
    };
    findings.note("Application", &application(&asker).await);
    let Some(guild) = guild(&asker, findings).await else {
        return;
    };
    findings.note("Staff role", &staff_role(config, &guild));
    if let Some(channel) = channel(&asker, findings).await {
        findings.note("Permissions", &rights(&asker, &bot, &guild, &channel).await);
    }
}

async fn application(asker: &Asker<'_>) -> Outcome {
    match asker.get::<Application>("/applications/@me").await {
        Ok(app) if app.id != asker.config.application_id.to_string() => Outcome::Ill(format!(
            "the token belongs to application {}; put that id into CLIENT_ID, with its own secret",
            app.id
        )),
        Ok(app) if app.flags & MESSAGE_CONTENT == 0 => Outcome::Ill(
            "Message Content Intent is off, so the bot sees messages without their text; switch \
             it on in the Developer Portal under Bot"
                .to_owned(),
        ),
        Ok(_) => Outcome::Well("CLIENT_ID fits, and the bot may read what people write".to_owned()),
        Err(no) => ill(&no, "it does not say whose application this is"),
    }
}

async fn guild(asker: &Asker<'_>, findings: &mut Findings) -> Option<Guild> {
    let id = asker.config.guild.discord_id;
    match asker.get::<Guild>(&format!("/guilds/{id}")).await {
        Ok(guild) => {
            findings.note("Server", &Outcome::Well(guild.name.clone()));
            Some(guild)
        }
        Err(no) => {
            let words = "check GUILD_ID, and invite the bot to that server";
            findings.note("Server", &ill(&no, words));
            None
        }
    }
}

fn staff_role(config: &Config, guild: &Guild) -> Outcome {
    let id = config.guild.staff_role.to_string();
    match guild.roles.iter().find(|r| r.id == id) {
        Some(role) => Outcome::Well(role.name.clone()),
        None => Outcome::Ill("the server has no such role; check DISCORD_STAFF_ROLE_ID".to_owned()),
    }
}

async fn channel(asker: &Asker<'_>, findings: &mut Findings) -> Option<Channel> {
    let id = asker.config.guild.support_channel;
    let guild = asker.config.guild.discord_id.to_string();
    let tried = "Support channel";
    match asker.get::<Channel>(&format!("/channels/{id}")).await {
        Ok(channel) if channel.guild_id.as_deref() != Some(guild.as_str()) => {
            let words = "it is in another server; check DISCORD_SUPPORT_CHANNEL_ID and GUILD_ID";
            findings.note(tried, &Outcome::Ill(words.to_owned()));
            None
        }
        Ok(channel) if channel.kind != fitting(asker.config.guild.thread_kind) => {
            let words = match asker.config.guild.thread_kind {
                ThreadKind::Private | ThreadKind::Public => {
                    "it is no text channel, and only those take such threads; choose one for \
                     DISCORD_SUPPORT_CHANNEL_ID, or set THREAD_KIND=forum for a forum"
                }
                ThreadKind::Forum => {
                    "it is no forum, which THREAD_KIND=forum needs; choose one for \
                     DISCORD_SUPPORT_CHANNEL_ID"
                }
            };
            findings.note(tried, &Outcome::Ill(words.to_owned()));
            None
        }
        Ok(channel) => {
            let name = channel.name.as_deref().unwrap_or("without a name");
            findings.note(tried, &Outcome::Well(format!("#{name}")));
            Some(channel)
        }
        Err(no) => {
            let words =
                "check DISCORD_SUPPORT_CHANNEL_ID, and let the bot's role view that channel";
            findings.note(tried, &ill(&no, words));
            None
        }
    }
}

fn fitting(kind: ThreadKind) -> u8 {
    match kind {
        ThreadKind::Private | ThreadKind::Public => TEXT_CHANNEL,
        ThreadKind::Forum => FORUM_CHANNEL,
    }
}

async fn rights(asker: &Asker<'_>, bot: &User, guild: &Guild, channel: &Channel) -> Outcome {
    let guild_id = asker.config.guild.discord_id.to_string();
    let path = format!("/guilds/{guild_id}/members/{}", bot.id);
    let member = match asker.get::<Member>(&path).await {
        Ok(member) => member,
        Err(no) => return ill(&no, "it does not show the bot's roles; invite the bot anew"),
    };
    let roles: Vec<&Role> = guild
        .roles
        .iter()
        .filter(|r| r.id == guild_id || member.roles.contains(&r.id))
        .collect();
    let have = permissions::in_channel(&guild_id, &bot.id, &roles, &channel.permission_overwrites);
    let missing = permissions::missing(have, asker.config.guild.thread_kind);
    if !missing.is_empty() {
        return Outcome::Ill(format!(
            "the bot lacks {} in the support channel; allow it there for the bot's role",
            missing.join(", ")
        ));
    }
    let staff = asker.config.guild.staff_role.to_string();
    let callable = guild.roles.iter().any(|r| r.id == staff && r.mentionable);
    if !callable && have.0 & MENTION_EVERYONE == 0 {
        return Outcome::Odd(
            "all that is needed, but new tickets cannot call staff: let anyone mention the staff \
             role, or give the bot the right to mention all roles"
                .to_owned(),
        );
    }
    Outcome::Well("all that is needed in the support channel".to_owned())
}
