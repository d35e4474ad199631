//! Webhooks: making and losing them, and speaking through them.
//! Who asks is settled outside: with a webhook's token one needs no other right.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use twilight_model::guild::Permissions;

use super::World;
use super::attachments::Upload;
use super::channels::kind;
use super::drafts::{Draft, Ring};
use super::interactions::new_token;
use super::mentions::Allowed;
use super::messages::{Message, message_kind};
use crate::error::{Answer, FormErrors, Refusal};
use crate::snowflake;

/// The webhooks that a channel may have.
const MOST: usize = 15;

/// A webhook.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Webhook {
    pub(crate) id: u64,
    pub(crate) channel_id: u64,
    pub(crate) name: String,
    pub(crate) token: String,
    pub(crate) made_by: u64,
}

/// Under which name and picture a webhook's message appears.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Guise {
    pub(crate) webhook_id: u64,
    pub(crate) name: String,
    pub(crate) by_bot: bool,
}

impl Guise {
    /// The author of a message that came through a webhook: no real user.
    pub(crate) fn user_json(&self) -> Value {
        json!({
            "id": self.webhook_id.to_string(), "username": self.name, "global_name": null,
            "discriminator": "0000", "avatar": null, "public_flags": 0, "flags": 0, "bot": true,
            "accent_color": null, "banner": null, "avatar_decoration_data": null,
            "primary_guild": null,
        })
    }
}

/// Complains about names that Discord does not let a webhook have.
fn check_name(path: &str, name: &str, form: &mut FormErrors) {
    form.length(path, name, 1, 80);
    let lower = name.trim().to_lowercase();
    for word in ["discord", "clyde"] {
        if lower.contains(word) {
            let words = format!("Username cannot contain \"{word}\"");
            form.add(path, "USERNAME_INVALID_CONTAINS", &words);
        }
    }
    if matches!(lower.as_str(), "everyone" | "here") {
        let words = format!("Username cannot be \"{lower}\"");
        form.add(path, "USERNAME_INVALID", &words);
    }
}

impl World {
    /// A webhook in Discord's shape, with its token unless the asker has only read access.
    pub(crate) fn webhook_json(&self, webhook: &Webhook, with_maker: bool) -> Value {
        let by_bot = self.is_bot(webhook.made_by);
        let mut shown = json!({
            "id": webhook.id.to_string(), "type": 1, "name": webhook.name, "avatar": null,
            "channel_id": webhook.channel_id.to_string(),
            "guild_id": self.guild.id.to_string(),
            "application_id": by_bot.then(|| webhook.made_by.to_string()),
            "token": webhook.token,
            "url": format!("https://discord.com/api/webhooks/{}/{}", webhook.id, webhook.token),
        });
        if with_maker {
            shown["user"] = self.user_json(webhook.made_by);
        }
        shown
    }

    /// Makes a webhook.
    pub(crate) fn create_webhook(&mut self, actor: u64, channel: u64, body: &Value) -> Answer<u64> {
        let found = self.allowed(actor, channel, Permissions::MANAGE_WEBHOOKS)?;
        if found.thread.is_some() || found.kind == kind::CATEGORY {
            return Err(Refusal::of(50024));
        }
        let name = body["name"].as_str().unwrap_or_default().trim();
        let mut form = FormErrors::default();
        check_name("name", name, &mut form);
        form.finish()?;
        let others = self.webhooks.values();
        if others.filter(|other| other.channel_id == channel).count() >= MOST {
            return Err(Refusal::of(30007));
        }
        let id = self.new_id();
        let webhook = Webhook {
            id,
            channel_id: channel,
            name: name.to_owned(),
            token: new_token(),
            made_by: actor,
        };
        self.webhooks.insert(id, webhook);
        self.tell_webhooks(channel);
        Ok(id)
    }

    /// The webhooks of a channel, or of all channels where the asker may manage them.
    pub(crate) fn webhooks_of(&self, actor: u64, channel: Option<u64>) -> Answer<Value> {
        let needed = Permissions::MANAGE_WEBHOOKS;
        if let Some(channel) = channel {
            self.allowed(actor, channel, needed)?;
        }
        let all = self.webhooks.values().filter(|webhook| match channel {
            Some(channel) => webhook.channel_id == channel,
            None => self.may(actor, webhook.channel_id, needed),
        });
        Ok(all
            .map(|webhook| self.webhook_json(webhook, true))
            .collect())
    }

    /// The webhook, for those who may manage it.
    pub(crate) fn managed_webhook(&self, actor: u64, id: u64) -> Answer<&Webhook> {
        let webhook = self.webhooks.get(&id).ok_or_else(|| Refusal::of(10015))?;
        if self.may(actor, webhook.channel_id, Permissions::MANAGE_WEBHOOKS) {
            Ok(webhook)
        } else {
            Err(Refusal::of(50013))
        }
    }

    /// The webhook, for those who have its token.
    pub(crate) fn webhook_by_token(&self, id: u64, token: &str) -> Answer<&Webhook> {
        let webhook = self.webhooks.get(&id).ok_or_else(|| Refusal::of(10015))?;
        if webhook.token == token {
            Ok(webhook)
        } else {
            Err(Refusal::of(50027))
        }
    }

    /// Renames a webhook.
    pub(crate) fn modify_webhook(&mut self, id: u64, body: &Value) -> Answer<()> {
        if let Some(name) = body["name"].as_str() {
            let mut form = FormErrors::default();
            check_name("name", name, &mut form);
            form.finish()?;
            if let Some(webhook) = self.webhooks.get_mut(&id) {
                name.trim().clone_into(&mut webhook.name);
                let channel = webhook.channel_id;
                self.tell_webhooks(channel);
            }
        }
        Ok(())
    }

    /// Deletes a webhook. What it said stays.
    pub(crate) fn delete_webhook(&mut self, id: u64) -> Answer<()> {
        let gone = self.webhooks.remove(&id);
        let gone = gone.ok_or_else(|| Refusal::of(10015))?;
        self.tell_webhooks(gone.channel_id);
        Ok(())
    }

    fn tell_webhooks(&mut self, channel: u64) {
        let shown = json!({
            "guild_id": self.guild.id.to_string(), "channel_id": channel.to_string(),
        });
        self.tell_viewers(channel, "WEBHOOKS_UPDATE", shown);
    }

    /// Speaks through a webhook. `None` if the message was not saved and nobody waits to hear of it.
    pub(crate) fn execute_webhook(
        &mut self,
        webhook: &Webhook,
        thread: Option<u64>,
        wait: bool,
        body: &Value,
        files: Vec<Upload>,
    ) -> Answer<Option<(u64, u64)>> {
        let mut form = FormErrors::default();
        let name = body["username"].as_str().map(str::trim);
        if let Some(name) = name {
            check_name("username", name, &mut form);
        }
        form.finish()?;
        let draft = Draft::read(body, files, Allowed::users_only())?;
        if draft.is_blank() && !body["poll"].is_object() {
            return Err(Refusal::of(50006));
        }
        let thread_name = body["thread_name"].as_str();
        let in_forum = self.channel(webhook.channel_id)?.kind == kind::FORUM;
        match (in_forum, thread, thread_name) {
            (true, None, None) => return Err(Refusal::of(220_001)),
            (true, Some(_), Some(_)) => return Err(Refusal::of(220_002)),
            (false, _, Some(_)) => return Err(Refusal::of(220_003)),
            _ => {}
        }
        let guise = Guise {
            webhook_id: webhook.id,
            name: name.unwrap_or(&webhook.name).to_owned(),
            by_bot: self.is_bot(webhook.made_by),
        };
        let saved = self.save_webhook_message(webhook, thread, guise, body, draft);
        match saved {
            Ok(found) => Ok(Some(found)),
            Err(refusal) if wait => Err(refusal),
            // Discord says nothing of a message that it did not save.
            Err(_) => Ok(None),
        }
    }

    fn save_webhook_message(
        &mut self,
        webhook: &Webhook,
        thread: Option<u64>,
        guise: Guise,
        body: &Value,
        draft: Draft,
    ) -> Answer<(u64, u64)> {
        let place = match (thread, body["thread_name"].as_str()) {
            (Some(id), _) => {
                let found = self.channel(id)?;
                let inner = found.thread.as_ref().ok_or_else(|| Refusal::of(10003))?;
                if found.parent_id != Some(webhook.channel_id) {
                    return Err(Refusal::of(10003));
                }
                if inner.locked {
                    return Err(Refusal::of(160_005));
                }
                if inner.archived {
                    self.unarchive(id);
                }
                id
            }
            (None, Some(_)) => {
                let mut about = body.clone();
                about["name"] = body["thread_name"].clone();
                self.open_webhook_post(webhook, &about)?
            }
            (None, None) => webhook.channel_id,
        };
        self.check_words(webhook.id, draft.content.as_deref())?;
        let opens = thread.is_none() && place != webhook.channel_id;
        let id = if opens { place } else { self.new_id() };
        let mut message = Message::new(id, place, webhook.id, message_kind::DEFAULT);
        message.guise = Some(guise);
        message.tts = body["tts"].as_bool().unwrap_or(false);
        message.poll = self.read_poll(&body["poll"])?;
        self.fill(&mut message, draft, Ring::Loud, None)?;
        self.add_message(message);
        Ok((place, id))
    }

    /// The message of a webhook's own.
    pub(crate) fn webhook_message(
        &self,
        webhook: &Webhook,
        thread: Option<u64>,
        id: u64,
    ) -> Answer<&Message> {
        let message = self.message(thread.unwrap_or(webhook.channel_id), id)?;
        let own = message.guise.as_ref();
        own.filter(|guise| guise.webhook_id == webhook.id)
            .map(|_| message)
            .ok_or_else(|| Refusal::of(10008))
    }

    /// Edits what a webhook said.
    pub(crate) fn edit_webhook_message(
        &mut self,
        webhook: &Webhook,
        thread: Option<u64>,
        id: u64,
        body: &Value,
        files: Vec<Upload>,
    ) -> Answer<()> {
        let channel = self.webhook_message(webhook, thread, id)?.channel_id;
        let asleep = self.channel(channel)?.thread.as_ref();
        if asleep.is_some_and(|thread| thread.archived) {
            return Err(Refusal::of(50083));
        }
        let draft = Draft::read(body, files, Allowed::users_only())?;
        self.check_words(webhook.id, draft.content.as_deref())?;
        self.apply_edit(channel, id, draft, body)
    }

    /// Deletes what a webhook said.
    pub(crate) fn delete_webhook_message(
        &mut self,
        webhook: &Webhook,
        thread: Option<u64>,
        id: u64,
    ) -> Answer<()> {
        let channel = self.webhook_message(webhook, thread, id)?.channel_id;
        self.remove_message(channel, id);
        Ok(())
    }

    /// A forum post opened by a webhook: it has an owner that is nobody's user.
    fn open_webhook_post(&mut self, webhook: &Webhook, about: &Value) -> Answer<u64> {
        let tags = snowflake::read_list(about.get("applied_tags"));
        let id = self.new_id();
        let mut thread = self.new_thread(
            webhook.id,
            id,
            webhook.channel_id,
            kind::PUBLIC_THREAD,
            about,
        )?;
        if let Some(inner) = &mut thread.thread {
            inner.tags = tags;
            inner.members.clear();
        }
        self.insert_thread(webhook.id, thread);
        Ok(id)
    }
}
