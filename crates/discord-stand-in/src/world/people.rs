//! The guild, its roles, its people and the bot.
//! Who someone is and how that looks on the wire; what they may do is `permissions`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use twilight_model::guild::Permissions;

use super::World;
use crate::clock::iso;
use crate::error::{Answer, Refusal};

/// The one guild.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Guild {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) owner_id: u64,
    /// Whether the bot was thrown out.
    pub(crate) bot_removed: bool,
    /// Who was a member once, and what they were then.
    #[serde(default)]
    pub(crate) gone: BTreeMap<u64, Member>,
    /// Whether the guild is out of reach.
    #[serde(default)]
    pub(crate) outage: bool,
}

/// A role. The one that has the guild's id is @everyone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Role {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) color: u32,
    pub(crate) hoist: bool,
    pub(crate) position: i64,
    pub(crate) permissions: Permissions,
    pub(crate) mentionable: bool,
    /// The bot that brought this role along.
    pub(crate) bot_id: Option<u64>,
}

/// A person, or the bot.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) id: u64,
    pub(crate) username: String,
    pub(crate) global_name: Option<String>,
    pub(crate) bot: bool,
    /// Without the `Bot ` in front.
    pub(crate) token: String,
}

impl User {
    /// The name that others read.
    pub(crate) fn shown_name(&self) -> &str {
        self.global_name.as_deref().unwrap_or(&self.username)
    }
}

/// A user's membership of the guild.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Member {
    pub(crate) nick: Option<String>,
    pub(crate) roles: Vec<u64>,
    pub(crate) joined_ms: i64,
}

pub(crate) fn role_json(role: &Role) -> Value {
    let mut shown = json!({
        "id": role.id.to_string(),
        "name": role.name,
        "color": role.color,
        "colors": {"primary_color": role.color, "secondary_color": null, "tertiary_color": null},
        "hoist": role.hoist,
        "icon": null,
        "unicode_emoji": null,
        "position": role.position,
        "permissions": role.permissions.bits().to_string(),
        "managed": role.bot_id.is_some(),
        "mentionable": role.mentionable,
        "flags": 0,
    });
    if let Some(bot) = role.bot_id {
        shown["tags"] = json!({"bot_id": bot.to_string()});
    }
    shown
}

impl World {
    /// The id of the bot's user, which is the application's id too.
    pub(crate) fn bot_id(&self) -> u64 {
        self.application.id
    }

    pub(crate) fn is_bot(&self, user: u64) -> bool {
        user == self.bot_id()
    }

    /// A user as others see them.
    pub(crate) fn user_json(&self, id: u64) -> Value {
        match self.users.get(&id) {
            Some(user) => {
                let mut shown = json!({
                    "id": user.id.to_string(),
                    "username": user.username,
                    "global_name": user.global_name,
                    "discriminator": if user.bot { "4242" } else { "0" },
                    "avatar": null,
                    "banner": null,
                    "accent_color": null,
                    "avatar_decoration_data": null,
                    "public_flags": 0,
                    "flags": 0,
                    "primary_guild": null,
                });
                if user.bot {
                    shown["bot"] = json!(true);
                }
                shown
            }
            None => json!({
                "id": id.to_string(), "username": "Deleted User", "global_name": null,
                "discriminator": "0", "avatar": null, "public_flags": 0, "flags": 0,
                "primary_guild": null,
            }),
        }
    }

    /// A user as they see themselves.
    pub(crate) fn own_user_json(&self, id: u64) -> Value {
        let mut shown = self.user_json(id);
        shown["locale"] = json!("en-US");
        shown["mfa_enabled"] = json!(!self.is_bot(id) || self.switches.owner_has_mfa);
        shown["verified"] = json!(true);
        shown["flags"] = json!(0);
        shown["premium_type"] = json!(0);
        shown
    }

    /// A membership without its user, as messages carry it.
    pub(crate) fn bare_member_json(&self, id: u64) -> Option<Value> {
        let member = self.members.get(&id)?;
        let roles: Vec<String> = member.roles.iter().map(u64::to_string).collect();
        Some(json!({
            "roles": roles,
            "nick": member.nick,
            "avatar": null,
            "banner": null,
            "premium_since": null,
            "joined_at": iso(member.joined_ms),
            "pending": false,
            "flags": 0,
            "deaf": false,
            "mute": false,
            "communication_disabled_until": null,
        }))
    }

    /// A membership with its user.
    pub(crate) fn member_json(&self, id: u64) -> Option<Value> {
        let mut shown = self.bare_member_json(id)?;
        shown["user"] = self.user_json(id);
        Some(shown)
    }

    /// Whether the user has the staff role.
    pub(crate) fn is_staff(&self, user: u64) -> bool {
        self.members
            .get(&user)
            .is_some_and(|member| member.roles.contains(&super::seed::SUPPORT_ROLE))
    }

    /// The guild without what only the gateway sends.
    pub(crate) fn guild_json(&self) -> Value {
        let roles: Vec<Value> = self.roles.values().map(role_json).collect();
        json!({
            "id": self.guild.id.to_string(),
            "name": self.guild.name,
            "icon": null,
            "description": null,
            "home_header": null,
            "splash": null,
            "discovery_splash": null,
            "features": [],
            "banner": null,
            "owner_id": self.guild.owner_id.to_string(),
            "application_id": null,
            "region": "deprecated",
            "afk_channel_id": null,
            "afk_timeout": 300,
            "system_channel_id": null,
            "system_channel_flags": 0,
            "widget_enabled": false,
            "widget_channel_id": null,
            "verification_level": 1,
            "roles": roles,
            "default_message_notifications": 1,
            "mfa_level": self.switches.mfa_level,
            "explicit_content_filter": 0,
            "max_presences": null,
            "max_members": 500_000,
            "max_video_channel_users": 25,
            "max_stage_video_channel_users": 50,
            "vanity_url_code": null,
            "premium_tier": 0,
            "premium_subscription_count": 0,
            "preferred_locale": "en-US",
            "rules_channel_id": null,
            "safety_alerts_channel_id": null,
            "public_updates_channel_id": null,
            "premium_progress_bar_enabled": false,
            "nsfw": false,
            "nsfw_level": 0,
            "emojis": [],
            "stickers": [],
            "incidents_data": null,
        })
    }

    /// The guild as GUILD_CREATE brings it to `viewer`.
    pub(crate) fn guild_create_json(&self, viewer: u64) -> Value {
        let mut shown = self.guild_json();
        let mut channels = Vec::new();
        let mut threads = Vec::new();
        for channel in self.channels.values() {
            if !self.can_view(viewer, channel.id) {
                continue;
            }
            let mut shown = self.channel_json(channel);
            match &channel.thread {
                Some(thread) if !thread.archived => {
                    if let Some(own) = self.thread_member_json(channel.id, viewer) {
                        shown["member"] = own;
                    }
                    threads.push(shown);
                }
                Some(_) => {}
                None => channels.push(shown),
            }
        }
        let members: Vec<Value> = self
            .members
            .keys()
            .filter_map(|id| self.member_json(*id))
            .collect();
        let joined = self.members.get(&viewer).map_or(0, |own| own.joined_ms);
        shown["joined_at"] = json!(iso(joined));
        shown["large"] = json!(false);
        shown["unavailable"] = json!(false);
        shown["member_count"] = json!(members.len());
        shown["voice_states"] = json!([]);
        shown["members"] = json!(members);
        shown["channels"] = json!(channels);
        shown["threads"] = json!(threads);
        shown["presences"] = json!([]);
        shown["stage_instances"] = json!([]);
        shown["guild_scheduled_events"] = json!([]);
        shown["soundboard_sounds"] = json!([]);
        shown
    }

    /// Gives a role to a member, or takes it away.
    pub(crate) fn set_member_role(
        &mut self,
        actor: u64,
        user: u64,
        role: u64,
        has: bool,
    ) -> Answer<()> {
        if !self
            .guild_permissions(actor)
            .contains(Permissions::MANAGE_ROLES)
        {
            return Err(Refusal::of(50013));
        }
        if !self.roles.contains_key(&role) || role == self.guild.id {
            return Err(Refusal::of(10011));
        }
        let Some(member) = self.members.get(&user) else {
            return Err(Refusal::of(10007));
        };
        let had = member.roles.contains(&role);
        if had == has {
            return Ok(());
        }
        let before = self.sights();
        let Some(member) = self.members.get_mut(&user) else {
            return Err(Refusal::of(10007));
        };
        if has {
            member.roles.push(role);
        } else {
            member.roles.retain(|other| *other != role);
        }
        self.tell_member_update(user);
        self.tell_sights_gained(&before);
        Ok(())
    }

    /// Gives a member another name here, or theirs back.
    pub(crate) fn rename_member(
        &mut self,
        actor: u64,
        user: u64,
        nick: Option<String>,
    ) -> Answer<()> {
        let needed = if actor == user {
            Permissions::CHANGE_NICKNAME
        } else {
            Permissions::MANAGE_NICKNAMES
        };
        if !self.guild_permissions(actor).contains(needed) {
            return Err(Refusal::of(50013));
        }
        let Some(member) = self.members.get_mut(&user) else {
            return Err(Refusal::of(10007));
        };
        member.nick = nick;
        self.tell_member_update(user);
        Ok(())
    }

    /// Tells everybody how a member is now.
    pub(crate) fn tell_member_update(&mut self, user: u64) {
        if let Some(mut shown) = self.member_json(user) {
            shown["guild_id"] = json!(self.guild.id.to_string());
            self.tell_all("GUILD_MEMBER_UPDATE", shown);
        }
        self.touched.insert(0);
    }

    /// Throws a member out.
    pub(crate) fn remove_member(&mut self, actor: u64, user: u64) -> Answer<()> {
        if actor != user
            && !self
                .guild_permissions(actor)
                .contains(Permissions::KICK_MEMBERS)
        {
            return Err(Refusal::of(50013));
        }
        let Some(member) = self.members.remove(&user) else {
            return Err(Refusal::of(10007));
        };
        self.guild.gone.insert(user, member);
        let guild_id = self.guild.id.to_string();
        for channel in self.channels.values_mut() {
            if let Some(thread) = &mut channel.thread {
                thread.members.remove(&user);
            }
        }
        if self.is_bot(user) {
            self.guild.bot_removed = true;
            self.tell(vec![user], "GUILD_DELETE", json!({"id": guild_id}));
        }
        let shown = json!({"guild_id": guild_id, "user": self.user_json(user)});
        self.tell_all("GUILD_MEMBER_REMOVE", shown);
        self.touched.insert(0);
        Ok(())
    }
}
