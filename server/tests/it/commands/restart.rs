//! What was posted before the server stopped, used after it started anew on the same data: the panel,
//! the card, a menu and a form that somebody had before them; and what no version of ours posted.

use super::*;

/// What a button answers when it works, by the verb in its name.
fn works(verb: &str) -> &'static str {
    match verb {
        "new" => "What is it about?",
        "mine" => "Your tickets:",
        "assign" => "Ticket #1 is yours.",
        "release" => "Ticket #1 is nobody's now.",
        "priority" => "The priority of ticket #1 is",
        "close" => "Close ticket #1?",
        other => panic!("nobody says what the button {other} answers"),
    }
}

/// The names of a message's buttons.
fn buttons(message: &Value) -> Vec<String> {
    let rows = message["components"].as_array().unwrap().iter();
    let parts = rows.flat_map(|row| row["components"].as_array().unwrap());
    let names: Vec<_> = parts
        .map(|part| part["custom_id"].as_str().unwrap().to_owned())
        .collect();
    assert!(!names.is_empty(), "{message}");
    names
}

fn panel(world: &World) -> Value {
    let posted = world.messages(&json!({"id": channel(world, "general")}));
    with_buttons(posted)
}

fn card(world: &World, thread: &Value) -> Value {
    with_buttons(world.messages(thread))
}

fn with_buttons(posted: Vec<Value>) -> Value {
    let has_buttons = |m: &Value| !m["components"].as_array().unwrap().is_empty();
    posted.into_iter().rfind(has_buttons).unwrap()
}

/// Presses every button under a message, and holds each against what it says it does.
async fn each_works(world: &World, person: &Person, message: &Value) {
    for name in buttons(message) {
        let answered = press(world, person, message, &name, None).await;
        let said = match answered {
            Answered::Form(form) => form["title"].as_str().unwrap().to_owned(),
            other => other.words(),
        };
        let verb = name.split(':').nth(1).unwrap();
        assert!(said.contains(works(verb)), "{name}: {said}");
    }
}

async fn restarted(world: &mut World, door: Door) {
    world.stop_server().await;
    world.start_server().await;
    open(world, door).await;
}

async fn what_was_posted_before_a_restart_works_after_it(door: Door) {
    let mut world = World::start().await;
    open(&world, door).await;
    let (thread, _) = filed(&world).await;
    let (jonas, mira) = (named(&world, "Jonas"), named(&world, "Mira"));
    let (pat, sam) = (named(&world, "Pat"), named(&world, "Sam"));
    // A menu of categories, a menu of priorities and a form are open meanwhile.
    press(&world, &sam, &panel(&world), "v1:new", None)
        .await
        .words();
    let categories = whisper(&world, &sam);
    press(
        &world,
        &jonas,
        &card(&world, &thread),
        "v1:priority:1",
        None,
    )
    .await
    .words();
    let priorities = whisper(&world, &jonas);
    let closing = press(&world, &jonas, &card(&world, &thread), "v1:close:1", None).await;
    world.settled().await;

    restarted(&mut world, door).await;
    each_works(&world, &pat, &panel_for_pat(&world)).await;
    let asked = press(&world, &sam, &panel(&world), "v1:new", None)
        .await
        .words();
    assert!(asked.contains(works("new")), "{asked}");
    each_works(&world, &mira, &card(&world, &thread)).await;
    world.settled().await;
    let set = press(&world, &jonas, &priorities, "v1:setpriority:1", Some("low")).await;
    let said = set.words();
    assert!(said.contains("is low"), "{said}");
    let form = press(&world, &sam, &categories, "v1:category", Some("question")).await;
    let text = "I wrote this after a restart.";
    let filed = submit(&world, &sam, form, "text", text).await.words();
    assert!(filed.contains("Your ticket is #2"), "{filed}");
    // What the card shows by now was posted by the first server and edited by the second.
    until("the card offers to give it back", async || {
        let card = card(&world, &thread);
        buttons(&card)
            .iter()
            .find(|name| *name == "v1:release:1")
            .cloned()
    })
    .await;

    restarted(&mut world, door).await;
    let release = press(&world, &mira, &card(&world, &thread), "v1:release:1", None).await;
    let said = release.words();
    assert!(said.contains(works("release")), "{said}");
    // Opened two starts ago.
    let said = submit(&world, &jonas, closing, "reason", "Done.")
        .await
        .words();
    assert!(said.contains("Ticket #1 is closed."), "{said}");
    world.settled().await;
    let contents = world.contents(&thread).join("\n");
    assert!(contents.contains("Done."), "{contents}");
}

/// The panel without the button that Pat, who filed a ticket a moment ago, has to wait for.
fn panel_for_pat(world: &World) -> Value {
    let mut panel = panel(world);
    let row = &mut panel["components"][0]["components"];
    let row = row.as_array_mut().unwrap();
    row.retain(|button| button["custom_id"] != json!("v1:new"));
    panel
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_posted_before_a_restart_works_after_it_through_the_gateway() {
    what_was_posted_before_a_restart_works_after_it(Door::Gateway).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_posted_before_a_restart_works_after_it_over_http() {
    what_was_posted_before_a_restart_works_after_it(Door::Http).await;
}

/// Buttons and forms that this version does not know: of a later one, of none, of a ticket that is
/// not there. Each says so; what was typed comes back.
async fn what_is_unknown_says_so(door: Door) {
    let world = World::start().await;
    let (thread, _) = filed(&world).await;
    open(&world, door).await;
    let order = json!({"do": "switches", "set": {"trusts_controls": true}});
    world.discord.order(&order).unwrap();
    let jonas = named(&world, "Jonas");
    let card = card(&world, &thread);
    let before = world.messages(&thread);
    for (name, says) in [
        ("v2:assign:1", "another version"),
        ("v10:assign:1", "another version"),
        ("v1:dance:1", "another version"),
        ("assign:1", "another version"),
        ("v1:assign:1:now", "another version"),
        ("v1:assign:999999", "no such ticket"),
        ("v1:close:999999", "no such ticket"),
        ("v1:setup:dance", "another version"),
    ] {
        let said = press(&world, &jonas, &card, name, None).await.words();
        assert!(said.contains(says), "{name}: {said}");
    }
    for (name, says) in [
        ("v2:closing:1", "another version"),
        ("v1:waltz:1", "another version"),
        ("v1:closing:999999", "no such ticket"),
    ] {
        let form = json!({"custom_id": name, "channel_id": thread["id"]});
        let typed = "Written with care.";
        let said = submit(&world, &jonas, Answered::Form(form), "reason", typed)
            .await
            .words();
        assert!(
            said.contains(says) && said.contains(typed),
            "{name}: {said}"
        );
    }
    world.settled().await;
    assert_eq!(world.messages(&thread), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_unknown_says_so_through_the_gateway() {
    what_is_unknown_says_so(Door::Gateway).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_unknown_says_so_over_http() {
    what_is_unknown_says_so(Door::Http).await;
}
