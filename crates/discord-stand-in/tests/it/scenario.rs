//! A long day in the guild, played over HTTP with a bare gateway session listening.
//! It provokes every kind of event and nearly every route; `models` and `openapi` look at what it left.

use reqwest::Method;
use serde_json::{Value, json};

use crate::gateway::{Socket, token};
use crate::support::{Exchange, World, at, id};

/// Guilds, members, webhooks, messages, reactions, typing, content.
const INTENTS: u64 = 1 | 1 << 1 | 1 << 5 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 15;

/// What was seen of the day.
pub struct Day {
    pub events: Vec<Value>,
    pub exchanges: Vec<Exchange>,
}

/// A second guild, the log of who added the bot, and words for one person alone.
async fn meet_neighbours(world: &World) {
    let other = world.order(json!({"do": "add_guild", "name": "Pixel & Co"}));
    let guild = other["guild_id"].as_u64().unwrap();
    let bot = world.bot();
    bot.done(Method::GET, &format!("/guilds/{guild}"), Value::Null)
        .await;
    let log = format!("/guilds/{guild}/audit-logs?action_type=28");
    bot.refused(Method::GET, &log, Value::Null).await;
    world.order(json!({"do": "give_permission", "permission": "VIEW_AUDIT_LOG", "guild": guild}));
    bot.done(Method::GET, &log, Value::Null).await;
    let sam = json!({"recipient_id": world.person("Sam").id.to_string()});
    let direct = id(&bot.done(Method::POST, "/users/@me/channels", sam).await);
    let words = json!({"content": "Hello", "nonce": "1", "enforce_nonce": true});
    bot.done(Method::POST, &at(direct, "/messages"), words)
        .await;
}

/// Plays the day.
pub async fn play() -> Day {
    let world = World::start().await;
    let off = json!({"enabled": false});
    world.control(Method::PUT, "limits", off).await;
    let (mut socket, _) = Socket::open(&world).await;
    socket.identify(&token(&world), INTENTS).await;
    socket
        .send(
            json!({"op": 8, "d": {"guild_id": world.guild().to_string(), "query": "", "limit": 0}}),
        )
        .await;

    read_around(&world).await;
    let thread = world.bot().thread("#1 Sails").await;
    talk(&world, thread).await;
    enclose(&world, thread).await;
    live_in_threads(&world, thread).await;
    use_webhooks(&world).await;
    use_commands(&world, thread).await;
    administer(&world, thread).await;
    meet_neighbours(&world).await;

    let last = json!({"name": "last", "type": 0});
    let channels = format!("/guilds/{}/channels", world.guild());
    let mira = world.person("Mira");
    let last = id(&mira.done(Method::POST, &channels, last).await);
    mira.done(Method::DELETE, &at(last, ""), Value::Null).await;
    let mut events = Vec::new();
    loop {
        let frame = socket.read().await.unwrap();
        let over = frame["t"] == "CHANNEL_DELETE" && id(&frame["d"]) == last;
        if frame["t"].is_string() {
            events.push(frame);
        }
        if over {
            break;
        }
    }
    let exchanges = std::mem::take(&mut *world.exchanges.lock().unwrap());
    Day { events, exchanges }
}

async fn read_around(world: &World) {
    let (bot, guild) = (world.bot(), world.guild());
    let jonas = world.person("Jonas").id;
    let paths = [
        "/gateway".to_owned(),
        "/gateway/bot".to_owned(),
        "/users/@me".to_owned(),
        "/users/@me/guilds".to_owned(),
        format!("/users/{jonas}"),
        "/oauth2/applications/@me".to_owned(),
        "/applications/@me".to_owned(),
        format!("/guilds/{guild}"),
        format!("/guilds/{guild}?with_counts=true"),
        format!("/guilds/{guild}/channels"),
        format!("/guilds/{guild}/roles"),
        format!("/guilds/{guild}/roles/{guild}"),
        format!("/guilds/{guild}/members?limit=10"),
        format!("/guilds/{guild}/members/search?query=jo"),
        format!("/guilds/{guild}/members/{jonas}"),
        at(world.support(), ""),
    ];
    for path in paths {
        bot.done(Method::GET, &path, Value::Null).await;
    }
    bot.refused(Method::GET, "/channels/1", Value::Null).await;
    bot.refused(Method::GET, "/guilds/1", Value::Null).await;
}

async fn talk(world: &World, thread: u64) {
    let (bot, jonas, aiko) = (world.bot(), world.person("Jonas"), world.person("Aiko"));
    let messages = at(thread, "/messages");
    let card = json!({
        "content": "hello", "nonce": "row-1", "enforce_nonce": true, "allowed_mentions": {"parse": []},
        "embeds": [{"title": "Ticket", "description": "Sails tear", "color": 3_447_003,
            "fields": [{"name": "Status", "value": "open", "inline": true}], "footer": {"text": "foot"}}],
        "components": [{"type": 1, "components": [
            {"type": 2, "style": 4, "label": "Close", "custom_id": "close"},
            {"type": 2, "style": 5, "label": "Open", "url": "https://example.org/"}]}],
    });
    let card = id(&bot.done(Method::POST, &messages, card).await);
    let one = at(thread, &format!("/messages/{card}"));
    bot.done(Method::PATCH, &one, json!({"content": "hello again"}))
        .await;
    bot.done(Method::GET, &one, Value::Null).await;
    bot.done(Method::GET, &format!("{messages}?limit=5"), Value::Null)
        .await;
    bot.refused(Method::POST, &messages, json!({"content": ""}))
        .await;
    bot.refused(
        Method::POST,
        &messages,
        json!({"content": "x".repeat(2001)}),
    )
    .await;

    let said = jonas.say(thread, &format!("{} look", aiko.mention())).await;
    let reply = json!({"content": "reply", "message_reference": {"message_id": said.to_string()}});
    aiko.done(Method::POST, &messages, reply).await;
    bot.done(Method::POST, &at(thread, "/typing"), Value::Null)
        .await;

    let own = format!("{one}/reactions/%E2%9C%85/@me");
    bot.done(Method::PUT, &own, Value::Null).await;
    jonas.done(Method::PUT, &own, Value::Null).await;
    bot.done(Method::GET, &one, Value::Null).await;
    bot.done(
        Method::GET,
        &format!("{one}/reactions/%E2%9C%85"),
        Value::Null,
    )
    .await;
    jonas.done(Method::DELETE, &own, Value::Null).await;
    let kind = format!("{one}/reactions/%E2%9C%85");
    bot.done(Method::DELETE, &kind, Value::Null).await;
    jonas.done(Method::PUT, &own, Value::Null).await;
    let others = format!("{one}/reactions/%E2%9C%85/{}", jonas.id);
    bot.done(Method::DELETE, &others, Value::Null).await;
    bot.done(Method::DELETE, &format!("{one}/reactions"), Value::Null)
        .await;

    let pin = at(thread, &format!("/messages/pins/{said}"));
    bot.done(Method::PUT, &pin, Value::Null).await;
    bot.done(Method::GET, &at(thread, "/messages/pins"), Value::Null)
        .await;
    bot.done(Method::GET, &at(thread, "/pins"), Value::Null)
        .await;
    bot.done(Method::DELETE, &pin, Value::Null).await;

    let gone = jonas.say(thread, "gone").await;
    let path = at(thread, &format!("/messages/{gone}"));
    bot.done(Method::DELETE, &path, Value::Null).await;
    bot.refused(Method::DELETE, &path, Value::Null).await;
    let two = [jonas.say(thread, "1").await, jonas.say(thread, "2").await];
    let two = json!({"messages": two.map(|id| id.to_string())});
    bot.done(Method::POST, &at(thread, "/messages/bulk-delete"), two)
        .await;
    world.order(json!({"do": "unfurl", "channel": thread, "message": said}));
    bot.done(
        Method::GET,
        &at(thread, &format!("/messages/{said}")),
        Value::Null,
    )
    .await;
}

async fn enclose(world: &World, thread: u64) {
    let jonas = world.person("Jonas");
    let general = world.support() - 1;
    let messages = at(thread, "/messages");
    let original = jonas.say(general, "read this").await;
    let forward = json!({"message_reference": {
        "type": 1, "message_id": original.to_string(), "channel_id": general.to_string()}});
    jonas.done(Method::POST, &messages, forward).await;
    let poll = json!({"poll": {"question": {"text": "Which wind?"}, "duration": 24,
        "answers": [{"poll_media": {"text": "North"}}, {"poll_media": {"text": "South"}}]}});
    let poll = id(&jonas.done(Method::POST, &messages, poll).await);
    let end = at(thread, &format!("/polls/{poll}/expire"));
    jonas.done(Method::POST, &end, Value::Null).await;
    let sticker = json!({"sticker_ids": ["749054660769218631"]});
    jonas.done(Method::POST, &messages, sticker).await;
    world.bot().done(Method::GET, &messages, Value::Null).await;
}

async fn live_in_threads(world: &World, thread: u64) {
    let (bot, mira, jonas) = (world.bot(), world.person("Mira"), world.person("Jonas"));
    let (support, general, guild) = (world.support(), world.support() - 1, world.guild());
    let member = at(thread, &format!("/thread-members/{}", mira.id));
    bot.done(Method::PUT, &member, Value::Null).await;
    bot.done(Method::GET, &member, Value::Null).await;
    bot.done(Method::GET, &at(thread, "/thread-members"), Value::Null)
        .await;
    bot.done(
        Method::GET,
        &at(thread, "/thread-members?with_member=true"),
        Value::Null,
    )
    .await;
    bot.done(Method::DELETE, &member, Value::Null).await;
    bot.done(
        Method::PATCH,
        &at(thread, ""),
        json!({"name": "#1 Torn sails"}),
    )
    .await;
    world.order(json!({"do": "resend_thread", "thread": thread}));
    let closed = json!({"archived": true, "locked": true});
    bot.done(Method::PATCH, &at(thread, ""), closed).await;
    bot.refused(Method::PATCH, &at(thread, ""), json!({"locked": true}))
        .await;
    for rest in [
        "/threads/archived/private",
        "/threads/archived/public",
        "/users/@me/threads/archived/private",
    ] {
        bot.done(Method::GET, &at(support, rest), Value::Null).await;
    }
    let open = json!({"archived": false, "locked": false});
    bot.done(Method::PATCH, &at(thread, ""), open).await;
    let active = format!("/guilds/{guild}/threads/active");
    bot.done(Method::GET, &active, Value::Null).await;

    let topic = jonas.say(general, "a topic").await;
    let on = at(general, &format!("/messages/{topic}/threads"));
    bot.done(Method::POST, &on, json!({"name": "Topic"})).await;
    bot.refused(Method::POST, &on, json!({"name": "Topic"}))
        .await;
    bot.done(Method::GET, &at(topic, "/messages"), Value::Null)
        .await;
    bot.done(
        Method::POST,
        &at(general, "/threads"),
        json!({"name": "Open", "type": 11}),
    )
    .await;
    bot.done(Method::DELETE, &at(topic, ""), Value::Null).await;

    let forum = json!({"name": "ideas", "type": 15, "available_tags": [{"name": "new"}]});
    let forum = mira
        .done(Method::POST, &format!("/guilds/{guild}/channels"), forum)
        .await;
    let tag = forum["available_tags"][0]["id"].clone();
    let forum = id(&forum);
    let post = json!({"name": "Idea", "applied_tags": [tag], "message": {"content": "more wind"}});
    bot.done(Method::POST, &at(forum, "/threads"), post).await;
    bot.refused(
        Method::POST,
        &at(forum, "/messages"),
        json!({"content": "x"}),
    )
    .await;
    mira.done(Method::DELETE, &at(forum, ""), Value::Null).await;
    mira.done(Method::PATCH, &at(general, ""), json!({"topic": "News"}))
        .await;
}

async fn use_webhooks(world: &World) {
    let (bot, support) = (world.bot(), world.support());
    let made = json!({"name": "Relay"});
    let made = bot
        .done(Method::POST, &at(support, "/webhooks"), made)
        .await;
    let managed = format!("/webhooks/{}", id(&made));
    let own = format!("{managed}/{}", made["token"].as_str().unwrap());
    bot.done(Method::GET, &at(support, "/webhooks"), Value::Null)
        .await;
    bot.done(
        Method::GET,
        &format!("/guilds/{}/webhooks", world.guild()),
        Value::Null,
    )
    .await;
    bot.done(Method::GET, &managed, Value::Null).await;
    bot.done(Method::PATCH, &managed, json!({"name": "Relay 2"}))
        .await;
    let nobody = world.nobody();
    nobody.done(Method::GET, &own, Value::Null).await;
    let text = json!({"content": "from outside", "username": "Pat"});
    let said = nobody
        .done(Method::POST, &format!("{own}?wait=true"), text.clone())
        .await;
    nobody.done(Method::POST, &own, text).await;
    let message = format!("{own}/messages/{}", id(&said));
    nobody.done(Method::GET, &message, Value::Null).await;
    nobody
        .done(Method::PATCH, &message, json!({"content": "changed"}))
        .await;
    nobody.done(Method::DELETE, &message, Value::Null).await;
    bot.done(Method::DELETE, &managed, Value::Null).await;
    nobody
        .refused(Method::POST, &own, json!({"content": "late"}))
        .await;
}

async fn use_commands(world: &World, thread: u64) {
    let (bot, jonas, aiko) = (world.bot(), world.person("Jonas"), world.person("Aiko"));
    let option = json!({"type": 6, "name": "who", "description": "Who", "required": true});
    let list = json!([
        {"name": "assign", "description": "Assign", "options": [option]},
        {"name": "Make a ticket", "type": 3},
    ]);
    let path = format!("/applications/{}/guilds/{}/commands", bot.id, world.guild());
    let commands = bot.done(Method::PUT, &path, list).await;
    bot.done(Method::GET, &path, Value::Null).await;
    let other = json!({"name": "ping", "description": "Ping"});
    let global = format!("/applications/{}/commands", bot.id);
    let other = bot.done(Method::POST, &global, other).await;
    let one = format!("{global}/{}", id(&other));
    bot.done(Method::GET, &one, Value::Null).await;
    bot.done(Method::PATCH, &one, json!({"description": "Pong"}))
        .await;
    bot.done(Method::DELETE, &one, Value::Null).await;

    let said = jonas.say(thread, "make this a ticket").await;
    let button = json!({"type": 2, "style": 1, "label": "Close", "custom_id": "close"});
    let card = json!({"content": "card", "components": [{"type": 1, "components": [button]}]});
    let card = id(&bot.done(Method::POST, &at(thread, "/messages"), card).await);
    let base = json!({
        "application_id": bot.id.to_string(), "guild_id": world.guild().to_string(),
        "channel_id": thread.to_string(), "session_id": "test", "type": 2,
    });
    let mut run = base.clone();
    let given = json!([{"type": 6, "name": "who", "value": aiko.id.to_string()}]);
    run["data"] = json!({"id": commands[0]["id"], "name": "assign", "type": 1, "options": given});
    let mut menu = base.clone();
    menu["data"] = json!({"id": commands[1]["id"], "type": 3, "target_id": said.to_string()});
    let mut press = base;
    press["type"] = json!(3);
    press["message_id"] = json!(card.to_string());
    press["data"] = json!({"component_type": 2, "custom_id": "close"});
    let answers = [
        (run, json!({"type": 4, "data": {"content": "assigned"}})),
        (menu, json!({"type": 5, "data": {"flags": 64}})),
        (press.clone(), json!({"type": 6})),
        (
            press,
            json!({"type": 7, "data": {"content": "closed", "components": []}}),
        ),
    ];
    for (started, answer) in answers {
        jonas.done(Method::POST, "/interactions", started).await;
        let shown = world.stand_in.world();
        let made = shown["interactions"]
            .as_array()
            .unwrap()
            .last()
            .unwrap()
            .clone();
        let token = made["token"].as_str().unwrap();
        let back = format!("/interactions/{}/{token}/callback", id(&made));
        let deferred = answer["type"] == json!(5);
        world
            .nobody()
            .done(Method::POST, &format!("{back}?with_response=true"), answer)
            .await;
        let original = format!("/webhooks/{}/{token}/messages/@original", bot.id);
        if deferred {
            let text = json!({"content": "made"});
            world.nobody().done(Method::PATCH, &original, text).await;
        }
        world
            .nobody()
            .done(Method::GET, &original, Value::Null)
            .await;
    }
}

async fn administer(world: &World, thread: u64) {
    let (mira, aiko, sam) = (
        world.person("Mira"),
        world.person("Aiko"),
        world.person("Sam"),
    );
    let (guild, support) = (world.guild(), world.support());
    let roles = format!("/guilds/{guild}/roles");
    let made = mira
        .done(
            Method::POST,
            &roles,
            json!({"name": "Crew", "permissions": 1024}),
        )
        .await;
    let role = format!("{roles}/{}", id(&made));
    mira.done(
        Method::PATCH,
        &role,
        json!({"name": "Old crew", "mentionable": true}),
    )
    .await;
    let given = format!("/guilds/{guild}/members/{}/roles/{}", aiko.id, id(&made));
    mira.done(Method::PUT, &given, Value::Null).await;
    mira.done(Method::DELETE, &given, Value::Null).await;
    mira.done(Method::DELETE, &role, Value::Null).await;
    let rule = at(support, &format!("/permissions/{}", sam.id));
    mira.done(
        Method::PUT,
        &rule,
        json!({"type": 1, "allow": 1024, "deny": 0}),
    )
    .await;
    mira.done(Method::DELETE, &rule, Value::Null).await;
    let kick = format!("/guilds/{guild}/members/{}", sam.id);
    mira.done(Method::DELETE, &kick, Value::Null).await;
    world.order(json!({"do": "bring_back", "user": sam.id}));
    for what in ["take_permission", "give_permission"] {
        let order = json!({"do": what, "permission": "VIEW_CHANNEL", "channel": support});
        world.order(order);
    }
    world.order(json!({"do": "guild_outage", "out": true}));
    world.order(json!({"do": "guild_outage", "out": false}));
    world.order(json!({"do": "kick_bot"}));
    world
        .bot()
        .refused(Method::GET, &at(thread, ""), Value::Null)
        .await;
    world.order(json!({"do": "bring_back"}));
}
