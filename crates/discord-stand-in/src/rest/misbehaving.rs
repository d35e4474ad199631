//! Carries out ordered faults around a request: before it runs, and on the way of its answer back.
//! Which fault strikes is decided by `faults`; the gateway's faults are carried out by `hub` and `gateway`.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::header;
use axum::response::Response;
use futures::stream;
use serde_json::json;

use super::answering::{faulty, too_many};
use crate::faults::Fault;
use crate::hub::Hub;
use crate::listener::Peer;

/// Carries out the part of a fault that comes before the request. A response ends the matter.
pub(crate) async fn before(
    hub: &Hub,
    peer: &Peer,
    fault: &Fault,
    method: &str,
    path: &str,
) -> Option<Response> {
    let response = match fault.action.as_str() {
        "slow" => {
            wait(fault).await;
            return None;
        }
        "drop_before" => {
            // Nobody gets an answer; the record shows the attempt.
            hub.with(|inner| inner.note(method, path, 0, None));
            hang_up(peer).await
        }
        "status" if !fault.after => faulty(fault),
        "rate_limited" => limited(fault),
        _ => return None,
    };
    let status = response.status().as_u16();
    hub.with(|inner| inner.note(method, path, status, None));
    Some(response)
}

/// Does to an answer what the fault wants; the request was carried out.
pub(crate) async fn after(peer: &Peer, fault: &Fault, response: Response) -> Response {
    match fault.action.as_str() {
        "drop_after" => hang_up(peer).await,
        "status" if fault.after => faulty(fault),
        "slow_headers" => {
            wait(fault).await;
            response
        }
        "slow_body" => in_two(response, Second::Late(pause(fault)), peer).await,
        "cut_body" => in_two(response, Second::Never, peer).await,
        "broken_json" => {
            let (mut parts, bytes) = taken(response).await;
            parts.headers.remove(header::CONTENT_LENGTH);
            let kept = bytes.slice(..bytes.len() * 2 / 3);
            Response::from_parts(parts, Body::from(kept))
        }
        "unknown_shape" => {
            let (mut parts, _) = taken(response).await;
            parts.headers.remove(header::CONTENT_LENGTH);
            let strange = json!({"a_shape": "that nobody knows"});
            let body = fault.body.as_ref().unwrap_or(&strange);
            Response::from_parts(parts, Body::from(body.to_string()))
        }
        _ => response,
    }
}

fn limited(fault: &Fault) -> Response {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "seconds that a test wrote down"
    )]
    let wait_ms = (fault.retry_after.unwrap_or(1.0) * 1000.0) as i64;
    let otherwise = if fault.global { "global" } else { "user" };
    let scope = fault.scope.as_deref().unwrap_or(otherwise);
    let mut response = too_many(wait_ms, fault.global, scope, None);
    if fault.bare {
        let headers = response.headers_mut();
        for name in ["retry-after", "x-ratelimit-scope", "x-ratelimit-global"] {
            headers.remove(name);
        }
    }
    response
}

/// Cuts the connection without an answer.
async fn hang_up(peer: &Peer) -> Response {
    peer.cut.cancel();
    // The connection's task ends here, and this future with it.
    std::future::pending().await
}

fn pause(fault: &Fault) -> Duration {
    Duration::from_millis(fault.delay_ms.unwrap_or(1_000))
}

async fn wait(fault: &Fault) {
    tokio::time::sleep(pause(fault)).await;
}

async fn taken(response: Response) -> (axum::http::response::Parts, Bytes) {
    let (parts, body) = response.into_parts();
    // Answers are built in memory, so reading one cannot fail.
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    (parts, bytes)
}

/// What becomes of the second half of a body.
enum Second {
    Late(Duration),
    Never,
}

/// Sends the headers and half of the body at once, and treats the rest as ordered.
async fn in_two(response: Response, second: Second, peer: &Peer) -> Response {
    let (mut parts, bytes) = taken(response).await;
    if bytes.is_empty() && matches!(second, Second::Never) {
        return hang_up(peer).await;
    }
    parts
        .headers
        .insert(header::CONTENT_LENGTH, bytes.len().into());
    let (first, rest) = (
        bytes.slice(..bytes.len() / 2),
        bytes.slice(bytes.len() / 2..),
    );
    let body = stream::unfold(Some((Some(first), rest, second)), |state| async move {
        match state? {
            (Some(first), rest, second) => Some((Ok(first), Some((None, rest, second)))),
            (None, rest, Second::Late(pause)) => {
                tokio::time::sleep(pause).await;
                Some((Ok(rest), None))
            }
            (None, _, Second::Never) => {
                // Else the first half would not go out either.
                tokio::time::sleep(Duration::from_millis(20)).await;
                Some((Err(io::Error::from(io::ErrorKind::ConnectionReset)), None))
            }
        }
    });
    Response::from_parts(parts, Body::from_stream(body))
}
