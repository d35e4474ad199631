//! What people wrote, in Discord's markdown, as HTML that is safe in a page.
//!
//! The one place where a message becomes markup: pages insert what comes from here and nothing
//! else. It does no I/O; who is meant by an id in a text, it is told.
//!
//! It is a reader of its own and not a CommonMark library with switches. The two grammars share
//! little beyond `**bold**`: Discord has no HTML, entities, reference links, rules, tables, setext
//! headings or indented code, and all of those would have to be undone, or what was typed would
//! vanish (`[note]: …`) or change (`&lt;`); CommonMark has no spoilers, small print, `>>>` or
//! mentions, joins lines, and lets `__` be bold. So no HTML is let through and none needs cleaning:
//! the writer takes tags only as literals of this crate and escapes everything else.

mod address;
mod blocks;
mod emphasis;
mod html;
mod inline;
mod list;
mod mention;
mod plain;

#[cfg(test)]
mod tests;

pub use html::Html;
pub use plain::plain;

use domain::{ChannelId, DiscordUserId, RoleId};
use std::collections::HashMap;

/// The names of those who may be mentioned. Whoever is not here is "@someone", "@role" or
/// "#channel".
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// People, as the guild calls them.
    pub people: HashMap<DiscordUserId, String>,
    /// Roles.
    pub roles: HashMap<RoleId, String>,
    /// Channels.
    pub channels: HashMap<ChannelId, String>,
}

/// A message as HTML: a row of blocks for an element that keeps white space
/// (`white-space: pre-wrap`). No picture, style or script is ever in it, and links lead only to
/// `http`, `https` and `mailto`.
pub fn html(text: &str, names: &Names) -> String {
    let mut out = html::Html::with_room_for(text);
    if text.contains('\r') {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        blocks::write(&text, names, &mut out);
    } else {
        blocks::write(text, names, &mut out);
    }
    out.done()
}

/// The people whose names a text needs, each once.
pub fn mentioned(text: &str) -> Vec<DiscordUserId> {
    let mut people: Vec<_> = text
        .match_indices("<@")
        .filter_map(|(at, _)| match mention::read(&text[at..]) {
            Some((mention::Mention::Person(id), _)) => Some(id),
            _ => None,
        })
        .collect();
    people.sort_unstable();
    people.dedup();
    people
}
