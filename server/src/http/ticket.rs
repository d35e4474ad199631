//! A customer's ticket page, with whatever stands under its conversation: an empty reply, a form that
//! was refused, or the change of a message.
//!
//! Nothing is decided here: who holds the link may look.

use super::Web;
use super::changes::Asked;
use super::cookies::Held;
use super::kept::Place;
use crate::errors::{explain, unexpected};
use app::public::{ReplyForm, Writing};
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use desk::{DeskError, RequestKey};
use domain::AppError;
use domain::view::{ConversationView, GuildView};

/// A ticket as the holder of its link sees it.
async fn held(web: &Web, token: &str) -> Result<(GuildView, ConversationView), DeskError> {
    let desk = web.house.of_link(token).await?;
    let (_, guild, conversation) = desk.held_ticket(token).await?;
    Ok((guild, conversation))
}

pub(super) async fn show(
    State(web): State<Web>,
    token: Token,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let cookie = Held::from_headers(&headers).with(&token.0, web.https);
    let response = match query {
        None => unchanged(&web, &token.0).await,
        Some(_) => asked_for(&web, &token.0, asked).await,
    };
    hand_over(response, cookie)
}

/// The page with an empty reply: as it was drawn before, where it would be the same.
async fn unchanged(web: &Web, token: &str) -> Response {
    let (desk, rev) = match web.house.revision(token).await {
        Ok(found) => found,
        Err(error) => return web.pages.error(&explain(&error)),
    };
    let place = Place::Ticket(token.to_owned());
    let version = format!("{rev} {}", desk.guild_view().name);
    let now = web.house.now();
    if let Some(page) = web.kept.find(&place, &version, now) {
        return page;
    }
    let form = nothing_typed();
    let own = form.request_key.clone();
    let drawn = show_ticket(web, StatusCode::OK, token, &Writing::Reply(form)).await;
    match web.kept.keep(place, version, now, &own, drawn).await {
        Ok(response) => response,
        Err(error) => web.pages.error(&unexpected("A page broke off", &error)),
    }
}

async fn asked_for(
    web: &Web,
    token: &str,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    match held(web, token).await {
        Ok((guild, conversation)) => match asked.writing(&conversation) {
            Some(writing) => {
                draw_ticket(web, StatusCode::OK, token, &guild, &conversation, &writing)
            }
            None => web.pages.error(&AppError::NotFound),
        },
        Err(error) => web.pages.error(&explain(&error)),
    }
}

/// The reply, before anything is typed.
pub(super) fn nothing_typed() -> ReplyForm {
    ReplyForm {
        request_key: RequestKey::fresh(),
        ..ReplyForm::default()
    }
}

/// Shows the ticket with a form that was not taken. A change of a message that is not the
/// viewer's own is shown to nobody.
pub(super) async fn show_ticket(
    web: &Web,
    status: StatusCode,
    token: &str,
    writing: &Writing,
) -> Response {
    match held(web, token).await {
        Ok((guild, conversation)) => {
            let is_own = |id| conversation.messages.iter().any(|m| m.id == id && m.own);
            if writing.message().is_none_or(is_own) {
                draw_ticket(web, status, token, &guild, &conversation, writing)
            } else {
                web.pages.error(&AppError::NotFound)
            }
        }
        Err(error) => web.pages.error(&explain(&error)),
    }
}

fn draw_ticket(
    web: &Web,
    status: StatusCode,
    token: &str,
    guild: &GuildView,
    conversation: &ConversationView,
    writing: &Writing,
) -> Response {
    web.pages.show_of(&guild.name, status, |frame| {
        app::public::ticket(frame, conversation, token, writing)
    })
}

/// The token in a private link's address. One that is not even text is one that opens nothing.
pub(super) struct Token(pub(super) String);

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Token {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        state: &S,
    ) -> Result<Self, Self::Rejection> {
        let path: Result<Path<String>, PathRejection> =
            Path::from_request_parts(parts, state).await;
        Ok(Self(path.map(|Path(token)| token).unwrap_or_default()))
    }
}

/// Hands the link over as a cookie, with a page that opened.
pub(super) fn hand_over(mut response: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie
        && !response.status().is_client_error()
        && !response.status().is_server_error()
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
