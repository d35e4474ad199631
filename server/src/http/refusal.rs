//! What the web door refuses before anything of the helpdesk is asked, and how it says so.
//!
//! One table of statuses and sentences, worded for the person in front of the screen; scripts get
//! the same as JSON. Nothing of ours (paths, libraries, causes) gets into a sentence.

use super::pages::Pages;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::AppError;

/// Why a request went no further.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// No such address.
    NotFound,
    /// The address is there, but does not take this method.
    Method,
    /// The form is larger than any form of ours can be.
    TooLarge,
    /// Not one of the formats that forms come in.
    WrongType,
    /// The body ended before it was complete, or cannot be read.
    CutOff,
    /// The body did not arrive in time.
    TooSlow,
    /// Sent by another site.
    CrossSite,
    /// We did not answer in time.
    TimeOut,
    /// A panic, logged under this reference.
    Panic(String),
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::WrongType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::CutOff => StatusCode::BAD_REQUEST,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::CrossSite => StatusCode::FORBIDDEN,
            Self::TimeOut => StatusCode::SERVICE_UNAVAILABLE,
            Self::Panic(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Self::NotFound => "There is nothing here",
            Self::Method => "This address works differently",
            Self::TooLarge => "That is too much at once",
            Self::WrongType => "This form cannot be read",
            Self::CutOff => "The form arrived incomplete",
            Self::TooSlow => "The form took too long",
            Self::CrossSite => "This came from another site",
            Self::TimeOut => "This takes longer than it should",
            Self::Panic(_) => "Something went wrong on our side",
        }
    }

    fn words(&self) -> String {
        match self {
            Self::NotFound => {
                "Check the address. A private link must be complete, down to its last letter."
            }
            Self::Method => "Go back and use the buttons on the page.",
            Self::TooLarge => "Go back and shorten the text; it is still there.",
            Self::WrongType => "Send it with the form on the page.",
            Self::CutOff => "Go back and send it again; your text is still there.",
            Self::TooSlow => "Go back and send it again when the connection is better.",
            Self::CrossSite => "To keep you safe, forms are accepted from our own pages only. Open the page here and send it again.",
            Self::TimeOut => "Try again in a moment.",
            Self::Panic(reference) => {
                return format!("Try again; if it stays, quote this reference: {reference}");
            }
        }
        .to_owned()
    }

    /// The same for a script.
    fn error(&self) -> AppError {
        match self {
            Self::NotFound => AppError::NotFound,
            Self::CrossSite => AppError::NotAllowed,
            Self::TimeOut => AppError::Busy,
            Self::Panic(reference) => AppError::Unexpected {
                reference: reference.clone(),
            },
            Self::Method => conflict("This address does not take that method."),
            Self::TooLarge => conflict("That is too much at once."),
            Self::WrongType => conflict("This address does not take that content type."),
            Self::CutOff => conflict("The request arrived incomplete."),
            Self::TooSlow => conflict("The request took too long to arrive."),
        }
    }

    /// The answer, as `path`'s readers expect it.
    pub(crate) fn answer(&self, pages: &Pages, path: &str) -> Response {
        if is_api(path) {
            return json(self.status(), &self.error());
        }
        pages.message(
            self.status(),
            self.title(),
            &self.words(),
            Some(("/", "To the start page")),
        )
    }
}

fn conflict(why: &str) -> AppError {
    AppError::Conflict {
        why: why.to_owned(),
    }
}

/// Whether scripts, not people, read what this address answers.
pub(crate) fn is_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// An error for a script.
pub(crate) fn json(status: StatusCode, error: &AppError) -> Response {
    (status, Json(error)).into_response()
}

/// An error for a script, with its own status.
pub(crate) fn json_error(error: &AppError) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    json(status, error)
}
