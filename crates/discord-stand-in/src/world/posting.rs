//! Saying, editing and deleting: the rules for a message's way into a channel and out of it.
//! Which mentions fire is `mentions`; how a message looks is `messages`.

use serde_json::{Value, json};
use twilight_model::guild::Permissions;

use super::attachments::{Attachment, Upload, link};
use super::components::{COMPONENTS_V2, check_components, check_embeds, tidy_components, tidy_embeds};
use super::mentions::{Allowed, Fired};
use super::messages::{Message, message_kind};
use super::{Nonce, Notification, World};
use crate::error::{Answer, FormErrors, Refusal};
use crate::snowflake;

/// Bytes that one file may have.
const FILE_LIMIT: usize = 10 * 1024 * 1024;
pub(crate) const SUPPRESS_EMBEDS: u64 = 1 << 2;
pub(crate) const EPHEMERAL: u64 = 1 << 6;
pub(crate) const LOADING: u64 = 1 << 7;
const TOO_MANY_FOR_THREAD: u64 = 1 << 8;
const SUPPRESS_NOTIFICATIONS: u64 = 1 << 12;
/// Bulk deletion stops at this age.
const BULK_AGE_MS: i64 = 14 * 24 * 3600 * 1000;

/// Whether a mention rings or only adds people to a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ring {
    Loud,
    Silent,
}

/// What a checked request wants a message to hold. `None` leaves a part as it is.
pub(crate) struct Draft {
    pub(crate) content: Option<String>,
    pub(crate) embeds: Option<Vec<Value>>,
    pub(crate) components: Option<Vec<Value>>,
    pub(crate) flags: u64,
    pub(crate) allowed: Allowed,
    files: Vec<Upload>,
    /// `attachments`, in Discord's shape.
    about_files: Option<Vec<Value>>,
}

impl Draft {
    /// Checks everything that can be checked without knowing where the message goes.
    pub(crate) fn read(body: &Value, files: Vec<Upload>, otherwise: Allowed) -> Answer<Self> {
        let mut form = FormErrors::default();
        let list = |key: &str| body.get(key).map(|v| v.as_array().cloned().unwrap_or_default());
        let content = body.get("content").map(|value| match value {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            _ => String::new(),
        });
        if let Some(text) = &content {
            form.length("content", text, 0, 2000);
        }
        let embeds = list("embeds").or_else(|| {
            let single = body.get("embed").filter(|embed| embed.is_object())?;
            Some(vec![single.clone()])
        });
        check_embeds(embeds.as_deref().unwrap_or_default(), &mut form);
        let flags = body["flags"].as_u64().unwrap_or(0) & !LOADING;
        let components = list("components");
        check_components(components.as_deref().unwrap_or_default(), flags, &mut form);
        let spoken = content.as_ref().is_some_and(|text| !text.is_empty());
        if flags & COMPONENTS_V2 != 0 && (spoken || embeds.as_ref().is_some_and(|e| !e.is_empty())) {
            let words = "The 'content' and 'embeds' fields cannot be used with components v2";
            form.add("", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", words);
        }
        let allowed = Allowed::read(&body["allowed_mentions"], otherwise, &mut form);
        let about_files = list("attachments");
        for (index, about) in about_files.iter().flatten().enumerate() {
            let words = about["description"].as_str().unwrap_or_default();
            form.length(&format!("attachments.{index}.description"), words, 0, 1024);
        }
        if files.len() > 10 {
            form.add("attachments", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.");
        }
        form.finish()?;
        if files.iter().any(|file| file.bytes.len() > FILE_LIMIT) {
            return Err(Refusal::of(40005));
        }
        Ok(Self {
            content,
            embeds,
            components,
            flags,
            allowed,
            files,
            about_files,
        })
    }

    /// Whether it would make an empty message.
    fn is_blank(&self) -> bool {
        let none = |list: &Option<Vec<Value>>| list.as_ref().is_none_or(Vec::is_empty);
        let silent = self.content.as_ref().is_none_or(String::is_empty);
        silent && none(&self.embeds) && none(&self.components) && self.files.is_empty()
    }
}

impl World {
    /// Says something. An enforced nonce that is still remembered gives the earlier message.
    pub(crate) fn create_message(
        &mut self,
        actor: u64,
        channel: u64,
        body: &Value,
        files: Vec<Upload>,
    ) -> Answer<u64> {
        let found = self.visible(actor, channel)?;
        if found.kind == super::channels::kind::FORUM {
            return Err(Refusal::of(40058));
        }
        if !found.holds_messages() {
            return Err(Refusal::of(50024));
        }
        let found = self.allowed(actor, channel, Self::speech(found))?;
        let wakes = self.check_speech(actor, channel)?;
        let slowmode_s = found.slowmode_s;
        let draft = Draft::read(body, files, Allowed::everything())?;
        let nonce = read_nonce(&body["nonce"])?;
        let enforced = body["enforce_nonce"].as_bool().unwrap_or(false);
        if let Some(nonce) = nonce.as_ref().filter(|_| enforced) {
            let window_ms = self.switches.nonce_window_s * 1000;
            let now = self.now_ms();
            let text = nonce_text(nonce);
            let earlier = self.nonces.iter().find(|known| {
                known.author == actor && known.nonce == text && now - known.at_ms < window_ms
            });
            if let Some(earlier) = earlier {
                self.message(earlier.channel, earlier.message)?;
                return Ok(earlier.message);
            }
        }
        self.check_rights(actor, channel, &draft)?;
        self.check_slowmode(actor, channel, slowmode_s)?;
        let reference = self.read_reference(actor, channel, &body["message_reference"])?;

        if wakes {
            self.unarchive(channel);
        }
        let id = self.new_id();
        let mut message = Message::new(id, channel, actor, message_kind::DEFAULT);
        message.tts = body["tts"].as_bool().unwrap_or(false);
        let mut replied = None;
        if let Some((target_channel, target)) = reference {
            message.kind = message_kind::REPLY;
            message.referenced = Some((target_channel, target));
            message.reference = Some(json!({
                "type": 0, "message_id": target.to_string(),
                "channel_id": target_channel.to_string(), "guild_id": self.guild.id.to_string(),
            }));
            if draft.allowed.replied_user {
                replied = self.message(target_channel, target).ok().map(|m| m.author_id);
            }
        }
        self.fill(&mut message, draft, Ring::Loud, replied)?;
        if let Some(nonce) = nonce.as_ref().filter(|_| enforced) {
            let at_ms = self.now_ms();
            self.nonces.push(Nonce {
                author: actor,
                nonce: nonce_text(nonce),
                channel,
                message: id,
                at_ms,
            });
        }
        self.add_message_with_nonce(message, nonce);
        Ok(id)
    }

    /// Opens a forum post with its first message, which shares the thread's id.
    pub(crate) fn open_post(
        &mut self,
        actor: u64,
        forum: u64,
        about: &Value,
        said: &Value,
        files: Vec<Upload>,
    ) -> Answer<(u64, u64)> {
        let draft = Draft::read(said, files, Allowed::everything())?;
        self.allowed(actor, forum, Permissions::SEND_MESSAGES)?;
        self.check_rights(actor, forum, &draft)?;
        if draft.is_blank() {
            return Err(Refusal::of(50006));
        }
        let thread = self.create_post(actor, forum, about)?;
        let mut message = Message::new(thread, thread, actor, message_kind::DEFAULT);
        self.fill(&mut message, draft, Ring::Loud, None)?;
        self.add_message(message);
        Ok((thread, thread))
    }

    /// Puts what an interaction answers into its channel; the bot needs no rights there for that.
    pub(crate) fn add_answer(&mut self, mut message: Message, draft: Draft) -> Answer<u64> {
        let id = message.id;
        let only_for = message.only_for;
        self.fill(&mut message, draft, Ring::Loud, None)?;
        if only_for.is_some() {
            self.touched.insert(message.channel_id);
            self.ephemerals.insert(id, message);
        } else {
            let asleep = self.channel(message.channel_id)?.thread.as_ref().is_some_and(|t| t.archived);
            if asleep {
                self.unarchive(message.channel_id);
            }
            self.add_message(message);
        }
        Ok(id)
    }

    /// Whether speaking here wakes the thread; refuses where it may not.
    fn check_speech(&self, actor: u64, channel: u64) -> Answer<bool> {
        let Some(thread) = &self.channel(channel)?.thread else {
            return Ok(false);
        };
        let moderates = self.moderates(actor, channel);
        match (thread.archived, thread.locked) {
            (false, true) if !moderates => Err(Refusal::of(160_005)),
            (false, _) => Ok(false),
            (true, false) => Ok(true),
            (true, true) if moderates && self.switches.moderator_send_unarchives_locked => Ok(true),
            (true, true) => Err(Refusal::of(50083)),
        }
    }

    fn check_rights(&self, actor: u64, channel: u64, draft: &Draft) -> Answer<()> {
        let bring_embeds = draft.embeds.as_ref().is_some_and(|list| !list.is_empty());
        if bring_embeds && !self.may(actor, channel, Permissions::EMBED_LINKS) {
            return Err(Refusal::of(50013));
        }
        if !draft.files.is_empty() && !self.may(actor, channel, Permissions::ATTACH_FILES) {
            return Err(Refusal::of(50013));
        }
        Ok(())
    }

    fn check_slowmode(&self, actor: u64, channel: u64, slowmode_s: u64) -> Answer<()> {
        let free = Permissions::MANAGE_MESSAGES | Permissions::MANAGE_THREADS;
        let granted = self.permissions_in(actor, self.channel(channel)?);
        let exempt = self.is_bot(actor)
            || granted.intersects(free | Permissions::BYPASS_SLOWMODE);
        if slowmode_s == 0 || exempt {
            return Ok(());
        }
        let own = self.messages.get(&channel).and_then(|list| {
            list.values().rev().find(|message| message.author_id == actor)
        });
        let wait_ms = i64::try_from(slowmode_s).unwrap_or(0) * 1000;
        let left_ms = own.map_or(0, |last| snowflake::time_ms(last.id) + wait_ms - self.now_ms());
        if left_ms > 0 {
            return Err(Refusal {
                errors: Some(json!({"retry_after_ms": left_ms})),
                ..Refusal::of(20016)
            });
        }
        Ok(())
    }

    fn read_reference(&self, actor: u64, channel: u64, given: &Value) -> Answer<Option<(u64, u64)>> {
        let Some(target) = snowflake::read(&given["message_id"]) else {
            return Ok(None);
        };
        let target_channel = snowflake::read(&given["channel_id"]).unwrap_or(channel);
        if !self.may(actor, channel, Permissions::READ_MESSAGE_HISTORY) {
            return Err(Refusal::of(160_002));
        }
        let found = self.message(target_channel, target);
        match found {
            Ok(message) if message.is_said() => Ok(Some((target_channel, target))),
            Ok(_) => {
                let words = "Cannot reply to a system message";
                Err(Refusal::field("message_reference", "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE", words))
            }
            Err(_) if given["fail_if_not_exists"].as_bool() == Some(false) => Ok(None),
            Err(_) => {
                let words = "Unknown message";
                Err(Refusal::field("message_reference", "REPLIES_UNKNOWN_MESSAGE", words))
            }
        }
    }

    /// Moves a draft into a message, and lets its mentions fire.
    fn fill(&mut self, message: &mut Message, draft: Draft, ring: Ring, replied: Option<u64>) -> Answer<()> {
        let channel = message.channel_id;
        let kept: Option<Vec<Attachment>> = draft.about_files.as_ref().map(|list| {
            let keeps = |file: &Attachment| {
                list.iter().any(|about| snowflake::read(&about["id"]) == Some(file.id))
            };
            message.attachments.iter().filter(|file| keeps(file)).cloned().collect()
        });
        if let Some(kept) = kept {
            message.attachments = kept;
        }
        let about = draft.about_files.unwrap_or_default();
        if let Some(content) = draft.content {
            message.content = content;
        }
        let unsent = message.attachments.len() + draft.files.len();
        let shows_embeds = draft.embeds.as_ref().is_some_and(|list| !list.is_empty());
        let shows_parts = draft.components.as_ref().is_some_and(|list| !list.is_empty());
        let keeps_embeds = draft.embeds.is_none() && !message.embeds.is_empty();
        let keeps_parts = draft.components.is_none() && !message.components.is_empty();
        let loading = draft.flags & LOADING != 0;
        let shows = shows_embeds || shows_parts || keeps_embeds || keeps_parts;
        if message.content.is_empty() && unsent == 0 && !shows && !loading {
            return Err(Refusal::of(50006));
        }
        for upload in draft.files {
            let index = upload.index;
            let none = Value::Null;
            let about = about.iter().find(|about| snowflake::read(&about["id"]) == Some(index));
            let stored = self.store(channel, upload, about.unwrap_or(&none));
            message.attachments.push(stored);
        }
        if let Some(embeds) = draft.embeds {
            let now = self.now_ms();
            let files = &message.attachments;
            message.embeds = tidy_embeds(&embeds, |name| {
                let file = files.iter().find(|file| file.filename == name)?;
                Some(link(channel, file.id, &file.filename, now))
            });
        }
        if let Some(parts) = draft.components {
            message.components = tidy_components(&parts);
        }
        let settable = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2 | LOADING;
        let private = if message.only_for.is_some() { EPHEMERAL } else { 0 };
        message.flags |= (draft.flags & settable) | private;
        if !loading {
            message.flags &= !LOADING;
        }
        let mut fired = self.fired(message.author_id, channel, &message.content, &draft.allowed);
        if let Some(replied) = replied.filter(|id| !fired.users.contains(id)) {
            fired.users.push(replied);
        }
        message.mentions.clone_from(&fired.users);
        message.mention_roles.clone_from(&fired.roles);
        message.mention_everyone = fired.everyone;
        if message.only_for.is_none() {
            self.follow_mentions(message, fired, ring);
        }
        Ok(())
    }

    /// What fired mentions bring about: people join the thread, and are called.
    fn follow_mentions(&mut self, message: &mut Message, fired: Fired, ring: Ring) {
        let channel = message.channel_id;
        let Some(found) = self.channels.get(&channel) else { return };
        if let Some(thread) = &found.thread {
            let parent = found.parent_id.unwrap_or_default();
            let closed = thread.invitable == Some(false);
            let may_add = !closed || self.moderates(message.author_id, channel);
            let mut wanted = fired.users.clone();
            if !self.is_bot(message.author_id) || self.switches.bot_role_mention_adds {
                for role in &fired.roles {
                    let members = self.role_members(*role);
                    if members.len() < self.switches.role_mention_threshold {
                        wanted.extend(members);
                    } else {
                        message.flags |= TOO_MANY_FOR_THREAD;
                    }
                }
            }
            wanted.retain(|user| self.can_view(*user, parent));
            if may_add {
                for user in wanted {
                    self.join(channel, user);
                }
            }
        }
        let anything = !fired.users.is_empty() || !fired.roles.is_empty() || fired.everyone;
        if ring == Ring::Loud && anything {
            let user_ids = fired.users.into_iter().filter(|user| self.can_view(*user, channel));
            self.notifications.push(Notification {
                message_id: message.id,
                channel_id: channel,
                user_ids: user_ids.collect(),
                roles: fired.roles,
                everyone: fired.everyone,
            });
        }
    }

    /// Puts a finished message into its channel.
    pub(crate) fn add_message(&mut self, message: Message) {
        self.add_message_with_nonce(message, None);
    }

    fn add_message_with_nonce(&mut self, mut message: Message, nonce: Option<Value>) {
        let (channel, id, author) = (message.channel_id, message.id, message.author_id);
        let now = self.now_ms();
        let mut joins = false;
        if let Some(found) = self.channels.get_mut(&channel) {
            found.last_message_id = Some(id);
            if let Some(thread) = &mut found.thread {
                message.position = thread.total_sent;
                let starter = message.kind == message_kind::THREAD_STARTER || id == channel;
                if !starter {
                    thread.message_count += 1;
                    thread.total_sent += 1;
                }
                thread.last_activity_ms = now;
                joins = message.is_said() && !thread.members.contains_key(&author);
            }
        }
        if joins {
            self.join(channel, author);
        }
        let mut shown = self.message_event_json(&message);
        if let Some(nonce) = nonce {
            shown["nonce"] = nonce;
        }
        self.messages.entry(channel).or_default().insert(id, message);
        self.tell_viewers(channel, "MESSAGE_CREATE", shown);
    }

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
            let only_flags = body.as_object().is_some_and(|b| b.keys().all(|key| key == "flags"));
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
        let draft = Draft::read(body, files, Allowed::everything())?;
        self.check_rights(actor, channel, &draft)?;
        self.apply_edit(channel, id, draft, body)
    }

    /// Applies a checked edit and tells of it.
    pub(crate) fn apply_edit(&mut self, channel: u64, id: u64, draft: Draft, body: &Value) -> Answer<()> {
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
        let old = (message.mentions.clone(), message.mention_roles.clone(), message.mention_everyone);
        self.fill(&mut message, draft, Ring::Silent, None)?;
        if keeps_mentions {
            (message.mentions, message.mention_roles, message.mention_everyone) = old;
        }
        let said = ["content", "embeds", "embed", "components", "attachments"];
        if !loading && said.iter().any(|key| body.get(key).is_some()) {
            message.edited_ms = Some(self.now_ms());
        }
        self.touched.insert(channel);
        if only_for {
            self.ephemerals.insert(id, message);
        } else {
            self.messages.entry(channel).or_default().insert(id, message);
            self.tell_message_update(channel, id);
        }
        Ok(())
    }

    /// Deletes a message: one's own, or a moderator any.
    pub(crate) fn delete_message(&mut self, actor: u64, channel: u64, id: u64) -> Answer<()> {
        let found = self.visible(actor, channel)?;
        let dead = found.thread.as_ref().is_some_and(|thread| thread.archived && thread.locked);
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
        self.drop_message(channel, id);
        let shown = json!({
            "id": id.to_string(), "channel_id": channel.to_string(),
            "guild_id": self.guild.id.to_string(),
        });
        self.tell_viewers(channel, "MESSAGE_DELETE", shown);
        Ok(())
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
        let gone: Vec<u64> = ids.iter().copied().filter(|id| self.message(channel, *id).is_ok()).collect();
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
        if let Some(list) = self.messages.get_mut(&channel) {
            if let Some(message) = list.remove(&id) {
                for file in message.attachments {
                    self.files.remove(&file.id);
                }
            }
        }
        if let Some(thread) = self.channels.get_mut(&channel).and_then(|c| c.thread.as_mut()) {
            thread.message_count = thread.message_count.saturating_sub(1);
        }
    }
}

/// A nonce: a string of at most 25 characters, or a whole number.
fn read_nonce(given: &Value) -> Answer<Option<Value>> {
    match given {
        Value::String(text) if text.chars().count() > 25 => {
            let words = "Must be 25 or fewer in length.";
            Err(Refusal::field("nonce", "NONCE_TYPE_TOO_LONG", words))
        }
        Value::String(text) if text.is_empty() => Ok(None),
        Value::String(_) => Ok(Some(given.clone())),
        Value::Number(number) if number.is_i64() || number.is_u64() => Ok(Some(given.clone())),
        Value::Null => Ok(None),
        _ => {
            let words = "Nonce must be a string or an integer.";
            Err(Refusal::field("nonce", "NONCE_TYPE_INVALID", words))
        }
    }
}

fn nonce_text(nonce: &Value) -> String {
    nonce.as_str().map_or_else(|| nonce.to_string(), str::to_owned)
}
