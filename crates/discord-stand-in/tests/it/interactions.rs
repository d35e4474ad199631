//! Buttons, commands and modals, from a person's press to the bot's answer.

use std::time::Duration;

use axum::body::Bytes;
use axum::http::HeaderMap;
use ed25519_dalek::{Signature, VerifyingKey};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Caller, World, at, id};

async fn with_button(world: &World, thread: u64) -> u64 {
    let button = json!({"type": 2, "style": 1, "label": "Close", "custom_id": "close"});
    let body = json!({"content": "card", "components": [{"type": 1, "components": [button]}]});
    id(&world
        .bot()
        .done(Method::POST, &at(thread, "/messages"), body)
        .await)
}

fn press(world: &World, channel: u64, message: u64) -> Value {
    json!({
        "type": 3, "application_id": world.stand_in.settings().client_id,
        "guild_id": world.guild().to_string(), "channel_id": channel.to_string(),
        "message_id": message.to_string(), "session_id": "test", "nonce": "1",
        "data": {"component_type": 2, "custom_id": "close"},
    })
}

/// The interaction that was made last, and its token as the bot would have got it.
async fn latest(world: &World) -> (u64, String) {
    let record = world.stand_in.world()["interactions"].clone();
    let last = record.as_array().unwrap().last().unwrap().clone();
    (id(&last), last["token"].as_str().unwrap().to_owned())
}

async fn answer(caller: &Caller<'_>, interaction: &(u64, String), body: Value) -> (u16, Value) {
    let path = format!(
        "/interactions/{}/{}/callback?with_response=true",
        interaction.0, interaction.1
    );
    caller.call(Method::POST, &path, body).await
}

#[tokio::test]
async fn a_press_is_answered_once_and_in_time() {
    let world = World::start().await;
    let thread = world.bot().thread("#1").await;
    let card = with_button(&world, thread).await;
    let (jonas, bot) = (world.person("Jonas"), world.bot());
    jonas
        .done(Method::POST, "/interactions", press(&world, thread, card))
        .await;
    let made = latest(&world).await;
    let update = json!({"type": 7, "data": {"content": "closed", "components": []}});
    let (status, shown) = answer(&bot, &made, update.clone()).await;
    assert_eq!(
        (status, &shown["resource"]["message"]["content"]),
        (200, &json!("closed"))
    );
    let (status, twice) = answer(&bot, &made, update.clone()).await;
    assert_eq!((status, &twice["code"]), (400, &json!(40060)));
    // The button is gone now.
    assert_eq!(
        jonas
            .refused(Method::POST, "/interactions", press(&world, thread, card))
            .await,
        (400, 50035)
    );

    let card = with_button(&world, thread).await;
    jonas
        .done(Method::POST, "/interactions", press(&world, thread, card))
        .await;
    let late = latest(&world).await;
    world.stand_in.clock().advance(Duration::from_millis(3_001));
    let (status, shown) = answer(&bot, &late, update).await;
    assert_eq!((status, &shown["code"]), (404, &json!(10062)));
    let record = world.stand_in.world()["interactions"].clone();
    assert_eq!(record[1]["progress"], "failed");
}

#[tokio::test]
async fn a_promised_change_is_made_to_the_message_that_was_pressed() {
    let world = World::start().await;
    let thread = world.bot().thread("#1").await;
    let card = with_button(&world, thread).await;
    let (jonas, bot) = (world.person("Jonas"), world.bot());
    jonas
        .done(Method::POST, "/interactions", press(&world, thread, card))
        .await;
    let made = latest(&world).await;
    let record = || world.stand_in.world()["interactions"][0].clone();
    assert_eq!(record()["answered_by"], Value::Null);
    let (status, _) = answer(&bot, &made, json!({"type": 6})).await;
    assert_eq!(status, 200);
    assert_eq!(record()["answered_by"], 6);
    let original = format!("/webhooks/{}/{}/messages/@original", bot.id, made.1);
    let edited = bot
        .done(Method::PATCH, &original, json!({"content": "closed"}))
        .await;
    assert_eq!((id(&edited), &edited["content"]), (card, &json!("closed")));
    // The kind of the first answer stays.
    assert_eq!(record()["answered_by"], 6);
}

#[tokio::test]
async fn an_ephemeral_answer_is_for_one_person() {
    let world = World::start().await;
    let thread = world.bot().thread("#1").await;
    let card = with_button(&world, thread).await;
    let (jonas, bot) = (world.person("Jonas"), world.bot());
    jonas
        .done(Method::POST, "/interactions", press(&world, thread, card))
        .await;
    let made = latest(&world).await;
    let (status, _) = answer(&bot, &made, json!({"type": 5, "data": {"flags": 64}})).await;
    assert_eq!(status, 200);
    let hook = format!("/webhooks/{}/{}", bot.id, made.1);
    let edited = bot
        .done(
            Method::PATCH,
            &format!("{hook}/messages/@original"),
            json!({"content": "psst"}),
        )
        .await;
    assert_eq!(edited["flags"], 64);
    let view = |person: u64| {
        let path = format!("view?person={person}");
        let world = &world;
        async move {
            world.control(Method::GET, &path, Value::Null).await["messages"][thread.to_string()]
                .clone()
        }
    };
    assert_eq!(view(jonas.id).await[1]["content"], "psst");
    assert_eq!(
        view(world.person("Aiko").id)
            .await
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        world.stand_in.world()["ephemeral"][0]["person"],
        jonas.id.to_string()
    );
    bot.done(Method::POST, &hook, json!({"content": "and for all"}))
        .await;
    assert_eq!(view(jonas.id).await.as_array().unwrap().len(), 3);
    world.stand_in.clock().advance(Duration::from_secs(16 * 60));
    let late = bot
        .refused(Method::POST, &hook, json!({"content": "late"}))
        .await;
    assert_eq!(late, (401, 50027));
}

#[tokio::test]
async fn a_command_opens_a_modal_and_its_answer_mirrors_the_shape() {
    let world = World::start().await;
    let thread = world.bot().thread("#1").await;
    let (jonas, bot) = (world.person("Jonas"), world.bot());
    let list = json!([{"name": "ticket", "description": "Tickets", "options": []}]);
    let path = format!("/applications/{}/guilds/{}/commands", bot.id, world.guild());
    let made = bot.done(Method::PUT, &path, list.clone()).await;
    let again = bot.done(Method::PUT, &path, list).await;
    assert_eq!(
        made[0]["id"], again[0]["id"],
        "a command of the same name keeps its id"
    );
    let run = json!({
        "type": 2, "application_id": bot.id.to_string(), "guild_id": world.guild().to_string(),
        "channel_id": thread.to_string(), "session_id": "test",
        "data": {"id": made[0]["id"], "name": "ticket", "type": 1, "options": []},
    });
    jonas.done(Method::POST, "/interactions", run.clone()).await;
    let input =
        json!({"type": 4, "custom_id": "why", "label": "Why", "style": 2, "required": true});
    let modal = json!({"custom_id": "m", "title": "Close", "components": [{"type": 1, "components": [input]}]});
    let (status, _) = answer(
        &bot,
        &latest(&world).await,
        json!({"type": 9, "data": modal}),
    )
    .await;
    assert_eq!(status, 200);
    assert_eq!(world.stand_in.world()["modals"][0]["title"], "Close");
    let submit = |value: &str| {
        let mut sent = run.clone();
        let given = json!({"type": 4, "custom_id": "why", "value": value});
        sent["type"] = json!(5);
        sent["data"] =
            json!({"custom_id": "m", "components": [{"type": 1, "components": [given]}]});
        sent
    };
    assert_eq!(
        jonas
            .refused(Method::POST, "/interactions", submit(""))
            .await,
        (400, 50035)
    );
    jonas
        .done(Method::POST, "/interactions", submit("done"))
        .await;
    let shown = world.stand_in.world();
    assert_eq!(shown["modals"], json!([]));
    assert_eq!(
        shown["interactions"][1]["data"]["components"][0]["components"][0]["value"],
        "done"
    );
    let said = json!({"type": 4, "data": {"content": "noted"}});
    let (_, shown) = answer(&bot, &latest(&world).await, said).await;
    assert_eq!(
        shown["resource"]["message"]["webhook_id"],
        bot.id.to_string()
    );
}

fn from_hex(digits: &str) -> Vec<u8> {
    (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
        .collect()
}

fn key_of(public_key: &str) -> VerifyingKey {
    VerifyingKey::from_bytes(&from_hex(public_key).try_into().unwrap()).unwrap()
}

/// An endpoint that checks signatures, answers pings, and answers the rest inline.
async fn endpoint(public_key: String) -> std::net::SocketAddr {
    let key = key_of(&public_key);
    let handler = move |headers: HeaderMap, body: Bytes| async move {
        let text = |name: &str| headers[name].to_str().unwrap().to_owned();
        let signature = text("x-signature-ed25519");
        let signature = Signature::from_slice(&from_hex(&signature)).unwrap();
        let signed = [text("x-signature-timestamp").as_bytes(), &body].concat();
        if key.verify_strict(&signed, &signature).is_err() {
            return Err(axum::http::StatusCode::UNAUTHORIZED);
        }
        let sent: Value = serde_json::from_slice(&body).unwrap();
        Ok(axum::Json(match sent["type"].as_u64() {
            Some(1) => json!({"type": 1}),
            _ => json!({"type": 4, "data": {"content": "inline"}}),
        }))
    };
    let app = axum::Router::new().route("/", axum::routing::post(handler));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    addr
}

#[tokio::test]
async fn an_endpoint_is_tried_before_it_is_saved_and_then_gets_all() {
    let world = World::start().await;
    let bot = world.bot();
    let nowhere = json!({"interactions_endpoint_url": "http://127.0.0.1:9/"});
    assert_eq!(
        bot.refused(Method::PATCH, "/applications/@me", nowhere)
            .await,
        (400, 50035)
    );
    let addr = endpoint(world.stand_in.settings().public_key).await;
    let url = json!({"interactions_endpoint_url": format!("http://{addr}/")});
    bot.done(Method::PATCH, "/applications/@me", url).await;
    let thread = bot.thread("#1").await;
    let card = with_button(&world, thread).await;
    world
        .person("Jonas")
        .done(Method::POST, "/interactions", press(&world, thread, card))
        .await;
    let shown = world
        .until("the inline answer", |world| {
            let messages = &world["messages"][thread.to_string()];
            messages.as_array().is_some_and(|list| list.len() == 2)
        })
        .await;
    assert_eq!(
        shown["messages"][thread.to_string()][1]["content"],
        "inline"
    );
}

#[tokio::test]
async fn an_endpoint_that_later_takes_bad_signatures_is_forgotten() {
    let world = World::start().await;
    let lax = axum::routing::post(|| async { axum::Json(json!({"type": 1})) });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let lax_addr = listener.local_addr().unwrap();
    let app = axum::Router::new().route("/", lax);
    tokio::spawn(async move { axum::serve(listener, app).await });
    let strict_addr = endpoint(world.stand_in.settings().public_key).await;
    for (addr, sound) in [(strict_addr, true), (lax_addr, false)] {
        let url = format!("http://{addr}/");
        let saved = json!({"url": url});
        world
            .control(Method::PUT, "interactions-endpoint", saved)
            .await;
        let probe = json!({"probe": true});
        let went = world
            .control(Method::PUT, "interactions-endpoint", probe)
            .await;
        assert_eq!(went["sound"], sound);
        let (_, shown) = world.bot().get("/applications/@me").await;
        let kept = if sound { json!(url) } else { Value::Null };
        assert_eq!(shown["interactions_endpoint_url"], kept);
    }
}

#[tokio::test]
async fn what_an_endpoint_would_be_sent_can_be_had_signed_and_untold() {
    let world = World::start().await;
    let thread = world.bot().thread("#1").await;
    let card = with_button(&world, thread).await;
    let inside = world.stand_in.in_process();
    let people = world.stand_in.settings().people;
    let jonas = people.iter().find(|p| p.name.starts_with("Jonas")).unwrap();
    let mut bot = inside.listen();
    while bot.next().is_some() {}

    let pressed = press(&world, thread, card);
    let body = inside.interaction(jonas.id, &pressed).unwrap();
    assert_eq!(body["type"], 3);
    assert_eq!(body["data"]["custom_id"], "close");
    assert_eq!(id(&body["message"]), card);
    assert_eq!(id(&body["member"]["user"]), jonas.id);
    assert!(bot.next().is_none(), "nobody is told");

    let bytes = body.to_string().into_bytes();
    let signature = Signature::from_slice(&from_hex(&inside.sign("1795265280", &bytes))).unwrap();
    let key = key_of(&world.stand_in.settings().public_key);
    let signed = [b"1795265280", &bytes[..]].concat();
    assert!(key.verify_strict(&signed, &signature).is_ok());
    assert!(key.verify_strict(&bytes, &signature).is_err());

    let mut unknown = pressed;
    unknown["data"]["custom_id"] = json!("gone");
    let refusal = inside.interaction(jonas.id, &unknown).unwrap_err();
    assert_eq!(refusal["code"], 50_035);
}
