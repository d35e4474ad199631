//! Who stands at staff's door: from the session to a proven member of the staff, at every request.
//!
//! A page without proof becomes the sign-in page here; a call of the dashboard goes on with the
//! reason in place of the proof and answers it itself. It remembers nothing between requests.

use super::refusal::is_api;
use super::sessions;
use super::{Web, return_path};
use crate::errors::{explain, unexpected};
use app::api::Viewer;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use desk::Staff;
use domain::AppError;
use tower_sessions::Session;

/// Lays the proof into the request, or answers with the page that says what is missing.
pub(crate) async fn identify(
    State(web): State<Web>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Response {
    let viewer = staff(&web, &session).await;
    if !is_api(request.uri().path())
        && let Err(error) = &viewer
    {
        let wanted = request.uri().path_and_query().map(|p| p.as_str());
        return instead(&web, error, wanted);
    }
    if viewer.is_ok()
        && let Err(error) = sessions::prolong(&session, web.desk.now()).await
    {
        // The request itself needs no longer session.
        tracing::warn!(%error, "A session could not be prolonged");
    }
    request.extensions_mut().insert(Viewer(viewer));
    next.run(request).await
}

/// The member of the staff behind this session.
pub(crate) async fn staff(web: &Web, session: &Session) -> Result<Staff, AppError> {
    match sessions::person(session).await {
        Ok(Some(person)) => web
            .desk
            .staff(person)
            .await
            .map_err(|error| explain(&error)),
        Ok(None) => Err(AppError::SignInNeeded),
        Err(error) => Err(unexpected("A session could not be read", &error)),
    }
}

fn instead(web: &Web, error: &AppError, wanted: Option<&str>) -> Response {
    let return_to = return_path::local(wanted);
    match error {
        AppError::SignInNeeded => web.pages.show(StatusCode::UNAUTHORIZED, |frame| {
            app::public::sign_in(frame, &return_to, None)
        }),
        AppError::NotAllowed => web.pages.show(StatusCode::FORBIDDEN, |frame| {
            app::public::no_role(frame, &return_to)
        }),
        other => web.pages.error(other),
    }
}
