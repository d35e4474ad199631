//! What admins do to roles and to the bot: change roles, throw the bot out and fetch it back, switch the guild off.
//! Who thereby gains sight of channels is told of the threads there; who loses it hears nothing, as with Discord.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use twilight_model::guild::Permissions;

use super::World;
use super::people::{Role, role_json};
use super::permissions::Overwrite;
use crate::error::{Answer, Refusal};
use crate::snowflake;

/// By member: the channels (not threads) that they see.
pub(crate) type Sights = BTreeMap<u64, BTreeSet<u64>>;

impl World {
    /// Who sees which channel now, to be compared with what a change makes of it.
    pub(crate) fn sights(&self) -> Sights {
        let seen = |user: u64| {
            let channels = self.channels.values();
            channels
                .filter(|c| c.thread.is_none() && self.can_view(user, c.id))
                .map(|c| c.id)
                .collect()
        };
        self.members
            .keys()
            .map(|user| (*user, seen(*user)))
            .collect()
    }

    /// THREAD_LIST_SYNC for those who see more channels than `before`.
    pub(crate) fn tell_sights_gained(&mut self, before: &Sights) {
        for (user, now) in self.sights() {
            let seen = before.get(&user);
            let gained: Vec<u64> = now
                .into_iter()
                .filter(|channel| seen.is_none_or(|seen| !seen.contains(channel)))
                .collect();
            if !gained.is_empty() {
                self.tell_threads_gained(user, &gained);
            }
        }
    }

    /// Makes a role.
    pub(crate) fn create_role(&mut self, actor: u64, body: &Value) -> Answer<Value> {
        self.check_role_rights(actor)?;
        let id = self.new_id();
        let everyone = self.roles.get(&self.guild.id);
        let mut role = Role {
            id,
            name: "new role".to_owned(),
            color: 0,
            hoist: false,
            position: 1,
            permissions: everyone.map_or(Permissions::empty(), |role| role.permissions),
            mentionable: false,
            bot_id: None,
        };
        apply(&mut role, body);
        let shown = role_json(&role);
        self.roles.insert(id, role);
        self.tell_role("GUILD_ROLE_CREATE", &shown);
        Ok(shown)
    }

    /// Changes a role as its body says.
    pub(crate) fn modify_role(&mut self, actor: u64, id: u64, body: &Value) -> Answer<Value> {
        self.check_role_rights(actor)?;
        self.change_role(id, |role| apply(role, body))
    }

    /// Changes a role, and tells of everything that follows from it.
    pub(crate) fn change_role(&mut self, id: u64, change: impl FnOnce(&mut Role)) -> Answer<Value> {
        let before = self.sights();
        let role = self.roles.get_mut(&id);
        let role = role.ok_or_else(|| Refusal::of(10011))?;
        change(role);
        let shown = role_json(role);
        self.tell_role("GUILD_ROLE_UPDATE", &shown);
        self.tell_sights_gained(&before);
        Ok(shown)
    }

    /// Deletes a role, and with it what it granted.
    pub(crate) fn delete_role(&mut self, actor: u64, id: u64) -> Answer<()> {
        self.check_role_rights(actor)?;
        let known = self.roles.get(&id).ok_or_else(|| Refusal::of(10011))?;
        if id == self.guild.id || known.bot_id.is_some() {
            return Err(Refusal::of(50028));
        }
        let before = self.sights();
        self.roles.remove(&id);
        let mut lost = Vec::new();
        for (user, member) in &mut self.members {
            if member.roles.contains(&id) {
                member.roles.retain(|role| *role != id);
                lost.push(*user);
            }
        }
        for channel in self.channels.values_mut() {
            channel.overwrites.retain(|rule| rule.id != id);
        }
        let gone = json!({"guild_id": self.guild.id.to_string(), "role_id": id.to_string()});
        self.tell_all("GUILD_ROLE_DELETE", gone);
        for user in lost {
            self.tell_member_update(user);
        }
        self.touched.insert(0);
        self.tell_sights_gained(&before);
        Ok(())
    }

    fn check_role_rights(&self, actor: u64) -> Answer<()> {
        let granted = self.guild_permissions(actor);
        if granted.contains(Permissions::MANAGE_ROLES) {
            Ok(())
        } else {
            Err(Refusal::of(50013))
        }
    }

    fn tell_role(&mut self, name: &'static str, role: &Value) {
        let shown = json!({"guild_id": self.guild.id.to_string(), "role": role});
        self.tell_all(name, shown);
        self.touched.insert(0);
    }

    /// Takes permissions from a role or gives them to it.
    pub(crate) fn set_rights(&mut self, role: u64, rights: Permissions, give: bool) -> Answer<()> {
        let change = |role: &mut Role| role.permissions.set(rights, give);
        self.change_role(role, change).map(drop)
    }

    /// Denies permissions to the bot in one channel by an overwrite of its own, or lifts that again.
    pub(crate) fn set_rights_in(
        &mut self,
        channel: u64,
        rights: Permissions,
        give: bool,
    ) -> Answer<()> {
        let bot = self.bot_id();
        let before = self.sights();
        let Some(found) = self.channels.get_mut(&channel) else {
            return Err(Refusal::of(10003));
        };
        if found.thread.is_some() {
            return Err(Refusal::of(50024));
        }
        let saw: Vec<u64> = before
            .iter()
            .filter(|(_, seen)| seen.contains(&channel))
            .map(|(user, _)| *user)
            .collect();
        let own = found.overwrites.iter_mut().find(|rule| rule.id == bot);
        match own {
            Some(rule) => rule.deny.set(rights, !give),
            None if !give => found.overwrites.push(Overwrite {
                id: bot,
                role: false,
                allow: Permissions::empty(),
                deny: rights,
            }),
            None => {}
        }
        found
            .overwrites
            .retain(|rule| rule.id != bot || !rule.deny.is_empty() || !rule.allow.is_empty());
        let shown = self.channel_json(self.channel(channel)?);
        let mut audience = self.viewers(channel);
        audience.extend(saw);
        audience.sort_unstable();
        audience.dedup();
        self.touched.insert(channel);
        self.tell(audience, "CHANNEL_UPDATE", shown);
        self.tell_sights_gained(&before);
        Ok(())
    }

    /// Somebody who was thrown out, or the bot, joins again. They have their roles back, and no thread.
    pub(crate) fn bring_back(&mut self, user: u64) -> Answer<()> {
        if self.members.contains_key(&user) {
            return Ok(());
        }
        let now = self.now_ms();
        let member = self.guild.gone.remove(&user);
        let mut member = member.ok_or_else(|| Refusal::of(10007))?;
        member.joined_ms = now;
        let others = self.members.keys().copied().collect();
        self.members.insert(user, member);
        self.guild.bot_removed &= !self.is_bot(user);
        let shown = self.guild_create_json(user);
        self.tell(vec![user], "GUILD_CREATE", shown);
        if let Some(mut arrived) = self.member_json(user) {
            arrived["guild_id"] = json!(self.guild.id.to_string());
            self.tell(others, "GUILD_MEMBER_ADD", arrived);
        }
        self.touched.insert(0);
        Ok(())
    }

    /// The guild falls out of Discord's reach, or comes back. REST answers all the same.
    pub(crate) fn set_outage(&mut self, out: bool) {
        if self.guild.outage == out {
            return;
        }
        self.guild.outage = out;
        if out {
            let gone = json!({"id": self.guild.id.to_string(), "unavailable": true});
            self.tell_all("GUILD_DELETE", gone);
        } else {
            let users: Vec<u64> = self.members.keys().copied().collect();
            for user in users {
                let shown = self.guild_create_json(user);
                self.tell(vec![user], "GUILD_CREATE", shown);
            }
        }
        self.touched.insert(0);
    }

    /// Gives the bot another token; the old one is worth nothing from now on.
    pub(crate) fn rotate_token(&mut self) -> String {
        let made = self.new_id();
        let token = format!("MTIwMDAwMDAwMDAwMDAwMDAzMQ.stand-in.rotated-{made}");
        let bot = self.bot_id();
        if let Some(user) = self.users.get_mut(&bot) {
            user.token.clone_from(&token);
        }
        self.touched.insert(0);
        token
    }

    /// Counts an IDENTIFY against the day's budget; false if nothing is left of it.
    pub(crate) fn spend_session_start(&mut self) -> bool {
        self.roll_session_starts();
        if self.session_starts.spent >= self.switches.session_starts {
            return false;
        }
        self.session_starts.spent += 1;
        true
    }

    /// What `GET /gateway/bot` says of the budget.
    pub(crate) fn session_starts_json(&mut self) -> Value {
        self.roll_session_starts();
        let total = self.switches.session_starts;
        json!({
            "total": total,
            "remaining": total.saturating_sub(self.session_starts.spent),
            "reset_after": (self.session_starts.resets_ms - self.now_ms()).max(0),
            "max_concurrency": 1,
        })
    }

    fn roll_session_starts(&mut self) {
        const DAY_MS: i64 = 86_400_000;
        let now = self.now_ms();
        if now >= self.session_starts.resets_ms {
            self.session_starts.spent = 0;
            self.session_starts.resets_ms = now + DAY_MS;
        }
    }
}

fn apply(role: &mut Role, body: &Value) {
    if let Some(name) = body["name"].as_str() {
        name.clone_into(&mut role.name);
    }
    if let Some(bits) = body.get("permissions").and_then(snowflake::read) {
        role.permissions = Permissions::from_bits_truncate(bits);
    }
    if let Some(color) = body["color"].as_u64() {
        role.color = u32::try_from(color).unwrap_or(role.color);
    }
    role.hoist = body["hoist"].as_bool().unwrap_or(role.hoist);
    role.mentionable = body["mentionable"].as_bool().unwrap_or(role.mentionable);
}

/// A permission by its name in Discord's documentation, or as a decimal set.
pub(crate) fn read_permission(text: &str) -> Option<Permissions> {
    let bits = text.parse().ok().map(Permissions::from_bits_truncate);
    bits.or_else(|| Permissions::from_name(text))
}
