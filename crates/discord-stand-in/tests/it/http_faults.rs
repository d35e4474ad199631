//! What goes wrong on the way of a request or its answer, as ordered.

use std::time::{Duration, Instant};

use discord_stand_in::Fault;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{World, at, id};

const ME: &str = "GET /users/@me";

fn order(world: &World, route: &str, action: &str, more: impl FnOnce(&mut Fault)) {
    let mut fault = Fault {
        route: Some(route.to_owned()),
        action: action.to_owned(),
        ..Fault::default()
    };
    more(&mut fault);
    world.stand_in.set_faults(vec![fault]);
}

#[tokio::test]
async fn limits_come_with_and_without_their_headers() {
    let world = World::start().await;
    let bot = world.bot();
    let ask = || bot.raw(Method::GET, "/users/@me", Value::Null);
    order(&world, ME, "rate_limited", |fault| {
        fault.retry_after = Some(219.0);
        fault.scope = Some("shared".to_owned());
    });
    let shared = ask().await;
    assert_eq!(shared.headers()["x-ratelimit-scope"], "shared");
    assert_eq!(shared.headers()["retry-after"], "219");
    order(&world, ME, "rate_limited", |fault| {
        fault.global = true;
        fault.retry_after = Some(86_400.5);
    });
    let global = ask().await;
    assert_eq!(global.headers()["retry-after"], "86401");
    let body: Value = global.json().await.unwrap();
    assert_eq!(
        (&body["global"], &body["retry_after"]),
        (&json!(true), &json!(86_400.5))
    );
    order(&world, ME, "rate_limited", |fault| fault.bare = true);
    let bare = ask().await;
    assert_eq!(bare.status(), 429);
    assert!(bare.headers().get("retry-after").is_none());
    assert!(bare.headers().get("x-ratelimit-scope").is_none());
    assert_eq!(ask().await.status(), 200);
}

#[tokio::test]
async fn gateways_between_answer_in_html() {
    let world = World::start().await;
    for status in [500, 502, 503] {
        order(&world, "*", "status", |fault| fault.status = Some(status));
        let answer = world
            .bot()
            .raw(Method::GET, "/users/@me", Value::Null)
            .await;
        assert_eq!(answer.status().as_u16(), status);
        assert_eq!(answer.headers()["content-type"], "text/html");
    }
}

#[tokio::test]
async fn headers_and_bodies_can_be_slow() {
    let world = World::start().await;
    let bot = world.bot();
    let slow = |fault: &mut Fault| fault.delay_ms = Some(300);
    for (action, headers_late) in [("slow", true), ("slow_headers", true), ("slow_body", false)] {
        order(&world, ME, action, slow);
        let began = Instant::now();
        let answer = bot.raw(Method::GET, "/users/@me", Value::Null).await;
        let headers = began.elapsed();
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["username"], "Threadline");
        assert!(began.elapsed() >= Duration::from_millis(300), "{action}");
        assert_eq!(
            headers >= Duration::from_millis(300),
            headers_late,
            "{action}"
        );
    }
}

#[tokio::test]
async fn bodies_break_off_or_make_no_sense() {
    let world = World::start().await;
    let thread = world.bot().thread("#1").await;
    let (bot, path) = (world.bot(), at(thread, "/messages"));
    let route = "POST /channels/{id}/messages";
    let text = || json!({"content": "x"});
    order(&world, route, "cut_body", |_| {});
    let cut = bot.raw(Method::POST, &path, text()).await;
    assert_eq!(cut.status(), 200);
    assert!(cut.text().await.is_err());
    order(&world, route, "broken_json", |_| {});
    let broken = bot
        .raw(Method::POST, &path, text())
        .await
        .text()
        .await
        .unwrap();
    assert!(broken.starts_with('{'));
    assert!(serde_json::from_str::<Value>(&broken).is_err());
    order(&world, route, "unknown_shape", |fault| {
        fault.body = Some(json!({"new": []}))
    });
    let (status, strange) = bot.call(Method::POST, &path, text()).await;
    assert_eq!((status, strange), (200, json!({"new": []})));
    // All three were carried out.
    assert_eq!(bot.get(&path).await.1.as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn lost_answers_of_every_kind_leave_their_work_behind() {
    let world = World::start().await;
    let (bot, support) = (world.bot(), world.support());
    let thread = bot.thread("#1").await;
    let said = bot.say(thread, "first").await;
    let hook = bot
        .done(
            Method::POST,
            &at(support, "/webhooks"),
            json!({"name": "x"}),
        )
        .await;
    let hook = format!(
        "/webhooks/{}/{}",
        id(&hook),
        hook["token"].as_str().unwrap()
    );
    let one = at(thread, &format!("/messages/{said}"));
    let nonce = json!({"content": "second", "nonce": "n", "enforce_nonce": true});
    let lost = [
        (Method::POST, at(thread, "/messages"), nonce.clone()),
        (
            Method::POST,
            at(support, "/threads"),
            json!({"name": "#2", "type": 12}),
        ),
        (Method::POST, hook, json!({"content": "hooked"})),
        (Method::PATCH, one.clone(), json!({"content": "edited"})),
    ];
    for (method, path, body) in lost {
        order(&world, "*", "drop_after", |_| {});
        assert!(bot.try_raw(method, &path, body).await.is_err(), "{path}");
    }
    let shown = world.stand_in.world();
    let texts = |channel: u64| -> Vec<String> {
        let list = shown["messages"][channel.to_string()].as_array().unwrap();
        let text = |m: &Value| m["content"].as_str().unwrap().to_owned();
        list.iter().map(text).collect()
    };
    assert_eq!(texts(thread), ["edited", "second"]);
    assert_eq!(texts(support), ["hooked"]);
    assert_eq!(shown["guilds"][0]["threads"].as_array().unwrap().len(), 2);
    // A second try does not double what has a nonce, and a second deletion finds nothing.
    bot.done(Method::POST, &at(thread, "/messages"), nonce)
        .await;
    assert_eq!(
        bot.get(&at(thread, "/messages"))
            .await
            .1
            .as_array()
            .unwrap()
            .len(),
        2
    );
    order(&world, "*", "drop_after", |_| {});
    assert!(
        bot.try_raw(Method::DELETE, &one, Value::Null)
            .await
            .is_err()
    );
    assert_eq!(
        bot.refused(Method::DELETE, &one, Value::Null).await,
        (404, 10008)
    );
}

#[tokio::test]
async fn too_many_forbidden_requests_lead_to_the_ban_page() {
    let world = World::start().await;
    let (bot, pat) = (world.bot(), world.person("Pat"));
    world.order(json!({"do": "switches", "set": {"invalid_requests": 3}}));
    let forbidden = at(world.support(), "");
    // Limits that others share are not held against anybody.
    order(&world, "*", "rate_limited", |fault| {
        fault.scope = Some("shared".to_owned())
    });
    assert_eq!(pat.get(&forbidden).await.0, 429);
    for _ in 0..3 {
        assert_eq!(pat.get(&forbidden).await.1["code"], 50001);
    }
    let page = pat.raw(Method::GET, "/users/@me", Value::Null).await;
    assert_eq!(page.status(), 403);
    assert!(
        page.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/html")
    );
    assert!(page.text().await.unwrap().contains("Cloudflare"));
    assert_eq!(bot.get(&forbidden).await.0, 200, "others go on");
    world.stand_in.clock().advance(Duration::from_secs(601));
    assert_eq!(pat.get("/users/@me").await.0, 200);
}

#[tokio::test]
async fn faults_that_cannot_strike_are_refused_and_all_others_listed() {
    let world = World::start().await;
    let url = format!("{}/stand-in/faults", world.stand_in.base_url());
    for wrong in [
        json!([{"route": "*", "action": "explode"}]),
        json!([{"action": "status"}]),
        json!([{"event": "READY", "action": "status"}]),
        json!([{"event": "READY", "route": "*", "action": "drop"}]),
    ] {
        let answer = world.client().put(&url).json(&wrong).send().await.unwrap();
        assert_eq!(answer.status(), 400, "{wrong}");
    }
    let known = world
        .control(Method::GET, "faults/known", Value::Null)
        .await;
    for fault in known.as_array().unwrap() {
        let mut ordered = json!({"action": fault["action"]});
        ordered[fault["at"].as_str().unwrap()] = json!("RESUME");
        world.control(Method::PUT, "faults", json!([ordered])).await;
        assert!(fault["does"].as_str().unwrap().len() > 10);
    }
}
