//! Live hints as server-sent events: one stream per browser, for all that it may see.
//!
//! It works out who listens, by the links that the browser holds and by its session, and passes
//! on what the hub says. It carries no content; pages read again through their own doors.

use super::cookies::{self, Held};
use super::refusal::json_error;
use super::{Web, sessions, viewer};
use crate::errors::explain;
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use desk::live::{Audience, Signal, Subscription};
use desk::{DeskError, Holder, Staff};
use domain::{AppError, PersonId};
use futures::Stream;
use std::convert::Infallible;
use std::time::Duration;
use tokio::time::Interval;
use tower_sessions::Session;

/// Less than what proxies take for a dead connection.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a browser waits before it connects again.
const RETRY: Duration = Duration::from_secs(2);
/// How often an open stream asks whether its reader is still staff.
const CHECK: Duration = Duration::from_secs(30);
/// How many links one stream may name in its address.
const NAMED_MAX: usize = 20;

pub(super) fn routes(web: &Web) -> Router<Web> {
    Router::new()
        .route("/api/events", get(events))
        .layer(sessions::layer(&web.house, web.https))
}

async fn events(
    State(web): State<Web>,
    session: Session,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let holders = match holders(&web, &headers, query.as_deref()).await {
        Ok(holders) => holders,
        Err(error) => return json_error(&explain(&error)),
    };
    // A customer has no session, and none is looked for.
    let staff = if cookies::has(&headers, sessions::COOKIE) {
        viewer::everywhere(&web, &session).await.unwrap_or_default()
    } else {
        Vec::new()
    };
    let person = staff.first().map(|s| s.person);
    let seats = staff.len();
    let Some(audience) = audience(staff, holders) else {
        return json_error(&AppError::SignInNeeded);
    };
    // An id that is not even text is one that is not ours.
    let last = headers
        .get("last-event-id")
        .map(|id| id.to_str().unwrap_or_default());
    let subscription = web.house.live().subscribe(audience, last);
    let reader = Reader {
        web,
        subscription,
        person,
        seats,
        greeted: false,
        check: tokio::time::interval_at(tokio::time::Instant::now() + CHECK, CHECK),
    };
    let stream = Sse::new(reader.stream()).keep_alive(KeepAlive::new().interval(HEARTBEAT));
    // nginx would hold back what it can buffer.
    let unbuffered = (
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    );
    ([unbuffered], stream).into_response()
}

fn audience(staff: Vec<Staff>, holders: Vec<Holder>) -> Option<Audience> {
    match (staff.is_empty(), holders.is_empty()) {
        (false, true) => Some(Audience::Staff(staff)),
        (false, false) => Some(Audience::Both(staff, holders)),
        (true, false) => Some(Audience::Customer(holders)),
        (true, true) => None,
    }
}

/// The tickets whose links this browser holds or names. Links that open nothing are left out.
async fn holders(
    web: &Web,
    headers: &HeaderMap,
    query: Option<&str>,
) -> Result<Vec<Holder>, DeskError> {
    let held = Held::from_headers(headers);
    let named = named(query);
    let tokens = held
        .tokens()
        .iter()
        .chain(named.iter().filter(|t| !held.tokens().contains(t)));
    let mut holders = Vec::new();
    for token in tokens {
        match web.house.holder(token).await {
            Ok((_, holder)) => holders.push(holder),
            Err(DeskError::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(holders)
}

fn named(query: Option<&str>) -> Vec<String> {
    url::form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .filter(|(name, _)| name == "t")
        .map(|(_, token)| token.into_owned())
        .take(NAMED_MAX)
        .collect()
}

struct Reader {
    web: Web,
    subscription: Subscription,
    person: Option<PersonId>,
    /// In how many guilds they were staff when the stream began.
    seats: usize,
    greeted: bool,
    check: Interval,
}

impl Reader {
    fn stream(self) -> impl Stream<Item = Result<Event, Infallible>> + Send {
        futures::stream::unfold(self, |mut reader| async move {
            let event = reader.next().await?;
            Some((Ok(event), reader))
        })
    }

    /// The next event, or the end: when we stop, and when the reader is no longer staff. A
    /// browser connects again after either and gets what it may see then.
    async fn next(&mut self) -> Option<Event> {
        if !std::mem::replace(&mut self.greeted, true) {
            return Some(self.greeting());
        }
        loop {
            tokio::select! {
                biased;
                () = self.web.stop.cancelled() => return None,
                signal = self.subscription.next() => return Some(event(&signal)),
                _ = self.check.tick() => if !self.still_may_listen().await { return None },
            }
        }
    }

    /// Tells how long to wait before connecting again, and where the stream begins: a browser that
    /// has heard of nothing yet must come back with a place to go on from, or it would miss what
    /// happened in between.
    fn greeting(&self) -> Event {
        let greeting = Event::default().retry(RETRY);
        match self.subscription.place() {
            Some(id) => greeting.id(id),
            None => greeting,
        }
    }

    async fn still_may_listen(&self) -> bool {
        let Some(person) = self.person else {
            return true;
        };
        match self.web.house.seats(person).await {
            // Where they are staff now but were not, they hear of it when they connect again.
            Ok(seats) => seats.len() == self.seats,
            // Not knowing, for a moment, is no reason to cut anyone off: hints carry no content.
            Err(_) => true,
        }
    }
}

fn event(signal: &Signal) -> Event {
    match signal {
        Signal::Hint { id, ticket, rev } => Event::default()
            .id(id)
            .event("hint")
            .data(format!(r#"{{"ticket":{ticket},"rev":{rev}}}"#)),
        Signal::Resync { id } => Event::default().id(id).event("resync").data("{}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_named_in_the_address() {
        assert_eq!(named(Some("t=a&x=b&t=c%2Fd")), ["a", "c/d"]);
        assert!(named(None).is_empty());
        assert_eq!(named(Some(&"t=a&".repeat(100))).len(), NAMED_MAX);
    }
}
