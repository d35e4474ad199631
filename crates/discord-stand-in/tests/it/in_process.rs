//! The stand-in without sockets: its levers, and how fast it is.

use std::time::Instant;

use discord_stand_in::{Clock, InProcess};
use serde_json::{Value, json};

use crate::inside::Inside;
use crate::support::{at, id};

#[test]
fn events_carry_numbers_and_the_whole_of_what_happened() {
    let mut inside = Inside::new();
    let said = inside.say("Jonas", inside.support() - 1, "hello");
    let heard = inside.events();
    assert_eq!(heard.len(), 1);
    assert_eq!((&heard[0]["op"], &heard[0]["s"]), (&json!(0), &json!(3)));
    assert_eq!(
        (id(&heard[0]["d"]), &heard[0]["d"]["content"]),
        (said, &json!("hello"))
    );
}

#[test]
fn a_rotated_token_closes_the_session_within_the_process() {
    let mut inside = Inside::new();
    inside.order(json!({"do": "rotate_token"}));
    assert!(inside.session.next().is_none());
    assert_eq!(inside.session.closed(), Some(4004));
    let mut session = inside.discord.listen();
    assert_eq!(session.next().unwrap()["t"], "READY");
}

#[test]
fn time_moves_by_order_and_threads_grow_quiet() {
    let mut inside = Inside::new();
    let thread = inside.thread("#1");
    let other = inside.thread("#2");
    inside.events();
    let day_ms = 4320 * 60_000;
    inside.order(json!({"do": "advance", "ms": day_ms - 1000}));
    inside.say("Jonas", other, "still here");
    inside.events();
    inside.order(json!({"do": "advance", "ms": 1000}));
    let heard = inside.events();
    assert_eq!(heard.len(), 1, "{heard:?}");
    assert_eq!(id(&heard[0]["d"]), thread);
    assert_eq!(heard[0]["d"]["thread_metadata"]["archived"], true);
    // A shorter time counts at once.
    inside.bot(
        "PATCH",
        &at(other, ""),
        json!({"auto_archive_duration": 60}),
    );
    inside.events();
    inside.order(json!({"do": "advance", "ms": 3_600_000}));
    assert_eq!(inside.names(), ["THREAD_UPDATE"]);
}

#[test]
fn an_unchecked_discord_says_the_same() {
    let heard = |discord: InProcess| {
        let mut session = discord.listen();
        let token = format!("Bot {}", discord.settings().bot_token);
        let general = at(discord.settings().support_channel_id - 1, "/messages");
        let body = json!({"content": "x"});
        let (status, _) = discord.ask(&token, "POST", &general, &[], &body, Vec::new());
        assert_eq!(status, 200);
        let mut frames: Vec<Value> = std::iter::from_fn(|| session.next()).collect();
        // Only the session's own name differs.
        frames[0]["d"]["session_id"] = Value::Null;
        frames
    };
    let clock = || Clock::still(1_800_000_000_000);
    let checked = heard(InProcess::new(clock()));
    assert_eq!(checked, heard(InProcess::unchecked(clock())));
    assert_eq!(checked, heard(InProcess::new(clock()).checking_every(2)));
}

/// `cargo test -p discord-stand-in --release -- --ignored --nocapture speed`
#[test]
#[ignore = "a measurement, not a proof"]
fn speed_of_messages_and_events() {
    for (name, discord) in [
        ("checked", InProcess::new(Clock::still(1_800_000_000_000))),
        (
            "unchecked",
            InProcess::unchecked(Clock::still(1_800_000_000_000)),
        ),
    ] {
        let mut session = discord.listen();
        let settings = discord.settings();
        let token = format!("Bot {}", settings.bot_token);
        let threads = at(settings.support_channel_id, "/threads");
        let ask = |method: &str, path: &str, body: Value| {
            discord.ask(&token, method, path, &[], &body, Vec::new())
        };
        let mut events = 0;
        let mut requests = 0;
        let began = Instant::now();
        for number in 0..100 {
            let made = ask(
                "POST",
                &threads,
                json!({"name": format!("#{number}"), "type": 12}),
            )
            .1;
            let thread = id(&made);
            for piece in 0..10 {
                discord.order(&json!({"do": "advance", "ms": 700})).unwrap();
                let nonce = format!("{number}-{piece}");
                let body = json!({"content": "hello", "nonce": nonce, "enforce_nonce": true});
                ask("POST", &at(thread, "/messages"), body);
            }
            ask("GET", &at(thread, "/messages"), Value::Null);
            ask(
                "PATCH",
                &at(thread, ""),
                json!({"archived": true, "locked": true}),
            );
            requests += 13;
            events += std::iter::from_fn(|| session.next()).count();
        }
        let each = began.elapsed() / requests;
        println!("{name}: {requests} requests, {events} events, {each:?} each");
    }
}
