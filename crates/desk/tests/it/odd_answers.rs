//! Answers of Discord's that are true and yet mislead: texts that it altered, messages that it does
//! not show, refusals that concern everything.

use crate::discord::*;
use crate::world::*;
use desk::bridge::{DeliveryError, RemoteEvent};
use domain::*;
use std::time::Duration;

impl World {
    fn asked(&self, call: &str) -> usize {
        let state = self.discord.state();
        state.calls.iter().filter(|c| *c == call).count()
    }

    async fn compare(&self) {
        self.desk.reconcile_step().await.unwrap();
        self.desk.catch_up_step().await;
        self.settle().await;
    }
}

#[tokio::test]
async fn a_text_that_discord_alters_is_not_put_right_again_and_again() {
    let world = World::new().await;
    world.discord.state().strips = Some('\u{200d}');
    let opened = world
        .file("Late parcel", "A family: \u{1f469}\u{200d}\u{1f467}")
        .await;
    world.settle().await;
    for _ in 0..3 {
        world.compare().await;
    }
    assert!(world.asked("edit") <= 1, "{}", world.asked("edit"));
    // What its author changes later is still carried over.
    let holder = world.desk.holder(&opened.token).await.unwrap();
    let own = world.seen_by_customer(&opened).await.messages[0].id;
    world.clock.advance(Duration::from_secs(5));
    world
        .desk
        .customer_edit(&holder, own, body("Just one \u{1f469}\u{200d}\u{1f680}"))
        .await
        .unwrap();
    world.settle().await;
    for _ in 0..3 {
        world.compare().await;
    }
    assert!(
        world
            .discord
            .contents()
            .iter()
            .any(|c| c.contains("Just one"))
    );
    assert!(world.asked("edit") <= 3, "{}", world.asked("edit"));
}

#[tokio::test]
async fn a_message_that_is_not_shown_to_us_is_not_emptied() {
    let world = World::new().await;
    let (opened, thread) = world.filed().await;
    let said = world.discord.write(thread, MIRA, "It left on Monday.");
    world.hear(&said).await;
    world.clock.advance(Duration::from_secs(5));
    // Without Message Content an edited message comes without its words.
    let hidden = world.discord.edit_text(&said, "");
    world
        .desk
        .ingest(RemoteEvent::Edited(hidden.clone()))
        .await
        .unwrap();
    assert_eq!(
        world.bodies(&opened).await,
        ["Where is it?", "It left on Monday."]
    );
    // Once it is shown, the same edit is taken in.
    let mut shown = hidden;
    shown.content = "It left on Tuesday.".into();
    world.desk.ingest(RemoteEvent::Edited(shown)).await.unwrap();
    assert_eq!(
        world.bodies(&opened).await,
        ["Where is it?", "It left on Tuesday."]
    );
}

#[tokio::test]
async fn a_refused_message_that_its_author_rewords_is_sent() {
    let world = World::new().await;
    let (opened, _) = world.filed().await;
    let holder = world.desk.holder(&opened.token).await.unwrap();
    world.discord.fail(
        "post",
        Fault::Before(DeliveryError::Permanent {
            code: Some(200_000),
            reason: "AutoMod refused it.".into(),
        }),
    );
    world
        .desk
        .customer_reply(&holder, body("A bad word"), None)
        .await
        .unwrap();
    world.settle().await;
    let refused = world.seen_by_customer(&opened).await;
    let refused = refused.messages.last().unwrap();
    assert_eq!(refused.delivery, Delivery::Failed);
    world.clock.advance(Duration::from_secs(5));
    world
        .desk
        .customer_edit(&holder, refused.id, body("A good word"))
        .await
        .unwrap();
    world.settle().await;
    let contents = world.discord.contents();
    let good = contents.iter().filter(|c| c.contains("A good word"));
    assert_eq!(good.count(), 1, "{contents:?}");
    let sent = world.seen_by_customer(&opened).await;
    assert_eq!(sent.messages.last().unwrap().delivery, Delivery::Delivered);
}

#[tokio::test]
async fn a_permission_that_came_back_is_told_of_once_for_all() {
    let world = World::new().await;
    let mira = world.mira().await;
    for number in 1..=3 {
        world.filed().await;
        let lacking = DeliveryError::Permanent {
            code: Some(50_013),
            reason: "The bot lacks a permission.".into(),
        };
        world.discord.fail("post", Fault::Before(lacking));
        let words = format!("Answer {number}");
        world
            .desk
            .staff_reply(&mira, number, body(&words), None)
            .await
            .unwrap();
        world.settle().await;
    }
    assert_eq!(world.desk.sync(&mira).await.unwrap().stuck.len(), 3);
    assert_eq!(world.desk.retry_all_stuck(&mira).await.unwrap(), 3);
    world.settle().await;
    assert!(world.desk.sync(&mira).await.unwrap().stuck.is_empty());
    let contents = world.discord.contents();
    for number in 1..=3 {
        let words = format!("Answer {number}");
        let there = contents.iter().filter(|c| c.ends_with(&words)).count();
        assert_eq!(there, 1, "{contents:?}");
    }
}

#[tokio::test]
async fn a_refused_token_ends_the_reading_of_threads_too() {
    let world = World::new().await;
    for _ in 0..6 {
        world.filed().await;
    }
    for _ in 0..6 {
        let refusal = Fault::Before(DeliveryError::Unauthorised);
        world.discord.fail("page_after", refusal);
    }
    world.desk.reconcile_step().await.unwrap();
    let before = world.asked("page_after");
    assert!(!world.desk.catch_up_step().await);
    assert!(world.desk.health().await.unwrap().unauthorised);
    let asked = world.asked("page_after") - before;
    // Those that were under way together may have asked; nobody asks after that.
    assert!(asked <= 4, "{asked}");
    assert!(!world.desk.catch_up_step().await);
    world.desk.reconcile_step().await.unwrap();
    assert_eq!(world.asked("page_after") - before, asked);
    world.discord.forgive();
    world.clock.advance(Duration::from_secs(31));
    assert!(world.desk.catch_up_step().await);
    assert!(!world.desk.health().await.unwrap().unauthorised);
}
