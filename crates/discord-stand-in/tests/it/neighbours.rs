//! A second guild: it has its own people, channels and ids, and the bot hears of it by the same gateway.

use reqwest::Method;
use serde_json::{Value, json};

use crate::gateway::{Socket, token};
use crate::support::{World, at, id};

const INTENTS: u64 = 1 | 1 << 9 | 1 << 15;

fn add(world: &World) -> (u64, u64) {
    let other = world.order(json!({"do": "add_guild", "name": "Pixel & Co"}));
    let id = |key: &str| other[key].as_u64().unwrap();
    (id("guild_id"), id("support_channel_id"))
}

async fn next(socket: &mut Socket, name: &str) -> Value {
    loop {
        let frame = socket.frame().await.unwrap();
        if frame["t"] == name {
            return frame["d"].clone();
        }
    }
}

#[tokio::test]
async fn a_guild_arrives_leaves_and_comes_back_over_the_gateway() {
    let world = World::start().await;
    let (mut socket, _) = Socket::open(&world).await;
    socket.identify(&token(&world), INTENTS).await;
    next(&mut socket, "GUILD_CREATE").await;
    let (guild, channel) = add(&world);
    let arrived = next(&mut socket, "GUILD_CREATE").await;
    assert_eq!(
        (id(&arrived), &arrived["name"]),
        (guild, &json!("Pixel & Co"))
    );
    let text = world.person("Sam").say(channel, "Hello").await;
    let heard = next(&mut socket, "MESSAGE_CREATE").await;
    assert_eq!(id(&heard), text);
    assert_eq!(heard["guild_id"], guild.to_string());
    world.order(json!({"do": "kick_bot", "guild": guild}));
    let left = next(&mut socket, "GUILD_DELETE").await;
    assert_eq!(id(&left), guild);
    let (status, _) = world.bot().get(&at(channel, "")).await;
    assert_eq!(status, 403);
    let (status, _) = world.bot().get(&at(world.support(), "")).await;
    assert_eq!(status, 200, "the first guild is as it was");
    world.order(json!({"do": "bring_back", "guild": guild}));
    let back = next(&mut socket, "GUILD_CREATE").await;
    assert_eq!(id(&back), guild);
    // A new session is told of both.
    let (mut again, _) = Socket::open(&world).await;
    again.identify(&token(&world), INTENTS).await;
    let ready = next(&mut again, "READY").await;
    assert_eq!(ready["guilds"].as_array().unwrap().len(), 2);
    next(&mut again, "GUILD_CREATE").await;
    assert_eq!(id(&next(&mut again, "GUILD_CREATE").await), guild);
}

#[tokio::test]
async fn nothing_of_one_guild_is_in_the_other() {
    let world = World::start().await;
    let (guild, channel) = add(&world);
    let bot = world.bot();
    let members = bot
        .get(&format!("/guilds/{guild}/members?limit=10"))
        .await
        .1;
    let names = members.to_string();
    assert!(names.contains("Sam") && !names.contains("Mira"), "{names}");
    let mira = world.person("Mira");
    let (status, _) = mira.get(&at(channel, "/messages")).await;
    assert_ne!(status, 200);
    // Ids of one moment differ.
    let here = bot.say(world.support(), "One").await;
    let there = bot.say(channel, "Two").await;
    assert_ne!(here, there);
    let seen = world.stand_in.world();
    let said = &seen["messages"][channel.to_string()];
    assert_eq!(said[0]["content"], "Two");
    assert_eq!(seen["guilds"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn words_for_one_person_come_once_unless_their_door_is_shut() {
    let world = World::start().await;
    let bot = world.bot();
    let sam = world.person("Sam").id;
    let body = json!({"recipient_id": sam.to_string()});
    let direct = id(&bot
        .done(Method::POST, "/users/@me/channels", body.clone())
        .await);
    let same = id(&bot.done(Method::POST, "/users/@me/channels", body).await);
    assert_eq!(direct, same);
    let words = json!({"content": "Hello", "nonce": "n", "enforce_nonce": true});
    let path = at(direct, "/messages");
    for _ in 0..2 {
        bot.done(Method::POST, &path, words.clone()).await;
    }
    assert_eq!(
        world.stand_in.world()["direct"].as_array().unwrap().len(),
        1
    );
    world.order(json!({"do": "shut_door", "user": sam.to_string()}));
    let refused = bot.refused(Method::POST, &path, words).await;
    assert_eq!(refused, (403, 50007));
}
