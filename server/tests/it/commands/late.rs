//! What comes late: a form that lay open for a quarter of an hour, or whose category is gone by then;
//! an answer that has to wait for the database and is announced first.

use super::*;
use crate::rows::Rows;

const TEXT: &str = "It took me long to write this.";

/// Sam has the form of this category before them.
async fn opened(world: &World, category: &str) -> Answered {
    let general = channel(world, "general");
    let category = [(3, "category", json!(category))];
    let form = command(world, &named(world, "Sam"), &general, "new", &category).await;
    assert!(matches!(form, Answered::Form(_)), "{form:?}");
    form
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_lay_open_for_longer_than_its_interaction_lives_is_taken() {
    let world = World::start().await;
    filed(&world).await;
    let form = opened(&world, "question").await;
    // By then the token of the interaction that asked for the form is dead; the form has its own.
    let order = json!({"do": "advance", "ms": 16 * 60 * 1_000});
    world.discord.order(&order).unwrap();
    let said = submit(&world, &named(&world, "Sam"), form, "text", TEXT)
        .await
        .words();
    assert!(said.contains("Your ticket is #2"), "{said}");
    let thread = world.thread_with(2, 2).await;
    world.settled().await;
    assert!(world.contents(&thread).join("\n").contains(TEXT));
}

async fn what_is_gone_by_then_is_said_and_nothing_is_lost(door: Door) {
    let world = World::start().await;
    filed(&world).await;
    open(&world, door).await;
    let (mira, sam) = (named(&world, "Mira"), named(&world, "Sam"));
    let general = channel(&world, "general");
    let form = opened(&world, "billing").await;
    let billing = [(3, "category", json!("billing"))];
    let gone = command(&world, &mira, &general, "category remove", &billing).await;
    let gone = gone.words();
    assert!(gone.contains("Nothing new is filed"), "{gone}");
    let said = submit(&world, &sam, form, "text", TEXT).await.words();
    assert!(said.contains("Choose what your ticket is about"), "{said}");
    assert!(said.contains(TEXT), "what was typed comes back: {said}");
    // The database fails in the middle of it: no words of its own, and nothing is lost either.
    let form = opened(&world, "question").await;
    let rows = Rows::of(&world).await;
    rows.rename("blocked_user", "away").await;
    let said = submit(&world, &sam, form, "text", TEXT).await.words();
    rows.rename("away", "blocked_user").await;
    assert!(said.contains("on our side"), "{said}");
    assert!(said.contains(TEXT), "what was typed comes back: {said}");
    world.settled().await;
    assert_eq!(world.threads().len(), 1, "nothing was filed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_gone_by_then_is_said_and_nothing_is_lost_through_the_gateway() {
    what_is_gone_by_then_is_said_and_nothing_is_lost(Door::Gateway).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_gone_by_then_is_said_and_nothing_is_lost_over_http() {
    what_is_gone_by_then_is_said_and_nothing_is_lost(Door::Http).await;
}

/// Does something while the test itself holds what it has to write, and lets go once Discord was
/// told that the answer will take longer. By which kind of answer that was told.
async fn while_held(
    world: &World,
    rows: &Rows,
    act: impl Future<Output = Answered>,
) -> (u64, Answered) {
    let seen = || {
        world
            .discord
            .part("interactions")
            .as_array()
            .unwrap()
            .clone()
    };
    let before = seen().len();
    let held = rows.hold(&["guild", "ticket"]).await;
    let letting_go = async {
        let kind = until("the answer is announced", async || {
            let all = seen();
            (all.len() > before).then_some(())?;
            let newest = all.iter().max_by_key(|told| id(&told["id"]))?;
            newest["answered_by"].as_u64()
        })
        .await;
        held.release().await;
        kind
    };
    let (kind, answered) = tokio::join!(letting_go, act);
    (kind, answered)
}

/// What stands in the message that somebody chose from, once that is what they were told.
async fn becomes(world: &World, person: &Person, menu: &Value, words: &str) {
    until(&format!("the menu says {words}"), async || {
        let all = world.discord.part("ephemeral");
        let all = all.as_array()?;
        let shown = all.iter().find(|e| e["message"]["id"] == menu["id"])?;
        assert_eq!(id(&shown["person"]), person.id);
        let said = shown["message"]["content"].as_str()?;
        said.contains(words).then_some(())
    })
    .await;
}

/// Discord's kinds of a first answer: a message of its own will follow; the one chosen from will
/// change.
const A_MESSAGE_FOLLOWS: u64 = 5;
const IT_WILL_CHANGE: u64 = 6;

async fn what_waits_for_the_database_is_announced_in_time(door: Door) {
    let world = World::start().await;
    open(&world, door).await;
    let (thread, _) = filed(&world).await;
    let rows = Rows::of(&world).await;
    let (jonas, sam) = (named(&world, "Jonas"), named(&world, "Sam"));
    let here = thread["id"].clone();

    // A command.
    let note = [(3, "text", json!("A note that waited."))];
    let noting = command(&world, &jonas, &here, "ticket note", &note);
    let (kind, said) = while_held(&world, &rows, noting).await;
    assert_eq!(kind, A_MESSAGE_FOLLOWS);
    let said = said.words();
    assert!(said.contains("The note is on ticket #1."), "{said}");
    world.settled().await;

    // A button.
    let card = world.messages(&thread);
    let has_buttons = |m: &&Value| !m["components"].as_array().unwrap().is_empty();
    let card = card.iter().find(has_buttons).unwrap();
    let claiming = press(&world, &jonas, card, "v1:assign:1", None);
    let (kind, said) = while_held(&world, &rows, claiming).await;
    assert_eq!(kind, A_MESSAGE_FOLLOWS);
    let said = said.words();
    assert!(said.contains("Ticket #1 is yours."), "{said}");
    world.settled().await;

    // A choice, whose answer takes the place of the menu.
    press(&world, &jonas, card, "v1:priority:1", None)
        .await
        .words();
    world.settled().await;
    let menu = whisper(&world, &jonas);
    let choosing = press(&world, &jonas, &menu, "v1:setpriority:1", Some("urgent"));
    let (kind, _) = while_held(&world, &rows, choosing).await;
    assert_eq!(kind, IT_WILL_CHANGE);
    becomes(&world, &jonas, &menu, "ticket #1 is urgent").await;
    world.settled().await;

    // A form.
    let form = opened(&world, "question").await;
    let (kind, said) = while_held(&world, &rows, submit(&world, &sam, form, "text", TEXT)).await;
    assert_eq!(kind, A_MESSAGE_FOLLOWS);
    let said = said.words();
    assert!(said.contains("Your ticket is #2"), "{said}");
    world.settled().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_the_database_is_announced_in_time_through_the_gateway() {
    what_waits_for_the_database_is_announced_in_time(Door::Gateway).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_the_database_is_announced_in_time_over_http() {
    what_waits_for_the_database_is_announced_in_time(Door::Http).await;
}
