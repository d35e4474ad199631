//! What every request passes on its way in and every answer on its way out.
//!
//! A span for the log, a net for panics, headers, a limit in time. It knows addresses only by
//! their template: the path of a private link is a secret.

use super::Web;
use super::refusal::Refusal;
use crate::errors::reference;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Version};
use axum::middleware::Next;
use axum::response::Response;
use futures::FutureExt;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{Predicate, SizeAbove};
use tracing::Instrument;

/// How long an answer may take to begin.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);

/// Script-free pages and one small script of our own; pictures of people come from Discord.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data: https://cdn.discordapp.com; connect-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'";

/// Compresses pages, quickly rather than well; files come compressed already.
///
/// A page's compressed length can tell a secret in it only to somebody who makes the browser ask
/// again and again with guesses of theirs shown on the page, and who sees the length. Other sites'
/// forms and fetches come without our cookies (`SameSite=Lax`) and are refused; a plain link does
/// bring them, but no page shows anything from its address beside a secret.
pub(crate) fn compression() -> CompressionLayer<impl Predicate + Send + Sync + Copy> {
    CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(SizeAbove::new(1_024).and(is_page))
}

fn is_page(_: StatusCode, _: Version, headers: &HeaderMap, _: &axum::http::Extensions) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// Gives the request a name in the log.
pub(crate) async fn trace(request: Request, next: Next) -> Response {
    let id = reference();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("(none)", MatchedPath::as_str);
    let span = tracing::info_span!(
        "request",
        request.id = id,
        http.method = %request.method(),
        http.route = route,
    );
    let began = Instant::now();
    async move {
        let mut response = next.run(request).await;
        tracing::debug!(
            http.status = response.status().as_u16(),
            duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
            "A request was answered"
        );
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().insert("x-request-id", id);
        }
        response
    }
    .instrument(span)
    .await
}

/// Turns a panic into a page; the others' requests go on.
pub(crate) async fn catch_panic(State(web): State<Web>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => {
            let what = panic
                .downcast_ref::<&str>()
                .copied()
                .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
                .unwrap_or("no words");
            let reference = reference();
            tracing::error!(error.reference = reference, what, "A request panicked");
            Refusal::Panic(reference).answer(&web.pages, &path)
        }
    }
}

/// Headers that keep a page to itself. What an answer says of its own is left as it is.
pub(crate) async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut default = |name: HeaderName, value: &'static str| {
        set_default(headers, name, value);
    };
    default(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(header::X_FRAME_OPTIONS, "DENY");
    // Addresses of private links go to no other site. `no-referrer` would say still less, but it
    // makes browsers send our own forms with `Origin: null`, which the cross-site guard must
    // refuse where there is no `Sec-Fetch-Site`: on plain http.
    default(header::REFERRER_POLICY, "same-origin");
    default(
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    default(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    default(header::CACHE_CONTROL, "no-store");
    response
}

fn set_default(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers
        .entry(name)
        .or_insert(HeaderValue::from_static(value));
}

/// Ends what takes too long. Streams are not given to it.
pub(crate) async fn time_limit(State(web): State<Web>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    match tokio::time::timeout(ANSWER_WITHIN, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            tracing::warn!("A request took too long and was ended");
            Refusal::TimeOut.answer(&web.pages, &path)
        }
    }
}
