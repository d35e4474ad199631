//! Discord's own door: signed interactions over HTTP, and the request to register commands.
//!
//! A signature is checked over the bytes as they came, before anything of them is read; whatever
//! is wrong with it gets the same short refusal. What an interaction means is the connector's and
//! the desk's.

mod seal;

use super::Web;
use crate::config::{Config, Secret};
use crate::discord_config;
use anyhow::Context;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Extension, Router};
use connector::{DiscordConfig, Inline, Interactions};
use domain::Timestamp;
use ed25519_dalek::VerifyingKey;
use seal::Seal;
use serde_json::json;
use std::net::SocketAddr;
use subtle::ConstantTimeEq;
use url::{Host, Url};

/// More than Discord ever sends.
const LARGEST: usize = 1 << 20;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/api/interactions", post(interaction))
        .route("/api/register-commands", post(register))
        .layer(DefaultBodyLimit::max(LARGEST))
}

/// What answers signed interactions, if a key is configured.
pub(crate) struct Signed {
    key: Option<VerifyingKey>,
    /// When this process began: what was signed before was meant for another one.
    since: Timestamp,
    interactions: Interactions,
}

impl Signed {
    pub(super) fn new(
        config: &Config,
        since: Timestamp,
        interactions: Interactions,
    ) -> anyhow::Result<Self> {
        let key = match &config.public_key {
            Some(hex) => Some(seal::key(hex).context("DISCORD_PUBLIC_KEY is no Ed25519 key")?),
            None => None,
        };
        Ok(Self {
            key,
            since,
            interactions,
        })
    }
}

fn refused() -> Response {
    (StatusCode::UNAUTHORIZED, "invalid request signature").into_response()
}

impl FromRequestParts<Web> for Seal {
    type Rejection = Response;

    /// Before the body is read: a stranger's costs nothing then.
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Response> {
        let Some(key) = web.signed.key else {
            return Err(StatusCode::NOT_FOUND.into_response());
        };
        Self::read(key, &parts.headers, web.house.now(), web.signed.since).ok_or_else(refused)
    }
}

async fn interaction(State(web): State<Web>, seal: Seal, body: Bytes) -> Response {
    if !seal.is_on(&body) {
        return refused();
    }
    match web.signed.interactions.answer_inline(&body).await {
        Inline::Answer(json) => {
            ([(header::CONTENT_TYPE, "application/json")], json).into_response()
        }
        Inline::Known => refused(),
        Inline::Unreadable => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// What registers commands, for whoever may ask for it.
pub(crate) struct Registrar {
    secret: Option<Secret>,
    discord: DiscordConfig,
    guild: u64,
    /// Whether browsers reach us on this machine alone.
    is_local: bool,
}

impl Registrar {
    pub(super) fn new(config: &Config) -> Self {
        Self {
            secret: config.register_secret.clone(),
            discord: discord_config(config),
            guild: config.guild.discord_id.get(),
            is_local: is_local(&config.public_url),
        }
    }

    /// By the secret, if there is one; else only from this machine itself, and only where nobody
    /// comes from elsewhere: a proxy on this machine would make all of them look near.
    fn may(&self, headers: &HeaderMap, peer: Option<SocketAddr>) -> bool {
        let Some(secret) = &self.secret else {
            let forwarded = ["forwarded", "x-forwarded-for", "x-real-ip"];
            let direct = forwarded.iter().all(|name| !headers.contains_key(*name));
            return self.is_local && direct && peer.is_some_and(|peer| peer.ip().is_loopback());
        };
        let given = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "));
        given.is_some_and(|given| given.as_bytes().ct_eq(secret.expose().as_bytes()).into())
    }
}

fn is_local(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else {
        return false;
    };
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

async fn register(
    State(web): State<Web>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
) -> Response {
    let registrar = &web.registrar;
    let peer = peer.map(|Extension(ConnectInfo(peer))| peer);
    if !registrar.may(&headers, peer) {
        let error = json!({"error": "not_allowed"});
        return (StatusCode::UNAUTHORIZED, axum::Json(error)).into_response();
    }
    match connector::register_and_remember(&registrar.discord, &web.house, registrar.guild).await {
        Ok(count) => {
            let guild = registrar.guild.to_string();
            axum::Json(json!({"registered": count, "guild": guild})).into_response()
        }
        Err(error) => {
            tracing::warn!(%error, "The commands could not be registered");
            let error = json!({"error": "discord", "why": error.to_string()});
            (StatusCode::BAD_GATEWAY, axum::Json(error)).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn headers(pairs: &[(&'static str, String)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                let name = axum::http::HeaderName::from_static(name);
                (name, HeaderValue::from_str(value).unwrap())
            })
            .collect()
    }

    fn registrar(secret: Option<&str>) -> Registrar {
        Registrar {
            secret: secret.map(Secret::new),
            discord: DiscordConfig {
                token: String::new(),
                application_id: 1,
                stand_in: None,
            },
            guild: 1,
            is_local: true,
        }
    }

    #[test]
    fn commands_are_registered_by_the_secret_or_from_this_machine() {
        let near = Some(SocketAddr::from(([127, 0, 0, 1], 4_000)));
        let far = Some(SocketAddr::from(([192, 0, 2, 1], 4_000)));
        let bearer = |secret: &str| headers(&[("authorization", format!("Bearer {secret}"))]);
        let open = registrar(None);
        assert!(open.may(&HeaderMap::new(), near));
        assert!(!open.may(&HeaderMap::new(), far));
        assert!(!open.may(&HeaderMap::new(), None));
        let proxied = headers(&[("x-forwarded-for", "192.0.2.1".to_owned())]);
        assert!(!open.may(&proxied, near), "a proxy asks for somebody else");
        let behind_a_proxy = Registrar {
            is_local: false,
            ..registrar(None)
        };
        assert!(!behind_a_proxy.may(&HeaderMap::new(), near));
        for url in [
            "http://127.0.0.1:3000",
            "http://localhost",
            "http://[::1]:3000",
        ] {
            assert!(is_local(url), "{url}");
        }
        assert!(!is_local("https://help.example.com"));
        let locked = registrar(Some("s3cret"));
        assert!(locked.may(&bearer("s3cret"), far));
        assert!(!locked.may(&bearer("s3cre"), near));
        assert!(!locked.may(&bearer(""), near));
        assert!(!locked.may(&HeaderMap::new(), near));
    }
}
