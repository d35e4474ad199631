//! Edits and deletions, both ways, and what the reconciler finds.

use crate::discord::*;
use crate::world::{World, body};
use desk::bridge::{Ingested, RemoteEvent, Step};
use domain::*;

fn words_in_discord(world: &World) -> Vec<String> {
    let contents = world.discord.contents();
    let words = contents.iter().filter_map(|c| c.split_once('\n'));
    words.map(|(_, words)| words.to_owned()).collect()
}

async fn first_message(world: &World, opened: &desk::Opened) -> MessageId {
    world.seen_by_customer(opened).await.messages[0].id
}

#[tokio::test]
async fn an_edit_on_the_web_edits_the_post_and_keeps_what_it_said() {
    let world = World::new().await;
    let (opened, _) = world.filed().await;
    let (holder, ..) = world.desk.held_ticket(&opened.token).await.unwrap();
    let message = first_message(&world, &opened).await;
    let edited = world.desk.customer_edit(&holder, message, body("Found it"));
    edited.await.unwrap();
    assert_eq!(world.bodies(&opened).await, ["Found it"]);
    let seen = world.seen_by_customer(&opened).await;
    assert_eq!(seen.messages[0].delivery, Delivery::Queued);
    assert!(seen.messages[0].edited_at.is_some());
    world.settle().await;
    assert_eq!(words_in_discord(&world), ["Found it"]);
    let seen = world.seen_by_customer(&opened).await;
    assert_eq!(seen.messages[0].delivery, Delivery::Delivered);
    assert!(seen.messages[0].earlier.is_empty(), "not the customer's");
    let mira = world.mira().await;
    let seen = world.desk.conversation(&mira, opened.number).await;
    let earlier = &seen.unwrap().messages[0].earlier;
    assert_eq!(earlier.len(), 1);
    assert_eq!(earlier[0].body, "Where is it?");
}

#[tokio::test]
async fn a_longer_and_a_shorter_wording_change_the_number_of_posts() {
    let world = World::new().await;
    let (opened, thread) = world.filed().await;
    let (holder, ..) = world.desk.held_ticket(&opened.token).await.unwrap();
    let message = first_message(&world, &opened).await;
    let long = "word ".repeat(1_000).trim().to_owned();
    for (text, posts) in [(long.as_str(), 4), ("short", 1), (long.as_str(), 4)] {
        let edited = world.desk.customer_edit(&holder, message, body(text));
        edited.await.unwrap();
        world.settle().await;
        let said = words_in_discord(&world);
        assert_eq!(said.len(), posts, "{said:?}");
        assert_eq!(said.concat(), text);
    }
    let deleted = world.desk.customer_delete(&holder, message);
    deleted.await.unwrap();
    world.settle().await;
    let left = &world.discord.state().thread(thread).messages.len();
    assert_eq!(*left, 1, "only the card is left");
    assert!(world.seen_by_customer(&opened).await.messages[0].deleted);
}

#[tokio::test]
async fn only_the_author_changes_a_message() {
    let world = World::new().await;
    let (opened, thread) = world.filed().await;
    let message = first_message(&world, &opened).await;
    let mira = world.mira().await;
    assert!(world.seen_by_customer(&opened).await.messages[0].own);
    let seen = world.desk.conversation(&mira, opened.number).await.unwrap();
    assert!(!seen.messages[0].own);
    let stolen = world.desk.staff_edit(&mira, message, body("mine"));
    assert!(matches!(stolen.await, Err(desk::DeskError::NotFound)));
    let other = world.file("Another", "Hello").await;
    let (stranger, ..) = world.desk.held_ticket(&other.token).await.unwrap();
    let stolen = world.desk.customer_delete(&stranger, message);
    assert!(matches!(stolen.await, Err(desk::DeskError::NotFound)));
    // What was written in Discord is changed there.
    world
        .hear(&world.discord.write(thread, MIRA, "from here"))
        .await;
    let seen = world.seen_by_customer(&opened).await;
    assert!(!seen.messages[1].own);
    let seen = world.desk.conversation(&mira, opened.number).await.unwrap();
    assert!(!seen.messages[1].own);
    let changed = world.desk.staff_edit(&mira, seen.messages[1].id, body("x"));
    assert!(matches!(changed.await, Err(desk::DeskError::NotFound)));
}

#[tokio::test]
async fn a_message_taken_back_before_its_lost_answer_does_not_stay_in_discord() {
    let world = World::new().await;
    let (opened, _) = world.filed().await;
    let (holder, ..) = world.desk.held_ticket(&opened.token).await.unwrap();
    let replied = world.desk.customer_reply(&holder, body("a slip"), None);
    replied.await.unwrap();
    world.discord.fail("post", Fault::After);
    world.desk.outbox_step().await.unwrap();
    let slip = world.seen_by_customer(&opened).await.messages[1].id;
    world.desk.customer_delete(&holder, slip).await.unwrap();
    world.settle().await;
    assert_eq!(words_in_discord(&world), ["Where is it?"]);
}

#[tokio::test]
async fn what_was_deleted_while_we_were_away_is_found() {
    let mut world = World::new().await;
    let (opened, thread) = world.filed().await;
    let first = world.discord.write(thread, MIRA, "one");
    let second = world.discord.write(thread, MIRA, "two");
    world.hear(&first).await;
    world.hear(&second).await;
    world.discord.erase(thread, first.id);
    world.restart().await;
    world.reconnect().await;
    let seen = world.seen_by_customer(&opened).await;
    let deleted: Vec<bool> = seen.messages.iter().map(|m| m.deleted).collect();
    assert_eq!(deleted, [false, true, false]);
}

#[tokio::test]
async fn an_empty_page_deletes_nothing() {
    let mut world = World::new().await;
    let (opened, thread) = world.filed().await;
    let message = world.discord.write(thread, MIRA, "one");
    world.hear(&message).await;
    world.discord.erase(thread, message.id);
    // The page lacks it; asked for by its id, Discord says that we may not look.
    let refused = desk::bridge::DeliveryError::Permanent {
        code: Some(50_013),
        reason: "The bot lacks a permission.".into(),
    };
    world.discord.fail("message", Fault::Before(refused));
    world.restart().await;
    world.reconnect().await;
    let seen = world.seen_by_customer(&opened).await;
    assert!(seen.messages.iter().all(|m| !m.deleted));
}

#[tokio::test]
async fn the_reconciler_finds_what_no_event_told() {
    let world = World::new().await;
    let (opened, thread) = world.filed().await;
    let heard = world.discord.write(thread, MIRA, "as first written");
    world.hear(&heard).await;
    world.discord.edit_text(&heard, "as later meant");
    world.discord.write(thread, MIRA, "never told");
    world.desk.reconcile_step().await.unwrap();
    assert!(world.desk.catch_up_step().await);
    assert_eq!(
        world.bodies(&opened).await,
        ["Where is it?", "as later meant", "never told"]
    );
}

#[tokio::test]
async fn a_post_of_ours_that_nobody_remembers_is_recognised() {
    let world = World::new().await;
    let (opened, thread) = world.filed().await;
    let copy = {
        let state = world.discord.state();
        let thread = state.threads.last().unwrap();
        thread.messages.last().unwrap().message.content.clone()
    };
    // The same piece a second time, as a try outside the nonce's window could leave it.
    world.discord.write(thread, BOT, &copy);
    world.desk.reconcile_step().await.unwrap();
    assert!(world.desk.catch_up_step().await);
    world.settle().await;
    assert_eq!(words_in_discord(&world), ["Where is it?"]);
    assert_eq!(world.bodies(&opened).await, ["Where is it?"]);
}

#[tokio::test]
async fn a_piece_that_is_found_and_then_taken_back_is_posted_again_for_a_later_wording() {
    let world = World::new().await;
    let (opened, _) = world.filed().await;
    let (holder, ..) = world.desk.held_ticket(&opened.token).await.unwrap();
    let message = first_message(&world, &opened).await;
    let long = "word ".repeat(1_000).trim().to_owned();
    let edit = async |text: &str| {
        let edited = world.desk.customer_edit(&holder, message, body(text));
        edited.await.unwrap();
    };
    edit(&long).await;
    assert_eq!(world.desk.outbox_step().await.unwrap(), Step::Kept);
    world.discord.fail("post", Fault::After);
    assert_eq!(world.desk.outbox_step().await.unwrap(), Step::PutOff);
    edit("short").await;
    edit(&long).await;
    // The piece whose answer was lost is met while the thread is read.
    world.desk.reconcile_step().await.unwrap();
    assert!(world.desk.catch_up_step().await);
    world.settle().await;
    assert_eq!(words_in_discord(&world).concat(), long);
}

#[tokio::test]
async fn a_piece_that_the_words_have_again_is_not_taken_back_by_what_waited_for_a_person() {
    let world = World::new().await;
    let mira = world.mira().await;
    let out_of_sight = desk::bridge::DeliveryError::Permanent {
        code: Some(50_001),
        reason: "The bot may not see it.".into(),
    };
    world
        .discord
        .fail("open_thread", Fault::Before(out_of_sight));
    let long = "word ".repeat(1_000).trim().to_owned();
    let opened = world.file("Late parcel", &long).await;
    let (holder, ..) = world.desk.held_ticket(&opened.token).await.unwrap();
    let message = first_message(&world, &opened).await;
    let edit = async |text: &str| {
        let edited = world.desk.customer_edit(&holder, message, body(text));
        edited.await.unwrap();
    };
    edit("short").await;
    // Nothing gets through: posts and what takes them back wait for a person.
    while world.desk.outbox_step().await.unwrap() != Step::Idle {}
    edit(&long).await;
    world.desk.retry_all_stuck(&mira).await.unwrap();
    world.settle().await;
    assert_eq!(words_in_discord(&world).concat(), long);
    edit("short").await;
    world.settle().await;
    assert_eq!(words_in_discord(&world), ["short"]);
}

#[tokio::test]
async fn a_note_from_a_thread_stays_with_staff_whatever_is_edited() {
    let world = World::new().await;
    let (opened, thread) = world.filed().await;
    let note = world.discord.write(thread, MIRA, "// he is a VIP");
    assert_eq!(world.hear(&note).await, Ingested::Taken);
    let reply = world.discord.write(thread, MIRA, "We look into it.");
    world.hear(&reply).await;
    assert_eq!(
        world.bodies(&opened).await,
        ["Where is it?", "We look into it."]
    );
    world.clock.advance(std::time::Duration::from_secs(1));
    let slip = world.discord.edit_text(&note, "he is a VIP");
    world.desk.ingest(RemoteEvent::Edited(slip)).await.unwrap();
    let hidden = world.discord.edit_text(&reply, "// we do not know");
    world
        .desk
        .ingest(RemoteEvent::Edited(hidden))
        .await
        .unwrap();
    assert_eq!(world.bodies(&opened).await, ["Where is it?"]);
    world.settle().await;
    let state = world.discord.state();
    let signs = |id| {
        let thread = state.threads.last().unwrap();
        let found = thread.messages.iter().find(|p| p.message.id == id);
        found.unwrap().reactions.clone()
    };
    assert_eq!(signs(note.id), ["📝"]);
    assert_eq!(signs(reply.id), ["✅", "📝"]);
}

#[tokio::test]
async fn what_is_stuck_is_listed_and_given_up_or_tried_again() {
    let world = World::new().await;
    let mira = world.mira().await;
    let (opened, _) = world.filed().await;
    assert!(world.desk.sync(&mira).await.unwrap().stuck.is_empty());
    let (holder, ..) = world.desk.held_ticket(&opened.token).await.unwrap();
    for text in ["first", "second"] {
        let refused = desk::bridge::DeliveryError::Permanent {
            code: Some(200_000),
            reason: "AutoMod blocks it.".into(),
        };
        world.discord.fail("post", Fault::Before(refused));
        let replied = world.desk.customer_reply(&holder, body(text), None);
        replied.await.unwrap();
    }
    world.settle().await;
    let stuck = world.desk.sync(&mira).await.unwrap().stuck;
    assert_eq!(stuck.len(), 2);
    let inbox = world.desk.inbox(&mira, Default::default(), None).await;
    assert_eq!(inbox.unwrap().stuck, 2);
    assert_eq!(stuck[0].reason.as_deref(), Some("AutoMod blocks it."));
    assert_eq!((stuck[0].attempts, stuck[0].next_try), (1, None));
    world.desk.retry_stuck(&mira, stuck[0].id).await.unwrap();
    world.desk.give_up(&mira, stuck[1].id).await.unwrap();
    world.settle().await;
    assert!(world.desk.sync(&mira).await.unwrap().stuck.is_empty());
    assert_eq!(words_in_discord(&world), ["Where is it?", "first"]);
    let seen = world.desk.conversation(&mira, opened.number).await.unwrap();
    let marks: Vec<Delivery> = seen.messages.iter().map(|m| m.delivery).collect();
    assert_eq!(marks[1..], [Delivery::Delivered, Delivery::Failed]);
    let twice = world.desk.give_up(&mira, stuck[1].id).await;
    assert!(matches!(twice, Err(desk::DeskError::NotFound)));
}

#[tokio::test]
async fn a_lost_thread_is_replaced_with_the_whole_conversation() {
    let world = World::new().await;
    let mira = world.mira().await;
    let (opened, thread) = world.filed().await;
    world
        .hear(&world.discord.write(thread, MIRA, "from the thread"))
        .await;
    let working = world.desk.new_thread(&mira, opened.number).await;
    assert!(matches!(working, Err(desk::DeskError::Conflict { .. })));
    world.discord.state().threads.clear();
    let gone = RemoteEvent::ThreadGone { thread };
    world.desk.ingest(gone).await.unwrap();
    let reply = world
        .desk
        .staff_reply(&mira, opened.number, body("from the web"), None);
    reply.await.unwrap();
    world.desk.new_thread(&mira, opened.number).await.unwrap();
    world.settle().await;
    assert_eq!(
        words_in_discord(&world),
        ["Where is it?", "from the thread", "from the web"]
    );
    assert_eq!(
        world.bodies(&opened).await,
        ["Where is it?", "from the thread", "from the web"]
    );
}

#[tokio::test]
async fn what_was_deleted_is_no_failure_once_there_is_a_new_thread() {
    let world = World::new().await;
    let mira = world.mira().await;
    let (opened, thread) = world.filed().await;
    let reply = world
        .desk
        .staff_reply(&mira, opened.number, body("too early"), None);
    reply.await.unwrap();
    world.settle().await;
    world.discord.state().threads.clear();
    let seen = world.desk.conversation(&mira, opened.number).await.unwrap();
    let id = seen.messages[1].id;
    world.desk.staff_delete(&mira, id).await.unwrap();
    let gone = RemoteEvent::ThreadGone { thread };
    world.desk.ingest(gone).await.unwrap();
    world.desk.new_thread(&mira, opened.number).await.unwrap();
    world.settle().await;
    let seen = world.desk.conversation(&mira, opened.number).await.unwrap();
    let marks: Vec<_> = seen.messages.iter().map(|m| m.delivery).collect();
    assert_eq!(marks, [Delivery::Delivered, Delivery::Delivered]);
}

#[tokio::test]
async fn a_new_thread_is_not_mistaken_for_the_one_that_it_replaces() {
    let world = World::new().await;
    let mira = world.mira().await;
    let (opened, thread) = world.filed().await;
    // It is out of our reach, but not gone.
    let gone = RemoteEvent::ThreadGone { thread };
    world.desk.ingest(gone).await.unwrap();
    world.clock.advance(std::time::Duration::from_secs(120));
    world.desk.new_thread(&mira, opened.number).await.unwrap();
    let lost = desk::bridge::DeliveryError::Uncertain {
        reason: "the answer was lost".into(),
    };
    world.discord.fail("open_thread", Fault::Before(lost));
    world.settle().await;
    let state = world.discord.state();
    assert_eq!(state.threads.len(), 2);
    assert_eq!(state.threads[1].messages.len(), 2, "card and message");
}

#[tokio::test]
async fn trying_again_what_is_being_tried_begins_no_second_try() {
    let world = World::new().await;
    let mira = world.mira().await;
    let (opened, _) = world.filed().await;
    let (holder, ..) = world.desk.held_ticket(&opened.token).await.unwrap();
    let replied = world.desk.customer_reply(&holder, body("hello"), None);
    replied.await.unwrap();
    let later = desk::bridge::DeliveryError::Retry {
        after: std::time::Duration::ZERO,
        global: false,
        reason: "Discord asks us to slow down.".into(),
    };
    world.discord.fail("post", Fault::Before(later));
    world.desk.outbox_step().await.unwrap();
    let stuck = world.desk.sync(&mira).await.unwrap().stuck;
    let posts = || {
        let state = world.discord.state();
        state.calls.iter().filter(|call| *call == "post").count()
    };
    let before = posts();
    world.discord.fail("post", Fault::Hang);
    let desk = world.desk.clone();
    let under_way = tokio::spawn(async move { desk.outbox_step().await });
    while posts() == before {
        tokio::task::yield_now().await;
    }
    world.desk.retry_stuck(&mira, stuck[0].id).await.unwrap();
    let step = world.desk.outbox_step().await.unwrap();
    assert_eq!(step, desk::bridge::Step::Idle);
    under_way.abort();
}
