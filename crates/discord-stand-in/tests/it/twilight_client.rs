//! twilight as a second client, with its own limiter and resume: an independent opinion beside serenity.

use reqwest::Method;
use serde_json::json;
use twilight_gateway::{
    ConfigBuilder, Event, EventTypeFlags, Intents, Shard, ShardId, StreamExt as _,
};
use twilight_http::Client;
use twilight_http::request::channel::reaction::RequestReactionType;
use twilight_model::channel::ChannelType;
use twilight_model::id::Id;

use crate::support::{PATIENCE, World};

fn http(world: &World) -> Client {
    Client::builder()
        .token(world.stand_in.settings().bot_token)
        .proxy(world.stand_in.addr().to_string(), true)
        .timeout(PATIENCE)
        .build()
}

fn shard(world: &World) -> Shard {
    let intents = Intents::GUILDS
        | Intents::GUILD_MESSAGES
        | Intents::GUILD_MESSAGE_REACTIONS
        | Intents::MESSAGE_CONTENT;
    let token = world.stand_in.settings().bot_token;
    let config = ConfigBuilder::new(token, intents)
        .proxy_url(format!("ws://{}", world.stand_in.addr()))
        .build();
    Shard::with_config(ShardId::ONE, config)
}

/// The next event that the test is interested in.
async fn next<T>(shard: &mut Shard, mut fits: impl FnMut(Event) -> Option<T>) -> T {
    let found = async {
        loop {
            let event = shard.next_event(EventTypeFlags::all()).await.unwrap();
            // A cut connection is an error of this stream, and mended by asking on.
            if let Some(found) = event.ok().and_then(&mut fits) {
                return found;
            }
        }
    };
    let found = tokio::time::timeout(PATIENCE, found).await;
    found.expect("nothing fitting came")
}

#[tokio::test]
async fn twilight_connects_and_lives_through_a_threads_life() {
    let world = World::start().await;
    let (http, mut shard) = (http(&world), shard(&world));
    let guild = next(&mut shard, |event| match event {
        Event::GuildCreate(guild) => Some(guild.id()),
        _ => None,
    });
    assert_eq!(guild.await.get(), world.guild());

    let support = Id::new(world.support());
    let made = http
        .create_thread(support, "#1 Sails", ChannelType::PrivateThread)
        .invitable(false)
        .await
        .unwrap();
    let thread = made.model().await.unwrap().id;
    let told = next(&mut shard, |event| match event {
        Event::ThreadCreate(thread) => Some(thread),
        _ => None,
    });
    let told = told.await;
    assert_eq!((told.id, told.newly_created), (thread, Some(true)));

    let sent = http.create_message(thread).content("hello").nonce(7).await;
    let sent = sent.unwrap().model().await.unwrap();
    let heard = next(&mut shard, |event| match event {
        Event::MessageCreate(message) => Some(message),
        _ => None,
    });
    assert_eq!(heard.await.id, sent.id);

    let edit = http
        .update_message(thread, sent.id)
        .content(Some("hello again"));
    let edited = edit.await.unwrap().model().await.unwrap();
    assert!(edited.edited_timestamp.is_some());
    let heard = next(&mut shard, |event| match event {
        Event::MessageUpdate(message) => Some(message.content.clone()),
        _ => None,
    });
    assert_eq!(heard.await, "hello again");

    let check = RequestReactionType::Unicode { name: "✅" };
    http.create_reaction(thread, sent.id, &check).await.unwrap();
    let heard = next(&mut shard, |event| match event {
        Event::ReactionAdd(reaction) => Some(reaction.message_id),
        _ => None,
    });
    assert_eq!(heard.await, sent.id);
    http.delete_current_user_reaction(thread, sent.id, &check)
        .await
        .unwrap();

    let history = http.channel_messages(thread).limit(10).await.unwrap();
    assert_eq!(history.models().await.unwrap().len(), 1);
    http.delete_message(thread, sent.id).await.unwrap();
    let heard = next(&mut shard, |event| match event {
        Event::MessageDelete(gone) => Some(gone.id),
        _ => None,
    });
    assert_eq!(heard.await, sent.id);
    let again = http.delete_message(thread, sent.id).await.unwrap_err();
    assert!(again.to_string().contains("10008"), "{again}");

    let closed = http.update_thread(thread).archived(true).locked(true).await;
    let closed = closed.unwrap().model().await.unwrap();
    assert!(closed.thread_metadata.unwrap().locked);
    let active = http.active_threads(Id::new(world.guild())).await.unwrap();
    assert!(active.model().await.unwrap().threads.is_empty());
}

#[tokio::test]
async fn twilight_resumes_and_misses_nothing() {
    let world = World::start().await;
    let general = world.support() - 1;
    let mut shard = shard(&world);
    next(&mut shard, |event| {
        matches!(event, Event::GuildCreate(_)).then_some(())
    })
    .await;
    for cut in [
        json!({"op": 7}),
        json!({"close": 4000}),
        json!({"op": 9, "d": true}),
    ] {
        world.control(Method::POST, "gateway", cut.clone()).await;
        let text = cut.to_string();
        world.person("Jonas").say(general, &text).await;
        let mut resumed = false;
        let heard = next(&mut shard, |event| match event {
            Event::Resumed => {
                resumed = true;
                None
            }
            Event::Ready(_) => panic!("a new session after {cut}"),
            Event::MessageCreate(message) => Some(message.content.clone()),
            _ => None,
        });
        assert_eq!(heard.await, text);
        if !resumed {
            next(&mut shard, |event| {
                matches!(event, Event::Resumed).then_some(())
            })
            .await;
        }
    }
    let resumes = world.stand_in.world()["counters"]["resumes"].clone();
    assert_eq!(resumes, 3);
}

#[tokio::test]
async fn twilight_waits_out_a_limit() {
    let world = World::start().await;
    let http = http(&world);
    let limit = json!([{"route": "POST /channels/{id}/messages", "action": "rate_limited", "retry_after": 1}]);
    world.control(Method::PUT, "faults", limit).await;
    let general = Id::new(world.support() - 1);
    let sent = http.create_message(general).content("patient").await;
    assert_eq!(sent.unwrap().model().await.unwrap().content, "patient");
}
