//! One REST request and what came of it.
//!
//! serenity's client builds, signs and limits requests; this sees to it that an attempt ends in
//! time and that its end is understood. It does not know what is asked for, or why.

use super::carrier::Carrier;
use super::errors::{Effect, delivery_error, held, lost};
use super::limiter::{self, Ended, Gate, within};
use super::uploading::Uploads;
use super::{DiscordConfig, builder, carrier, fetching, http_client, patient_client};
use desk::bridge::{DeliveryError, PostFile, RemoteBytes};
use futures::FutureExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serenity::http::{Http, LightMethod, Request, Route};
use std::panic::AssertUnwindSafe;
use std::time::Duration;

/// How long an attempt may take, short sleeps of the limiter included.
const ATTEMPT: Duration = Duration::from_secs(20);

/// A way to Discord's REST API.
pub(super) enum Rest {
    /// Over the network.
    Wire(Box<Wire>),
    /// To a Discord within the process.
    Carried(Box<dyn Carrier>),
}

/// serenity's client, and what it was told about pauses.
pub(super) struct Wire {
    http: Http,
    /// For requests that carry files.
    uploads: Uploads,
    /// For files, which lie elsewhere and need no token.
    files: reqwest::Client,
    gate: Gate,
}

/// One request.
pub(super) struct Ask<'a> {
    pub(super) effect: Effect,
    pub(super) method: LightMethod,
    pub(super) route: Route<'a>,
    pub(super) body: Option<Vec<u8>>,
    pub(super) files: Vec<PostFile>,
    pub(super) params: Option<Vec<(&'static str, String)>>,
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

    /// To take something away; doing it twice is no different.
    pub(super) fn delete(route: Route<'a>) -> Self {
        Self::new(Effect::Repeatable, LightMethod::Delete, route)
    }

    /// To make something.
    pub(super) fn post(route: Route<'a>, body: &impl Serialize) -> Self {
        Self::new(Effect::Once, LightMethod::Post, route).body(body)
    }

    /// To make something of which there is one at most, so that repeating it makes nothing.
    pub(super) fn post_again(route: Route<'a>, body: &impl Serialize) -> Self {
        Self::new(Effect::Repeatable, LightMethod::Post, route).body(body)
    }

    /// To change something.
    pub(super) fn patch(route: Route<'a>, body: &impl Serialize) -> Self {
        Self::new(Effect::Repeatable, LightMethod::Patch, route).body(body)
    }

    /// To put something in place of what is there.
    pub(super) fn replace(route: Route<'a>, body: &impl Serialize) -> Self {
        Self::new(Effect::Repeatable, LightMethod::Put, route).body(body)
    }

    /// With files.
    pub(super) fn files(mut self, files: Vec<PostFile>) -> Self {
        self.files = files;
        self
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
            files: Vec::new(),
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
        let patient = patient_client(config)?;
        Ok(Self::Wire(Box::new(Wire {
            http: limiter::observed(builder, client, &config.token).build(),
            uploads: Uploads::new(patient.clone(), &config.token)?,
            files: patient,
            gate: Gate::default(),
        })))
    }

    /// Makes one attempt and reads its answer.
    pub(super) async fn ask<T: DeserializeOwned>(&self, ask: Ask<'_>) -> Result<T, DeliveryError> {
        match self {
            Self::Wire(wire) => {
                let request = wire.admit(&ask)?;
                if !ask.files.is_empty() {
                    let answer = wire.upload(&ask).await?;
                    return serde_json::from_slice(&answer).map_err(|_| lost(ask.effect));
                }
                wire.judge(&ask, wire.http.fire(request)).await
            }
            Self::Carried(carrier) => {
                let answer = carrier::attempt(carrier.as_ref(), &ask).await?;
                serde_json::from_slice(&answer).map_err(|_| lost(ask.effect))
            }
        }
    }

    /// Makes one attempt whose answer has no body.
    pub(super) async fn tell(&self, ask: Ask<'_>) -> Result<(), DeliveryError> {
        match self {
            Self::Wire(wire) => {
                let request = wire.admit(&ask)?;
                wire.judge(&ask, wire.http.request(request)).await?;
            }
            Self::Carried(carrier) => {
                carrier::attempt(carrier.as_ref(), &ask).await?;
            }
        }
        Ok(())
    }

    /// Fetches a file by its link.
    pub(super) async fn fetch(&self, url: &str) -> Result<RemoteBytes, DeliveryError> {
        match self {
            Self::Wire(wire) => fetching::fetch(&wire.files, url).await,
            Self::Carried(carrier) => match carrier.fetch(url).await {
                Some(answer) if answer.status == 200 => {
                    let whole = async move { Ok(answer.body.into()) };
                    Ok(Box::pin(futures::stream::once(whole)))
                }
                Some(answer) => Err(fetching::refused(answer.status, fetching::PAUSE)),
                None => Err(lost(Effect::Repeatable)),
            },
        }
    }
}

impl Wire {
    async fn upload(&self, ask: &Ask<'_>) -> Result<Vec<u8>, DeliveryError> {
        let uploaded = carrier::attempt(&self.uploads, ask).await;
        if let Err(DeliveryError::Retry { after, global, .. }) = &uploaded {
            let bucket = ask.route.ratelimiting_bucket();
            self.gate.close(bucket, *after, *global);
        }
        uploaded
    }

    fn admit<'a>(&self, ask: &Ask<'a>) -> Result<Request<'a>, DeliveryError> {
        if let Some((left, global)) = self.gate.closed(&ask.route.ratelimiting_bucket()) {
            return Err(held(left, global));
        }
        Ok(Request::new(ask.route, ask.method)
            .body(ask.body.clone())
            .params(ask.params.clone()))
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
