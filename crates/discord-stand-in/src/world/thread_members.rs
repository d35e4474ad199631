//! Who is in a thread: joining, adding, leaving, removing, and the notices of it.
//! Whether somebody may see a thread is `permissions`.

use serde_json::{Value, json};
use twilight_model::guild::Permissions;

use super::World;
use super::messages::message_kind;
use crate::clock::iso;
use crate::error::{Answer, Refusal};

impl World {
    /// A user's membership of a thread.
    pub(crate) fn thread_member_json(&self, thread: u64, user: u64) -> Option<Value> {
        let inner = self.channels.get(&thread)?.thread.as_ref()?;
        let since = inner.members.get(&user)?;
        Some(json!({
            "id": thread.to_string(), "user_id": user.to_string(),
            "join_timestamp": iso(*since), "flags": 0, "muted": false, "mute_config": null,
        }))
    }

    /// Adds `user` to the thread at the wish of `actor`. Adding twice is fine.
    pub(crate) fn add_thread_member(&mut self, actor: u64, thread: u64, user: u64) -> Answer<()> {
        let found = self.visible(actor, thread)?;
        let Some(inner) = &found.thread else {
            return Err(Refusal::of(50024));
        };
        if inner.archived {
            return Err(Refusal::of(50083));
        }
        if !self.members.contains_key(&user) {
            let known = self.users.contains_key(&user);
            return Err(Refusal::of(if known { 10007 } else { 10013 }));
        }
        if inner.members.contains_key(&user) {
            return Ok(());
        }
        let moderates = self.moderates(actor, thread);
        if inner.locked && !moderates {
            return Err(Refusal::of(160_005));
        }
        let private = found.is_private();
        if actor != user {
            if !self.may(actor, thread, Permissions::SEND_MESSAGES_IN_THREADS) {
                return Err(Refusal::of(50013));
            }
            if private && inner.invitable == Some(false) && !moderates {
                return Err(Refusal::of(50013));
            }
            let parent = found.parent_id.unwrap_or_default();
            if !self.can_view(user, parent) {
                return Err(Refusal::of(50001));
            }
        }
        if inner.members.len() >= self.switches.thread_members {
            return Err(Refusal::of(30033));
        }
        self.join(thread, user);
        if actor != user {
            let mut notice = self.system_message(thread, actor, message_kind::RECIPIENT_ADD);
            notice.mentions = vec![user];
            self.add_message(notice);
        }
        Ok(())
    }

    /// Puts the user into the thread without asking, and tells of it.
    pub(crate) fn join(&mut self, thread: u64, user: u64) {
        let now = self.now_ms();
        let Some(inner) = self
            .channels
            .get_mut(&thread)
            .and_then(|c| c.thread.as_mut())
        else {
            return;
        };
        let full = inner.members.len() >= self.switches.thread_members;
        if full || inner.members.insert(user, now).is_some() {
            return;
        }
        if let Some(channel) = self.channels.get(&thread) {
            let shown = self.channel_json_for(user, channel);
            self.tell(vec![user], "THREAD_CREATE", shown);
        }
        let added = self.thread_member_json(thread, user).map(|mut added| {
            added["member"] = json!(self.member_json(user));
            added["presence"] = Value::Null;
            added
        });
        self.tell_members(thread, &added.into_iter().collect::<Vec<_>>(), &[], &[]);
    }

    /// Takes `user` out of the thread at the wish of `actor`.
    pub(crate) fn remove_thread_member(
        &mut self,
        actor: u64,
        thread: u64,
        user: u64,
    ) -> Answer<()> {
        let found = self.visible(actor, thread)?;
        let Some(inner) = &found.thread else {
            return Err(Refusal::of(50024));
        };
        if inner.archived {
            return Err(Refusal::of(50083));
        }
        let owner_of_private = found.is_private() && inner.owner_id == actor;
        if actor != user && !owner_of_private && !self.moderates(actor, thread) {
            return Err(Refusal::of(50013));
        }
        if !inner.members.contains_key(&user) {
            return Err(Refusal::of(10007));
        }
        let saw = self.viewers(thread);
        if let Some(inner) = self
            .channels
            .get_mut(&thread)
            .and_then(|c| c.thread.as_mut())
        {
            inner.members.remove(&user);
        }
        self.tell_members(thread, &[], &[user.to_string()], &saw);
        if actor != user {
            let mut notice = self.system_message(thread, actor, message_kind::RECIPIENT_REMOVE);
            notice.mentions = vec![user];
            self.add_message(notice);
        }
        Ok(())
    }

    /// THREAD_MEMBERS_UPDATE for those who see the thread now, and for those who `saw` it before.
    fn tell_members(&mut self, thread: u64, added: &[Value], removed: &[String], saw: &[u64]) {
        let count = self
            .channels
            .get(&thread)
            .and_then(|channel| channel.thread.as_ref())
            .map_or(0, |inner| inner.members.len().min(50));
        let mut shown = json!({
            "id": thread.to_string(), "guild_id": self.guild.id.to_string(), "member_count": count,
        });
        if !added.is_empty() {
            shown["added_members"] = json!(added);
        }
        if !removed.is_empty() {
            shown["removed_member_ids"] = json!(removed);
        }
        let mut audience = self.viewers(thread);
        audience.extend(saw);
        audience.sort_unstable();
        audience.dedup();
        self.touched.insert(thread);
        self.tell(audience, "THREAD_MEMBERS_UPDATE", shown);
    }
}
