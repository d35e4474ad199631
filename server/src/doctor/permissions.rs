//! What a bot may do in a channel, by Discord's rule of roles and overwrites.
//!
//! Pure arithmetic over what the API says; <https://discord.com/developers/docs/topics/permissions>
//! is the rule.

use domain::ThreadKind;
use serde::Deserialize;

/// Everything else is granted by it.
const ADMINISTRATOR: u64 = 1 << 3;

/// A permission by its bit and by the name that Discord's settings show.
pub(super) type Need = (u64, &'static str);

pub(super) const VIEW_CHANNEL: u64 = 1 << 10;
/// Mentions roles that not everyone may mention.
pub(super) const MENTION_EVERYONE: u64 = 1 << 17;
/// Gives and takes roles.
pub(super) const MANAGE_ROLES: u64 = 1 << 28;

const VIEW: Need = (VIEW_CHANNEL, "View Channel");
const SEND: Need = (1 << 11, "Send Messages");
const HISTORY: Need = (1 << 16, "Read Message History");
const FILES: Need = (1 << 15, "Attach Files");
/// What a forum's settings call the right to send messages: there it makes posts.
const POSTS: Need = (SEND.0, "Create Posts");

/// What it needs there whatever the kind.
const SUPPORT: &[Need] = &[
    VIEW,
    SEND,
    (1 << 14, "Embed Links"),
    FILES,
    HISTORY,
    (1 << 6, "Add Reactions"),
    (1 << 34, "Manage Threads"),
    (1 << 38, "Send Messages in Threads"),
];

/// What the bot needs where tickets become threads of this kind.
pub(super) fn for_kind(kind: ThreadKind) -> Vec<Need> {
    let beside = match kind {
        ThreadKind::Private => Some((1 << 36, "Create Private Threads")),
        ThreadKind::Public => Some((1 << 35, "Create Public Threads")),
        // A forum's post is made by sending it.
        ThreadKind::Forum => None,
    };
    let named = |need: &Need| match kind {
        ThreadKind::Forum if need.0 == SEND.0 => POSTS,
        _ => *need,
    };
    SUPPORT.iter().map(named).chain(beside).collect()
}

/// What it needs in the log channel.
pub(super) const LOG: &[Need] = &[VIEW, SEND, FILES, HISTORY];
/// What it needs where the dashboard message stands.
pub(super) const DASHBOARD: &[Need] = &[VIEW, SEND, HISTORY];

/// A set of permissions, which the API writes as a decimal string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Bits(pub(super) u64);

impl TryFrom<String> for Bits {
    type Error = std::num::ParseIntError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self)
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Role {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    pub(super) permissions: Bits,
    #[serde(default)]
    pub(super) mentionable: bool,
    #[serde(default)]
    pub(super) position: i64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Overwrite {
    pub(super) id: String,
    pub(super) allow: Bits,
    pub(super) deny: Bits,
}

/// What a member with `roles` may do under these overwrites. Everyone's role has the guild's id.
pub(super) fn in_channel(
    guild: &str,
    member: &str,
    roles: &[&Role],
    overwrites: &[Overwrite],
) -> Bits {
    let base = roles.iter().fold(0, |bits, role| bits | role.permissions.0);
    if base & ADMINISTRATOR != 0 {
        return Bits(u64::MAX);
    }
    let apply = |bits: u64, which: &dyn Fn(&Overwrite) -> bool| {
        let (allow, deny) = overwrites
            .iter()
            .filter(|o| which(o))
            .fold((0, 0), |(a, d), o| (a | o.allow.0, d | o.deny.0));
        (bits & !deny) | allow
    };
    let bits = apply(base, &|o| o.id == guild);
    let bits = apply(bits, &|o| {
        o.id != guild && roles.iter().any(|r| r.id == o.id)
    });
    Bits(apply(bits, &|o| o.id == member))
}

/// The names of what is there of `needs`, and of what is missing.
pub(super) fn split(have: Bits, needs: &[Need]) -> (Vec<&'static str>, Vec<&'static str>) {
    let (has, lacks): (Vec<_>, Vec<_>) = needs.iter().partition(|(bit, _)| have.0 & bit != 0);
    let names = |needs: Vec<&Need>| needs.into_iter().map(|(_, name)| *name).collect();
    (names(has), names(lacks))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(id: &str, permissions: u64) -> Role {
        Role {
            id: id.to_owned(),
            name: String::new(),
            permissions: Bits(permissions),
            mentionable: false,
            position: 0,
        }
    }

    fn overwrite(id: &str, allow: u64, deny: u64) -> Overwrite {
        Overwrite {
            id: id.to_owned(),
            allow: Bits(allow),
            deny: Bits(deny),
        }
    }

    #[test]
    fn a_members_overwrite_beats_a_roles_beats_everyones() {
        let (everyone, bot) = (role("g", 0b0001), role("r", 0b0010));
        let overwrites = [
            overwrite("g", 0, 0b0011),
            overwrite("r", 0b0010, 0),
            overwrite("m", 0b0001, 0),
            overwrite("other", 0, u64::MAX),
        ];
        assert_eq!(
            in_channel("g", "m", &[&everyone, &bot], &overwrites),
            Bits(0b0011)
        );
        assert_eq!(
            in_channel("g", "x", &[&everyone, &bot], &overwrites),
            Bits(0b0010)
        );
    }

    #[test]
    fn an_administrator_lacks_nothing() {
        let admin = role("r", ADMINISTRATOR);
        let have = in_channel("g", "m", &[&admin], &[overwrite("g", 0, u64::MAX)]);
        assert_eq!(split(have, SUPPORT).1, Vec::<&str>::new());
        let (has, lacks) = split(Bits(VIEW_CHANNEL), LOG);
        assert_eq!(has, ["View Channel"]);
        assert_eq!(
            lacks,
            ["Send Messages", "Attach Files", "Read Message History"]
        );
    }
}
