//! The dashboard message: one, in place, at most once a minute, wherever the process dies.

use crate::discord::*;
use crate::world::*;
use desk::bridge::{DashboardView, DeliveryError, Step};
use domain::*;
use std::time::Duration;

const ELSEWHERE: ChannelId = ChannelId(2_002);
const MINUTE: Duration = Duration::from_secs(60);

async fn placed() -> World {
    let world = World::new().await;
    world.discord.add_channel(LOG);
    world.discord.add_channel(ELSEWHERE);
    let mira = world.mira().await;
    world.desk.place_dashboard(&mira, LOG).await.unwrap();
    world
}

async fn step(world: &World) -> Step {
    world.desk.dashboard_step().await.unwrap()
}

async fn view(world: &World) -> Option<DashboardView> {
    let mira = world.mira().await;
    world.desk.dashboard(&mira).await.unwrap()
}

fn contents(world: &World, channel: ChannelId) -> Vec<String> {
    let posts = world.discord.posts_in(channel).into_iter();
    posts.map(|p| p.message.content).collect()
}

/// How often Discord was asked for anything.
fn calls(world: &World) -> usize {
    world.discord.state().calls.len()
}

#[tokio::test]
async fn the_message_is_edited_in_place_at_most_once_a_minute() {
    let world = placed().await;
    assert_eq!(step(&world).await, Step::Kept);
    let first = contents(&world, LOG);
    assert!(first[0].contains("Open **0**"), "{first:?}");
    assert!(view(&world).await.unwrap().is_posted);

    world.file("Late parcel", "Where is it?").await;
    assert_eq!(step(&world).await, Step::Idle, "not within the minute");
    world.clock.advance(MINUTE);
    assert_eq!(step(&world).await, Step::Kept);
    let now = contents(&world, LOG);
    assert_eq!(now.len(), 1);
    assert!(
        now[0].contains("Open **1**") && now[0].contains("A question 1"),
        "{now:?}"
    );

    // Nothing changed: Discord is not asked.
    let before = calls(&world);
    world.clock.advance(MINUTE);
    assert_eq!(step(&world).await, Step::Kept);
    assert_eq!(calls(&world), before);
}

#[tokio::test]
async fn it_survives_a_restart() {
    let mut world = placed().await;
    step(&world).await;
    world.restart().await;
    world.file("Late parcel", "Where is it?").await;
    world.clock.advance(MINUTE);
    step(&world).await;
    let now = contents(&world, LOG);
    assert_eq!(now.len(), 1);
    assert!(now[0].contains("Open **1**"), "{now:?}");
}

#[tokio::test]
async fn a_lost_answer_doubles_no_dashboard() {
    for wait in [MINUTE, MINUTE * 10] {
        let world = placed().await;
        world.discord.fail("post", Fault::After);
        assert_eq!(step(&world).await, Step::PutOff);
        world.clock.advance(wait);
        assert_eq!(step(&world).await, Step::Kept);
        world.clock.advance(MINUTE);
        step(&world).await;
        assert_eq!(contents(&world, LOG).len(), 1, "after {wait:?}");
    }
}

#[tokio::test]
async fn placed_elsewhere_it_leaves_where_it_was() {
    let world = placed().await;
    step(&world).await;
    let mira = world.mira().await;
    world.desk.place_dashboard(&mira, ELSEWHERE).await.unwrap();
    step(&world).await;
    world.clock.advance(MINUTE);
    while step(&world).await != Step::Idle {}
    assert_eq!(contents(&world, LOG), Vec::<String>::new());
    assert_eq!(contents(&world, ELSEWHERE).len(), 1);
    world.desk.remove_dashboard(&mira).await.unwrap();
    world.clock.advance(MINUTE);
    while step(&world).await != Step::Idle {}
    assert_eq!(contents(&world, ELSEWHERE), Vec::<String>::new());
    assert_eq!(view(&world).await, None);
}

#[tokio::test]
async fn taken_away_while_its_answer_is_lost_it_does_not_stay() {
    let world = placed().await;
    world.discord.fail("post", Fault::After);
    step(&world).await;
    let mira = world.mira().await;
    world.desk.remove_dashboard(&mira).await.unwrap();
    world.clock.advance(MINUTE);
    while step(&world).await != Step::Idle {}
    assert_eq!(contents(&world, LOG), Vec::<String>::new());
}

#[tokio::test]
async fn who_deletes_it_in_discord_has_ended_it() {
    let world = placed().await;
    step(&world).await;
    let id = world.discord.posts_in(LOG)[0].message.id;
    world.discord.erase(ThreadId(LOG.0), id);
    world.file("Late parcel", "Where is it?").await;
    world.clock.advance(MINUTE);
    step(&world).await;
    assert_eq!(view(&world).await, None);
    world.clock.advance(MINUTE);
    assert_eq!(step(&world).await, Step::Idle);
    assert_eq!(contents(&world, LOG), Vec::<String>::new());
}

#[tokio::test]
async fn what_keeps_it_from_standing_is_said_and_tried_again_later() {
    let world = placed().await;
    world.discord.remove_channel(LOG);
    assert_eq!(step(&world).await, Step::Parked);
    let seen = view(&world).await.unwrap();
    assert!(seen.trouble.unwrap().contains("/dashboard"));
    world.discord.add_channel(LOG);
    world.clock.advance(MINUTE * 10);
    assert_eq!(step(&world).await, Step::Kept);
    assert_eq!(view(&world).await.unwrap().trouble, None);
    assert_eq!(contents(&world, LOG).len(), 1);
}

#[tokio::test]
async fn slow_down_is_obeyed_whole() {
    let world = placed().await;
    let wait = DeliveryError::Retry {
        after: MINUTE * 5,
        global: false,
        reason: "slow down".into(),
    };
    world.discord.fail("post", Fault::Before(wait));
    assert_eq!(step(&world).await, Step::PutOff);
    world.clock.advance(MINUTE * 4);
    assert_eq!(step(&world).await, Step::Idle);
    world.clock.advance(MINUTE);
    assert_eq!(step(&world).await, Step::Kept);
}

#[tokio::test]
async fn it_tells_who_is_at_work_and_its_words_fit() {
    let world = placed().await;
    let mira = world.mira().await;
    world.desk.clock_in(&mira).await.unwrap();
    step(&world).await;
    let shown = contents(&world, LOG);
    assert!(shown[0].contains("At work: Mira Okafor"), "{shown:?}");
    assert!(text::discord_len(&shown[0]) <= text::DISCORD_CONTENT_MAX);
}
