//! Files over the wire: up with a post, down by a link, told in pages and live.

use super::super::SerenityPort;
use super::discord;
use desk::bridge::{
    DeliveryError, DiscordPort, Nonce, Post, PostFile, RemoteBytes, ThreadSpec, ThreadStart,
};
use discord_stand_in::{Fault, StandIn};
use domain::{ChannelId, DiscordGuildId, DiscordMessageId, ThreadId};
use futures::TryStreamExt;

async fn open() -> (StandIn, SerenityPort, ThreadId) {
    let (discord, config) = discord().await;
    let port = SerenityPort::new(&config).unwrap();
    let seeded = discord.settings();
    let spec = ThreadSpec {
        guild: DiscordGuildId::from(seeded.guild_id),
        parent: ChannelId::from(seeded.support_channel_id),
        name: "#7 Late parcel".to_owned(),
        start: ThreadStart::Empty,
    };
    let thread = port.open_thread(&spec).await.unwrap();
    (discord, port, thread)
}

fn post(files: &[(&str, &[u8])]) -> Post {
    let files = files.iter().map(|(name, bytes)| PostFile {
        name: (*name).to_owned(),
        bytes: bytes.to_vec().into(),
    });
    Post::Files {
        words: "@everyone see these".to_owned(),
        files: files.collect(),
    }
}

async fn whole(bytes: RemoteBytes) -> Vec<u8> {
    let chunks: Vec<_> = bytes.try_collect().await.unwrap();
    chunks.concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn files_go_up_once_and_come_down_as_they_were() {
    let (discord, port, thread) = open().await;
    let nonce = Nonce("n-1".to_owned());
    let names: Vec<String> = (0..10).map(|n| format!("file {n}.txt")).collect();
    let files: Vec<(&str, &[u8])> = names
        .iter()
        .map(|name| (name.as_str(), name.as_bytes()))
        .collect();
    let posted = port.post(thread, &nonce, &post(&files)).await.unwrap();
    let again = port.post(thread, &nonce, &post(&files)).await.unwrap();
    assert_eq!(posted, again, "the nonce holds for files too");

    let page = port.newest(thread, 10).await.unwrap();
    let [told] = &page[..] else {
        panic!("one message, not {}", page.len());
    };
    assert_eq!(told.content, "@everyone see these");
    assert_eq!(told.files.len(), 10);
    for (n, file) in told.files.iter().enumerate() {
        assert_eq!(file.size, names[n].len() as u64);
        let bytes = port.fetch(&file.url).await.unwrap();
        assert_eq!(whole(bytes).await, names[n].as_bytes());
    }
    let notes = discord.world()["notifications"].as_array().unwrap().len();
    assert_eq!(notes, 0, "nobody is called");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_does_not_hold_is_gone_and_its_message_tells_another() {
    let (_discord, port, thread) = open().await;
    let nonce = Nonce("n-1".to_owned());
    let posted = port
        .post(thread, &nonce, &post(&[("a.txt", b"hello")]))
        .await
        .unwrap();
    let before = DiscordMessageId(posted.0 - 1);
    let told = port.page_after(thread, before, 1).await.unwrap();
    let link = &told[0].files[0].url;
    let broken = link.replace("ex=", "ex=1");
    let refused = port.fetch(&broken).await.err();
    assert!(
        matches!(refused, Some(DeliveryError::Gone { .. })),
        "{refused:?}"
    );
    let elsewhere = port.fetch("https://example.com/a.txt").await.err();
    assert!(
        matches!(elsewhere, Some(DeliveryError::Permanent { .. })),
        "{elsewhere:?}"
    );
    assert_eq!(whole(port.fetch(link).await.unwrap()).await, b"hello");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_becomes_of_an_upload_is_understood() {
    let (discord, port, thread) = open().await;
    let fault = |action: &str| Fault {
        route: Some("POST /channels/{id}/messages".to_owned()),
        action: action.to_owned(),
        retry_after: Some(30.0),
        ..Fault::default()
    };
    let nonce = Nonce("n-1".to_owned());
    let files = post(&[("a.txt", b"hello")]);
    discord.set_faults(vec![fault("drop_after")]);
    let lost = port.post(thread, &nonce, &files).await;
    assert!(
        matches!(lost, Err(DeliveryError::Uncertain { .. })),
        "{lost:?}"
    );
    discord.set_faults(vec![fault("rate_limited")]);
    let held = port.post(thread, &nonce, &files).await;
    let Err(DeliveryError::Retry { after, .. }) = held else {
        panic!("{held:?}");
    };
    assert!(after.as_secs() >= 29, "the pause is handed on whole");
    // Until it is over nothing is even begun, with files or without.
    discord.set_faults(vec![]);
    let words = Post::Words("more".to_owned());
    let held = port.post(thread, &Nonce("n-2".to_owned()), &words).await;
    assert!(matches!(held, Err(DeliveryError::Retry { .. })), "{held:?}");
}
