//! Ordered faults, going dark, restarting, and the levers around them.

use std::time::Duration;

use discord_stand_in::{Fault, Options, StandIn};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{World, at};

const SEND: &str = "POST /channels/{id}/messages";

fn messages(world: &World, thread: u64) -> usize {
    let shown = world.stand_in.world();
    shown["messages"][thread.to_string()]
        .as_array()
        .map_or(0, Vec::len)
}

#[tokio::test]
async fn a_dropped_answer_may_or_may_not_have_been_executed() {
    let world = World::start().await;
    let thread = world.bot().thread("#1").await;
    let bot = world.bot();
    for (action, count) in [("drop_before", 0), ("drop_after", 1)] {
        let fault = Fault {
            route: Some(SEND.into()),
            action: action.into(),
            ..Fault::default()
        };
        world.stand_in.set_faults(vec![fault]);
        let text = json!({"content": action});
        let cut = bot
            .try_raw(Method::POST, &at(thread, "/messages"), text)
            .await;
        assert!(cut.is_err(), "{action}");
        assert_eq!(messages(&world, thread), count, "{action}");
    }
    bot.say(thread, "the fault is spent").await;
}

#[tokio::test]
async fn statuses_and_limits_come_as_ordered() {
    let world = World::start().await;
    let thread = world.bot().thread("#1").await;
    let bot = world.bot();
    let list = json!([
        {"route": SEND, "action": "status", "status": 502},
        {"route": SEND, "action": "status", "status": 500, "after": true},
        {"route": "*", "action": "rate_limited", "retry_after": 2.5, "global": true},
    ]);
    world.control(Method::PUT, "faults", list).await;
    let text = json!({"content": "x"});
    let send = || bot.raw(Method::POST, "/ignored", Value::Null);
    let path = at(thread, "/messages");
    let first = bot.raw(Method::POST, &path, text.clone()).await;
    assert_eq!(
        (first.status().as_u16(), messages(&world, thread)),
        (502, 0)
    );
    assert!(first.text().await.unwrap().starts_with("<html>"));
    let second = bot.raw(Method::POST, &path, text).await;
    assert_eq!(
        (second.status().as_u16(), messages(&world, thread)),
        (500, 1)
    );
    let third = send().await;
    assert_eq!(third.status(), 429);
    assert_eq!(third.headers()["retry-after"], "3");
    assert_eq!(third.headers()["x-ratelimit-global"], "true");
    assert_eq!(
        world.control(Method::GET, "faults", Value::Null).await,
        json!([])
    );
}

#[tokio::test]
async fn a_dark_stand_in_comes_back_with_its_world() {
    let world = World::start().await;
    let thread = world.bot().thread("#1").await;
    world.stand_in.pause_listening().await;
    assert!(
        world
            .bot()
            .try_raw(Method::GET, "/gateway", Value::Null)
            .await
            .is_err()
    );
    world.stand_in.resume_listening().await.unwrap();
    assert_eq!(world.bot().get(&at(thread, "")).await.0, 200);
}

#[tokio::test]
async fn a_restarted_stand_in_knows_its_threads_and_keeps_its_certificate() {
    let folder = std::env::temp_dir().join(format!("stand-in-{}", std::process::id()));
    let options = Options {
        state_file: Some(folder.clone()),
        ..Options::default()
    };
    let world = World::with(options.clone()).await;
    let thread = world.bot().thread("#1").await;
    let ca = world.stand_in.ca_pem().to_owned();
    let World { stand_in, .. } = world;
    stand_in.stop().await;
    let again = World::with(options).await;
    assert_eq!(again.stand_in.ca_pem(), ca);
    assert_eq!(again.bot().get(&at(thread, "")).await.0, 200);
    again.stand_in.stop().await;
    std::fs::remove_file(folder).unwrap();
}

#[tokio::test]
async fn a_taken_port_is_an_error_and_a_reset_begins_anew() {
    let world = World::start().await;
    let listen = world.stand_in.addr();
    let second = StandIn::start(Options {
        listen,
        ..Options::default()
    })
    .await;
    assert!(
        second
            .err()
            .unwrap()
            .to_string()
            .contains("cannot listen on 127.0.0.1")
    );
    world.bot().thread("#1").await;
    world.control(Method::POST, "reset", json!({})).await;
    assert_eq!(world.stand_in.world()["guilds"][0]["threads"], json!([]));
}

#[tokio::test]
async fn the_stand_in_stops_at_once_with_streams_open() {
    let world = World::start().await;
    let url = format!("{}/stand-in/events", world.stand_in.base_url());
    let stream = world.client().get(url).send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let World { stand_in, .. } = world;
    tokio::time::timeout(Duration::from_secs(2), stand_in.stop())
        .await
        .unwrap();
}
