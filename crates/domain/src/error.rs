//! The error that crosses the wire: what went wrong, in terms its reader can act on.
//!
//! It carries no foreign text: nothing of a database, a library or Discord gets in.

use serde::{Deserialize, Serialize};

/// A field of a form, by the name that the form gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The customer's e-mail address.
    Email,
    /// The ticket's subject.
    Subject,
    /// The ticket's category.
    Category,
    /// The message.
    Body,
    /// Attached files.
    Files,
    /// A setting's value.
    Value,
    /// What something is called.
    Name,
    /// What explains a name.
    Help,
    /// A question of a form.
    Question,
    /// How short an answer may be.
    Least,
    /// How long an answer may be.
    Most,
    /// A Discord account.
    Account,
    /// A Discord role.
    Role,
    /// A tag of a ticket.
    Tag,
    /// A part of a web address.
    Slug,
}

impl Field {
    /// The `name` attribute.
    pub fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Subject => "subject",
            Self::Category => "category",
            Self::Body => "body",
            Self::Files => "files",
            Self::Value => "value",
            Self::Name => "name",
            Self::Help => "help",
            Self::Question => "question",
            Self::Least => "least",
            Self::Most => "most",
            Self::Account => "account",
            Self::Role => "role",
            Self::Tag => "tag",
            Self::Slug => "slug",
        }
    }
}

/// A field that was refused, and why, in words for the person who filled it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{why}")]
pub struct Invalid {
    /// Which field.
    pub field: Field,
    /// A sentence that says what to do.
    pub why: String,
}

impl Invalid {
    /// A refusal of `field`.
    pub fn new(field: Field, why: impl Into<String>) -> Self {
        Self {
            field,
            why: why.into(),
        }
    }
}

/// What a page or a script is told when something did not work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum AppError {
    /// Nobody is signed in.
    #[error("Sign in to go on.")]
    SignInNeeded,
    /// Signed in, but without the right to do this.
    #[error("You may not do this.")]
    NotAllowed,
    /// There is no such thing, or none that this viewer may know of.
    #[error("There is nothing here.")]
    NotFound,
    /// Fields were refused.
    #[error("{}", .fields.first().map_or("Something in the form needs your attention.", |f| &f.why))]
    Invalid {
        /// Each refused field.
        fields: Vec<Invalid>,
    },
    /// It contradicts what happened meanwhile.
    #[error("{why}")]
    Conflict {
        /// What happened meanwhile.
        why: String,
    },
    /// Too much at once; trying again later helps.
    #[error("Too much is going on right now. Try again in a moment.")]
    Busy,
    /// Nothing can be kept right now: the disk is full, or may only be read.
    #[error(
        "There is no room to save this right now, so nothing was saved. Try again later, or tell whoever runs this helpdesk."
    )]
    CannotSave,
    /// Our fault. The reference finds it in the log.
    #[error(
        "Something went wrong on our side. Try again; if it stays, quote this reference: {reference}"
    )]
    Unexpected {
        /// What to quote when reporting it.
        reference: String,
    },
}

impl AppError {
    /// The HTTP status that says the same.
    pub fn status(&self) -> u16 {
        match self {
            Self::SignInNeeded => 401,
            Self::NotAllowed => 403,
            Self::NotFound => 404,
            Self::Invalid { .. } => 422,
            Self::Conflict { .. } => 409,
            Self::Busy => 503,
            Self::CannotSave => 507,
            Self::Unexpected { .. } => 500,
        }
    }
}
