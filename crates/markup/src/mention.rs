//! What Discord writes between angle brackets: mentions, commands, custom emoji, moments.
//!
//! They are shown in words. A custom emoji is not fetched as a picture: a customer's browser asks
//! nobody but us. A moment is shown in UTC and never as "in two hours", which would be wrong on
//! a page that stays open.

use crate::Names;
use crate::html::Html;
use domain::{ChannelId, DiscordUserId, RoleId, Timestamp};

/// The longest form, a command with its groups, is shorter.
const LONGEST: usize = 160;

/// The last second of the year 9999, as far as dates go.
const LAST_SECOND: i64 = 253_402_300_799;

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Mention<'a> {
    Person(DiscordUserId),
    Role(RoleId),
    Channel(ChannelId),
    Command(&'a str),
    Emoji(&'a str),
    Moment(Timestamp, Shown),
}

/// Which part of a moment is shown.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    Clock,
    Day,
    Both,
}

/// Reads what a text begins with, and its length.
pub(crate) fn read(text: &str) -> Option<(Mention<'_>, usize)> {
    let end = text.bytes().take(LONGEST).position(|b| b == b'>')?;
    let inner = text.get(..end)?.strip_prefix('<')?;
    let mention = if let Some(id) = inner.strip_prefix("@&") {
        Mention::Role(snowflake(id)?.into())
    } else if let Some(id) = inner.strip_prefix("@!").or_else(|| inner.strip_prefix('@')) {
        Mention::Person(snowflake(id)?.into())
    } else if let Some(id) = inner.strip_prefix('#') {
        Mention::Channel(snowflake(id)?.into())
    } else if let Some(command) = inner.strip_prefix('/') {
        let (name, id) = command.rsplit_once(':')?;
        snowflake(id)?;
        Mention::Command(Some(name).filter(|n| !n.is_empty() && !n.contains(['<', '\n']))?)
    } else if let Some(moment) = inner.strip_prefix("t:") {
        read_moment(moment)?
    } else {
        let emoji = inner
            .strip_prefix("a:")
            .or_else(|| inner.strip_prefix(':'))?;
        let (name, id) = emoji.split_once(':')?;
        snowflake(id)?;
        let is_name =
            |n: &&str| !n.is_empty() && n.chars().all(|c| c.is_alphanumeric() || c == '_');
        Mention::Emoji(Some(name).filter(is_name)?)
    };
    Some((mention, end + 1))
}

fn snowflake(digits: &str) -> Option<u64> {
    let is_number = (1..=20).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten()
}

fn read_moment(text: &str) -> Option<Mention<'_>> {
    let (seconds, style) = text.split_once(':').unwrap_or((text, "f"));
    let shown = match style {
        "t" | "T" => Shown::Clock,
        "d" | "D" => Shown::Day,
        "f" | "F" | "s" | "S" | "R" => Shown::Both,
        _ => return None,
    };
    let digits = seconds.strip_prefix('-').unwrap_or(seconds);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let seconds: i64 = seconds.parse().ok()?;
    let is_date = (0..=LAST_SECOND).contains(&seconds);
    is_date.then(|| Mention::Moment(Timestamp::from_millis(seconds * 1_000), shown))
}

impl Mention<'_> {
    /// Writes it in words.
    pub(crate) fn write(&self, names: &Names, out: &mut Html) {
        let (sign, name) = match self {
            Self::Person(id) => ("@", names.people.get(id).map_or("someone", String::as_str)),
            Self::Role(id) => ("@", names.roles.get(id).map_or("role", String::as_str)),
            Self::Channel(id) => (
                "#",
                names.channels.get(id).map_or("channel", String::as_str),
            ),
            Self::Command(name) => ("/", *name),
            Self::Emoji(name) => {
                out.text(":");
                out.text(name);
                out.text(":");
                return;
            }
            Self::Moment(at, shown) => {
                out.tag("<time datetime=\"");
                out.text(&at.iso());
                out.tag("\">");
                out.text(&match shown {
                    Shown::Clock => format!("{} UTC", at.clock()),
                    Shown::Day => at.day(),
                    Shown::Both => at.exact(),
                });
                out.tag("</time>");
                return;
            }
        };
        out.tag("<span class=\"mention\">");
        out.text(sign);
        out.text(name);
        out.tag("</span>");
    }
}
