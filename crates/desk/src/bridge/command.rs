//! What the outbox promises to Discord. A command names what to bring about, not how: its content
//! is read when it is carried out, so that Discord gets the latest state.

use crate::milestones::Milestone;
use serde::{Deserialize, Serialize};

/// One promise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    /// Make the ticket's thread.
    OpenThread,
    /// Post the card on top of it.
    PostCard {
        /// Whether it calls the staff: the first one does.
        calls_staff: bool,
    },
    /// Post a piece of a message.
    PostMessage {
        /// Which piece, from 0.
        chunk: i64,
    },
    /// Bring a piece of a message up to date that is in the thread.
    EditMessage {
        /// Which piece, from 0.
        chunk: i64,
    },
    /// Take a piece of a message out of the thread.
    TakeBack {
        /// Which piece, from 0.
        chunk: i64,
    },
    /// Take a post of ours away that should not be there.
    Remove {
        /// The Discord message.
        message: i64,
        /// The channel that it is in, where that is not the thread.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<i64>,
    },
    /// Bring the card up to date.
    RefreshCard,
    /// Let somebody into the thread.
    AddMember {
        /// Their account.
        user: i64,
    },
    /// Take somebody out of the thread.
    RemoveMember {
        /// Their account.
        user: i64,
    },
    /// Archive and lock the thread.
    Close,
    /// Unarchive and unlock the thread.
    OpenAgain,
    /// Archive the thread of a quiet ticket, to make room. The ticket stays as it is.
    Rest,
    /// Look what became of the thread, for something about it changed.
    Look,
    /// Show how a message written in Discord was taken.
    React {
        /// The Discord message.
        message: i64,
        /// The sign.
        emoji: String,
    },
    /// Say something to those in the thread.
    Tell {
        /// The words.
        words: String,
    },
    /// Say in the log channel what became of the ticket; with its transcript, when it was closed.
    Log {
        /// What became of it.
        milestone: Milestone,
        /// Who did what.
        words: String,
    },
}

impl Command {
    /// What it is about, as people read it.
    pub(crate) fn words(&self) -> &'static str {
        match self {
            Self::OpenThread => "Make the ticket's thread",
            Self::PostCard { .. } => "Post the ticket's card",
            Self::RefreshCard => "Bring the ticket's card up to date",
            Self::PostMessage { .. } => "Post a message",
            Self::EditMessage { .. } => "Change a message",
            Self::TakeBack { .. } | Self::Remove { .. } => "Delete a message",
            Self::AddMember { .. } => "Let somebody into the thread",
            Self::RemoveMember { .. } => "Take somebody out of the thread",
            Self::Close => "Archive and lock the thread",
            Self::OpenAgain => "Open the thread again",
            Self::Rest => "Archive the quiet thread to make room",
            Self::Look => "Look what became of the thread",
            Self::React { .. } => "Sign a message",
            Self::Tell { .. } => "Say something in the thread",
            Self::Log { .. } => "Tell the log channel",
        }
    }

    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a command has only strings and numbers")
    }

    pub(crate) fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}
