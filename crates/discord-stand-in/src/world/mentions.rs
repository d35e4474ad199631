//! Which mentions of a text fire: what is written, what the sender allows, what their rights allow.
//! It decides; the consequences (notifications, joining threads) are `posting`'s.

use serde_json::Value;
use twilight_model::guild::Permissions;

use super::World;
use crate::error::FormErrors;
use crate::snowflake;

/// The mentions that fire.
#[derive(Debug, Default, Clone)]
pub(crate) struct Fired {
    pub(crate) users: Vec<u64>,
    pub(crate) roles: Vec<u64>,
    pub(crate) everyone: bool,
}

/// What the sender lets fire.
#[derive(Debug, Clone)]
pub(crate) struct Allowed {
    all_users: bool,
    all_roles: bool,
    everyone: bool,
    users: Vec<u64>,
    roles: Vec<u64>,
    pub(crate) replied_user: bool,
}

impl Allowed {
    /// What holds for a message that says nothing of it.
    pub(crate) fn everything() -> Self {
        Self {
            all_users: true,
            all_roles: true,
            everyone: true,
            users: Vec::new(),
            roles: Vec::new(),
            replied_user: true,
        }
    }

    /// What holds for an interaction's answer that says nothing of it.
    pub(crate) fn users_only() -> Self {
        Self {
            all_roles: false,
            everyone: false,
            ..Self::everything()
        }
    }

    /// Reads `allowed_mentions`, or takes `otherwise` if it is absent.
    pub(crate) fn read(given: &Value, otherwise: Self, form: &mut FormErrors) -> Self {
        if given.is_null() {
            return otherwise;
        }
        let parse: Vec<&str> = given["parse"]
            .as_array()
            .map(|list| list.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        let allowed = Self {
            all_users: parse.contains(&"users"),
            all_roles: parse.contains(&"roles"),
            everyone: parse.contains(&"everyone"),
            users: snowflake::read_list(given.get("users")),
            roles: snowflake::read_list(given.get("roles")),
            replied_user: given["replied_user"].as_bool().unwrap_or(false),
        };
        let pairs = [
            ("users", allowed.all_users, allowed.users.len()),
            ("roles", allowed.all_roles, allowed.roles.len()),
        ];
        for (key, parsed, count) in pairs {
            if parsed && count > 0 {
                let words =
                    format!("parse:[\"{key}\"] and {key}: [ids...] are mutually exclusive.");
                form.add(
                    "allowed_mentions",
                    "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                    &words,
                );
            }
            if count > 100 {
                let words = "Must be 100 or fewer in length.";
                form.add(
                    &format!("allowed_mentions.{key}"),
                    "BASE_TYPE_MAX_LENGTH",
                    words,
                );
            }
        }
        allowed
    }
}

impl World {
    /// The mentions of `content` that fire when `author` says it in `channel`.
    pub(crate) fn fired(
        &self,
        author: u64,
        channel: u64,
        content: &str,
        allowed: &Allowed,
    ) -> Fired {
        let text = without_code(content);
        let mut fired = Fired::default();
        for id in marked(&text, "<@").into_iter().chain(marked(&text, "<@!")) {
            let lets = allowed.all_users || allowed.users.contains(&id);
            if lets && self.users.contains_key(&id) && !fired.users.contains(&id) {
                fired.users.push(id);
            }
        }
        let may_mention_all = self.may(author, channel, Permissions::MENTION_EVERYONE);
        for id in marked(&text, "<@&") {
            let lets = allowed.all_roles || allowed.roles.contains(&id);
            let role = self.roles.get(&id);
            let mentionable = role.is_some_and(|role| role.mentionable || may_mention_all);
            if lets && mentionable && !fired.roles.contains(&id) {
                fired.roles.push(id);
            }
        }
        let calls_all = text.contains("@everyone") || text.contains("@here");
        fired.everyone = calls_all && allowed.everyone && may_mention_all;
        fired
    }
}

/// The ids between `opening` and `>`.
fn marked(text: &str, opening: &str) -> Vec<u64> {
    text.split(opening)
        .skip(1)
        .filter_map(|rest| {
            let (digits, _) = rest.split_once('>')?;
            let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            if plain { digits.parse().ok() } else { None }
        })
        .collect()
}

/// The text without its code spans and blocks: what is quoted there mentions nobody.
fn without_code(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('`') {
        let ticks = rest[start..]
            .bytes()
            .take_while(|byte| *byte == b'`')
            .count();
        let fence = &rest[start..start + ticks];
        let inner = &rest[start + ticks..];
        let Some(end) = inner.find(fence) else { break };
        kept.push_str(&rest[..start]);
        rest = &inner[end + ticks..];
    }
    kept.push_str(rest);
    kept
}
