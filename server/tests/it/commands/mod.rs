//! Commands, buttons, menus and forms through both of Discord's doors, as everybody who may use
//! them and everybody who may not.

mod admins;
mod controls;
mod doors;
mod elsewhere;
mod from_message;
mod journeys;
mod late;
mod panel;
mod questions;
mod restart;
mod rights;
mod together;
mod vouched;

use crate::visitor::Visitor;
use crate::world::{World, client, id, until};
use desk::commands::{COMMANDS, Command, Control, Kind, Opt, Takes, Who};
use discord_stand_in::Person;
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    Gateway,
    Http,
}

/// What somebody was answered.
#[derive(Debug)]
pub enum Answered {
    /// Discord itself did not let them.
    Refused(u64),
    /// Words, with what stands below them.
    Words(String),
    /// A form.
    Form(Value),
    /// Suggestions.
    Choices(Value),
}

impl Answered {
    pub fn words(self) -> String {
        match self {
            Self::Words(words) => words,
            other => panic!("no words: {other:?}"),
        }
    }
}

async fn open(world: &World, door: Door) {
    let url = match door {
        Door::Gateway => Value::Null,
        Door::Http => json!(format!("{}/api/interactions", world.base)),
    };
    let body = json!({"url": url, "check": door == Door::Http});
    let control = format!(
        "{}/stand-in/interactions-endpoint",
        world.discord.base_url()
    );
    let saved = client().put(control).json(&body).send().await.unwrap();
    assert_eq!(saved.status(), 200, "{}", saved.text().await.unwrap());
}

pub fn named(world: &World, name: &str) -> Person {
    let people = world.discord.settings().people;
    people
        .into_iter()
        .find(|p| p.name.starts_with(name))
        .unwrap()
}

/// Starts an interaction and waits for what comes of it.
async fn interact(world: &World, person: &Person, channel: &Value, mut body: Value) -> Answered {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let nonce = format!("n{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let settings = world.discord.settings();
    body["application_id"] = json!(settings.client_id);
    if body["guild_id"].is_null() {
        body["guild_id"] = json!(settings.guild_id.to_string());
    }
    body["channel_id"] = channel.clone();
    body["session_id"] = json!("test");
    body["nonce"] = json!(nonce);
    let (status, refusal) = world
        .act(person, Method::POST, "/interactions", body.clone())
        .await;
    if status != 204 {
        return Answered::Refused(refusal["code"].as_u64().unwrap());
    }
    let record = until("the interaction is answered", async || {
        let seen = world.discord.part("interactions");
        let list = seen.as_array().unwrap();
        let record = list.iter().find(|i| i["nonce"] == json!(nonce))?;
        assert_ne!(record["progress"], "failed", "{body}");
        (record["progress"] == "answered").then(|| record.clone())
    })
    .await;
    if body["type"] == json!(4) {
        return Answered::Choices(record["choices"].clone());
    }
    let modals = world.discord.part("modals");
    let modals = modals.as_array().unwrap();
    if let Some(modal) = modals.iter().find(|m| m["interaction_id"] == record["id"]) {
        return Answered::Form(modal.clone());
    }
    let whispers = world.discord.part("ephemeral");
    let whispers = whispers.as_array().unwrap();
    let whisper = whispers
        .iter()
        .find(|e| e["message"]["id"] == record["original"])
        .unwrap_or_else(|| panic!("answered in public: {body}"));
    assert_eq!(id(&whisper["person"]), person.id);
    let message = &whisper["message"];
    let detail = message["embeds"][0]["description"]
        .as_str()
        .unwrap_or_default();
    Answered::Words(format!(
        "{}\n{detail}",
        message["content"].as_str().unwrap()
    ))
}

/// The guild in which everything happens, unless a test says otherwise.
fn usual(world: &World) -> String {
    world.discord.settings().guild_id.to_string()
}

fn registered(world: &World, guild: &str, kind: u64, name: &str) -> Value {
    let seen = world.discord.part("commands");
    let list = seen["guild"][guild].as_array();
    let found = list
        .unwrap()
        .iter()
        .find(|c| c["name"] == name && c["type"] == json!(kind));
    found
        .unwrap_or_else(|| panic!("{name} is not registered"))
        .clone()
}

/// Uses a command with these options, each a type, a name and a value.
pub async fn command(
    world: &World,
    person: &Person,
    channel: &Value,
    path: &str,
    given: &[(u64, &str, Value)],
) -> Answered {
    let body = typed(world, &usual(world), 2, path, given);
    interact(world, person, channel, body).await
}

fn typed(world: &World, guild: &str, kind: u64, path: &str, given: &[(u64, &str, Value)]) -> Value {
    let options = given
        .iter()
        .map(|(kind, name, value)| json!({"type": kind, "name": name, "value": value}));
    let options: Vec<Value> = options.collect();
    let (root, sub) = match path.split_once(' ') {
        Some((root, sub)) => (root, Some(sub)),
        None => (path, None),
    };
    let options = match sub {
        Some(sub) => json!([{"type": 1, "name": sub, "options": options}]),
        None => json!(options),
    };
    let known = registered(world, guild, 1, root);
    json!({"type": kind, "guild_id": guild, "data": {"id": known["id"], "name": root, "type": 1, "options": options}})
}

async fn press(
    world: &World,
    person: &Person,
    message: &Value,
    custom_id: &str,
    chosen: Option<&str>,
) -> Answered {
    let data = match chosen {
        Some(value) => json!({"component_type": 3, "custom_id": custom_id, "values": [value]}),
        None => json!({"component_type": 2, "custom_id": custom_id}),
    };
    let body = json!({"type": 3, "message_id": message["id"], "data": data});
    interact(world, person, &message["channel_id"], body).await
}

async fn submit(
    world: &World,
    person: &Person,
    form: Answered,
    name: &str,
    text: &str,
) -> Answered {
    let Answered::Form(modal) = form else {
        panic!("no form: {form:?}");
    };
    let field = json!({"type": 4, "custom_id": name, "value": text});
    let rows = json!([{"type": 1, "components": [field]}]);
    let data = json!({"custom_id": modal["custom_id"], "components": rows});
    let body = json!({"type": 5, "data": data});
    interact(world, person, &modal["channel_id"], body).await
}

/// The newest message of ours that only this person sees.
fn whisper(world: &World, person: &Person) -> Value {
    let seen = world.discord.part("ephemeral");
    let mine = |e: &&Value| id(&e["person"]) == person.id;
    let all = seen.as_array().unwrap();
    all.iter().rfind(mine).unwrap()["message"].clone()
}

pub fn channel(world: &World, name: &str) -> Value {
    let seen = world.discord.part("guilds");
    let channels = seen[0]["channels"].as_array().unwrap();
    let found = channels.iter().find(|c| c["name"] == name);
    found.unwrap()["id"].clone()
}

pub async fn commands_are_there(world: &World) {
    until("the commands are registered", async || {
        let seen = world.discord.part("commands");
        let list = seen["guild"][usual(world)].as_array()?;
        (!list.is_empty()).then_some(())
    })
    .await;
}

/// Mira posts the panel, and Pat files a ticket from it. The thread and the private link.
pub async fn filed(world: &World) -> (Value, String) {
    commands_are_there(world).await;
    let (mira, pat) = (named(world, "Mira"), named(world, "Pat"));
    let general = channel(world, "general");
    let here = (7, "channel", general.clone());
    let done = command(world, &mira, &general, "setup", &[here])
        .await
        .words();
    assert!(done.contains("The panel is in"), "{done}");
    let seen = world.discord.part("messages");
    let posted = &seen[general.as_str().unwrap()];
    let panel = posted.as_array().unwrap().last().unwrap().clone();
    let asked = press(world, &pat, &panel, "v1:new", None).await.words();
    assert!(asked.contains("What is it about?"));
    let menu = whisper(world, &pat);
    let form = press(world, &pat, &menu, "v1:category", Some("billing")).await;
    let text = "I was charged twice.\nOn Monday.";
    let done = submit(world, &pat, form, "text", text).await.words();
    let link = done
        .lines()
        .find_map(|l| l.split_once("alone: "))
        .unwrap()
        .1;
    let thread = world.thread_with(1, 2).await;
    world.settled().await;
    (thread, link.to_owned())
}
