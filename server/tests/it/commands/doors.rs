//! The two doors: signatures, registration, and what takes long.

use super::*;
use sea_orm::{ConnectionTrait, Database};

#[tokio::test(flavor = "multi_thread")]
async fn unsigned_and_stale_interactions_get_the_same_short_refusal() {
    let world = World::start().await;
    let url = format!("{}/api/interactions", world.base);
    let long = "x".repeat(900_000);
    for (signature, moment, body) in [
        ("", "", "{}"),
        ("00", "1", "{}"),
        ("not hex", "soon", "not json"),
        (&"5a".repeat(64), "1795265280", "[[[[[[[["),
        (&"5a".repeat(64), "1795265280", long.as_str()),
    ] {
        let answer = client()
            .post(&url)
            .header("x-signature-ed25519", signature)
            .header("x-signature-timestamp", moment)
            .body(body.to_owned())
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 401);
        assert_eq!(answer.text().await.unwrap(), "invalid request signature");
    }
    let without = client().post(&url).body("{}").send().await.unwrap();
    assert_eq!(without.status(), 401);

    // Signed by the right key, but six minutes away from now.
    open(&world, Door::Http).await;
    let probe = async || {
        let control = format!(
            "{}/stand-in/interactions-endpoint",
            world.discord.base_url()
        );
        let body = json!({"url": url, "check": true});
        client()
            .put(control)
            .json(&body)
            .send()
            .await
            .unwrap()
            .status()
    };
    assert_eq!(probe().await, 200);
    world
        .discord
        .clock()
        .advance(std::time::Duration::from_secs(360));
    assert_eq!(probe().await, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_there_is_no_such_door() {
    let none = [("DISCORD_PUBLIC_KEY", "")];
    let world = World::start_set(discord_stand_in::Options::default(), &none).await;
    let url = format!("{}/api/interactions", world.base);
    let answer = client().post(url).body("{}").send().await.unwrap();
    assert_eq!(answer.status(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_are_told_once_and_again_when_asked_for() {
    let secret = [("REGISTER_SECRET", "open sesame")];
    let mut world = World::start_set(discord_stand_in::Options::default(), &secret).await;
    commands_are_there(&world).await;
    let told = |world: &World| {
        let seen = world.discord.world();
        let log = seen["requests"].as_array().unwrap().clone();
        let is_put =
            |r: &&Value| r["method"] == "PUT" && r["path"].as_str().unwrap().ends_with("/commands");
        log.iter().filter(is_put).count()
    };
    assert_eq!(told(&world), 1);
    world.stop_server().await;
    world.start_server().await;
    let url = format!("{}/api/register-commands", world.base);
    for wrong in ["", "Bearer ", "Bearer open", "open sesame"] {
        let request = client().post(&url).header("authorization", wrong);
        assert_eq!(request.send().await.unwrap().status(), 401, "{wrong}");
    }
    assert_eq!(told(&world), 1, "not told again at a start");
    let request = client()
        .post(&url)
        .header("authorization", "Bearer open sesame");
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    assert!(answer["registered"].as_u64().unwrap() > 15, "{answer}");
    assert_eq!(told(&world), 2);

    // Another version of the program told of other commands.
    world.stop_server().await;
    let config = world.config();
    let db = Database::connect(config.database_url.expose())
        .await
        .unwrap();
    db.execute_unprepared("UPDATE registration SET hash = 'of another version'")
        .await
        .unwrap();
    db.close().await.unwrap();
    world.start_server().await;
    until("the new commands are told", async || {
        (told(&world) == 3).then_some(())
    })
    .await;
}

/// How many commands Discord knows of in the usual guild.
fn known(world: &World) -> usize {
    let seen = world.discord.part("commands");
    let all = seen["guild"][usual(world)].as_array();
    all.map_or(0, Vec::len)
}

/// Discord forgets all commands, so that telling it of them is seen.
async fn forgotten(world: &World) {
    commands_are_there(world).await;
    let seeded = world.discord.settings();
    let path = format!(
        "/applications/{}/guilds/{}/commands",
        seeded.client_id, seeded.guild_id
    );
    let url = format!("{}/api/v10{path}", world.discord.base_url());
    // As the bot, whom Discord answers only if it says what it is.
    let request = client()
        .put(url)
        .header("authorization", format!("Bot {}", seeded.bot_token))
        .header("user-agent", "DiscordBot (https://example.com, 1)")
        .json(&json!([]));
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
    assert_eq!(known(world), 0);
}

/// Asks for the registration, with these headers.
async fn register(world: &World, headers: &[(&str, &str)]) -> (u16, Value) {
    let mut request = client().post(format!("{}/api/register-commands", world.base));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_secret_commands_are_told_for_this_machine_and_for_nobody_behind_a_proxy() {
    let world = World::start().await;
    forgotten(&world).await;
    for from_afar in [
        ("x-forwarded-for", "192.0.2.1"),
        // A proxy may be asked by this machine; it is still a proxy.
        ("x-forwarded-for", "127.0.0.1"),
        ("x-real-ip", "192.0.2.1"),
        ("forwarded", "for=192.0.2.1"),
    ] {
        let refused = register(&world, &[from_afar]).await;
        assert_eq!(
            refused,
            (401, json!({"error": "not_allowed"})),
            "{from_afar:?}"
        );
    }
    assert_eq!(known(&world), 0);
    let (status, told) = register(&world, &[]).await;
    assert_eq!(status, 200, "{told}");
    assert_eq!(told["registered"], json!(known(&world)), "{told}");
    assert_eq!(told["guild"], json!(usual(&world)));
    assert!(known(&world) > 15, "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_others_reach_takes_no_registration_without_a_secret() {
    let elsewhere = [("PUBLIC_URL", "https://help.example.com")];
    let world = World::start_set(discord_stand_in::Options::default(), &elsewhere).await;
    forgotten(&world).await;
    let refused = register(&world, &[]).await;
    assert_eq!(refused, (401, json!({"error": "not_allowed"})));
    assert_eq!(known(&world), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_counts_wherever_it_comes_from_and_nothing_else_does() {
    let secret = [("REGISTER_SECRET", "open sesame")];
    let world = World::start_set(discord_stand_in::Options::default(), &secret).await;
    forgotten(&world).await;
    let afar = ("x-forwarded-for", "192.0.2.1");
    // Not even this machine is let in without it.
    for wrong in [vec![], vec![("authorization", "Bearer open sesam")]] {
        let refused = register(&world, &wrong).await;
        assert_eq!(refused, (401, json!({"error": "not_allowed"})), "{wrong:?}");
    }
    assert_eq!(known(&world), 0);
    let right = ("authorization", "Bearer open sesame");
    let (status, told) = register(&world, &[right, afar]).await;
    assert_eq!(status, 200, "{told}");
    assert_eq!(told["registered"], json!(known(&world)), "{told}");
    assert!(known(&world) > 15, "{told}");

    // Whoever may ask hears why it did not work.
    let token = world.discord.settings().bot_token;
    world.discord.order(&json!({"do": "rotate_token"})).unwrap();
    let (status, told) = register(&world, &[right]).await;
    assert_eq!((status, &told["error"]), (502, &json!("discord")), "{told}");
    assert!(!told["why"].as_str().unwrap().is_empty(), "{told}");
    assert!(!told.to_string().contains(&token), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_tells_the_guild_that_it_names() {
    let mut world = World::start().await;
    commands_are_there(&world).await;
    world.stop_server().await;
    let order = json!({"do": "add_guild", "name": "Pixel & Co"});
    let pixel = world.discord.order(&order).unwrap()["guild_id"].clone();
    let there = |guild: &Value| {
        let seen = world.discord.part("commands");
        seen["guild"][guild.to_string()]
            .as_array()
            .map_or(0, Vec::len)
    };
    assert_eq!(there(&pixel), 0);
    let config = world.config();
    let said = server::register_commands(&config, pixel.as_u64())
        .await
        .unwrap();
    assert!(
        said.ends_with(&format!("registered with server {pixel}.")),
        "{said}"
    );
    assert!(there(&pixel) > 15);
    let nowhere = server::register_commands(&config, Some(404)).await;
    assert!(nowhere.is_err(), "{nowhere:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_long_is_announced_and_told_later() {
    let world = World::start().await;
    commands_are_there(&world).await;
    open(&world, Door::Http).await;
    let latency = format!("{}/stand-in/latency", world.discord.base_url());
    let slow = client().put(latency).json(&json!({"ms": 2_000}));
    assert_eq!(slow.send().await.unwrap().status(), 200);
    let general = channel(&world, "general");
    let mira = named(&world, "Mira");
    let here = (7, "channel", general.clone());
    let told = command(&world, &mira, &general, "setup", &[here])
        .await
        .words();
    assert!(told.contains("The panel is in"), "{told}");
}
