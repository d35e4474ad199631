//! Each guild's own addresses: `/g/{slug}`, its form, and the way to its staff's pages.
//!
//! What the pages are is the customers' and the staff's rooms' affair; here is only which guild is
//! meant. What is named and is not there answers like every address that never was.

use super::Web;
use super::customer;
use super::refusal::Refusal;
use app::public::Choice;
use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use desk::Desk;
use std::convert::Infallible;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/g/{slug}", get(home))
        .route("/g/{slug}/new", get(new_form))
        .route("/g/{slug}/staff", get(to_staff))
        .route("/g/{slug}/staff/{*page}", get(to_staff))
}

/// What takes files, and so takes its time.
pub(super) fn upload_routes() -> Router<Web> {
    Router::new()
        .route("/g/{slug}/new", post(file_ticket))
        // The form's own limits count.
        .layer(DefaultBodyLimit::disable())
}

/// The guild that an address names, if there is one of that name.
struct Named(Option<(Desk, String)>);

impl FromRequestParts<Web> for Named {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Infallible> {
        let path: Result<Path<Vec<(String, String)>>, PathRejection> =
            Path::from_request_parts(parts, web).await;
        let slug = path.ok().and_then(|Path(steps)| {
            let named = steps.into_iter().find(|(name, _)| name == "slug");
            named.map(|(_, slug)| slug)
        });
        let found = slug.and_then(|slug| web.house.of_slug(&slug).map(|desk| (desk, slug)));
        Ok(Self(found))
    }
}

fn nowhere(web: &Web) -> Response {
    Refusal::NotFound.answer(&web.pages, "/g")
}

fn form_of(slug: &str) -> String {
    format!("/g/{slug}/new")
}

async fn home(State(web): State<Web>, Named(guild): Named, headers: HeaderMap) -> Response {
    match guild {
        Some((desk, slug)) => customer::show_home(&web, &desk, &form_of(&slug), &headers),
        None => nowhere(&web),
    }
}

async fn new_form(State(web): State<Web>, Named(guild): Named) -> Response {
    match guild {
        Some((desk, slug)) => customer::empty_form(&web, &desk, &form_of(&slug)).await,
        None => nowhere(&web),
    }
}

async fn file_ticket(
    State(web): State<Web>,
    Named(guild): Named,
    headers: HeaderMap,
    request: Request,
) -> Response {
    match guild {
        Some((desk, slug)) => {
            customer::file_at(&web, &desk, &form_of(&slug), &headers, request).await
        }
        None => nowhere(&web),
    }
}

/// Links in Discord lead to the page of their own guild, whichever one was looked at last.
async fn to_staff(State(web): State<Web>, Named(guild): Named, request: Request) -> Response {
    let Some((_, slug)) = guild else {
        return nowhere(&web);
    };
    let begins = format!("/g/{slug}");
    let page = request.uri().path().strip_prefix(&begins);
    let page = page.filter(|page| page.starts_with("/staff"));
    match page {
        Some(page) if !page.contains("//") => {
            Redirect::to(&format!("{page}?guild={slug}")).into_response()
        }
        _ => nowhere(&web),
    }
}

/// The page that lets one choose whom to ask.
pub(super) fn choose(web: &Web, status: StatusCode) -> Response {
    let choices: Vec<_> = web
        .house
        .open_desks()
        .iter()
        .filter_map(|desk| {
            let guild = desk.guild_view();
            guild.slug.map(|slug| Choice {
                name: guild.name,
                place: format!("/g/{slug}"),
            })
        })
        .collect();
    web.pages
        .show(status, |frame| app::public::choose(frame, &choices))
}
