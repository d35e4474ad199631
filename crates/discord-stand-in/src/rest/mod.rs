//! The REST API: one pipeline for every request, and one table of routes.
//! The pipeline authenticates, limits, injects faults and records; the routes only translate between wire and world.

mod account;
mod answering;
mod applications;
pub(crate) mod auth;
mod body;
pub(crate) mod cdn;
mod channels;
pub(crate) mod endpoint;
mod guilds;
mod interactions;
mod messages;
mod misbehaving;
pub(crate) mod oauth;
mod threads;
mod webhooks;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::clock::http_date;
use crate::error::{Answer, Refusal};
use crate::hub::{Hub, Inner};
use crate::limits::Verdict;
use crate::listener::Peer;
use crate::world::World;
use crate::world::attachments::Upload;
use answering::{banned, finish, is_invalid, too_many};
use auth::Identity;
pub(crate) use body::steps;

/// What a route gives back.
#[derive(Debug)]
pub(crate) enum Reply {
    Json(u16, Value),
    Empty,
}

/// 200 with a body.
pub(crate) fn ok(body: Value) -> Answer<Reply> {
    Ok(Reply::Json(200, body))
}

/// One request on its way through the table.
pub(crate) struct Call<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) method: &'a str,
    pub(crate) identity: Identity,
    pub(crate) query: &'a [(String, String)],
    pub(crate) body: &'a Value,
    pub(crate) files: Vec<Upload>,
    /// Where the gateway is.
    pub(crate) gateway_url: &'a str,
    /// Set by a route: the interaction that is to be posted to the application's endpoint.
    pub(crate) to_post: Option<u64>,
}

impl Call<'_> {
    /// The user who calls with a token of their own.
    pub(crate) fn user(&self) -> Answer<u64> {
        match self.identity {
            Identity::User(id) => Ok(id),
            Identity::Bearer { .. } | Identity::Nobody => Err(auth::unauthorized()),
        }
    }

    /// The bot, or a refusal for anybody else.
    pub(crate) fn bot(&self) -> Answer<u64> {
        let user = self.user()?;
        if self.world.is_bot(user) {
            Ok(user)
        } else {
            Err(Refusal::of(20001))
        }
    }

    /// A query parameter.
    pub(crate) fn asked(&self, key: &str) -> Option<&str> {
        let found = self.query.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.as_str())
    }

    /// A query parameter that is an id.
    pub(crate) fn asked_id(&self, key: &str) -> Answer<Option<u64>> {
        self.asked(key).map(|text| id(text, key)).transpose()
    }

    /// The `limit` parameter, refused outside of 1 to `most`.
    pub(crate) fn limit(&self, otherwise: usize, most: usize) -> Answer<usize> {
        let Some(text) = self.asked("limit") else {
            return Ok(otherwise);
        };
        match text.parse::<usize>() {
            Ok(count) if (1..=most).contains(&count) => Ok(count),
            Ok(_) => {
                let words = format!("int value should be between 1 and {most}.");
                Err(Refusal::field("limit", "NUMBER_TYPE_RANGE", &words))
            }
            Err(_) => Err(Refusal::field(
                "limit",
                "NUMBER_TYPE_COERCE",
                "Value is not an int.",
            )),
        }
    }
}

/// An id from the path or query.
pub(crate) fn id(text: &str, name: &str) -> Answer<u64> {
    text.parse().map_err(|_| {
        let words = format!("Value \"{text}\" is not snowflake.");
        Refusal::field(name, "NUMBER_TYPE_COERCE", &words)
    })
}

/// A route that Discord does not have.
pub(crate) fn unknown_route() -> Refusal {
    Refusal::bare(404, "404: Not Found")
}

/// Answers every request below `/api`.
pub(crate) async fn api(
    State(hub): State<Arc<Hub>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: Request,
) -> Response {
    let method = request.method().as_str().to_owned();
    let full_path = request.uri().path().to_owned();
    let steps = body::steps(&full_path);
    let mut path: Vec<&str> = steps.iter().map(String::as_str).collect();
    path.remove(0);
    if path
        .first()
        .is_some_and(|step| step.starts_with('v') && step[1..].parse::<u8>().is_ok())
    {
        path.remove(0);
    }
    let shown_path = format!("/{}", path.join("/"));

    // Discord counts by address. All callers share one here, so their token stands for it.
    let address = request.headers().get("authorization");
    let address = address
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let met = hub.with(|inner| {
        let most = inner.world.switches.invalid_requests;
        let now_ms = inner.world.now_ms();
        if inner.limits.is_banned(address.as_deref(), most, now_ms) {
            inner.note(&method, &shown_path, 403, None);
            return None;
        }
        let fault = inner.faults.on_request(&method, &path);
        if fault.is_some() {
            inner.counters.faults_struck += 1;
        }
        Some((fault, inner.latency_ms))
    });
    let Some((fault, latency_ms)) = met else {
        return banned();
    };
    if latency_ms > 0 {
        tokio::time::sleep(Duration::from_millis(latency_ms)).await;
    }
    let early = match &fault {
        Some(fault) => misbehaving::before(&hub, &peer, fault, &method, &shown_path).await,
        None => None,
    };
    let response = match early {
        Some(response) => response,
        None => carried_out(&hub, &peer, &method, &path, &shown_path, request).await,
    };
    let response = match &fault {
        Some(fault) => misbehaving::after(&peer, fault, response).await,
        None => response,
    };
    if is_invalid(&response) {
        hub.with(|inner| {
            let now_ms = inner.world.now_ms();
            inner.limits.count_invalid(address.as_deref(), now_ms);
        });
    }
    response
}

async fn carried_out(
    hub: &Arc<Hub>,
    peer: &Peer,
    method: &str,
    path: &[&str],
    shown_path: &str,
    request: Request,
) -> Response {
    if matches!(
        path[..],
        ["oauth2", "token" | "token/revoke"] | ["oauth2", "token", "revoke"]
    ) {
        let response = oauth::token(hub, path, request).await;
        let status = response.status().as_u16();
        hub.with(|inner| inner.note(method, shown_path, status, None));
        response
    } else {
        execute(hub, peer, method, path, shown_path, request).await
    }
}

async fn execute(
    hub: &Arc<Hub>,
    peer: &Peer,
    method: &str,
    path: &[&str],
    shown_path: &str,
    request: Request,
) -> Response {
    let token = request
        .headers()
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    let token = token.map(str::to_owned);
    let has_agent = request.headers().contains_key("user-agent");
    let query = body::query(request.uri().query().unwrap_or_default());
    let read = body::read(request).await;
    let given = match read {
        Ok(given) => given,
        Err(refusal) => {
            let status = refusal.status;
            hub.with(|inner| inner.note(method, shown_path, status, None));
            return refusal.into_response();
        }
    };
    let new_endpoint = given.json["interactions_endpoint_url"].as_str();
    if let (["applications", "@me"], "PATCH", Some(url)) = (path, method, new_endpoint)
        && !endpoint::is_sound(hub, url).await
    {
        let words = "The specified interactions endpoint URL could not be verified.";
        let code = "APPLICATION_INTERACTIONS_ENDPOINT_URL_INVALID";
        return Refusal::field("interactions_endpoint_url", code, words).into_response();
    }
    let gateway_url = hub.options.gateway_url(peer.served_at);
    let (response, to_post, hold_ms) = hub.with(|inner| {
        let identity = auth::identify(&inner.world, token.as_deref(), has_agent);
        let caller = identity.as_ref().ok().and_then(Identity::caller);
        let (outcome, standing, to_post) = decide(
            inner,
            identity,
            |inner, identity| {
                let mut call = Call {
                    world: inner.world.meant(path, &given.json),
                    method,
                    identity,
                    query: &query,
                    body: &given.json,
                    files: given.files,
                    gateway_url: &gateway_url,
                    to_post: None,
                };
                let outcome = route(&mut call, path);
                (outcome, call.to_post)
            },
            method,
            path,
        );
        let events: Vec<&'static str> = inner.world.events.iter().map(|event| event.name).collect();
        let hold_ms = inner.faults.response_delay_ms(&events);
        let mut response = finish(outcome, standing.as_ref());
        let date = http_date(inner.world.now_ms());
        if let Ok(date) = date.parse() {
            response.headers_mut().insert(header::DATE, date);
        }
        inner.note(method, shown_path, response.status().as_u16(), caller);
        (response, to_post, hold_ms)
    });
    if let Some(id) = to_post {
        tokio::spawn(endpoint::post(hub.clone(), id));
    }
    if let Some(ms) = hold_ms {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
    response
}

type Decided = (
    Result<Reply, Response>,
    Option<crate::limits::Standing>,
    Option<u64>,
);

/// Limits the caller, then runs the route.
fn decide(
    inner: &mut Inner,
    identity: Answer<Identity>,
    run: impl FnOnce(&mut Inner, Identity) -> (Answer<Reply>, Option<u64>),
    method: &str,
    path: &[&str],
) -> Decided {
    let identity = match identity {
        Ok(identity) => identity,
        Err(refusal) => return (Err(answering::refused(&refusal)), None, None),
    };
    let now_ms = inner.world.now_ms();
    let verdict = match identity.caller() {
        Some(caller) => inner.limits.take(caller, method, path, now_ms),
        None => inner.limits.take_webhook(method, path, now_ms),
    };
    let standing = match verdict {
        Verdict::Free => None,
        Verdict::Counted(standing) => Some(standing),
        Verdict::TooMany {
            wait_ms,
            global,
            standing,
        } => {
            let scope = if global { "global" } else { "user" };
            let response = too_many(wait_ms, global, scope, None);
            return (Err(response), standing, None);
        }
    };
    let (outcome, to_post) = run(inner, identity);
    (
        outcome.map_err(|refusal| answering::refused(&refusal)),
        standing,
        to_post,
    )
}

/// Carries a call out.
pub(crate) fn route(call: &mut Call<'_>, path: &[&str]) -> Answer<Reply> {
    let outcome = by_path(call, path);
    outcome.map_err(|mut refusal| {
        // The documentation does not say which status goes with this one.
        if refusal.code == 160_005 {
            refusal.status = call.world.switches.locked_status;
        }
        refusal
    })
}

/// The table.
fn by_path(call: &mut Call<'_>, path: &[&str]) -> Answer<Reply> {
    match path {
        ["gateway", ..] | ["users", ..] | ["oauth2", ..] => account::route(call, path),
        ["channels", channel, rest @ ..] => {
            let channel = id(channel, "channel_id")?;
            if call.world.directs.contains_key(&channel) {
                return match (call.method, rest) {
                    ("POST", ["messages"]) => {
                        let me = call.bot()?;
                        ok(call.world.say_directly(me, channel, call.body)?)
                    }
                    _ => Err(unknown_route()),
                };
            }
            match rest {
                ["messages" | "pins", ..] => match rest {
                    ["messages", message, "threads"] => threads::on_message(call, channel, message),
                    _ => messages::route(call, channel, rest),
                },
                ["webhooks"] => webhooks::of_channel(call, channel),
                ["threads" | "thread-members", ..] | ["users", "@me", "threads", ..] => {
                    threads::route(call, channel, rest)
                }
                _ => channels::route(call, channel, rest),
            }
        }
        ["guilds", guild, rest @ ..] => guilds::route(call, guild, rest),
        ["applications", rest @ ..] => applications::route(call, rest),
        ["webhooks", webhook, rest @ ..] if *webhook != call.world.application.id.to_string() => {
            webhooks::route(call, id(webhook, "webhook_id")?, rest)
        }
        ["interactions", ..] | ["webhooks", ..] => interactions::route(call, path),
        ["attachments", "refresh-urls"] if call.method == "POST" => {
            call.user()?;
            let now = call.world.now_ms();
            let urls = call.body["attachment_urls"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            if urls.is_empty() || urls.len() > 50 {
                let words = "Must be between 1 and 50 in length.";
                return Err(Refusal::field(
                    "attachment_urls",
                    "BASE_TYPE_BAD_LENGTH",
                    words,
                ));
            }
            let refreshed: Vec<Value> = urls
                .iter()
                .map(|url| {
                    let fresh = cdn::refresh(url.as_str().unwrap_or_default(), now);
                    json!({"original": url, "refreshed": fresh})
                })
                .collect();
            ok(json!({"refreshed_urls": refreshed}))
        }
        _ => Err(unknown_route()),
    }
}
