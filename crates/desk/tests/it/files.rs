//! Files: taken in within limits, carried both ways once, and seen by whoever may.

mod from_discord;

use crate::discord::*;
use crate::world::*;
use bytes::Bytes;
use desk::bridge::{DeliveryError, Post, PostFile, RemoteEvent, Step};
use desk::files::{Form, NewFile, NotTaken, OpenFile, Said};
use desk::{DeskError, Opened, RequestKey};
use domain::text::Body;
use domain::view::{FileState, FileView};
use domain::*;
use futures::StreamExt;
use std::convert::Infallible;
use std::time::Duration;

const MB: usize = 1 << 20;

pub fn picture(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(width, height)
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

async fn try_take(
    world: &World,
    name: &str,
    bytes: &[u8],
) -> Result<NewFile, NotTaken<Infallible>> {
    let chunks: Vec<_> = bytes
        .chunks(64 << 10)
        .map(|chunk| Ok(Bytes::copy_from_slice(chunk)))
        .collect();
    world
        .desk
        .take_file(name, futures::stream::iter(chunks))
        .await
}

pub async fn take(world: &World, name: &str, bytes: &[u8]) -> NewFile {
    try_take(world, name, bytes).await.unwrap()
}

pub fn said(text: &str, files: Vec<NewFile>) -> Said {
    let body = Body::parse_beside_files(text).unwrap();
    Said { body, files }
}

pub async fn reply(world: &World, opened: &Opened, text: &str, files: Vec<NewFile>) {
    let holder = world.desk.holder(&opened.token).await.unwrap();
    let key = RequestKey::parse(&RequestKey::fresh());
    world
        .desk
        .customer_reply(&holder, said(text, files), key)
        .await
        .unwrap();
}

async fn seen_files(world: &World, opened: &Opened) -> Vec<FileView> {
    let seen = world.seen_by_customer(opened).await;
    seen.messages.into_iter().flat_map(|m| m.files).collect()
}

async fn for_holder(
    world: &World,
    opened: &Opened,
    id: FileId,
    form: Form,
) -> Result<OpenFile, DeskError> {
    let holder = world.desk.holder(&opened.token).await?;
    world.desk.file_for_holder(&holder, id, form).await
}

async fn content(file: OpenFile) -> Vec<u8> {
    let chunks = file.bytes.map(|chunk| chunk.unwrap().to_vec());
    chunks.collect::<Vec<_>>().await.concat()
}

/// The posts with files that are in the first thread: their words and files.
fn file_posts(world: &World) -> Vec<(String, Vec<PostFile>)> {
    let state = world.discord.state();
    let posts = state.threads[0].messages.iter();
    posts
        .filter_map(|posted| match &posted.post {
            Some(Post::Files { words, files }) => Some((words.clone(), files.clone())),
            _ => None,
        })
        .collect()
}

/// Fetches until nothing is wanted, however long it was put off.
async fn fetched(world: &World) {
    for _ in 0..100 {
        if world.desk.fetch_step().await.unwrap() == Step::Idle {
            if world.desk.health().await.unwrap().files_wanted == 0 {
                return;
            }
            world.clock.advance(Duration::from_secs(60));
        }
    }
    panic!("files stay wanted");
}

#[tokio::test]
async fn a_file_goes_up_with_its_message_and_comes_back_as_it_was() {
    let world = World::new().await;
    let (opened, _) = world.filed().await;
    let file = take(&world, "../../Grüße.txt", b"hello").await;
    reply(&world, &opened, "See this.", vec![file]).await;
    world.settle().await;
    let [(words, files)] = &file_posts(&world)[..] else {
        panic!("one post with files");
    };
    assert!(words.ends_with("\nSee this."), "{words}");
    assert_eq!(files[0].name, "Grüße.txt");
    assert_eq!(files[0].bytes, "hello");
    let [seen] = &seen_files(&world, &opened).await[..] else {
        panic!("one file");
    };
    assert_eq!((seen.name.as_str(), seen.size), ("Grüße.txt", 5));
    assert_eq!(seen.state, FileState::Here(None));
    let open = for_holder(&world, &opened, seen.id, Form::Whole)
        .await
        .unwrap();
    assert_eq!(open.picture, None);
    assert_eq!(content(open).await, b"hello");
}

#[tokio::test]
async fn a_message_may_be_files_alone() {
    let world = World::new().await;
    let (opened, _) = world.filed().await;
    let file = take(&world, "a.txt", b"hello").await;
    reply(&world, &opened, " ", vec![file]).await;
    world.settle().await;
    assert_eq!(file_posts(&world).len(), 1);
    let mira = world.mira().await;
    let rows = world.desk.inbox(&mira, Default::default(), None).await;
    assert_eq!(rows.unwrap().rows[0].last_words, "File: a.txt");
}

#[tokio::test]
async fn a_new_ticket_brings_its_files_and_the_same_form_twice_brings_them_once() {
    let world = World::new().await;
    for _ in 0..2 {
        let mut new = new_ticket("Parcel", "Where?");
        new.files = vec![take(&world, "a.txt", b"hello").await];
        let key = RequestKey::parse("a-key-of-a-form-1234567890");
        assert_eq!(world.desk.open_ticket(new, key).await.unwrap().number, 1);
    }
    world.settle().await;
    assert_eq!(file_posts(&world).len(), 1);
    let mut new = new_ticket("Parcel", "Where?");
    new.files = vec![take(&world, "a.txt", b"other").await];
    let key = RequestKey::parse("a-key-of-a-form-1234567890");
    let other = world.desk.open_ticket(new, key).await.unwrap();
    assert_eq!(other.number, 2, "another file is another wish");
}

#[tokio::test]
async fn ten_files_are_one_post_and_what_is_too_large_for_discord_is_a_link() {
    let world = World::new().await;
    let (opened, _) = world.filed().await;
    let mut files = Vec::new();
    for n in 0..11_u8 {
        files.push(take(&world, &format!("{n}.txt"), &[n, 1]).await);
    }
    files.push(take(&world, "film].mp4", &vec![7; 11 * MB]).await);
    reply(&world, &opened, "All of it.", files).await;
    world.settle().await;
    let posts = file_posts(&world);
    let counts: Vec<_> = posts.iter().map(|(_, files)| files.len()).collect();
    assert_eq!(counts, [10, 1]);
    let id = seen_files(&world, &opened).await[11].id;
    let link = format!("[film\\].mp4](<https://help.example.com/staff/files/{id}/file>), 11 MB");
    let contents = world.discord.contents();
    assert!(contents.iter().any(|c| c.ends_with(&link)), "{contents:?}");
    let seen = world.seen_by_customer(&opened).await;
    assert_eq!(seen.messages[1].delivery, Delivery::Delivered);
}

#[tokio::test]
async fn empty_and_too_large_files_are_not_taken_and_leave_nothing() {
    let world = World::new().await;
    let empty = try_take(&world, "a.txt", b"").await;
    assert!(matches!(empty, Err(NotTaken::Empty)), "{empty:?}");
    let large = try_take(&world, "a.txt", &vec![1; 12 * MB + 1]).await;
    assert!(matches!(large, Err(NotTaken::TooLarge)), "{large:?}");
    let most = try_take(&world, "a.txt", &vec![1; 12 * MB]).await.unwrap();
    assert_eq!(world.files.keys().len(), 1);
    world.desk.discard_files(&[most]).await;
    assert_eq!(world.files.keys(), [] as [&str; 0]);
}

#[tokio::test]
async fn pictures_get_a_small_one_and_pretenders_do_not() {
    let world = World::new().await;
    let (opened, _) = world.filed().await;
    let files = vec![
        take(&world, "photo.txt", &picture(960, 480)).await,
        take(
            &world,
            "zip.png",
            b"PK\x03\x04 not a picture at all, whatever it is called",
        )
        .await,
        take(
            &world,
            "a.svg",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>",
        )
        .await,
        take(&world, "cut.png", &picture(960, 480)[..200]).await,
        take(
            &world,
            "page.gif",
            b"GIF89a/*<script>alert(1)</script>*/=1;",
        )
        .await,
    ];
    reply(&world, &opened, "Look.", files).await;
    let seen = seen_files(&world, &opened).await;
    let FileState::Here(Some(small)) = &seen[0].state else {
        panic!("a picture with a small one, not {:?}", seen[0].state);
    };
    assert_eq!((small.width, small.height), (480, 240));
    let open = for_holder(&world, &opened, seen[0].id, Form::Small)
        .await
        .unwrap();
    assert_eq!(open.picture, Some("image/jpeg"));
    let drawn = image::load_from_memory(&content(open).await).unwrap();
    assert_eq!((drawn.width(), drawn.height()), (480, 240));
    let open = for_holder(&world, &opened, seen[0].id, Form::Whole)
        .await
        .unwrap();
    assert_eq!(open.picture, Some("image/png"));
    for pretender in &seen[1..] {
        assert_eq!(pretender.state, FileState::Here(None), "{}", pretender.name);
        let open = for_holder(&world, &opened, pretender.id, Form::Whole)
            .await
            .unwrap();
        assert_eq!(open.picture, None, "{}", pretender.name);
        let small = for_holder(&world, &opened, pretender.id, Form::Small).await;
        assert!(matches!(small, Err(DeskError::NotFound)));
    }
}

#[tokio::test]
async fn files_are_for_those_who_may_read_their_message() {
    let world = World::new().await;
    let (opened, thread) = world.filed().await;
    let other = world.file("Other", "Other").await;
    let mira = world.mira().await;
    let note = said("Between us.", vec![take(&world, "n.txt", b"secret").await]);
    world.desk.add_note(&mira, 1, note, None).await.unwrap();
    let answer = said("For you.", vec![take(&world, "r.txt", b"reply").await]);
    world
        .desk
        .staff_reply(&mira, 1, answer, None)
        .await
        .unwrap();
    let said = world
        .discord
        .write_files(thread, MIRA, "oops", &[("d.txt", b"taken back")]);
    world.hear(&said).await;
    fetched(&world).await;

    let for_staff = world.desk.conversation(&mira, 1).await.unwrap();
    let ids: Vec<_> = for_staff
        .messages
        .iter()
        .flat_map(|m| &m.files)
        .map(|f| f.id)
        .collect();
    let [note, reply, oops] = ids[..] else {
        panic!("three files, not {ids:?}");
    };
    let names: Vec<_> = seen_files(&world, &opened)
        .await
        .into_iter()
        .map(|f| f.name)
        .collect();
    assert_eq!(names, ["r.txt", "d.txt"]);
    let is_gone = |found: Result<OpenFile, DeskError>| matches!(found, Err(DeskError::NotFound));
    assert!(is_gone(
        for_holder(&world, &opened, note, Form::Whole).await
    ));
    assert!(
        for_holder(&world, &opened, reply, Form::Whole)
            .await
            .is_ok()
    );
    assert!(is_gone(
        for_holder(&world, &other, reply, Form::Whole).await
    ));
    assert!(is_gone(
        for_holder(&world, &opened, FileId(99), Form::Whole).await
    ));
    assert!(
        world
            .desk
            .file_for_staff(&mira, note, Form::Whole)
            .await
            .is_ok()
    );

    assert!(for_holder(&world, &opened, oops, Form::Whole).await.is_ok());
    let gone = RemoteEvent::Deleted {
        channel: thread,
        messages: vec![said.id],
    };
    world.desk.ingest(gone).await.unwrap();
    assert!(is_gone(
        for_holder(&world, &opened, oops, Form::Whole).await
    ));
    let by_staff = world.desk.file_for_staff(&mira, oops, Form::Whole).await;
    assert!(is_gone(by_staff));
}

/// With the answer lost, before and after the nonce is forgotten.
#[tokio::test]
async fn a_lost_answer_doubles_no_file() {
    for wait in [Duration::ZERO, Duration::from_secs(300)] {
        let world = World::new().await;
        let (opened, _) = world.filed().await;
        let file = take(&world, "a.txt", b"hello").await;
        reply(&world, &opened, "See this.", vec![file]).await;
        world.discord.fail("post", Fault::After);
        assert_eq!(world.desk.outbox_step().await.unwrap(), Step::PutOff);
        world.clock.advance(wait);
        world.settle().await;
        assert_eq!(file_posts(&world).len(), 1, "{wait:?}");
        let seen = world.seen_by_customer(&opened).await;
        assert_eq!(seen.messages[1].delivery, Delivery::Delivered);
    }
}
