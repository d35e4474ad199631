//! Messages, however they were told.

use super::member::{WireMember, WireUser, roles};
use crate::custom_id;
use desk::bridge::{RemoteAuthor, RemoteFile, RemoteMessage};
use domain::{AttachmentId, DiscordMessageId, DiscordUserId, ThreadId, TicketId, Timestamp};
use serde::Deserialize;
use serde_json::Value;
use serenity::all::{
    AttachmentId as DiscordAttachmentId, ChannelId as Id, MessageId, Timestamp as DiscordTimestamp,
    UserId,
};

/// Messages that people wrote: plain ones, replies, and the two kinds that answer commands.
const SPEECH: [u8; 4] = [0, 19, 20, 23];
/// Of these, one that answers another message.
const REPLY: u8 = 19;

#[derive(Deserialize)]
struct WireFile {
    id: DiscordAttachmentId,
    /// What it was called when it was sent; the other name is tidied for an address.
    title: Option<String>,
    #[serde(default)]
    filename: String,
    size: u64,
    url: String,
}

impl WireFile {
    fn told(self) -> RemoteFile {
        RemoteFile {
            id: AttachmentId::from(self.id.get()),
            name: self.name(),
            size: self.size,
            url: self.url,
        }
    }

    /// A title lacks the ending, which says with what the file is opened.
    fn name(&self) -> String {
        let ending = self.filename.rsplit_once('.').map(|(_, ending)| ending);
        match (
            self.title.as_deref().filter(|title| !title.is_empty()),
            ending,
        ) {
            (Some(title), Some(ending)) if !title.ends_with(&format!(".{ending}")) => {
                format!("{title}.{ending}")
            }
            (Some(title), _) => title.to_owned(),
            (None, _) => self.filename.clone(),
        }
    }
}

#[derive(Deserialize)]
struct WireSticker {
    name: String,
}

/// The words of a poll, of its question or of an answer.
#[derive(Deserialize, Default)]
struct WirePollWords {
    text: Option<String>,
    emoji: Option<WirePollEmoji>,
}

#[derive(Deserialize)]
struct WirePollEmoji {
    name: Option<String>,
}

#[derive(Deserialize)]
struct WirePollAnswer {
    #[serde(default)]
    poll_media: WirePollWords,
}

#[derive(Deserialize)]
struct WirePoll {
    #[serde(default)]
    question: WirePollWords,
    #[serde(default)]
    answers: Vec<WirePollAnswer>,
}

/// Where a message points: to one that it answers, or to one that it forwards.
#[derive(Deserialize)]
struct WireReference {
    #[serde(rename = "type")]
    kind: Option<u8>,
    message_id: Option<MessageId>,
}

/// What is said, in a message or in one that was forwarded with it.
#[derive(Deserialize)]
struct WireWords {
    #[serde(default)]
    content: String,
    #[serde(default)]
    attachments: Vec<WireFile>,
    #[serde(default)]
    sticker_items: Option<Vec<WireSticker>>,
    poll: Option<WirePoll>,
}

/// A forwarded message, in Discord's wrapping or in serenity's, which has none.
#[derive(Deserialize)]
#[serde(untagged)]
enum WireSnapshot {
    Wrapped { message: WireWords },
    Bare(WireWords),
}

#[derive(Deserialize)]
struct WireMessage {
    id: MessageId,
    channel_id: Id,
    author: WireUser,
    #[serde(flatten)]
    words: WireWords,
    edited_timestamp: Option<DiscordTimestamp>,
    #[serde(rename = "type")]
    kind: u8,
    nonce: Option<Value>,
    webhook_id: Option<Value>,
    member: Option<WireMember>,
    message_snapshots: Option<Vec<WireSnapshot>>,
    #[serde(default)]
    components: Option<Value>,
    message_reference: Option<WireReference>,
}

/// A message, or `None` when it lacks what every whole message has.
pub(crate) fn message(value: Value, us: Option<UserId>) -> Option<RemoteMessage> {
    let wire: WireMessage = serde_json::from_value(value).ok()?;
    let mut files = Vec::new();
    let mut lines = lines(wire.words, &mut files);
    for snapshot in wire.message_snapshots.unwrap_or_default() {
        let (WireSnapshot::Wrapped { message } | WireSnapshot::Bare(message)) = snapshot;
        lines.push("Forwarded:".to_owned());
        lines.extend(self::lines(message, &mut files));
    }
    let (nick, roles) = match wire.member {
        Some(member) => (member.nick, Some(roles(member.roles))),
        None => (None, None),
    };
    let author = RemoteAuthor {
        user: DiscordUserId::from(wire.author.id.get()),
        is_us: us == Some(wire.author.id),
        is_bot: wire.author.bot.unwrap_or(false) || wire.webhook_id.is_some_and(|id| !id.is_null()),
        avatar: wire.author.picture(),
        name: wire.author.name(nick),
        roles,
    };
    Some(RemoteMessage {
        id: DiscordMessageId::from(wire.id.get()),
        channel: ThreadId::from(wire.channel_id.get()),
        author,
        content: lines.join("\n"),
        files,
        edited_at: wire.edited_timestamp.and_then(timestamp),
        nonce: wire.nonce.and_then(nonce),
        replies_to: wire
            .message_reference
            .filter(|_| wire.kind == REPLY)
            .filter(|reference| reference.kind.is_none_or(|kind| kind == 0))
            .and_then(|reference| reference.message_id)
            .map(|id| DiscordMessageId::from(id.get())),
        is_speech: SPEECH.contains(&wire.kind),
        card: wire.components.and_then(|rows| card_of(&rows)),
    })
}

/// The ticket that the buttons under a message act on.
fn card_of(rows: &Value) -> Option<TicketId> {
    rows.as_array()?
        .iter()
        .filter_map(|row| row["components"].as_array())
        .flatten()
        .filter_map(|button| button["custom_id"].as_str())
        .filter_map(custom_id::read)
        .find_map(|control| control.ticket())
}

/// What is said in text; the files go to `files`.
fn lines(words: WireWords, files: &mut Vec<RemoteFile>) -> Vec<String> {
    let text = Some(words.content).filter(|text| !text.is_empty());
    files.extend(words.attachments.into_iter().map(WireFile::told));
    let stickers = words
        .sticker_items
        .unwrap_or_default()
        .into_iter()
        .map(|sticker| format!("Sticker: {}", sticker.name));
    let poll = words.poll.map(poll).unwrap_or_default();
    text.into_iter().chain(stickers).chain(poll).collect()
}

/// A poll as lines: the question, and the answers that one can give.
fn poll(poll: WirePoll) -> Vec<String> {
    let question = poll_words(poll.question).map(|question| format!("Poll: {question}"));
    let answers = poll.answers.into_iter();
    let answers = answers.filter_map(|answer| poll_words(answer.poll_media));
    question
        .into_iter()
        .chain(answers.map(|answer| format!("- {answer}")))
        .collect()
}

fn poll_words(words: WirePollWords) -> Option<String> {
    let emoji = words.emoji.and_then(|emoji| emoji.name);
    let parts: Vec<_> = [emoji, words.text].into_iter().flatten().collect();
    Some(parts.join(" ")).filter(|words| !words.trim().is_empty())
}

fn nonce(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn timestamp(at: DiscordTimestamp) -> Option<Timestamp> {
    let micros = at.unix_timestamp_nanos() / 1_000;
    i64::try_from(micros).ok().map(Timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn wire() -> Value {
        json!({
            "id": "9000", "channel_id": "800", "type": 0, "content": "hello", "tts": false,
            "author": {"id": "5", "username": "mira", "global_name": "Mira", "avatar": "0123456789abcdef0123456789abcdef"},
            "member": {"nick": "Mira (support)", "roles": ["77"], "flags": 0},
            "timestamp": "2026-11-21T12:48:00.000000+00:00",
            "edited_timestamp": "2026-11-21T12:48:01.000250+00:00",
            "attachments": [{
                "id": "1", "filename": "Gru_e.png", "title": "Grüße", "size": 3,
                "url": "https://cdn.discordapp.com/attachments/800/1/Gru_e.png?ex=1&",
            }],
            "nonce": "n-1", "something_new": {"deep": [1]},
        })
    }

    #[test]
    fn a_live_message_is_read_with_all_that_it_tells() {
        let read = message(wire(), Some(UserId::new(6))).unwrap();
        assert_eq!(read.id, DiscordMessageId(9000));
        assert_eq!(read.channel, ThreadId(800));
        assert_eq!(read.author.name, "Mira (support)");
        assert_eq!(read.author.roles, Some(vec![domain::RoleId(77)]));
        assert_eq!(
            read.author.avatar.as_deref(),
            Some(
                "https://cdn.discordapp.com/avatars/5/0123456789abcdef0123456789abcdef.png?size=64"
            )
        );
        assert!(!read.author.is_us && !read.author.is_bot && read.is_speech);
        assert_eq!(read.content, "hello");
        let [file] = &read.files[..] else {
            panic!("{:?}", read.files);
        };
        assert_eq!((file.id, file.size), (AttachmentId(1), 3));
        assert_eq!(file.name, "Grüße.png");
        assert!(file.url.ends_with("?ex=1&"));
        assert_eq!(read.edited_at, Some(Timestamp(1_795_265_281_000_250)));
        assert_eq!(read.nonce.as_deref(), Some("n-1"));
    }

    #[test]
    fn a_page_of_history_tells_less_and_is_read_too() {
        let mut page = wire();
        page.as_object_mut()
            .unwrap()
            .retain(|key, _| key != "member" && key != "nonce");
        page["edited_timestamp"] = Value::Null;
        let read = message(page, Some(UserId::new(5))).unwrap();
        assert_eq!(read.author.name, "Mira");
        assert_eq!(read.author.roles, None);
        assert!(read.author.is_us);
        assert_eq!(read.edited_at, None);
    }

    #[test]
    fn stickers_and_forwards_are_said_in_words() {
        let mut forward = wire();
        forward["content"] = json!("");
        forward["attachments"] = json!([]);
        forward["sticker_items"] = json!([{"id": "3", "name": "Wave", "format_type": 1}]);
        let inner = json!({
            "content": "from elsewhere", "type": 0,
            "attachments": [{"id": "2", "filename": "a.txt", "size": 1, "url": "https://x"}],
        });
        for snapshot in [json!({"message": inner}), inner.clone()] {
            forward["message_snapshots"] = json!([snapshot]);
            let read = message(forward.clone(), None).unwrap();
            assert_eq!(read.content, "Sticker: Wave\nForwarded:\nfrom elsewhere");
            assert_eq!(read.files[0].name, "a.txt");
        }
    }

    #[test]
    fn a_poll_is_said_in_lines() {
        let mut value = wire();
        value["attachments"] = json!([]);
        value["content"] = json!("");
        value["poll"] = json!({
            "question": {"text": "Which one?"},
            "answers": [
                {"answer_id": 1, "poll_media": {"text": "The red one", "emoji": {"id": null, "name": "🔴"}}},
                {"answer_id": 2, "poll_media": {"text": "Neither"}},
            ],
            "expiry": "2026-11-22T12:48:00.000000+00:00", "allow_multiselect": false, "layout_type": 1,
        });
        let expected = "Poll: Which one?\n- 🔴 The red one\n- Neither";
        assert_eq!(message(value.clone(), None).unwrap().content, expected);
        value["poll"] = json!({"question": {}, "something_new": 1});
        assert_eq!(message(value, None).unwrap().content, "");
    }

    #[test]
    fn a_reply_names_what_it_answers_and_a_forward_answers_nothing() {
        let mut value = wire();
        value["message_reference"] =
            json!({"message_id": "8999", "channel_id": "800", "guild_id": "1"});
        let read = |value: &Value| message(value.clone(), None).unwrap().replies_to;
        assert_eq!(
            read(&value),
            None,
            "a plain message with a reference is no reply"
        );
        value["type"] = json!(19);
        assert_eq!(read(&value), Some(DiscordMessageId(8999)));
        value["message_reference"]["type"] = json!(1);
        assert_eq!(read(&value), None);
    }

    #[test]
    fn only_what_people_wrote_is_speech() {
        for kind in 0..=50_u8 {
            let mut value = wire();
            value["type"] = json!(kind);
            let read = message(value, None).unwrap();
            assert_eq!(read.is_speech, [0, 19, 20, 23].contains(&kind), "{kind}");
        }
    }

    #[test]
    fn programs_are_known_as_such() {
        let mut webhook = wire();
        webhook["webhook_id"] = json!("12");
        assert!(message(webhook, None).unwrap().author.is_bot);
        let mut bot = wire();
        bot["author"]["bot"] = json!(true);
        assert!(message(bot, None).unwrap().author.is_bot);
    }

    #[test]
    fn serenitys_own_form_reads_the_same() {
        let mut value = wire();
        for (key, filler) in [
            ("mention_everyone", json!(false)),
            ("mentions", json!([])),
            ("mention_roles", json!([])),
            ("embeds", json!([])),
            ("pinned", json!(false)),
            ("attachments", json!([])),
        ] {
            value[key] = filler;
        }
        let typed: serenity::all::Message = serde_json::from_value(value.clone()).unwrap();
        let again = serde_json::to_value(&typed).unwrap();
        assert_eq!(message(again, None), message(value, None));
    }

    #[test]
    fn half_a_message_is_none() {
        assert_eq!(
            message(json!({"id": "1", "channel_id": "2", "embeds": []}), None),
            None
        );
    }
}
