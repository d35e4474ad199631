//! What the bot says to one person alone, and the log of who added it.
//! A direct message has no guild, no permissions and no thread; only a person's own door can be shut.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use twilight_model::guild::Permissions;

use super::World;
use crate::clock::iso;
use crate::error::{Answer, Refusal};
use crate::snowflake;

/// The audit log's number for a bot that was added.
const BOT_ADD: &str = "28";

/// What was said to one person.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Direct {
    pub(crate) user: u64,
    /// Each with its nonce.
    pub(crate) said: Vec<(String, Value)>,
}

impl World {
    /// The channel between the bot and a user; the same each time.
    pub(crate) fn open_direct(&mut self, bot: u64, user: u64) -> Answer<Value> {
        if user == bot || !self.users.contains_key(&user) {
            return Err(Refusal::of(10013));
        }
        let known = self.directs.iter().find(|(_, direct)| direct.user == user);
        let id = match known.map(|(id, _)| *id) {
            Some(id) => id,
            None => {
                let id = self.new_id();
                let said = Vec::new();
                self.directs.insert(id, Direct { user, said });
                id
            }
        };
        Ok(json!({
            "id": id.to_string(), "type": 1, "last_message_id": null, "flags": 0,
            "recipients": [self.user_json(user)],
        }))
    }

    /// Says something there. An enforced nonce gives the earlier message.
    pub(crate) fn say_directly(&mut self, bot: u64, channel: u64, body: &Value) -> Answer<Value> {
        let content = body["content"].as_str().unwrap_or_default().to_owned();
        if content.is_empty() {
            return Err(Refusal::of(50006));
        }
        let id = self.new_id();
        let now = iso(self.now_ms());
        let author = self.user_json(bot);
        let direct = self.directs.get_mut(&channel);
        let direct = direct.ok_or_else(|| Refusal::of(10003))?;
        if self.shut.contains(&direct.user) {
            return Err(Refusal::of(50007));
        }
        let nonce = body["nonce"].as_str().unwrap_or_default().to_owned();
        if let Some((_, earlier)) = direct.said.iter().find(|(known, _)| *known == nonce) {
            return Ok(earlier.clone());
        }
        let message = json!({
            "id": id.to_string(), "channel_id": channel.to_string(), "type": 0,
            "content": content, "author": author, "timestamp": now, "edited_timestamp": null,
            "tts": false, "mention_everyone": false, "mentions": [], "mention_roles": [],
            "attachments": [], "embeds": [], "pinned": false, "flags": 0, "components": [],
        });
        direct.said.push((nonce, message.clone()));
        self.touched.insert(0);
        Ok(message)
    }

    /// What `GET /guilds/{id}/audit-logs` says: that the owner added the bot.
    pub(crate) fn audit_log(&self, me: u64, kind: Option<&str>) -> Answer<Value> {
        if !self
            .guild_permissions(me)
            .contains(Permissions::VIEW_AUDIT_LOG)
        {
            return Err(Refusal::of(50013));
        }
        let is_wanted = kind.is_none_or(|kind| kind == BOT_ADD);
        let entry = json!({
            "id": snowflake::at_ms(snowflake::time_ms(self.guild.id)).to_string(),
            "action_type": 28,
            "user_id": self.guild.owner_id.to_string(),
            "target_id": self.bot_id().to_string(),
        });
        let entries: Vec<Value> = is_wanted.then_some(entry).into_iter().collect();
        Ok(json!({
            "audit_log_entries": entries, "application_commands": [],
            "auto_moderation_rules": [], "guild_scheduled_events": [], "integrations": [],
            "threads": [], "users": [self.user_json(self.guild.owner_id)], "webhooks": [],
        }))
    }
}
