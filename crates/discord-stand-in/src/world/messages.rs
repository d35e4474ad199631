//! A message: what it holds, how it looks, how lists of them are paged and read.
//! How messages come about and change is `posting`.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use twilight_model::guild::Permissions;

use super::World;
use super::attachments::Attachment;
use super::reactions::Reaction;
use super::webhooks::Guise;
use crate::clock::{iso, parse_iso};
use crate::error::{Answer, Refusal};
use crate::snowflake;

/// Discord's numbers for the kinds of message that arise here.
pub(crate) mod message_kind {
    pub(crate) const DEFAULT: u8 = 0;
    pub(crate) const RECIPIENT_ADD: u8 = 1;
    pub(crate) const RECIPIENT_REMOVE: u8 = 2;
    pub(crate) const NAME_CHANGE: u8 = 4;
    pub(crate) const PIN: u8 = 6;
    pub(crate) const THREAD_CREATED: u8 = 18;
    pub(crate) const REPLY: u8 = 19;
    pub(crate) const COMMAND: u8 = 20;
    pub(crate) const THREAD_STARTER: u8 = 21;
    pub(crate) const CONTEXT_MENU: u8 = 23;
    pub(crate) const POLL_RESULT: u8 = 46;
}

/// A message of a person, the bot, or Discord itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Message {
    pub(crate) id: u64,
    pub(crate) channel_id: u64,
    pub(crate) author_id: u64,
    pub(crate) kind: u8,
    pub(crate) content: String,
    pub(crate) embeds: Vec<Value>,
    pub(crate) components: Vec<Value>,
    pub(crate) attachments: Vec<Attachment>,
    /// Users whose mention fired.
    pub(crate) mentions: Vec<u64>,
    /// Roles whose mention fired.
    pub(crate) mention_roles: Vec<u64>,
    pub(crate) mention_everyone: bool,
    pub(crate) flags: u64,
    pub(crate) tts: bool,
    pub(crate) pinned_ms: Option<i64>,
    pub(crate) edited_ms: Option<i64>,
    /// `message_reference`, in Discord's shape.
    pub(crate) reference: Option<Value>,
    /// Channel and id of the message that this one answers or starts from.
    pub(crate) referenced: Option<(u64, u64)>,
    pub(crate) reactions: Vec<Reaction>,
    /// `interaction_metadata`, in Discord's shape, if an interaction made it.
    pub(crate) interaction: Option<Value>,
    /// The only person who sees it.
    pub(crate) only_for: Option<u64>,
    /// Its place in its thread.
    pub(crate) position: u64,
    /// Who it seems to be from, if a webhook said it.
    #[serde(default)]
    pub(crate) guise: Option<Guise>,
    /// `message_snapshots`, in Discord's shape, if it forwards.
    #[serde(default)]
    pub(crate) snapshots: Vec<Value>,
    /// In Discord's shape.
    #[serde(default)]
    pub(crate) poll: Option<Value>,
    /// `sticker_items`, in Discord's shape.
    #[serde(default)]
    pub(crate) stickers: Vec<Value>,
}

impl Message {
    pub(crate) fn new(id: u64, channel_id: u64, author_id: u64, kind: u8) -> Self {
        Self {
            id,
            channel_id,
            author_id,
            kind,
            content: String::new(),
            embeds: Vec::new(),
            components: Vec::new(),
            attachments: Vec::new(),
            mentions: Vec::new(),
            mention_roles: Vec::new(),
            mention_everyone: false,
            flags: 0,
            tts: false,
            pinned_ms: None,
            edited_ms: None,
            reference: None,
            referenced: None,
            reactions: Vec::new(),
            interaction: None,
            only_for: None,
            position: 0,
            guise: None,
            snapshots: Vec::new(),
            poll: None,
            stickers: Vec::new(),
        }
    }

    /// Whether people said it, so that it can be answered and (by its author) edited.
    pub(crate) fn is_said(&self) -> bool {
        use message_kind::{COMMAND, CONTEXT_MENU, DEFAULT, REPLY};
        matches!(self.kind, DEFAULT | REPLY | COMMAND | CONTEXT_MENU)
    }

    /// Whether Discord refuses to delete it.
    pub(crate) fn is_undeletable(&self) -> bool {
        matches!(self.kind, 1..=5 | 21)
    }
}

/// The part of a channel's history that is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Page {
    Latest,
    Before(u64),
    After(u64),
    Around(u64),
}

impl World {
    /// A message in Discord's shape, as REST shows it to nobody in particular.
    pub(crate) fn message_json(&self, message: &Message) -> Value {
        let mut shown = self.flat_message_json(message);
        if let Some((channel, id)) = message.referenced {
            let target = self.messages.get(&channel).and_then(|list| list.get(&id));
            let target = target.or_else(|| self.ephemerals.get(&id));
            shown["referenced_message"] = target.map_or(Value::Null, |m| self.flat_message_json(m));
        }
        shown
    }

    fn flat_message_json(&self, message: &Message) -> Value {
        let mentions: Vec<Value> = message
            .mentions
            .iter()
            .map(|id| self.user_json(*id))
            .collect();
        let roles: Vec<String> = message.mention_roles.iter().map(u64::to_string).collect();
        let now = self.now_ms();
        let author = match &message.guise {
            Some(guise) => guise.user_json(),
            None => self.user_json(message.author_id),
        };
        let attachments: Vec<Value> = message
            .attachments
            .iter()
            .map(|file| file.json(message.channel_id, now))
            .collect();
        let mut shown = json!({
            "id": message.id.to_string(),
            "channel_id": message.channel_id.to_string(),
            "type": message.kind,
            "author": author,
            "content": message.content,
            "timestamp": iso(snowflake::time_ms(message.id)),
            "edited_timestamp": message.edited_ms.map(iso),
            "tts": message.tts,
            "mention_everyone": message.mention_everyone,
            "mentions": mentions,
            "mention_roles": roles,
            "attachments": attachments,
            "embeds": message.embeds,
            "components": message.components,
            "pinned": message.pinned_ms.is_some(),
            "flags": message.flags,
        });
        if !message.reactions.is_empty() {
            let kinds = message.reactions.iter().map(|r| r.json(self.bot_id()));
            shown["reactions"] = kinds.collect();
        }
        if let Some(reference) = &message.reference {
            shown["message_reference"] = reference.clone();
        }
        if let Some(made_by) = &message.interaction {
            shown["interaction_metadata"] = made_by.clone();
            shown["application_id"] = json!(self.application.id.to_string());
            shown["webhook_id"] = json!(self.application.id.to_string());
        }
        if let Some(guise) = &message.guise {
            shown["webhook_id"] = json!(guise.webhook_id.to_string());
            if guise.by_bot {
                shown["application_id"] = json!(self.application.id.to_string());
            }
        }
        if !message.snapshots.is_empty() {
            shown["message_snapshots"] = json!(message.snapshots);
        }
        if let Some(poll) = &message.poll {
            shown["poll"] = poll.clone();
        }
        if !message.stickers.is_empty() {
            shown["sticker_items"] = json!(message.stickers);
        }
        if let Some(channel) = self.channels.get(&message.channel_id) {
            if channel.thread.is_some() {
                shown["position"] = json!(message.position);
            }
            if let Some(thread) = self
                .channels
                .get(&message.id)
                .filter(|t| t.parent_id == Some(channel.id))
            {
                shown["thread"] = self.channel_json(thread);
            }
        }
        shown
    }

    /// A message as the gateway tells it: with its guild and its author's membership.
    pub(crate) fn message_event_json(&self, message: &Message) -> Value {
        let mut shown = self.message_json(message);
        shown["guild_id"] = json!(self.guild.id.to_string());
        if let Some(member) = self.bare_member_json(message.author_id) {
            shown["member"] = member;
        }
        if let Some(mentions) = shown["mentions"].as_array_mut() {
            for (user, id) in mentions.iter_mut().zip(&message.mentions) {
                if let Some(member) = self.bare_member_json(*id) {
                    user["member"] = member;
                }
            }
        }
        shown
    }

    /// A message as this reader gets it over REST.
    pub(crate) fn message_json_for(&self, reader: u64, message: &Message) -> Value {
        let mut shown = self.message_json(message);
        if !message.reactions.is_empty() {
            shown["reactions"] = message.reactions.iter().map(|r| r.json(reader)).collect();
        }
        if self.is_bot(reader) && !self.application.message_content {
            hide_content(&mut shown, reader);
        }
        shown
    }

    /// A page of the history, always newest first; nothing for those who may not read it.
    pub(crate) fn page(
        &self,
        reader: u64,
        channel: u64,
        page: Page,
        limit: usize,
    ) -> Answer<Vec<Value>> {
        let found = self.visible(reader, channel)?;
        if !found.holds_messages() {
            return Err(Refusal::of(50024));
        }
        let history = Permissions::READ_MESSAGE_HISTORY;
        let Some(list) = self
            .messages
            .get(&channel)
            .filter(|_| self.may(reader, channel, history))
        else {
            return Ok(Vec::new());
        };
        let mut picked: Vec<&Message> = match page {
            Page::Latest => list.values().rev().take(limit).collect(),
            Page::Before(id) => list.range(..id).rev().map(|(_, m)| m).take(limit).collect(),
            Page::After(id) => {
                let next = list
                    .range(id.saturating_add(1)..)
                    .map(|(_, m)| m)
                    .take(limit);
                next.collect::<Vec<_>>().into_iter().rev().collect()
            }
            Page::Around(id) => {
                let older = list.range(..=id).rev().map(|(_, m)| m).take(limit / 2 + 1);
                let newer = list
                    .range(id.saturating_add(1)..)
                    .map(|(_, m)| m)
                    .take(limit / 2);
                older.chain(newer).collect()
            }
        };
        picked.sort_by_key(|message| std::cmp::Reverse(message.id));
        picked.truncate(limit);
        Ok(picked
            .into_iter()
            .map(|m| self.message_json_for(reader, m))
            .collect())
    }

    /// One message, for those who may read the history.
    pub(crate) fn read_message(&self, reader: u64, channel: u64, id: u64) -> Answer<Value> {
        self.allowed(reader, channel, Permissions::READ_MESSAGE_HISTORY)?;
        let message = self.message(channel, id)?;
        Ok(self.message_json_for(reader, message))
    }

    /// Pins a message, or takes the pin away.
    pub(crate) fn set_pin(
        &mut self,
        actor: u64,
        channel: u64,
        id: u64,
        pinned: bool,
    ) -> Answer<()> {
        const MOST: usize = 250;
        let found = self.allowed(actor, channel, Permissions::PIN_MESSAGES)?;
        self.check_open(actor, found)?;
        let now = self.now_ms();
        let list = self.messages.entry(channel).or_default();
        let count = list
            .values()
            .filter(|message| message.pinned_ms.is_some())
            .count();
        let Some(message) = list.get_mut(&id) else {
            return Err(Refusal::of(10008));
        };
        if !message.is_said() {
            return Err(Refusal::of(50021));
        }
        if message.pinned_ms.is_some() == pinned {
            return Ok(());
        }
        if pinned && count >= MOST {
            return Err(Refusal::of(30003));
        }
        message.pinned_ms = pinned.then_some(now);
        self.tell_message_update(channel, id);
        let mut last = None;
        if let Some(found) = self.channels.get_mut(&channel) {
            if pinned {
                found.last_pin_ms = Some(now);
            }
            last = found.last_pin_ms;
        }
        let shown = json!({
            "guild_id": self.guild.id.to_string(), "channel_id": channel.to_string(),
            "last_pin_timestamp": last.map(iso),
        });
        self.tell_viewers(channel, "CHANNEL_PINS_UPDATE", shown);
        if pinned {
            let mut notice = self.system_message(channel, actor, message_kind::PIN);
            notice.reference = Some(json!({
                "type": 0, "message_id": id.to_string(), "channel_id": channel.to_string(),
                "guild_id": self.guild.id.to_string(),
            }));
            self.add_message(notice);
        }
        Ok(())
    }

    /// The pinned messages, latest pin first, and whether there are more.
    pub(crate) fn pins(
        &self,
        reader: u64,
        channel: u64,
        before: Option<&str>,
        limit: usize,
    ) -> Answer<Value> {
        self.visible(reader, channel)?;
        let before = before.and_then(parse_iso).unwrap_or(i64::MAX);
        let mut pinned: Vec<(i64, &Message)> = self
            .messages
            .get(&channel)
            .into_iter()
            .flat_map(|list| list.values())
            .filter_map(|message| Some((message.pinned_ms?, message)))
            .filter(|(at, _)| *at < before)
            .collect();
        pinned.sort_by_key(|(at, message)| std::cmp::Reverse((*at, message.id)));
        let more = pinned.len() > limit;
        let items: Vec<Value> = pinned
            .into_iter()
            .take(limit)
            .map(|(at, message)| {
                json!({"pinned_at": iso(at), "message": self.message_json_for(reader, message)})
            })
            .collect();
        Ok(json!({"items": items, "has_more": more}))
    }

    /// Tells the viewers of a channel how a message is now.
    pub(crate) fn tell_message_update(&mut self, channel: u64, id: u64) {
        if let Ok(message) = self.message(channel, id) {
            let shown = self.message_event_json(message);
            self.tell_viewers(channel, "MESSAGE_UPDATE", shown);
        }
    }
}

/// Empties what a bot without the message content intent does not get; its own messages and those that mention it stay whole.
pub(crate) fn hide_content(shown: &mut Value, bot: u64) {
    let bot = json!(bot.to_string());
    let mentioned = shown["mentions"]
        .as_array()
        .is_some_and(|list| list.iter().any(|user| user["id"] == bot));
    if shown["author"]["id"] != bot && !mentioned {
        shown["content"] = json!("");
        for key in ["embeds", "attachments", "components"] {
            shown[key] = json!([]);
        }
        if let Some(fields) = shown.as_object_mut() {
            fields.remove("poll");
        }
        let forwarded = shown.get_mut("message_snapshots");
        for snapshot in forwarded
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            snapshot["message"]["content"] = json!("");
            for key in ["embeds", "attachments", "components"] {
                snapshot["message"][key] = json!([]);
            }
        }
    }
    if shown
        .get("referenced_message")
        .is_some_and(Value::is_object)
    {
        hide_content(
            &mut shown["referenced_message"],
            bot.as_str().and_then(|id| id.parse().ok()).unwrap_or(0),
        );
    }
}
