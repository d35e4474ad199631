//! The guild is out of reach: the bot was thrown out, or Discord has an outage. Everything waits, is
//! seen, and goes on.

use crate::discord::*;
use crate::world::*;
use desk::bridge::{Absence, Ingested, RemoteEvent, Step};
use domain::*;
use std::time::Duration;

fn away(absence: Absence) -> RemoteEvent {
    RemoteEvent::GuildAway {
        guild: GUILD,
        absence,
    }
}

async fn trouble(world: &World) -> Option<String> {
    let mira = world.mira().await;
    let inbox = world.desk.inbox(&mira, Default::default(), None).await;
    let sync = world.desk.sync(&mira).await.unwrap();
    assert_eq!(inbox.as_ref().unwrap().trouble, sync.trouble);
    inbox.unwrap().trouble
}

#[tokio::test]
async fn while_the_guild_is_away_promises_wait_unparked_and_coming_back_resumes_with_catch_up() {
    for absence in [Absence::Removed, Absence::Outage] {
        let world = World::new().await;
        let (opened, thread) = world.filed().await;
        trouble(&world).await;
        assert_eq!(
            world.desk.ingest(away(absence)).await.unwrap(),
            Ingested::Taken
        );
        world.file("Another", "Hello?").await;
        let holder = world.desk.holder(&opened.token).await.unwrap();
        let reply = world.desk.customer_reply(&holder, body("More."), None);
        reply.await.unwrap();
        world.clock.advance(Duration::from_secs(3_600));
        assert_eq!(world.desk.outbox_step().await.unwrap(), Step::Idle);
        assert_eq!(world.desk.catch_up_one().await.unwrap(), None);
        assert_eq!(world.desk.budget_step().await.unwrap(), 0);
        let health = world.desk.health().await.unwrap();
        assert_eq!((health.outbox_parked, health.away), (0, Some(absence)));
        assert!(trouble(&world).await.unwrap().contains("waits"));

        let missed = world.discord.write(thread, MIRA, "said meanwhile");
        world.reconnect().await;
        world.settle().await;
        assert_eq!(trouble(&world).await, None);
        assert_eq!(world.hear(&missed).await, Ingested::Ignored);
        let bodies = world.bodies(&opened).await;
        assert_eq!(bodies, ["Where is it?", "More.", "said meanwhile"]);
        assert_eq!(world.discord.state().threads.len(), 2);
        assert_eq!(world.desk.health().await.unwrap().away, None);
    }
}

#[tokio::test]
async fn a_bot_that_is_not_in_the_guild_finds_out_without_parking_anything() {
    let mut world = World::new().await;
    let (opened, thread) = world.filed().await;
    world.mira().await;
    world.discord.state().removed = true;
    // Nobody told: the gateway was away.
    let holder = world.desk.holder(&opened.token).await.unwrap();
    let reply = world.desk.customer_reply(&holder, body("More."), None);
    reply.await.unwrap();
    world.file("Another", "Hello?").await;
    for _ in 0..5 {
        world.desk.outbox_step().await.unwrap();
        world.clock.advance(Duration::from_secs(2));
    }
    let health = world.desk.health().await.unwrap();
    assert_eq!(health.outbox_parked, 0);
    assert_eq!(health.away, Some(Absence::Removed));
    // Also after a restart, where the session begins by saying in which guilds the bot is.
    world.restart().await;
    let guilds = RemoteEvent::MemberOf(vec![DiscordGuildId(77)]);
    world.desk.ingest(RemoteEvent::Connected).await.unwrap();
    world.desk.ingest(guilds).await.unwrap();
    assert_eq!(
        world.desk.health().await.unwrap().away,
        Some(Absence::Removed)
    );
    world.discord.state().removed = false;
    world.reconnect().await;
    world.settle().await;
    assert_eq!(world.bodies(&opened).await, ["Where is it?", "More."]);
    let mut state = world.discord.state();
    assert_eq!(state.thread(thread).messages.len(), 3);
    assert_eq!(state.threads.len(), 2);
}

#[tokio::test]
async fn whether_the_bot_is_back_is_asked_now_and_then_where_nobody_tells() {
    let world = World::new().await;
    let (opened, _) = world.filed().await;
    world.discord.state().removed = true;
    let holder = world.desk.holder(&opened.token).await.unwrap();
    let reply = world.desk.customer_reply(&holder, body("More."), None);
    reply.await.unwrap();
    world.desk.outbox_step().await.unwrap();
    assert!(world.desk.health().await.unwrap().away.is_some());
    world.discord.state().removed = false;
    world.clock.advance(Duration::from_secs(30));
    assert_eq!(world.desk.outbox_step().await.unwrap(), Step::Idle);
    world.clock.advance(Duration::from_secs(31));
    world.settle().await;
    assert_eq!(world.desk.health().await.unwrap().away, None);
    let seen = world.seen_by_customer(&opened).await;
    assert_eq!(seen.messages[1].delivery, Delivery::Delivered);
}

#[tokio::test]
async fn staff_who_were_known_work_on_while_the_bot_is_out() {
    let world = World::new().await;
    world.filed().await;
    let mira = world.mira().await;
    world.discord.state().removed = true;
    world.desk.ingest(away(Absence::Removed)).await.unwrap();
    world.clock.advance(Duration::from_secs(3 * 3_600));
    let again = world.desk.staff(mira.person).await.unwrap();
    assert_eq!(again.name, "Mira Okafor");
    world.clock.advance(Duration::from_secs(24 * 3_600));
    let refused = world.desk.staff(mira.person).await;
    assert!(matches!(refused, Err(desk::DeskError::Busy(_))));
}

#[tokio::test]
async fn other_guilds_are_nothing_to_us() {
    let world = World::new().await;
    let other = DiscordGuildId(77);
    for absence in [Absence::Removed, Absence::Outage] {
        let gone = RemoteEvent::GuildAway {
            guild: other,
            absence,
        };
        assert_eq!(world.desk.ingest(gone).await.unwrap(), Ingested::Ignored);
    }
    let there = RemoteEvent::GuildReady {
        guild: other,
        name: "Elsewhere".into(),
        threads: vec![],
    };
    assert_eq!(world.desk.ingest(there).await.unwrap(), Ingested::Ignored);
    let both = RemoteEvent::MemberOf(vec![other, GUILD]);
    assert_eq!(world.desk.ingest(both).await.unwrap(), Ingested::Ignored);
    assert_eq!(world.desk.health().await.unwrap().away, None);
    let guild = world.desk.guild_view();
    assert_eq!(guild.name, "Harbor Games");
}
