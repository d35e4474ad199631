//! A guild that the bot is invited to: who is told what to do, and when.

use crate::discord::*;
use crate::street::*;
use desk::bridge::{Absence, DeliveryError, Hosts, RemoteEvent};
use domain::*;
use std::time::Duration;

const B: Plot = Plot(1);
const INVITER: DiscordUserId = DiscordUserId(11);
const OWNER: DiscordUserId = DiscordUserId(12);

fn hosts() -> Hosts {
    Hosts {
        inviter: Some(INVITER),
        owner: Some(OWNER),
        system_channel: Some(LOG),
    }
}

/// What somebody was told alone.
fn told(street: &Street, user: DiscordUserId) -> Vec<String> {
    let state = street.discord.state();
    let alone = state.threads.iter().filter(|t| t.id.0 == -user.0);
    let posts = alone.flat_map(|t| &t.messages);
    posts.map(|p| p.message.content.clone()).collect()
}

async fn invited(hosts: Hosts) -> Street {
    let street = Street::of(1).await;
    street.discord.state().hosts = hosts;
    // The guild of the environment is set up, and nobody is told anything.
    assert!(street.house.welcome_step().await.unwrap());
    assert!(!street.discord.state().calls.contains(&"hosts".to_owned()));
    street.arrive(B).await;
    street
}

#[tokio::test]
async fn whoever_invited_the_bot_is_told_once_what_to_do() {
    let mut street = invited(hosts()).await;
    for _ in 0..2 {
        assert!(street.house.welcome_step().await.unwrap());
    }
    street.restart().await;
    assert!(street.house.welcome_step().await.unwrap());
    let told_them = told(&street, INVITER);
    assert_eq!(told_them.len(), 1);
    assert!(told_them[0].contains("/setup") && told_them[0].contains("Guild 1"));
    assert!(told_them[0].contains("https://help.example.com/g/guild-1"));
    assert!(told(&street, OWNER).is_empty());
}

#[tokio::test]
async fn a_closed_door_is_no_error_and_the_next_one_is_tried() {
    let street = invited(hosts()).await;
    street.discord.add_channel(LOG);
    street.discord.state().shut = vec![INVITER, OWNER];
    assert!(street.house.welcome_step().await.unwrap());
    assert_eq!(street.discord.posts_in(LOG).len(), 1);

    let street = invited(Hosts {
        inviter: None,
        ..hosts()
    })
    .await;
    assert!(street.house.welcome_step().await.unwrap());
    assert_eq!(told(&street, OWNER).len(), 1);

    // Nobody hears us: then nobody is told, and that is all.
    let street = invited(Hosts::default()).await;
    assert!(street.house.welcome_step().await.unwrap());
    street.discord.state().calls.clear();
    assert!(street.house.welcome_step().await.unwrap());
    assert!(street.discord.state().calls.is_empty());
}

#[tokio::test]
async fn a_lost_answer_tells_it_no_second_time_and_an_absence_waits() {
    let street = invited(hosts()).await;
    street.discord.fail("post", Fault::After);
    assert!(!street.house.welcome_step().await.unwrap());
    street.clock.advance(Duration::from_secs(60));
    assert!(street.house.welcome_step().await.unwrap());
    assert_eq!(told(&street, INVITER).len(), 1);

    let street = invited(hosts()).await;
    let busy = DeliveryError::Retry {
        after: Duration::from_secs(1),
        global: false,
        reason: "later".into(),
    };
    street.discord.fail("hosts", Fault::Before(busy));
    assert!(!street.house.welcome_step().await.unwrap());
    let away = RemoteEvent::GuildAway {
        guild: B.guild(),
        absence: Absence::Removed,
    };
    street.fact(away).await;
    assert!(street.house.welcome_step().await.unwrap());
    assert!(told(&street, INVITER).is_empty());
    street.arrive(B).await;
    assert!(street.house.welcome_step().await.unwrap());
    assert_eq!(told(&street, INVITER).len(), 1);
}
