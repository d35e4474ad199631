//! Files by their links: one attempt, from Discord's own hosts only.
//!
//! A link is all that it takes, so no token goes along, and none is followed to another host. It
//! does not know what becomes of the bytes.

use desk::bridge::{DeliveryError, RemoteBytes};
use futures::StreamExt;
use reqwest::StatusCode;
use std::time::Duration;

/// Where Discord keeps files.
const HOSTS: [&str; 2] = ["cdn.discordapp.com", "media.discordapp.net"];
/// How long to hold still when Discord does not say.
pub(super) const PAUSE: Duration = Duration::from_secs(5);

pub(super) async fn fetch(
    client: &reqwest::Client,
    url: &str,
) -> Result<RemoteBytes, DeliveryError> {
    if !is_discords(url) {
        return Err(DeliveryError::Permanent {
            code: None,
            reason: "The file is not on Discord's own hosts.".to_owned(),
        });
    }
    let answer = client.get(url).send().await.map_err(|_| cut())?;
    match answer.status() {
        StatusCode::OK => Ok(Box::pin(
            answer.bytes_stream().map(|chunk| chunk.map_err(|_| cut())),
        )),
        status => {
            let seconds = answer
                .headers()
                .get(reqwest::header::RETRY_AFTER)
                .and_then(|value| value.to_str().ok()?.parse().ok());
            Err(refused(
                status.as_u16(),
                seconds.map_or(PAUSE, Duration::from_secs),
            ))
        }
    }
}

/// What an answer without the file means, however it came: these hosts do not speak as the API does.
pub(super) fn refused(status: u16, after: Duration) -> DeliveryError {
    match status {
        // An expired link is answered with either.
        403 | 404 | 410 => DeliveryError::Gone {
            code: None,
            reason: "The link to the file does not hold any more.".to_owned(),
        },
        status => DeliveryError::Retry {
            after,
            global: false,
            reason: format!("Discord's file host answered {status}."),
        },
    }
}

fn cut() -> DeliveryError {
    DeliveryError::Uncertain {
        reason: "The file did not come through whole.".to_owned(),
    }
}

fn is_discords(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| {
        url.scheme() == "https"
            && url.port().is_none()
            && url.host_str().is_some_and(|host| HOSTS.contains(&host))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_discords_own_hosts_are_asked() {
        assert!(is_discords(
            "https://cdn.discordapp.com/attachments/1/2/a.png?ex=1&"
        ));
        for other in [
            "http://cdn.discordapp.com/a",
            "https://cdn.discordapp.com:444/a",
            "https://cdn.discordapp.com.example.com/a",
            "https://example.com/?cdn.discordapp.com",
            "https://127.0.0.1/a",
            "file:///etc/passwd",
            "",
        ] {
            assert!(!is_discords(other), "{other}");
        }
    }
}
