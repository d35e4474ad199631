//! The web door: addresses, and the layers that every request passes.
//!
//! It turns requests into calls of the desk and answers into pages; it decides nothing about
//! tickets. Only this room sets cookies and headers.

mod assets;
mod changes;
mod cookies;
mod cross_site;
mod customer;
mod files;
mod form;
mod guilds;
mod health;
mod interactions;
mod kept;
mod layers;
mod live;
mod pages;
mod records;
mod refusal;
mod return_path;
mod sessions;
mod settings;
mod sign_in;
mod staff;
mod ticket;
mod transcripts;
mod uploads;
mod viewer;

use crate::config::Config;
use anyhow::Context;
use assets::Shelf;
use axum::Router;
use axum::extract::{FromRef, Request, State};
use axum::http::Method;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Response;
use connector::{GatewayStatus, Interactions};
use desk::House;
use kept::Kept;
use leptos::config::LeptosOptions;
use pages::Pages;
use refusal::Refusal;
use sign_in::SignIn;
use std::ops::Deref;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use url::Url;

/// What handlers need; cloning it is cheap.
#[derive(Clone)]
pub(crate) struct Web(Arc<Parts>);

/// See [`Web`].
pub(crate) struct Parts {
    pub(crate) house: House,
    pub(crate) pages: Pages,
    kept: Kept,
    shelf: Shelf,
    sign_in: SignIn,
    gateway: Arc<GatewayStatus>,
    signed: interactions::Signed,
    registrar: interactions::Registrar,
    /// Which settings were given, for the health report.
    given: Vec<(&'static str, bool)>,
    public_url: Url,
    /// Whether cookies may insist on https.
    https: bool,
    leptos: LeptosOptions,
    /// Ends the streams that would otherwise outlive us.
    stop: CancellationToken,
}

impl Deref for Web {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl FromRef<Web> for LeptosOptions {
    fn from_ref(web: &Web) -> Self {
        web.leptos.clone()
    }
}

impl Web {
    /// Puts the parts together. `http` reaches Discord and follows no redirects.
    pub(crate) fn new(
        config: &Config,
        house: House,
        gateway: Arc<GatewayStatus>,
        interactions: Interactions,
        http: reqwest::Client,
        stop: CancellationToken,
    ) -> anyhow::Result<Self> {
        let shelf = Shelf::load(&config.site_dir);
        let since = house.now();
        Ok(Self(Arc::new(Parts {
            pages: Pages::new(shelf.addresses(), house.clone()),
            house,
            kept: Kept::new(),
            shelf,
            sign_in: SignIn::new(config, http)?,
            gateway,
            signed: interactions::Signed::new(config, since, interactions)?,
            registrar: interactions::Registrar::new(config),
            given: config.given.clone(),
            public_url: Url::parse(&config.public_url).context("PUBLIC_URL")?,
            https: config.is_https(),
            leptos: staff::options(&config.site_dir),
            stop,
        })))
    }
}

/// Every address, behind every layer. The layer named last is the outermost.
pub(crate) fn router(web: Web) -> Router {
    let with_time_limit = Router::new()
        .merge(customer::routes())
        .merge(guilds::routes())
        .merge(files::routes(&web))
        .merge(transcripts::routes(&web))
        .merge(records::routes(&web))
        .merge(settings::routes(&web))
        .merge(changes::routes())
        .merge(staff::routes(&web))
        .merge(sign_in::routes(&web))
        .merge(health::routes())
        .merge(interactions::routes())
        .fallback(file_or_nothing)
        .layer(layers::compression())
        .layer(from_fn_with_state(web.clone(), layers::time_limit));
    with_time_limit
        .merge(live::routes(&web))
        .merge(customer::upload_routes())
        .merge(guilds::upload_routes())
        .merge(files::upload_routes(&web))
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(web.clone(), cross_site::guard))
        .layer(from_fn_with_state(web.clone(), layers::catch_panic))
        .layer(from_fn(layers::headers))
        .layer(from_fn(layers::trace))
        .with_state(web)
}

async fn file_or_nothing(State(web): State<Web>, request: Request) -> Response {
    let path = request.uri().path();
    let Some(file) = web.shelf.serve(path, request.headers()) else {
        return Refusal::NotFound.answer(&web.pages, path);
    };
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        file
    } else {
        Refusal::Method.answer(&web.pages, path)
    }
}

async fn wrong_method(State(web): State<Web>, request: Request) -> Response {
    Refusal::Method.answer(&web.pages, request.uri().path())
}
