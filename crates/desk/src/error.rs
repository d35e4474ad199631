//! What can go wrong inside the desk, for the doors to put into words.
//!
//! Expected outcomes are variants; everything else is `Db` or `Internal` and keeps its cause for
//! the log. No text of it reaches a page: [`DeskError::to_app`] decides what may be said.

use crate::store::db::cannot_write;
use domain::{AppError, Field, Invalid};

/// Why the desk did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The person lacks the right.
    #[error("not allowed")]
    NotAllowed,
    /// There is no such thing, or none that this person may know of.
    #[error("not found")]
    NotFound,
    /// Fields were refused.
    #[error("invalid input")]
    Invalid(Vec<Invalid>),
    /// It contradicts what happened meanwhile.
    #[error("conflict: {why}")]
    Conflict {
        /// In words for the person who asked.
        why: String,
    },
    /// Too much at once, or something needed is away; later it works.
    #[error("busy: {0}")]
    Busy(&'static str),
    /// The file store does not work now.
    #[error(transparent)]
    Files(#[from] crate::files::FileStoreError),
    /// The database.
    #[error("database: {0}")]
    Db(#[from] sea_orm::DbErr),
    /// A state that should not be.
    #[error("internal: {0}")]
    Internal(String),
}

impl DeskError {
    /// One refused field.
    pub(crate) fn invalid(field: Field, why: &str) -> Self {
        Self::Invalid(vec![Invalid::new(field, why)])
    }

    /// What the person who asked is told; `reference` finds the rest in the log.
    pub fn to_app(&self, reference: &str) -> AppError {
        match self {
            Self::NotAllowed => AppError::NotAllowed,
            Self::NotFound => AppError::NotFound,
            Self::Invalid(fields) => AppError::Invalid {
                fields: fields.clone(),
            },
            Self::Conflict { why } => AppError::Conflict { why: why.clone() },
            Self::Busy(_) | Self::Files(_) => AppError::Busy,
            Self::Db(error) if cannot_write(error) => AppError::CannotSave,
            Self::Db(_) | Self::Internal(_) => AppError::Unexpected {
                reference: reference.to_owned(),
            },
        }
    }

    /// Whether it is our fault, and so worth an error in the log.
    pub fn is_ours(&self) -> bool {
        matches!(self, Self::Db(_) | Self::Files(_) | Self::Internal(_))
    }
}
