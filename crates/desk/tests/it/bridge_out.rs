//! From the web to Discord: everything arrives, once, in order, whatever fails on the way.

use crate::discord::*;
use crate::world::*;
use desk::bridge::{DeliveryError, Post, RemoteEvent, Step, ThreadShape};
use domain::{Delivery, Priority};
use std::time::Duration;

#[tokio::test]
async fn a_ticket_becomes_a_thread_with_card_and_message_in_that_order() {
    let world = World::new().await;
    let opened = world.file("Late parcel", "Where is it?").await;
    assert_eq!(
        world.seen_by_customer(&opened).await.messages[0].delivery,
        Delivery::Queued
    );
    world.settle().await;

    let seen = world.seen_by_customer(&opened).await;
    assert_eq!(seen.messages[0].delivery, Delivery::Delivered);
    let state = world.discord.state();
    let [thread] = &state.threads[..] else {
        panic!("one thread, not {}", state.threads.len());
    };
    assert_eq!(thread.name, "#1 Late parcel");
    let [card, message] = &thread.messages[..] else {
        panic!("card and message, not {:?}", thread.messages);
    };
    let Some(Post::Card(card)) = &card.post else {
        panic!("the card comes first");
    };
    assert_eq!(card.customer, "jane@example.com");
    assert_eq!(card.link, "https://help.example.com/staff/tickets/1");
    assert_eq!(card.ping, Some(STAFF_ROLE));
    assert!(message.message.content.ends_with("\nWhere is it?"));
    assert!(message.message.content.contains("jane@example.com"));
}

/// Each thing that is sent, with its answer lost, at each distance from the nonce's window.
#[tokio::test]
async fn a_lost_answer_doubles_nothing() {
    for call in ["open_thread", "post", "edit", "shape"] {
        for wait in [Duration::ZERO, Duration::from_secs(300)] {
            let world = World::new().await;
            world.discord.fail(call, Fault::After);
            let opened = world.file("Late parcel", "Where is it?").await;
            while world.desk.outbox_step().await.unwrap() != Step::PutOff
                && world.desk.health().await.unwrap().outbox_waiting > 0
            {}
            world.clock.advance(wait);
            world.settle().await;
            let mira = world.mira().await;
            world.desk.close(&mira, opened.number).await.unwrap();
            world.settle().await;

            let state = world.discord.state();
            assert_eq!(state.threads.len(), 1, "{call} {wait:?}");
            // The card, the message, and who closed it.
            assert_eq!(state.threads[0].messages.len(), 3, "{call} {wait:?}");
            assert_eq!(state.threads[0].shape(), ThreadShape::Closed);
        }
    }
}

/// An empty page may mean that the bot lost the permission to read: it is no evidence.
#[tokio::test]
async fn what_cannot_be_read_back_is_not_posted_again() {
    // The card, then the message.
    for posts_before in [0, 1] {
        let world = World::new().await;
        let opened = world.file("Late parcel", "Where is it?").await;
        while world.discord.state().threads.is_empty()
            || world.discord.state().threads[0].messages.len() < posts_before
        {
            world.desk.outbox_step().await.unwrap();
        }
        world.discord.fail("post", Fault::After);
        assert_eq!(world.desk.outbox_step().await.unwrap(), Step::PutOff);
        world.discord.state().reads_no_history = true;
        world.clock.advance(Duration::from_secs(300));
        world.settle().await;
        world.discord.state().reads_no_history = false;
        let mira = world.mira().await;
        let retried = world.desk.retry_delivery(&mira, opened.number);
        retried.await.unwrap();
        world.settle().await;
        let state = world.discord.state();
        assert_eq!(state.threads[0].messages.len(), 2, "{posts_before}");
    }
}

/// The process dies between Discord's acceptance and our record of it.
#[tokio::test]
async fn a_crash_after_acceptance_doubles_nothing() {
    for call in ["open_thread", "post"] {
        for wait in [Duration::ZERO, Duration::from_secs(300)] {
            let mut world = World::new().await;
            let opened = world.file("Late parcel", "Where is it?").await;
            world.discord.fail(call, Fault::Hang);
            let accepted = || world.discord.state().calls.iter().any(|c| c == call);
            while !accepted() {
                let step = world.desk.outbox_step();
                let hung = async {
                    while !accepted() {
                        tokio::task::yield_now().await;
                    }
                };
                tokio::select! {
                    biased;
                    step = step => { step.unwrap(); }
                    () = hung => {}
                }
            }
            world.clock.advance(wait);
            world.restart().await;
            world.reconnect().await;
            world.settle().await;
            {
                let state = world.discord.state();
                assert_eq!(state.threads.len(), 1, "{call} {wait:?}");
                assert_eq!(state.threads[0].messages.len(), 2, "{call} {wait:?}");
            }
            let seen = world.seen_by_customer(&opened).await;
            assert_eq!(seen.messages[0].delivery, Delivery::Delivered);
        }
    }
}

#[tokio::test]
async fn the_echo_keeps_the_promise_whose_answer_was_lost() {
    let world = World::new().await;
    let (opened, thread) = world.filed().await;
    let holder = world.desk.holder(&opened.token).await.unwrap();
    world
        .desk
        .customer_reply(&holder, body("More."), None)
        .await
        .unwrap();
    world.discord.fail("post", Fault::After);
    assert_eq!(world.desk.outbox_step().await.unwrap(), Step::PutOff);
    let posts = |w: &World| {
        w.discord
            .state()
            .calls
            .iter()
            .filter(|c| *c == "post")
            .count()
    };
    let before = posts(&world);

    let mut echo = {
        let mut state = world.discord.state();
        state
            .thread(thread)
            .messages
            .last()
            .unwrap()
            .message
            .clone()
    };
    echo.nonce = Some(world.discord.last_nonce());
    world.desk.ingest(RemoteEvent::Posted(echo)).await.unwrap();
    let seen = world.seen_by_customer(&opened).await;
    assert_eq!(seen.messages[1].delivery, Delivery::Delivered);
    world.settle().await;
    assert_eq!(posts(&world), before, "nothing is sent again");
}

#[tokio::test]
async fn long_words_arrive_whole_and_in_order() {
    let world = World::new().await;
    let text = (0..1_200).map(|n| format!("word{n} ")).collect::<String>();
    world.file("Long", &text).await;
    world.settle().await;
    let posts = world.discord.contents();
    assert!(posts.len() > 4);
    let said: String = posts[1..]
        .iter()
        .map(|p| p.split_once('\n').unwrap().1)
        .collect();
    assert_eq!(said, text.trim_end());
}

#[tokio::test]
async fn a_lane_that_waits_holds_up_no_other() {
    let world = World::new().await;
    world.discord.fail(
        "open_thread",
        Fault::Before(DeliveryError::Retry {
            after: Duration::from_secs(600),
            global: false,
            reason: "rate limited".into(),
        }),
    );
    world.file("First", "one").await;
    world.file("Second", "two").await;
    while world.desk.outbox_step().await.unwrap() != Step::Idle {}
    {
        let state = world.discord.state();
        assert_eq!(state.threads.len(), 1);
        assert_eq!(state.threads[0].name, "#2 Second");
        assert_eq!(state.threads[0].messages.len(), 2);
    }
    world.clock.advance(Duration::from_secs(599));
    assert_eq!(world.desk.outbox_step().await.unwrap(), Step::Idle);
    world.clock.advance(Duration::from_secs(1));
    world.settle().await;
    assert_eq!(world.discord.state().threads.len(), 2);
}

#[tokio::test]
async fn a_global_limit_stops_all_lanes_for_as_long_as_it_says() {
    let world = World::new().await;
    world.discord.fail(
        "open_thread",
        Fault::Before(DeliveryError::Retry {
            after: Duration::from_secs(30),
            global: true,
            reason: "rate limited".into(),
        }),
    );
    world.file("First", "one").await;
    world.file("Second", "two").await;
    assert_eq!(world.desk.outbox_step().await.unwrap(), Step::PutOff);
    world.clock.advance(Duration::from_secs(29));
    assert_eq!(world.desk.outbox_step().await.unwrap(), Step::Idle);
    world.clock.advance(Duration::from_secs(1));
    world.settle().await;
    assert_eq!(world.discord.state().threads.len(), 2);
}

#[tokio::test]
async fn a_refused_token_stops_everything_and_is_seen() {
    let world = World::new().await;
    world
        .discord
        .fail("open_thread", Fault::Before(DeliveryError::Unauthorised));
    world.file("First", "one").await;
    assert_eq!(world.desk.outbox_step().await.unwrap(), Step::PutOff);
    assert!(world.desk.health().await.unwrap().unauthorised);
    assert_eq!(world.desk.outbox_step().await.unwrap(), Step::Idle);
    world.clock.advance(Duration::from_secs(76));
    world.settle().await;
    assert!(!world.desk.health().await.unwrap().unauthorised);
    assert_eq!(world.discord.state().threads.len(), 1);
}

#[tokio::test]
async fn what_discord_refuses_for_good_is_seen_by_staff_and_can_be_tried_again() {
    let world = World::new().await;
    let (opened, _) = world.filed().await;
    let holder = world.desk.holder(&opened.token).await.unwrap();
    let reply = |text| world.desk.customer_reply(&holder, body(text), None);
    world.discord.fail(
        "post",
        Fault::Before(DeliveryError::Permanent {
            code: Some(200_000),
            reason: "Discord's AutoMod refused the text.".into(),
        }),
    );
    reply("refused").await.unwrap();
    reply("fine").await.unwrap();
    world.settle().await;

    let mira = world.mira().await;
    let staff_view = world.desk.conversation(&mira, 1).await.unwrap();
    assert_eq!(staff_view.messages[1].delivery, Delivery::Failed);
    assert!(
        staff_view.messages[1]
            .failure
            .as_deref()
            .unwrap()
            .contains("AutoMod")
    );
    assert_eq!(staff_view.messages[2].delivery, Delivery::Delivered);
    let customer_view = world.seen_by_customer(&opened).await;
    assert_eq!(
        customer_view.messages[1].failure, None,
        "reasons are for staff"
    );

    world.desk.retry_delivery(&mira, 1).await.unwrap();
    world.settle().await;
    let staff_view = world.desk.conversation(&mira, 1).await.unwrap();
    assert_eq!(staff_view.messages[1].delivery, Delivery::Delivered);
}

#[tokio::test]
async fn a_thread_deleted_by_hand_parks_the_ticket_visibly() {
    let world = World::new().await;
    let (opened, thread) = world.filed().await;
    world
        .desk
        .ingest(RemoteEvent::ThreadGone { thread })
        .await
        .unwrap();
    let mira = world.mira().await;
    let view = world.desk.conversation(&mira, opened.number).await.unwrap();
    assert!(view.thread_trouble.unwrap().contains("deleted"));
    assert!(
        world
            .seen_by_customer(&opened)
            .await
            .thread_trouble
            .is_none()
    );
}

#[tokio::test]
async fn closing_archives_after_the_card_is_up_to_date_and_a_reply_brings_it_back() {
    let world = World::new().await;
    let (opened, thread) = world.filed().await;
    let mira = world.mira().await;
    world
        .desk
        .set_priority(&mira, 1, Priority::Urgent)
        .await
        .unwrap();
    world.desk.close(&mira, 1).await.unwrap();
    world.settle().await;
    {
        let mut state = world.discord.state();
        let last_two = &state.calls[state.calls.len() - 2..];
        assert_eq!(last_two, ["edit", "shape"]);
        let thread = state.thread(thread);
        assert_eq!(thread.shape(), ThreadShape::Closed);
        let Some(Post::Card(card)) = &thread.messages[0].post else {
            panic!("the card is a card");
        };
        assert!(card.status.is_closed());
        assert_eq!(card.priority, Priority::Urgent);
        assert_eq!(card.ping, None, "an edit calls nobody");
    }
    let holder = world.desk.holder(&opened.token).await.unwrap();
    world
        .desk
        .customer_reply(&holder, body("Not yet."), None)
        .await
        .unwrap();
    world.settle().await;
    assert!(
        !world
            .seen_by_customer(&opened)
            .await
            .ticket
            .status
            .is_closed()
    );
    let mut state = world.discord.state();
    assert_eq!(state.thread(thread).shape(), ThreadShape::Open);
    assert_eq!(state.thread(thread).messages.len(), 4);
}

#[tokio::test]
async fn a_card_deleted_by_hand_is_put_back_without_calling_anyone() {
    let world = World::new().await;
    let (_, thread) = world.filed().await;
    let mira = world.mira().await;
    world.discord.state().thread(thread).messages.remove(0);
    let gone = DeliveryError::Gone {
        code: Some(10008),
        reason: "The message was deleted in Discord.".into(),
    };
    world.discord.fail("edit", Fault::Before(gone));
    world.desk.assign_to_me(&mira, 1).await.unwrap();
    world.settle().await;
    let view = world.desk.conversation(&mira, 1).await.unwrap();
    assert_eq!(view.thread_trouble, None);
    let mut state = world.discord.state();
    let last = state.thread(thread).messages.last().unwrap().clone();
    let Some(Post::Card(card)) = last.post else {
        panic!("a card, not {last:?}");
    };
    assert_eq!(card.assignee.as_deref(), Some("Mira Okafor"));
    assert_eq!(card.ping, None);
}
