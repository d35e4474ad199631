//! Reactions: who reacted with what.
//! Any short text or `name:id` passes for an emoji; Discord's own list of emoji is not kept here.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use twilight_model::guild::Permissions;

use super::World;
use crate::error::{Answer, Refusal};

/// The kinds of reaction that a message may have.
const MOST_KINDS: usize = 20;

/// One kind of reaction on a message.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Reaction {
    /// As in the route: the emoji itself, or `name:id`.
    pub(crate) emoji: String,
    pub(crate) users: Vec<u64>,
}

impl Reaction {
    /// As messages carry it; `me` is the bot, the one who asks over REST.
    pub(crate) fn json(&self, me: u64) -> Value {
        let count = self.users.len();
        json!({
            "emoji": emoji_json(&self.emoji),
            "count": count,
            "count_details": {"burst": 0, "normal": count},
            "me": self.users.contains(&me),
            "me_burst": false,
            "burst_me": false,
            "burst_count": 0,
            "burst_colors": [],
        })
    }
}

fn emoji_json(emoji: &str) -> Value {
    match emoji.rsplit_once(':') {
        Some((name, id)) => json!({"id": id, "name": name.trim_start_matches("a:")}),
        None => json!({"id": null, "name": emoji}),
    }
}

/// Whether the text can be an emoji: not plain letters, not long.
fn is_emoji(text: &str) -> bool {
    match text.rsplit_once(':') {
        Some((_, id)) => id.parse::<u64>().is_ok(),
        None => !text.is_ascii() && text.chars().count() <= 12,
    }
}

/// Emoji are compared without the selector that asks for a coloured look.
fn same(one: &str, other: &str) -> bool {
    one.trim_end_matches('\u{fe0f}') == other.trim_end_matches('\u{fe0f}')
}

impl World {
    /// Adds a user's reaction. Adding twice is fine.
    pub(crate) fn react(&mut self, user: u64, channel: u64, id: u64, emoji: &str) -> Answer<()> {
        let found = self.allowed(user, channel, Permissions::READ_MESSAGE_HISTORY)?;
        if found.thread.as_ref().is_some_and(|thread| thread.archived) {
            return Err(Refusal::of(50083));
        }
        if !is_emoji(emoji) {
            return Err(Refusal::of(10014));
        }
        let may_add = self.may(user, channel, Permissions::ADD_REACTIONS);
        let message = self.message_mut(channel, id)?;
        let author = message.author_id;
        if let Some(reaction) = message.reactions.iter_mut().find(|r| same(&r.emoji, emoji)) {
            if reaction.users.contains(&user) {
                return Ok(());
            }
            reaction.users.push(user);
        } else {
            if !may_add {
                return Err(Refusal::of(50013));
            }
            if message.reactions.len() >= MOST_KINDS {
                return Err(Refusal::of(30010));
            }
            message.reactions.push(Reaction {
                emoji: emoji.to_owned(),
                users: vec![user],
            });
        }
        let mut shown = self.reaction_event(user, channel, id, emoji);
        shown["message_author_id"] = json!(author.to_string());
        shown["member"] = json!(self.member_json(user));
        shown["burst_colors"] = json!([]);
        self.tell_viewers(channel, "MESSAGE_REACTION_ADD", shown);
        Ok(())
    }

    /// Takes a user's reaction away.
    pub(crate) fn unreact(
        &mut self,
        actor: u64,
        channel: u64,
        id: u64,
        emoji: &str,
        user: u64,
    ) -> Answer<()> {
        let needed = if actor == user {
            Permissions::READ_MESSAGE_HISTORY
        } else {
            Permissions::MANAGE_MESSAGES
        };
        let found = self.allowed(actor, channel, needed)?;
        if found.thread.as_ref().is_some_and(|thread| thread.archived) {
            return Err(Refusal::of(50083));
        }
        let message = self.message_mut(channel, id)?;
        let Some(reaction) = message.reactions.iter_mut().find(|r| same(&r.emoji, emoji)) else {
            return Err(Refusal::of(10014));
        };
        if !reaction.users.contains(&user) {
            return Ok(());
        }
        reaction.users.retain(|other| *other != user);
        message
            .reactions
            .retain(|reaction| !reaction.users.is_empty());
        let shown = self.reaction_event(user, channel, id, emoji);
        self.tell_viewers(channel, "MESSAGE_REACTION_REMOVE", shown);
        Ok(())
    }

    /// Takes all reactions away, or all of one kind.
    pub(crate) fn clear_reactions(
        &mut self,
        actor: u64,
        channel: u64,
        id: u64,
        emoji: Option<&str>,
    ) -> Answer<()> {
        self.allowed(actor, channel, Permissions::MANAGE_MESSAGES)?;
        let message = self.message_mut(channel, id)?;
        message
            .reactions
            .retain(|r| emoji.is_some_and(|emoji| !same(&r.emoji, emoji)));
        let mut shown = json!({
            "channel_id": channel.to_string(), "message_id": id.to_string(),
            "guild_id": self.guild.id.to_string(),
        });
        let name = match emoji {
            Some(emoji) => {
                shown["emoji"] = emoji_json(emoji);
                "MESSAGE_REACTION_REMOVE_EMOJI"
            }
            None => "MESSAGE_REACTION_REMOVE_ALL",
        };
        self.tell_viewers(channel, name, shown);
        Ok(())
    }

    /// Who reacted with this emoji.
    pub(crate) fn reactors(
        &self,
        reader: u64,
        channel: u64,
        id: u64,
        emoji: &str,
    ) -> Answer<Vec<u64>> {
        self.allowed(reader, channel, Permissions::READ_MESSAGE_HISTORY)?;
        let message = self.message(channel, id)?;
        let found = message.reactions.iter().find(|r| same(&r.emoji, emoji));
        Ok(found.map(|r| r.users.clone()).unwrap_or_default())
    }

    fn reaction_event(&self, user: u64, channel: u64, id: u64, emoji: &str) -> Value {
        json!({
            "user_id": user.to_string(), "channel_id": channel.to_string(),
            "message_id": id.to_string(), "guild_id": self.guild.id.to_string(),
            "emoji": emoji_json(emoji), "burst": false, "type": 0,
        })
    }
}
