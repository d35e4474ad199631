//! The panel as it stands in Discord: it says what the settings say, whenever they were changed.

use super::*;
use crate::settings::cut;
use desk::bridge::{Post, Step};

const GENERAL: ChannelId = ChannelId(2_003);
const MINUTE: Duration = Duration::from_secs(60);

async fn posted() -> World {
    let world = World::new().await;
    world.discord.add_channel(GENERAL);
    let here = ("channel".into(), Value::Channel(GENERAL));
    let setup = Does::Admin(ForAdmin::Setup);
    let said = world
        .says(&asked(Role::Admin, setup, None, vec![here]))
        .await;
    assert!(said.unwrap().words.contains("The panel is in"));
    world
}

async fn config(world: &World, setting: &str, value: &str) {
    let values = vec![text("setting", setting), text("value", value)];
    let config = Does::Admin(ForAdmin::Config);
    let asked = asked(Role::Admin, config, None, values);
    let said = world.says(&asked).await.unwrap().words;
    assert!(said.ends_with("says so in a moment."), "{said}");
}

async fn step(world: &World) -> Step {
    world.desk.panel_step().await.unwrap()
}

/// The heading, and what stands below it.
fn panels(world: &World) -> Vec<(String, String)> {
    let posts = world.discord.posts_in(GENERAL).into_iter();
    posts
        .map(|posted| match posted.post {
            Some(Post::Panel { title, words }) => (title, words),
            other => panic!("no panel: {other:?}"),
        })
        .collect()
}

#[tokio::test]
async fn it_follows_its_settings_in_place() {
    let world = posted().await;
    assert_eq!(step(&world).await, Step::Idle, "it says what it should");
    config(&world, "panel_title", "Ask us").await;
    assert_eq!(step(&world).await, Step::Kept);
    assert_eq!(panels(&world).len(), 1);
    assert_eq!(panels(&world)[0].0, "Ask us");
    config(&world, "opening_hours", "Mo-Fr 09:00-17:00").await;
    assert_eq!(step(&world).await, Step::Kept);
    let (_, below) = panels(&world).remove(0);
    assert!(below.contains("We are here Mo-Fr 09"), "{below}");
    let calls = world.discord.state().calls.len();
    assert_eq!(step(&world).await, Step::Idle);
    assert_eq!(world.discord.state().calls.len(), calls);
}

#[tokio::test]
async fn what_was_changed_before_a_restart_or_a_failure_is_made_up_for() {
    let mut world = posted().await;
    config(&world, "panel_text", "We read everything.").await;
    world.restart().await;
    world.discord.fail("edit", cut());
    assert_eq!(step(&world).await, Step::PutOff);
    assert_eq!(step(&world).await, Step::Idle, "not at once");
    world.clock.advance(MINUTE);
    assert_eq!(step(&world).await, Step::Kept);
    assert_eq!(panels(&world)[0].1, "We read everything.");
}

#[tokio::test]
async fn one_that_was_deleted_is_over_and_the_latest_is_the_one() {
    let world = posted().await;
    let first = world.discord.posts_in(GENERAL).remove(0).message.id;
    world.discord.erase(ThreadId(GENERAL.0), first);
    config(&world, "panel_title", "Ask us").await;
    assert_eq!(step(&world).await, Step::Kept);
    assert_eq!(step(&world).await, Step::Idle);
    assert!(panels(&world).is_empty(), "nobody posts it again");

    let here = || vec![("channel".into(), Value::Channel(GENERAL))];
    let setup = Does::Admin(ForAdmin::Setup);
    for _ in 0..2 {
        let asked = asked(Role::Admin, setup, None, here());
        world.says(&asked).await.unwrap();
    }
    config(&world, "panel_title", "Help").await;
    assert_eq!(step(&world).await, Step::Kept);
    let titles: Vec<_> = panels(&world).into_iter().map(|(title, _)| title).collect();
    assert_eq!(titles, ["Ask us", "Help"]);
}
