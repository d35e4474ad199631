//! Keeps somebody listening to Discord: begins runs, sees whether they live, replaces them.
//!
//! It lives on the main runtime, out of reach of what can befall a run's own. What is heard is none
//! of its business.

use super::errors::{Effect, delivery_error};
use super::gateway::{self, Ending, Run, Stop, TOKEN_REFUSED};
use super::hearing::{Heard, Line};
use super::pace::{Pace, Pulse, STUCK};
use super::status::State;
use super::{DiscordConfig, StandIn};
use desk::bridge::{DeliveryError, RemoteEvent};
use serenity::http::Http;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use tokio_util::sync::CancellationToken;

/// How often a run is looked at.
const LOOK: Duration = Duration::from_millis(250);
/// How long a run gets to end when it is asked to.
const END_WITHIN: Duration = Duration::from_millis(1_800);
/// A run that is not connected for this long is replaced: connecting has no limit of its own.
const CONNECT_WITHIN: Duration = Duration::from_secs(60);
/// How long Discord gets to name the gateway's address.
const ADDRESS_WITHIN: Duration = Duration::from_secs(20);
/// How long to wait at most before asking for it again.
const ADDRESS_AGAIN: Duration = Duration::from_secs(3);

/// How a run came to its end, as seen from outside.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    /// We were asked to stop.
    Stopped,
    /// It ended by itself.
    Ended(Ending),
    /// It did no more than burn time.
    Stuck,
    /// It had to be begun anew.
    Replaced(&'static str),
}

/// Keeps a run going until `stop`.
pub(super) async fn keep_listening(
    config: DiscordConfig,
    http: Http,
    line: Arc<Line>,
    stop: CancellationToken,
) {
    let mut pace = Pace::default();
    for number in 1.. {
        line.status.connecting();
        let Some(url) = stop
            .run_until_cancelled(address(&http, &config, &line))
            .await
        else {
            return;
        };
        line.switch_to(number);
        let began = Instant::now();
        let seen = match gateway::begin(&config, url, line.clone(), number) {
            Ok(run) => watch(run, &line, &stop).await,
            Err(error) => Seen::Ended(Ending::Lost(format!("{error:#}"))),
        };
        if seen == Seen::Stopped {
            line.status.disconnected("It was stopped.");
            return;
        }
        line.say(number, Heard::Fact(Box::new(RemoteEvent::Disconnected)));
        // Whoever still speaks for this run is not heard any more.
        line.switch_to(0);
        line.status.count_restart();
        let refused = report(&seen, &line);
        let rest_for = pace.rest_after(began.elapsed(), refused);
        if stop.run_until_cancelled(sleep(rest_for)).await.is_none() {
            return;
        }
    }
}

/// Says what happened, for operators. Whether Discord refuses us.
fn report(seen: &Seen, line: &Line) -> bool {
    match seen {
        Seen::Ended(Ending::Refused(why)) => {
            line.status.refused(why);
            tracing::error!("{why}");
            return true;
        }
        Seen::Ended(Ending::Lost(why)) => {
            line.status
                .disconnected("The connection to Discord was lost.");
            tracing::warn!(why, "The connection to Discord was lost");
        }
        Seen::Stuck => {
            line.status
                .disconnected("The connection to Discord was stuck.");
            tracing::warn!("The connection to Discord was stuck and is begun anew");
        }
        Seen::Replaced(why) => {
            line.status.disconnected(why);
            tracing::warn!("{why} The connection to Discord is begun anew");
        }
        Seen::Stopped | Seen::Ended(Ending::Asked) => {}
    }
    false
}

/// Asks Discord where its gateway is, until it says so.
async fn address(http: &Http, config: &DiscordConfig, line: &Line) -> String {
    let mut wait = Duration::ZERO;
    let mut told = String::new();
    loop {
        let why = match timeout(ADDRESS_WITHIN, http.get_gateway()).await {
            Ok(Ok(gateway)) if may_go_to(&gateway.url, config.stand_in.as_ref()) => {
                return gateway.url;
            }
            Ok(Ok(_)) => "Discord named a gateway that must not be used.".to_owned(),
            Ok(Err(error)) => match delivery_error(&error, Effect::Repeatable) {
                DeliveryError::Unauthorised => TOKEN_REFUSED.to_owned(),
                DeliveryError::Retry { reason, .. } => reason,
                other => other.to_string(),
            },
            Err(_) => "Discord does not answer.".to_owned(),
        };
        wait = (wait + Duration::from_secs(1)).min(ADDRESS_AGAIN);
        if why == TOKEN_REFUSED {
            line.status.refused(&why);
            wait = Pace::REFUSED;
        } else {
            line.status.disconnected(&why);
        }
        if told != why {
            tracing::warn!("The bot is not connected to Discord: {why}");
            told = why;
        }
        sleep(wait).await;
    }
}

/// Whether our token may be sent there: enciphered, or not leaving this machine. With a stand-in
/// nothing leaves this machine.
fn may_go_to(gateway: &str, stand_in: Option<&StandIn>) -> bool {
    let Ok(url) = url::Url::parse(gateway) else {
        return false;
    };
    let is_local = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    match stand_in {
        Some(_) => is_local && matches!(url.scheme(), "ws" | "wss"),
        None => url.scheme() == "wss",
    }
}

/// Watches a run to its end, and brings that about when it must.
async fn watch(mut run: Run, line: &Line, stop: &CancellationToken) -> Seen {
    let mut look = interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut pulse = Pulse::new(Instant::now());
    let mut connected_at = Instant::now();
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => {
                run.stop(Stop::Politely);
                if timeout(END_WITHIN, &mut run.ended).await.is_err() {
                    tracing::warn!("The connection to Discord did not end in time");
                }
                return Seen::Stopped;
            }
            ended = &mut run.ended => {
                return Seen::Ended(ended.unwrap_or_else(|_| Ending::Lost("it panicked".to_owned())));
            }
            _ = look.tick() => {
                let now = Instant::now();
                if pulse.is_missing(run.pulse(), now) {
                    return end(run, line, Stop::AtOnce, Seen::Stuck).await;
                }
                if line.lost_something() {
                    let why = Seen::Replaced("Events of Discord were lost.");
                    return end(run, line, Stop::Politely, why).await;
                }
                if line.status.state() == State::Connected {
                    connected_at = now;
                    // Not every loss is told by an event; every gain is.
                    if run.is_connected() == Some(false) {
                        line.status.connecting();
                    }
                } else if now.duration_since(connected_at) > CONNECT_WITHIN {
                    let why = Seen::Replaced("Discord cannot be reached.");
                    return end(run, line, Stop::Politely, why).await;
                }
            }
        }
    }
}

/// Ends a run, by all means that are safe; what survives them is left alone.
async fn end(mut run: Run, line: &Line, how: Stop, seen: Seen) -> Seen {
    if matches!(how, Stop::Politely) {
        run.stop(how);
        if timeout(END_WITHIN, &mut run.ended).await.is_ok() {
            return seen;
        }
    }
    run.stop(Stop::AtOnce);
    let broken = async {
        run.break_loop().await;
        (&mut run.ended).await
    };
    if timeout(STUCK, broken).await.is_err() {
        line.status.count_abandoned();
        tracing::error!(
            "A stuck connection to Discord could not be ended and goes on using a core"
        );
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_goes_nowhere_else() {
        let stand_in = StandIn {
            addr: ([127, 0, 0, 1], 1).into(),
            ca_pem: String::new(),
        };
        assert!(may_go_to("wss://gateway.discord.gg", None));
        assert!(!may_go_to("ws://gateway.discord.gg", None));
        assert!(!may_go_to("not an address", None));
        assert!(may_go_to("ws://127.0.0.1:4000/gateway", Some(&stand_in)));
        assert!(may_go_to("wss://localhost:4000", Some(&stand_in)));
        assert!(!may_go_to("wss://gateway.discord.gg", Some(&stand_in)));
        assert!(!may_go_to("wss://127.0.0.1.example.com", Some(&stand_in)));
    }
}
