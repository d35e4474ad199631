//! The three kinds of thread: each is made once, calls the staff once, and closes and opens again.

use crate::discord::*;
use crate::world::*;
use desk::bridge::{DeliveryError, Post, RemoteEvent, Step, ThreadShape};
use domain::*;
use std::time::Duration;

async fn world(kind: ThreadKind) -> World {
    World::of(|home| home.thread_kind = kind).await
}

/// Every card that is anywhere, and whether it called the staff.
fn cards(state: &State) -> Vec<Option<RoleId>> {
    let places = state.threads.iter().chain([&state.channel]);
    let posts = places.flat_map(|t| &t.messages);
    posts
        .filter_map(|p| match &p.post {
            Some(Post::Card(card)) => Some(card.ping),
            _ => None,
        })
        .collect()
}

fn calls(state: &State, name: &str) -> usize {
    state.calls.iter().filter(|call| *call == name).count()
}

#[track_caller]
fn assert_one_of_each(world: &World, kind: ThreadKind, what: &str) {
    let state = world.discord.state();
    assert_eq!(state.threads.len(), 1, "{kind:?} {what}");
    assert_eq!(cards(&state).len(), 1, "{kind:?} {what}");
    let thread = &state.threads[0];
    let (inside, outside) = match kind {
        ThreadKind::Private | ThreadKind::Forum => (2, 0),
        ThreadKind::Public => (1, 1),
    };
    assert_eq!(thread.messages.len(), inside, "{kind:?} {what}");
    assert_eq!(state.channel.messages.len(), outside, "{kind:?} {what}");
    let last = &thread.messages.last().unwrap().message;
    assert!(last.content.ends_with("\nWhere is it?"), "{kind:?} {what}");
}

#[tokio::test]
async fn each_kind_is_opened_with_its_card_and_calls_the_staff_once() {
    for kind in ThreadKind::ALL {
        let world = world(kind).await;
        world.file("Late parcel", "Where is it?").await;
        world.settle().await;
        assert_one_of_each(&world, kind, "opened");
        let state = world.discord.state();
        assert_eq!(cards(&state), [Some(STAFF_ROLE)], "{kind:?}");
        assert_eq!(state.threads[0].name, "#1 Late parcel");
        match kind {
            ThreadKind::Private => {}
            ThreadKind::Public => {
                let root = state.channel.messages[0].message.id;
                assert_eq!(state.threads[0].id.0, root.0, "it hangs on the card");
            }
            ThreadKind::Forum => {
                let first = state.threads[0].messages[0].message.id;
                assert_eq!(state.threads[0].id.0, first.0, "the card is the first post");
                assert_eq!(state.threads[0].tags, ["Open", "Medium", "A question"]);
            }
        }
    }
}

/// The answer is lost before or after Discord did it, and comes back to us within the nonce's window
/// or beyond it.
#[tokio::test]
async fn no_uncertain_answer_makes_two_threads_of_any_kind() {
    let lost = || DeliveryError::Uncertain {
        reason: "the answer was lost".into(),
    };
    for kind in ThreadKind::ALL {
        for call in ["open_thread", "post", "find_thread", "page_after"] {
            for fault in [Fault::Before(lost()), Fault::After] {
                for wait in [Duration::ZERO, Duration::from_secs(300)] {
                    let what = format!("{call} {fault:?} {wait:?}");
                    let world = world(kind).await;
                    world.discord.fail(call, fault.clone());
                    if matches!(call, "find_thread" | "page_after") {
                        // What is looked for is there, and the look fails too.
                        let made = ["open_thread", "post"];
                        for made in made {
                            world.discord.fail(made, Fault::After);
                        }
                    }
                    world.file("Late parcel", "Where is it?").await;
                    while world.desk.outbox_step().await.unwrap() == Step::Kept {}
                    world.clock.advance(wait);
                    world.settle().await;
                    assert_one_of_each(&world, kind, &what);
                }
            }
        }
    }
}

#[tokio::test]
async fn a_process_that_dies_over_the_opening_makes_no_second_thread_of_any_kind() {
    for kind in ThreadKind::ALL {
        for call in ["open_thread", "post"] {
            for wait in [Duration::ZERO, Duration::from_secs(300)] {
                let mut world = world(kind).await;
                world.file("Late parcel", "Where is it?").await;
                world.discord.fail(call, Fault::Hang);
                let accepted = || calls(&world.discord.state(), call) > 0;
                while !accepted() {
                    let hung = async {
                        while !accepted() {
                            tokio::task::yield_now().await;
                        }
                    };
                    tokio::select! {
                        biased;
                        step = world.desk.outbox_step() => { step.unwrap(); }
                        () = hung => {}
                    }
                }
                world.clock.advance(wait);
                world.restart().await;
                world.reconnect().await;
                world.settle().await;
                assert_one_of_each(&world, kind, &format!("{call} {wait:?}"));
            }
        }
    }
}

#[tokio::test]
async fn the_echo_of_a_root_keeps_it_from_being_posted_again() {
    let world = world(ThreadKind::Public).await;
    world.discord.fail("post", Fault::After);
    world.file("Late parcel", "Where is it?").await;
    assert_eq!(world.desk.outbox_step().await.unwrap(), Step::PutOff);
    let mut echo = world.discord.state().channel.messages[0].message.clone();
    echo.nonce = Some(world.discord.last_nonce());
    world.desk.ingest(RemoteEvent::Posted(echo)).await.unwrap();
    world.clock.advance(Duration::from_secs(300));
    assert_eq!(world.desk.outbox_step().await.unwrap(), Step::Kept);
    let state = world.discord.state();
    assert_eq!((calls(&state, "post"), state.threads.len()), (1, 1));
}

#[tokio::test]
async fn a_root_deleted_before_its_thread_was_made_waits_for_a_person() {
    let world = world(ThreadKind::Public).await;
    let opened = world.file("Late parcel", "Where is it?").await;
    assert_eq!(world.desk.outbox_step().await.unwrap(), Step::Kept);
    world.discord.state().channel.messages.clear();
    world.settle().await;
    let mira = world.mira().await;
    let view = world.desk.conversation(&mira, opened.number).await.unwrap();
    assert!(view.thread_trouble.unwrap().contains("card was deleted"));
    world.desk.new_thread(&mira, opened.number).await.unwrap();
    world.settle().await;
    assert_one_of_each(&world, ThreadKind::Public, "made anew");
}

#[tokio::test]
async fn each_kind_closes_and_opens_again_with_its_card_up_to_date() {
    for kind in ThreadKind::ALL {
        let world = world(kind).await;
        let opened = world.file("Late parcel", "Where is it?").await;
        world.settle().await;
        let mira = world.mira().await;
        let number = opened.number;
        let shown = |world: &World| {
            let state = world.discord.state();
            let places = state.threads.iter().chain([&state.channel]);
            let mut posts = places.flat_map(|t| t.messages.clone());
            let card = posts.find_map(|p| match p.post {
                Some(Post::Card(card)) => Some(card.status),
                _ => None,
            });
            let thread = &state.threads[0];
            (card.unwrap(), thread.shape(), thread.tags.first().cloned())
        };
        let tag = |name: &str| (kind == ThreadKind::Forum).then(|| name.to_owned());
        world.desk.close(&mira, number).await.unwrap();
        world.settle().await;
        let closed = (Status::Closed, ThreadShape::Closed, tag("Closed"));
        assert_eq!(shown(&world), closed, "{kind:?}");
        world.desk.reopen(&mira, number).await.unwrap();
        world.settle().await;
        let open = (Status::Open, ThreadShape::Open, tag("Open"));
        assert_eq!(shown(&world), open, "{kind:?}");
        let state = world.discord.state();
        assert_eq!(cards(&state).len(), 1, "{kind:?}");
    }
}

#[tokio::test]
async fn a_thread_stays_what_it_is_when_the_guild_wants_another_kind_later() {
    let mut world = world(ThreadKind::Private).await;
    let (opened, thread) = world.filed().await;
    world.discord.fail("open_thread", Fault::After);
    world.file("Between", "two settings").await;
    world.desk.outbox_step().await.unwrap();
    world
        .restart_as(|home| home.thread_kind = ThreadKind::Forum)
        .await;
    world.reconnect().await;
    world.settle().await;
    assert_eq!(world.discord.state().threads.len(), 2, "one each");
    let mira = world.mira().await;
    world.desk.assign_to_me(&mira, opened.number).await.unwrap();
    world.settle().await;
    {
        let mut state = world.discord.state();
        assert_eq!(calls(&state, "retag"), 0);
        assert_eq!(state.thread(thread).tags, [] as [&str; 0]);
    }
    world.file("Later", "a post").await;
    world.settle().await;
    let state = world.discord.state();
    assert_eq!(state.threads[2].tags[0], "Open");
}

#[tokio::test]
async fn a_name_that_discord_does_not_let_pass_becomes_a_neutral_one_and_staff_are_told() {
    for kind in ThreadKind::ALL {
        let world = world(kind).await;
        world.discord.state().blocked_names = vec!["parcel"];
        let opened = world.file("Late parcel", "Where is it?").await;
        world.settle().await;
        assert_one_of_each(&world, kind, "neutral");
        assert_eq!(world.discord.state().threads[0].name, "#1 ticket");
        let mira = world.mira().await;
        let view = world.desk.conversation(&mira, opened.number).await.unwrap();
        let told = view.history.iter().filter(|e| e.words.contains("#1 ticket"));
        assert_eq!(told.count(), 1, "{:?}", view.history);
        assert_eq!(view.ticket.subject, "Late parcel");
        assert_eq!(view.thread_trouble, None);
    }
}

#[tokio::test]
async fn a_name_that_is_refused_even_when_neutral_waits_for_a_person() {
    let world = world(ThreadKind::Private).await;
    world.discord.state().blocked_names = vec!["#"];
    let opened = world.file("Late parcel", "Where is it?").await;
    world.settle().await;
    let mira = world.mira().await;
    let view = world.desk.conversation(&mira, opened.number).await.unwrap();
    assert!(view.thread_trouble.is_some());
    world.discord.state().blocked_names.clear();
    world.desk.retry_delivery(&mira, 1).await.unwrap();
    world.settle().await;
    assert_one_of_each(&world, ThreadKind::Private, "retried");
}

#[tokio::test]
async fn what_discord_refuses_to_make_waits_with_its_reason() {
    for code in [40_067, 50_024, 50_013] {
        let world = world(ThreadKind::Forum).await;
        let refusal = Fault::Before(refused(code));
        world.discord.fail("open_thread", refusal);
        let opened = world.file("Late parcel", "Where is it?").await;
        world.settle().await;
        let mira = world.mira().await;
        let view = world.desk.conversation(&mira, opened.number).await.unwrap();
        assert!(view.thread_trouble.unwrap().contains(&code.to_string()));
        world.desk.retry_delivery(&mira, 1).await.unwrap();
        world.settle().await;
        assert_one_of_each(&world, ThreadKind::Forum, "retried");
    }
}
