//! What a bot may do in a channel, by Discord's rule of roles and overwrites.
//!
//! Pure arithmetic over what the API says; <https://discord.com/developers/docs/topics/permissions>
//! is the rule.

use domain::ThreadKind;
use serde::Deserialize;

/// Everything else is granted by it.
const ADMINISTRATOR: u64 = 1 << 3;

/// What the bot needs in the support channel, by bit and by the name that Discord's settings show.
const NEEDED: [(u64, &str); 8] = [
    (1 << 10, "View Channel"),
    (1 << 11, "Send Messages"),
    (1 << 14, "Embed Links"),
    (1 << 16, "Read Message History"),
    (1 << 6, "Add Reactions"),
    (1 << 34, "Manage Threads"),
    (1 << 38, "Send Messages in Threads"),
    (1 << 15, "Attach Files"),
];
/// What one kind of thread needs beside that. A forum's post is made by sending it.
fn for_kind(kind: ThreadKind) -> Option<(u64, &'static str)> {
    match kind {
        ThreadKind::Private => Some((1 << 36, "Create Private Threads")),
        ThreadKind::Public => Some((1 << 35, "Create Public Threads")),
        ThreadKind::Forum => None,
    }
}

/// Mentions roles that not everyone may mention.
pub(super) const MENTION_EVERYONE: u64 = 1 << 17;

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

/// The names of what is missing.
pub(super) fn missing(have: Bits, kind: ThreadKind) -> Vec<&'static str> {
    NEEDED
        .into_iter()
        .chain(for_kind(kind))
        .filter(|(bit, _)| have.0 & bit == 0)
        .map(|(_, name)| name)
        .collect()
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
        let all = in_channel("g", "m", &[&admin], &[overwrite("g", 0, u64::MAX)]);
        for kind in ThreadKind::ALL {
            assert!(missing(all, kind).is_empty());
        }
        let lacks = |kind| missing(Bits(0), kind).len();
        assert_eq!(lacks(ThreadKind::Forum), NEEDED.len());
        assert_eq!(lacks(ThreadKind::Public), NEEDED.len() + 1);
    }
}
