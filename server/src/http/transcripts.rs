//! Transcripts' addresses: beside each ticket's own, for whoever may see that.
//!
//! The proof asked for is the page's own. A transcript is handed out as something that may neither
//! run nor load anything, whatever somebody wrote into the ticket.

use super::{Web, sessions, viewer};
use crate::errors::explain;
use app::api::Viewer;
use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use desk::{DeskError, Pictures, Transcript};
use domain::AppError;

/// How a transcript is written.
#[derive(Clone, Copy)]
enum Form {
    Page,
    Json,
}

impl Form {
    /// Programs fetch pictures by their addresses.
    fn pictures(self) -> Pictures {
        match self {
            Self::Page => Pictures::Inside,
            Self::Json => Pictures::Named,
        }
    }
}

pub(super) fn routes(web: &Web) -> Router<Web> {
    let for_staff = Router::new()
        .route(
            "/staff/tickets/{number}/transcript",
            get(|web, viewer, path| of_staff(web, viewer, path, Form::Page)),
        )
        .route(
            "/staff/tickets/{number}/transcript.json",
            get(|web, viewer, path| of_staff(web, viewer, path, Form::Json)),
        )
        .layer(from_fn_with_state(web.clone(), viewer::identify))
        .layer(sessions::layer(&web.house, web.https));
    Router::new()
        .route(
            "/t/{token}/transcript",
            get(|web, path| of_customer(web, path, Form::Page)),
        )
        .route(
            "/t/{token}/transcript.json",
            get(|web, path| of_customer(web, path, Form::Json)),
        )
        .merge(for_staff)
}

async fn of_customer(
    State(web): State<Web>,
    path: Result<Path<String>, PathRejection>,
    form: Form,
) -> Response {
    let Ok(Path(token)) = path else {
        return web.pages.error(&AppError::NotFound);
    };
    let written = match web.house.holder(&token).await {
        Ok((desk, holder)) => desk.transcript_for_holder(&holder, form.pictures()).await,
        Err(error) => Err(error),
    };
    answer(&web, written, form)
}

async fn of_staff(
    State(web): State<Web>,
    Extension(Viewer(viewer)): Extension<Viewer>,
    path: Result<Path<i64>, PathRejection>,
    form: Form,
) -> Response {
    let (Ok(seat), Ok(Path(number))) = (viewer, path) else {
        return web.pages.error(&AppError::NotFound);
    };
    let written = seat
        .desk
        .transcript_for_staff(&seat.staff, number, form.pictures())
        .await;
    answer(&web, written, form)
}

fn answer(web: &Web, written: Result<Transcript, DeskError>, form: Form) -> Response {
    match written {
        Ok(transcript) => hand_out(&transcript, form),
        Err(error) => web.pages.error(&explain(&error)),
    }
}

fn hand_out(transcript: &Transcript, form: Form) -> Response {
    let name = transcript.name();
    let (body, kind, disposition, policy) = match form {
        Form::Page => (
            transcript.html(),
            "text/html; charset=utf-8",
            format!("inline; filename=\"{name}.html\""),
            // Its links to files lead to downloads.
            format!(
                "sandbox allow-downloads; frame-ancestors 'none'; {}",
                Transcript::policy()
            ),
        ),
        Form::Json => (
            transcript.json(),
            "application/json",
            format!("attachment; filename=\"{name}.json\""),
            "sandbox; default-src 'none'".to_owned(),
        ),
    };
    let mut response = body.into_response();
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set(header::CONTENT_TYPE, kind);
    set(header::CONTENT_DISPOSITION, &disposition);
    set(header::CONTENT_SECURITY_POLICY, &policy);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    );
    response
}
