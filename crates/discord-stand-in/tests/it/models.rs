//! Every event and every answer of a long day, read by serenity's models and by twilight's.
//! Two independent opinions: what both can read, a client of either can read.

use std::collections::BTreeSet;

use serde::de::{DeserializeOwned, DeserializeSeed};
use serde_json::Value;
use serenity::all as serenity;
use serenity::{Event, GatewayEvent};
use twilight_model as twilight;
use twilight_model::gateway::event::DispatchEventWithTypeDeserializer;

use crate::scenario;
use crate::support::Exchange;

/// Every event that the stand-in ever sends to a bot, but for RESUMED.
const EVENTS: [&str; 31] = [
    "CHANNEL_CREATE",
    "CHANNEL_DELETE",
    "CHANNEL_PINS_UPDATE",
    "CHANNEL_UPDATE",
    "GUILD_CREATE",
    "GUILD_DELETE",
    "GUILD_MEMBERS_CHUNK",
    "GUILD_MEMBER_ADD",
    "GUILD_MEMBER_REMOVE",
    "GUILD_MEMBER_UPDATE",
    "GUILD_ROLE_CREATE",
    "GUILD_ROLE_DELETE",
    "GUILD_ROLE_UPDATE",
    "INTERACTION_CREATE",
    "MESSAGE_CREATE",
    "MESSAGE_DELETE",
    "MESSAGE_DELETE_BULK",
    "MESSAGE_REACTION_ADD",
    "MESSAGE_REACTION_REMOVE",
    "MESSAGE_REACTION_REMOVE_ALL",
    "MESSAGE_REACTION_REMOVE_EMOJI",
    "MESSAGE_UPDATE",
    "READY",
    "THREAD_CREATE",
    "THREAD_DELETE",
    "THREAD_LIST_SYNC",
    "THREAD_MEMBERS_UPDATE",
    "THREAD_MEMBER_UPDATE",
    "THREAD_UPDATE",
    "TYPING_START",
    "WEBHOOKS_UPDATE",
];

#[tokio::test]
async fn both_read_every_kind_of_event() {
    let day = scenario::play().await;
    let mut kinds = BTreeSet::new();
    let mut complaints = Vec::new();
    for frame in &day.events {
        let name = frame["t"].as_str().unwrap();
        kinds.insert(name);
        let read = DispatchEventWithTypeDeserializer::new(name).deserialize(&frame["d"]);
        if let Err(why) = read {
            complaints.push(format!("twilight, {name}: {why} in {frame}"));
        }
        match serde_json::from_value::<GatewayEvent>(frame.clone()) {
            // serenity 0.12 wants fields here that Discord does not document for this event.
            Ok(GatewayEvent::Dispatch(_, Event::Unknown(_)))
                if name == "MESSAGE_REACTION_REMOVE_EMOJI" => {}
            Ok(GatewayEvent::Dispatch(_, Event::Unknown(_))) => {
                complaints.push(format!("serenity does not know {frame}"));
            }
            Ok(GatewayEvent::Dispatch(..)) => {}
            other => complaints.push(format!("serenity, {name}: {other:?} in {frame}")),
        }
    }
    let expected = BTreeSet::from(EVENTS);
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    assert_eq!(kinds, expected);
}

fn reads<T: DeserializeOwned>(body: &Value) -> Result<(), String> {
    serde_json::from_value::<T>(body.clone())
        .map(drop)
        .map_err(|why| format!("{}: {why}", std::any::type_name::<T>()))
}

/// Reads with serenity's type, then with twilight's.
fn both<S: DeserializeOwned, T: DeserializeOwned>(body: &Value) -> Result<(), String> {
    reads::<S>(body)?;
    reads::<T>(body)
}

type TwilightMessage = twilight::channel::Message;
type TwilightChannel = twilight::channel::Channel;

/// What the libraries take the answer for; none where neither has a type for it.
fn read_answer(exchange: &Exchange) -> Option<Result<(), String>> {
    let path = exchange.path.split('?').next().unwrap();
    let steps: Vec<&str> = path.split('/').skip(1).collect();
    let body = &exchange.answered;
    let method = exchange.method.as_str();
    Some(match (method, &steps[..]) {
        ("GET", ["gateway", "bot"]) => both::<
            serenity::BotGateway,
            twilight::gateway::connection_info::BotConnectionInfo,
        >(body),
        ("GET", ["users", "@me"]) => {
            both::<serenity::CurrentUser, twilight::user::CurrentUser>(body)
        }
        ("GET", ["users", "@me", "guilds"]) => {
            both::<Vec<serenity::GuildInfo>, Vec<twilight::user::CurrentUserGuild>>(body)
        }
        ("GET", ["users", _]) => both::<serenity::User, twilight::user::User>(body),
        ("GET", ["applications", "@me"]) => {
            both::<serenity::CurrentApplicationInfo, twilight::oauth::Application>(body)
        }
        ("GET", ["guilds", _]) => both::<serenity::PartialGuild, twilight::guild::Guild>(body),
        ("GET", ["guilds", _, "channels"]) => {
            both::<Vec<serenity::GuildChannel>, Vec<TwilightChannel>>(body)
        }
        ("GET", ["guilds", _, "roles"]) => {
            both::<Vec<serenity::Role>, Vec<twilight::guild::Role>>(body)
        }
        ("GET" | "POST" | "PATCH", ["guilds", _, "roles", ..]) => {
            both::<serenity::Role, twilight::guild::Role>(body)
        }
        ("GET", ["guilds", _, "members"] | ["guilds", _, "members", "search"]) => {
            reads::<Vec<twilight::guild::Member>>(body)
        }
        ("GET", ["guilds", _, "members", _]) => reads::<twilight::guild::Member>(body),
        ("GET", ["guilds", _, "threads", "active"] | ["channels", _, "threads", "archived", _]) => {
            both::<serenity::ThreadsData, twilight::channel::thread::ThreadsListing>(body)
        }
        ("GET" | "PATCH", ["channels", _])
        | ("POST", ["channels", _, "threads"] | ["channels", _, "messages", _, "threads"]) => {
            both::<serenity::GuildChannel, TwilightChannel>(body)
        }
        ("GET", ["channels", _, "messages", "pins"]) => {
            reads::<twilight::channel::message::PinsListing>(body)
        }
        ("GET", ["channels", _, "messages"] | ["channels", _, "pins"]) => {
            both::<Vec<serenity::Message>, Vec<TwilightMessage>>(body)
        }
        ("POST", ["channels", _, "messages"] | ["webhooks", _, _])
        | ("GET" | "PATCH", ["channels", _, "messages", _] | ["webhooks", _, _, "messages", _]) => {
            both::<serenity::Message, TwilightMessage>(body)
        }
        ("GET", ["channels", _, "messages", _, "reactions", _]) => {
            both::<Vec<serenity::User>, Vec<twilight::user::User>>(body)
        }
        ("GET", ["channels", _, "thread-members"]) => {
            both::<Vec<serenity::ThreadMember>, Vec<twilight::channel::thread::ThreadMember>>(body)
        }
        ("GET", ["channels", _, "webhooks"] | ["guilds", _, "webhooks"]) => {
            both::<Vec<serenity::Webhook>, Vec<twilight::channel::Webhook>>(body)
        }
        ("POST", ["channels", _, "webhooks"]) | ("GET" | "PATCH", ["webhooks", ..]) => {
            both::<serenity::Webhook, twilight::channel::Webhook>(body)
        }
        ("GET" | "PUT", ["applications", .., "commands"]) => {
            both::<Vec<serenity::Command>, Vec<twilight::application::command::Command>>(body)
        }
        ("POST", ["applications", .., "commands"])
        | ("GET" | "PATCH", ["applications", .., "commands", _]) => {
            both::<serenity::Command, twilight::application::command::Command>(body)
        }
        _ => return None,
    })
}

#[tokio::test]
async fn both_read_every_answer() {
    let day = scenario::play().await;
    let fine = |exchange: &&Exchange| exchange.status < 300 && !exchange.answered.is_null();
    let mut read = 0;
    let mut complaints = Vec::new();
    for exchange in day.exchanges.iter().filter(fine) {
        match read_answer(exchange) {
            Some(Ok(())) => read += 1,
            Some(Err(why)) => {
                let (method, path) = (&exchange.method, &exchange.path);
                complaints.push(format!("{method} {path}: {why}\n  {}", exchange.answered));
            }
            None => {}
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    assert!(read > 50, "only {read} answers had a type");
}
