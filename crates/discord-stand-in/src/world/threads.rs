//! Threads: making them, the archive and lock matrix, renaming, going quiet, listing.
//! Membership is `thread_members`; what is said in them is `posting`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use twilight_model::guild::Permissions;

use super::World;
use super::channels::{Channel, kind};
use super::messages::{Message, message_kind};
use crate::clock::iso;
use crate::error::{Answer, FormErrors, Refusal};
use crate::snowflake;

/// The message flag that says "a thread hangs on this".
pub(crate) const HAS_THREAD: u64 = 1 << 5;
/// The thread flag of a pinned forum post, and the forum flag that demands a tag.
pub(crate) const PINNED: u64 = 1 << 1;
const REQUIRE_TAG: u64 = 1 << 4;
const DURATIONS_MIN: [u64; 4] = [60, 1440, 4320, 10080];

/// What a channel has only if it is a thread.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Thread {
    pub(crate) owner_id: u64,
    pub(crate) archived: bool,
    pub(crate) locked: bool,
    /// Private threads only.
    pub(crate) invitable: Option<bool>,
    pub(crate) archive_minutes: u64,
    /// The last change of the archive state or duration.
    pub(crate) archive_ms: i64,
    pub(crate) created_ms: i64,
    pub(crate) last_activity_ms: i64,
    /// By user: since when.
    pub(crate) members: BTreeMap<u64, i64>,
    pub(crate) message_count: u64,
    pub(crate) total_sent: u64,
    pub(crate) tags: Vec<u64>,
}

impl World {
    pub(crate) fn add_thread_fields(&self, shown: &mut Value, channel: &Channel, thread: &Thread) {
        let mut metadata = json!({
            "archived": thread.archived,
            "auto_archive_duration": thread.archive_minutes,
            "archive_timestamp": iso(thread.archive_ms),
            "locked": thread.locked,
            "create_timestamp": iso(thread.created_ms),
        });
        if let Some(invitable) = thread.invitable {
            metadata["invitable"] = json!(invitable);
        }
        shown["owner_id"] = json!(thread.owner_id.to_string());
        shown["thread_metadata"] = metadata;
        shown["message_count"] = json!(thread.message_count);
        shown["total_message_sent"] = json!(thread.total_sent);
        shown["member_count"] = json!(thread.members.len().min(50));
        let parent = channel.parent_id.and_then(|id| self.channels.get(&id));
        if parent.is_some_and(|parent| parent.kind == kind::FORUM) {
            let tags: Vec<String> = thread.tags.iter().map(u64::to_string).collect();
            shown["applied_tags"] = json!(tags);
        }
    }

    /// Makes a thread without a message: private if nothing else is asked for.
    pub(crate) fn create_thread(&mut self, actor: u64, parent: u64, body: &Value) -> Answer<u64> {
        let found = self.visible(actor, parent)?;
        let parent_kind = found.kind;
        if !matches!(parent_kind, kind::TEXT | kind::ANNOUNCEMENT) {
            return Err(Refusal::of(50024));
        }
        let default = u64::from(kind::PRIVATE_THREAD);
        let wanted = body["type"].as_u64().unwrap_or(default);
        let thread_kind = match (wanted, parent_kind) {
            (12, kind::TEXT) => kind::PRIVATE_THREAD,
            (11, kind::TEXT) => kind::PUBLIC_THREAD,
            (10, kind::ANNOUNCEMENT) => kind::ANNOUNCEMENT_THREAD,
            (10..=12, _) => return Err(Refusal::of(50024)),
            _ => {
                let words = "Value must be one of (10, 11, 12).";
                return Err(Refusal::field("type", "BASE_TYPE_CHOICES", words));
            }
        };
        let needed = if thread_kind == kind::PRIVATE_THREAD {
            Permissions::CREATE_PRIVATE_THREADS
        } else {
            Permissions::CREATE_PUBLIC_THREADS
        };
        self.allowed(actor, parent, needed)?;
        let id = self.new_id();
        let thread = self.new_thread(actor, id, parent, thread_kind, body)?;
        self.insert_thread(actor, thread);
        if thread_kind != kind::PRIVATE_THREAD {
            let name = self.channel(id)?.name.clone();
            let mut notice = self.system_message(parent, actor, message_kind::THREAD_CREATED);
            notice.content = name;
            notice.reference = Some(json!({
                "type": 0, "channel_id": id.to_string(), "guild_id": self.guild.id.to_string(),
            }));
            self.add_message(notice);
        }
        Ok(id)
    }

    /// Hangs a thread on a message; it gets the message's id.
    pub(crate) fn create_thread_on(
        &mut self,
        actor: u64,
        parent: u64,
        message: u64,
        body: &Value,
    ) -> Answer<u64> {
        let found = self.allowed(actor, parent, Permissions::CREATE_PUBLIC_THREADS)?;
        let thread_kind = match found.kind {
            kind::TEXT => kind::PUBLIC_THREAD,
            kind::ANNOUNCEMENT => kind::ANNOUNCEMENT_THREAD,
            _ => return Err(Refusal::of(50024)),
        };
        self.message(parent, message)?;
        if self.channels.contains_key(&message) {
            return Err(Refusal::of(160_004));
        }
        let thread = self.new_thread(actor, message, parent, thread_kind, body)?;
        self.insert_thread(actor, thread);
        self.message_mut(parent, message)?.flags |= HAS_THREAD;
        self.tell_message_update(parent, message);
        let mut starter = self.system_message(message, actor, message_kind::THREAD_STARTER);
        starter.reference = Some(json!({
            "type": 0, "message_id": message.to_string(), "channel_id": parent.to_string(),
            "guild_id": self.guild.id.to_string(),
        }));
        starter.referenced = Some((parent, message));
        self.add_message(starter);
        Ok(message)
    }

    /// Opens a forum post; the caller puts its first message in. Needs only the right to send.
    pub(crate) fn create_post(&mut self, actor: u64, forum: u64, body: &Value) -> Answer<u64> {
        let found = self.allowed(actor, forum, Permissions::SEND_MESSAGES)?;
        let tags = snowflake::read_list(body.get("applied_tags"));
        let known: Vec<u64> = found
            .tags
            .iter()
            .filter_map(|tag| snowflake::read(&tag["id"]))
            .collect();
        if tags.iter().any(|tag| !known.contains(tag)) {
            return Err(Refusal::of(10087));
        }
        if tags.is_empty() && found.flags & REQUIRE_TAG != 0 {
            return Err(Refusal::of(40067));
        }
        if tags.len() > 5 {
            let words = "Must be 5 or fewer in length.";
            return Err(Refusal::field(
                "applied_tags",
                "BASE_TYPE_MAX_LENGTH",
                words,
            ));
        }
        let id = self.new_id();
        let mut thread = self.new_thread(actor, id, forum, kind::PUBLIC_THREAD, body)?;
        if let Some(inner) = &mut thread.thread {
            inner.tags = tags;
        }
        self.insert_thread(actor, thread);
        if let Some(forum) = self.channels.get_mut(&forum) {
            forum.last_message_id = Some(id);
        }
        Ok(id)
    }

    pub(crate) fn new_thread(
        &self,
        actor: u64,
        id: u64,
        parent: u64,
        thread_kind: u8,
        body: &Value,
    ) -> Answer<Channel> {
        let name = body["name"].as_str().unwrap_or_default().trim();
        let mut form = FormErrors::default();
        form.length("name", name, 1, 100);
        let given = &body["auto_archive_duration"];
        let default = self
            .channel(parent)?
            .default_archive_minutes
            .unwrap_or(4320);
        let minutes = check_duration(given, &mut form).unwrap_or(default);
        form.finish()?;
        self.check_title(actor, Some(name))?;
        self.check_active_cap()?;
        let now = self.now_ms();
        let mut channel = Channel::new(id, thread_kind, name);
        channel.parent_id = Some(parent);
        channel.slowmode_s = body["rate_limit_per_user"].as_u64().unwrap_or(0);
        let private = thread_kind == kind::PRIVATE_THREAD;
        channel.thread = Some(Thread {
            owner_id: actor,
            archived: false,
            locked: false,
            invitable: private.then(|| body["invitable"].as_bool().unwrap_or(true)),
            archive_minutes: minutes,
            archive_ms: now,
            created_ms: now,
            last_activity_ms: now,
            members: BTreeMap::from([(actor, now)]),
            message_count: 0,
            total_sent: 0,
            tags: Vec::new(),
        });
        Ok(channel)
    }

    /// Refuses one more active thread than the guild may have.
    pub(crate) fn check_active_cap(&self) -> Answer<()> {
        let threads = self.channels.values().filter_map(|c| c.thread.as_ref());
        if threads.filter(|thread| !thread.archived).count() >= self.switches.active_threads {
            return Err(Refusal::of(160_006));
        }
        Ok(())
    }

    pub(crate) fn insert_thread(&mut self, actor: u64, channel: Channel) {
        let id = channel.id;
        self.quiet_from_ms = 0;
        let mut shown = self.channel_json(&channel);
        shown["newly_created"] = json!(true);
        self.channels.insert(id, channel);
        let mut own = shown.clone();
        if let Some(member) = self.thread_member_json(id, actor) {
            own["member"] = member;
        }
        let others: Vec<u64> = self
            .viewers(id)
            .into_iter()
            .filter(|user| *user != actor)
            .collect();
        self.touched.insert(id);
        self.tell(vec![actor], "THREAD_CREATE", own);
        self.tell(others, "THREAD_CREATE", shown);
    }

    /// Changes a thread, by the archive and lock matrix.
    pub(crate) fn modify_thread(&mut self, actor: u64, id: u64, body: &Value) -> Answer<()> {
        let found = self.visible(actor, id)?;
        let Some(before) = found.thread.clone() else {
            return Err(Refusal::of(50024));
        };
        let (old_name, old_flags) = (found.name.clone(), found.flags);
        let moderates = self.moderates(actor, id);
        let unarchives = body["archived"].as_bool() == Some(false);
        if before.archived {
            if !unarchives {
                return Err(Refusal::of(50083));
            }
            if before.locked && !moderates {
                return Err(Refusal::of(50013));
            }
            let speech = Permissions::SEND_MESSAGES_IN_THREADS;
            if !moderates && !self.may(actor, id, speech) {
                return Err(Refusal::of(50013));
            }
        } else if before.locked && !moderates {
            return Err(Refusal::of(160_005));
        }
        let has = |key: &str| body.get(key).is_some_and(|value| !value.is_null());
        let owns = before.owner_id == actor;
        let wants_owner = ["name", "auto_archive_duration", "invitable", "applied_tags"];
        let asks = wants_owner.iter().any(|key| has(key)) || body["archived"] == json!(true);
        if asks && !moderates && !owns {
            return Err(Refusal::of(50013));
        }
        if (has("locked") || has("rate_limit_per_user") || has("flags")) && !moderates {
            return Err(Refusal::of(50013));
        }

        let mut form = FormErrors::default();
        let name = body["name"].as_str().map(str::trim);
        if let Some(name) = name {
            form.length("name", name, 1, 100);
        }
        let minutes = check_duration(&body["auto_archive_duration"], &mut form);
        form.finish()?;
        self.check_title(actor, name)?;
        if before.archived {
            self.check_active_cap()?;
        }
        let renamed = name.filter(|name| *name != old_name).map(str::to_owned);
        if renamed.is_some() {
            self.count_rename(id)?;
        }

        let now = self.now_ms();
        let mut after = before.clone();
        if let Some(archived) = body["archived"].as_bool() {
            after.archived = archived;
        }
        if let Some(locked) = body["locked"].as_bool() {
            after.locked = locked;
        }
        if let Some(minutes) = minutes {
            after.archive_minutes = minutes;
        }
        if let Some(invitable) = body["invitable"].as_bool() {
            after.invitable = after.invitable.map(|_| invitable);
        }
        if has("applied_tags") {
            after.tags = snowflake::read_list(body.get("applied_tags"));
        }
        if after.archived != before.archived || after.archive_minutes != before.archive_minutes {
            after.archive_ms = now;
        }
        if before.archived && !after.archived {
            after.last_activity_ms = now;
        }
        let woke = before.archived && !after.archived;
        let slept = !before.archived && after.archived;
        let Some(channel) = self.channels.get_mut(&id) else {
            return Err(Refusal::of(10003));
        };
        channel.thread = Some(after);
        self.quiet_from_ms = 0;
        if let Some(name) = &renamed {
            channel.name.clone_from(name);
        }
        if let Some(seconds) = body["rate_limit_per_user"].as_u64() {
            channel.slowmode_s = seconds;
        }
        let flags = body["flags"].as_u64().unwrap_or(old_flags);
        channel.flags = if slept { flags & !PINNED } else { flags };
        self.tell_thread_update(id, woke);
        if let Some(name) = renamed {
            let mut notice = self.system_message(id, actor, message_kind::NAME_CHANGE);
            notice.content = name;
            self.add_message(notice);
        }
        Ok(())
    }

    /// Refuses what an archived or locked thread does not take from this user.
    pub(crate) fn check_open(&self, actor: u64, channel: &Channel) -> Answer<()> {
        let Some(thread) = &channel.thread else {
            return Ok(());
        };
        if thread.archived {
            return Err(Refusal::of(50083));
        }
        if thread.locked && !self.moderates(actor, channel.id) {
            return Err(Refusal::of(160_005));
        }
        Ok(())
    }

    /// An empty system message, not yet in its channel.
    pub(crate) fn system_message(&mut self, channel: u64, author: u64, kind: u8) -> Message {
        let id = self.new_id();
        Message::new(id, channel, author, kind)
    }
}

fn check_duration(given: &Value, form: &mut FormErrors) -> Option<u64> {
    if given.is_null() {
        return None;
    }
    let minutes = given
        .as_u64()
        .filter(|minutes| DURATIONS_MIN.contains(minutes));
    if minutes.is_none() {
        let words = "Value must be one of (60, 1440, 4320, 10080).";
        form.add("auto_archive_duration", "BASE_TYPE_CHOICES", words);
    }
    minutes
}
