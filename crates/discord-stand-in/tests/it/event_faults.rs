//! What goes wrong on the gateway, as ordered: events out of turn, sessions refused, budgets spent.

use reqwest::Method;
use serde_json::{Value, json};

use crate::gateway::{Socket, token};
use crate::support::{World, at};

const INTENTS: u64 = 1 | 1 << 9 | 1 << 15;

async fn faults(world: &World, list: Value) {
    world.control(Method::PUT, "faults", list).await;
}

/// A session that has heard the greeting, and its id.
async fn begun(world: &World) -> (Socket, Value) {
    let (mut socket, _) = Socket::open(world).await;
    socket.identify(&token(world), INTENTS).await;
    let session = socket.event("READY").await["d"]["session_id"].clone();
    socket.event("GUILD_CREATE").await;
    (socket, session)
}

fn resume(world: &World, session: &Value, seq: u64) -> Value {
    json!({"op": 6, "d": {"token": token(world), "session_id": session, "seq": seq}})
}

async fn text(socket: &mut Socket) -> String {
    let event = socket.event("MESSAGE_CREATE").await;
    event["d"]["content"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn neighbouring_events_are_swapped() {
    let world = World::start().await;
    let off = json!({"enabled": false});
    world.control(Method::PUT, "limits", off).await;
    let general = world.support() - 1;
    let (mut socket, _) = begun(&world).await;
    faults(
        &world,
        json!([{"event": "MESSAGE_CREATE", "action": "reorder"}]),
    )
    .await;
    let jonas = world.person("Jonas");
    for word in ["one", "two", "three"] {
        jonas.say(general, word).await;
    }
    let heard = [
        text(&mut socket).await,
        text(&mut socket).await,
        text(&mut socket).await,
    ];
    assert_eq!(heard, ["two", "one", "three"]);
    // Ordered for good, every second event overtakes the one before it.
    let always = json!([{"event": "MESSAGE_CREATE", "action": "reorder", "times": 0}]);
    faults(&world, always).await;
    for word in ["1", "2", "3", "4"] {
        jonas.say(general, word).await;
    }
    for expected in ["2", "1", "4", "3"] {
        assert_eq!(text(&mut socket).await, expected);
    }
    // What nobody overtakes comes when the faults are cleared.
    faults(
        &world,
        json!([{"event": "MESSAGE_CREATE", "action": "reorder"}]),
    )
    .await;
    jonas.say(general, "last").await;
    faults(&world, json!([])).await;
    assert_eq!(text(&mut socket).await, "last");
}

#[tokio::test]
async fn a_gap_is_filled_by_a_resume_and_a_drop_is_not() {
    let world = World::start().await;
    let general = world.support() - 1;
    let (mut socket, session) = begun(&world).await;
    let jonas = world.person("Jonas");
    faults(
        &world,
        json!([
            {"event": "MESSAGE_CREATE", "action": "drop"},
            {"event": "MESSAGE_CREATE", "action": "gap"},
        ]),
    )
    .await;
    for word in ["dropped", "missing", "heard"] {
        jonas.say(general, word).await;
    }
    let heard = socket.event("MESSAGE_CREATE").await;
    assert_eq!(
        (&heard["d"]["content"], &heard["s"]),
        (&json!("heard"), &json!(4))
    );
    let (mut again, _) = Socket::open(&world).await;
    again.send(resume(&world, &session, 2)).await;
    assert_eq!(
        [text(&mut again).await, text(&mut again).await],
        ["missing", "heard"]
    );
}

#[tokio::test]
async fn a_resume_may_replay_what_was_seen() {
    let world = World::start().await;
    let general = world.support() - 1;
    let (mut socket, session) = begun(&world).await;
    world.person("Jonas").say(general, "seen").await;
    let seq = socket.event("MESSAGE_CREATE").await["s"].as_u64().unwrap();
    faults(
        &world,
        json!([{"gateway": "RESUME", "action": "replay", "count": 1}]),
    )
    .await;
    let (mut again, _) = Socket::open(&world).await;
    again.send(resume(&world, &session, seq)).await;
    let replayed = again.frame().await.unwrap();
    assert_eq!(
        (&replayed["s"], &replayed["d"]["content"]),
        (&json!(seq), &json!("seen"))
    );
    assert_eq!(again.frame().await.unwrap()["t"], "RESUMED");
}

#[tokio::test]
async fn a_resume_is_refused_for_good_or_for_now() {
    let world = World::start().await;
    let (_, session) = begun(&world).await;
    faults(
        &world,
        json!([
            {"gateway": "RESUME", "action": "invalid_resumable"},
            {"gateway": "RESUME", "action": "close", "status": 4008},
            {"gateway": "RESUME", "action": "invalid"},
        ]),
    )
    .await;
    let (mut socket, _) = Socket::open(&world).await;
    let mut try_again = resume(&world, &session, 2);
    socket.send(try_again.clone()).await;
    let answer = socket.frame().await.unwrap();
    assert_eq!((&answer["op"], &answer["d"]), (&json!(9), &json!(true)));
    socket.send(try_again.clone()).await;
    assert_eq!(socket.frame().await, Err(4008));
    for _ in 0..2 {
        // The second time without a fault: the session is forgotten.
        let (mut socket, _) = Socket::open(&world).await;
        socket.send(try_again.take()).await;
        let answer = socket.frame().await.unwrap();
        assert_eq!((&answer["op"], &answer["d"]), (&json!(9), &json!(false)));
        try_again = resume(&world, &session, 2);
    }
}

#[tokio::test]
async fn hello_may_be_a_reconnect_a_close_or_nothing() {
    let world = World::start().await;
    faults(
        &world,
        json!([
            {"gateway": "HELLO", "action": "reconnect"},
            {"gateway": "HELLO", "action": "close", "status": 4000},
            {"gateway": "HELLO", "action": "silent"},
        ]),
    )
    .await;
    let mut first = Socket::connect(&world).await;
    assert_eq!(first.frame().await.unwrap()["op"], 7);
    let mut second = Socket::connect(&world).await;
    assert_eq!(second.frame().await, Err(4000));
    let mut third = Socket::connect(&world).await;
    third.send(json!({"op": 1, "d": null})).await;
    third.identify(&token(&world), INTENTS).await;
    world
        .until("the third socket's session", |shown| {
            shown["sessions"] != json!([])
        })
        .await;
    world
        .control(Method::POST, "gateway", json!({"close": 4000}))
        .await;
    assert_eq!(
        third.frame().await,
        Err(4000),
        "not even an ACK came before"
    );
}

#[tokio::test]
async fn a_half_open_connection_hears_and_says_nothing() {
    let world = World::start().await;
    let (mut socket, _) = begun(&world).await;
    world
        .control(Method::POST, "gateway", json!({"silent": true}))
        .await;
    socket.send(json!({"op": 1, "d": 2})).await;
    world
        .person("Jonas")
        .say(world.support() - 1, "unheard")
        .await;
    world
        .control(Method::POST, "gateway", json!({"close": 4000}))
        .await;
    assert_eq!(socket.frame().await, Err(4000));
}

#[tokio::test]
async fn the_days_identifies_are_counted_and_run_out() {
    let world = World::start().await;
    world.order(json!({"do": "switches", "set": {"session_starts": 2}}));
    let left = || async {
        let (_, shown) = world.bot().get("/gateway/bot").await;
        shown["session_start_limit"]["remaining"].clone()
    };
    assert_eq!(left().await, 2);
    let _first = begun(&world).await;
    assert_eq!(left().await, 1);
    let _second = begun(&world).await;
    let (mut third, _) = Socket::open(&world).await;
    third.identify(&token(&world), INTENTS).await;
    assert_eq!(third.frame().await, Err(4004));
    world.order(json!({"do": "advance", "ms": 86_400_001}));
    assert_eq!(left().await, 2);
}

#[tokio::test]
async fn a_rotated_token_ends_sessions_and_requests() {
    let world = World::start().await;
    let (mut socket, session) = begun(&world).await;
    let old = world.bot();
    let old_token = token(&world);
    let made = world.order(json!({"do": "rotate_token"}));
    assert_eq!(made["bot_token"], world.stand_in.settings().bot_token);
    assert_eq!(socket.frame().await, Err(4004));
    assert_eq!(old.get("/users/@me").await.0, 401);
    for op in [2, 6] {
        let (mut socket, _) = Socket::open(&world).await;
        let data = json!({"token": old_token, "session_id": session, "seq": 2, "intents": 1});
        socket.send(json!({"op": op, "d": data})).await;
        assert_eq!(socket.frame().await, Err(4004));
    }
    assert_eq!(world.bot().get("/users/@me").await.0, 200);
    begun(&world).await;
}

#[tokio::test]
async fn content_that_is_switched_off_is_empty_at_once_and_refused_at_the_next_identify() {
    let world = World::start().await;
    let thread = world.bot().thread("#1").await;
    let (mut socket, _) = begun(&world).await;
    world.order(json!({"do": "application", "message_content": false}));
    world.person("Jonas").say(thread, "secret").await;
    assert_eq!(text(&mut socket).await, "");
    assert_eq!(
        world.bot().get(&at(thread, "/messages")).await.1[0]["content"],
        ""
    );
    let (mut next, _) = Socket::open(&world).await;
    next.identify(&token(&world), INTENTS).await;
    assert_eq!(next.frame().await, Err(4014));
}

#[tokio::test]
async fn an_event_may_come_before_its_answer() {
    let world = World::start().await;
    let general = world.support() - 1;
    let (mut socket, _) = begun(&world).await;
    let fault =
        json!([{"event": "MESSAGE_CREATE", "action": "before_response", "delay_ms": 60_000}]);
    faults(&world, fault).await;
    let bot = world.bot();
    let path = at(general, "/messages");
    let send = bot.try_raw(Method::POST, &path, json!({"content": "early"}));
    tokio::select! {
        heard = text(&mut socket) => assert_eq!(heard, "early"),
        answer = send => panic!("the answer came first: {answer:?}"),
    }
}
