//! The bot is thrown out of the guild, or the guild falls into an outage: staff are told once, what
//! is promised waits, and all goes on when it is back.

use crate::visitor::Visitor;
use crate::world::*;
use serde_json::{Value, json};

async fn inbox(desk: &Visitor) -> Value {
    let page = desk.call("inbox", &[("filter", "active")]).await;
    assert_eq!(page.status, 200, "{}", page.text);
    serde_json::from_str(&page.text).unwrap()
}

async fn guild_is(world: &World, state: &str) {
    until(&format!("the guild is {state}"), async || {
        (world.health().await["guild"] == state).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn promises_wait_while_the_guild_is_away_and_are_kept_when_it_is_back() {
    let blows = [
        (
            json!({"do": "kick_bot"}),
            json!({"do": "bring_back"}),
            "bot removed",
        ),
        (
            json!({"do": "guild_outage", "out": true}),
            json!({"do": "guild_outage", "out": false}),
            "outage",
        ),
    ];
    for (strike, mend, state) in blows {
        let world = World::start().await;
        let jane = Visitor::new(&world);
        let ticket = jane.file("Late parcel", "Where is it?").await;
        let thread = world.thread_with(1, 2).await;
        world.settled().await;
        let desk = Visitor::new(&world);
        desk.sign_in(&world, &world.person(true)).await;
        assert_eq!(inbox(&desk).await["trouble"], Value::Null);
        assert_eq!(world.health().await["guild"], "here");

        world.discord.order(&strike).unwrap();
        guild_is(&world, state).await;
        assert_eq!(world.health().await["status"], "degraded");
        let words = inbox(&desk).await["trouble"].clone();
        let page = desk.get("/staff").await.text;
        assert!(page.contains("Tickets go on here"), "{words}");
        jane.reply(&ticket, "Hello?").await;
        jane.file("Another", "Also here.").await;
        world.write(&world.person(true), &thread, "meanwhile").await;
        let health = world.health().await;
        assert_eq!(health["outbox"]["parked"], 0, "{state}");
        assert!(health["outbox"]["waiting"].as_i64().unwrap() >= 2);
        assert_eq!(world.threads().len(), 1, "{state}");

        world.discord.order(&mend).unwrap();
        guild_is(&world, "here").await;
        world.thread_with(2, 2).await;
        until("what was said meanwhile is there", async || {
            let page = jane.get(&ticket).await.text;
            page.contains("meanwhile").then_some(())
        })
        .await;
        world.settled().await;
        let said = world.contents(&thread);
        assert!(said.iter().any(|s| s.ends_with("Hello?")), "{said:?}");
        assert_eq!(inbox(&desk).await["trouble"], Value::Null);
        assert_eq!(world.health().await["outbox"]["parked"], 0, "{state}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_starts_while_the_bot_is_out_says_so_and_parks_nothing() {
    let mut world = World::start().await;
    let jane = Visitor::new(&world);
    let ticket = jane.file("Late parcel", "Where is it?").await;
    let thread = world.thread_with(1, 2).await;
    world.settled().await;
    world.stop_server().await;
    world.discord.order(&json!({"do": "kick_bot"})).unwrap();
    world.start_server().await;
    guild_is(&world, "bot removed").await;
    jane.reply(&ticket, "Hello?").await;
    assert_eq!(world.health().await["outbox"]["parked"], 0);
    world.discord.order(&json!({"do": "bring_back"})).unwrap();
    guild_is(&world, "here").await;
    world.thread_with(1, 3).await;
    world.settled().await;
    assert!(world.contents(&thread)[2].ends_with("Hello?"));
}
