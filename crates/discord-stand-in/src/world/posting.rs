//! Saying something: the rules for a message's way into a channel.
//! What it holds is `drafts`, which mentions fire is `mentions`, how it looks is `messages`.

use serde_json::{Value, json};
use twilight_model::guild::Permissions;

use super::attachments::Upload;
use super::drafts::{CONTENT_MAX, Draft, Ring};
use super::enclosures::{HAS_SNAPSHOT, read_stickers};
use super::mentions::Allowed;
use super::messages::{Message, message_kind};
use super::{Nonce, World};
use crate::error::{Answer, Refusal};
use crate::snowflake;

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
        let most = self.content_max(actor);
        let draft = Draft::read_up_to(most, body, files, Allowed::everything())?;
        let nonce = read_nonce(&body["nonce"])?;
        let enforced = body["enforce_nonce"].as_bool().unwrap_or(false);
        if let Some(nonce) = nonce.as_ref().filter(|_| enforced) {
            let window_ms = self.switches.nonce_window_s * 1000;
            let now = self.now_ms();
            let text = nonce_text(nonce);
            let everywhere = !self.switches.nonce_per_channel;
            let earlier = self.nonces.iter().find(|known| {
                known.author == actor
                    && known.nonce == text
                    && now - known.at_ms < window_ms
                    && (everywhere || known.channel == channel)
            });
            if let Some(earlier) = earlier {
                self.message(earlier.channel, earlier.message)?;
                return Ok(earlier.message);
            }
        }
        self.check_rights(actor, channel, &draft)?;
        self.check_slowmode(actor, channel, slowmode_s)?;
        self.check_words(actor, draft.content.as_deref())?;
        let poll = self.read_poll(&body["poll"])?;
        if poll.is_some() && !self.may(actor, channel, Permissions::SEND_POLLS) {
            return Err(Refusal::of(50013));
        }
        let stickers = read_stickers(body.get("sticker_ids"))?;
        let given = &body["message_reference"];
        let forwards = given["type"].as_u64() == Some(1);
        let snapshot = match forwards {
            true => Some(self.read_forward(actor, channel, given, &draft)?),
            false => None,
        };
        let reference = match forwards {
            true => None,
            false => self.read_reference(actor, channel, given)?,
        };
        let encloses = poll.is_some() || !stickers.is_empty() || forwards;
        if draft.is_blank() && !encloses {
            return Err(Refusal::of(50006));
        }

        if wakes {
            self.check_active_cap()?;
            self.unarchive(channel);
        }
        let id = self.new_id();
        let mut message = Message::new(id, channel, actor, message_kind::DEFAULT);
        message.tts = body["tts"].as_bool().unwrap_or(false);
        message.poll = poll;
        message.stickers = stickers;
        if let Some((reference, snapshot)) = snapshot {
            message.flags |= HAS_SNAPSHOT;
            message.reference = Some(reference);
            message.snapshots = vec![snapshot];
        }
        let mut replied = None;
        if let Some((target_channel, target)) = reference {
            message.kind = message_kind::REPLY;
            message.referenced = Some((target_channel, target));
            message.reference = Some(json!({
                "type": 0, "message_id": target.to_string(),
                "channel_id": target_channel.to_string(), "guild_id": self.guild.id.to_string(),
            }));
            if draft.allowed.replied_user {
                replied = self
                    .message(target_channel, target)
                    .ok()
                    .map(|m| m.author_id);
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

    /// How much somebody may say at once.
    pub(crate) fn content_max(&self, actor: u64) -> usize {
        match self.switches.nitro && !self.is_bot(actor) {
            true => 2 * CONTENT_MAX,
            false => CONTENT_MAX,
        }
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
        self.check_words(actor, draft.content.as_deref())?;
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
            let asleep = self
                .channel(message.channel_id)?
                .thread
                .as_ref()
                .is_some_and(|t| t.archived);
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

    pub(crate) fn check_rights(&self, actor: u64, channel: u64, draft: &Draft) -> Answer<()> {
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
        let exempt = self.is_bot(actor) || granted.intersects(free | Permissions::BYPASS_SLOWMODE);
        if slowmode_s == 0 || exempt {
            return Ok(());
        }
        let own = self.messages.get(&channel).and_then(|list| {
            list.values()
                .rev()
                .find(|message| message.author_id == actor)
        });
        let wait_ms = i64::try_from(slowmode_s).unwrap_or(0) * 1000;
        let left_ms = own.map_or(0, |last| {
            snowflake::time_ms(last.id) + wait_ms - self.now_ms()
        });
        if left_ms > 0 {
            return Err(Refusal {
                errors: Some(json!({"retry_after_ms": left_ms})),
                ..Refusal::of(20016)
            });
        }
        Ok(())
    }

    /// What a forward refers to, and what it shows of that.
    fn read_forward(
        &self,
        actor: u64,
        channel: u64,
        given: &Value,
        draft: &Draft,
    ) -> Answer<(Value, Value)> {
        if !draft.is_blank() {
            let words = "A forward cannot have content of its own.";
            let code = "MESSAGE_FORWARD_CANNOT_HAVE_CONTENT";
            return Err(Refusal::field("message_reference", code, words));
        }
        let from = snowflake::read(&given["channel_id"]).unwrap_or(channel);
        let id = snowflake::read(&given["message_id"]).unwrap_or_default();
        let snapshot = self.snapshot(actor, from, id)?;
        let reference = json!({
            "type": 1, "message_id": id.to_string(), "channel_id": from.to_string(),
            "guild_id": self.guild.id.to_string(),
        });
        Ok((reference, snapshot))
    }

    fn read_reference(
        &self,
        actor: u64,
        channel: u64,
        given: &Value,
    ) -> Answer<Option<(u64, u64)>> {
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
                Err(Refusal::field(
                    "message_reference",
                    "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE",
                    words,
                ))
            }
            Err(_) if given["fail_if_not_exists"].as_bool() == Some(false) => Ok(None),
            Err(_) => {
                let words = "Unknown message";
                Err(Refusal::field(
                    "message_reference",
                    "REPLIES_UNKNOWN_MESSAGE",
                    words,
                ))
            }
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
                let person = message.guise.is_none();
                joins = person && message.is_said() && !thread.members.contains_key(&author);
            }
        }
        if joins {
            self.join(channel, author);
        }
        let mut shown = self.message_event_json(&message);
        if let Some(nonce) = nonce {
            shown["nonce"] = nonce;
        }
        self.messages
            .entry(channel)
            .or_default()
            .insert(id, message);
        self.tell_viewers(channel, "MESSAGE_CREATE", shown);
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
    nonce
        .as_str()
        .map_or_else(|| nonce.to_string(), str::to_owned)
}
