//! Channels: what they are, how they look, how they are made, changed and deleted.
//! A thread is a channel too; what only threads have and obey is in `threads`.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use twilight_model::guild::Permissions;

use super::World;
use super::permissions::Overwrite;
use super::threads::Thread;
use crate::clock::iso;
use crate::error::{Answer, FormErrors, Refusal};
use crate::snowflake;

/// Discord's numbers for the kinds of channel that exist here.
pub(crate) mod kind {
    pub(crate) const TEXT: u8 = 0;
    pub(crate) const CATEGORY: u8 = 4;
    pub(crate) const ANNOUNCEMENT: u8 = 5;
    pub(crate) const ANNOUNCEMENT_THREAD: u8 = 10;
    pub(crate) const PUBLIC_THREAD: u8 = 11;
    pub(crate) const PRIVATE_THREAD: u8 = 12;
    pub(crate) const FORUM: u8 = 15;
}

/// A channel, or a thread if `thread` is there.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Channel {
    pub(crate) id: u64,
    pub(crate) kind: u8,
    pub(crate) name: String,
    pub(crate) topic: Option<String>,
    pub(crate) parent_id: Option<u64>,
    pub(crate) position: i64,
    pub(crate) overwrites: Vec<Overwrite>,
    pub(crate) slowmode_s: u64,
    pub(crate) default_archive_minutes: Option<u64>,
    pub(crate) nsfw: bool,
    pub(crate) flags: u64,
    /// In Discord's shape; forums only.
    pub(crate) tags: Vec<Value>,
    pub(crate) last_message_id: Option<u64>,
    pub(crate) last_pin_ms: Option<i64>,
    pub(crate) thread: Option<Thread>,
}

impl Channel {
    pub(crate) fn new(id: u64, kind: u8, name: &str) -> Self {
        Self {
            id,
            kind,
            name: name.to_owned(),
            topic: None,
            parent_id: None,
            position: 0,
            overwrites: Vec::new(),
            slowmode_s: 0,
            default_archive_minutes: None,
            nsfw: false,
            flags: 0,
            tags: Vec::new(),
            last_message_id: None,
            last_pin_ms: None,
            thread: None,
        }
    }

    pub(crate) fn is_private(&self) -> bool {
        self.kind == kind::PRIVATE_THREAD
    }

    /// Whether messages can be in it.
    pub(crate) fn holds_messages(&self) -> bool {
        !matches!(self.kind, kind::CATEGORY | kind::FORUM)
    }
}

impl World {
    /// A channel or thread in Discord's shape, without anyone's own membership.
    pub(crate) fn channel_json(&self, channel: &Channel) -> Value {
        let id_or_null = |id: Option<u64>| id.map(|id| id.to_string());
        let mut shown = json!({
            "id": channel.id.to_string(),
            "type": channel.kind,
            "guild_id": self.guild.id.to_string(),
            "name": channel.name,
            "parent_id": id_or_null(channel.parent_id),
            "last_message_id": id_or_null(channel.last_message_id),
            "rate_limit_per_user": channel.slowmode_s,
            "flags": channel.flags,
        });
        if let Some(ms) = channel.last_pin_ms {
            shown["last_pin_timestamp"] = json!(iso(ms));
        }
        if let Some(thread) = &channel.thread {
            self.add_thread_fields(&mut shown, channel, thread);
            return shown;
        }
        let rules = channel.overwrites.iter().map(|rule| {
            json!({
                "id": rule.id.to_string(),
                "type": i32::from(!rule.role),
                "allow": rule.allow.bits().to_string(),
                "deny": rule.deny.bits().to_string(),
            })
        });
        shown["permission_overwrites"] = rules.collect();
        shown["position"] = json!(channel.position);
        shown["topic"] = json!(channel.topic);
        shown["nsfw"] = json!(channel.nsfw);
        if let Some(minutes) = channel.default_archive_minutes {
            shown["default_auto_archive_duration"] = json!(minutes);
        }
        if channel.kind == kind::FORUM {
            shown["available_tags"] = json!(channel.tags);
            shown["default_reaction_emoji"] = Value::Null;
            shown["default_sort_order"] = Value::Null;
            shown["default_forum_layout"] = json!(0);
        }
        shown
    }

    /// The same, with the viewer's own membership if it is a thread they are in.
    pub(crate) fn channel_json_for(&self, viewer: u64, channel: &Channel) -> Value {
        let mut shown = self.channel_json(channel);
        if let Some(own) = self.thread_member_json(channel.id, viewer) {
            shown["member"] = own;
        }
        shown
    }

    /// Makes a channel.
    pub(crate) fn create_channel(&mut self, actor: u64, body: &Value) -> Answer<u64> {
        let granted = self.guild_permissions(actor);
        if !granted.contains(Permissions::MANAGE_CHANNELS) {
            return Err(Refusal::of(50013));
        }
        let name = body["name"].as_str().unwrap_or_default();
        let mut form = FormErrors::default();
        form.length("name", name, 1, 100);
        let wanted = body["type"].as_u64().unwrap_or(0);
        let kinds = [kind::TEXT, kind::CATEGORY, kind::ANNOUNCEMENT, kind::FORUM];
        let found = kinds.into_iter().find(|kind| u64::from(*kind) == wanted);
        if found.is_none() {
            form.add(
                "type",
                "BASE_TYPE_CHOICES",
                "Value must be one of (0, 4, 5, 15).",
            );
        }
        form.finish()?;
        let id = self.new_id();
        let mut channel = Channel::new(id, found.unwrap_or(kind::TEXT), &plain_name(name, wanted));
        channel.position = i64::try_from(self.channels.len()).unwrap_or(0);
        channel.parent_id = snowflake::read(&body["parent_id"]);
        self.apply_channel_fields(&mut channel, body)?;
        self.channels.insert(id, channel.clone());
        let shown = self.channel_json(&channel);
        self.tell_viewers(id, "CHANNEL_CREATE", shown);
        Ok(id)
    }

    /// Changes a channel that is no thread.
    pub(crate) fn modify_channel(&mut self, actor: u64, id: u64, body: &Value) -> Answer<()> {
        let needed = Permissions::MANAGE_CHANNELS;
        let mut channel = self.allowed(actor, id, needed)?.clone();
        let mut renamed = false;
        if let Some(name) = body["name"].as_str() {
            let mut form = FormErrors::default();
            form.length("name", name, 1, 100);
            form.finish()?;
            let name = plain_name(name, u64::from(channel.kind));
            renamed |= name != channel.name;
            channel.name = name;
        }
        if let Some(topic) = body.get("topic") {
            let topic = topic.as_str().map(str::to_owned);
            renamed |= topic != channel.topic;
            channel.topic = topic;
        }
        if renamed {
            self.count_rename(id)?;
        }
        self.apply_channel_fields(&mut channel, body)?;
        let before = self.viewers(id);
        self.channels.insert(id, channel.clone());
        let shown = self.channel_json(&channel);
        let mut audience = self.viewers(id);
        // Who loses sight of it is told of the change that took it, and of nothing after.
        let gained: Vec<u64> = audience
            .iter()
            .copied()
            .filter(|u| !before.contains(u))
            .collect();
        audience.extend(before.iter().filter(|user| !gained.contains(user)));
        audience.sort_unstable();
        audience.dedup();
        self.touched.insert(id);
        self.tell(audience, "CHANNEL_UPDATE", shown);
        for user in gained {
            self.tell_threads_gained(user, &[id]);
        }
        Ok(())
    }

    fn apply_channel_fields(&self, channel: &mut Channel, body: &Value) -> Answer<()> {
        if let Some(topic) = body["topic"].as_str() {
            let most = if channel.kind == kind::FORUM {
                4096
            } else {
                1024
            };
            let mut form = FormErrors::default();
            form.length("topic", topic, 0, most);
            form.finish()?;
            channel.topic = Some(topic.to_owned());
        }
        if let Some(seconds) = body["rate_limit_per_user"].as_u64() {
            channel.slowmode_s = seconds;
        }
        if let Some(minutes) = body["default_auto_archive_duration"].as_u64() {
            channel.default_archive_minutes = Some(minutes);
        }
        if let Some(nsfw) = body["nsfw"].as_bool() {
            channel.nsfw = nsfw;
        }
        if let Some(flags) = body["flags"].as_u64() {
            channel.flags = flags;
        }
        if let Some(position) = body["position"].as_i64() {
            channel.position = position;
        }
        if let Some(tags) = body["available_tags"].as_array() {
            channel.tags = tags
                .iter()
                .enumerate()
                .map(|(index, tag)| {
                    let made = channel.id + 1 + u64::try_from(index).unwrap_or(0);
                    json!({
                        "id": snowflake::read(&tag["id"]).unwrap_or(made).to_string(),
                        "name": tag["name"],
                        "moderated": tag["moderated"].as_bool().unwrap_or(false),
                        "emoji_id": null,
                        "emoji_name": tag["emoji_name"],
                    })
                })
                .collect();
        }
        if let Some(rules) = body["permission_overwrites"].as_array() {
            channel.overwrites = rules
                .iter()
                .filter_map(|rule| self.overwrite(rule))
                .collect();
        }
        Ok(())
    }

    fn overwrite(&self, rule: &Value) -> Option<Overwrite> {
        let id = snowflake::read(&rule["id"])?;
        let bits = |value: &Value| {
            Permissions::from_bits_truncate(snowflake::read(value).unwrap_or_default())
        };
        let role = match rule["type"].as_u64() {
            Some(kind) => kind == 0,
            None => self.roles.contains_key(&id),
        };
        Some(Overwrite {
            id,
            role,
            allow: bits(&rule["allow"]),
            deny: bits(&rule["deny"]),
        })
    }

    /// Sets or removes one overwrite; the rest of the channel stays.
    pub(crate) fn put_overwrite(
        &mut self,
        actor: u64,
        channel: u64,
        target: u64,
        rule: Option<&Value>,
    ) -> Answer<()> {
        self.allowed(actor, channel, Permissions::MANAGE_ROLES)?;
        let mut list: Vec<Value> =
            self.channel_json(self.channel(channel)?)["permission_overwrites"]
                .as_array()
                .cloned()
                .unwrap_or_default();
        list.retain(|rule| snowflake::read(&rule["id"]) != Some(target));
        if let Some(rule) = rule {
            let mut rule = rule.clone();
            rule["id"] = json!(target.to_string());
            list.push(rule);
        }
        self.modify_channel(actor, channel, &json!({"permission_overwrites": list}))
    }

    /// Deletes a channel or a thread, with everything in it.
    pub(crate) fn delete_channel(&mut self, actor: u64, id: u64) -> Answer<Value> {
        let found = self.visible(actor, id)?;
        let thread = found.thread.is_some();
        let needed = if thread {
            Permissions::MANAGE_THREADS
        } else {
            Permissions::MANAGE_CHANNELS
        };
        let channel = self.allowed(actor, id, needed)?.clone();
        let shown = self.channel_json(&channel);
        let audience = self.viewers(id);
        let children: Vec<u64> = self
            .channels
            .values()
            .filter(|other| other.parent_id == Some(id) && other.thread.is_some())
            .map(|other| other.id)
            .collect();
        if self.switches.parent_deletion_tells_threads {
            for child in &children {
                self.tell_thread_delete(*child);
            }
        }
        self.webhooks.retain(|_, webhook| webhook.channel_id != id);
        for gone in children.into_iter().chain([id]) {
            self.channels.remove(&gone);
            self.messages.remove(&gone);
            self.ephemerals
                .retain(|_, message| message.channel_id != gone);
        }
        self.touched.insert(id);
        if thread {
            let gone = json!({
                "id": shown["id"], "guild_id": shown["guild_id"],
                "parent_id": shown["parent_id"], "type": shown["type"],
            });
            self.tell(audience, "THREAD_DELETE", gone);
        } else {
            self.tell(audience, "CHANNEL_DELETE", shown.clone());
        }
        Ok(shown)
    }

    /// Notes a change of name or topic. Discord allows two in ten minutes and shows that limit in no header.
    pub(crate) fn count_rename(&mut self, id: u64) -> Answer<()> {
        const WINDOW_MS: i64 = 600_000;
        let now = self.now_ms();
        let enforced = self.switches.rename_limit;
        let past = self.renames.entry(id).or_default();
        past.retain(|at| now - at < WINDOW_MS);
        if enforced && past.len() >= 2 {
            let wait_ms = past[0] + WINDOW_MS - now;
            return Err(Refusal {
                status: 429,
                code: 0,
                message: "You are being rate limited.".to_owned(),
                errors: Some(json!({"retry_after_ms": wait_ms})),
            });
        }
        past.push(now);
        Ok(())
    }
}

/// Text channels have lower-case names without blanks; forums and categories keep theirs.
fn plain_name(name: &str, kind: u64) -> String {
    if kind == u64::from(kind::CATEGORY) {
        return name.to_owned();
    }
    name.to_lowercase().replace(char::is_whitespace, "-")
}
