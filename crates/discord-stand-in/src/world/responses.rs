//! How the bot answers interactions: callbacks, the promised message, follow-ups, their clocks.
//! It does not know whether the answer came over the callback route or inline from an endpoint.

use serde_json::{Value, json};

use super::World;
use super::attachments::Upload;
use super::command_rules::check_choices;
use super::components::{check_modal, tidy_components};
use super::drafts::{Draft, EPHEMERAL, LOADING};
use super::interactions::{Interaction, OpenModal, Progress, interaction_kind};
use super::mentions::Allowed;
use super::messages::{Message, message_kind};
use crate::error::{Answer, FormErrors, Refusal};

/// Time for the first answer.
const FIRST_ANSWER_MS: i64 = 3_000;
/// Life of a token that was answered in time.
const TOKEN_MS: i64 = 15 * 60 * 1000;

impl World {
    /// How far the interaction has come by now.
    pub(crate) fn progress(&self, interaction: &Interaction) -> Progress {
        let late = self.now_ms() - interaction.created_ms > FIRST_ANSWER_MS;
        match interaction.progress {
            Progress::Waiting if late => Progress::Failed,
            other => other,
        }
    }

    /// Marks an interaction as lost, because its endpoint answered badly.
    pub(crate) fn fail_interaction(&mut self, id: u64) {
        let waiting = self.interactions.get_mut(&id);
        if let Some(waiting) = waiting.filter(|known| known.progress == Progress::Waiting) {
            waiting.progress = Progress::Failed;
            self.touched.insert(waiting.channel_id);
        }
    }

    /// The first answer. Gives what `?with_response=true` shows.
    pub(crate) fn call_back(
        &mut self,
        id: u64,
        token: &str,
        body: &Value,
        files: Vec<Upload>,
    ) -> Answer<Value> {
        let known = self
            .interactions
            .get(&id)
            .filter(|known| known.token == token);
        let Some(interaction) = known.cloned() else {
            return Err(Refusal::of(10062));
        };
        match self.progress(&interaction) {
            Progress::Waiting => {}
            Progress::Failed => return Err(Refusal::of(10062)),
            Progress::Deferred | Progress::Answered => return Err(Refusal::of(40060)),
        }
        let kind = body["type"].as_u64().unwrap_or_default();
        let data = body["data"].clone();
        let from_component = interaction.message_id.is_some();
        let fits = match kind {
            4 | 5 => interaction.kind != interaction_kind::AUTOCOMPLETE,
            6 | 7 => from_component,
            8 => interaction.kind == interaction_kind::AUTOCOMPLETE,
            9 => matches!(
                interaction.kind,
                interaction_kind::COMMAND | interaction_kind::COMPONENT
            ),
            _ => false,
        };
        if !fits {
            let words = "Value must be one of the types that fit this interaction.";
            return Err(Refusal::field("type", "BASE_TYPE_CHOICES", words));
        }
        let mut progress = Progress::Answered;
        let mut original = None;
        match kind {
            4 => {
                original = Some(self.answer_with_message(
                    &interaction,
                    &data,
                    files,
                    interaction.message_id,
                )?)
            }
            5 => {
                let promise =
                    json!({"flags": data["flags"].as_u64().unwrap_or(0) & EPHEMERAL | LOADING});
                original = Some(self.answer_with_message(
                    &interaction,
                    &promise,
                    Vec::new(),
                    interaction.message_id,
                )?);
                progress = Progress::Deferred;
            }
            6 => original = interaction.message_id,
            7 => {
                original = interaction.message_id;
                self.edit_answer(&interaction, original.unwrap_or_default(), &data, files)?;
            }
            8 => self.suggest(id, &data)?,
            _ => self.open_modal(&interaction, &data)?,
        }
        if let Some(known) = self.interactions.get_mut(&id) {
            known.progress = progress;
            known.answered_by = Some(kind);
            known.original = original;
        }
        self.touched.insert(interaction.channel_id);
        Ok(self.callback_json(&interaction, kind, original))
    }

    fn callback_json(&self, interaction: &Interaction, kind: u64, original: Option<u64>) -> Value {
        let mut about = json!({"id": interaction.id.to_string(), "type": interaction.kind});
        let message = original.and_then(|id| self.answer(interaction.channel_id, id));
        if let Some(message) = message {
            about["response_message_id"] = json!(message.id.to_string());
            about["response_message_loading"] = json!(message.flags & LOADING != 0);
            about["response_message_ephemeral"] = json!(message.only_for.is_some());
            about["channel_id"] = json!(message.channel_id.to_string());
            about["guild_id"] = json!(self.guild.id.to_string());
            if matches!(kind, 4 | 7) {
                let resource = json!({"type": kind, "message": self.message_json(message)});
                return json!({"interaction": about, "resource": resource});
            }
        }
        json!({"interaction": about})
    }

    fn answer_with_message(
        &mut self,
        interaction: &Interaction,
        data: &Value,
        files: Vec<Upload>,
        replies_to: Option<u64>,
    ) -> Answer<u64> {
        let mut draft = Draft::read(data, files, Allowed::users_only())?;
        draft.flags = data["flags"].as_u64().unwrap_or(0);
        let id = self.new_id();
        let kind = match (interaction.kind, replies_to) {
            (interaction_kind::COMMAND, _) if interaction.data["type"] == json!(1) => {
                message_kind::COMMAND
            }
            (interaction_kind::COMMAND, _) => message_kind::CONTEXT_MENU,
            (_, Some(_)) => message_kind::REPLY,
            _ => message_kind::DEFAULT,
        };
        let mut message = Message::new(id, interaction.channel_id, self.bot_id(), kind);
        if let Some(target) = replies_to {
            message.referenced = Some((interaction.channel_id, target));
            message.reference = Some(json!({
                "type": 0, "message_id": target.to_string(),
                "channel_id": interaction.channel_id.to_string(),
                "guild_id": self.guild.id.to_string(),
            }));
        }
        message.interaction = Some(self.made_by(interaction));
        if data["flags"].as_u64().unwrap_or(0) & EPHEMERAL != 0 {
            message.only_for = Some(interaction.person);
        }
        self.add_answer(message, draft)
    }

    /// `interaction_metadata` of a message.
    fn made_by(&self, interaction: &Interaction) -> Value {
        let guild = self.guild.id.to_string();
        let mut made_by = json!({
            "id": interaction.id.to_string(),
            "type": interaction.kind,
            "user": self.user_json(interaction.person),
            "authorizing_integration_owners": {"0": guild},
        });
        if interaction.kind == interaction_kind::COMMAND {
            made_by["name"] = interaction.data["name"].clone();
            made_by["command_type"] = interaction.data["type"].clone();
        }
        if let Some(id) = interaction.message_id {
            made_by["interacted_message_id"] = json!(id.to_string());
        }
        if interaction.kind == interaction_kind::MODAL {
            made_by["triggering_interaction_metadata"] = json!({
                "id": interaction.id.to_string(), "type": 3,
                "user": self.user_json(interaction.person),
                "authorizing_integration_owners": {"0": guild},
                "interacted_message_id": interaction.message_id.unwrap_or(interaction.id).to_string(),
            });
        }
        made_by
    }

    fn suggest(&mut self, id: u64, data: &Value) -> Answer<()> {
        let choices = data["choices"].as_array().cloned().unwrap_or_default();
        if choices.len() > 25 {
            let words = "Must be 25 or fewer in length.";
            return Err(Refusal::field(
                "data.choices",
                "BASE_TYPE_MAX_LENGTH",
                words,
            ));
        }
        let typed = self
            .interactions
            .get(&id)
            .and_then(|known| focused(&known.data["options"]));
        let mut form = FormErrors::default();
        let kind = typed.and_then(|option| option["type"].as_u64());
        check_choices(&choices, kind.unwrap_or(3), "data.choices", &mut form);
        form.finish()?;
        if let Some(known) = self.interactions.get_mut(&id) {
            known.choices = Some(json!(choices));
        }
        Ok(())
    }

    fn open_modal(&mut self, interaction: &Interaction, data: &Value) -> Answer<()> {
        let mut form = FormErrors::default();
        check_modal(data, &mut form);
        form.finish()?;
        let text = |key: &str| data[key].as_str().unwrap_or_default().to_owned();
        let modal = OpenModal {
            interaction_id: interaction.id,
            channel_id: interaction.channel_id,
            message_id: interaction.message_id,
            custom_id: text("custom_id"),
            title: text("title"),
            components: tidy_components(data["components"].as_array().map_or(&[], Vec::as_slice)),
        };
        self.modals.insert(interaction.person, modal);
        Ok(())
    }

    /// The interaction of a token that is still alive.
    pub(crate) fn by_token(&self, application: u64, token: &str) -> Answer<Interaction> {
        let known = self
            .interactions
            .values()
            .find(|known| known.token == token);
        let Some(known) = known.filter(|_| application == self.application.id) else {
            return Err(Refusal::of(10015));
        };
        if self.now_ms() - known.created_ms > TOKEN_MS {
            return Err(Refusal::of(50027));
        }
        match self.progress(known) {
            Progress::Deferred | Progress::Answered => Ok(known.clone()),
            Progress::Waiting | Progress::Failed => Err(Refusal::of(10015)),
        }
    }

    /// A message that answers an interaction, whoever sees it.
    pub(crate) fn answer(&self, channel: u64, id: u64) -> Option<&Message> {
        let public = self.messages.get(&channel).and_then(|list| list.get(&id));
        public.or_else(|| self.ephemerals.get(&id))
    }

    /// Another answer. The first after a promise fills the promised message.
    pub(crate) fn follow_up(
        &mut self,
        interaction: &Interaction,
        body: &Value,
        files: Vec<Upload>,
    ) -> Answer<u64> {
        let promised = interaction
            .original
            .filter(|_| interaction.progress == Progress::Deferred);
        if let Some(id) = promised {
            self.edit_answer(interaction, id, body, files)?;
            return Ok(id);
        }
        self.answer_with_message(interaction, body, files, interaction.original)
    }

    /// Changes a message that answers an interaction, or the one whose component was used.
    pub(crate) fn edit_answer(
        &mut self,
        interaction: &Interaction,
        id: u64,
        body: &Value,
        files: Vec<Upload>,
    ) -> Answer<()> {
        if self.answer(interaction.channel_id, id).is_none() {
            return Err(Refusal::of(10008));
        }
        let draft = Draft::read(body, files, Allowed::users_only())?;
        self.apply_edit(interaction.channel_id, id, draft, body)?;
        let known = self.interactions.get_mut(&interaction.id);
        if let Some(known) = known.filter(|known| known.original == Some(id)) {
            known.progress = Progress::Answered;
        }
        Ok(())
    }

    /// Deletes a message that answers an interaction.
    pub(crate) fn delete_answer(&mut self, interaction: &Interaction, id: u64) -> Answer<()> {
        self.touched.insert(interaction.channel_id);
        if self.ephemerals.remove(&id).is_some() {
            return Ok(());
        }
        let bot = self.bot_id();
        self.message(interaction.channel_id, id)?;
        // The token grants this even where the bot could not see the channel.
        if self.can_view(bot, interaction.channel_id) {
            return self.delete_message(bot, interaction.channel_id, id);
        }
        if let Some(list) = self.messages.get_mut(&interaction.channel_id) {
            list.remove(&id);
        }
        Ok(())
    }
}

/// The option that somebody types into.
fn focused(options: &Value) -> Option<Value> {
    options.as_array()?.iter().find_map(|option| {
        if option["focused"] == json!(true) {
            return Some(option.clone());
        }
        focused(&option["options"])
    })
}
