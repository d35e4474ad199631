//! The log channel: what becomes of tickets is told there once, and never at the thread's cost.

use crate::discord::*;
use crate::world::*;
use desk::Opened;
use desk::bridge::{DeliveryError, Post};
use domain::*;
use std::time::Duration;

/// The lines in the log channel, each without its link.
fn lines(world: &World) -> Vec<String> {
    let posts = world.discord.posts_in(LOG).into_iter();
    let line = |content: &str| {
        let (first, second) = content.split_once('\n').unwrap();
        let (sign, _) = first.split_once(' ').unwrap();
        format!("{sign} {second}")
    };
    posts.map(|p| line(&p.message.content)).collect()
}

async fn close(world: &World, opened: &Opened) {
    let mira = world.mira().await;
    world.desk.close(&mira, opened.number).await.unwrap();
}

#[tokio::test]
async fn what_becomes_of_a_ticket_is_told_in_the_log_channel() {
    let world = World::with_log().await;
    let (opened, _) = world.filed().await;
    let mira = world.mira().await;
    world.desk.assign_to_me(&mira, opened.number).await.unwrap();
    world.settle().await;
    let note = world
        .desk
        .add_note(&mira, opened.number, body("Ask Jonas"), None);
    note.await.unwrap();
    close(&world, &opened).await;
    world.settle().await;
    let holder = world.desk.holder(&opened.token).await.unwrap();
    let reply = world.desk.customer_reply(&holder, body("Not yet"), None);
    reply.await.unwrap();
    world.settle().await;
    assert_eq!(
        lines(&world),
        [
            "🆕 The customer filed the ticket",
            "🙋 Mira Okafor took the ticket",
            "✅ Mira Okafor closed the ticket",
            "🔁 The customer reopened the ticket by writing",
        ]
    );
    let posts = world.discord.posts_in(LOG);
    assert!(posts[0].message.content.contains("**Late parcel**"));
    let Some(Post::Files { files, .. }) = &posts[2].post else {
        panic!("closing brings the transcript: {:?}", posts[2]);
    };
    assert_eq!(files[0].name, "ticket-1.html");
    let transcript = String::from_utf8(files[0].bytes.to_vec()).unwrap();
    assert!(transcript.contains("Ask Jonas"));
    // All else went to the thread as ever.
    assert_eq!(world.desk.health().await.unwrap().outbox_parked, 0);
}

#[tokio::test]
async fn without_a_log_channel_nothing_is_told() {
    let world = World::new().await;
    let (opened, _) = world.filed().await;
    let before = world.discord.contents().len();
    close(&world, &opened).await;
    world.settle().await;
    let after = world.discord.contents();
    assert_eq!(after.len(), before + 1, "the thread alone hears of it");
    assert!(after[before].starts_with("-# Mira Okafor closed"));
}

#[tokio::test]
async fn a_lost_log_channel_holds_up_no_thread_and_is_mended_on_the_sync_page() {
    let world = World::with_log().await;
    world.discord.remove_channel(LOG);
    let (opened, thread) = world.filed().await;
    let mira = world.mira().await;
    let said = world
        .desk
        .staff_reply(&mira, opened.number, body("On its way"), None);
    said.await.unwrap();
    world.settle().await;
    let last = world.discord.contents().pop().unwrap();
    assert!(last.contains("On its way"), "{last}");
    let seen = world.desk.conversation(&mira, opened.number).await.unwrap();
    assert_eq!(seen.thread_trouble, None);
    assert!(
        seen.messages
            .iter()
            .all(|m| m.delivery == Delivery::Delivered)
    );

    let sync = world.desk.sync(&mira).await.unwrap();
    let [stuck] = &sync.stuck[..] else {
        panic!("one line is stuck: {sync:?}");
    };
    assert_eq!(stuck.what, "Tell the log channel");
    assert!(!stuck.needs_thread);
    let reason = stuck.reason.as_deref().unwrap();
    assert!(reason.contains("`log_channel`"), "{reason}");

    world.discord.add_channel(LOG);
    world.desk.retry_stuck(&mira, stuck.id).await.unwrap();
    world.settle().await;
    assert_eq!(lines(&world), ["🆕 The customer filed the ticket"]);
    assert!(world.desk.sync(&mira).await.unwrap().stuck.is_empty());
    assert!(world.discord.state().threads.iter().any(|t| t.id == thread));
}

#[tokio::test]
async fn a_lost_thread_leaves_the_log_lines_alone() {
    let world = World::with_log().await;
    let (opened, thread) = world.filed().await;
    world.discord.state().threads.retain(|t| t.id != thread);
    // The log channel is slow, so its line still waits when the thread's trouble is found.
    let wait = DeliveryError::Retry {
        after: Duration::from_secs(30),
        global: false,
        reason: "slow down".into(),
    };
    let mira = world.mira().await;
    world.discord.fail("post", Fault::Before(wait));
    close(&world, &opened).await;
    world.settle().await;
    let told = lines(&world);
    assert_eq!(told.last().unwrap(), "✅ Mira Okafor closed the ticket");
    let seen = world.desk.conversation(&mira, opened.number).await.unwrap();
    assert!(seen.thread_trouble.is_some());
    // Neither does a new thread tell anything again.
    world.desk.new_thread(&mira, opened.number).await.unwrap();
    world.settle().await;
    assert_eq!(lines(&world), told);
}

#[tokio::test]
async fn a_lost_answer_doubles_no_line() {
    for wait in [Duration::ZERO, Duration::from_secs(600)] {
        let world = World::with_log().await;
        let (opened, _) = world.filed().await;
        world.discord.fail("post", Fault::After);
        close(&world, &opened).await;
        // One step for the card, one for the thread, one for the line whose answer is lost.
        for _ in 0..3 {
            world.desk.outbox_step().await.unwrap();
        }
        world.clock.advance(wait);
        world.settle().await;
        assert_eq!(
            lines(&world).len(),
            2,
            "after {wait:?}: {:?}",
            lines(&world)
        );
    }
}

#[tokio::test]
async fn a_crash_after_acceptance_doubles_no_line() {
    let mut world = World::with_log().await;
    let (opened, _) = world.filed().await;
    close(&world, &opened).await;
    // The thread hears of it first.
    world.desk.outbox_step().await.unwrap();
    world.discord.fail("post", Fault::Hang);
    let accepted = || lines(&world).len() == 2;
    while !accepted() {
        let step = world.desk.outbox_step();
        let hung = async {
            while !accepted() {
                tokio::task::yield_now().await;
            }
        };
        // The process ends while Discord's answer is awaited.
        tokio::select! {
            biased;
            step = step => { step.unwrap(); }
            () = hung => {}
        }
    }
    world.restart().await;
    world.clock.advance(Duration::from_secs(600));
    world.settle().await;
    assert_eq!(lines(&world).len(), 2);
}

#[tokio::test]
async fn names_and_subjects_are_no_markup_in_the_log() {
    let world = World::with_log().await;
    world
        .file("**x** [y](http://evil) @everyone", "Where?")
        .await;
    world.settle().await;
    let post = &world.discord.posts_in(LOG)[0];
    let content = &post.message.content;
    assert!(content.contains("\\[y\\]\\(http"), "{content}");
    assert!(
        matches!(&post.post, Some(Post::Words(_))),
        "no mention can be in it"
    );
}
