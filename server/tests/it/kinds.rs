//! The three kinds of thread, over the wire: one conversation each, made once whatever is lost, and
//! room made for new ones.

use crate::visitor::Visitor;
use crate::world::*;
use discord_stand_in::Fault;
use reqwest::Method;
use serde_json::{Value, json};

const TAGS: [&str; 4] = ["open", "closed", "medium", "bug"];
const MAKE: &str = "POST /channels/{id}/threads";
const HANG: &str = "POST /channels/{id}/messages/{id}/threads";
const POST: &str = "POST /channels/{id}/messages";

/// The ticket's card, wherever it is, and how many there are.
fn cards(world: &World) -> Vec<Value> {
    let all = world.discord.world();
    let messages = all["messages"].as_object().unwrap().values();
    let messages = messages.flat_map(|list| list.as_array().unwrap().clone());
    messages
        .filter(|m| m["components"].as_array().is_some_and(|c| !c.is_empty()))
        .collect()
}

fn pings(world: &World) -> usize {
    let all = world.discord.world();
    let all = all["notifications"].as_array().unwrap();
    let roles = |n: &&Value| !n["roles"].as_array().unwrap().is_empty();
    all.iter().filter(roles).count()
}

/// What people and the bot said in a thread, the card left out.
fn said(world: &World, thread: &Value) -> Vec<String> {
    let messages = world.messages(thread).into_iter();
    messages
        .filter(|m| m["type"] == 0 && m["components"].as_array().is_none_or(Vec::is_empty))
        .map(|m| m["content"].as_str().unwrap().to_owned())
        .collect()
}

async fn thread(world: &World, number: i64, count: usize) -> Value {
    let mark = format!("#{number} ");
    until(&format!("{mark}says {count} things"), async || {
        let mut threads = world.threads().into_iter();
        let thread = threads.find(|t| t["name"].as_str().unwrap().starts_with(&mark))?;
        (said(world, &thread).len() >= count).then_some(thread)
    })
    .await
}

async fn is_so(world: &World, thread: &Value, what: &str, so: impl Fn(&Value) -> bool) {
    let id = &thread["id"];
    until(what, async || {
        let threads = world.threads();
        let thread = threads.iter().find(|t| t["id"] == *id).unwrap();
        so(thread).then_some(())
    })
    .await;
}

fn tags(world: &World, thread: &Value) -> Vec<String> {
    let all = world.discord.world();
    let channels = all["guilds"][0]["channels"].as_array().unwrap();
    let forum = channels.iter().find(|c| c["id"] == thread["parent_id"]);
    let known = forum.unwrap()["available_tags"].as_array().unwrap();
    let applied = thread["applied_tags"].as_array().unwrap().iter();
    applied
        .map(|id| known.iter().find(|tag| tag["id"] == *id).unwrap())
        .map(|tag| tag["name"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_thread_and_a_forums_post_carry_one_conversation_and_one_ping() {
    for (kind, number_of) in [("public", 11), ("forum", 11)] {
        let world = World::start_kind(kind, &TAGS).await;
        let jane = Visitor::new(&world);
        let ticket = jane.file("Late parcel", "Where is it?").await;
        let thread = thread(&world, 1, 1).await;
        world.settled().await;
        assert_eq!(thread["type"], number_of, "{kind}");
        assert_eq!(pings(&world), 1, "{kind}");
        let card = &cards(&world)[0];
        assert_eq!(card["id"], thread["id"], "{kind}: the card is the starter");
        let place = if kind == "public" { "parent_id" } else { "id" };
        assert_eq!(card["channel_id"], thread[place], "{kind}");

        let mira = world.person(true);
        world.write(&mira, &thread, "On its way.").await;
        until("it reaches the customer", async || {
            let page = jane.get(&ticket).await.text;
            page.contains("On its way.").then_some(())
        })
        .await;

        let desk = Visitor::new(&world);
        desk.sign_in(&world, &mira).await;
        let close = desk.call("close", &[("number", "1")]).await;
        assert_eq!(close.status, 200, "{}", close.text);
        let shape = |closed: bool| {
            move |t: &Value| {
                let metadata = &t["thread_metadata"];
                metadata["archived"] == closed && metadata["locked"] == closed
            }
        };
        is_so(&world, &thread, "it is closed", shape(true)).await;
        world.settled().await;
        if kind == "forum" {
            let now = world.threads().remove(0);
            assert_eq!(tags(&world, &now), ["closed", "medium"]);
        }
        jane.reply(&ticket, "It is not here.").await;
        is_so(&world, &thread, "it is open again", shape(false)).await;
        world.settled().await;
        if kind == "forum" {
            let now = world.threads().remove(0);
            assert_eq!(tags(&world, &now), ["open", "medium"]);
        }
        let said = said(&world, &thread);
        assert_eq!(said.len(), 4, "{kind}: {said:?}");
        assert!(said[2].starts_with("-# Mira Okafor closed the ticket."));
        assert!(said[3].ends_with("It is not here."));
        assert_eq!((cards(&world).len(), pings(&world)), (1, 1), "{kind}");
        let embed = cards(&world)[0]["embeds"].to_string();
        assert!(embed.contains("Open"), "{kind}: {embed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_happens_to_an_answer_no_kind_is_made_twice() {
    let fault = |route: &str, action: &str| Fault {
        route: Some(route.into()),
        action: action.into(),
        ..Fault::default()
    };
    for (kind, routes) in [("public", &[POST, HANG][..]), ("forum", &[MAKE][..])] {
        let world = World::start_kind(kind, &TAGS).await;
        let jane = Visitor::new(&world);
        let mut number = 0;
        for route in routes {
            let faults = [
                fault(route, "drop_before"),
                fault(route, "drop_after"),
                Fault {
                    status: Some(500),
                    after: true,
                    ..fault(route, "status")
                },
                Fault {
                    retry_after: Some(1.0),
                    ..fault(route, "rate_limited")
                },
            ];
            for fault in faults {
                number += 1;
                let what = format!("{kind} {fault:?}");
                world.discord.set_faults(vec![fault]);
                jane.file(&format!("Ticket {number}"), "Where is it?").await;
                let thread = thread(&world, number, 1).await;
                world.settled().await;
                assert_eq!(world.threads().len(), number as usize, "{what}");
                assert_eq!(cards(&world).len(), number as usize, "{what}");
                assert_eq!(pings(&world), number as usize, "{what}");
                assert_eq!(said(&world, &thread).len(), 1, "{what}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_guild_makes_room_by_archiving_the_quietest() {
    let world = World::start().await;
    let jane = Visitor::new(&world);
    let mut tickets = Vec::new();
    for number in 1..=3 {
        tickets.push(jane.file(&format!("Ticket {number}"), "Hello?").await);
        thread(&world, number, 1).await;
        world.settled().await;
    }
    let full = json!({"do": "switches", "set": {"active_threads": 3}});
    world.discord.order(&full).unwrap();
    jane.file("Ticket 4", "Hello?").await;
    thread(&world, 4, 1).await;
    world.settled().await;
    let archived = |world: &World| -> Vec<bool> {
        let threads = world.threads();
        let threads = threads.iter();
        threads
            .map(|t| t["thread_metadata"]["archived"] == true)
            .collect()
    };
    assert!(archived(&world)[0], "the quietest made room");
    assert!(!archived(&world)[3]);
    let desk = Visitor::new(&world);
    desk.sign_in(&world, &world.person(true)).await;
    let told = desk.call("conversation", &[("number", "1")]).await;
    assert!(told.text.contains("make room"), "{}", told.text);
    assert!(told.text.contains("\"status\":\"open\""));
    jane.reply(&tickets[0], "Still here.").await;
    thread(&world, 1, 2).await;
    world.settled().await;
    assert!(!archived(&world)[0]);
    assert_eq!(world.health().await["outbox"]["parked"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_automod_stops_is_told_and_a_name_becomes_a_neutral_one() {
    let world = World::start().await;
    let filter = json!({"do": "switches", "set": {
        "blocked_names": ["parcel"], "blocked_words": ["swearing"],
    }});
    world.discord.order(&filter).unwrap();
    let jane = Visitor::new(&world);
    let ticket = jane.file("Late parcel", "Where is it?").await;
    let thread = thread(&world, 1, 1).await;
    world.settled().await;
    assert_eq!(thread["name"], "#1 ticket");
    jane.reply(&ticket, "This is swearing.").await;
    jane.reply(&ticket, "This is not.").await;
    until("the second arrives", async || {
        let said = said(&world, &thread);
        (said.len() == 2 && said[1].ends_with("This is not.")).then_some(())
    })
    .await;
    let desk = Visitor::new(&world);
    desk.sign_in(&world, &world.person(true)).await;
    let told = desk.call("conversation", &[("number", "1")]).await.text;
    for words in ["“#1 ticket”", "Late parcel", "AutoMod blocks this text"] {
        assert!(told.contains(words), "{words} in {told}");
    }
    let page = jane.get(&ticket).await.text;
    assert!(page.contains("This is swearing.") && !page.contains("AutoMod"));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_command_replies_what_staff_write_stays_among_them() {
    let settings = [("NOTES_IN_DISCORD", "reply-command")];
    let world = World::start_set(discord_stand_in::Options::default(), &settings).await;
    let jane = Visitor::new(&world);
    let ticket = jane.file("Late parcel", "Where is it?").await;
    let thread = thread(&world, 1, 1).await;
    world.settled().await;
    let mira = world.person(true);
    let written = world.write(&mira, &thread, "He sounds upset.").await;
    until("it is signed as a note", async || {
        let messages = world.messages(&thread);
        let found = messages.iter().find(|m| m["id"] == written["id"])?;
        found["reactions"].to_string().contains('📝').then_some(())
    })
    .await;
    assert!(!jane.get(&ticket).await.text.contains("upset"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_does_not_fit_is_told_and_mended() {
    // A text channel where a forum is wanted: the same request would make a bare private thread.
    let mut world = World::start_set(
        discord_stand_in::Options::default(),
        &[("THREAD_KIND", "forum")],
    )
    .await;
    let jane = Visitor::new(&world);
    jane.file("Late parcel", "Where is it?").await;
    let desk = Visitor::new(&world);
    desk.sign_in(&world, &world.person(true)).await;
    until("staff are told", async || {
        let told = desk.call("conversation", &[("number", "1")]).await.text;
        told.contains("is no forum").then_some(())
    })
    .await;
    assert!(world.threads().is_empty());
    world.stop_server().await;
    world.set("THREAD_KIND", "public");
    world.start_server().await;
    let made = desk.call("new_thread", &[("number", "1")]).await;
    assert_eq!(made.status, 200, "{}", made.text);
    thread(&world, 1, 1).await;
    world.settled().await;
    assert_eq!(pings(&world), 1);
    let (status, _) = world
        .act(
            &world.person(true),
            Method::GET,
            &format!("/channels/{}", world.threads()[0]["id"].as_str().unwrap()),
            Value::Null,
        )
        .await;
    assert_eq!(status, 200);
}
