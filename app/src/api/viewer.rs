//! Who is asking, and how an error of the desk leaves the house.
//!
//! The server's middleware proves the viewer and lays the proof into the request; nothing here
//! reads a cookie or a header.

use super::Failure;
use axum::Extension;
use domain::AppError;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

/// The proof of who is asking and at which desk, or why there is none. The server puts it into each
/// request.
#[derive(Clone)]
pub struct Viewer(pub Result<desk::Seat, AppError>);

/// The desk at which somebody asks, and who of its staff it is.
pub(crate) async fn seat() -> Result<(desk::Desk, desk::Staff), Failure> {
    let proof = match leptos_axum::extract::<Extension<Viewer>>().await {
        Ok(Extension(Viewer(proof))) => proof,
        // No middleware, no proof: an address that was left unguarded stays shut.
        Err(_) => Err(AppError::SignInNeeded),
    };
    match proof {
        Ok(seat) => Ok((seat.desk, seat.staff)),
        Err(error) => {
            set_status(&error);
            Err(Failure(error))
        }
    }
}

/// Translates the desk's answer. An error of ours is logged once, here, with the reference that
/// its reader is shown; an error of theirs is an answer like any other.
pub(crate) fn answer<T>(result: Result<T, desk::DeskError>) -> Result<T, Failure> {
    result.map_err(|error| {
        let reference: String = desk::RequestKey::fresh().chars().take(8).collect();
        let app = error.to_app(&reference);
        if matches!(app, AppError::Unexpected { .. }) {
            tracing::error!(reference, error = %error, "A call from the dashboard failed.");
        }
        set_status(&app);
        Failure(app)
    })
}

/// Gives the response the status that says the same as the error.
pub(super) fn set_status(error: &AppError) {
    if let (Some(response), Ok(status)) = (
        use_context::<ResponseOptions>(),
        axum::http::StatusCode::from_u16(error.status()),
    ) {
        response.set_status(status);
    }
}
