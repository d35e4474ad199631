//! The one place where an error of the desk becomes something that may be said.
//!
//! What is our fault is logged here once, under a random reference that the reader is told; the
//! reader gets nothing else of it. It knows no page and no status: `http` words those.

use desk::DeskError;
use domain::AppError;
use std::fmt::Display;

/// What the person who asked is told.
pub(crate) fn explain(error: &DeskError) -> AppError {
    let reference = reference();
    if error.is_ours() {
        tracing::error!(error.reference = reference, %error, "A request failed on our side");
    } else if let DeskError::Busy(why) = error {
        tracing::warn!(why, "A request was turned away for now");
    }
    error.to_app(&reference)
}

/// The same for what failed before or beside the desk.
pub(crate) fn unexpected(what: &str, cause: &dyn Display) -> AppError {
    let reference = reference();
    tracing::error!(error.reference = reference, %cause, "{what}");
    AppError::Unexpected { reference }
}

/// Short enough to read out on the telephone.
pub(crate) fn reference() -> String {
    format!("{:08x}", rand::random::<u32>())
}
