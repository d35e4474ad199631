//! Turning outcomes into responses: bodies, rate-limit headers, the answers of ordered faults.
//! It decides nothing.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::Reply;
use crate::error::Refusal;
use crate::faults::Fault;
use crate::limits::Standing;

/// The response of a route, with the headers of its bucket.
pub(crate) fn finish(outcome: Result<Reply, Response>, standing: Option<&Standing>) -> Response {
    let mut response = match outcome {
        Ok(Reply::Json(status, body)) => (code(status), axum::Json(body)).into_response(),
        Ok(Reply::Empty) => StatusCode::NO_CONTENT.into_response(),
        Err(response) => response,
    };
    if let Some(standing) = standing {
        add_standing(response.headers_mut(), standing);
    }
    response
}

fn add_standing(headers: &mut HeaderMap, standing: &Standing) {
    let seconds = |ms: i64| format!("{}.{:03}", ms / 1000, ms % 1000);
    let left_ms = (standing.resets_ms - standing.now_ms).max(0);
    let pairs = [
        ("x-ratelimit-limit", standing.limit.to_string()),
        ("x-ratelimit-remaining", standing.left.to_string()),
        ("x-ratelimit-reset", seconds(standing.resets_ms)),
        ("x-ratelimit-reset-after", seconds(left_ms)),
        ("x-ratelimit-bucket", standing.bucket.clone()),
    ];
    for (name, value) in pairs {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
}

/// A refusal as a response. Those that name a wait carry it as a 429 does.
pub(crate) fn refused(refusal: &Refusal) -> Response {
    let waits = refusal
        .errors
        .as_ref()
        .and_then(|errors| errors["retry_after_ms"].as_i64());
    match waits {
        Some(wait_ms) => too_many(wait_ms, false, "user", Some(refusal)),
        None => refusal.clone().into_response(),
    }
}

/// A 429.
pub(crate) fn too_many(
    wait_ms: i64,
    global: bool,
    scope: &str,
    refusal: Option<&Refusal>,
) -> Response {
    #[expect(clippy::cast_precision_loss, reason = "waits are far below 2^52 ms")]
    let seconds = wait_ms as f64 / 1000.0;
    let message = refusal.map_or("You are being rate limited.", |refusal| &refusal.message);
    let code = refusal.map_or(0, |refusal| refusal.code);
    let body = json!({"message": message, "retry_after": seconds, "global": global, "code": code});
    let mut response = (StatusCode::TOO_MANY_REQUESTS, axum::Json(body)).into_response();
    let headers = response.headers_mut();
    let whole = (wait_ms + 999) / 1000;
    headers.insert(header::RETRY_AFTER, HeaderValue::from(whole));
    if let Ok(scope) = HeaderValue::from_str(scope) {
        headers.insert("x-ratelimit-scope", scope);
    }
    if global {
        headers.insert("x-ratelimit-global", HeaderValue::from_static("true"));
    }
    response
}

/// The page that Discord's edge shows to those who asked for too much that they may not have.
pub(crate) fn banned() -> Response {
    let page = "<!doctype html><html><head><title>Access denied | discord.com used Cloudflare \
                to restrict access</title></head><body>You have been blocked.</body></html>";
    let kind = [(header::CONTENT_TYPE, "text/html; charset=UTF-8")];
    (StatusCode::FORBIDDEN, kind, page).into_response()
}

/// Whether an answer counts towards that page.
pub(crate) fn is_invalid(response: &Response) -> bool {
    let shared = response.headers().get("x-ratelimit-scope");
    let shared = shared.is_some_and(|scope| scope == "shared");
    matches!(response.status().as_u16(), 401 | 403 | 429) && !shared
}

/// The answer that a `status` fault orders.
pub(crate) fn faulty(fault: &Fault) -> Response {
    let status = fault.status.unwrap_or(500);
    match &fault.body {
        Some(Value::String(text)) => {
            let kind = [(header::CONTENT_TYPE, "text/html")];
            (code(status), kind, text.clone()).into_response()
        }
        Some(body) => (code(status), axum::Json(body.clone())).into_response(),
        None if status >= 500 => {
            let kind = [(header::CONTENT_TYPE, "text/html")];
            let page = format!(
                "<html><head><title>{status}</title></head><body>upstream error</body></html>"
            );
            (code(status), kind, page).into_response()
        }
        None => {
            let body = json!({"message": "Ordered by the stand-in's faults", "code": 0});
            (code(status), axum::Json(body)).into_response()
        }
    }
}

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
