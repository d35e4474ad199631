//! What people do with the bot: commands, buttons, selects, modals, and what the bot is told of it.
//! How the bot answers is `responses`; by which way it is told is decided outside.

use rand::Rng as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use twilight_model::guild::Permissions;

use super::World;
use super::channels::Channel;
use super::command_rules::check_filled;
use super::components;
use crate::error::{Answer, FormErrors, Refusal};
use crate::snowflake;

/// Discord's numbers for the kinds of interaction.
pub(crate) mod interaction_kind {
    pub(crate) const COMMAND: u64 = 2;
    pub(crate) const COMPONENT: u64 = 3;
    pub(crate) const AUTOCOMPLETE: u64 = 4;
    pub(crate) const MODAL: u64 = 5;
}

/// How far an interaction has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Progress {
    /// The bot has three seconds.
    Waiting,
    /// A message is promised.
    Deferred,
    /// Answered for good, or with more to follow.
    Answered,
    /// The bot was silent too long, or its endpoint answered badly.
    Failed,
}

/// One interaction.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Interaction {
    pub(crate) id: u64,
    pub(crate) token: String,
    pub(crate) kind: u64,
    pub(crate) person: u64,
    pub(crate) channel_id: u64,
    /// The message whose component was used.
    pub(crate) message_id: Option<u64>,
    pub(crate) data: Value,
    pub(crate) created_ms: i64,
    pub(crate) progress: Progress,
    /// The kind of the first answer.
    #[serde(default)]
    pub(crate) answered_by: Option<u64>,
    /// The message that `@original` names.
    pub(crate) original: Option<u64>,
    /// Suggestions, if it asked for some.
    pub(crate) choices: Option<Value>,
    /// The client's own mark.
    pub(crate) nonce: Option<Value>,
}

/// A modal on somebody's screen.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct OpenModal {
    pub(crate) interaction_id: u64,
    pub(crate) channel_id: u64,
    pub(crate) message_id: Option<u64>,
    pub(crate) custom_id: String,
    pub(crate) title: String,
    pub(crate) components: Vec<Value>,
}

impl World {
    /// Starts an interaction in the shape in which real clients send it. The caller tells the bot.
    pub(crate) fn interact(&mut self, person: u64, body: &Value) -> Answer<u64> {
        let channel = snowflake::read(&body["channel_id"]).unwrap_or_default();
        let found = self.visible(person, channel)?;
        if snowflake::read(&body["application_id"]) != Some(self.application.id) {
            return Err(Refusal::of(10002));
        }
        if found.thread.as_ref().is_some_and(|thread| thread.archived) {
            return Err(Refusal::of(50083));
        }
        let kind = body["type"].as_u64().unwrap_or_default();
        let mut data = body["data"].clone();
        let mut message_id = None;
        match kind {
            interaction_kind::COMMAND | interaction_kind::AUTOCOMPLETE => {
                let is_typing = kind == interaction_kind::AUTOCOMPLETE;
                self.read_command(person, channel, &mut data, is_typing)?;
            }
            interaction_kind::COMPONENT => {
                let id = snowflake::read(&body["message_id"]).unwrap_or_default();
                self.read_component(person, channel, id, &mut data)?;
                message_id = Some(id);
            }
            interaction_kind::MODAL => message_id = self.read_modal(person, &mut data)?,
            _ => {
                let words = "Value must be one of (2, 3, 4, 5).";
                return Err(Refusal::field("type", "BASE_TYPE_CHOICES", words));
            }
        }
        let id = self.new_id();
        let interaction = Interaction {
            id,
            token: new_token(),
            kind,
            person,
            channel_id: channel,
            message_id,
            data,
            created_ms: self.now_ms(),
            progress: Progress::Waiting,
            answered_by: None,
            original: None,
            choices: None,
            nonce: Some(body["nonce"].clone()).filter(|nonce| !nonce.is_null()),
        };
        self.interactions.insert(id, interaction);
        self.touched.insert(channel);
        Ok(id)
    }

    fn read_command(
        &self,
        person: u64,
        channel: u64,
        data: &mut Value,
        is_typing: bool,
    ) -> Answer<()> {
        let id = snowflake::read(&data["id"]).unwrap_or_default();
        let Some(command) = self.command(id) else {
            return Err(Refusal::of(10063));
        };
        let granted = self.permissions_in(person, self.channel(channel)?);
        if !granted.contains(Permissions::USE_SLASH_COMMANDS) {
            return Err(Refusal::of(50013));
        }
        if let Some(bits) = snowflake::read(&command["default_member_permissions"]) {
            let needed = Permissions::from_bits_truncate(bits);
            let admin = granted.contains(Permissions::ADMINISTRATOR);
            if !admin && (bits == 0 || !granted.contains(needed)) {
                return Err(Refusal::of(50013));
            }
        }
        let mut form = FormErrors::default();
        check_filled(command, &data["options"], is_typing, &mut form);
        form.finish()?;
        let mut kept = json!({
            "id": id.to_string(), "name": command["name"], "type": command["type"],
            "options": data["options"].as_array().cloned().unwrap_or_default(),
        });
        if let Some(guild) = command.get("guild_id") {
            kept["guild_id"] = guild.clone();
        }
        let mut resolved = json!({});
        self.resolve_options(&kept["options"], &mut resolved);
        if let Some(target) = snowflake::read(&data["target_id"]) {
            kept["target_id"] = json!(target.to_string());
            if let Ok(message) = self.message(channel, target) {
                resolved["messages"] = json!({target.to_string(): self.message_json(message)});
            } else {
                self.resolve_user(target, &mut resolved);
            }
        }
        if resolved.as_object().is_some_and(|map| !map.is_empty()) {
            kept["resolved"] = resolved;
        }
        *data = kept;
        Ok(())
    }

    fn resolve_options(&self, options: &Value, resolved: &mut Value) {
        for option in options.as_array().into_iter().flatten() {
            self.resolve_options(&option["options"], resolved);
            let Some(id) = snowflake::read(&option["value"]) else {
                continue;
            };
            match option["type"].as_u64() {
                Some(6) => self.resolve_user(id, resolved),
                Some(7) => self.resolve_channel(id, resolved),
                Some(8) => self.resolve_role(id, resolved),
                Some(9) if self.roles.contains_key(&id) => self.resolve_role(id, resolved),
                Some(9) => self.resolve_user(id, resolved),
                _ => {}
            }
        }
    }

    fn resolve_user(&self, id: u64, resolved: &mut Value) {
        resolved["users"][id.to_string()] = self.user_json(id);
        if let Some(mut member) = self.bare_member_json(id) {
            let bits = self.guild_permissions(id).bits();
            member["permissions"] = json!(bits.to_string());
            if let Some(fields) = member.as_object_mut() {
                fields.remove("deaf");
                fields.remove("mute");
            }
            resolved["members"][id.to_string()] = member;
        }
    }

    fn resolve_role(&self, id: u64, resolved: &mut Value) {
        if let Some(role) = self.roles.get(&id) {
            resolved["roles"][id.to_string()] = super::people::role_json(role);
        }
    }

    fn resolve_channel(&self, id: u64, resolved: &mut Value) {
        if let Some(channel) = self.channels.get(&id) {
            resolved["channels"][id.to_string()] = self.channel_json(channel);
        }
    }

    fn read_component(&self, person: u64, channel: u64, id: u64, data: &mut Value) -> Answer<()> {
        let message = match self.ephemerals.get(&id) {
            Some(message) if message.only_for == Some(person) => message,
            _ => self.message(channel, id)?,
        };
        let wrong = || {
            let words = "Component validation failed";
            Refusal::field("data", "COMPONENT_VALIDATION_FAILED", words)
        };
        let custom_id = data["custom_id"].as_str().unwrap_or_default();
        let claimed = self.switches.trusts_controls.then(|| {
            let values = data["values"].as_array().into_iter().flatten();
            let options: Vec<Value> = values.map(|value| json!({"value": value})).collect();
            json!({"type": data["component_type"], "id": 1, "options": options})
        });
        let shown = components::find(&message.components, custom_id);
        let part = shown.or(claimed).ok_or_else(wrong)?;
        if part["disabled"] == json!(true) {
            return Err(wrong());
        }
        let kind = part["type"].as_u64().unwrap_or_default();
        let mut kept = json!({"component_type": kind, "custom_id": custom_id, "id": part["id"]});
        if kind != 2 {
            let values = data["values"].as_array().cloned().unwrap_or_default();
            let least = part["min_values"].as_u64().unwrap_or(1);
            let most = part["max_values"].as_u64().unwrap_or(1);
            let count = u64::try_from(values.len()).unwrap_or(u64::MAX);
            if count < least || count > most {
                return Err(wrong());
            }
            let mut resolved = json!({});
            for value in &values {
                let known = |option: &Value| option["value"] == *value;
                match (kind, snowflake::read(value)) {
                    (3, _)
                        if !part["options"]
                            .as_array()
                            .is_some_and(|list| list.iter().any(known)) =>
                    {
                        return Err(wrong());
                    }
                    (5, Some(id)) => self.resolve_user(id, &mut resolved),
                    (6, Some(id)) => self.resolve_role(id, &mut resolved),
                    (7, Some(id)) if self.roles.contains_key(&id) => {
                        self.resolve_role(id, &mut resolved)
                    }
                    (7, Some(id)) => self.resolve_user(id, &mut resolved),
                    (8, Some(id)) => self.resolve_channel(id, &mut resolved),
                    _ => {}
                }
            }
            kept["values"] = json!(values);
            if resolved.as_object().is_some_and(|map| !map.is_empty()) {
                kept["resolved"] = resolved;
            }
        }
        *data = kept;
        Ok(())
    }

    /// Closes the person's modal. What is submitted mirrors the shape that was shown.
    fn read_modal(&mut self, person: u64, data: &mut Value) -> Answer<Option<u64>> {
        let custom_id = data["custom_id"].as_str().unwrap_or_default();
        let shown = self.modals.get(&person);
        let Some(modal) = shown.filter(|modal| modal.custom_id == custom_id) else {
            return if self.switches.trusts_controls {
                Ok(None)
            } else {
                Err(Refusal::of(10062))
            };
        };
        let submitted = data["components"].as_array().cloned().unwrap_or_default();
        let given: Vec<Value> = submitted.iter().flat_map(components::inputs).collect();
        let mut form = FormErrors::default();
        let mut shape = Vec::new();
        for part in &modal.components {
            let answers: Vec<Value> = components::inputs(part)
                .iter()
                .map(|input| answer_to(input, &given, &mut form))
                .collect();
            let mut shown = json!({"type": part["type"], "id": part["id"]});
            match answers.first() {
                Some(first) if part["component"].is_object() => shown["component"] = first.clone(),
                _ if part["components"].is_array() => shown["components"] = json!(answers),
                _ => {}
            }
            shape.push(shown);
        }
        form.finish()?;
        let message = modal.message_id;
        *data = json!({"custom_id": custom_id, "components": shape});
        self.modals.remove(&person);
        Ok(message)
    }

    /// Closes the person's modal without sending it.
    pub(crate) fn dismiss_modal(&mut self, person: u64) {
        if let Some(modal) = self.modals.remove(&person) {
            self.touched.insert(modal.channel_id);
        }
    }

    /// INTERACTION_CREATE, or the body of its HTTP twin.
    pub(crate) fn interaction_json(&self, interaction: &Interaction) -> Value {
        let guild = self.guild.id.to_string();
        let here = self.channels.get(&interaction.channel_id);
        let bits = |user| {
            here.map_or(0, |c: &Channel| self.permissions_in(user, c).bits())
                .to_string()
        };
        let mut member = self.member_json(interaction.person).unwrap_or_default();
        member["permissions"] = json!(bits(interaction.person));
        let mut channel = here.map(|c| self.channel_json(c)).unwrap_or_default();
        channel["permissions"] = json!(bits(interaction.person));
        let mut shown = json!({
            "id": interaction.id.to_string(),
            "application_id": self.application.id.to_string(),
            "type": interaction.kind,
            "data": interaction.data,
            "token": interaction.token,
            "version": 1,
            "guild": {"id": guild, "locale": "en-US", "features": []},
            "guild_id": guild,
            "guild_locale": "en-US",
            "channel_id": interaction.channel_id.to_string(),
            "channel": channel,
            "member": member,
            "app_permissions": bits(self.bot_id()),
            "locale": "en-US",
            "entitlements": [],
            "entitlement_sku_ids": [],
            "authorizing_integration_owners": {"0": guild},
            "context": 0,
            "attachment_size_limit": 10_485_760,
        });
        if let Some(id) = interaction.message_id {
            let message = self
                .messages
                .get(&interaction.channel_id)
                .and_then(|list| list.get(&id));
            if let Some(message) = message.or_else(|| self.ephemerals.get(&id)) {
                shown["message"] = self.message_json(message);
            }
        }
        shown
    }

    /// An interaction as the world's record shows it.
    pub(crate) fn interaction_record(&self, interaction: &Interaction) -> Value {
        json!({
            "id": interaction.id.to_string(),
            "token": interaction.token,
            "type": interaction.kind,
            "person": interaction.person.to_string(),
            "channel_id": interaction.channel_id.to_string(),
            "message_id": interaction.message_id.map(|id| id.to_string()),
            "data": interaction.data,
            "progress": self.progress(interaction),
            "answered_by": interaction.answered_by,
            "original": interaction.original.map(|id| id.to_string()),
            "choices": interaction.choices,
            "nonce": interaction.nonce,
        })
    }
}

/// The submitted answer to one input, or a complaint.
fn answer_to(input: &Value, given: &[Value], form: &mut FormErrors) -> Value {
    let id = &input["custom_id"];
    let answer = given.iter().find(|answer| answer["custom_id"] == *id);
    if input["type"] != json!(4) {
        let values = answer
            .map(|answer| answer["values"].clone())
            .unwrap_or_default();
        return json!({"type": input["type"], "custom_id": id, "values": values, "id": input["id"]});
    }
    let text = answer
        .and_then(|answer| answer["value"].as_str())
        .unwrap_or_default();
    let path = format!("data.components.{}", id.as_str().unwrap_or_default());
    let needed = input["required"].as_bool().unwrap_or(true);
    let length = |key: &str, otherwise: u64| {
        usize::try_from(input[key].as_u64().unwrap_or(otherwise)).unwrap_or(4000)
    };
    if needed || !text.is_empty() {
        let least = length("min_length", u64::from(needed)).max(usize::from(needed));
        form.length(&path, text, least, length("max_length", 4000));
    }
    json!({"type": 4, "custom_id": id, "value": text, "id": input["id"]})
}

/// A token nobody guesses.
pub(crate) fn new_token() -> String {
    let mut rng = rand::rng();
    let mut bytes = [0_u8; 24];
    rng.fill(&mut bytes);
    super::attachments::hex(&bytes)
}
