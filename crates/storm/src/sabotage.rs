//! Ways to break the bridge on purpose, so that the proof is seen to fail.
//!
//! Each does from outside what a mistake in the bridge would do: to its requests, to what it hears,
//! or to what it finds in its database after a restart.

use crate::wire::{Call, Fate};
use connector::Answer;
use domain::NotesInDiscord;
use serde_json::{Value, json};

/// One mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Sabotage {
    /// Messages are sent without a nonce.
    NoNonce,
    /// A lost answer is not settled by reading back.
    NoReadBack,
    /// A lost thread is not searched for before another is made.
    NoThreadSearch,
    /// A try is not written down before it is made.
    SendBeforeCommit,
    /// What was missed while disconnected is not read.
    NoCatchUp,
    /// What was taken in is forgotten at a restart, so that it is taken in twice.
    NoUniqueKey,
    /// Edits of people are not seen.
    IgnoreEdits,
    /// Any older wording overwrites a newer one.
    EditsBackwards,
    /// Deletions are not seen.
    IgnoreDeletions,
    /// A lost answer counts as success.
    LostIsDone,
    /// "Slow down" counts as a refusal.
    SlowDownIsRefusal,
    /// Edits of posts are never made.
    NoPostEdits,
    /// Mentions fire.
    LetMentionsFire,
    /// Closing archives a thread and does not lock it.
    CloseWithoutLock,
    /// Posts that were taken back stay.
    KeepTakenBack,
    /// Posts go without their files.
    LoseFiles,
    /// What we may not see counts as deleted.
    UnseenIsDeleted,
    /// What staff write for themselves reaches the customer.
    NotesAreReplies,
    /// A forum's posts get no tags.
    NoTags,
    /// No thread ever makes room for another.
    NoRoomMade,
}

impl Sabotage {
    /// Every mistake.
    pub const ALL: [Self; 20] = [
        Self::NoNonce,
        Self::NoReadBack,
        Self::NoThreadSearch,
        Self::SendBeforeCommit,
        Self::NoCatchUp,
        Self::NoUniqueKey,
        Self::IgnoreEdits,
        Self::EditsBackwards,
        Self::IgnoreDeletions,
        Self::LostIsDone,
        Self::SlowDownIsRefusal,
        Self::NoPostEdits,
        Self::LetMentionsFire,
        Self::CloseWithoutLock,
        Self::KeepTakenBack,
        Self::LoseFiles,
        Self::UnseenIsDeleted,
        Self::NotesAreReplies,
        Self::NoTags,
        Self::NoRoomMade,
    ];

    /// An answer that Discord does not give.
    pub fn instead(self, call: &Call) -> Option<Value> {
        let (path, method) = (call.path.as_str(), call.method);
        let reads = method == "GET" && path.ends_with("/messages");
        let newest = reads && !call.params.iter().any(|(name, _)| name == "after");
        match self {
            // The outbox reads for no other reason.
            Self::NoReadBack if reads && call.by_outbox => Some(json!([])),
            Self::NoThreadSearch if path.contains("/threads/") && method == "GET" => {
                Some(json!({"threads": [], "members": [], "has_more": false}))
            }
            Self::NoCatchUp if reads && !newest => Some(json!([])),
            Self::NoPostEdits if method == "PATCH" && path.contains("/messages/") => {
                Some(json!({"id": "1"}))
            }
            Self::KeepTakenBack if method == "DELETE" && path.contains("/messages/") => {
                Some(Value::Null)
            }
            _ => None,
        }
    }

    /// A request as it would be made by mistake.
    pub fn bend_request(self, method: &str, body: &mut Value) {
        let Some(fields) = body.as_object_mut() else {
            return;
        };
        match self {
            Self::NoNonce => {
                fields.remove("nonce");
                fields.remove("enforce_nonce");
            }
            Self::LetMentionsFire => {
                fields.remove("allowed_mentions");
            }
            Self::CloseWithoutLock if method == "PATCH" && fields.contains_key("locked") => {
                fields.insert("locked".to_owned(), json!(false));
            }
            Self::NoTags => {
                fields.remove("applied_tags");
            }
            Self::NoRoomMade if !fields.contains_key("locked") => {
                fields.remove("archived");
            }
            _ => {}
        }
    }

    /// An answer as it would be read by mistake.
    pub fn bend_answer(self, method: &str, path: &str, status: &mut u16, body: &mut Value) {
        let one = method == "GET" && path.contains("/messages/");
        match self {
            Self::IgnoreDeletions if one && *status == 404 => {
                *status = 403;
                *body = json!({"code": 50_001, "message": "Missing Access"});
            }
            Self::UnseenIsDeleted if one && *status == 403 => {
                *status = 404;
                *body = json!({"code": 10_008, "message": "Unknown Message"});
            }
            Self::IgnoreEdits | Self::EditsBackwards if method == "GET" => match body {
                Value::Array(page) => page.iter_mut().for_each(|m| self.bend_message(m)),
                message => self.bend_message(message),
            },
            _ => {}
        }
    }

    fn bend_message(self, message: &mut Value) {
        if message.get("edited_timestamp").is_none() {
            return;
        }
        match self {
            Self::IgnoreEdits => message["edited_timestamp"] = Value::Null,
            Self::EditsBackwards => {
                // As late as can be, and later each time: always the newest.
                use std::sync::atomic::{AtomicU32, Ordering};
                static COUNT: AtomicU32 = AtomicU32::new(0);
                let count = COUNT.fetch_add(1, Ordering::Relaxed);
                let (minutes, seconds) = (count / 60 % 60, count % 60);
                let hours = 10 + count / 3_600 % 14;
                let at = format!("2099-01-01T{hours:02}:{minutes:02}:{seconds:02}.000000+00:00");
                message["edited_timestamp"] = json!(at);
            }
            _ => {}
        }
    }

    /// A frame of the gateway as it would be heard by mistake; `None`: not at all.
    pub fn bend_frame(self, frame: Value) -> Option<Value> {
        let kind = frame["t"].as_str().unwrap_or_default().to_owned();
        match (self, kind.as_str()) {
            (Self::IgnoreDeletions, "MESSAGE_DELETE" | "MESSAGE_DELETE_BULK") => return None,
            (Self::IgnoreEdits, "MESSAGE_UPDATE") => return None,
            _ => {}
        }
        Some(frame)
    }

    /// The same when its turn comes: what is told twice or late counts as new each time.
    pub fn bend_heard(self, frame: &mut Value) {
        if self == Self::EditsBackwards && frame["t"].as_str().is_some_and(is_wording) {
            self.bend_message(&mut frame["d"]);
        }
    }

    /// A fate as it would be understood by mistake.
    pub fn bend_fate(self, fate: Fate) -> Fate {
        match (self, fate) {
            (Self::SlowDownIsRefusal, Fate::SlowDown(_) | Fate::SlowDownAll(_)) => Fate::Refused,
            (_, fate) => fate,
        }
    }

    /// What takes the place of a lost answer.
    pub fn instead_of_nothing(self, method: &str) -> Option<Answer> {
        (self == Self::LostIsDone && method == "POST").then(|| {
            use std::sync::atomic::{AtomicU32, Ordering};
            static COUNT: AtomicU32 = AtomicU32::new(1);
            let id = COUNT.fetch_add(1, Ordering::Relaxed);
            Answer {
                status: 200,
                body: json!({"id": id.to_string()}).to_string().into_bytes(),
            }
        })
    }

    /// What makes a note, as it would be read by mistake from the settings.
    pub fn notes(self, notes: NotesInDiscord) -> NotesInDiscord {
        match self {
            Self::NotesAreReplies => NotesInDiscord::Prefix,
            _ => notes,
        }
    }

    /// What a restart finds changed in the database.
    pub fn at_restart(self) -> Option<&'static str> {
        match self {
            Self::SendBeforeCommit => Some(
                "UPDATE outbox SET attempts = 0, first_tried_at = NULL
                 WHERE state = 'waiting' OR state = 'leased'",
            ),
            Self::NoUniqueKey => Some(
                "DELETE FROM part WHERE message_id IN
                 (SELECT id FROM message WHERE origin = 'discord')",
            ),
            _ => None,
        }
    }
}

fn is_wording(kind: &str) -> bool {
    matches!(kind, "MESSAGE_UPDATE" | "MESSAGE_CREATE")
}
