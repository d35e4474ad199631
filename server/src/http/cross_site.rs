//! The guard against forms that another site sends in a visitor's name.
//!
//! Browsers say where a request comes from; a request without any such mark comes from no browser
//! and carries nobody's cookies. It knows no route: every method that may change something passes.

use super::Web;
use super::refusal::Refusal;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use url::Url;

/// Lets through what reads only, and what comes from our own pages.
pub(crate) async fn guard(State(web): State<Web>, request: Request, next: Next) -> Response {
    let reads = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    if reads || is_ours(request.headers(), request.uri(), &web.public_url) {
        return next.run(request).await;
    }
    tracing::info!("A form sent by another site was refused");
    Refusal::CrossSite.answer(&web.pages, request.uri().path())
}

fn is_ours(headers: &HeaderMap, uri: &Uri, public: &Url) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let Some(origin) = origin.to_str().ok().and_then(|o| Url::parse(o).ok()) else {
        return false;
    };
    let Some(place) = place(&origin) else {
        return false;
    };
    let host = headers
        .get(header::HOST)
        .and_then(|h| h.to_str().ok())
        .or_else(|| uri.authority().map(|a| a.as_str()))
        .and_then(|host| Url::parse(&format!("{}://{host}/", origin.scheme())).ok());
    self::place(public) == Some(place) || host.as_ref().and_then(self::place) == Some(place)
}

/// Host and port, the scheme's own port included.
fn place(url: &Url) -> Option<(&str, u16)> {
    matches!(url.scheme(), "http" | "https").then_some(())?;
    Some((url.host_str()?, url.port_or_known_default()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn passes(pairs: &[(&'static str, &'static str)]) -> bool {
        let headers: HeaderMap = pairs
            .iter()
            .map(|(name, value)| {
                (
                    axum::http::HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect();
        let public = Url::parse("https://help.example.com").unwrap();
        is_ours(&headers, &Uri::from_static("/new"), &public)
    }

    #[test]
    fn the_browsers_own_word_decides() {
        assert!(passes(&[("sec-fetch-site", "same-origin")]));
        assert!(passes(&[("sec-fetch-site", "none")]));
        assert!(!passes(&[("sec-fetch-site", "same-site")]));
        assert!(!passes(&[("sec-fetch-site", "cross-site")]));
        // Even if the rest looks like ours.
        assert!(!passes(&[
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://help.example.com"),
        ]));
    }

    #[test]
    fn older_browsers_name_the_origin() {
        assert!(passes(&[("origin", "https://help.example.com")]));
        assert!(passes(&[("origin", "https://help.example.com:443")]));
        assert!(passes(&[
            ("origin", "http://127.0.0.1:3000"),
            ("host", "127.0.0.1:3000")
        ]));
        assert!(passes(&[
            ("origin", "http://desk.lan"),
            ("host", "desk.lan")
        ]));
        assert!(!passes(&[
            ("origin", "http://desk.lan:81"),
            ("host", "desk.lan")
        ]));
        assert!(!passes(&[
            ("origin", "https://evil.example"),
            ("host", "127.0.0.1:3000")
        ]));
        assert!(!passes(&[(
            "origin",
            "https://help.example.com.evil.example"
        )]));
        assert!(!passes(&[("origin", "null"), ("host", "127.0.0.1:3000")]));
        assert!(!passes(&[("origin", "file:///x")]));
        assert!(!passes(&[("origin", "")]));
    }

    #[test]
    fn no_browser_no_mark() {
        assert!(passes(&[("host", "127.0.0.1:3000")]));
    }
}
