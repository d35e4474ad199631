//! Asking Discord: one request with the bot's token at a time, and refusals in words.

use super::places;
use crate::{Config, discord_config};
use desk::clock::{Clock, SystemClock};
use domain::examination::Finding;
use serde::de::DeserializeOwned;
use std::time::Duration;
use time::PrimitiveDateTime;
use time::macros::format_description;

const API: &str = "https://discord.com/api/v10";
/// How long one answer may take.
const WITHIN: Duration = Duration::from_secs(4);

/// Why there is no answer.
pub(super) enum No {
    /// Discord said so.
    Status(u16),
    /// It could not be asked.
    Away(String),
    /// What came is no answer of its.
    Strange(String),
}

/// Asks with the bot's token.
pub(super) struct Asker<'a> {
    http: reqwest::Client,
    pub(super) config: &'a Config,
}

impl<'a> Asker<'a> {
    pub(super) fn new(config: &'a Config) -> anyhow::Result<Self> {
        let http = connector::http_client(&discord_config(config))?;
        Ok(Self { http, config })
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, No> {
        Ok(self.get_timed(path).await?.0)
    }

    /// The same, with how far Discord's clock is ahead of ours, in seconds.
    pub(super) async fn get_timed<T: DeserializeOwned>(
        &self,
        path: &str,
    ) -> Result<(T, Option<i64>), No> {
        let response = self
            .http
            .get(format!("{API}{path}"))
            .timeout(WITHIN)
            .header(
                "authorization",
                format!("Bot {}", self.config.token.expose()),
            )
            .header(
                "user-agent",
                concat!("DiscordBot (threadline, ", env!("CARGO_PKG_VERSION"), ")"),
            )
            .send()
            .await
            .map_err(no)?;
        if !response.status().is_success() {
            return Err(No::Status(response.status().as_u16()));
        }
        let date = response.headers().get("date").and_then(|d| d.to_str().ok());
        let ahead = date.and_then(seconds).map(|there| {
            let here = SystemClock.now().millis() / 1_000;
            there - here
        });
        let answer = response.json().await.map_err(no)?;
        Ok((answer, ahead))
    }
}

/// The seconds since 1970 of a moment as HTTP writes it.
fn seconds(date: &str) -> Option<i64> {
    let format = format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    let moment = PrimitiveDateTime::parse(date, format).ok()?;
    Some(moment.assume_utc().unix_timestamp())
}

fn no(error: reqwest::Error) -> No {
    let is_strange = error.is_decode() && !error.is_timeout();
    let words = format!("{:#}", anyhow::Error::from(error.without_url()));
    match is_strange {
        true => No::Strange(words),
        false => No::Away(words),
    }
}

/// An answer that says no, in words; `to_do` and its place are for when Discord refuses.
pub(super) fn ill(tried: &str, no: &No, to_do: &str, place: (&str, String)) -> Finding {
    match no {
        No::Status(429) => Finding::ill(
            tried,
            "Discord asks us to wait (429)",
            "Try again in a minute.",
        )
        .at(places::DISCORDS_STATE.0, places::DISCORDS_STATE.1),
        No::Status(status @ 500..) => Finding::ill(
            tried,
            format!("Discord has trouble of its own ({status})"),
            "Try again later.",
        )
        .at(places::DISCORDS_STATE.0, places::DISCORDS_STATE.1),
        No::Status(status) => {
            Finding::ill(tried, format!("Discord refuses ({status})"), to_do).at(place.0, place.1)
        }
        No::Away(error) => Finding::ill(
            tried,
            format!("Discord cannot be reached: {error}"),
            "Look at the way out of this machine: its network, its proxy, its firewall.",
        )
        .at(places::WAY_OUT.0, places::WAY_OUT.1),
        No::Strange(error) => Finding::ill(
            tried,
            format!("what came back is no answer of Discord's: {error}"),
            "Try again. If it stays so, something on the way answers in its place: look at the \
             proxy.",
        )
        .at(places::WAY_OUT.0, places::WAY_OUT.1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_of_https_is_a_moment() {
        assert_eq!(
            seconds("Sat, 21 Nov 2026 12:48:00 GMT"),
            Some(1_795_265_280)
        );
        assert_eq!(seconds("yesterday"), None);
    }
}
