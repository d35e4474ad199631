//! What people do when all goes well.

use crate::visitor::Visitor;
use crate::world::*;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_becomes_a_private_thread_with_card_message_and_one_ping() {
    let world = World::start().await;
    let jane = Visitor::new(&world);
    let hostile = "Help @everyone @here <@&{role}> <@{user}> **now**";
    let hostile = hostile
        .replace(
            "{role}",
            &world.discord.settings().staff_role_id.to_string(),
        )
        .replace("{user}", &world.person(true).id.to_string());
    let ticket = jane.file("Late @everyone parcel", &hostile).await;
    assert!(ticket.starts_with("/t/"), "{ticket}");
    let page = jane.get(&ticket).await;
    assert!(page.text.contains("#1"));

    let thread = world.thread_with(1, 2).await;
    world.settled().await;
    assert_eq!(thread["type"], 12, "a private thread");
    assert_eq!(thread["name"], "#1 Late @everyone parcel");
    assert_eq!(
        id(&thread["parent_id"]),
        world.discord.settings().support_channel_id
    );
    let messages = world.messages(&thread);
    let card = &messages[0]["embeds"][0];
    let text = card.to_string();
    for part in ["jane@example.com", "A question", "Medium", "Open"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(text.contains(&format!("{}/staff/tickets/1", world.base)));
    let labels = messages[0]["components"].to_string();
    for label in ["Assign", "Priority", "Close"] {
        assert!(labels.contains(label), "{label} in {labels}");
    }
    assert!(messages[1]["content"].as_str().unwrap().contains(&hostile));

    let pings: Vec<Value> = world.discord.world()["notifications"]
        .as_array()
        .unwrap()
        .clone();
    assert_eq!(pings.len(), 1, "{pings:?}");
    assert_eq!(pings[0]["message_id"], messages[0]["id"]);
    assert_eq!(
        id(&pings[0]["roles"][0]),
        world.discord.settings().staff_role_id
    );
    assert_eq!(pings[0]["everyone"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_conversation_on_both_sides() {
    let world = World::start().await;
    let jane = Visitor::new(&world);
    let ticket = jane.file("Late parcel", "Where is it?").await;
    let thread = world.thread_with(1, 2).await;
    let mira = world.person(true);

    let said = world.write(&mira, &thread, "On its <b>way</b>.").await;
    until("the customer reads it", async || {
        let page = jane.get(&ticket).await;
        page.text
            .contains("On its &lt;b&gt;way&lt;/b&gt;.")
            .then_some(())
    })
    .await;
    until("it carries the sign", async || {
        let messages = world.messages(&thread);
        let said = messages.iter().find(|m| m["id"] == said["id"])?;
        said["reactions"].to_string().contains('✅').then_some(())
    })
    .await;

    jane.reply(&ticket, "Thank you.").await;
    let answer = until("the answer is in the thread", async || {
        let contents = world.contents(&thread);
        contents.into_iter().find(|c| c.ends_with("Thank you."))
    })
    .await;
    assert!(answer.contains("jane@example.com"), "{answer}");

    let desk = Visitor::new(&world);
    let landed = desk.sign_in(&world, &mira).await;
    assert_eq!(landed.status, 303);
    assert_eq!(landed.location(), "/staff");
    let list = desk.get("/staff").await;
    assert_eq!(list.status, 200);
    assert!(list.text.contains("Late parcel"));
    let page = desk.get("/staff/tickets/1").await;
    assert!(page.text.contains("Thank you."));

    let sent = desk
        .call(
            "reply",
            &[
                ("number", "1"),
                ("kind", "reply"),
                ("body", "You are welcome."),
                ("request_key", "a-key-of-a-form-1234567890"),
            ],
        )
        .await;
    assert_eq!(sent.status, 200, "{}", sent.text);
    assert!(jane.get(&ticket).await.text.contains("You are welcome."));
    until("it is in the thread", async || {
        let contents = world.contents(&thread);
        contents
            .iter()
            .any(|c| c.ends_with("You are welcome."))
            .then_some(())
    })
    .await;

    desk.call(
        "reply",
        &[
            ("number", "1"),
            ("kind", "note"),
            ("body", "A tricky one."),
            ("request_key", "a-key-of-a-note-1234567890"),
        ],
    )
    .await;
    assert!(
        desk.get("/staff/tickets/1")
            .await
            .text
            .contains("A tricky one.")
    );
    assert!(!jane.get(&ticket).await.text.contains("A tricky one."));
    world.settled().await;
}

fn card_text(world: &World, thread: &Value) -> String {
    world.messages(thread)[0]["embeds"].to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn buttons_and_dashboard_change_one_state() {
    let world = World::start().await;
    let jane = Visitor::new(&world);
    let ticket = jane.file("Late parcel", "Where is it?").await;
    let thread = world.thread_with(1, 2).await;
    let (mira, pat) = (world.person(true), world.person(false));
    let desk = Visitor::new(&world);
    desk.sign_in(&world, &mira).await;
    let seen = async || {
        let answer = desk.call("conversation", &[("number", "1")]).await;
        serde_json::from_str::<Value>(&answer.text).unwrap()["ticket"].clone()
    };

    world.press(&mira, &thread, "assign").await;
    until("the dashboard shows who took it", async || {
        (seen().await["assignee"]["name"] == json!(mira.name)).then_some(())
    })
    .await;
    // The button offers the priorities, and changes nothing by itself.
    world.press(&mira, &thread, "priority").await;
    world.choose(&mira, "setpriority", "high").await;
    until("the dashboard shows the priority", async || {
        (seen().await["priority"] == "high").then_some(())
    })
    .await;
    until("the card shows both", async || {
        let card = card_text(&world, &thread);
        (card.contains(&mira.name) && card.contains("High")).then_some(())
    })
    .await;
    let changed = desk
        .call("set_priority", &[("number", "1"), ("priority", "urgent")])
        .await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    until("the card follows the dashboard", async || {
        card_text(&world, &thread).contains("Urgent").then_some(())
    })
    .await;

    // Without the role a button does nothing but say so. To press it, one must see the thread.
    let add = format!(
        "/channels/{}/thread-members/{}",
        thread["id"].as_str().unwrap(),
        pat.id
    );
    world
        .act(&mira, reqwest::Method::PUT, &add, Value::Null)
        .await;
    let grants = !world.whispers(&pat).is_empty();
    assert!(!grants);

    world.settled().await;
    let patches = || {
        let world = world.discord.world();
        let log = world["requests"].as_array().unwrap().clone();
        let path = format!("/channels/{}", thread["id"].as_str().unwrap());
        log.iter()
            .filter(|r| r["method"] == "PATCH" && r["path"].as_str().unwrap().ends_with(&path))
            .count()
    };
    world.press(&mira, &thread, "close").await;
    world.submit(&mira, "reason", "").await;
    let shape = || {
        let threads = world.threads();
        threads[0]["thread_metadata"].clone()
    };
    until("the thread is archived and locked", async || {
        let shape = shape();
        (shape["archived"] == true && shape["locked"] == true).then_some(())
    })
    .await;
    assert_eq!(patches(), 1, "archived and locked in one request");
    assert!(jane.get(&ticket).await.text.contains("closed"));
    assert_eq!(seen().await["status"], "closed");

    let reopened = desk.call("reopen", &[("number", "1")]).await;
    assert_eq!(reopened.status, 200);
    until("the thread is back", async || {
        let shape = shape();
        (shape["archived"] == false && shape["locked"] == false).then_some(())
    })
    .await;
    let closed = jane.post(&format!("{ticket}/close"), &[]).await;
    assert_eq!(closed.status, 303);
    until("closed from the customer's side as well", async || {
        (shape()["archived"] == true).then_some(())
    })
    .await;
    jane.reply(&ticket, "One more thing").await;
    until("a reply reopens", async || {
        let contents = world.contents(&thread);
        let there = contents.iter().any(|c| c.ends_with("One more thing"));
        (there && shape()["archived"] == false).then_some(())
    })
    .await;
    world.settled().await;
    assert!(world.whispers(&mira).iter().any(|w| w.contains("yours")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_browser_finds_its_tickets_again() {
    let world = World::start().await;
    let jane = Visitor::new(&world);
    let first = jane.file("Late parcel", "Where is it?").await;
    let second = jane.file("Wrong colour", "It is green.").await;
    let mine = jane.get("/my").await;
    assert!(mine.text.contains(&first) && mine.text.contains(&second));
    let stranger = Visitor::new(&world);
    let theirs = stranger.get("/my").await;
    assert_eq!(theirs.status, 200);
    assert!(!theirs.text.contains("Late parcel"));
    // The link alone is enough, and the browser remembers it from then on.
    assert_eq!(stranger.get(&first).await.status, 200);
    assert!(stranger.get("/my").await.text.contains("Late parcel"));
    world.settled().await;
}
