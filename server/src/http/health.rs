//! How the server is doing: for a person with a browser, a supervisor, and a collector of figures.
//!
//! Figures and yes-or-no facts only: no value of a setting, no name of a person, no ticket.

use super::Web;
use crate::errors::explain;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use desk::Health;
use desk::bridge::Absence;
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// A promise to Discord that waits longer than this is worth a look.
const LATE_MS: u64 = 60_000;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/api/health", get(health))
        .route("/metrics", get(metrics))
}

async fn health(State(web): State<Web>) -> Response {
    let discord = web.gateway.snapshot();
    let settings: Map<String, Value> = web
        .given
        .iter()
        .map(|(name, given)| ((*name).to_owned(), Value::Bool(*given)))
        .collect();
    let mut report = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "discord": discord,
        "viewers": web.house.live().open_viewers(),
        "settings": settings,
    });
    let status = match web.house.health().await {
        Ok(desk) => {
            report["storage"] = json!(desk.storage);
            report["guild"] = json!(guild(&desk));
            report["outbox"] = json!({
                "waiting": desk.outbox_waiting,
                "parked": desk.outbox_parked,
                "files_wanted": desk.files_wanted,
                "oldest_ms": desk.oldest_waiting_ms,
            });
            report["catch_up"] = json!({"threads": desk.threads_to_read});
            report["status"] = json!(if discord.connected && is_well(&desk) {
                "ok"
            } else {
                "degraded"
            });
            StatusCode::OK
        }
        Err(error) => {
            report["storage_error"] = json!(explain(&error));
            report["status"] = json!("degraded");
            StatusCode::SERVICE_UNAVAILABLE
        }
    };
    (status, axum::Json(report)).into_response()
}

/// Whether the guild is within reach, and why not.
fn guild(desk: &Health) -> &'static str {
    match desk.away {
        None => "here",
        Some(Absence::Removed) => "bot removed",
        Some(Absence::Outage) => "outage",
    }
}

fn is_well(desk: &Health) -> bool {
    !desk.unauthorised
        && desk.away.is_none()
        && desk.outbox_parked == 0
        && desk.oldest_waiting_ms < LATE_MS
}

async fn metrics(State(web): State<Web>) -> Response {
    let discord = web.gateway.snapshot();
    let mut figures = vec![
        Figure::gauge(
            "gateway_connected",
            "Whether the bot is connected to Discord.",
            f64::from(u8::from(discord.connected)),
        ),
        Figure::gauge(
            "live_viewers",
            "Open streams of live hints.",
            count(web.house.live().open_viewers() as u64),
        ),
    ];
    for (name, help, total) in [
        (
            "gateway_undecoded_total",
            "Events of Discord's that could not be read.",
            discord.undecoded,
        ),
        (
            "gateway_dropped_total",
            "Events dropped because too many waited.",
            discord.dropped,
        ),
        (
            "gateway_not_taken_in_total",
            "Events that could not be taken in.",
            discord.not_taken_in,
        ),
        (
            "gateway_restarts_total",
            "Connections to Discord begun anew.",
            discord.restarts,
        ),
    ] {
        figures.push(Figure::counter(name, help, count(total)));
    }
    match web.house.health().await {
        Ok(desk) => figures.extend([
            Figure::gauge(
                "outbox_waiting",
                "Promises to Discord that are not kept yet.",
                count(desk.outbox_waiting),
            ),
            Figure::gauge(
                "outbox_parked",
                "Promises that Discord refused for good.",
                count(desk.outbox_parked),
            ),
            Figure::gauge(
                "outbox_oldest_seconds",
                "Age of the oldest waiting promise.",
                count(desk.oldest_waiting_ms) / 1_000.0,
            ),
            Figure::gauge(
                "threads_to_read",
                "Discord threads that may have grown unseen and are not read yet.",
                count(desk.threads_to_read),
            ),
            Figure::gauge(
                "guild_in_reach",
                "Whether the bot's server is there for it.",
                f64::from(u8::from(desk.away.is_none())),
            ),
            Figure::gauge("storage_up", "Whether the database answers.", 1.0),
        ]),
        Err(error) => {
            explain(&error);
            figures.push(Figure::gauge(
                "storage_up",
                "Whether the database answers.",
                0.0,
            ));
        }
    }
    let text: String = figures.iter().map(Figure::text).collect();
    (
        [(
            header::CONTENT_TYPE,
            "text/plain; version=0.0.4; charset=utf-8",
        )],
        text,
    )
        .into_response()
}

#[expect(clippy::cast_precision_loss, reason = "no figure here comes near 2^53")]
fn count(figure: u64) -> f64 {
    figure as f64
}

struct Figure {
    name: &'static str,
    help: &'static str,
    kind: &'static str,
    value: f64,
}

impl Figure {
    fn gauge(name: &'static str, help: &'static str, value: f64) -> Self {
        Self {
            name,
            help,
            kind: "gauge",
            value,
        }
    }

    fn counter(name: &'static str, help: &'static str, value: f64) -> Self {
        Self {
            kind: "counter",
            ..Self::gauge(name, help, value)
        }
    }

    fn text(&self) -> String {
        let Self {
            name,
            help,
            kind,
            value,
        } = self;
        let mut text = String::new();
        // Writing into a String cannot fail.
        let _ = writeln!(text, "# HELP threadline_{name} {help}");
        let _ = writeln!(text, "# TYPE threadline_{name} {kind}");
        let _ = writeln!(text, "threadline_{name} {value}");
        text
    }
}
