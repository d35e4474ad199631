//! The same requests, to a Discord that lives in this process: for proofs that need millions of
//! them, with time and accidents of their own.
//!
//! What a request says, how an answer is read and what a refusal means are those of the wire; only
//! sockets, TLS and serenity's limiter are missing. It carries, and decides nothing.

use super::errors::{held, judged, lost};
use super::rest::Ask;
use desk::bridge::{DeliveryError, PostFile};
use serde_json::Value;
use serenity::http::LightMethod;
use std::time::Duration;

/// One request on its way.
#[derive(Debug)]
pub struct Request<'a> {
    /// The HTTP method.
    pub method: &'static str,
    /// The path below `/api/v10`.
    pub path: &'a str,
    /// What stands behind the question mark.
    pub params: &'a [(&'static str, String)],
    /// The body, in JSON.
    pub body: &'a [u8],
    /// The files that go up with it.
    pub files: &'a [PostFile],
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// Something that carries requests and brings back answers.
#[async_trait::async_trait]
pub trait Carrier: Send + Sync + 'static {
    /// Makes one attempt. `None`: no answer came, whatever became of the request.
    async fn carry(&self, request: Request<'_>) -> Option<Answer>;

    /// Fetches a file by its link, in the same way. A Discord without files has none to give.
    async fn fetch(&self, _url: &str) -> Option<Answer> {
        None
    }
}

pub(super) async fn attempt(
    carrier: &dyn Carrier,
    ask: &Ask<'_>,
) -> Result<Vec<u8>, DeliveryError> {
    let address = ask.route.path();
    let path = address
        .split_once("/api/v10")
        .map_or(address.as_ref(), |(_, path)| path);
    let request = Request {
        method: method(ask.method),
        path,
        params: ask.params.as_deref().unwrap_or_default(),
        body: ask.body.as_deref().unwrap_or_default(),
        files: &ask.files,
    };
    let Some(answer) = carrier.carry(request).await else {
        return Err(lost(ask.effect));
    };
    match answer.status {
        200..=299 => Ok(answer.body),
        429 => Err(too_many(&answer.body)),
        status => Err(judged(status, &answer.body, ask.effect)),
    }
}

fn too_many(body: &[u8]) -> DeliveryError {
    let told: Value = serde_json::from_slice(body).unwrap_or_default();
    let seconds = told["retry_after"].as_f64().unwrap_or(1.0);
    let after = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::from_secs(1));
    held(after, told["global"].as_bool().unwrap_or(false))
}

fn method(method: LightMethod) -> &'static str {
    match method {
        LightMethod::Delete => "DELETE",
        LightMethod::Get => "GET",
        LightMethod::Patch => "PATCH",
        LightMethod::Post => "POST",
        LightMethod::Put => "PUT",
    }
}
