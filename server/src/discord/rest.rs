//! One REST request and what came of it.
//!
//! serenity's client builds, signs and limits requests; this sees to it that an attempt ends in
//! time and that its end is understood. It does not know what is asked for, or why.

use super::errors::{Effect, delivery_error, held, lost};
use super::limiter::{self, Ended, Gate, within};
use super::{DiscordConfig, builder, http_client};
use desk::bridge::DeliveryError;
use futures::FutureExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serenity::http::{Http, LightMethod, Request, Route};
use std::panic::AssertUnwindSafe;
use std::time::Duration;

/// How long an attempt may take, short sleeps of the limiter included.
const ATTEMPT: Duration = Duration::from_secs(20);

/// A way to Discord's REST API.
pub(super) struct Rest {
    http: Http,
    gate: Gate,
}

/// One request.
pub(super) struct Ask<'a> {
    effect: Effect,
    method: LightMethod,
    route: Route<'a>,
    body: Option<Vec<u8>>,
    params: Option<Vec<(&'static str, String)>>,
}

impl<'a> Ask<'a> {
    /// To read something.
    pub(super) fn get(route: Route<'a>) -> Self {
        Self::new(Effect::Repeatable, LightMethod::Get, route)
    }

    /// To set something that has no more to it than its address.
    pub(super) fn put(route: Route<'a>) -> Self {
        Self::new(Effect::Repeatable, LightMethod::Put, route)
    }

    /// To make something.
    pub(super) fn post(route: Route<'a>, body: &impl Serialize) -> Self {
        Self::new(Effect::Once, LightMethod::Post, route).body(body)
    }

    /// To change something.
    pub(super) fn patch(route: Route<'a>, body: &impl Serialize) -> Self {
        Self::new(Effect::Repeatable, LightMethod::Patch, route).body(body)
    }

    /// With what stands behind the question mark.
    pub(super) fn params(mut self, params: Vec<(&'static str, String)>) -> Self {
        self.params = Some(params);
        self
    }

    fn new(effect: Effect, method: LightMethod, route: Route<'a>) -> Self {
        Self {
            effect,
            method,
            route,
            body: None,
            params: None,
        }
    }

    fn body(mut self, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).expect("a request has only strings, numbers and lists");
        self.body = Some(body);
        self
    }
}

impl Rest {
    pub(super) fn new(config: &DiscordConfig) -> anyhow::Result<Self> {
        let client = http_client(config)?;
        let builder = builder(config, client.clone());
        Ok(Self {
            http: limiter::observed(builder, client, &config.token).build(),
            gate: Gate::default(),
        })
    }

    /// Makes one attempt and reads its answer.
    pub(super) async fn ask<T: DeserializeOwned>(&self, ask: Ask<'_>) -> Result<T, DeliveryError> {
        let (http, request) = self.admit(&ask)?;
        self.judge(&ask, http.fire(request)).await
    }

    /// Makes one attempt whose answer has no body.
    pub(super) async fn tell(&self, ask: Ask<'_>) -> Result<(), DeliveryError> {
        let (http, request) = self.admit(&ask)?;
        self.judge(&ask, http.request(request)).await.map(|_| ())
    }

    fn admit<'a>(&self, ask: &Ask<'a>) -> Result<(&Http, Request<'a>), DeliveryError> {
        if let Some((left, global)) = self.gate.closed(&ask.route.ratelimiting_bucket()) {
            return Err(held(left, global));
        }
        let request = Request::new(ask.route, ask.method)
            .body(ask.body.clone())
            .params(ask.params.clone());
        Ok((&self.http, request))
    }

    async fn judge<T>(
        &self,
        ask: &Ask<'_>,
        call: impl Future<Output = serenity::Result<T>>,
    ) -> Result<T, DeliveryError> {
        // serenity panics at a negative pause; that must not end whoever asked.
        match within(ATTEMPT, AssertUnwindSafe(call).catch_unwind()).await {
            Ended::Answered(Ok(answer)) => {
                answer.map_err(|error| delivery_error(&error, ask.effect))
            }
            Ended::Answered(Err(_)) => {
                tracing::error!("Discord's client panicked during a request");
                Err(lost(ask.effect))
            }
            Ended::Held { after, global } => {
                let bucket = ask.route.ratelimiting_bucket();
                self.gate.close(bucket, after, global);
                Err(held(after, global))
            }
            Ended::Unanswered => Err(lost(ask.effect)),
        }
    }
}
