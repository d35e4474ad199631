//! The world written out as JSON: all of it for tests, or what one person sees for the page.
//! Shapes are Discord's wherever Discord has one.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use twilight_model::guild::Permissions;

use crate::hub::Inner;
use crate::world::World;
use crate::world::people::role_json;

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

/// Everything.
pub(crate) fn world_json(inner: &Inner) -> Value {
    let world = &inner.world;
    let guilds: Vec<Value> = world.all().map(guild_json).collect();
    let mut messages: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for world in world.all() {
        for (channel, list) in &world.messages {
            let shown = list.values().map(|message| world.message_json(message));
            messages.insert(channel.to_string(), shown.collect());
        }
    }
    let notifications = world.notifications.iter().map(|ping| {
        json!({
            "message_id": ping.message_id.to_string(),
            "channel_id": ping.channel_id.to_string(),
            "user_ids": texts(&ping.user_ids),
            "roles": texts(&ping.roles),
            "everyone": ping.everyone,
        })
    });
    let ephemeral = world.all().flat_map(|world| {
        world.ephemerals.values().map(|message| {
            json!({
                "person": message.only_for.map(|person| person.to_string()),
                "message": world.message_json(message),
            })
        })
    });
    let interactions = world.all().flat_map(|world| {
        let all = world.interactions.values();
        all.map(|interaction| world.interaction_record(interaction))
    });
    let direct = world.directs.values().flat_map(|direct| {
        let said = direct.said.iter();
        said.map(|(_, message)| json!({"person": direct.user.to_string(), "message": message}))
    });
    let modals: Vec<Value> = world
        .modals
        .keys()
        .filter_map(|person| modal_json(world, *person))
        .collect();
    let bot = &world.users[&world.bot_id()];
    json!({
        "guilds": guilds,
        "messages": messages,
        "direct": direct.collect::<Vec<_>>(),
        "people": people(world),
        "bot": {
            "id": bot.id.to_string(), "username": bot.username,
            "token": format!("Bot {}", bot.token), "application_id": world.application.id.to_string(),
        },
        "commands": commands(world),
        "notifications": notifications.collect::<Vec<_>>(),
        "ephemeral": ephemeral.collect::<Vec<_>>(),
        "modals": modals,
        "interactions": interactions.collect::<Vec<_>>(),
        "requests": inner.log(),
        "counters": inner.counters,
        "sessions": inner.gateway.sessions_json(),
        "switches": world.switches,
        "now_ms": world.now_ms(),
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

/// What one person sees: the channels and threads open to them, what is said there, and what only they got.
pub(crate) fn person_json(world: &World, person: u64) -> Option<Value> {
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
    let roles: Vec<Value> = world.roles.values().map(role_json).collect();
    let interactions = world
        .interactions
        .values()
        .rev()
        .filter(|i| i.person == person)
        .take(20);
    Some(json!({
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
    let guild: BTreeMap<String, &Vec<Value>> = world
        .commands
        .guild
        .iter()
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
