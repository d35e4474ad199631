//! From Discord to the web: one door, in order, once, and nothing internal through it.

use crate::discord::*;
use crate::world::*;
use desk::bridge::{ActiveThread, Ingested, RemoteEvent};
use domain::*;
use std::time::Duration;

#[tokio::test]
async fn a_staff_message_reaches_the_customer_once_and_gets_its_sign() {
    let world = World::new().await;
    let (opened, thread) = world.filed().await;
    let said = world.discord.write(thread, MIRA, "On its way.");
    assert_eq!(world.hear(&said).await, Ingested::Taken);
    for _ in 0..3 {
        assert_eq!(world.hear(&said).await, Ingested::Ignored);
    }
    world.settle().await;
    let seen = world.seen_by_customer(&opened).await;
    assert_eq!(seen.messages.len(), 2);
    assert_eq!(seen.messages[1].body, "On its way.");
    assert_eq!(seen.messages[1].author, "Mira Okafor");
    assert_eq!(seen.messages[1].side, Side::Staff);
    assert_eq!(seen.ticket.status, Status::Paused);
    let state = world.discord.state();
    assert_eq!(state.threads[0].messages[2].reactions, ["✅"]);
}

#[tokio::test]
async fn ten_tellers_of_one_fact_make_one_message() {
    let world = World::new().await;
    let (opened, thread) = world.filed().await;
    let said = world.discord.write(thread, MIRA, "Once.");
    let tellers = (0..10).map(|_| world.hear(&said));
    let results = futures::future::join_all(tellers).await;
    assert_eq!(results.iter().filter(|r| **r == Ingested::Taken).count(), 1);
    assert_eq!(world.bodies(&opened).await, ["Where is it?", "Once."]);
}

#[tokio::test]
async fn whoever_is_not_staff_does_not_reach_the_customer_and_is_told() {
    let world = World::new().await;
    let (opened, thread) = world.filed().await;
    let said = world.discord.write(thread, PAT, "I am the king of support");
    world.hear(&said).await;
    world.settle().await;
    assert_eq!(world.bodies(&opened).await, ["Where is it?"]);
    let mira = world.mira().await;
    let view = world.desk.conversation(&mira, 1).await.unwrap();
    assert_eq!(view.messages[1].kind, MessageKind::Note);
    let state = world.discord.state();
    assert_eq!(state.threads[0].messages[2].reactions, ["❌"]);
    let told = &state.threads[0].messages[3].message.content;
    assert!(told.contains("staff role"), "{told}");
}

#[tokio::test]
async fn bots_system_messages_and_other_channels_are_not_messages() {
    let world = World::new().await;
    let (opened, thread) = world.filed().await;
    let mut bot = world.discord.write(thread, MIRA, "beep");
    bot.author.is_bot = true;
    let mut pin = world.discord.write(thread, MIRA, "");
    pin.is_speech = false;
    let mut elsewhere = world.discord.write(thread, MIRA, "hello");
    elsewhere.channel = ThreadId(99);
    for message in [bot, pin, elsewhere] {
        assert_eq!(world.hear(&message).await, Ingested::Ignored);
    }
    assert_eq!(world.bodies(&opened).await, ["Where is it?"]);
}

#[tokio::test]
async fn what_is_told_after_its_deletion_does_not_appear() {
    let world = World::new().await;
    let (opened, thread) = world.filed().await;
    let said = world.discord.write(thread, MIRA, "Never mind.");
    let gone = RemoteEvent::Deleted {
        channel: thread,
        messages: vec![said.id],
    };
    assert_eq!(world.desk.ingest(gone).await.unwrap(), Ingested::Ignored);
    assert_eq!(world.hear(&said).await, Ingested::Ignored);
    let other = world.discord.write(thread, MIRA, "On its way.");
    assert_eq!(world.hear(&other).await, Ingested::Taken);
    assert_eq!(world.bodies(&opened).await, ["Where is it?", "On its way."]);
}

#[tokio::test]
async fn edits_go_forward_only_and_keep_what_was_said() {
    let world = World::new().await;
    let (opened, thread) = world.filed().await;
    let first = world.discord.write(thread, MIRA, "v1");
    world.hear(&first).await;
    world.clock.advance(Duration::from_secs(1));
    let second = world.discord.edit_text(&first, "v2");
    world.clock.advance(Duration::from_secs(1));
    let third = world.discord.edit_text(&first, "v3");
    let tell = |m| world.desk.ingest(RemoteEvent::Edited(m));
    assert_eq!(tell(third).await.unwrap(), Ingested::Taken);
    assert_eq!(tell(second).await.unwrap(), Ingested::Ignored);
    // A link preview fires the same event without an edit.
    assert_eq!(tell(first).await.unwrap(), Ingested::Ignored);
    let seen = world.seen_by_customer(&opened).await;
    assert_eq!(seen.messages[1].body, "v3");
    assert!(seen.messages[1].edited_at.is_some());
}

#[tokio::test]
async fn a_deletion_leaves_a_tombstone_and_an_edit_does_not_raise_it() {
    let world = World::new().await;
    let (opened, thread) = world.filed().await;
    let said = world.discord.write(thread, MIRA, "oops, a secret");
    world.hear(&said).await;
    let gone = RemoteEvent::Deleted {
        channel: thread,
        messages: vec![said.id, DiscordMessageId(5)],
    };
    assert_eq!(
        world.desk.ingest(gone.clone()).await.unwrap(),
        Ingested::Taken
    );
    assert_eq!(world.desk.ingest(gone).await.unwrap(), Ingested::Ignored);
    world.clock.advance(Duration::from_secs(1));
    let edit = world.discord.edit_text(&said, "still a secret");
    world.desk.ingest(RemoteEvent::Edited(edit)).await.unwrap();
    let seen = world.seen_by_customer(&opened).await;
    assert!(seen.messages[1].deleted);
    assert_eq!(seen.messages[1].body, "");
}

#[tokio::test]
async fn handlers_that_swap_two_messages_do_not_swap_them_on_the_web() {
    let world = World::new().await;
    let (opened, thread) = world.filed().await;
    let said: Vec<_> = ["one", "two", "three", "four"]
        .map(|text| world.discord.write(thread, MIRA, text))
        .into();
    for at in [1, 3, 0, 2] {
        world.hear(&said[at]).await;
    }
    assert_eq!(
        world.bodies(&opened).await,
        ["Where is it?", "one", "two", "three", "four"]
    );
}

#[tokio::test]
async fn what_was_written_while_we_were_away_comes_in_order_before_what_is_live() {
    let mut world = World::new().await;
    let (opened, thread) = world.filed().await;
    let known = world.discord.write(thread, MIRA, "before");
    world.hear(&known).await;

    world.clock.advance(Duration::from_secs(1));
    world.discord.edit_text(&known, "before, edited");
    let missed = world.discord.write(thread, MIRA, "missed");
    world.clock.advance(Duration::from_secs(1));
    world.discord.edit_text(&missed, "missed, edited");
    for n in 0..150 {
        world.discord.write(thread, MIRA, &format!("burst {n}"));
    }
    world.restart().await;
    world.desk.ingest(RemoteEvent::Connected).await.unwrap();
    let live = world.discord.write(thread, MIRA, "live");
    assert_eq!(world.hear(&live).await, Ingested::Deferred);
    world.reconnect().await;
    assert_eq!(world.hear(&live).await, Ingested::Ignored);

    let bodies = world.bodies(&opened).await;
    assert_eq!(bodies.len(), 1 + 2 + 150 + 1);
    assert_eq!(bodies[1], "before, edited");
    assert_eq!(bodies[2], "missed, edited");
    assert_eq!(bodies[3], "burst 0");
    assert_eq!(bodies[152], "burst 149");
    assert_eq!(bodies[153], "live");
}

#[tokio::test]
async fn catch_up_that_is_refused_is_tried_again() {
    let mut world = World::new().await;
    let (opened, thread) = world.filed().await;
    world.discord.write(thread, MIRA, "missed");
    world.restart().await;
    world.desk.ingest(RemoteEvent::Connected).await.unwrap();
    world.discord.fail(
        "page_after",
        Fault::Before(desk::bridge::DeliveryError::Uncertain {
            reason: "cut".into(),
        }),
    );
    world
        .desk
        .ingest(RemoteEvent::GuildReady {
            guild: GUILD,
            name: "Harbor Games".into(),
            threads: vec![],
        })
        .await
        .unwrap();
    assert!(!world.desk.catch_up_step().await);
    assert!(world.desk.catch_up_step().await);
    assert_eq!(world.bodies(&opened).await, ["Where is it?", "missed"]);
}

#[tokio::test]
async fn threads_in_which_somebody_wrote_are_read_before_the_others() {
    let mut world = World::new().await;
    let mut tickets = Vec::new();
    for _ in 0..8 {
        tickets.push(world.filed().await);
    }
    let (missed, live) = (tickets[5].1, tickets[6].1);
    world.discord.write(missed, MIRA, "while you were away");
    world.restart().await;
    world.desk.ingest(RemoteEvent::Connected).await.unwrap();
    let threads = {
        let state = world.discord.state();
        let active = state.threads.iter().map(|thread| ActiveThread {
            thread: thread.id,
            last_message: thread.messages.last().map(|posted| posted.message.id),
        });
        active.collect()
    };
    let ready = RemoteEvent::GuildReady {
        guild: GUILD,
        name: "Harbor Games".into(),
        threads,
    };
    world.desk.ingest(ready).await.unwrap();
    let said = world.discord.write(live, MIRA, "just now");
    assert_eq!(world.hear(&said).await, Ingested::Deferred);
    for _ in 0..2 {
        assert_eq!(world.desk.catch_up_one().await.unwrap(), Some(true));
    }
    assert_eq!(
        world.bodies(&tickets[5].0).await,
        ["Where is it?", "while you were away"]
    );
    assert_eq!(
        world.bodies(&tickets[6].0).await,
        ["Where is it?", "just now"]
    );
    assert_eq!(world.desk.health().await.unwrap().threads_to_read, 6);
}

#[tokio::test]
async fn a_thread_that_cannot_be_read_yet_holds_up_no_other() {
    let mut world = World::new().await;
    let mut tickets = Vec::new();
    for _ in 0..10 {
        tickets.push(world.filed().await);
    }
    for (_, thread) in &tickets {
        world.discord.write(*thread, MIRA, "while you were away");
    }
    world.restart().await;
    let later = desk::bridge::DeliveryError::Retry {
        after: Duration::from_secs(5),
        global: false,
        reason: "Discord asks us to slow down.".into(),
    };
    world.discord.fail("page_after", Fault::Before(later));
    world.desk.ingest(RemoteEvent::Connected).await.unwrap();
    let ready = RemoteEvent::GuildReady {
        guild: GUILD,
        name: "Harbor Games".into(),
        threads: vec![],
    };
    world.desk.ingest(ready).await.unwrap();
    assert!(!world.desk.catch_up_step().await, "one has to wait");
    let mut read = 0;
    for (opened, _) in &tickets {
        read += world.bodies(opened).await.len() - 1;
    }
    assert_eq!(read, 9);
}
