//! The three kinds of thread as the local Discord makes them, and what it refuses about them.

use super::Door;
use crate::{Answer, Carrier, Request, SerenityPort};
use desk::bridge::{
    DeliveryError, DiscordPort, Nonce, Post, PostTags, ThreadShape, ThreadSpec, ThreadStart,
};
use discord_stand_in::{Clock, Fault, InProcess};
use domain::{ChannelId, DiscordGuildId, DiscordMessageId, ThreadId, TicketId, Timestamp};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};

impl Door {
    /// An admin makes a forum with these tags.
    async fn forum(&self, tags: &[&str], flags: u64) -> ChannelId {
        let seeded = self.discord.settings();
        let admin = seeded.people.iter().find(|p| p.staff).unwrap();
        let tags: Vec<Value> = tags.iter().map(|name| json!({ "name": name })).collect();
        let url = format!(
            "{}/api/v10/guilds/{}/channels",
            self.discord.base_url(),
            seeded.guild_id
        );
        let made = reqwest::Client::builder()
            .no_proxy()
            .build()
            .unwrap()
            .post(url)
            .header("authorization", &admin.token)
            .json(&json!({"name": "tickets", "type": 15, "available_tags": tags, "flags": flags}))
            .send()
            .await
            .unwrap();
        let made: Value = made.json().await.unwrap();
        ChannelId::from(made["id"].as_str().unwrap().parse::<u64>().unwrap())
    }

    fn thread(&self, id: ThreadId) -> Value {
        let world = self.discord.world();
        let threads = world["guilds"][0]["threads"].as_array().unwrap();
        let found = threads.iter().find(|t| t["id"] == json!(id.to_string()));
        found.cloned().unwrap_or_default()
    }

    fn pings(&self) -> usize {
        let world = self.discord.world();
        world["notifications"].as_array().unwrap().len()
    }
}

fn tags(wanted: &[&str]) -> PostTags {
    let owned = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
    PostTags {
        wanted: owned(wanted),
        ours: owned(&["Open", "Closed", "Low", "High"]),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_thread_is_closed_to_guests() {
    let door = Door::open().await;
    let spec = door.spec(door.support(), ThreadStart::Empty);
    let thread = door.thread(door.port.open_thread(&spec).await.unwrap());
    assert_eq!(thread["type"], 12);
    assert_eq!(thread["thread_metadata"]["invitable"], false);
    assert_eq!(thread["thread_metadata"]["auto_archive_duration"], 10_080);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_thread_hangs_on_its_card_and_is_made_once() {
    let door = Door::open().await;
    let channel = ThreadId(door.support().0);
    let card = Post::Card(door.card());
    let nonce = Nonce("root".to_owned());
    let root = door.port.post(channel, &nonce, &card).await.unwrap();
    let spec = door.spec(door.support(), ThreadStart::On(root));
    let lost = Fault {
        route: Some("POST /channels/{id}/messages/{id}/threads".to_owned()),
        action: "drop_after".to_owned(),
        ..Fault::default()
    };
    door.discord.set_faults(vec![lost]);
    let told = door.port.open_thread(&spec).await;
    assert!(matches!(told, Err(DeliveryError::Retry { .. })), "{told:?}");
    for _ in 0..2 {
        let thread = door.port.open_thread(&spec).await.unwrap();
        assert_eq!(thread.0, root.0);
    }
    assert_eq!(door.thread(ThreadId(root.0))["type"], 11);
    assert_eq!(door.pings(), 1);
    // The card is in the channel, and is edited there, whatever the thread is.
    let port = &door.port;
    port.shape(ThreadId(root.0), ThreadShape::Closed)
        .await
        .unwrap();
    port.edit(channel, root, &card).await.unwrap();

    let nothing = door.spec(door.support(), ThreadStart::On(DiscordMessageId(5)));
    let told = port.open_thread(&nothing).await;
    assert!(
        matches!(
            told,
            Err(DeliveryError::Gone {
                code: Some(10_008),
                ..
            })
        ),
        "{told:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forums_post_begins_with_the_card_and_keeps_the_tags_of_people() {
    let door = Door::open().await;
    let forum = door.forum(&["open", "Closed", "High", "bug"], 0).await;
    let start = ThreadStart::Post {
        card: door.card(),
        tags: tags(&["Open", "High"]),
    };
    let spec = door.spec(forum, start);
    let port = &door.port;
    assert_eq!(
        port.find_thread(&spec, "#7 ", Timestamp(0)).await.unwrap(),
        None
    );
    let thread = port.open_thread(&spec).await.unwrap();
    assert_eq!(door.pings(), 1);
    let card = DiscordMessageId(thread.0);
    let first = port.message(thread, card).await.unwrap();
    assert_eq!(first.card, Some(TicketId(41)));
    port.edit(thread, card, &Post::Card(door.card()))
        .await
        .unwrap();
    assert_eq!(door.pings(), 1, "an edit calls nobody");
    for shape in [ThreadShape::Open, ThreadShape::Closed] {
        port.shape(thread, shape).await.unwrap();
        let found = port.find_thread(&spec, "#7 ", Timestamp(0)).await;
        assert_eq!(found.unwrap(), Some(thread), "{shape:?}");
    }
    port.shape(thread, ThreadShape::Open).await.unwrap();

    let named = || -> Vec<String> {
        let world = door.discord.world();
        let forum = world["guilds"][0]["channels"].as_array().unwrap().iter();
        let forum = forum.clone().find(|c| c["id"] == json!(forum_id(&spec)));
        let tags = forum.unwrap()["available_tags"].as_array().unwrap();
        let thread = door.thread(thread);
        let applied = thread["applied_tags"].as_array().unwrap().iter();
        applied
            .map(|id| tags.iter().find(|tag| tag["id"] == *id).unwrap())
            .map(|tag| tag["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(named(), ["open", "High"]);
    port.retag(forum, thread, &tags(&["Closed", "Low"]))
        .await
        .unwrap();
    assert_eq!(named(), ["Closed"]);
}

fn forum_id(spec: &ThreadSpec) -> String {
    spec.parent.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_the_channel_is_refused_in_words() {
    let door = Door::open().await;
    let post = || ThreadStart::Post {
        card: door.card(),
        tags: tags(&["Open"]),
    };
    let no_forum = door.spec(door.support(), post());
    let demanding = door.forum(&["bug"], 1 << 4).await;
    let needs_a_tag = door.spec(demanding, post());
    let no_text = door.spec(demanding, ThreadStart::Empty);
    for (spec, code) in [(no_forum, 50_024), (needs_a_tag, 40_067), (no_text, 0)] {
        let told = door.port.open_thread(&spec).await;
        let Err(DeliveryError::Permanent { code: told, reason }) = told else {
            panic!("{told:?}");
        };
        assert!(code == 0 || told == Some(code), "{told:?}");
        assert!(!reason.is_empty());
    }
    let world = door.discord.world();
    let threads = world["guilds"][0]["threads"].as_array().unwrap();
    assert!(threads.is_empty(), "nothing is made by mistake");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_the_filter_stops_is_told_apart_and_so_is_a_full_guild() {
    let door = Door::open().await;
    let switch = |set: Value| {
        let order = json!({"do": "switches", "set": set});
        door.discord.order(&order).unwrap();
    };
    switch(json!({"blocked_names": ["parcel"]}));
    let forum = door.forum(&[], 0).await;
    let post = ThreadStart::Post {
        card: door.card(),
        tags: tags(&[]),
    };
    for spec in [
        door.spec(door.support(), ThreadStart::Empty),
        door.spec(forum, post),
    ] {
        let told = door.port.open_thread(&spec).await;
        assert!(
            matches!(told, Err(DeliveryError::NameRefused { .. })),
            "{told:?}"
        );
        let neutral = ThreadSpec {
            name: "#7 ticket".to_owned(),
            ..spec
        };
        door.port.open_thread(&neutral).await.unwrap();
    }
    let guild = DiscordGuildId::from(door.discord.settings().guild_id);
    let active = door.port.active_threads(guild).await.unwrap();
    assert_eq!(active.len(), 2);
    switch(json!({"blocked_names": [], "active_threads": 2}));
    let spec = door.spec(door.support(), ThreadStart::Empty);
    let told = door.port.open_thread(&spec).await;
    assert!(
        matches!(
            told,
            Err(DeliveryError::Permanent {
                code: Some(160_006),
                ..
            })
        ),
        "{told:?}"
    );
    door.port
        .shape(active[0].thread, ThreadShape::Resting)
        .await
        .unwrap();
    door.port.open_thread(&spec).await.unwrap();
    let left = door.port.active_threads(guild).await.unwrap();
    assert!(left.len() == 2 && left.iter().all(|t| t.thread != active[0].thread));
}

#[tokio::test(flavor = "multi_thread")]
async fn whether_the_bot_is_in_the_guild_can_be_asked() {
    let door = Door::open().await;
    let guild = DiscordGuildId::from(door.discord.settings().guild_id);
    assert_eq!(door.port.is_in(guild).await, Ok(true));
    assert_eq!(door.port.is_in(DiscordGuildId(5)).await, Ok(false));
    door.discord.order(&json!({"do": "kick_bot"})).unwrap();
    assert_eq!(door.port.is_in(guild).await, Ok(false));
}

/// A Discord in which somebody archives a thread before each look at the active ones, and brings it
/// back before each look at the archived ones, so many times.
struct Hidden {
    discord: InProcess,
    looks: AtomicUsize,
    until: usize,
}

impl Hidden {
    fn ask(&self, method: &str, path: &str, params: &[(String, String)], body: &Value) -> Answer {
        let bot = format!("Bot {}", self.discord.settings().bot_token);
        let (status, body) = self
            .discord
            .ask(&bot, method, path, params, body, Vec::new());
        let body = body.to_string().into_bytes();
        Answer { status, body }
    }
}

#[async_trait::async_trait]
impl Carrier for Hidden {
    async fn carry(&self, request: Request<'_>) -> Option<Answer> {
        let (path, body) = (request.path, serde_json::from_slice(request.body));
        let among_active = path.ends_with("/threads/active");
        if among_active || path.contains("/threads/archived/") {
            let look = self.looks.fetch_add(1, Ordering::Relaxed);
            for thread in self.discord.threads() {
                let archived = json!({"archived": among_active});
                if look < self.until {
                    self.ask("PATCH", &format!("/channels/{thread}"), &[], &archived);
                }
            }
        }
        let params = request.params.iter();
        let params: Vec<_> = params.map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
        let body = body.unwrap_or(Value::Null);
        Some(self.ask(request.method, path, &params, &body))
    }
}

#[tokio::test]
async fn a_thread_that_is_put_away_and_brought_back_while_it_is_looked_for_is_found() {
    for until in 0..5 {
        let discord = InProcess::new(Clock::default());
        let seeded = discord.settings();
        let spec = ThreadSpec {
            guild: DiscordGuildId::from(seeded.guild_id),
            parent: ChannelId::from(seeded.support_channel_id),
            name: "#7 Late parcel".to_owned(),
            start: ThreadStart::Empty,
        };
        let looks = AtomicUsize::new(0);
        let port = SerenityPort::carried(Hidden {
            discord,
            looks,
            until,
        });
        let made = port.open_thread(&spec).await.unwrap();
        let found = port.find_thread(&spec, "#7 ", Timestamp(0)).await.unwrap();
        assert_eq!(found, Some(made), "hidden from {until} looks");
    }
}
