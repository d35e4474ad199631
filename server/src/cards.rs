//! Asks the host product for customers' cards: one signed request for each look.
//!
//! The product is trusted to know its customers, and with nothing else: it gets two and a half
//! seconds and 64 KB, is never followed elsewhere, and what it says is tidied before anyone sees it.
//! Only the guild that the environment names is answered: the secret is its operator's, and the staff
//! of any other server that the bot was invited to must not learn who an address belongs to. It knows
//! neither tickets nor who may look.

use crate::config::{CardsAt, Secret};
use anyhow::Context;
use desk::{CardOf, Cards};
use domain::DiscordGuildId;
use domain::card::{CardAnswer, CustomerCard};
use futures::StreamExt;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{StatusCode, header, redirect};
use serde_json::json;
use sha2::Sha256;
use std::sync::Arc;
use std::time::Duration;

/// How long the product may take; Discord waits three seconds for the whole.
const WITHIN: Duration = Duration::from_millis(2_500);
/// The longest answer, in bytes.
const MOST: usize = 64 << 10;
/// The headers by which the product knows that we ask, and when.
const SIGNATURE: &str = "x-threadline-signature";
const TIMESTAMP: &str = "x-threadline-timestamp";

pub(crate) struct Product {
    at: CardsAt,
    guild: DiscordGuildId,
    client: reqwest::Client,
}

impl Product {
    /// For the staff of this guild.
    pub(crate) fn new(at: CardsAt, guild: DiscordGuildId) -> anyhow::Result<Arc<Self>> {
        let mut client = reqwest::Client::builder()
            .timeout(WITHIN)
            .redirect(redirect::Policy::none())
            .user_agent(concat!("Threadline/", env!("CARGO_PKG_VERSION")));
        if at.is_on_this_machine() {
            client = client.no_proxy();
        }
        let client = client
            .build()
            .context("a client that asks for customers' cards")?;
        Ok(Arc::new(Self { at, guild, client }))
    }

    async fn ask(&self, of: &CardOf) -> Result<CardAnswer, &'static str> {
        let (guild, number) = of.ticket;
        if guild != self.guild {
            return Ok(CardAnswer::Off);
        }
        let body = json!({
            "customer": {
                "email": of.email,
                // Whoever files a ticket types what they like; nothing is sent there.
                "email_verified": false,
                "discord_id": of.account.map(|account| account.to_string()),
            },
            "ticket": {"guild_id": guild.to_string(), "number": number},
        });
        let body = body.to_string();
        let now = (of.at.millis() / 1_000).to_string();
        let request = self
            .client
            .post(self.at.url.clone())
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json")
            .header(TIMESTAMP, &now)
            .header(SIGNATURE, signature(&self.at.secret, &now, &body))
            .body(body);
        let answer = request.send().await.map_err(in_words)?;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND | StatusCode::NO_CONTENT => return Ok(CardAnswer::Unknown),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                return Err(
                    "The host product refused our signature: its secret or its clock is another.",
                );
            }
            status => {
                tracing::warn!(%status, "The host product did not answer with a card");
                return Err("The host product did not answer with a card.");
            }
        }
        let mut told = Vec::new();
        let mut parts = answer.bytes_stream();
        while let Some(part) = parts.next().await {
            told.extend_from_slice(&part.map_err(in_words)?);
            if told.len() > MOST {
                return Err("The host product's card is too large.");
            }
        }
        let card: CustomerCard = serde_json::from_slice(&told)
            .map_err(|_| "What the host product answered is no card.")?;
        Ok(match card.tidied() {
            card if card == CustomerCard::default() => CardAnswer::Unknown,
            card => CardAnswer::Known {
                card,
                proven: of.email.is_none(),
            },
        })
    }
}

#[async_trait::async_trait]
impl Cards for Product {
    async fn card(&self, of: &CardOf) -> CardAnswer {
        self.ask(of).await.unwrap_or_else(|why| {
            tracing::info!(why, "A customer's card could not be had");
            CardAnswer::Trouble(why.to_owned())
        })
    }
}

fn in_words(error: reqwest::Error) -> &'static str {
    let timed_out = error.is_timeout();
    let error = anyhow::Error::from(error.without_url());
    tracing::warn!(
        error = format!("{error:#}"),
        "The host product could not be asked"
    );
    match timed_out {
        true => "The host product did not answer in time.",
        false => "The host product cannot be reached.",
    }
}

/// Proof that we ask, and when: nobody else can ask so, nor ask so again later.
fn signature(secret: &Secret, moment: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes())
        .expect("a key of any length does");
    for part in [moment, ".", body] {
        mac.update(part.as_bytes());
    }
    let digest = mac.finalize().into_bytes();
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("v1={hex}")
}
