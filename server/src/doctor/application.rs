//! The application: its token, the clock beside Discord's, intents, sign-in's way back, and where
//! its interactions go.

use super::ask::{Asker, ill};
use super::{Door, places};
use crate::Config;
use domain::examination::Finding;
use serde::Deserialize;

/// The bot as it sees itself.
#[derive(Debug, Deserialize)]
pub(super) struct Bot {
    pub(super) id: String,
    username: String,
    /// Its owner's second factor stands for its own.
    #[serde(default)]
    pub(super) mfa_enabled: Option<bool>,
}

#[derive(Debug, Deserialize)]
struct Application {
    id: String,
    #[serde(default)]
    flags: u64,
    #[serde(default)]
    redirect_uris: Option<Vec<String>>,
    #[serde(default)]
    interactions_endpoint_url: Option<String>,
    #[serde(default)]
    verify_key: Option<String>,
}

/// Intents that must be granted in the portal: the intent, the flags of which either grants it, and
/// its name there.
const PRIVILEGED: [(u64, u64, &str); 3] = [
    (1 << 8, 1 << 12 | 1 << 13, "Presence Intent"),
    (1 << 1, 1 << 14 | 1 << 15, "Server Members Intent"),
    (1 << 15, 1 << 18 | 1 << 19, "Message Content Intent"),
];

/// A page of the application's in the portal.
fn portal(config: &Config, page: &str) -> String {
    let id = config.application_id;
    format!("https://discord.com/developers/applications/{id}/{page}")
}

/// Asks about the application; the bot, when its token is accepted.
pub(super) async fn examine(
    asker: &Asker<'_>,
    door: &Door,
    findings: &mut Vec<Finding>,
) -> Option<Bot> {
    let config = asker.config;
    let bot = match asker.get_timed::<Bot>("/users/@me").await {
        Ok((bot, ahead)) => {
            let found = format!("accepted; it is {}'s", bot.username);
            findings.push(Finding::well("Token", found));
            findings.push(clock(ahead));
            bot
        }
        Err(no) => {
            let to_do = "Reset the token and put the new one into DISCORD_TOKEN.";
            let place = portal(config, "bot");
            findings.push(ill("Token", &no, to_do, ("Developer Portal, Bot", place)));
            return None;
        }
    };
    match asker.get::<Application>("/applications/@me").await {
        Ok(app) => {
            findings.push(identity(config, &app));
            findings.push(intents(config, connector::asked_intents(), app.flags));
            findings.push(redirect(config, app.redirect_uris.as_deref()));
            findings.push(interactions(config, &app));
        }
        Err(no) => findings.push(ill(
            "Application",
            &no,
            "Discord does not say whose application this is; reset the token.",
            ("Developer Portal, Bot", portal(config, "bot")),
        )),
    }
    if let Door::Server(running) = door {
        findings.push(gateway(config, &running.gateway.snapshot()));
    }
    Some(bot)
}

fn clock(ahead: Option<i64>) -> Finding {
    let tried = "Clock";
    let to_do = "Let this machine set its clock by the network (NTP).";
    match ahead {
        None => Finding::odd(
            tried,
            "Discord did not say what time it is",
            "Ask again later.",
        )
        .at(places::DISCORDS_STATE.0, places::DISCORDS_STATE.1),
        Some(-4..=4) => Finding::well(tried, "as Discord's"),
        Some(ahead) => {
            let way = if ahead > 0 { "behind" } else { "ahead of" };
            let found = format!("{} seconds {way} Discord's", ahead.abs());
            let finding = if ahead.abs() < 30 {
                Finding::odd(tried, found, to_do)
            } else {
                Finding::ill(tried, found, to_do)
            };
            finding.at(places::CLOCK.0, places::CLOCK.1)
        }
    }
}

fn identity(config: &Config, app: &Application) -> Finding {
    if app.id == config.application_id.to_string() {
        return Finding::well("Application", "CLIENT_ID is the token's own");
    }
    Finding::ill(
        "Application",
        format!("the token belongs to application {}", app.id),
        "Put that id into CLIENT_ID, and its secret into DISCORD_CLIENT_SECRET.",
    )
    .at(
        "Developer Portal",
        "https://discord.com/developers/applications",
    )
}

fn intents(config: &Config, asked: u64, flags: u64) -> Finding {
    let needed = PRIVILEGED
        .into_iter()
        .filter(|(intent, ..)| asked & intent != 0);
    let names = |granted: bool| {
        needed
            .clone()
            .filter(|(_, grants, _)| (flags & grants != 0) == granted)
            .map(|(.., name)| name)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let (granted, missing) = (names(true), names(false));
    if missing.is_empty() {
        return Finding::well("Intents", format!("asked for and granted: {granted}"));
    }
    Finding::ill(
        "Intents",
        format!("asked for and not granted: {missing}"),
        format!("Switch on {missing}; without it the bot does not hear what people write."),
    )
    .at("Developer Portal, Bot", portal(config, "bot"))
}

fn redirect(config: &Config, listed: Option<&[String]>) -> Finding {
    let tried = "Sign-in's way back";
    let ours = format!("{}/auth/discord/callback", config.public_url);
    let to_do = format!("Add {ours} under Redirects, exactly so.");
    let place = ("Developer Portal, OAuth2", portal(config, "oauth2"));
    match listed {
        Some(listed) if listed.contains(&ours) => Finding::well(tried, format!("{ours} is listed")),
        // The stand-in's list is empty where it takes every address of this machine.
        Some([]) if config.stand_in.is_some() => {
            Finding::well(tried, "the stand-in takes every address of this machine")
        }
        Some(_) => Finding::ill(
            tried,
            format!("{ours} is not among the application's redirects, so staff cannot sign in"),
            to_do,
        )
        .at(place.0, place.1),
        None => {
            Finding::odd(tried, "Discord does not say what is listed", to_do).at(place.0, place.1)
        }
    }
}

fn interactions(config: &Config, app: &Application) -> Finding {
    let tried = "Interactions";
    let ours = format!("{}/api/interactions", config.public_url);
    let place = portal(config, "information");
    let name = "Developer Portal, General Information";
    let fits = |key: &str| app.verify_key.as_deref().is_none_or(|known| known == key);
    match (&app.interactions_endpoint_url, &config.public_key) {
        (Some(theirs), _) if *theirs != ours => Finding::ill(
            tried,
            format!("buttons and commands are sent to {theirs}, so they do not arrive here"),
            format!("Clear the Interactions Endpoint URL, or set it to {ours}."),
        )
        .at(name, place),
        (Some(_), None) => Finding::ill(
            tried,
            "they are sent to us over HTTP, and cannot be verified",
            "Put the application's Public Key into DISCORD_PUBLIC_KEY.",
        )
        .at(name, place),
        (endpoint, Some(key)) if !fits(key) => {
            let found = "DISCORD_PUBLIC_KEY is not this application's key";
            let to_do = "Copy the Public Key anew.";
            let finding = if endpoint.is_some() {
                Finding::ill(tried, found, to_do)
            } else {
                Finding::odd(tried, found, to_do)
            };
            finding.at(name, place)
        }
        (Some(_), Some(_)) => Finding::well(tried, format!("over HTTP, to {ours}")),
        (None, _) => Finding::well(tried, "over the gateway; no endpoint is set"),
    }
}

fn gateway(config: &Config, seen: &connector::GatewaySnapshot) -> Finding {
    let tried = "Gateway";
    match (&seen.trouble, seen.connected) {
        (_, true) => Finding::well(tried, "connected"),
        (Some(trouble), false) => Finding::ill(
            tried,
            format!("{}: {trouble}", seen.state),
            "Mend what it names; the bot connects by itself.",
        )
        .at("Developer Portal, Bot", portal(config, "bot")),
        (None, false) => Finding::odd(
            tried,
            seen.state,
            "Wait a minute and look again; the bot connects by itself.",
        )
        .at(places::DISCORDS_STATE.0, places::DISCORDS_STATE.1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::examination::Verdict;

    #[test]
    fn a_clock_that_is_wrong_is_found_either_way() {
        assert_eq!(clock(Some(1)).verdict, Verdict::Well);
        assert_eq!(clock(Some(-12)).verdict, Verdict::Odd);
        assert!(clock(Some(-12)).found.contains("12 seconds ahead of"));
        assert_eq!(clock(Some(300)).verdict, Verdict::Ill);
        assert!(clock(Some(300)).found.contains("behind"));
    }
}
