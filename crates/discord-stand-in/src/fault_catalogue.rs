//! The faults that can be ordered, in words: what `GET /stand-in/faults/known` shows.
//! What each does is done elsewhere; here stands only that it exists and where it may be asked for.

use serde_json::{Value, json};

use crate::faults::Fault;

/// Where a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Route,
    Event,
    Gateway,
}

/// Every fault: where it strikes, its name, what it does.
const KNOWN: &[(Place, &str, &str)] = &[
    (
        Place::Route,
        "status",
        "answers `status` with `body` (HTML by itself from 500 on); with `after`, carries the request out all the same",
    ),
    (
        Place::Route,
        "drop_before",
        "hangs up; nothing is carried out",
    ),
    (
        Place::Route,
        "drop_after",
        "carries the request out, then hangs up: its events come without an answer",
    ),
    (
        Place::Route,
        "slow",
        "waits `delay_ms`, then carries the request out",
    ),
    (
        Place::Route,
        "slow_headers",
        "carries the request out, then waits `delay_ms` before the answer begins",
    ),
    (
        Place::Route,
        "slow_body",
        "sends headers and half of the body, and after `delay_ms` the rest",
    ),
    (
        Place::Route,
        "cut_body",
        "sends headers and half of the body, then hangs up",
    ),
    (
        Place::Route,
        "broken_json",
        "carries the request out; the body stops in the middle",
    ),
    (
        Place::Route,
        "unknown_shape",
        "carries the request out; the body is `body`, or nothing anybody knows",
    ),
    (
        Place::Route,
        "rate_limited",
        "answers 429 with `retry_after` seconds, `scope` (user, shared, global) or `global`; `bare` leaves the headers out",
    ),
    (Place::Event, "drop", "the event never happened for anybody"),
    (
        Place::Event,
        "gap",
        "the event takes its number and is not sent; a RESUME brings it",
    ),
    (Place::Event, "duplicate", "the event comes twice"),
    (Place::Event, "delay", "the event comes `delay_ms` later"),
    (
        Place::Event,
        "reorder",
        "the event comes after the one that follows it",
    ),
    (
        Place::Event,
        "before_response",
        "the answer of the request waits `delay_ms`, so that the event comes first",
    ),
    (
        Place::Gateway,
        "invalid",
        "RESUME or IDENTIFY is answered with op 9 false",
    ),
    (
        Place::Gateway,
        "invalid_resumable",
        "RESUME or IDENTIFY is answered with op 9 true",
    ),
    (
        Place::Gateway,
        "reconnect",
        "HELLO, RESUME or IDENTIFY is answered with op 7",
    ),
    (
        Place::Gateway,
        "close",
        "HELLO, RESUME or IDENTIFY is answered with the close code `status`",
    ),
    (
        Place::Gateway,
        "silent",
        "HELLO, RESUME or IDENTIFY is answered with nothing, ever",
    ),
    (
        Place::Gateway,
        "replay",
        "RESUME sends `count` events again that were already seen",
    ),
];

/// The catalogue as JSON.
pub(crate) fn known_json() -> Value {
    let place = |place: Place| match place {
        Place::Route => "route",
        Place::Event => "event",
        Place::Gateway => "gateway",
    };
    KNOWN
        .iter()
        .map(|(at, action, words)| json!({"at": place(*at), "action": action, "does": words}))
        .collect()
}

/// Complains about a fault that can never strike.
pub(crate) fn check(fault: &Fault) -> Result<(), String> {
    let asked = [
        (Place::Route, fault.route.is_some()),
        (Place::Event, fault.event.is_some()),
        (Place::Gateway, fault.gateway.is_some()),
    ];
    let mut places = asked.iter().filter(|(_, given)| *given).map(|(at, _)| *at);
    let (Some(place), None) = (places.next(), places.next()) else {
        return Err("a fault needs one of route, event, gateway".to_owned());
    };
    let action = fault.action.as_str();
    if KNOWN
        .iter()
        .any(|(at, name, _)| *at == place && *name == action)
    {
        Ok(())
    } else {
        Err(format!(
            "there is no fault \"{action}\" of this kind; see GET /stand-in/faults/known"
        ))
    }
}
