//! The dashboard's routes: pages drawn by leptos, and the calls that they make.
//!
//! Both pass [`super::viewer`] first. What the pages show and the calls do is in `app`.

use super::refusal::{Refusal, is_api};
use super::{Web, form, kept, sessions, viewer};
use app::StaffApp;
use app::api::{Connection, ConnectionView};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use leptos::config::LeptosOptions;
use leptos::prelude::provide_context;
use leptos_axum::{LeptosRoutes, generate_route_list};
use std::sync::Arc;
use std::time::Duration;

pub(super) fn routes(web: &Web) -> Router<Web> {
    let options = web.leptos.clone();
    let assets = web.pages.assets().clone();
    let context = {
        let (house, assets) = (web.house.clone(), assets.clone());
        let web = web.clone();
        let connection = Connection(Arc::new(move || connection(&web)));
        move || {
            provide_context(connection.clone());
            provide_context(house.clone());
            provide_context(assets.clone());
        }
    };
    // Called once only: every call would register every server function again.
    Router::new()
        .leptos_routes_with_context(web, generate_route_list(StaffApp), context, move || {
            app::staff_shell(options.clone(), assets.clone())
        })
        .layer(middleware::from_fn_with_state(web.clone(), kept::list))
        .layer(DefaultBodyLimit::max(form::BODY_MAX))
        .layer(middleware::from_fn_with_state(
            web.clone(),
            viewer::identify,
        ))
        .layer(sessions::layer(&web.house, web.https))
        .layer(middleware::from_fn_with_state(web.clone(), only_forms))
}

/// What the page about the bridge is told of the gateway.
fn connection(web: &Web) -> ConnectionView {
    let gateway = web.gateway.snapshot();
    let now = web.house.now();
    let moment = |seconds| now.before(Duration::from_secs(seconds));
    ConnectionView {
        since: gateway.connected_seconds.map(moment),
        last_event: gateway.last_event_seconds_ago.map(moment),
        not_understood: gateway.undecoded,
        trouble: gateway.trouble,
    }
}

/// Refuses calls in a format or of a size that the dashboard never sends, in our words: the
/// library's own answer to either is an error of the server's.
async fn only_forms(State(web): State<Web>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if request.method() == Method::POST && is_api(path) {
        if !is_form(request.headers()) {
            return Refusal::WrongType.answer(&web.pages, path);
        }
        if length(request.headers()).is_some_and(|length| length > form::BODY_MAX) {
            return Refusal::TooLarge.answer(&web.pages, path);
        }
    }
    next.run(request).await
}

fn is_form(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.split(';').next())
        .is_some_and(|v| {
            v.trim()
                .eq_ignore_ascii_case("application/x-www-form-urlencoded")
        })
}

fn length(headers: &HeaderMap) -> Option<usize> {
    headers
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

/// What leptos asks for; our own addresses for files come with [`app::Assets`].
pub(super) fn options(site_dir: &std::path::Path) -> LeptosOptions {
    LeptosOptions::builder()
        .output_name("threadline")
        .site_root(site_dir.display().to_string())
        .site_pkg_dir("pkg")
        .env(leptos::config::Env::PROD)
        .build()
}
