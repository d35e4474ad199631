//! Each guild's own addresses: `/g/{slug}`, its form, and the way to its staff's pages.
//!
//! What the pages are is the customers' and the staff's rooms' affair; here is only which guild is
//! meant. What is named and is not there answers like every address that never was.

use super::Web;
use super::customer;
use super::refusal::Refusal;
use crate::errors::explain;
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
enum Named {
    /// It is found there.
    Here(Desk, String),
    /// It was; now it is found here.
    Moved(Desk, String),
    /// None is, and none was.
    Nowhere,
}

impl FromRequestParts<Web> for Named {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Infallible> {
        let path: Result<Path<Vec<(String, String)>>, PathRejection> =
            Path::from_request_parts(parts, web).await;
        let slug = path.ok().and_then(|Path(steps)| {
            let named = steps.into_iter().find(|(name, _)| name == "slug");
            named.map(|(_, slug)| slug)
        });
        let Some(slug) = slug else {
            return Ok(Self::Nowhere);
        };
        let found = web.house.of_address(&slug).await.unwrap_or_else(|error| {
            explain(&error);
            None
        });
        let Some(desk) = found else {
            return Ok(Self::Nowhere);
        };
        let now = desk.guild_view().slug.unwrap_or_default();
        Ok(match now == slug {
            true => Self::Here(desk, slug),
            false => Self::Moved(desk, now),
        })
    }
}

fn nowhere(web: &Web) -> Response {
    Refusal::NotFound.answer(&web.pages, "/g")
}

fn form_of(slug: &str) -> String {
    format!("/g/{slug}/new")
}

async fn home(State(web): State<Web>, guild: Named, headers: HeaderMap) -> Response {
    match guild {
        Named::Here(desk, slug) => customer::show_home(&web, &desk, &form_of(&slug), &headers),
        Named::Moved(_, slug) => Redirect::permanent(&format!("/g/{slug}")).into_response(),
        Named::Nowhere => nowhere(&web),
    }
}

async fn new_form(State(web): State<Web>, guild: Named) -> Response {
    match guild {
        Named::Here(desk, slug) => customer::empty_form(&web, &desk, &form_of(&slug)).await,
        Named::Moved(_, slug) => Redirect::permanent(&form_of(&slug)).into_response(),
        Named::Nowhere => nowhere(&web),
    }
}

async fn file_ticket(
    State(web): State<Web>,
    guild: Named,
    headers: HeaderMap,
    request: Request,
) -> Response {
    match guild {
        // A form that was open while its guild moved is taken as it is.
        Named::Here(desk, slug) | Named::Moved(desk, slug) => {
            customer::file_at(&web, &desk, &form_of(&slug), &headers, request).await
        }
        Named::Nowhere => nowhere(&web),
    }
}

/// Links in Discord lead to the page of their own guild, whichever one was looked at last.
async fn to_staff(State(web): State<Web>, guild: Named, request: Request) -> Response {
    let after_g = request.uri().path().strip_prefix("/g/").unwrap_or_default();
    let page = after_g.split_once('/').map(|(_, page)| page);
    let page = page.filter(|page| page.starts_with("staff") && !page.contains("//"));
    match (guild, page) {
        (Named::Here(_, slug), Some(page)) => {
            Redirect::to(&format!("/{page}?guild={slug}")).into_response()
        }
        (Named::Moved(_, slug), Some(page)) => {
            Redirect::permanent(&format!("/g/{slug}/{page}")).into_response()
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
