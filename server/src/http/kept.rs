//! Finished pages, kept for a moment: what nobody changed is not drawn again.
//!
//! A page is shown again only while what it was drawn from has the same version, and only for
//! [`FRESH`]: what no version counts, such as "5 min ago", a member's new name or how much is stuck,
//! is that old at most. What every reader gets of their own, a form's key or a script's nonce, is
//! put into its places anew. This room does not know who may see a page: whoever asks has proven
//! that.

use super::Web;
use crate::errors::unexpected;
use app::api::Viewer;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use desk::RequestKey;
use domain::{DiscordGuildId, PersonId, Timestamp};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use std::sync::Arc;
use std::time::Duration;

/// How old a page may be, however little changed.
const FRESH: Duration = Duration::from_secs(10);
/// How many bytes of pages are kept.
const ROOM: u64 = 3 << 20;
/// About how many pages that is.
const PAGES: usize = 100;

/// Which page.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Place {
    /// A ticket's, by its private link.
    Ticket(String),
    /// The staff's list, as this person sees it at this desk through this filter.
    List {
        guild: DiscordGuildId,
        person: PersonId,
        query: String,
    },
}

/// The pages.
pub(super) struct Kept(Cache<Place, Arc<Page>, Bytes>);

struct Page {
    /// Of what it was drawn from.
    version: String,
    drawn: Timestamp,
    headers: HeaderMap,
    body: Vec<u8>,
    /// What the reader for whom it was drawn got of their own.
    own: String,
    /// Where in the body that stands.
    places: Vec<usize>,
}

#[derive(Clone)]
struct Bytes;

impl Weighter<Place, Arc<Page>> for Bytes {
    fn weight(&self, _: &Place, page: &Arc<Page>) -> u64 {
        page.body.len() as u64 + 1_024
    }
}

impl Kept {
    pub(super) fn new() -> Self {
        Self(Cache::with_weighter(PAGES, ROOM, Bytes))
    }

    /// The page as it was drawn before, if it would be drawn the same now.
    pub(super) fn find(&self, place: &Place, version: &str, now: Timestamp) -> Option<Response> {
        let page = self.0.get(place)?;
        let is_fresh = page.drawn <= now && now.since(page.drawn) < FRESH;
        (is_fresh && page.version == version).then(|| page.show())?
    }

    /// Keeps what was drawn with `own` for its reader. `version` was read before the drawing began,
    /// so that a change in between makes the page too old rather than too new.
    pub(super) async fn keep(
        &self,
        place: Place,
        version: String,
        drawn: Timestamp,
        own: &str,
        response: Response,
    ) -> Result<Response, axum::Error> {
        if response.status() != StatusCode::OK {
            return Ok(response);
        }
        let (head, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await?;
        let text = str::from_utf8(&body).unwrap_or_default();
        let places: Vec<_> = text.match_indices(own).map(|(at, _)| at).collect();
        if places.is_empty() {
            // What cannot be replaced would be shared.
            return Ok(Response::from_parts(head, Body::from(body)));
        }
        let page = Page {
            version,
            drawn,
            headers: head.headers.clone(),
            places,
            own: own.to_owned(),
            body: body.to_vec(),
        };
        self.0.insert(place, Arc::new(page));
        Ok(Response::from_parts(head, Body::from(body)))
    }
}

impl Page {
    /// The page for another reader, with something of their own.
    fn show(&self) -> Option<Response> {
        let mut own = RequestKey::fresh();
        if own.len() < self.own.len() {
            return None;
        }
        own.truncate(self.own.len());
        let mut body = self.body.clone();
        for place in &self.places {
            body.get_mut(*place..place + own.len())?
                .copy_from_slice(own.as_bytes());
        }
        let mut response = Response::new(Body::from(body));
        for (name, value) in &self.headers {
            let value = match value.to_str() {
                Ok(text) if text.contains(&self.own) => {
                    HeaderValue::from_str(&text.replace(&self.own, &own)).ok()?
                }
                _ => value.clone(),
            };
            response.headers_mut().append(name, value);
        }
        Some(response)
    }
}

/// Answers for the staff's list with what is kept, where that is what it would say now. It stands
/// behind the proof of who asks.
pub(super) async fn list(State(web): State<Web>, request: Request, next: Next) -> Response {
    let is_list = request.method() == Method::GET && request.uri().path() == "/staff";
    let seat = match request.extensions().get() {
        Some(Viewer(Ok(seat))) if is_list => seat.clone(),
        _ => return next.run(request).await,
    };
    let place = Place::List {
        guild: seat.desk.discord_id(),
        person: seat.staff.person,
        query: request.uri().query().unwrap_or_default().to_owned(),
    };
    let version = seat.desk.inbox_version(&seat.staff);
    let now = web.house.now();
    if let Some(page) = web.kept.find(&place, &version, now) {
        return page;
    }
    let response = next.run(request).await;
    let Some(nonce) = nonce(response.headers()) else {
        return response;
    };
    match web.kept.keep(place, version, now, &nonce, response).await {
        Ok(response) => response,
        Err(error) => web.pages.error(&unexpected("The list broke off", &error)),
    }
}

/// What the page's own scripts are known by.
fn nonce(headers: &HeaderMap) -> Option<String> {
    let policy = headers
        .get(header::CONTENT_SECURITY_POLICY)?
        .to_str()
        .ok()?;
    let (_, rest) = policy.split_once("'nonce-")?;
    let (nonce, _) = rest.split_once('\'')?;
    (!nonce.is_empty()).then(|| nonce.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place::Ticket("a link".to_owned())
    }

    async fn kept(own: &str) -> Kept {
        let kept = Kept::new();
        let mut drawn = Response::new(Body::from(format!("<{own}> and <{own}>")));
        let policy = HeaderValue::from_str(&format!("script-src 'nonce-{own}'"));
        let policy = policy.expect("a header");
        drawn
            .headers_mut()
            .insert(header::CONTENT_SECURITY_POLICY, policy);
        let at = Timestamp(1_000_000_000);
        let first = kept.keep(place(), "1".to_owned(), at, own, drawn).await;
        assert_eq!(first.expect("a whole page").status(), StatusCode::OK);
        kept
    }

    fn later(duration: Duration) -> Timestamp {
        Timestamp(1_000_000_000).after(duration)
    }

    #[tokio::test]
    async fn another_reader_gets_another_secret_of_the_same_length() {
        let kept = kept("secret-of-the-first").await;
        let page = kept.find(&place(), "1", later(Duration::ZERO));
        let page = page.expect("it is kept");
        let nonce = nonce(page.headers()).expect("a nonce");
        let body = to_bytes(page.into_body(), usize::MAX).await;
        let body = body.expect("a whole page");
        assert_eq!(body, format!("<{nonce}> and <{nonce}>"));
        assert_ne!(nonce, "secret-of-the-first");
    }

    #[tokio::test]
    async fn what_changed_or_grew_old_is_drawn_anew() {
        let kept = kept("secret-of-the-first").await;
        assert!(kept.find(&place(), "2", later(Duration::ZERO)).is_none());
        assert!(kept.find(&place(), "1", later(FRESH)).is_none());
        let almost = FRESH - Duration::from_millis(1);
        assert!(kept.find(&place(), "1", later(almost)).is_some());
        // A clock that was set back tells nothing of a page's age.
        let before = Timestamp(1_000_000_000).before(FRESH);
        assert!(kept.find(&place(), "1", before).is_none());
    }

    #[tokio::test]
    async fn a_page_without_a_place_for_the_secret_is_not_kept() {
        let kept = Kept::new();
        let at = Timestamp(1_000_000_000);
        let drawn = Response::new(Body::from("somebody's own, written otherwise"));
        let shown = kept.keep(place(), "1".to_owned(), at, "own-secret", drawn);
        let body = to_bytes(shown.await.expect("a whole page").into_body(), usize::MAX).await;
        assert_eq!(body.expect("a body"), "somebody's own, written otherwise");
        assert!(kept.find(&place(), "1", at).is_none());
    }

    #[tokio::test]
    async fn refusals_are_not_kept() {
        let kept = Kept::new();
        let mut gone = Response::new(Body::empty());
        *gone.status_mut() = StatusCode::NOT_FOUND;
        let at = Timestamp(1_000_000_000);
        let answer = kept.keep(place(), "1".to_owned(), at, "own", gone).await;
        assert_eq!(answer.expect("an answer").status(), StatusCode::NOT_FOUND);
        assert!(kept.find(&place(), "1", at).is_none());
    }
}
