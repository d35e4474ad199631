//! Editing and deleting: who may change what was said, and how that is told.

use serde_json::{Value, json};
use twilight_model::guild::Permissions;

use super::World;
use super::attachments::Upload;
use super::drafts::{Draft, LOADING, Ring, SUPPRESS_EMBEDS};
use super::mentions::Allowed;
use crate::error::{Answer, Refusal};
use crate::snowflake;

/// Bulk deletion stops at this age.
const BULK_AGE_MS: i64 = 14 * 24 * 3600 * 1000;

impl World {
    /// Edits a message: its author everything, a moderator only whether its embeds show.
    pub(crate) fn edit_message(
        &mut self,
        actor: u64,
        channel: u64,
        id: u64,
        body: &Value,
        files: Vec<Upload>,
    ) -> Answer<()> {
        let found = self.visible(actor, channel)?;
        let message = self.message(channel, id)?;
        if message.author_id != actor {
            let only_flags = body
                .as_object()
                .is_some_and(|b| b.keys().all(|key| key == "flags"));
            if !only_flags {
                return Err(Refusal::of(50005));
            }
            if !self.may(actor, channel, Permissions::MANAGE_MESSAGES) {
                return Err(Refusal::of(50013));
            }
        }
        if !message.is_said() {
            return Err(Refusal::of(50021));
        }
        self.check_open(actor, found)?;
        let most = self.content_max(actor);
        let draft = Draft::read_up_to(most, body, files, Allowed::everything())?;
        self.check_rights(actor, channel, &draft)?;
        self.check_words(actor, draft.content.as_deref())?;
        self.apply_edit(channel, id, draft, body)
    }

    /// Applies a checked edit and tells of it.
    pub(crate) fn apply_edit(
        &mut self,
        channel: u64,
        id: u64,
        draft: Draft,
        body: &Value,
    ) -> Answer<()> {
        let only_for = self.ephemerals.contains_key(&id);
        let mut message = match self.ephemerals.get(&id) {
            Some(message) => message.clone(),
            None => self.message(channel, id)?.clone(),
        };
        let loading = message.flags & LOADING != 0;
        if body.get("flags").is_some() {
            message.flags &= !SUPPRESS_EMBEDS;
        }
        let mut draft = draft;
        if draft.content.is_none() {
            // Without new text the old mentions stand as they are.
            draft.allowed = Allowed::everything();
        }
        let keeps_mentions = draft.content.is_none();
        let old = (
            message.mentions.clone(),
            message.mention_roles.clone(),
            message.mention_everyone,
        );
        self.fill(&mut message, draft, Ring::Silent, None)?;
        if keeps_mentions {
            (
                message.mentions,
                message.mention_roles,
                message.mention_everyone,
            ) = old;
        }
        let said = ["content", "embeds", "embed", "components", "attachments"];
        if !loading && said.iter().any(|key| body.get(key).is_some()) {
            message.edited_ms = Some(self.now_ms());
        }
        self.touched.insert(channel);
        if only_for {
            self.ephemerals.insert(id, message);
        } else {
            self.messages
                .entry(channel)
                .or_default()
                .insert(id, message);
            self.tell_message_update(channel, id);
        }
        Ok(())
    }

    /// Deletes a message: one's own, or a moderator any.
    pub(crate) fn delete_message(&mut self, actor: u64, channel: u64, id: u64) -> Answer<()> {
        let found = self.visible(actor, channel)?;
        let dead = found
            .thread
            .as_ref()
            .is_some_and(|thread| thread.archived && thread.locked);
        let message = self.message(channel, id)?;
        if dead {
            return Err(Refusal::of(50083));
        }
        if message.is_undeletable() {
            return Err(Refusal::of(50021));
        }
        if message.author_id != actor && !self.may(actor, channel, Permissions::MANAGE_MESSAGES) {
            return Err(Refusal::of(50013));
        }
        self.remove_message(channel, id);
        Ok(())
    }

    /// Removes a message and tells of it.
    pub(crate) fn remove_message(&mut self, channel: u64, id: u64) {
        self.drop_message(channel, id);
        let shown = json!({
            "id": id.to_string(), "channel_id": channel.to_string(),
            "guild_id": self.guild.id.to_string(),
        });
        self.tell_viewers(channel, "MESSAGE_DELETE", shown);
    }

    /// Deletes many messages at once.
    pub(crate) fn bulk_delete(&mut self, actor: u64, channel: u64, ids: &[u64]) -> Answer<()> {
        self.allowed(actor, channel, Permissions::MANAGE_MESSAGES)?;
        if ids.len() < 2 || ids.len() > 100 {
            let words = "Must be between 2 and 100 in length.";
            return Err(Refusal::field("messages", "BASE_TYPE_BAD_LENGTH", words));
        }
        let oldest = self.now_ms() - BULK_AGE_MS;
        if ids.iter().any(|id| snowflake::time_ms(*id) < oldest) {
            return Err(Refusal::of(50034));
        }
        let gone: Vec<u64> = ids
            .iter()
            .copied()
            .filter(|id| self.message(channel, *id).is_ok())
            .collect();
        for id in &gone {
            self.drop_message(channel, *id);
        }
        let ids: Vec<String> = gone.iter().map(u64::to_string).collect();
        let shown = json!({
            "ids": ids, "channel_id": channel.to_string(), "guild_id": self.guild.id.to_string(),
        });
        self.tell_viewers(channel, "MESSAGE_DELETE_BULK", shown);
        Ok(())
    }

    fn drop_message(&mut self, channel: u64, id: u64) {
        let list = self.messages.get_mut(&channel);
        if let Some(message) = list.and_then(|list| list.remove(&id)) {
            for file in message.attachments {
                self.files.remove(&file.id);
            }
        }
        if let Some(thread) = self
            .channels
            .get_mut(&channel)
            .and_then(|c| c.thread.as_mut())
        {
            thread.message_count = thread.message_count.saturating_sub(1);
        }
    }
}
