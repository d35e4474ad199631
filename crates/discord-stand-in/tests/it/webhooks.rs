//! Webhooks: names, tokens, silence without `wait`, threads, limits.

use reqwest::Method;
use serde_json::{Value, json};

use crate::inside::Inside;
use crate::support::{World, at, id};

/// A webhook of the bot's in the support channel: its path with and without the token.
fn hook(inside: &Inside) -> (String, String) {
    let path = at(inside.support(), "/webhooks");
    let (status, made) = inside.bot("POST", &path, json!({"name": "Relay"}));
    assert_eq!(status, 200, "{made}");
    let managed = format!("/webhooks/{}", id(&made));
    let own = format!("{managed}/{}", made["token"].as_str().unwrap());
    (managed, own)
}

#[test]
fn names_that_discord_forbids_are_refused_field_by_field() {
    let inside = Inside::new();
    let (_, own) = hook(&inside);
    for (name, code) in [
        ("Discord staff", "USERNAME_INVALID_CONTAINS"),
        ("my clyde", "USERNAME_INVALID_CONTAINS"),
        ("Everyone", "USERNAME_INVALID"),
        ("here", "USERNAME_INVALID"),
        ("", "BASE_TYPE_REQUIRED"),
    ] {
        let body = json!({"content": "x", "username": name});
        let (status, refusal) = inside.bot("POST", &own, body);
        assert_eq!(status, 400, "{name}");
        let complaint = &refusal["errors"]["username"]["_errors"][0]["code"];
        assert_eq!(complaint, code, "{name}");
        let path = at(inside.support(), "/webhooks");
        assert_eq!(inside.bot("POST", &path, json!({"name": name})).0, 400);
    }
}

#[test]
fn a_message_through_a_webhook_has_no_real_author() {
    let mut inside = Inside::new();
    let (managed, own) = hook(&inside);
    let thread = inside.thread("#1");
    inside.events();
    let body = json!({"content": "from outside", "username": "Pat (customer)"});
    let waits = format!("{own}?wait=true&thread_id={thread}");
    let (status, said) = inside.bot("POST", &waits, body.clone());
    assert_eq!(status, 200);
    assert_eq!(said["channel_id"], thread.to_string());
    assert_eq!(said["author"]["username"], "Pat (customer)");
    assert_eq!(said["author"]["id"], said["webhook_id"]);
    let heard = inside.events();
    assert_eq!(heard.len(), 1, "a webhook joins no thread");
    assert!(heard[0]["d"].get("member").is_none());
    let message = format!("{own}/messages/{}?thread_id={thread}", id(&said));
    let edited = inside.bot("PATCH", &message, json!({"content": "changed"}));
    assert_eq!((edited.0, &edited.1["content"]), (200, &json!("changed")));
    assert_eq!(inside.bot("DELETE", &message, Value::Null).0, 204);
    assert_eq!(inside.bot("DELETE", &message, Value::Null).1["code"], 10008);
    assert_eq!(inside.bot("DELETE", &managed, Value::Null).0, 204);
    assert_eq!(inside.bot("POST", &waits, body).1["code"], 10015);
}

#[test]
fn without_wait_a_message_that_is_not_saved_is_not_spoken_of() {
    let mut inside = Inside::new();
    let (_, own) = hook(&inside);
    let thread = inside.thread("#1");
    inside.bot("PATCH", &at(thread, ""), json!({"locked": true}));
    inside.events();
    let body = json!({"content": "lost"});
    let silent = inside.bot("POST", &format!("{own}?thread_id={thread}"), body.clone());
    assert_eq!(silent, (204, Value::Null));
    let waits = format!("{own}?thread_id={thread}&wait=true");
    assert_eq!(inside.bot("POST", &waits, body).1["code"], 160_005);
    assert_eq!(inside.names(), [] as [&str; 0]);
    // What is wrong with the form is told all the same.
    let long = json!({"content": "x".repeat(2001)});
    assert_eq!(inside.bot("POST", &own, long).1["code"], 50035);
}

#[test]
fn a_webhook_wakes_a_thread_and_opens_forum_posts() {
    let inside = Inside::new();
    let (_, own) = hook(&inside);
    let thread = inside.thread("#1");
    inside.bot("PATCH", &at(thread, ""), json!({"archived": true}));
    let path = format!("{own}?thread_id={thread}");
    assert_eq!(inside.bot("POST", &path, json!({"content": "up"})).0, 204);
    let (_, shown) = inside.bot("GET", &at(thread, ""), Value::Null);
    assert_eq!(shown["thread_metadata"]["archived"], false);
    let text = json!({"content": "x", "thread_name": "n"});
    assert_eq!(inside.bot("POST", &own, text.clone()).1["code"], 220_003);

    let channels = format!("/guilds/{}/channels", inside.discord.settings().guild_id);
    let (_, forum) = inside.person("Mira", "POST", &channels, json!({"name": "f", "type": 15}));
    let path = at(id(&forum), "/webhooks");
    let (_, made) = inside.bot("POST", &path, json!({"name": "Relay"}));
    let own = format!(
        "/webhooks/{}/{}",
        id(&made),
        made["token"].as_str().unwrap()
    );
    assert_eq!(
        inside.bot("POST", &own, json!({"content": "x"})).1["code"],
        220_001
    );
    let both = format!("{own}?thread_id={thread}");
    assert_eq!(inside.bot("POST", &both, text.clone()).1["code"], 220_002);
    let (status, said) = inside.bot("POST", &format!("{own}?wait=true"), text);
    assert_eq!((status, &said["id"]), (200, &said["channel_id"]));
}

#[test]
fn a_channel_has_fifteen_webhooks_at_most_and_only_managers_make_them() {
    let inside = Inside::new();
    let path = at(inside.support(), "/webhooks");
    for _ in 0..15 {
        hook(&inside);
    }
    assert_eq!(
        inside.bot("POST", &path, json!({"name": "x"})).1["code"],
        30007
    );
    let refused = inside.person("Jonas", "GET", &path, Value::Null);
    assert_eq!((refused.0, &refused.1["code"]), (403, &json!(50013)));
    let (_, listed) = inside.bot("GET", &path, Value::Null);
    assert_eq!(listed.as_array().unwrap().len(), 15);
    let wrong = format!("/webhooks/{}/nonsense", id(&listed[0]));
    assert_eq!(
        inside.bot("POST", &wrong, json!({"content": "x"})).1["code"],
        50027
    );
}

#[tokio::test]
async fn a_webhook_speaks_five_times_in_two_seconds_and_thirty_in_a_minute() {
    let world = World::start().await;
    let (bot, nobody) = (world.bot(), world.nobody());
    let path = at(world.support(), "/webhooks");
    let made = bot
        .done(Method::POST, &path, json!({"name": "Relay"}))
        .await;
    let own = format!(
        "/webhooks/{}/{}",
        id(&made),
        made["token"].as_str().unwrap()
    );
    let mut said = 0;
    let mut waited = Vec::new();
    while said < 31 && waited.len() < 20 {
        let answer = nobody
            .raw(Method::POST, &own, json!({"content": "x"}))
            .await;
        if answer.status() == 204 {
            said += 1;
            continue;
        }
        assert_eq!(answer.status(), 429);
        let shown = answer.headers().contains_key("x-ratelimit-remaining");
        let body: Value = answer.json().await.unwrap();
        let seconds = body["retry_after"].as_f64().unwrap();
        waited.push((said, shown));
        let clock = world.stand_in.clock();
        clock.advance(std::time::Duration::from_secs_f64(seconds));
    }
    // After five each time by what the headers show; the thirty-first by what they do not.
    assert_eq!(waited[0], (5, true));
    assert_eq!(
        waited
            .iter()
            .filter(|(_, shown)| !shown)
            .collect::<Vec<_>>(),
        [&(30, false)]
    );
}
