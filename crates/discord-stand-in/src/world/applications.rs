//! The application behind the bot: its switches, its signing key, its registered commands.
//! What people do with the commands is `interactions`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use ed25519_dalek::{Signer, SigningKey};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::World;
use super::attachments::hex;
use super::command_rules::{check_command, most_of};
use super::seed::SIGNING_SEED;
use crate::error::{Answer, FormErrors, Refusal};

/// Commands that one scope may gain within a day.
const MOST_NEW: usize = 200;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// The application. Its id is its bot's id too.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Application {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) description: String,
    /// Privileged intents, as switched in the portal.
    pub(crate) message_content: bool,
    pub(crate) guild_members: bool,
    /// Where interactions are posted; over the gateway, if nowhere.
    pub(crate) endpoint_url: Option<String>,
    /// Where sign-in may lead back to, as listed in the portal.
    #[serde(default)]
    pub(crate) redirect_uris: Vec<String>,
}

/// Registered commands, in Discord's shape.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Commands {
    pub(crate) global: Vec<Value>,
    pub(crate) guild: BTreeMap<u64, Vec<Value>>,
    /// When commands of new names were registered.
    #[serde(default)]
    made_ms: Vec<i64>,
}

impl Application {
    pub(crate) fn new(id: u64) -> Self {
        Self {
            id,
            name: "Threadline".to_owned(),
            description: "Every ticket is also a thread.".to_owned(),
            message_content: true,
            guild_members: true,
            endpoint_url: None,
            redirect_uris: Vec::new(),
        }
    }

    /// The key that clients verify with.
    pub(crate) fn public_key(&self) -> String {
        // Curves are slow, and the key never changes.
        static KEY: OnceLock<String> = OnceLock::new();
        let made = || hex(signing_key().verifying_key().as_bytes());
        KEY.get_or_init(made).clone()
    }

    /// The signature of an interaction that is posted at `timestamp`.
    pub(crate) fn sign(timestamp: &str, body: &[u8]) -> String {
        let signed = [timestamp.as_bytes(), body].concat();
        hex(&signing_key().sign(&signed).to_bytes())
    }

    /// `flags`: the privileged intents, in the form for bots in few guilds.
    fn flags(&self) -> u64 {
        let content = u64::from(self.message_content) << 19;
        let members = u64::from(self.guild_members) << 15;
        content | members
    }
}

fn signing_key() -> SigningKey {
    SigningKey::from_bytes(&SIGNING_SEED)
}

impl World {
    /// The application as its bot sees it.
    pub(crate) fn application_json(&self) -> Value {
        let app = &self.application;
        let owner = self.user_json(self.guild.owner_id);
        json!({
            "id": app.id.to_string(),
            "name": app.name,
            "icon": null,
            "description": app.description,
            "summary": "",
            "type": null,
            "bot": self.user_json(app.id),
            "bot_public": false,
            "bot_require_code_grant": false,
            "verify_key": app.public_key(),
            "flags": app.flags(),
            "flags_new": app.flags().to_string(),
            "owner": owner,
            "team": null,
            "redirect_uris": app.redirect_uris,
            "interactions_endpoint_url": app.endpoint_url,
            "role_connections_verification_url": null,
            "approximate_guild_count": 1,
            "approximate_user_install_count": 0,
            "approximate_user_authorization_count": 0,
            "explicit_content_filter": 0,
            "eligible_oauth2_scopes": [],
            "integration_types_config": {"0": {}},
            "hook": true,
        })
    }

    /// The part of the application that READY carries.
    pub(crate) fn application_stub(&self) -> Value {
        json!({"id": self.application.id.to_string(), "flags": self.application.flags()})
    }

    fn scope(&mut self, guild: Option<u64>) -> Answer<&mut Vec<Value>> {
        match guild {
            None => Ok(&mut self.commands.global),
            Some(id) if id == self.guild.id => Ok(self.commands.guild.entry(id).or_default()),
            Some(_) => Err(Refusal::of(50001)),
        }
    }

    /// The commands of a scope.
    pub(crate) fn commands_in(&mut self, guild: Option<u64>) -> Answer<Vec<Value>> {
        Ok(self.scope(guild)?.clone())
    }

    /// Replaces all commands of a scope; those that keep their name keep their id.
    pub(crate) fn put_commands(
        &mut self,
        guild: Option<u64>,
        list: &[Value],
    ) -> Answer<Vec<Value>> {
        for kind in [1, 2, 3] {
            let of = |command: &&Value| command["type"].as_u64().unwrap_or(1) == kind;
            if list.iter().filter(of).count() > most_of(kind) {
                return Err(Refusal::of(30032));
            }
        }
        let mut form = FormErrors::default();
        for (index, command) in list.iter().enumerate() {
            check_command(command, &format!("{index}."), &mut form);
            if list[..index].iter().any(|other| is_same(other, command)) {
                let words = "Application command names must be unique";
                let code = "APPLICATION_COMMANDS_DUPLICATE_NAME";
                form.add(&format!("{index}.name"), code, words);
            }
        }
        form.finish()?;
        let known = self.scope(guild)?.clone();
        let new = list
            .iter()
            .filter(|command| known.iter().all(|other| !is_same(other, command)));
        self.count_new(new.count())?;
        let old = std::mem::take(self.scope(guild)?);
        let made: Vec<Value> = list
            .iter()
            .map(|c| self.make_command(guild, c, &old))
            .collect();
        self.scope(guild)?.clone_from(&made);
        self.touched.insert(0);
        Ok(made)
    }

    /// Registers one command, or replaces the one of its name. True if it is new.
    pub(crate) fn post_command(
        &mut self,
        guild: Option<u64>,
        body: &Value,
    ) -> Answer<(Value, bool)> {
        let mut form = FormErrors::default();
        check_command(body, "", &mut form);
        form.finish()?;
        let old = self.scope(guild)?.clone();
        if old.iter().all(|known| !is_same(known, body)) {
            let kind = body["type"].as_u64().unwrap_or(1);
            let of = |command: &&Value| command["type"] == json!(kind);
            if old.iter().filter(of).count() >= most_of(kind) {
                return Err(Refusal::of(30032));
            }
            self.count_new(1)?;
        }
        let made = self.make_command(guild, body, &old);
        let scope = self.scope(guild)?;
        let before = scope.len();
        scope.retain(|command| command["id"] != made["id"]);
        let new = scope.len() == before;
        scope.push(made.clone());
        self.touched.insert(0);
        Ok((made, new))
    }

    /// Changes a registered command.
    pub(crate) fn patch_command(
        &mut self,
        guild: Option<u64>,
        id: u64,
        body: &Value,
    ) -> Answer<Value> {
        let version = self.new_id();
        let found = self
            .scope(guild)?
            .iter_mut()
            .find(|c| c["id"] == json!(id.to_string()));
        let Some(command) = found else {
            return Err(Refusal::of(10063));
        };
        let mut changed = command.clone();
        for (key, value) in body.as_object().into_iter().flatten() {
            changed[key] = value.clone();
        }
        let mut form = FormErrors::default();
        check_command(&changed, "", &mut form);
        form.finish()?;
        changed["version"] = json!(version.to_string());
        *command = changed.clone();
        Ok(changed)
    }

    /// Removes a registered command.
    pub(crate) fn delete_command(&mut self, guild: Option<u64>, id: u64) -> Answer<()> {
        let scope = self.scope(guild)?;
        let before = scope.len();
        scope.retain(|command| command["id"] != json!(id.to_string()));
        if scope.len() == before {
            return Err(Refusal::of(10063));
        }
        self.touched.insert(0);
        Ok(())
    }

    /// A registered command by its id.
    pub(crate) fn command(&self, id: u64) -> Option<&Value> {
        let id = json!(id.to_string());
        let everywhere = self
            .commands
            .global
            .iter()
            .chain(self.commands.guild.values().flatten());
        everywhere.into_iter().find(|command| command["id"] == id)
    }

    /// Counts commands of new names against the day's limit.
    fn count_new(&mut self, new: usize) -> Answer<()> {
        let now = self.now_ms();
        let made = &mut self.commands.made_ms;
        made.retain(|at| now - at < DAY_MS);
        if made.len() + new > MOST_NEW {
            return Err(Refusal::of(30034));
        }
        made.extend(std::iter::repeat_n(now, new));
        Ok(())
    }

    fn make_command(&mut self, guild: Option<u64>, body: &Value, old: &[Value]) -> Value {
        let kind = body["type"].as_u64().unwrap_or(1);
        let known = old
            .iter()
            .find(|c| c["name"] == body["name"] && c["type"] == json!(kind));
        let known = known.map(|command| command["id"].clone());
        let id = known.unwrap_or_else(|| json!(self.new_id().to_string()));
        let version = self.new_id().to_string();
        let mut made = json!({
            "id": id,
            "application_id": self.application.id.to_string(),
            "version": version,
            "type": kind,
            "name": body["name"],
            "name_localizations": body["name_localizations"],
            "description": body["description"].as_str().unwrap_or_default(),
            "description_localizations": body["description_localizations"],
            "default_member_permissions": body["default_member_permissions"],
            "dm_permission": body["dm_permission"].as_bool().unwrap_or(true),
            "nsfw": body["nsfw"].as_bool().unwrap_or(false),
            "integration_types": body["integration_types"].as_array().cloned().unwrap_or_else(|| vec![json!(0)]),
        });
        if body["options"].is_array() {
            made["options"] = body["options"].clone();
        }
        match guild {
            Some(guild) => made["guild_id"] = json!(guild.to_string()),
            None => made["contexts"] = body["contexts"].clone(),
        }
        made
    }
}

fn is_same(one: &Value, other: &Value) -> bool {
    let kind = |command: &Value| command["type"].as_u64().unwrap_or(1);
    one["name"] == other["name"] && kind(one) == kind(other)
}
