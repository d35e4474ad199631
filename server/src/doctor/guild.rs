//! The server at Discord: whether the bot is in it, its roles and their order, its second factor,
//! and how many threads it still takes.

use super::application::Bot;
use super::ask::{Asker, ill};
use super::permissions::{self, Bits, MANAGE_ROLES, MENTION_EVERYONE, Role};
use crate::Config;
use domain::examination::Finding;
use serde::Deserialize;

/// How many threads of a server Discord lets be active at once.
const THREADS_MAX: usize = 1_000;
/// From how many on it is worth knowing.
const THREADS_MANY: usize = 900;

#[derive(Debug, Deserialize)]
struct Seen {
    name: String,
    roles: Vec<Role>,
    #[serde(default)]
    mfa_level: u8,
}

#[derive(Debug, Deserialize)]
struct Member {
    roles: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Active {
    threads: Vec<serde::de::IgnoredAny>,
}

/// The server, and what the bot is in it.
pub(super) struct Guild {
    pub(super) id: String,
    pub(super) bot: String,
    /// Every role.
    pub(super) roles: Vec<Role>,
    /// The ids of the bot's own, with everyone's.
    own: Vec<String>,
}

impl Guild {
    /// The bot's roles, with everyone's.
    pub(super) fn bots_roles(&self) -> Vec<&Role> {
        let is_own = |role: &&Role| self.own.contains(&role.id);
        self.roles.iter().filter(is_own).collect()
    }

    fn bot_may(&self) -> Bits {
        permissions::in_channel(&self.id, &self.bot, &self.bots_roles(), &[])
    }
}

/// The server's own page.
fn page(config: &Config) -> String {
    let id = config.guild.discord_id;
    format!("https://discord.com/channels/{id}")
}

/// Asks about the server, as far as the answers allow.
pub(super) async fn examine(
    asker: &Asker<'_>,
    bot: &Bot,
    findings: &mut Vec<Finding>,
) -> Option<Guild> {
    let config = asker.config;
    let id = config.guild.discord_id.to_string();
    let seen = match asker.get::<Seen>(&format!("/guilds/{id}")).await {
        Ok(seen) => {
            findings.push(Finding::well("Server", seen.name.clone()));
            seen
        }
        Err(no) => {
            let to_do = "Invite the bot to that server; if it is another one than you mean, its id \
                         is wrong where Threadline runs.";
            let app = config.application_id;
            let invite = format!(
                "https://discord.com/oauth2/authorize?client_id={app}\
                 &scope=bot%20applications.commands&permissions=395137240128"
            );
            findings.push(ill("Server", &no, to_do, ("Invite the bot", invite)));
            return None;
        }
    };
    findings.push(second_factor(config, seen.mfa_level, bot.mfa_enabled));
    let path = format!("/guilds/{id}/members/{}", bot.id);
    let member = match asker.get::<Member>(&path).await {
        Ok(member) => member,
        Err(no) => {
            let place = ("The server", page(config));
            findings.push(ill("Bot's roles", &no, "Invite the bot anew.", place));
            return None;
        }
    };
    let mut own = member.roles;
    own.push(id.clone());
    let guild = Guild {
        id: id.clone(),
        bot: bot.id.clone(),
        roles: seen.roles,
        own,
    };
    findings.push(staff_role(config, &guild));
    findings.push(order(config, &guild));
    match asker
        .get::<Active>(&format!("/guilds/{id}/threads/active"))
        .await
    {
        Ok(active) => findings.push(threads(config, active.threads.len())),
        Err(no) => {
            let place = ("The server", page(config));
            findings.push(ill("Active threads", &no, "Invite the bot anew.", place));
        }
    }
    Some(guild)
}

fn second_factor(config: &Config, demanded: u8, owner_has: Option<bool>) -> Finding {
    let tried = "Second factor";
    match (demanded, owner_has) {
        (0, _) => Finding::well(tried, "the server asks for none"),
        (_, Some(true)) => {
            Finding::well(tried, "the server asks for one, and the bot's owner has it")
        }
        (_, has) => {
            let found = "the server asks moderators for a second factor, and the bot's owner has \
                         none: threads cannot be closed or locked";
            let to_do = "Switch on two-factor authentication for the account that owns the \
                         application, or ask for none under Server Settings, Safety Setup.";
            let finding = if has.is_some() {
                Finding::ill(tried, found, to_do)
            } else {
                Finding::odd(
                    tried,
                    "the server asks moderators for a second factor; Discord does not say whether \
                     the bot's owner has one",
                    to_do,
                )
            };
            finding.at("The server", page(config))
        }
    }
}

fn staff_role(config: &Config, guild: &Guild) -> Finding {
    let id = config.guild.staff_role.to_string();
    let Some(role) = guild.roles.iter().find(|role| role.id == id) else {
        return Finding::ill(
            "Staff role",
            "the server has no such role",
            "Check DISCORD_STAFF_ROLE_ID: Server Settings, Roles, right-click, Copy Role ID.",
        )
        .at("The server", page(config));
    };
    if id == guild.id {
        return Finding::ill(
            "Staff role",
            "it is everyone's role: all members would be staff",
            "Make a role of its own for staff and put its id into DISCORD_STAFF_ROLE_ID.",
        )
        .at("The server", page(config));
    }
    if role.mentionable || guild.bot_may().0 & MENTION_EVERYONE != 0 {
        return Finding::well("Staff role", format!("{}; new tickets call it", role.name));
    }
    Finding::odd(
        "Staff role",
        format!("{}; new tickets cannot call it", role.name),
        "Let anyone mention the role, or give the bot the right to mention all roles.",
    )
    .at("The server", page(config))
}

/// A bot gives and takes only roles below its own highest one.
fn order(config: &Config, guild: &Guild) -> Finding {
    let tried = "Order of roles";
    if guild.bot_may().0 & MANAGE_ROLES == 0 {
        return Finding::well(
            tried,
            "the bot gives no roles, so the order is of no account",
        );
    }
    let id = config.guild.staff_role.to_string();
    let staff = guild.roles.iter().find(|role| role.id == id);
    let highest = guild.bots_roles().into_iter().max_by_key(|r| r.position);
    match (staff, highest) {
        (Some(staff), Some(own)) if own.position <= staff.position => Finding::odd(
            tried,
            format!(
                "the bot's {} stands below {}, so it cannot give or take that role",
                own.name, staff.name
            ),
            format!(
                "Under Server Settings, Roles, drag {} above {}.",
                own.name, staff.name
            ),
        )
        .at("The server", page(config)),
        _ => Finding::well(tried, "the bot stands above the staff role"),
    }
}

fn threads(config: &Config, active: usize) -> Finding {
    let tried = "Active threads";
    let found = format!("{active} that the bot sees, of {THREADS_MAX} that Discord takes");
    let to_do = "Close tickets that are done, or archive other threads of the server.";
    match active {
        THREADS_MAX.. => Finding::ill(tried, found, to_do).at("The server", page(config)),
        THREADS_MANY.. => Finding::odd(tried, found, to_do).at("The server", page(config)),
        _ => Finding::well(tried, found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::sample;
    use domain::examination::Verdict;

    #[test]
    fn the_cap_on_threads_is_said_before_it_is_reached() {
        let config = sample(&[]);
        assert_eq!(threads(&config, 899).verdict, Verdict::Well);
        assert_eq!(threads(&config, 900).verdict, Verdict::Odd);
        assert_eq!(threads(&config, 1_000).verdict, Verdict::Ill);
    }
}
