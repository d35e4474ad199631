//! Room for new threads: the quietest make it, and come back when they are spoken in.

use crate::discord::*;
use crate::world::*;
use desk::bridge::{RemoteEvent, Step, ThreadShape};
use domain::*;
use std::time::Duration;

/// As many tickets with threads, each quieter than the next.
async fn tickets(world: &World, count: usize) -> Vec<ThreadId> {
    let mut threads = Vec::new();
    for _ in 0..count {
        world.clock.advance(Duration::from_secs(60));
        threads.push(world.filed().await.1);
    }
    threads
}

fn active(world: &World) -> Vec<ThreadId> {
    let state = world.discord.state();
    let active = state.threads.iter().filter(|t| !t.archived);
    active.map(|t| t.id).collect()
}

#[tokio::test]
async fn the_quietest_threads_are_archived_and_their_tickets_stay_open() {
    let world = World::of(|home| home.thread_budget = 3).await;
    let threads = tickets(&world, 5).await;
    world.clock.advance(Duration::from_secs(60));
    let said = world.discord.write(threads[0], MIRA, "Looking.");
    world.hear(&said).await;
    world.settle().await;
    assert_eq!(world.desk.budget_step().await.unwrap(), 2);
    assert_eq!(world.desk.budget_step().await.unwrap(), 0, "promised once");
    world.settle().await;
    assert_eq!(active(&world), [threads[0], threads[3], threads[4]]);
    let mira = world.mira().await;
    let view = world.desk.conversation(&mira, 2).await.unwrap();
    assert_eq!(view.ticket.status, Status::Open);
    let told = view.history.last().unwrap();
    assert!(told.words.contains("make room"), "{told:?}");
    assert!(view.thread_notice.unwrap().contains("archived"));
    assert_eq!(world.desk.budget_step().await.unwrap(), 0);
}

#[tokio::test]
async fn what_was_archived_for_room_opens_with_the_next_message_of_either_side() {
    let world = World::of(|home| home.thread_budget = 1).await;
    let threads = tickets(&world, 3).await;
    world.desk.budget_step().await.unwrap();
    world.settle().await;
    assert_eq!(active(&world), [threads[2]]);
    let mira = world.mira().await;
    let reply = world.desk.staff_reply(&mira, 1, body("Found it."), None);
    reply.await.unwrap();
    world.settle().await;
    let said = world.discord.write(threads[1], MIRA, "Here too.");
    world.discord.state().thread(threads[1]).archived = false;
    let woken = RemoteEvent::ThreadChanged {
        thread: threads[1],
        name: "#2 Late parcel".into(),
        archived: false,
        locked: false,
    };
    world.desk.ingest(woken).await.unwrap();
    world.hear(&said).await;
    world.settle().await;
    assert_eq!(active(&world), threads);
    let state = world.discord.state();
    assert_eq!(state.threads[0].messages.len(), 3);
    assert_eq!(state.threads[1].messages[2].reactions, ["✅"]);
}

#[tokio::test]
async fn a_guild_that_is_full_puts_promises_off_until_there_is_room() {
    let world = World::new().await;
    let threads = tickets(&world, 12).await;
    world.discord.state().cap = 12;
    let opened = world.file("One more", "Hello?").await;
    assert_eq!(world.desk.outbox_step().await.unwrap(), Step::PutOff);
    assert_eq!(world.desk.health().await.unwrap().outbox_parked, 0);
    assert!(world.desk.budget_step().await.unwrap() >= 1);
    world.settle().await;
    let mira = world.mira().await;
    let view = world.desk.conversation(&mira, opened.number).await.unwrap();
    assert_eq!(view.messages[0].delivery, Delivery::Delivered);
    let left = active(&world);
    assert!(left.len() <= 12 && !left.contains(&threads[0]), "{left:?}");
    assert!(left.contains(&threads[11]), "the liveliest stays");
}

#[tokio::test]
async fn an_archived_thread_that_must_be_woken_in_a_full_guild_waits_for_room_too() {
    let world = World::new().await;
    let threads = tickets(&world, 4).await;
    {
        let mut state = world.discord.state();
        state.thread(threads[0]).archived = true;
        state.cap = 3;
    }
    let mira = world.mira().await;
    let reply = world.desk.staff_reply(&mira, 1, body("Found it."), None);
    reply.await.unwrap();
    world.desk.assign_to_me(&mira, 1).await.unwrap();
    assert_eq!(world.desk.outbox_step().await.unwrap(), Step::PutOff);
    world.desk.budget_step().await.unwrap();
    world.settle().await;
    let state = world.discord.state();
    assert_eq!(state.threads[0].messages.len(), 3);
    assert!(!state.threads[0].archived);
    drop(state);
    assert_eq!(world.desk.health().await.unwrap().outbox_parked, 0);
}

#[tokio::test]
async fn a_thread_in_which_something_is_about_to_happen_is_left_alone() {
    let world = World::of(|home| home.thread_budget = 1).await;
    let threads = tickets(&world, 2).await;
    assert_eq!(world.desk.budget_step().await.unwrap(), 1);
    // Between the promise and its keeping.
    let mira = world.mira().await;
    let reply = world.desk.staff_reply(&mira, 1, body("Found it."), None);
    reply.await.unwrap();
    world.settle().await;
    assert_eq!(active(&world), threads);
    let shapes = |w: &World| {
        let state = w.discord.state();
        state.calls.iter().filter(|c| *c == "shape").count()
    };
    assert_eq!(shapes(&world), 0);
}

#[tokio::test]
async fn threads_of_closed_tickets_that_somebody_opened_go_first_and_are_locked_again() {
    let world = World::of(|home| home.thread_budget = 1).await;
    let threads = tickets(&world, 2).await;
    let mira = world.mira().await;
    world.desk.close(&mira, 2).await.unwrap();
    world.settle().await;
    world.discord.state().thread(threads[1]).archived = false;
    assert_eq!(world.desk.budget_step().await.unwrap(), 1);
    world.settle().await;
    assert_eq!(active(&world), [threads[0]]);
    let mut state = world.discord.state();
    assert_eq!(state.thread(threads[1]).shape(), ThreadShape::Closed);
}

#[tokio::test]
async fn a_rest_whose_answer_was_lost_is_no_trouble() {
    let world = World::of(|home| home.thread_budget = 1).await;
    let threads = tickets(&world, 2).await;
    world.desk.budget_step().await.unwrap();
    world.discord.fail("shape", Fault::After);
    world.settle().await;
    assert_eq!(active(&world), [threads[1]]);
    assert_eq!(world.desk.health().await.unwrap().outbox_parked, 0);
}
