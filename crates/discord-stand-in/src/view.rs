//! The world written out as JSON: all of it for tests, or what one person sees for the page.
//! Shapes are Discord's wherever Discord has one.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use twilight_model::guild::Permissions;

use crate::hub::Inner;
use crate::world::people::role_json;
use crate::world::{Notification, World};

/// A guild with all that is in it.
fn guild_json(world: &World) -> Value {
    let mut guild = world.guild_json();
    let (threads, channels): (Vec<_>, Vec<_>) =
        world.channels.values().partition(|c| c.thread.is_some());
    guild["channels"] = channels.iter().map(|c| world.channel_json(c)).collect();
    guild["threads"] = threads
        .iter()
        .map(|thread| {
            let mut shown = world.channel_json(thread);
            let users = thread.thread.iter().flat_map(|inner| inner.members.keys());
            shown["member_ids"] = users.map(|user| json!(user.to_string())).collect();
            shown
        })
        .collect();
    guild["members"] = world
        .members
        .keys()
        .filter_map(|user| world.member_json(*user))
        .collect();
    guild
}

/// The parts of [`world_json`].
const PARTS: [&str; 15] = [
    "guilds",
    "messages",
    "direct",
    "people",
    "bot",
    "commands",
    "notifications",
    "ephemeral",
    "modals",
    "interactions",
    "requests",
    "counters",
    "sessions",
    "switches",
    "now_ms",
];

/// Everything.
pub(crate) fn world_json(inner: &Inner) -> Value {
    let parts = PARTS.map(|name| (name.to_owned(), part_json(inner, name)));
    Value::Object(parts.into_iter().collect())
}

/// One part of everything; nothing, if there is no such part.
pub(crate) fn part_json(inner: &Inner, name: &str) -> Value {
    let world = &inner.world;
    match name {
        "guilds" => world.all().map(guild_json).collect(),
        "messages" => messages(world),
        "direct" => {
            let all = world.directs.values().flat_map(|direct| {
                let person = direct.user.to_string();
                let said = direct.said.iter();
                said.map(move |(_, message)| json!({"person": person, "message": message}))
            });
            all.collect()
        }
        "people" => json!(people(world)),
        "bot" => {
            let bot = &world.users[&world.bot_id()];
            json!({
                "id": bot.id.to_string(), "username": bot.username,
                "token": format!("Bot {}", bot.token),
                "application_id": world.application.id.to_string(),
            })
        }
        "commands" => commands(world),
        "notifications" => world.notifications.iter().map(ping_json).collect(),
        "ephemeral" => {
            let all = world.all().flat_map(|world| {
                let shown = world.ephemerals.values();
                shown.map(|message| {
                    json!({
                        "person": message.only_for.map(|person| person.to_string()),
                        "message": world.message_json(message),
                    })
                })
            });
            all.collect()
        }
        "modals" => {
            let all = world.all().flat_map(|world| {
                let people = world.modals.keys();
                people.filter_map(move |person| modal_json(world, *person))
            });
            all.collect()
        }
        "interactions" => {
            let all = world.all().flat_map(|world| {
                let all = world.interactions.values();
                all.map(|interaction| world.interaction_record(interaction))
            });
            all.collect()
        }
        "requests" => json!(inner.log()),
        "counters" => json!(inner.counters),
        "sessions" => json!(inner.gateway.sessions_json()),
        "switches" => json!(world.switches),
        "now_ms" => json!(world.now_ms()),
        _ => Value::Null,
    }
}

fn messages(world: &World) -> Value {
    let mut messages: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for world in world.all() {
        for (channel, list) in &world.messages {
            let shown = list.values().map(|message| world.message_json(message));
            messages.insert(channel.to_string(), shown.collect());
        }
    }
    json!(messages)
}

fn ping_json(ping: &Notification) -> Value {
    json!({
        "message_id": ping.message_id.to_string(),
        "channel_id": ping.channel_id.to_string(),
        "user_ids": texts(&ping.user_ids),
        "roles": texts(&ping.roles),
        "everyone": ping.everyone,
    })
}

/// How the bot stands in the guild: what admins can change about it.
pub(crate) fn standing_json(world: &World) -> Value {
    let bot = world.bot_id();
    let support = crate::world::seed::SUPPORT;
    json!({
        "bot_in_guild": world.members.contains_key(&bot),
        "guild_in_reach": !world.guild.outage,
        "message_content": world.application.message_content,
        "bot_manages_threads": world.guild_permissions(bot).contains(Permissions::MANAGE_THREADS),
        "bot_sees_support": world.can_view(bot, support),
        "support_channel_id": support.to_string(),
        "interactions_endpoint_url": world.application.endpoint_url,
    })
}

/// What one person sees of a guild: the channels and threads open to them, what is said there, and
/// what only they got; with the guilds that there are. A guild that is not there is the first.
pub(crate) fn person_json(first: &World, person: u64, guild: Option<u64>) -> Option<Value> {
    let is_meant = |world: &&World| Some(world.guild.id) == guild;
    let world = first.all().find(is_meant).unwrap_or(first);
    let user = world.users.get(&person).filter(|user| !user.bot)?;
    let mut channels = Vec::new();
    let mut threads = Vec::new();
    let mut messages = BTreeMap::new();
    for channel in world
        .channels
        .values()
        .filter(|c| world.can_view(person, c.id))
    {
        let mut shown = world.channel_json_for(person, channel);
        shown["permissions"] = json!(world.permissions_in(person, channel).bits().to_string());
        if let Some(thread) = &channel.thread {
            shown["member_ids"] = thread
                .members
                .keys()
                .map(|user| json!(user.to_string()))
                .collect();
            threads.push(shown);
        } else {
            channels.push(shown);
        }
        let list = world
            .messages
            .get(&channel.id)
            .into_iter()
            .flat_map(|list| list.values());
        let own = world
            .ephemerals
            .values()
            .filter(|message| message.channel_id == channel.id && message.only_for == Some(person));
        let mut list: Vec<_> = list.chain(own).collect();
        list.sort_by_key(|message| message.id);
        let shown: Vec<Value> = list
            .into_iter()
            .map(|m| world.message_json_for(person, m))
            .collect();
        messages.insert(channel.id.to_string(), shown);
    }
    // What the bot tells somebody alone is in no guild.
    for (id, direct) in first.directs.iter().filter(|(_, d)| d.user == person) {
        let said: Vec<_> = direct.said.iter().map(|(_, message)| message).collect();
        channels.push(json!({
            "id": id.to_string(), "type": 1, "name": "Direct messages", "position": 1_000,
            "last_message_id": said.last().map(|message| &message["id"]),
            "permissions": (Permissions::VIEW_CHANNEL | Permissions::READ_MESSAGE_HISTORY)
                .bits()
                .to_string(),
        }));
        messages.insert(id.to_string(), said.into_iter().cloned().collect());
    }
    let guilds = first
        .all()
        .map(|world| json!({"id": world.guild.id.to_string(), "name": world.guild.name}));
    let roles: Vec<Value> = world.roles.values().map(role_json).collect();
    let interactions = world
        .interactions
        .values()
        .rev()
        .filter(|i| i.person == person)
        .take(20);
    Some(json!({
        "guilds": guilds.collect::<Vec<_>>(),
        "guild": {
            "id": world.guild.id.to_string(), "name": world.guild.name, "roles": roles,
            "owner_id": world.guild.owner_id.to_string(),
            "members": world.members.keys().filter_map(|user| world.member_json(*user)).collect::<Vec<_>>(),
        },
        "me": {
            "id": user.id.to_string(), "username": user.username, "global_name": user.global_name,
            "token": user.token, "staff": world.is_staff(person),
        },
        "people": people(world),
        "bot": {"id": world.bot_id().to_string(), "application_id": world.application.id.to_string()},
        "channels": channels,
        "threads": threads,
        "messages": messages,
        "modal": modal_json(world, person),
        "commands": commands(world),
        "interactions": interactions.map(|i| world.interaction_record(i)).collect::<Vec<_>>(),
        "now_ms": world.now_ms(),
    }))
}

fn people(world: &World) -> Vec<Value> {
    let people = world.users.values().filter(|user| !user.bot);
    people
        .map(|user| {
            json!({
                "id": user.id.to_string(), "username": user.username, "global_name": user.global_name,
                "token": user.token, "staff": world.is_staff(user.id),
            })
        })
        .collect()
}

fn commands(world: &World) -> Value {
    let told = world.all().flat_map(|world| &world.commands.guild);
    let guild: BTreeMap<String, &Vec<Value>> = told
        .map(|(guild, list)| (guild.to_string(), list))
        .collect();
    json!({"global": world.commands.global, "guild": guild})
}

fn modal_json(world: &World, person: u64) -> Option<Value> {
    let modal = world.modals.get(&person)?;
    Some(json!({
        "person": person.to_string(),
        "interaction_id": modal.interaction_id.to_string(),
        "channel_id": modal.channel_id.to_string(),
        "message_id": modal.message_id.map(|id| id.to_string()),
        "custom_id": modal.custom_id,
        "title": modal.title,
        "components": modal.components,
    }))
}

fn texts(ids: &[u64]) -> Vec<String> {
    ids.iter().map(u64::to_string).collect()
}
