//! The customers' pages: file a ticket, follow it by its private link, find one's tickets again.
//!
//! Each handler loads first and then has the whole page drawn; a refused form comes back with
//! every word that was typed. No session is touched: a customer is whoever holds the link.

use super::Web;
use super::cookies::Held;
use super::form::Form;
use super::guilds;
use super::ticket::{self, Token, nothing_typed, show_ticket};
use super::uploads::Uploads;
use crate::errors::explain;
use app::public::{MyTicket, NewTicketForm, ReplyForm, Writing};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use desk::files::Said;
use desk::{Desk, DeskError, Holder, NewTicket, RequestKey};
use domain::text::{Body, Email, Subject};
use domain::{AppError, Field, Invalid};

/// What is said while the file store does not work.
pub(super) const NO_STORE: &str =
    "Files cannot be taken right now. Try again in a moment, or send it without them.";

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/", get(home))
        .route("/new", get(new_form))
        .route("/t/{token}", get(ticket::show))
        .route("/t/{token}/close", post(close))
        .route("/t/{token}/reopen", post(reopen))
        .route("/t/{token}/discord", post(link_code))
        .route("/my", get(my_tickets))
}

/// What takes files, and so takes its time.
pub(super) fn upload_routes() -> Router<Web> {
    Router::new()
        .route("/new", post(file_ticket))
        .route("/t/{token}", post(reply))
        // The forms' own limits count.
        .layer(DefaultBodyLimit::disable())
}

async fn home(State(web): State<Web>, headers: HeaderMap) -> Response {
    match web.house.only_desk() {
        Some(desk) => show_home(&web, &desk, "/new", &headers),
        None => guilds::choose(&web, StatusCode::OK),
    }
}

/// A guild's front page; `form` is where its form is.
pub(super) fn show_home(web: &Web, desk: &Desk, form: &str, headers: &HeaderMap) -> Response {
    let has_tickets = !Held::from_headers(headers).is_empty();
    let (guild, hours) = (desk.guild_view(), desk.hours_now());
    web.pages.show_of(&guild.name, StatusCode::OK, |frame| {
        app::public::home(frame, form, has_tickets, hours.as_ref())
    })
}

async fn new_form(State(web): State<Web>) -> Response {
    match web.house.only_desk() {
        Some(desk) => empty_form(&web, &desk, "/new").await,
        None => guilds::choose(&web, StatusCode::OK),
    }
}

/// The form of a guild's, before anything is typed.
pub(super) async fn empty_form(web: &Web, desk: &Desk, action: &str) -> Response {
    let form = NewTicketForm {
        action: action.to_owned(),
        request_key: RequestKey::fresh(),
        // Said before anybody types for nothing.
        notice: desk.maintenance(),
        ..NewTicketForm::default()
    };
    show_new(web, desk, StatusCode::OK, form).await
}

async fn file_ticket(State(web): State<Web>, headers: HeaderMap, request: Request) -> Response {
    // With several guilds, only a form from before there were several is sent here.
    let desk = web.house.only_desk().unwrap_or_else(|| web.house.first());
    file_at(&web, &desk, "/new", &headers, request).await
}

/// Files a ticket with a guild.
pub(super) async fn file_at(
    web: &Web,
    desk: &Desk,
    action: &str,
    headers: &HeaderMap,
    request: Request,
) -> Response {
    let mut uploads = Uploads::new(&web.house);
    let mut sent = match Form::read_with(request, &mut uploads).await {
        Ok(sent) => sent,
        Err(refusal) => return refusal.answer(&web.pages, action),
    };
    let mut form = NewTicketForm {
        action: action.to_owned(),
        email: sent.take(Field::Email.name()),
        subject: sent.take(Field::Subject.name()),
        category: sent.take(Field::Category.name()),
        body: sent.take(Field::Body.name()),
        request_key: sent.take("request_key"),
        ..NewTicketForm::default()
    };
    let key = RequestKey::parse(&form.request_key);
    let opened = match read_ticket(desk, &form, &mut uploads).await {
        Ok(new) => desk.open_ticket(new, key).await,
        Err(error) => Err(error),
    };
    match opened {
        Ok(opened) => {
            let cookie = Held::from_headers(headers).with(&opened.token, web.https);
            ticket::hand_over(see_other(&opened.token), cookie)
        }
        Err(error) => {
            let status = note(&error, &mut form.errors, &mut form.notice);
            show_new(web, desk, status, form).await
        }
    }
}

/// Judges all fields at once, in the form's order. The category is asked for here too, so that a form with several
/// faults is told all of them the first time.
async fn read_ticket(
    desk: &Desk,
    form: &NewTicketForm,
    uploads: &mut Uploads<'_>,
) -> Result<NewTicket, DeskError> {
    let mut errors = Vec::new();
    let known = desk.categories().await?;
    if !known.iter().any(|c| c.key == form.category) {
        errors.push(Invalid::new(Field::Category, "Choose what it is about."));
    }
    let email = kept(Email::parse(&form.email), &mut errors);
    let subject = kept(Subject::parse(&form.subject), &mut errors);
    let body = kept(read_body(&form.body, uploads), &mut errors);
    let files = uploads.all(&mut errors).await?;
    match (email, subject, body) {
        (Some(email), Some(subject), Some(body)) if errors.is_empty() => Ok(NewTicket {
            email,
            subject,
            category: form.category.clone(),
            body,
            files,
        }),
        _ => Err(DeskError::Invalid(errors)),
    }
}

/// The message; files may stand without one.
pub(super) fn read_body(typed: &str, uploads: &Uploads<'_>) -> Result<Body, Invalid> {
    if uploads.have_begun() {
        Body::parse_beside_files(typed)
    } else {
        Body::parse(typed)
    }
}

fn kept<T>(parsed: Result<T, Invalid>, errors: &mut Vec<Invalid>) -> Option<T> {
    parsed.map_err(|error| errors.push(error)).ok()
}

async fn show_new(web: &Web, desk: &Desk, status: StatusCode, mut form: NewTicketForm) -> Response {
    if RequestKey::parse(&form.request_key).is_none() {
        form.request_key = RequestKey::fresh();
    }
    form.limits = web.house.file_limits();
    form.hours = desk.hours_now();
    match desk.categories().await {
        Ok(categories) => web.pages.show_of(&desk.guild_view().name, status, |frame| {
            app::public::new_ticket(frame, &categories, &form)
        }),
        Err(error) => web.pages.error(&explain(&error)),
    }
}

async fn reply(State(web): State<Web>, token: Token, request: Request) -> Response {
    let (desk, holder) = match web.house.holder(&token.0).await {
        Ok(found) => found,
        Err(error) => {
            // Nothing is kept for a link that opens nothing; what was sent is read over.
            return match Form::read(request).await {
                Ok(_) => web.pages.error(&explain(&error)),
                Err(refusal) => refusal.answer(&web.pages, "/t"),
            };
        }
    };
    let mut uploads = Uploads::new(&web.house);
    let mut sent = match Form::read_with(request, &mut uploads).await {
        Ok(sent) => sent,
        Err(refusal) => return refusal.answer(&web.pages, "/t"),
    };
    let mut form = ReplyForm {
        body: sent.take(Field::Body.name()),
        request_key: sent.take("request_key"),
        ..ReplyForm::default()
    };
    match send_reply(&desk, &holder, &form, &mut uploads).await {
        Ok(()) => see_other(&token.0),
        Err(DeskError::NotFound) => web.pages.error(&AppError::NotFound),
        Err(error) => {
            let status = note(&error, &mut form.errors, &mut form.notice);
            if RequestKey::parse(&form.request_key).is_none() {
                form.request_key = RequestKey::fresh();
            }
            show_ticket(&web, status, &token.0, &Writing::Reply(form)).await
        }
    }
}

async fn send_reply(
    desk: &Desk,
    holder: &Holder,
    form: &ReplyForm,
    uploads: &mut Uploads<'_>,
) -> Result<(), DeskError> {
    let mut errors = Vec::new();
    let body = kept(read_body(&form.body, uploads), &mut errors);
    let files = uploads.all(&mut errors).await?;
    match body {
        Some(body) if errors.is_empty() => {
            let key = RequestKey::parse(&form.request_key);
            let said = Said { body, files };
            desk.customer_reply(holder, said, key).await
        }
        _ => Err(DeskError::Invalid(errors)),
    }
}

async fn close(State(web): State<Web>, token: Token, request: Request) -> Response {
    if let Err(refusal) = Form::read(request).await {
        return refusal.answer(&web.pages, "/t");
    }
    let done = match web.house.holder(&token.0).await {
        Ok((desk, holder)) => desk.customer_close(&holder).await,
        Err(error) => Err(error),
    };
    after_button(&web, &token.0, done).await
}

async fn reopen(State(web): State<Web>, token: Token, request: Request) -> Response {
    if let Err(refusal) = Form::read(request).await {
        return refusal.answer(&web.pages, "/t");
    }
    let done = match web.house.holder(&token.0).await {
        Ok((desk, holder)) => desk.customer_reopen(&holder).await,
        Err(error) => Err(error),
    };
    after_button(&web, &token.0, done).await
}

/// Shows a code once; only its hash is kept.
async fn link_code(State(web): State<Web>, token: Token, request: Request) -> Response {
    if let Err(refusal) = Form::read(request).await {
        return refusal.answer(&web.pages, "/t");
    }
    let code = match web.house.holder(&token.0).await {
        Ok((desk, holder)) => desk.link_code(&holder).await,
        Err(error) => Err(error),
    };
    match code {
        Ok(code) => web.pages.message(
            StatusCode::OK,
            "Follow this ticket in Discord",
            &format!(
                "In our Discord server, send /link {code} within a quarter of an hour. It ties this \
                 ticket to your account there, once: /mytickets lists it then."
            ),
            Some((&format!("/t/{}", token.0), "Back to the ticket")),
        ),
        Err(error) => web.pages.error(&explain(&error)),
    }
}

pub(super) async fn after_button(web: &Web, token: &str, done: Result<(), DeskError>) -> Response {
    match done {
        Ok(()) => see_other(token),
        Err(DeskError::NotFound) => web.pages.error(&AppError::NotFound),
        Err(error) => {
            let mut form = nothing_typed();
            let status = note(&error, &mut form.errors, &mut form.notice);
            show_ticket(web, status, token, &Writing::Reply(form)).await
        }
    }
}

async fn my_tickets(State(web): State<Web>, headers: HeaderMap) -> Response {
    let held = Held::from_headers(&headers);
    match web.house.held(held.tokens()).await {
        Ok(held) => {
            let rows: Vec<_> = held
                .into_iter()
                .map(|held| MyTicket {
                    token: held.token,
                    ticket: held.ticket,
                    // Where there is but one, it goes without saying.
                    guild: Some(held.guild.name).filter(|_| web.house.name().is_none()),
                })
                .collect();
            web.pages.show(StatusCode::OK, |frame| {
                app::public::my_tickets(frame, &rows, web.house.now())
            })
        }
        Err(error) => web.pages.error(&explain(&error)),
    }
}

/// Puts an error into the form that comes back, and names the status.
pub(super) fn note(
    error: &DeskError,
    errors: &mut Vec<Invalid>,
    notice: &mut Option<String>,
) -> StatusCode {
    let told = explain(error);
    match &told {
        _ if matches!(error, DeskError::Files(_)) => *notice = Some(NO_STORE.to_owned()),
        AppError::Invalid { fields } => errors.clone_from(fields),
        other => *notice = Some(other.to_string()),
    }
    super::pages::status_of(&told)
}

fn see_other(token: &str) -> Response {
    Redirect::to(&format!("/t/{token}")).into_response()
}
