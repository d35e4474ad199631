//! The archive and lock matrix, and the clock that archives quiet threads.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{World, at};

async fn metadata(world: &World, thread: u64) -> Value {
    let (_, shown) = world.bot().get(&at(thread, "")).await;
    shown["thread_metadata"].clone()
}

/// A public thread in #general: people without rights can see it.
async fn public_thread(world: &World) -> u64 {
    let general = world.support() - 1;
    let body = json!({"name": "Plans", "type": 11, "auto_archive_duration": 60});
    let made = world
        .person("Mira")
        .done(Method::POST, &at(general, "/threads"), body)
        .await;
    crate::support::id(&made)
}

#[tokio::test]
async fn one_patch_closes_and_one_reopens() {
    let world = World::start().await;
    let thread = world.bot().thread("#1").await;
    let bot = world.bot();
    bot.done(
        Method::PATCH,
        &at(thread, ""),
        json!({"archived": true, "locked": true}),
    )
    .await;
    let now = metadata(&world, thread).await;
    assert_eq!(
        (&now["archived"], &now["locked"]),
        (&json!(true), &json!(true))
    );
    bot.done(
        Method::PATCH,
        &at(thread, ""),
        json!({"archived": false, "locked": false}),
    )
    .await;
    let now = metadata(&world, thread).await;
    assert_eq!(
        (&now["archived"], &now["locked"]),
        (&json!(false), &json!(false))
    );
}

#[tokio::test]
async fn an_archived_thread_takes_no_change_but_a_message_wakes_it() {
    let world = World::start().await;
    let thread = public_thread(&world).await;
    let (mira, pat) = (world.person("Mira"), world.person("Pat"));
    let message = pat.say(thread, "hello").await;
    mira.done(Method::PATCH, &at(thread, ""), json!({"archived": true}))
        .await;
    let heart = at(
        thread,
        &format!("/messages/{message}/reactions/%E2%9D%A4/@me"),
    );
    assert_eq!(
        pat.refused(Method::PUT, &heart, Value::Null).await,
        (400, 50083)
    );
    let edit = at(thread, &format!("/messages/{message}"));
    assert_eq!(
        pat.refused(Method::PATCH, &edit, json!({"content": "x"}))
            .await,
        (400, 50083)
    );
    let join = at(thread, "/thread-members/@me");
    assert_eq!(
        world
            .person("Sam")
            .refused(Method::PUT, &join, Value::Null)
            .await,
        (400, 50083)
    );
    assert_eq!(
        mira.refused(Method::PATCH, &at(thread, ""), json!({"locked": true}))
            .await,
        (400, 50083)
    );
    pat.say(thread, "wake up").await;
    assert_eq!(metadata(&world, thread).await["archived"], false);
}

#[tokio::test]
async fn a_locked_thread_is_for_moderators() {
    let world = World::start().await;
    let thread = public_thread(&world).await;
    let (mira, pat) = (world.person("Mira"), world.person("Pat"));
    let message = pat.say(thread, "hello").await;
    mira.done(Method::PATCH, &at(thread, ""), json!({"locked": true}))
        .await;
    let text = json!({"content": "again"});
    assert_eq!(
        pat.refused(Method::POST, &at(thread, "/messages"), text.clone())
            .await
            .1,
        160_005
    );
    mira.say(thread, "only me").await;
    let own = at(thread, &format!("/messages/{message}"));
    pat.done(Method::DELETE, &own, Value::Null).await;

    mira.done(Method::PATCH, &at(thread, ""), json!({"archived": true}))
        .await;
    assert_eq!(
        pat.refused(Method::POST, &at(thread, "/messages"), text)
            .await,
        (400, 50083)
    );
    let open = json!({"archived": false});
    assert_eq!(
        pat.refused(Method::PATCH, &at(thread, ""), open.clone())
            .await,
        (403, 50013)
    );
    mira.done(Method::PATCH, &at(thread, ""), open).await;
    let now = metadata(&world, thread).await;
    assert_eq!(
        (&now["archived"], &now["locked"]),
        (&json!(false), &json!(true))
    );
}

#[tokio::test]
async fn a_quiet_thread_goes_to_the_archive_by_itself() {
    let world = World::start().await;
    let thread = public_thread(&world).await;
    world.stand_in.clock().advance(Duration::from_secs(59 * 60));
    assert_eq!(metadata(&world, thread).await["archived"], false);
    world.stand_in.clock().advance(Duration::from_secs(2 * 60));
    assert_eq!(metadata(&world, thread).await["archived"], true);
    let general = world.support() - 1;
    let (_, listed) = world
        .bot()
        .get(&at(general, "/threads/archived/public"))
        .await;
    assert_eq!(listed["threads"][0]["id"], thread.to_string());
    assert_eq!(listed["has_more"], false);
}

#[tokio::test]
async fn the_third_rename_within_ten_minutes_has_to_wait() {
    let world = World::start().await;
    let thread = world.bot().thread("one").await;
    let bot = world.bot();
    for name in ["two", "three"] {
        bot.done(Method::PATCH, &at(thread, ""), json!({"name": name}))
            .await;
    }
    let response = bot
        .raw(Method::PATCH, &at(thread, ""), json!({"name": "four"}))
        .await;
    assert_eq!(response.status(), 429);
    let wait: u64 = response.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((590..=600).contains(&wait), "{wait}");
    bot.done(Method::PATCH, &at(thread, ""), json!({"archived": true}))
        .await;
    world.stand_in.clock().advance(Duration::from_secs(601));
    bot.done(
        Method::PATCH,
        &at(thread, ""),
        json!({"archived": false, "name": "four"}),
    )
    .await;
}

#[tokio::test]
async fn a_message_carries_one_thread_and_lends_it_its_id() {
    let world = World::start().await;
    let general = world.support() - 1;
    let pat = world.person("Pat");
    let message = pat.say(general, "a topic").await;
    let path = at(general, &format!("/messages/{message}/threads"));
    let made = pat
        .done(Method::POST, &path, json!({"name": "Topic"}))
        .await;
    assert_eq!(made["id"], message.to_string());
    assert_eq!(
        pat.refused(Method::POST, &path, json!({"name": "Again"}))
            .await,
        (400, 160_004)
    );
    let (_, read) = pat.get(&at(message, "/messages")).await;
    assert_eq!(read[0]["type"], 21);
    assert_eq!(read[0]["referenced_message"]["content"], "a topic");
}
