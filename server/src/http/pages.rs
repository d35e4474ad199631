//! Finished documents as answers: the frame that all share, and pages that say one thing.
//!
//! What a page looks like is `app`'s affair; here it gets its frame, its status and its type.

use app::assets::Assets;
use app::public::Frame;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use desk::House;
use domain::AppError;
use std::sync::Arc;

/// What every page needs.
#[derive(Clone, Debug)]
pub(crate) struct Pages {
    assets: Arc<Assets>,
    /// It knows what it is called without asking the database, also on a page about a failure.
    house: House,
}

impl Pages {
    pub(crate) fn new(assets: Assets, house: House) -> Self {
        Self {
            assets: Arc::new(assets),
            house,
        }
    }

    pub(crate) fn assets(&self) -> &Assets {
        &self.assets
    }

    /// A page of no guild's, drawn in the frame.
    pub(crate) fn show(
        &self,
        status: StatusCode,
        draw: impl FnOnce(&Frame<'_>) -> String,
    ) -> Response {
        self.draw(status, self.house.name().as_deref(), draw)
    }

    /// A page of a guild's, with its name on top.
    pub(crate) fn show_of(
        &self,
        guild: &str,
        status: StatusCode,
        draw: impl FnOnce(&Frame<'_>) -> String,
    ) -> Response {
        self.draw(status, Some(guild), draw)
    }

    fn draw(
        &self,
        status: StatusCode,
        guild: Option<&str>,
        draw: impl FnOnce(&Frame<'_>) -> String,
    ) -> Response {
        let frame = Frame {
            assets: &self.assets,
            guild,
        };
        html(status, draw(&frame))
    }

    /// A page that says one thing.
    pub(crate) fn message(
        &self,
        status: StatusCode,
        title: &str,
        words: &str,
        action: Option<(&str, &str)>,
    ) -> Response {
        self.show(status, |frame| {
            app::public::message(frame, title, words, action)
        })
    }

    /// A page about an error.
    pub(crate) fn error(&self, error: &AppError) -> Response {
        let title = match error {
            AppError::SignInNeeded => "Sign in to go on",
            AppError::NotAllowed => "You may not do this",
            AppError::NotFound => "There is nothing here",
            AppError::Invalid { .. } | AppError::Conflict { .. } => "This did not work",
            AppError::Busy => "Too much is going on right now",
            AppError::CannotSave => "This could not be saved",
            AppError::Unexpected { .. } => "Something went wrong on our side",
        };
        let words = match error {
            AppError::NotFound => {
                "Check the address. A private link must be complete, down to its last letter."
                    .to_owned()
            }
            AppError::Busy => "Try again in a moment.".to_owned(),
            AppError::Unexpected { reference } => {
                format!("Try again; if it stays, quote this reference: {reference}")
            }
            other => other.to_string(),
        };
        self.message(
            status_of(error),
            title,
            &words,
            Some(("/", "To the start page")),
        )
    }
}

/// The status that says the same as `error`.
pub(crate) fn status_of(error: &AppError) -> StatusCode {
    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn html(status: StatusCode, document: String) -> Response {
    (
        status,
        [(header::CONTENT_TYPE, "text/html; charset=utf-8")],
        document,
    )
        .into_response()
}
