//! Files that come from Discord: announced at once, fetched once, and gone when their message is.

use super::*;

#[tokio::test]
async fn files_of_discords_arrive_once_and_say_so_until_they_do() {
    let mut world = World::new().await;
    let (opened, thread) = world.filed().await;
    let photo = picture(10, 10);
    let said = world.discord.write_files(
        thread,
        MIRA,
        "",
        &[("photo.png", &photo), ("log.txt", b"line")],
    );
    for _ in 0..3 {
        world.hear(&said).await;
    }
    let arriving = seen_files(&world, &opened).await;
    assert_eq!(arriving.len(), 2);
    assert!(arriving.iter().all(|f| f.state == FileState::Arriving));
    let early = for_holder(&world, &opened, arriving[0].id, Form::Whole).await;
    assert!(matches!(early, Err(DeskError::NotFound)));

    world.restart().await;
    let rev = world.seen_by_customer(&opened).await.ticket.rev;
    fetched(&world).await;
    let seen = world.seen_by_customer(&opened).await;
    assert!(seen.ticket.rev >= rev + 2, "viewers are told of each");
    assert_eq!(seen.messages[1].body, "");
    let here = &seen.messages[1].files;
    assert!(matches!(here[0].state, FileState::Here(Some(_))));
    assert_eq!(here[1].state, FileState::Here(None));
    let open = for_holder(&world, &opened, here[1].id, Form::Whole)
        .await
        .unwrap();
    assert_eq!(content(open).await, b"line");
    let fetches = world
        .discord
        .state()
        .calls
        .iter()
        .filter(|c| *c == "fetch")
        .count();
    assert_eq!(fetches, 2);
}

#[tokio::test]
async fn an_expired_link_is_read_anew() {
    let world = World::new().await;
    let (opened, thread) = world.filed().await;
    let said = world
        .discord
        .write_files(thread, MIRA, "Here.", &[("a.txt", b"hello")]);
    world.hear(&said).await;
    world.discord.expire_links(&said);
    fetched(&world).await;
    let seen = seen_files(&world, &opened).await;
    assert_eq!(seen[0].state, FileState::Here(None));
}

#[tokio::test]
async fn outages_of_discord_and_of_the_store_lose_no_file() {
    let world = World::new().await;
    let (opened, thread) = world.filed().await;
    let said = world
        .discord
        .write_files(thread, MIRA, "Here.", &[("a.txt", b"hello")]);
    world.hear(&said).await;
    let cut = DeliveryError::Uncertain {
        reason: "cut".into(),
    };
    world.discord.fail("fetch", Fault::Before(cut));
    assert_eq!(world.desk.fetch_step().await.unwrap(), Step::PutOff);
    assert_eq!(world.desk.fetch_step().await.unwrap(), Step::Idle);
    world.files.set_away(true);
    world.clock.advance(Duration::from_secs(60));
    assert_eq!(world.desk.fetch_step().await.unwrap(), Step::PutOff);
    let away = try_take(&world, "a.txt", b"hello").await;
    assert!(matches!(away, Err(NotTaken::Store(_))), "{away:?}");
    world.files.set_away(false);
    fetched(&world).await;
    assert_eq!(
        seen_files(&world, &opened).await[0].state,
        FileState::Here(None)
    );

    // The other way: what was accepted goes up once the store is back.
    let file = take(&world, "b.txt", b"hello").await;
    reply(&world, &opened, "And this.", vec![file]).await;
    world.files.set_away(true);
    while world.desk.outbox_step().await.unwrap() != Step::PutOff {}
    assert_eq!(file_posts(&world).len(), 0);
    world.files.set_away(false);
    world.settle().await;
    assert_eq!(file_posts(&world).len(), 1);
}

#[tokio::test]
async fn what_cannot_come_is_said_in_words() {
    let world = World::new().await;
    let (opened, thread) = world.filed().await;
    let large = vec![1; 12 * MB + 1];
    let files: [(&str, &[u8]); 3] = [
        ("large.bin", &large),
        ("empty.txt", b""),
        ("gone.txt", b"x"),
    ];
    let said = world.discord.write_files(thread, MIRA, "Here.", &files);
    world.hear(&said).await;
    {
        let mut state = world.discord.state();
        state.cdn.remove(&said.files[2].url);
        let posted = state.thread(thread).messages.iter_mut();
        posted.last().unwrap().message.files.truncate(2);
    }
    fetched(&world).await;
    let whys: Vec<_> = seen_files(&world, &opened)
        .await
        .into_iter()
        .map(|file| match file.state {
            FileState::Refused { why } => why,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        whys,
        [
            "It is larger than 12 MB.",
            "It is empty.",
            "It was deleted in Discord before it arrived."
        ]
    );
    let fetches = world
        .discord
        .state()
        .calls
        .iter()
        .filter(|c| *c == "fetch")
        .count();
    assert_eq!(
        fetches, 2,
        "what is said to be too large is not even asked for"
    );
}

#[tokio::test]
async fn a_file_taken_off_a_message_in_discord_is_taken_off_here() {
    let world = World::new().await;
    let (opened, thread) = world.filed().await;
    let files: [(&str, &[u8]); 2] = [("a.txt", b"a"), ("b.txt", b"b")];
    let said = world.discord.write_files(thread, MIRA, "Here.", &files);
    world.hear(&said).await;
    fetched(&world).await;
    world.clock.advance(Duration::from_secs(1));
    let mut edit = world.discord.edit_text(&said, "Here.");
    edit.files.remove(0);
    world.desk.ingest(RemoteEvent::Edited(edit)).await.unwrap();
    let names: Vec<_> = seen_files(&world, &opened)
        .await
        .into_iter()
        .map(|f| f.name)
        .collect();
    assert_eq!(names, ["b.txt"]);
}

#[tokio::test]
async fn files_follow_their_message_through_edits_catch_up_and_deletion() {
    let mut world = World::new().await;
    let (opened, _) = world.filed().await;
    let mut files = Vec::new();
    for n in 0..11_u8 {
        files.push(take(&world, &format!("{n}.txt"), &[n, 1]).await);
    }
    reply(&world, &opened, "All of it.", files).await;
    world.settle().await;
    let holder = world.desk.holder(&opened.token).await.unwrap();
    let id = world.seen_by_customer(&opened).await.messages[1].id;
    let longer = body(&"word ".repeat(800));
    world.desk.customer_edit(&holder, id, longer).await.unwrap();
    world.settle().await;
    let posts = |world: &World| world.discord.state().threads[0].messages.len();
    let before = posts(&world);
    // Card, first message, three pieces, one post of files alone.
    assert_eq!(before, 6);
    world.restart().await;
    world.reconnect().await;
    world.settle().await;
    assert_eq!(
        posts(&world),
        before,
        "posts of files are known as ours and as wanted"
    );
    let seen = world.seen_by_customer(&opened).await;
    assert_eq!(seen.messages[1].files.len(), 11);

    world.desk.customer_delete(&holder, id).await.unwrap();
    world.settle().await;
    assert_eq!(posts(&world), 2, "{:?}", world.discord.contents());
    let seen = world.seen_by_customer(&opened).await;
    assert!(seen.messages[1].deleted && seen.messages[1].files.is_empty());
}

#[tokio::test]
async fn a_note_may_be_a_file_alone_and_an_edit_withdraws_files() {
    let world = World::new().await;
    let (opened, thread) = world.filed().await;
    let files: [(&str, &[u8]); 1] = [("secret.txt", b"secret")];
    let note = world.discord.write_files(thread, MIRA, "//", &files);
    world.hear(&note).await;
    let slip = world
        .discord
        .write_files(thread, MIRA, "Between us.", &files);
    world.hear(&slip).await;
    fetched(&world).await;
    let [seen] = &seen_files(&world, &opened).await[..] else {
        panic!("the note's file is not for customers");
    };
    let id = seen.id;
    assert!(for_holder(&world, &opened, id, Form::Whole).await.is_ok());
    world.clock.advance(Duration::from_secs(1));
    let edit = world.discord.edit_text(&slip, "// Between us.");
    world.desk.ingest(RemoteEvent::Edited(edit)).await.unwrap();
    let withdrawn = for_holder(&world, &opened, id, Form::Whole).await;
    assert!(matches!(withdrawn, Err(DeskError::NotFound)));
    assert_eq!(seen_files(&world, &opened).await, []);
}
