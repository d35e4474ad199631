//! What a promise does when it meets an archived thread: the thread is woken for it, however often the
//! promise was tried before, and only a thread that will not stay awake is put before a person.

use crate::discord::*;
use crate::world::*;
use desk::bridge::{DeliveryError, RemoteMessage};
use domain::ThreadId;
use std::time::Duration;

fn reactions(world: &World, said: &RemoteMessage) -> Vec<String> {
    let mut state = world.discord.state();
    let posted = state.thread(said.channel).messages.iter();
    let mut posted = posted.filter(|p| p.message.id == said.id);
    posted.next().unwrap().reactions.clone()
}

/// Somebody writes, and the thread is archived before the bot has put its sign there.
async fn written_in_what_is_archived(world: &World, thread: ThreadId) -> RemoteMessage {
    let said = world.discord.write(thread, MIRA, "Looking.");
    world.hear(&said).await;
    world.discord.state().thread(thread).archived = true;
    said
}

#[tokio::test]
async fn a_thread_archived_by_time_is_brought_back_for_what_it_must_take() {
    let world = World::new().await;
    let (_, thread) = world.filed().await;
    let said = written_in_what_is_archived(&world, thread).await;
    world.settle().await;
    assert_eq!(reactions(&world, &said), ["✅"]);
}

#[tokio::test]
async fn it_is_brought_back_also_for_what_was_tried_often_for_other_reasons() {
    let world = World::new().await;
    let (_, thread) = world.filed().await;
    let said = written_in_what_is_archived(&world, thread).await;
    for _ in 0..6 {
        let busy = DeliveryError::Retry {
            after: Duration::from_secs(1),
            global: false,
            reason: "Discord has a problem of its own.".into(),
        };
        world.discord.fail("react", Fault::Before(busy));
    }
    world.settle().await;
    assert_eq!(world.desk.health().await.unwrap().outbox_parked, 0);
    assert_eq!(reactions(&world, &said), ["✅"]);
}

#[tokio::test]
async fn a_thread_that_does_not_stay_awake_waits_for_a_person_and_is_woken_again_for_them() {
    let world = World::new().await;
    let (_, thread) = world.filed().await;
    let said = written_in_what_is_archived(&world, thread).await;
    // Whatever wakes it, it is archived when the sign comes.
    for _ in 0..50 {
        world.discord.fail("react", Fault::Before(refused(50083)));
    }
    world.settle().await;
    let mira = world.mira().await;
    let [stuck] = &world.desk.sync(&mira).await.unwrap().stuck[..] else {
        panic!("one promise waits for a person");
    };
    assert_eq!(stuck.next_try, None);
    assert_eq!(reactions(&world, &said), [""; 0]);

    world.discord.forgive();
    world.discord.state().thread(thread).archived = true;
    world.desk.retry_stuck(&mira, stuck.id).await.unwrap();
    world.settle().await;
    assert_eq!(world.desk.health().await.unwrap().outbox_parked, 0);
    assert_eq!(reactions(&world, &said), ["✅"]);
}
