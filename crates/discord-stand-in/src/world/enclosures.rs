//! What a message can carry besides text: forwarded messages, polls, stickers, resolved links.
//! It reads and shows them as far as a reader of messages meets them; nobody votes here.

use serde_json::{Value, json};
use twilight_model::guild::Permissions;

use super::World;
use super::messages::{Message, message_kind};
use crate::clock::iso;
use crate::error::{Answer, FormErrors, Refusal};
use crate::snowflake;

/// The flag of a message that forwards another.
pub(crate) const HAS_SNAPSHOT: u64 = 1 << 14;
/// Stickers that a message may carry.
const MOST_STICKERS: usize = 3;

impl World {
    /// The forwarded message, as it was at this moment.
    pub(crate) fn snapshot(&self, actor: u64, channel: u64, id: u64) -> Answer<Value> {
        self.allowed(actor, channel, Permissions::READ_MESSAGE_HISTORY)?;
        let message = self.message(channel, id).map_err(|_| {
            let words = "Unknown message";
            Refusal::field("message_reference", "MESSAGE_REFERENCE_UNKNOWN", words)
        })?;
        if !message.is_said() || message.poll.is_some() {
            let words = "This message cannot be forwarded.";
            let code = "MESSAGE_REFERENCE_CANNOT_FORWARD";
            return Err(Refusal::field("message_reference", code, words));
        }
        let whole = self.message_json(message);
        let mut kept = json!({});
        for key in [
            "type",
            "content",
            "embeds",
            "attachments",
            "timestamp",
            "edited_timestamp",
            "flags",
            "mentions",
            "mention_roles",
            "components",
            "sticker_items",
        ] {
            if let Some(value) = whole.get(key) {
                kept[key] = value.clone();
            }
        }
        Ok(json!({"message": kept}))
    }

    /// Reads a poll from a request.
    pub(crate) fn read_poll(&self, given: &Value) -> Answer<Option<Value>> {
        if !given.is_object() {
            return Ok(None);
        }
        let mut form = FormErrors::default();
        let question = given["question"]["text"].as_str().unwrap_or_default();
        form.length("poll.question.text", question, 1, 300);
        let answers = given["answers"].as_array().cloned().unwrap_or_default();
        if answers.is_empty() || answers.len() > 10 {
            let words = "Must be between 1 and 10 in length.";
            form.add("poll.answers", "BASE_TYPE_BAD_LENGTH", words);
        }
        for (index, answer) in answers.iter().enumerate() {
            let text = answer["poll_media"]["text"].as_str().unwrap_or_default();
            form.length(
                &format!("poll.answers.{index}.poll_media.text"),
                text,
                1,
                55,
            );
        }
        form.finish()?;
        let hours = i64::try_from(given["duration"].as_u64().unwrap_or(24)).unwrap_or(24);
        let expires_ms = self.now_ms() + hours.clamp(1, 768) * 3_600_000;
        let answers: Vec<Value> = answers
            .iter()
            .enumerate()
            .map(|(index, answer)| {
                let text = &answer["poll_media"]["text"];
                json!({"answer_id": index + 1, "poll_media": {"text": text}})
            })
            .collect();
        Ok(Some(json!({
            "question": {"text": question},
            "answers": answers,
            "expiry": iso(expires_ms),
            "allow_multiselect": given["allow_multiselect"].as_bool().unwrap_or(false),
            "layout_type": 1,
            "results": {"is_finalized": false, "answer_counts": []},
        })))
    }

    /// Ends a poll before its time: the message changes, and a notice of the result follows.
    pub(crate) fn end_poll(&mut self, actor: u64, channel: u64, id: u64) -> Answer<()> {
        self.visible(actor, channel)?;
        let message = self.message_mut(channel, id)?;
        let Some(poll) = &mut message.poll else {
            return Err(Refusal::of(520_001));
        };
        if message.author_id != actor {
            return Err(Refusal::of(50013));
        }
        if poll["results"]["is_finalized"] == json!(true) {
            return Err(Refusal::of(520_001));
        }
        poll["results"]["is_finalized"] = json!(true);
        let question = poll["question"]["text"].clone();
        self.tell_message_update(channel, id);
        let mut notice = self.system_message(channel, actor, message_kind::POLL_RESULT);
        notice.reference = Some(json!({
            "type": 0, "message_id": id.to_string(), "channel_id": channel.to_string(),
            "guild_id": self.guild.id.to_string(),
        }));
        let field =
            |name: &str, value: &Value| json!({"name": name, "value": value, "inline": false});
        notice.embeds = vec![json!({
            "type": "poll_result",
            "fields": [
                field("poll_question_text", &question),
                field("victor_answer_votes", &json!("0")),
                field("total_votes", &json!("0")),
            ],
        })];
        self.add_message(notice);
        Ok(())
    }

    /// Links in a message show what is behind them: a MESSAGE_UPDATE that is no edit.
    pub(crate) fn unfurl(&mut self, channel: u64, id: u64, embed: &Value) -> Answer<()> {
        let embed = if embed.is_object() {
            embed.clone()
        } else {
            json!({
                "type": "link", "url": "https://example.org/", "title": "Example",
                "description": "What is behind the link.",
            })
        };
        let message = self.message_mut(channel, id)?;
        message.embeds.push(embed);
        self.touched.insert(channel);
        self.tell_message_update(channel, id);
        Ok(())
    }

    /// Tells the bot of a thread that it knows, as Discord does now and then.
    pub(crate) fn tell_thread_again(&mut self, thread: u64) -> Answer<()> {
        let bot = self.bot_id();
        let found = self.channel(thread)?;
        if found.thread.is_none() {
            return Err(Refusal::of(50024));
        }
        let shown = self.channel_json_for(bot, found);
        if self.can_view(bot, thread) {
            self.tell(vec![bot], "THREAD_CREATE", shown);
        }
        Ok(())
    }

    /// Refuses what the guild's AutoMod does not let pass. Those who manage the guild may say anything.
    pub(crate) fn check_words(&self, actor: u64, text: Option<&str>) -> Answer<()> {
        self.check_against(actor, text, &self.switches.blocked_words, 200_000)
    }

    /// The same for the name of a thread.
    pub(crate) fn check_title(&self, actor: u64, name: Option<&str>) -> Answer<()> {
        self.check_against(actor, name, &self.switches.blocked_names, 200_001)
    }

    fn check_against(
        &self,
        actor: u64,
        text: Option<&str>,
        list: &[String],
        code: u32,
    ) -> Answer<()> {
        let Some(text) = text.filter(|_| !list.is_empty()) else {
            return Ok(());
        };
        let exempt = Permissions::MANAGE_GUILD;
        if self.guild_permissions(actor).contains(exempt) {
            return Ok(());
        }
        let text = text.to_lowercase();
        if list.iter().any(|word| text.contains(&word.to_lowercase())) {
            return Err(Refusal::of(code));
        }
        Ok(())
    }
}

/// The stickers that a request asks for; any id names one.
pub(crate) fn read_stickers(given: Option<&Value>) -> Answer<Vec<Value>> {
    let ids = snowflake::read_list(given);
    if ids.len() > MOST_STICKERS {
        let words = "Must be 3 or fewer in length.";
        return Err(Refusal::field("sticker_ids", "BASE_TYPE_MAX_LENGTH", words));
    }
    let sticker = |id: u64| json!({"id": id.to_string(), "name": "Wave", "format_type": 1});
    Ok(ids.into_iter().map(sticker).collect())
}

impl Message {
    /// Whether it says something without text, embeds or files.
    pub(crate) fn encloses(&self) -> bool {
        !self.snapshots.is_empty() || self.poll.is_some() || !self.stickers.is_empty()
    }
}
