//! Forwards, polls, stickers, resolved links, and what AutoMod keeps out.

use serde_json::{Value, json};

use crate::inside::Inside;
use crate::support::{at, id};

#[test]
fn a_forward_shows_what_it_forwards_and_nothing_else() {
    let mut inside = Inside::new();
    let (thread, general) = (inside.thread("#1"), inside.support() - 1);
    let original = inside.say("Jonas", general, "read this");
    let unseen = inside.say("Jonas", inside.support(), "for staff");
    inside.events();
    let reference = |message: u64, channel: u64| json!({"type": 1, "message_id": message.to_string(), "channel_id": channel.to_string()});
    let path = at(thread, "/messages");
    let body = json!({"message_reference": reference(original, general)});
    let (status, made) = inside.person("Jonas", "POST", &path, body.clone());
    assert_eq!(status, 200);
    assert_eq!((&made["type"], &made["content"]), (&json!(0), &json!("")));
    assert_eq!(
        made["message_snapshots"][0]["message"]["content"],
        "read this"
    );
    assert!(made.get("referenced_message").is_none());
    let heard = inside.events();
    let told = heard.iter().find(|e| e["t"] == "MESSAGE_CREATE").unwrap();
    assert_eq!(told["d"]["message_reference"]["type"], 1);
    // The snapshot stays as it was.
    let gone = at(general, &format!("/messages/{original}"));
    inside.person("Jonas", "DELETE", &gone, Value::Null);
    let (_, again) = inside.bot(
        "GET",
        &at(thread, &format!("/messages/{}", id(&made))),
        Value::Null,
    );
    assert_eq!(again["message_snapshots"], made["message_snapshots"]);
    assert_eq!(inside.person("Jonas", "POST", &path, body).1["code"], 50035);
    let mut worded = json!({"message_reference": reference(unseen, inside.support())});
    worded["content"] = json!("look");
    assert_eq!(
        inside.person("Jonas", "POST", &path, worded).1["code"],
        50035
    );
    let foreign = json!({"message_reference": reference(unseen, inside.support())});
    let elsewhere = at(general, "/messages");
    assert_eq!(
        inside.person("Sam", "POST", &elsewhere, foreign).1["code"],
        50001
    );
}

#[test]
fn a_poll_is_a_message_without_text_and_ends_with_a_notice() {
    let mut inside = Inside::new();
    let thread = inside.thread("#1");
    let path = at(thread, "/messages");
    let answers = json!([{"poll_media": {"text": "North"}}, {"poll_media": {"text": "South"}}]);
    let poll = json!({"poll": {"question": {"text": "Which wind?"}, "answers": answers}});
    let (status, made) = inside.person("Jonas", "POST", &path, poll);
    assert_eq!(status, 200);
    assert_eq!(
        made["poll"]["answers"][1],
        json!({"answer_id": 2, "poll_media": {"text": "South"}})
    );
    inside.events();
    let end = at(thread, &format!("/polls/{}/expire", id(&made)));
    assert_eq!(inside.bot("POST", &end, Value::Null).1["code"], 50013);
    assert_eq!(inside.person("Jonas", "POST", &end, Value::Null).0, 200);
    let heard = inside.events();
    assert_eq!(heard[0]["d"]["poll"]["results"]["is_finalized"], true);
    assert_eq!(heard[0]["d"]["edited_timestamp"], Value::Null);
    assert_eq!(heard[1]["d"]["type"], 46);
    let empty = json!({"poll": {"question": {"text": ""}, "answers": []}});
    let (_, refusal) = inside.person("Jonas", "POST", &path, empty);
    assert!(
        refusal["errors"]["poll"]["question"].is_object(),
        "{refusal}"
    );
}

#[test]
fn stickers_make_a_message_and_nothing_makes_none() {
    let inside = Inside::new();
    let thread = inside.thread("#1");
    let path = at(thread, "/messages");
    let (status, made) = inside.person("Jonas", "POST", &path, json!({"sticker_ids": ["7"]}));
    assert_eq!(
        (status, &made["sticker_items"][0]["id"]),
        (200, &json!("7"))
    );
    let many = json!({"sticker_ids": ["1", "2", "3", "4"]});
    assert_eq!(inside.person("Jonas", "POST", &path, many).1["code"], 50035);
    // An empty message does not even wake the thread.
    inside.bot("PATCH", &at(thread, ""), json!({"archived": true}));
    assert_eq!(
        inside.person("Jonas", "POST", &path, json!({})).1["code"],
        50006
    );
    let (_, shown) = inside.bot("GET", &at(thread, ""), Value::Null);
    assert_eq!(shown["thread_metadata"]["archived"], true);
}

#[test]
fn a_resolved_link_is_an_update_but_no_edit() {
    let mut inside = Inside::new();
    let thread = inside.thread("#1");
    let said = inside.say("Jonas", thread, "see https://example.org/");
    inside.events();
    inside.order(json!({"do": "unfurl", "channel": thread, "message": said}));
    let heard = inside.events();
    assert_eq!(heard[0]["t"], "MESSAGE_UPDATE");
    assert_eq!(heard[0]["d"]["edited_timestamp"], Value::Null);
    assert_eq!(heard[0]["d"]["content"], "see https://example.org/");
    assert_eq!(heard[0]["d"]["embeds"][0]["title"], "Example");
}

#[test]
fn automod_refuses_words_in_messages_edits_and_names() {
    let inside = Inside::new();
    let thread = inside.thread("#1");
    let path = at(thread, "/messages");
    let (_, said) = inside.bot("POST", &path, json!({"content": "fine"}));
    let lists = json!({"blocked_words": ["Scam"], "blocked_names": ["scam"]});
    inside.order(json!({"do": "switches", "set": lists}));
    let bad = json!({"content": "no SCAMS here"});
    let (status, refusal) = inside.bot("POST", &path, bad.clone());
    assert_eq!((status, &refusal["code"]), (400, &json!(200_000)));
    let one = at(thread, &format!("/messages/{}", id(&said)));
    assert_eq!(inside.bot("PATCH", &one, bad.clone()).1["code"], 200_000);
    let name = json!({"name": "#2 scam", "type": 12});
    let threads = at(inside.support(), "/threads");
    assert_eq!(
        inside.bot("POST", &threads, name.clone()).1["code"],
        200_001
    );
    assert_eq!(
        inside.bot("PATCH", &at(thread, ""), name).1["code"],
        200_001
    );
    // Who manages the guild may say it.
    assert_eq!(inside.person("Mira", "POST", &path, bad).0, 200);
}

#[test]
fn with_nitro_people_say_twice_as_much_as_bots() {
    let inside = Inside::new();
    let thread = inside.thread("#1");
    let path = at(thread, "/messages");
    let long = json!({"content": "x".repeat(4000)});
    assert_eq!(inside.person("Mira", "POST", &path, long.clone()).0, 400);
    inside.order(json!({"do": "switches", "set": {"nitro": true}}));
    assert_eq!(inside.person("Mira", "POST", &path, long.clone()).0, 200);
    assert_eq!(inside.bot("POST", &path, long).0, 400);
    let longer = json!({"content": "x".repeat(4001)});
    assert_eq!(inside.person("Mira", "POST", &path, longer).0, 400);
}

#[test]
fn without_the_content_intent_forwards_and_polls_are_empty_too() {
    let mut inside = Inside::new();
    let (thread, general) = (inside.thread("#1"), inside.support() - 1);
    let original = inside.say("Jonas", general, "read this");
    inside.order(json!({"do": "application", "message_content": false}));
    inside.events();
    let reference =
        json!({"type": 1, "message_id": original.to_string(), "channel_id": general.to_string()});
    let path = at(thread, "/messages");
    inside.person(
        "Jonas",
        "POST",
        &path,
        json!({"message_reference": reference}),
    );
    let heard = inside.events();
    let told = heard.iter().find(|e| e["t"] == "MESSAGE_CREATE").unwrap();
    let (_, listed) = inside.bot("GET", &path, Value::Null);
    for shown in [&told["d"], &listed[0]] {
        assert_eq!(
            shown["message_snapshots"][0]["message"]["content"], "",
            "{shown}"
        );
    }
    inside.order(json!({"do": "application", "message_content": true}));
    let (_, listed) = inside.bot("GET", &path, Value::Null);
    assert_eq!(
        listed[0]["message_snapshots"][0]["message"]["content"],
        "read this"
    );
}
