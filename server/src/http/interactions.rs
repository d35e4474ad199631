//! Discord's own door: signed interactions over HTTP, and the request to register commands.
//!
//! A signature is checked over the bytes as they came, before anything of them is read; whatever
//! is wrong with it gets the same short refusal. What an interaction means is the connector's and
//! the desk's.

use super::Web;
use crate::config::{Config, Secret};
use crate::discord_config;
use anyhow::Context;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Extension, Router};
use connector::{DiscordConfig, Inline, Interactions};
use domain::Timestamp;
use ed25519_dalek::{Signature, VerifyingKey};
use serde_json::json;
use std::net::SocketAddr;
use std::time::Duration;
use subtle::ConstantTimeEq;
use url::{Host, Url};

/// How far a signed moment may lie from ours, either way.
const FRESH: Duration = Duration::from_secs(5 * 60);
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
    interactions: Interactions,
}

impl Signed {
    pub(super) fn new(config: &Config, interactions: Interactions) -> anyhow::Result<Self> {
        let key = match &config.public_key {
            Some(hex) => Some(key(hex).context("DISCORD_PUBLIC_KEY is no Ed25519 key")?),
            None => None,
        };
        Ok(Self { key, interactions })
    }
}

fn key(hex: &str) -> Option<VerifyingKey> {
    VerifyingKey::from_bytes(&bytes(hex)?).ok()
}

/// The bytes in hexadecimal digits, exactly as many.
fn bytes<const N: usize>(hex: &str) -> Option<[u8; N]> {
    let digits = hex.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let nibble = |digit: u8| char::from(digit).to_digit(16);
        let value = (nibble(pair[0])? << 4) | nibble(pair[1])?;
        *byte = u8::try_from(value).ok()?;
    }
    Some(bytes)
}

/// Whether Discord signed these bytes, just now.
fn is_signed(key: &VerifyingKey, headers: &HeaderMap, body: &[u8], now: Timestamp) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let (Some(signature), Some(moment)) =
        (text("x-signature-ed25519"), text("x-signature-timestamp"))
    else {
        return false;
    };
    let plain = !moment.is_empty() && moment.bytes().all(|b| b.is_ascii_digit());
    let Some(seconds) = moment.parse::<i64>().ok().filter(|_| plain) else {
        return false;
    };
    let away = now.millis().abs_diff(seconds.saturating_mul(1_000));
    if u128::from(away) > FRESH.as_millis() {
        return false;
    }
    let Some(signature) = bytes(signature).map(|bytes| Signature::from_bytes(&bytes)) else {
        return false;
    };
    let signed = [moment.as_bytes(), body].concat();
    key.verify_strict(&signed, &signature).is_ok()
}

fn refused() -> Response {
    (StatusCode::UNAUTHORIZED, "invalid request signature").into_response()
}

async fn interaction(State(web): State<Web>, headers: HeaderMap, body: Bytes) -> Response {
    let Some(key) = &web.signed.key else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if !is_signed(key, &headers, &body, web.house.now()) {
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
    use ed25519_dalek::{Signer, SigningKey};

    const NOW: i64 = 1_795_265_280;

    fn headers(pairs: &[(&'static str, String)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                let name = axum::http::HeaderName::from_static(name);
                (name, HeaderValue::from_str(value).unwrap())
            })
            .collect()
    }

    fn signed(key: &SigningKey, moment: &str, body: &[u8]) -> HeaderMap {
        let signature = key.sign(&[moment.as_bytes(), body].concat()).to_bytes();
        let hex: String = signature.iter().map(|byte| format!("{byte:02x}")).collect();
        headers(&[
            ("x-signature-ed25519", hex),
            ("x-signature-timestamp", moment.to_owned()),
        ])
    }

    #[test]
    fn only_what_discord_signed_just_now_passes() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let now = Timestamp::from_millis(NOW * 1_000);
        let passes =
            |headers: &HeaderMap, body: &[u8]| is_signed(&key.verifying_key(), headers, body, now);
        let at = |moment: i64| signed(&key, &moment.to_string(), b"{}");
        assert!(passes(&at(NOW), b"{}"));
        assert!(passes(&at(NOW - 300), b"{}") && passes(&at(NOW + 300), b"{}"));
        assert!(!passes(&at(NOW - 301), b"{}") && !passes(&at(NOW + 301), b"{}"));
        assert!(!passes(&at(NOW), b"{ }"), "other bytes");
        assert!(!passes(&HeaderMap::new(), b"{}"));
        for moment in [
            "",
            "-1",
            "+1795265280",
            "soon",
            "99999999999999999999",
            "9223372036854775807",
        ] {
            assert!(!passes(&signed(&key, moment, b"{}"), b"{}"), "{moment}");
        }
        let other = SigningKey::from_bytes(&[8; 32]);
        assert!(!passes(&signed(&other, &NOW.to_string(), b"{}"), b"{}"));
        for signature in [
            "",
            "00",
            &"0".repeat(128),
            &"g".repeat(128),
            &"é".repeat(64),
        ] {
            let mut bad = at(NOW);
            let value = HeaderValue::from_bytes(signature.as_bytes()).unwrap();
            bad.insert("x-signature-ed25519", value);
            assert!(!passes(&bad, b"{}"), "{signature}");
        }
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
