//! How the server says that it is: version, storage, Discord, which settings there are; and no value
//! of any of them.

use crate::visitor::Visitor;
use crate::world::*;
use discord_stand_in::Options;
use serde_json::{Value, json};
use server::config::KEYS;

/// Settings beside those that every test's server has. No card is asked for here.
const MORE: [(&str, &str); 6] = [
    ("REGISTER_SECRET", "registers-if-you-know-it"),
    ("CUSTOMER_CARD_URL", "https://cards.example.com/card"),
    ("CUSTOMER_CARD_SECRET", "proves-who-asks-for-cards"),
    ("AWS_ACCESS_KEY_ID", "THEKEYTHATISNOTUSED"),
    (
        "AWS_SECRET_ACCESS_KEY",
        "the-secret-of-a-key-that-is-not-used",
    ),
    ("NOTE_PREFIX", "psst-"),
];

/// No value of a setting is in what anybody may read.
fn tells_no_value(world: &World, text: &str) {
    for (name, value) in world.vars() {
        assert!(!text.contains(value.as_str()), "{name} is told: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_tells_how_it_is_and_which_settings_there_are_but_none_of_their_values() {
    let world = World::start_set(Options::default(), &MORE).await;
    world.settled().await;
    let health = world.health().await;
    assert_eq!(health["status"], "ok", "{health}");
    assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
    let is_postgres = world.vars()["DATABASE_URL"].starts_with("postgres");
    let storage = if is_postgres { "postgres" } else { "sqlite" };
    assert_eq!(health["storage"], storage);
    assert_eq!(health["discord"]["state"], "connected");
    assert_eq!(health["discord"]["trouble"], Value::Null);
    assert_eq!(health["guild"], "here");
    assert_eq!(health["outbox"]["waiting"], 0);

    let settings = health["settings"].as_object().unwrap();
    assert_eq!(settings.len(), KEYS.len(), "{settings:?}");
    for key in KEYS {
        let is_given = world.vars().contains_key(key);
        assert_eq!(settings[key], json!(is_given), "{key}");
    }
    tells_no_value(&world, &health.to_string());
    let metrics = Visitor::new(&world).get("/metrics").await;
    assert_eq!(metrics.status, 200);
    assert!(metrics.text.contains("threadline_gateway_connected 1\n"));
    tells_no_value(&world, &metrics.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_discord_does_not_let_in_is_told_with_the_reason_and_without_its_token() {
    let world = World::start_set(Options::default(), &MORE).await;
    world.discord.order(&json!({"do": "rotate_token"})).unwrap();
    let health = until("it is known that the token is worth nothing", async || {
        let health = world.health().await;
        (health["discord"]["state"] == "refused").then_some(health)
    })
    .await;
    assert_eq!(health["status"], "degraded", "{health}");
    assert_eq!(health["discord"]["connected"], false);
    let trouble = health["discord"]["trouble"].as_str().unwrap();
    assert!(trouble.contains("token"), "{trouble}");
    tells_no_value(&world, &health.to_string());
}
