//! A customer's second thoughts: another wording for a message, or its deletion.
//!
//! Forms only, as everywhere on the customers' pages; a refused wording comes back as it was typed.
//! Whose a message is, is decided by `desk`; somebody else's looks like none at all.

use super::Web;
use super::customer::{after_button, note};
use super::form::Form;
use super::ticket::{nothing_typed, show_ticket};
use app::public::{EditForm, Writing};
use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path, Request, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use desk::DeskError;
use domain::text::Body;
use domain::view::ConversationView;
use domain::{AppError, Field, MessageId};
use serde::Deserialize;

pub(super) fn routes() -> Router<Web> {
    // A refused form stands at the address that it was sent to; whoever opens that anew, and
    // `live.js` when it refreshes the page, is led to the page that the form belongs to.
    Router::new()
        .route("/t/{token}/messages/{id}", get(to_edit).post(edit))
        .route(
            "/t/{token}/messages/{id}/delete",
            get(to_delete).post(delete),
        )
}

/// What the address of a ticket's page asks for beside the ticket.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    edit: Option<String>,
    delete: Option<String>,
}

impl Asked {
    /// What stands under the conversation; none for a message that is not the viewer's own.
    pub(super) fn writing(self, conversation: &ConversationView) -> Option<Writing> {
        let (id, is_edit) = match (self.edit, self.delete) {
            (Some(id), _) => (id, true),
            (None, Some(id)) => (id, false),
            (None, None) => return Some(Writing::Reply(nothing_typed())),
        };
        let id: MessageId = id.parse().ok()?;
        let own = |m: &&domain::view::MessageView| m.id == id && m.own;
        let message = conversation.messages.iter().find(own)?;
        Some(match (message.deleted, is_edit) {
            // Deleted meanwhile, as the conversation shows.
            (true, _) => Writing::Reply(nothing_typed()),
            (false, true) => Writing::Edit(EditForm::of(message)),
            (false, false) => Writing::Delete(id),
        })
    }
}

async fn edit(State(web): State<Web>, at: Place, request: Request) -> Response {
    let mut sent = match Form::read(request).await {
        Ok(sent) => sent,
        Err(refusal) => return refusal.answer(&web.pages, "/t"),
    };
    let Some((token, message)) = at.0 else {
        return web.pages.error(&AppError::NotFound);
    };
    let mut form = EditForm {
        message,
        body: sent.take(Field::Body.name()),
        errors: Vec::new(),
        notice: None,
    };
    match save(&web, &token, &form).await {
        Ok(()) => to_message(&token, message),
        Err(DeskError::NotFound) => web.pages.error(&AppError::NotFound),
        Err(error) => {
            let status = note(&error, &mut form.errors, &mut form.notice);
            show_ticket(&web, status, &token, &Writing::Edit(form)).await
        }
    }
}

async fn save(web: &Web, token: &str, form: &EditForm) -> Result<(), DeskError> {
    let (desk, holder) = web.house.holder(token).await?;
    let body = Body::parse(&form.body).map_err(|why| DeskError::Invalid(vec![why]))?;
    desk.customer_edit(&holder, form.message, body).await
}

async fn delete(State(web): State<Web>, at: Place, request: Request) -> Response {
    if let Err(refusal) = Form::read(request).await {
        return refusal.answer(&web.pages, "/t");
    }
    let Some((token, message)) = at.0 else {
        return web.pages.error(&AppError::NotFound);
    };
    let done = match web.house.holder(&token).await {
        Ok((desk, holder)) => desk.customer_delete(&holder, message).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => to_message(&token, message),
        failed => after_button(&web, &token, failed).await,
    }
}

async fn to_edit(State(web): State<Web>, at: Place) -> Response {
    lead(&web, at, "edit")
}

async fn to_delete(State(web): State<Web>, at: Place) -> Response {
    lead(&web, at, "delete")
}

fn lead(web: &Web, at: Place, change: &str) -> Response {
    match at.0 {
        Some((token, id)) => Redirect::to(&format!("/t/{token}?{change}={id}")).into_response(),
        None => web.pages.error(&AppError::NotFound),
    }
}

fn to_message(token: &str, message: MessageId) -> Response {
    Redirect::to(&format!("/t/{token}#m{message}")).into_response()
}

/// The private link's token and the message in an address, where both can be such.
struct Place(Option<(String, MessageId)>);

impl<S: Send + Sync> FromRequestParts<S> for Place {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let path: Result<Path<(String, String)>, PathRejection> =
            Path::from_request_parts(parts, state).await;
        let at = path.ok().and_then(|Path((token, id))| {
            // What no token is made of does not get into an address that we send people to.
            let harmless = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            let id = id.parse().ok()?;
            token.chars().all(harmless).then_some((token, id))
        });
        Ok(Self(at))
    }
}
