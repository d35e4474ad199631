//! The address that people open: whether it is safe on the way, and whether it leads back here.

use super::Door;
use crate::Config;
use domain::examination::Finding;
use serde::Deserialize;
use std::time::Duration;

/// How long an answer may take.
const WITHIN: Duration = Duration::from_secs(4);

/// What tells that Threadline answers.
#[derive(Debug, Deserialize)]
struct Health {
    version: String,
    #[serde(rename = "outbox")]
    _outbox: serde::de::IgnoredAny,
}

pub(super) async fn examine(config: &Config, door: &Door) -> Vec<Finding> {
    vec![safety(config), reach(config, door).await]
}

fn safety(config: &Config) -> Finding {
    let url = &config.public_url;
    if config.is_https() || config.listen.ip().is_loopback() {
        return Finding::well("Public address", url.clone());
    }
    Finding::odd(
        "Public address",
        format!("{url} is not https: private links and sessions can be read on the way"),
        "Put a proxy with a certificate in front, and set PUBLIC_URL to its address.",
    )
    .at("PUBLIC_URL", url.clone())
}

async fn reach(config: &Config, door: &Door) -> Finding {
    let tried = "Public address from here";
    let url = &config.public_url;
    let to_do = "Check PUBLIC_URL, the name's DNS record and the proxy: it must lead here and pass \
                 Host on.";
    match ask(url).await {
        Ok(Some(health)) if health.version == env!("CARGO_PKG_VERSION") => {
            Finding::well(tried, "Threadline answers there")
        }
        Ok(Some(health)) => Finding::odd(
            tried,
            format!(
                "another version of Threadline answers there ({})",
                health.version
            ),
            to_do,
        )
        .at("The address", url.clone()),
        Ok(None) => Finding::ill(tried, "something else answers there", to_do)
            .at("The address", url.clone()),
        Err(error) => match door {
            Door::CommandLine => Finding::odd(
                tried,
                format!("nothing answers there: {error}"),
                "Start `threadline serve`, then ask again; or look at the staff's page Doctor.",
            )
            .at("The address", url.clone()),
            Door::Server(_) => {
                Finding::ill(tried, format!("nothing answers there: {error}"), to_do)
                    .at("The address", url.clone())
            }
        },
    }
}

/// What answers at the address; nothing of ours, if it is not understood.
async fn ask(public_url: &str) -> anyhow::Result<Option<Health>> {
    let mut builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(WITHIN);
    let here = ["http://127.", "http://localhost", "http://[::1]"];
    if here.iter().any(|host| public_url.starts_with(host)) {
        builder = builder.no_proxy();
    }
    let plain = |error: reqwest::Error| anyhow::Error::from(error.without_url());
    let answer = builder
        .build()
        .map_err(plain)?
        .get(format!("{public_url}/api/health"))
        .send()
        .await
        .map_err(plain)?;
    Ok(answer.json().await.ok())
}
