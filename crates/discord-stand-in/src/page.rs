//! The page at the root, for people; its files are part of the program.
//! The root is also where clients open their websocket, as at Discord's gateway.

use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{ConnectInfo, Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use crate::gateway::socket;
use crate::hub::Hub;
use crate::listener::Peer;

/// `GET /` and `GET /gateway`: a websocket if one is asked for, else the page.
pub(crate) async fn root(
    State(hub): State<Arc<Hub>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    RawQuery(query): RawQuery,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    match upgrade {
        Ok(upgrade) => {
            let url = hub.options.gateway_url(peer.served_at);
            let query = query.unwrap_or_default();
            upgrade.on_upgrade(move |socket| socket::serve(hub, socket, query, url))
        }
        Err(_) => file("text/html; charset=utf-8", include_str!("page/index.html")),
    }
}

/// `GET /channels/{guild}/{channel}`: Discord's own addresses lead to the channel on the page.
pub(crate) async fn channel(Path((_, channel)): Path<(u64, u64)>) -> Redirect {
    Redirect::to(&format!("/#{channel}"))
}

/// `GET /page/{file}`.
pub(crate) async fn part(Path(name): Path<String>) -> Response {
    let Some((_, text)) = PARTS.iter().find(|(known, _)| *known == name) else {
        return (StatusCode::NOT_FOUND, "The page has no such part.").into_response();
    };
    let kind = if name.ends_with(".css") {
        "text/css; charset=utf-8"
    } else {
        "text/javascript; charset=utf-8"
    };
    file(kind, text)
}

fn file(kind: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, text).into_response()
}

macro_rules! parts {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("page/", $name)))),*]
    };
}

/// The page's scripts and styles.
const PARTS: &[(&str, &str)] = parts![
    "admins.js",
    "api.js",
    "commands.js",
    "composer.js",
    "dom.js",
    "endpoint.js",
    "faults.js",
    "live.js",
    "log.js",
    "markdown.js",
    "memory.js",
    "message.js",
    "overlay.js",
    "page.css",
    "page.js",
    "sidebar.js",
    "suggested.js",
    "world.js",
];

#[cfg(test)]
mod tests {
    use super::PARTS;

    #[test]
    fn every_file_of_the_page_is_served() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/page");
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != "index.html")
            .collect();
        names.sort();
        let served: Vec<&str> = PARTS.iter().map(|(name, _)| *name).collect();
        assert_eq!(served, names);
    }
}
