//! Each request as the local Discord takes it, and what a failed one is said to be.

use super::super::SerenityPort;
use super::{Door, discord};
use desk::bridge::{DeliveryError, DiscordPort, Nonce, Post, ThreadShape, ThreadSpec, ThreadStart};
use discord_stand_in::Fault;
use domain::{
    DiscordGuildId, DiscordMessageId, DiscordUserId, Priority, RoleId, ThreadId, Timestamp,
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const POST: &str = "POST /channels/{id}/messages";
const MAKE: &str = "POST /channels/{id}/threads";
const PATCH: &str = "PATCH /channels/{id}";

impl Door {
    fn private(&self) -> ThreadSpec {
        self.spec(self.support(), ThreadStart::Empty)
    }

    fn messages(&self, thread: ThreadId) -> Vec<Value> {
        let world = self.discord.world();
        let list = world["messages"][thread.to_string()].as_array();
        list.cloned().unwrap_or_default()
    }

    fn fault(&self, route: &str, fault: Fault) {
        self.discord.set_faults(vec![Fault {
            route: Some(route.to_owned()),
            ..fault
        }]);
    }
}

fn nonce(n: u32) -> Nonce {
    Nonce(format!("nonce-{n}"))
}

fn words(words: &str) -> Post {
    Post::Words(words.to_owned())
}

fn action(action: &str) -> Fault {
    Fault {
        action: action.to_owned(),
        ..Fault::default()
    }
}

fn status(status: u16) -> Fault {
    Fault {
        status: Some(status),
        body: Some(json!("<html>bad</html>")),
        ..action("status")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_threads_whole_life() {
    let door = Door::open().await;
    let port = &door.port;
    let thread = port.open_thread(&door.private()).await.unwrap();
    let card = Post::Card(door.card());
    let posted = port.post(thread, &nonce(1), &card).await.unwrap();
    let mut later = door.card();
    later.priority = Priority::Urgent;
    port.edit(thread, posted, &Post::Card(later)).await.unwrap();
    let second = port
        .post(thread, &nonce(2), &words("hello @everyone"))
        .await
        .unwrap();
    let again = port
        .post(thread, &nonce(2), &words("hello @everyone"))
        .await
        .unwrap();
    assert_eq!(second, again, "the nonce is enforced");
    port.react(thread, second, "✅").await.unwrap();
    port.react(thread, second, "✅").await.unwrap();

    let messages = door.messages(thread);
    assert_eq!(messages.len(), 2);
    assert!(messages[0]["embeds"][0].to_string().contains("Urgent"));
    assert!(messages[1]["reactions"].to_string().contains('✅'));
    let notes = door.discord.world()["notifications"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(notes, 1, "one ping, by the first card");

    let page = port
        .page_after(thread, DiscordMessageId(thread.0), 100)
        .await
        .unwrap();
    let ids: Vec<_> = page.iter().filter(|m| m.is_speech).map(|m| m.id).collect();
    assert_eq!(ids, [posted, second], "oldest first");
    assert!(page.iter().all(|m| m.author.is_us));
    let newest = port.newest(thread, 1).await.unwrap();
    assert_eq!(newest[0].id, second);

    port.shape(thread, ThreadShape::Closed).await.unwrap();
    let state = port.thread_state(thread).await.unwrap();
    assert!(state.archived && state.locked && state.last_message == Some(second));
    let refused = port.edit(thread, second, &words("too late")).await;
    assert!(
        matches!(
            refused,
            Err(DeliveryError::Permanent {
                code: Some(50_083),
                ..
            })
        ),
        "{refused:?}"
    );
    port.shape(thread, ThreadShape::Open).await.unwrap();
    let state = port.thread_state(thread).await.unwrap();
    assert!(!state.archived && !state.locked);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_is_found_again_by_its_mark_open_or_archived() {
    let door = Door::open().await;
    let port = &door.port;
    let spec = door.private();
    let start = Timestamp(0);
    assert_eq!(port.find_thread(&spec, "#7 ", start).await.unwrap(), None);
    let thread = port.open_thread(&spec).await.unwrap();
    assert_eq!(
        port.find_thread(&spec, "#7 ", start).await.unwrap(),
        Some(thread)
    );
    assert_eq!(port.find_thread(&spec, "#70 ", start).await.unwrap(), None);
    let later = thread.created_at().after(Duration::from_secs(1));
    assert_eq!(port.find_thread(&spec, "#7 ", later).await.unwrap(), None);
    port.shape(thread, ThreadShape::Closed).await.unwrap();
    assert_eq!(
        port.find_thread(&spec, "#7 ", start).await.unwrap(),
        Some(thread)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_told_and_strangers_are_none() {
    let door = Door::open().await;
    let seeded = door.discord.settings();
    let guild = DiscordGuildId::from(seeded.guild_id);
    for person in &seeded.people {
        let member = door
            .port
            .member(guild, DiscordUserId::from(person.id))
            .await
            .unwrap()
            .unwrap();
        let is_staff = member.roles.contains(&RoleId::from(seeded.staff_role_id));
        assert_eq!(is_staff, person.staff, "{}", person.name);
        assert!(!member.bot && !member.name.is_empty());
    }
    assert_eq!(
        door.port.member(guild, DiscordUserId(1)).await.unwrap(),
        None
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_gone_is_told_apart() {
    let door = Door::open().await;
    let port = &door.port;
    let nowhere = ThreadId(4_194_304_000);
    let missing = DiscordMessageId(4_194_304_001);
    assert!(matches!(
        port.post(nowhere, &nonce(1), &words("x")).await,
        Err(DeliveryError::Gone {
            code: Some(10_003),
            ..
        })
    ));
    let thread = port.open_thread(&door.private()).await.unwrap();
    assert!(matches!(
        port.react(thread, missing, "✅").await,
        Err(DeliveryError::Gone {
            code: Some(10_008),
            ..
        })
    ));
    let parent = ThreadId(door.private().parent.0);
    assert!(matches!(
        port.thread_state(parent).await,
        Err(DeliveryError::Gone { code: None, .. })
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_in_doubt_only_where_a_repetition_would_double() {
    let door = Door::open().await;
    let port = &door.port;
    let thread = port.open_thread(&door.private()).await.unwrap();
    let after = Fault {
        after: true,
        ..status(500)
    };
    for fault in [
        action("drop_after"),
        action("drop_before"),
        status(502),
        after,
    ] {
        door.fault(POST, fault.clone());
        let told = port.post(thread, &nonce(9), &words("once")).await;
        assert!(
            matches!(told, Err(DeliveryError::Uncertain { .. })),
            "{fault:?}: {told:?}"
        );
        door.fault(MAKE, fault.clone());
        let told = port.open_thread(&door.private()).await;
        assert!(
            matches!(told, Err(DeliveryError::Uncertain { .. })),
            "{fault:?}: {told:?}"
        );
        door.fault(PATCH, fault.clone());
        let told = port.shape(thread, ThreadShape::Open).await;
        assert!(
            matches!(told, Err(DeliveryError::Retry { global: false, .. })),
            "{fault:?}: {told:?}"
        );
    }
    port.post(thread, &nonce(9), &words("once")).await.unwrap();
    assert_eq!(door.messages(thread).len(), 1, "however often it was tried");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_discord_is_tried_again_soon() {
    let door = Door::open().await;
    let thread = door.port.open_thread(&door.private()).await.unwrap();
    door.discord.pause_listening().await;
    let told = door.port.post(thread, &nonce(1), &words("x")).await;
    // The first try may go out on a connection that was cut just then.
    let told = match told {
        Err(DeliveryError::Uncertain { .. }) => {
            door.port.post(thread, &nonce(1), &words("x")).await
        }
        told => told,
    };
    assert!(
        matches!(&told, Err(DeliveryError::Retry { after, global: false, .. }) if *after < Duration::from_secs(3)),
        "{told:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_limit_is_handed_on_whole_and_a_short_one_is_waited_for() {
    let door = Door::open().await;
    let port = &door.port;
    let thread = port.open_thread(&door.private()).await.unwrap();
    let limited = |seconds: f64, global| Fault {
        retry_after: Some(seconds),
        global,
        ..action("rate_limited")
    };
    let began = Instant::now();
    door.fault(POST, limited(1.0, false));
    port.post(thread, &nonce(1), &words("a")).await.unwrap();
    assert!(began.elapsed() >= Duration::from_millis(900));

    door.fault(POST, limited(120.0, false));
    let began = Instant::now();
    let told = port.post(thread, &nonce(2), &words("b")).await;
    assert!(
        matches!(&told, Err(DeliveryError::Retry { after, global: false, .. }) if *after > Duration::from_secs(110)),
        "{told:?}"
    );
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "nobody waits for it here"
    );
    // Until then, requests of that bucket are not even made; others are.
    let told = port.post(thread, &nonce(2), &words("b")).await;
    assert!(
        matches!(&told, Err(DeliveryError::Retry { after, .. }) if *after > Duration::from_secs(110))
    );
    port.shape(thread, ThreadShape::Open).await.unwrap();
    assert_eq!(door.messages(thread).len(), 1);

    door.fault(PATCH, limited(60.0, true));
    let told = port.shape(thread, ThreadShape::Open).await;
    assert!(
        matches!(&told, Err(DeliveryError::Retry { after, global: true, .. }) if *after > Duration::from_secs(50)),
        "{told:?}"
    );
    let told = port.open_thread(&door.private()).await;
    assert!(
        matches!(&told, Err(DeliveryError::Retry { global: true, .. })),
        "{told:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_is_told_apart() {
    let (_discord, mut config) = discord().await;
    config.token.push('x');
    let port = SerenityPort::new(&config).unwrap();
    let told = port.newest(ThreadId(5), 1).await;
    assert_eq!(told, Err(DeliveryError::Unauthorised));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_named_authority_is_trusted() {
    let (_discord, mut config) = discord().await;
    let (other, _) = discord().await;
    if let Some(stand_in) = &mut config.stand_in {
        stand_in.ca_pem = other.ca_pem().to_owned();
    }
    let port = SerenityPort::new(&config).unwrap();
    let told = port.newest(ThreadId(5), 1).await;
    assert!(matches!(told, Err(DeliveryError::Retry { .. })), "{told:?}");
}
