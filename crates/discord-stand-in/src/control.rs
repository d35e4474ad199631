//! The levers under `/stand-in`: the world as JSON, faults, time, sessions, limits, and what a page needs.
//! Nothing of this exists at Discord; no client of the product may depend on it.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use futures::StreamExt;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio_stream::wrappers::BroadcastStream;

use crate::faults::Fault;
use crate::hub::Hub;
use crate::rest::endpoint;
use crate::view;
use crate::{fault_catalogue, orders};

/// Everything below `/stand-in`.
pub(crate) fn routes() -> Router<Arc<Hub>> {
    Router::new()
        .route("/world", get(world))
        .route("/view", get(person_view))
        .route("/events", get(events))
        .route("/faults", get(show_faults).put(set_faults))
        .route("/faults/known", get(known_faults))
        .route("/order", post(order))
        .route("/standing", get(standing))
        .route("/reset", post(reset))
        .route("/clock", get(show_clock).post(advance))
        .route("/gateway", post(order_gateway))
        .route("/latency", put(set_latency))
        .route("/limits", put(set_limits))
        .route("/switches", get(show_switches).put(set_switches))
        .route("/application", put(set_application))
        .route("/interactions-endpoint", put(set_endpoint))
        .route("/modal/dismiss", post(dismiss_modal))
        .route("/ephemeral/dismiss", post(dismiss_ephemeral))
}

fn wrong(words: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({"message": words}))).into_response()
}

async fn world(State(hub): State<Arc<Hub>>) -> Json<Value> {
    Json(hub.with(|inner| view::world_json(inner)))
}

#[derive(Deserialize)]
struct Viewer {
    person: String,
    /// The guild that they look at; the first, if none is named.
    guild: Option<String>,
}

async fn person_view(State(hub): State<Arc<Hub>>, Query(viewer): Query<Viewer>) -> Response {
    let Ok(person) = viewer.person.parse::<u64>() else {
        return wrong("person must be an id");
    };
    let guild = viewer.guild.and_then(|guild| guild.parse().ok());
    match hub.with(|inner| view::person_json(&inner.world, person, guild)) {
        Some(shown) => Json(shown).into_response(),
        None => (
            StatusCode::NOT_FOUND,
            Json(json!({"message": "no such person"})),
        )
            .into_response(),
    }
}

async fn events(State(hub): State<Arc<Hub>>) -> impl IntoResponse {
    let changes = BroadcastStream::new(hub.changes.subscribe()).map(|change| {
        // Who fell behind looks at everything again: channel 0.
        let channel = change.unwrap_or(0);
        Ok::<_, Infallible>(
            Event::default().data(json!({"channel": channel.to_string()}).to_string()),
        )
    });
    // Open pages must not hold up the end.
    let ended = hub.ended.clone();
    let changes = changes.take_until(async move { ended.cancelled().await });
    Sse::new(changes).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}

async fn standing(State(hub): State<Arc<Hub>>) -> Json<Value> {
    Json(hub.with(|inner| view::standing_json(&inner.world)))
}

async fn show_faults(State(hub): State<Arc<Hub>>) -> Json<Vec<Fault>> {
    Json(hub.with(|inner| inner.faults.list()))
}

async fn set_faults(State(hub): State<Arc<Hub>>, Json(list): Json<Vec<Fault>>) -> Response {
    for fault in &list {
        if let Err(words) = fault_catalogue::check(fault) {
            return wrong(&words);
        }
    }
    hub.with(|inner| inner.set_faults(list));
    Json(json!({})).into_response()
}

async fn known_faults() -> Json<Value> {
    Json(fault_catalogue::known_json())
}

async fn reset(State(hub): State<Arc<Hub>>) -> Json<Value> {
    hub.with(|inner| inner.reset());
    Json(json!({}))
}

async fn show_clock(State(hub): State<Arc<Hub>>) -> Json<Value> {
    Json(json!({"now_ms": hub.clock.now_ms()}))
}

#[derive(Deserialize)]
struct Advance {
    advance_ms: u64,
}

async fn advance(State(hub): State<Arc<Hub>>, Json(by): Json<Advance>) -> Json<Value> {
    hub.clock.advance(Duration::from_millis(by.advance_ms));
    // What is due by now happens at the next look.
    hub.with(|_| {});
    Json(json!({"now_ms": hub.clock.now_ms()}))
}

async fn order_gateway(State(hub): State<Arc<Hub>>, Json(order): Json<Value>) -> Response {
    answer(hub.with(|inner| orders::order_gateway(inner, &order)))
}

async fn order(State(hub): State<Arc<Hub>>, Json(order): Json<Value>) -> Response {
    answer(hub.with(|inner| orders::obey(inner, &order)))
}

fn answer(outcome: Result<Value, String>) -> Response {
    match outcome {
        Ok(shown) => Json(shown).into_response(),
        Err(words) => wrong(&words),
    }
}

#[derive(Deserialize)]
struct Latency {
    ms: u64,
}

async fn set_latency(State(hub): State<Arc<Hub>>, Json(latency): Json<Latency>) -> Json<Value> {
    hub.with(|inner| inner.latency_ms = latency.ms);
    Json(json!({}))
}

#[derive(Deserialize)]
struct Enabled {
    enabled: bool,
}

async fn set_limits(State(hub): State<Arc<Hub>>, Json(wanted): Json<Enabled>) -> Json<Value> {
    hub.with(|inner| inner.limits.enabled = wanted.enabled);
    Json(json!({}))
}

async fn show_switches(State(hub): State<Arc<Hub>>) -> Json<Value> {
    Json(hub.with(|inner| json!(inner.world.switches)))
}

async fn set_switches(State(hub): State<Arc<Hub>>, Json(wanted): Json<Value>) -> Response {
    answer(hub.with(|inner| orders::set_switches(inner, &wanted)))
}

async fn set_application(State(hub): State<Arc<Hub>>, Json(wanted): Json<Value>) -> Response {
    let mut order = json!({"do": "application"});
    for key in ["message_content", "guild_members"] {
        order[key] = wanted[key].clone();
    }
    answer(hub.with(|inner| orders::obey(inner, &order)))
}

/// Sets where interactions are posted; unlike Discord's own route without trying it first, unless `check` is true.
async fn set_endpoint(State(hub): State<Arc<Hub>>, Json(wanted): Json<Value>) -> Response {
    let url = wanted["url"].as_str().filter(|url| !url.is_empty());
    if wanted["probe"] == json!(true) {
        return Json(json!({"sound": probe(&hub).await})).into_response();
    }
    let checked = url.filter(|_| wanted["check"] == json!(true));
    if let Some(url) = checked
        && !endpoint::is_sound(&hub, url).await
    {
        return wrong("the endpoint does not answer pings, or accepts bad signatures");
    }
    hub.with(|inner| inner.world.application.endpoint_url = url.map(str::to_owned));
    Json(json!({})).into_response()
}

/// Tries the saved endpoint again, as Discord does now and then; it loses its place if it is not sound.
async fn probe(hub: &Hub) -> bool {
    let saved = hub.with(|inner| inner.world.application.endpoint_url.clone());
    let Some(url) = saved else { return true };
    let sound = endpoint::is_sound(hub, &url).await;
    if !sound {
        hub.with(|inner| inner.world.application.endpoint_url = None);
    }
    sound
}

#[derive(Deserialize)]
struct Dismissal {
    person: String,
    #[serde(default)]
    message: String,
}

async fn dismiss_modal(
    State(hub): State<Arc<Hub>>,
    Json(dismissal): Json<Dismissal>,
) -> Json<Value> {
    let person = dismissal.person.parse().unwrap_or(0);
    hub.with(|inner| inner.world.dismiss_modal(person));
    Json(json!({}))
}

async fn dismiss_ephemeral(
    State(hub): State<Arc<Hub>>,
    Json(dismissal): Json<Dismissal>,
) -> Json<Value> {
    let person = dismissal.person.parse().ok();
    let message = dismissal.message.parse().unwrap_or(0);
    hub.with(|inner| {
        let world = &mut inner.world;
        let found = world
            .ephemerals
            .get(&message)
            .filter(|m| m.only_for == person);
        if let Some(channel) = found.map(|message| message.channel_id) {
            world.ephemerals.remove(&message);
            world.touched.insert(channel);
        }
    });
    Json(json!({}))
}
