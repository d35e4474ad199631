//! One side is down, the other goes on, and afterwards all is there, once, in order.

use crate::visitor::Visitor;
use crate::world::*;
use reqwest::Method;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn what_staff_write_while_the_server_is_down_arrives_edited_in_order_once() {
    let mut world = World::start().await;
    let jane = Visitor::new(&world);
    let ticket = jane.file("Late parcel", "Where is it?").await;
    let thread = world.thread_with(1, 2).await;
    world.settled().await;
    let mira = world.person(true);
    world.stop_server().await;
    let first = world.write(&mira, &thread, "first").await;
    world.write(&mira, &thread, "second").await;
    let path = format!(
        "/channels/{}/messages/{}",
        thread["id"].as_str().unwrap(),
        first["id"].as_str().unwrap()
    );
    let edit = json!({ "content": "first, corrected" });
    let (status, answer) = world.act(&mira, Method::PATCH, &path, edit).await;
    assert_eq!(status, 200, "{answer}");

    world.start_server().await;
    let page = until("both are there", async || {
        let page = jane.get(&ticket).await.text;
        (page.contains("first, corrected") && page.contains("second")).then_some(page)
    })
    .await;
    assert_eq!(page.matches("first, corrected").count(), 1);
    assert!(page.find("first, corrected") < page.find("second"));
    // Live again, and behind what was missed.
    world.write(&mira, &thread, "third").await;
    let page = until("the third is there", async || {
        let page = jane.get(&ticket).await.text;
        page.contains("third").then_some(page)
    })
    .await;
    assert!(page.find("second") < page.find("third"));
    world.settled().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_customer_writes_while_discord_is_down_waits_and_arrives_once() {
    let world = World::start().await;
    let jane = Visitor::new(&world);
    let ticket = jane.file("Late parcel", "Where is it?").await;
    let thread = world.thread_with(1, 2).await;
    world.settled().await;
    world.discord.pause_listening().await;
    jane.reply(&ticket, "Hello, anyone?").await;
    let page = jane.get(&ticket).await.text;
    assert!(page.contains("data-delivery=\"queued\""), "{page}");
    world.discord.resume_listening().await.unwrap();
    until("it arrives and the mark changes", async || {
        let page = jane.get(&ticket).await.text;
        (!page.contains("data-delivery=\"queued\"")).then_some(())
    })
    .await;
    world.connected().await;
    let contents = world.contents(&thread);
    let there = contents.iter().filter(|c| c.ends_with("Hello, anyone?"));
    assert_eq!(there.count(), 1);
}
