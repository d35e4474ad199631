//! Threads as time and other eyes see them: going quiet, waking, who is told of which.
//! What people do to a thread on purpose is `threads`.

use serde_json::json;

use super::World;
use super::channels::Channel;
use super::threads::PINNED;

impl World {
    /// Tells of a thread as it is now; if it woke, its members of their membership too.
    pub(crate) fn tell_thread_update(&mut self, id: u64, woke: bool) {
        let Some(channel) = self.channels.get(&id) else {
            return;
        };
        let shown = self.channel_json(channel);
        let members: Vec<u64> = channel
            .thread
            .iter()
            .flat_map(|t| t.members.keys().copied())
            .collect();
        self.tell_viewers(id, "THREAD_UPDATE", shown);
        if woke {
            for user in members {
                if let Some(mut own) = self.thread_member_json(id, user) {
                    own["guild_id"] = json!(self.guild.id.to_string());
                    self.tell(vec![user], "THREAD_MEMBER_UPDATE", own);
                }
            }
        }
    }

    /// The guild's active threads that the viewer sees, newest first.
    pub(crate) fn active_threads(&self, viewer: u64) -> Vec<&Channel> {
        let all = self.channels.values().rev();
        let active = all.filter(|c| c.thread.as_ref().is_some_and(|thread| !thread.archived));
        active.filter(|c| self.can_view(viewer, c.id)).collect()
    }

    /// Tells a user of the threads below channels that they just gained sight of.
    pub(crate) fn tell_threads_gained(&mut self, user: u64, parents: &[u64]) {
        let mut threads = Vec::new();
        let mut members = Vec::new();
        for channel in self.active_threads(user) {
            if channel.parent_id.is_some_and(|id| parents.contains(&id)) {
                threads.push(self.channel_json(channel));
                members.extend(self.thread_member_json(channel.id, user));
            }
        }
        let shown = json!({
            "guild_id": self.guild.id.to_string(), "channel_ids": parents.iter().map(u64::to_string).collect::<Vec<_>>(),
            "threads": threads, "members": members,
        });
        self.tell(vec![user], "THREAD_LIST_SYNC", shown);
    }

    /// Tells of the end of a thread that still exists.
    pub(crate) fn tell_thread_delete(&mut self, id: u64) {
        if let Some(channel) = self.channels.get(&id) {
            let gone = json!({
                "id": id.to_string(), "guild_id": self.guild.id.to_string(),
                "parent_id": channel.parent_id.map(|id| id.to_string()), "type": channel.kind,
            });
            self.tell_viewers(id, "THREAD_DELETE", gone);
        }
    }

    /// Archives every thread that was quiet for its whole time.
    pub(crate) fn archive_quiet_threads(&mut self, now: i64) {
        let mut quiet = Vec::new();
        let mut next = i64::MAX;
        for channel in self.channels.values_mut() {
            let pinned = channel.flags & PINNED != 0;
            let active = channel.thread.as_mut();
            if let Some(thread) = active.filter(|thread| !thread.archived && !pinned) {
                let limit_ms = i64::try_from(thread.archive_minutes).unwrap_or(60) * 60_000;
                let due = thread.last_activity_ms + limit_ms;
                if now >= due {
                    thread.archived = true;
                    thread.archive_ms = now;
                    quiet.push(channel.id);
                } else {
                    next = next.min(due);
                }
            }
        }
        // What is said meanwhile only puts it off; what brings it nearer sets this back.
        self.quiet_from_ms = next;
        for id in quiet {
            self.tell_thread_update(id, false);
        }
    }

    /// Wakes an archived thread because somebody speaks in it.
    pub(crate) fn unarchive(&mut self, id: u64) {
        let now = self.now_ms();
        self.quiet_from_ms = 0;
        if let Some(thread) = self.channels.get_mut(&id).and_then(|c| c.thread.as_mut()) {
            thread.archived = false;
            thread.archive_ms = now;
            thread.last_activity_ms = now;
            self.tell_thread_update(id, true);
        }
    }
}
