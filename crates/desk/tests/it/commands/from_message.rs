//! Tickets that staff make of what a member wrote: with its files, in any category.

use super::*;
use desk::bridge::{Post, RemoteFile};

const FROM: Does = Does::Staff(ForStaff::FromMessage);

/// A file that Discord hands out, or no longer does.
fn file(world: &World, id: i64, name: &str, bytes: Option<&[u8]>) -> RemoteFile {
    let url = format!("https://cdn/{id}");
    if let Some(bytes) = bytes {
        let mut state = world.discord.state();
        state.cdn.insert(url.clone(), bytes.to_vec());
    }
    RemoteFile {
        id: AttachmentId(id),
        name: name.to_owned(),
        size: bytes.map_or(5, <[u8]>::len) as u64,
        url,
    }
}

fn written(id: i64, said: &str, files: Vec<RemoteFile>) -> Asked {
    let written = Written {
        id: DiscordMessageId(id),
        author: member(Role::Owner),
        text: said.to_owned(),
        files,
    };
    let values = vec![("message".into(), Value::Message(Box::new(written)))];
    asked(Role::Staff, FROM, None, values)
}

#[tokio::test]
async fn its_files_come_along() {
    let world = with_panel().await;
    let log = file(&world, 1, "log.txt", Some(b"line one"));
    let done = world.says(&written(7, TEXT, vec![log])).await.unwrap();
    assert!(!done.words.contains("Not copied"), "{}", done.words);
    world.settle().await;
    let mira = world.mira().await;
    let view = world.desk.conversation(&mira, 1).await.unwrap();
    let first = &view.messages[0];
    assert_eq!(first.body, TEXT);
    let names: Vec<_> = first.files.iter().map(|file| &*file.name).collect();
    assert_eq!(names, ["log.txt"]);
    let state = world.discord.state();
    let mut posted = state.threads[0].messages.iter();
    let with_it =
        |p: &Posted| matches!(&p.post, Some(Post::Files { files, .. }) if files.len() == 1);
    assert!(posted.any(with_it), "and is in the thread");
}

#[tokio::test]
async fn a_picture_alone_is_a_ticket_that_is_called_after_it() {
    let world = with_panel().await;
    let photo = file(&world, 1, "broken screen.jpg", Some(b"no real picture"));
    world.says(&written(7, " ", vec![photo])).await.unwrap();
    let mira = world.mira().await;
    let view = world.desk.conversation(&mira, 1).await.unwrap();
    assert_eq!(view.ticket.subject, "broken screen.jpg");
    assert_eq!(view.messages[0].body, "");
}

#[tokio::test]
async fn what_cannot_be_copied_is_named_and_holds_nothing_up() {
    let world = with_panel().await;
    let gone = file(&world, 1, "gone_1.txt", None);
    let empty = file(&world, 2, "empty.txt", Some(b""));
    let mut large = file(&world, 3, "large.bin", Some(b"x"));
    large.size = u64::MAX;
    let fine = file(&world, 4, "fine.txt", Some(b"line one"));
    let all = vec![gone.clone(), empty, large, fine];
    let done = world.says(&written(7, TEXT, all)).await.unwrap();
    for line in [
        "- gone\\_1.txt: The link does not hold any more.",
        "- empty.txt: It is empty.",
        "- large.bin: It is larger than 12 MB.",
    ] {
        assert!(done.words.contains(line), "{}", done.words);
    }
    assert!(!done.words.contains("fine.txt"), "{}", done.words);

    let nothing = world.says(&written(8, "", vec![gone])).await;
    let Err(DeskError::Conflict { why }) = nothing else {
        panic!("{nothing:?}");
    };
    assert!(why.contains("could not be copied"), "{why}");
    let empty = world.says(&written(9, "", vec![])).await;
    let Err(DeskError::Conflict { why }) = empty else {
        panic!("{empty:?}");
    };
    assert_eq!(why, "This message has neither text nor files.");
}

#[tokio::test]
async fn a_message_has_no_more_files_than_one_may() {
    let world = with_panel().await;
    let files = (1..=12).map(|n| file(&world, n, &format!("{n}.txt"), Some(b"x")));
    let done = world
        .says(&written(7, TEXT, files.collect()))
        .await
        .unwrap();
    assert!(
        done.words
            .contains("- 11.txt: A message has at most 10 files.")
    );
    let mira = world.mira().await;
    let view = world.desk.conversation(&mira, 1).await.unwrap();
    assert_eq!(view.messages[0].files.len(), 10);
}

#[tokio::test]
async fn it_is_moved_to_the_category_that_is_chosen() {
    let world = with_panel().await;
    let done = world.says(&written(7, TEXT, vec![])).await.unwrap();
    let menu = done.menu.expect("several categories are open");
    let now: Vec<_> = menu.lines.iter().filter(|line| line.now).collect();
    assert_eq!(now.len(), 1);
    let other = menu.lines.iter().find(|line| !line.now).unwrap();
    let choice = vec![text("category", &other.value)];
    let ticket = menu.control.ticket();
    let moved = asked(Role::Staff, menu.control.does(), ticket, choice);
    let said = world.says(&moved).await.unwrap();
    assert!(said.words.contains(&other.label), "{}", said.words);
    let mira = world.mira().await;
    let view = world.desk.conversation(&mira, 1).await.unwrap();
    assert_eq!(view.ticket.category, other.label);
}
