//! Sending, paging, limits, nonces, mentions, files.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{World, at, id};

fn ids(list: &Value) -> Vec<u64> {
    list.as_array().unwrap().iter().map(id).collect()
}

#[tokio::test]
async fn pages_are_newest_first_whichever_way_one_asks() {
    let world = World::start().await;
    world
        .control(Method::PUT, "limits", json!({"enabled": false}))
        .await;
    let thread = world.bot().thread("#1").await;
    let jonas = world.person("Jonas");
    let mut said = Vec::new();
    for number in 0..6 {
        said.push(jonas.say(thread, &format!("message {number}")).await);
    }
    let page = |query: String| {
        let path = at(thread, &format!("/messages?{query}"));
        let jonas = &jonas;
        async move { ids(&jonas.get(&path).await.1) }
    };
    assert_eq!(page("limit=2".into()).await, [said[5], said[4]]);
    assert_eq!(
        page(format!("before={}&limit=2", said[4])).await,
        [said[3], said[2]]
    );
    assert_eq!(
        page(format!("after={}&limit=2", said[1])).await,
        [said[3], said[2]]
    );
    assert_eq!(
        page(format!("around={}&limit=3", said[2])).await,
        [said[3], said[2], said[1]]
    );
    assert_eq!(
        page(format!("?&limit=1&after={}", said[4])).await,
        [said[5]]
    );
    let both = at(
        thread,
        &format!("/messages?before={}&after={}", said[4], said[1]),
    );
    assert_eq!(
        jonas.refused(Method::GET, &both, Value::Null).await,
        (400, 50035)
    );
    let far = at(thread, "/messages?limit=101");
    assert_eq!(
        jonas.refused(Method::GET, &far, Value::Null).await,
        (400, 50035)
    );
}

#[tokio::test]
async fn an_enforced_nonce_gives_the_earlier_message_for_two_minutes() {
    let world = World::start().await;
    let thread = world.bot().thread("#1").await;
    let bot = world.bot();
    let send = || async {
        let body = json!({"content": "once", "nonce": "row-17", "enforce_nonce": true});
        bot.call(Method::POST, &at(thread, "/messages"), body).await
    };
    let (_, first) = send().await;
    let (status, second) = send().await;
    assert_eq!((status, &second["id"]), (200, &first["id"]));
    assert_eq!(second["nonce"], "row-17");
    world.stand_in.clock().advance(Duration::from_secs(121));
    let (_, third) = send().await;
    assert_ne!(third["id"], first["id"]);
    let path = at(thread, &format!("/messages/{}", id(&third)));
    bot.done(Method::DELETE, &path, Value::Null).await;
    let (status, gone) = send().await;
    assert_eq!((status, &gone["code"]), (404, &json!(10008)));
}

#[tokio::test]
async fn forms_are_refused_field_by_field() {
    let world = World::start().await;
    let thread = world.bot().thread("#1").await;
    let bot = world.bot();
    let path = at(thread, "/messages");
    assert_eq!(
        bot.refused(Method::POST, &path, json!({"content": "  "}))
            .await,
        (400, 50006)
    );
    let (_, long) = bot
        .call(Method::POST, &path, json!({"content": "x".repeat(2001)}))
        .await;
    assert_eq!(
        long["errors"]["content"]["_errors"][0]["code"],
        "BASE_TYPE_MAX_LENGTH"
    );
    let field = json!({"name": "n", "value": "v".repeat(1025)});
    let (_, embed) = bot
        .call(
            Method::POST,
            &path,
            json!({"embeds": [{"fields": [field]}]}),
        )
        .await;
    let complaint = &embed["errors"]["embeds"]["0"]["fields"]["0"]["value"]["_errors"][0];
    assert_eq!(complaint["code"], "BASE_TYPE_MAX_LENGTH");
    let big =
        json!({"embeds": [{"description": "d".repeat(4000)}, {"description": "d".repeat(2001)}]});
    assert_eq!(bot.refused(Method::POST, &path, big).await, (400, 50035));
    let button = json!({"type": 2, "style": 1, "label": "x", "custom_id": "same"});
    let twice =
        json!({"content": "x", "components": [{"type": 1, "components": [button, button]}]});
    let (_, twice) = bot.call(Method::POST, &path, twice).await;
    let complaint =
        &twice["errors"]["components"]["0"]["components"]["1"]["custom_id"]["_errors"][0];
    assert_eq!(complaint["code"], "COMPONENT_CUSTOM_ID_DUPLICATED");
    let name = json!({"name": "n".repeat(101)});
    let threads = at(world.support(), "/threads");
    assert_eq!(
        bot.refused(Method::POST, &threads, name).await,
        (400, 50035)
    );
    let url = format!("{}/api/v10{path}", world.stand_in.base_url());
    let token = format!("Bot {}", world.stand_in.settings().bot_token);
    let cut = world.client().post(url).header("authorization", token);
    let cut = cut
        .header("content-type", "application/json")
        .body("{\"content\":");
    let broken: Value = cut.send().await.unwrap().json().await.unwrap();
    assert_eq!(broken["code"], 50109);
}

#[tokio::test]
async fn mentions_fire_only_where_sender_and_rights_let_them() {
    let world = World::start().await;
    let settings = world.stand_in.settings();
    let thread = world.bot().thread("#1").await;
    let (bot, jonas, aiko) = (world.bot(), world.person("Jonas"), world.person("Aiko"));
    let text = format!(
        "@everyone <@&{}> {}",
        settings.staff_role_id,
        aiko.mention()
    );
    let silent = json!({"content": text, "allowed_mentions": {"parse": []}});
    let shown = bot
        .done(Method::POST, &at(thread, "/messages"), silent)
        .await;
    assert_eq!(shown["mentions"], json!([]));
    assert_eq!(shown["mention_roles"], json!([]));
    assert_eq!(shown["mention_everyone"], false);
    assert_eq!(world.stand_in.world()["notifications"], json!([]));

    // Staff may mention people, but neither all nor a role that is not mentionable.
    jonas.say(thread, &text).await;
    let heard = world.stand_in.world()["notifications"].clone();
    assert_eq!(heard.as_array().unwrap().len(), 1);
    assert_eq!(heard[0]["user_ids"], json!([aiko.id.to_string()]));
    assert_eq!(
        (&heard[0]["roles"], &heard[0]["everyone"]),
        (&json!([]), &json!(false))
    );

    let role = settings.staff_role_id.to_string();
    let one = json!({"content": format!("<@&{role}> `<@{}>`", aiko.id), "allowed_mentions": {"roles": [role]}});
    bot.done(Method::POST, &at(thread, "/messages"), one).await;
    let heard = world.stand_in.world()["notifications"].clone();
    assert_eq!(heard[1]["roles"], json!([role]));
    assert_eq!(heard[1]["user_ids"], json!([]));
    // The mentioned role's members are in the thread now.
    let (_, members) = bot.get(&at(thread, "/thread-members")).await;
    assert_eq!(members.as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn the_sixth_message_in_five_seconds_waits() {
    let world = World::start().await;
    let thread = world.bot().thread("#1").await;
    let bot = world.bot();
    for number in 0..5 {
        bot.say(thread, &number.to_string()).await;
    }
    let response = bot
        .raw(
            Method::POST,
            &at(thread, "/messages"),
            json!({"content": "6"}),
        )
        .await;
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()["x-ratelimit-remaining"], "0");
    assert_eq!(response.headers()["x-ratelimit-scope"], "user");
    let body: Value = response.json().await.unwrap();
    assert!(body["retry_after"].as_f64().unwrap() > 0.0);
    world.stand_in.clock().advance(Duration::from_secs(5));
    bot.say(thread, "6").await;
}

#[tokio::test]
async fn files_have_signed_links_that_expire_and_can_be_renewed() {
    let world = World::start().await;
    let thread = world.bot().thread("#1").await;
    let url = format!(
        "{}/api/v10/channels/{thread}/messages",
        world.stand_in.base_url()
    );
    let part = reqwest::multipart::Part::bytes(b"logbook".to_vec()).file_name("log book.txt");
    let form = reqwest::multipart::Form::new()
        .text(
            "payload_json",
            json!({"attachments": [{"id": 0, "description": "the log"}]}).to_string(),
        )
        .part("files[0]", part);
    let sent = world
        .client()
        .post(url)
        .header("authorization", "jonas.person.token")
        .multipart(form);
    let message: Value = sent.send().await.unwrap().json().await.unwrap();
    let file = &message["attachments"][0];
    assert_eq!(
        (&file["filename"], &file["size"]),
        (&json!("log_book.txt"), &json!(7))
    );
    assert_eq!(file["description"], "the log");
    let link = file["url"].as_str().unwrap().to_owned();
    assert!(link.starts_with("https://cdn.discordapp.com/attachments/") && link.ends_with('&'));
    let local = |link: &str| link.replace("https://cdn.discordapp.com", &world.stand_in.base_url());
    let client = world.client();
    let read = |link: String| async move { client.get(link).send().await.unwrap() };
    let got = read(local(&link)).await;
    assert_eq!(
        (got.status().as_u16(), got.text().await.unwrap().as_str()),
        (200, "logbook")
    );
    assert_eq!(
        read(local(link.split('?').next().unwrap())).await.status(),
        404
    );
    world
        .stand_in
        .clock()
        .advance(Duration::from_secs(24 * 3600 + 1));
    let gone = read(local(&link)).await;
    assert_eq!(gone.status(), 404);
    assert_eq!(
        gone.text().await.unwrap(),
        "This content is no longer available."
    );
    let renewed = world
        .bot()
        .done(
            Method::POST,
            "/attachments/refresh-urls",
            json!({"attachment_urls": [link]}),
        )
        .await;
    let fresh = renewed["refreshed_urls"][0]["refreshed"].as_str().unwrap();
    assert_eq!(read(local(fresh)).await.status(), 200);
}

#[tokio::test]
async fn deletions_are_alone_or_in_bulk_and_notices_stay() {
    let world = World::start().await;
    let thread = world.bot().thread("#1").await;
    let (jonas, bot) = (world.person("Jonas"), world.bot());
    let first = jonas.say(thread, "1").await;
    let second = jonas.say(thread, "2").await;
    bot.done(Method::PATCH, &at(thread, ""), json!({"name": "#1 Sails"}))
        .await;
    let (_, listed) = bot.get(&at(thread, "/messages")).await;
    assert_eq!(
        (&listed[0]["type"], &listed[0]["content"]),
        (&json!(4), &json!("#1 Sails"))
    );
    let notice = at(thread, &format!("/messages/{}", id(&listed[0])));
    assert_eq!(
        bot.refused(Method::DELETE, &notice, Value::Null).await,
        (403, 50021)
    );
    let both = json!({"messages": [first.to_string(), second.to_string()]});
    bot.done(Method::POST, &at(thread, "/messages/bulk-delete"), both)
        .await;
    assert_eq!(
        bot.get(&at(thread, "/messages"))
            .await
            .1
            .as_array()
            .unwrap()
            .len(),
        1
    );
}
