//! What people do in Discord besides talking: to threads, to the channel, to permissions; and how
//! they talk when everything is a note.

use crate::discord::*;
use crate::world::*;
use desk::DeskError;
use desk::bridge::{DeliveryError, Ingested, RemoteEvent, RemoteMember, ThreadReply, ThreadShape};
use domain::*;

/// Tells the desk what the thread is now.
async fn tell(world: &World, thread: ThreadId) -> Ingested {
    let changed = {
        let mut state = world.discord.state();
        let thread = state.thread(thread);
        RemoteEvent::ThreadChanged {
            thread: thread.id,
            name: thread.name.clone(),
            archived: thread.archived,
            locked: thread.locked,
        }
    };
    world.desk.ingest(changed).await.unwrap()
}

async fn history(world: &World) -> Vec<String> {
    let mira = world.mira().await;
    let view = world.desk.conversation(&mira, 1).await.unwrap();
    view.history.into_iter().map(|event| event.words).collect()
}

async fn notice(world: &World) -> Option<String> {
    let mira = world.mira().await;
    let view = world.desk.conversation(&mira, 1).await.unwrap();
    assert_eq!(view.thread_trouble, None);
    view.thread_notice
}

#[tokio::test]
async fn a_thread_locked_by_a_person_stays_locked_is_told_and_takes_what_we_post() {
    let world = World::new().await;
    let (_, thread) = world.filed().await;
    world.discord.state().thread(thread).locked = true;
    assert_eq!(tell(&world, thread).await, Ingested::Taken);
    world.settle().await;
    assert!(history(&world).await.last().unwrap().contains("locked"));
    assert!(notice(&world).await.unwrap().contains("locked"));
    assert_eq!(tell(&world, thread).await, Ingested::Ignored, "told once");
    // Archived as well, it is only opened.
    world.discord.state().thread(thread).archived = true;
    let mira = world.mira().await;
    let reply = world.desk.staff_reply(&mira, 1, body("Found it."), None);
    reply.await.unwrap();
    world.settle().await;
    {
        let mut state = world.discord.state();
        let thread = state.thread(thread);
        assert_eq!((thread.archived, thread.locked), (false, true));
        assert_eq!(thread.messages.len(), 3);
    }
    // Closing and reopening makes it as the bridge makes threads.
    world.desk.close(&mira, 1).await.unwrap();
    world.desk.reopen(&mira, 1).await.unwrap();
    world.settle().await;
    let shape = world.discord.state().thread(thread).shape();
    assert_eq!(shape, ThreadShape::Open);
    assert_eq!(notice(&world).await, None);
}

#[tokio::test]
async fn a_thread_archived_by_a_person_is_told_and_opened_by_the_next_message() {
    let world = World::new().await;
    let (_, thread) = world.filed().await;
    world.discord.state().thread(thread).archived = true;
    tell(&world, thread).await;
    world.settle().await;
    assert!(history(&world).await.last().unwrap().contains("archived"));
    assert!(notice(&world).await.unwrap().contains("archived"));
    let mira = world.mira().await;
    let reply = world.desk.staff_reply(&mira, 1, body("Found it."), None);
    reply.await.unwrap();
    world.settle().await;
    assert_eq!(tell(&world, thread).await, Ingested::Taken);
    assert_eq!(notice(&world).await, None);
}

#[tokio::test]
async fn what_we_do_ourselves_is_told_as_nobodys_deed() {
    let world = World::new().await;
    let (_, thread) = world.filed().await;
    let mira = world.mira().await;
    for _ in 0..2 {
        world.desk.close(&mira, 1).await.unwrap();
        world.desk.outbox_step().await.unwrap();
        world.discord.fail("shape", Fault::After);
        // It is done, and told before we know.
        world.desk.outbox_step().await.unwrap();
        assert_eq!(tell(&world, thread).await, Ingested::Ignored);
        world.settle().await;
        world.desk.reopen(&mira, 1).await.unwrap();
        world.settle().await;
        assert_eq!(tell(&world, thread).await, Ingested::Ignored);
    }
    let words = history(&world).await.join("\n");
    assert!(!words.contains("in Discord"), "{words}");
}

#[tokio::test]
async fn news_that_are_late_are_held_against_what_is() {
    let world = World::new().await;
    let (_, thread) = world.filed().await;
    let late = RemoteEvent::ThreadChanged {
        thread,
        name: "#1 Late parcel".into(),
        archived: true,
        locked: true,
    };
    world.desk.ingest(late).await.unwrap();
    world.settle().await;
    let words = history(&world).await.join("\n");
    assert!(!words.contains("in Discord"), "{words}");
    assert_eq!(notice(&world).await, None);
}

#[tokio::test]
async fn a_thread_renamed_by_a_person_keeps_that_name_and_goes_on() {
    let world = World::new().await;
    let (opened, thread) = world.filed().await;
    world.discord.state().thread(thread).name = "urgent!!".into();
    tell(&world, thread).await;
    world.settle().await;
    assert!(history(&world).await.last().unwrap().contains("renamed"));
    assert_eq!(tell(&world, thread).await, Ingested::Ignored, "told once");
    let said = world.discord.write(thread, MIRA, "On its way.");
    world.hear(&said).await;
    world.settle().await;
    assert_eq!(world.bodies(&opened).await, ["Where is it?", "On its way."]);
    assert_eq!(world.discord.state().thread(thread).name, "urgent!!");
}

#[tokio::test]
async fn a_thread_deleted_without_an_event_is_noticed_and_replaced() {
    let world = World::new().await;
    let (opened, _) = world.filed().await;
    world.discord.state().threads.clear();
    let mira = world.mira().await;
    let reply = world.desk.staff_reply(&mira, 1, body("Found it."), None);
    reply.await.unwrap();
    world.settle().await;
    let view = world.desk.conversation(&mira, 1).await.unwrap();
    assert!(view.thread_trouble.unwrap().contains("deleted"));
    world.desk.new_thread(&mira, 1).await.unwrap();
    world.settle().await;
    assert_eq!(world.discord.state().threads[0].messages.len(), 3);
    assert_eq!(world.bodies(&opened).await, ["Where is it?", "Found it."]);
}

#[tokio::test]
async fn a_deleted_channel_is_told_on_each_ticket_and_a_new_one_takes_their_threads() {
    let mut world = World::new().await;
    world.filed().await;
    world.filed().await;
    world.discord.state().threads.clear();
    let other = RemoteEvent::ChannelGone {
        channel: ChannelId(9),
    };
    assert_eq!(world.desk.ingest(other).await.unwrap(), Ingested::Ignored);
    let gone = RemoteEvent::ChannelGone { channel: SUPPORT };
    assert_eq!(
        world.desk.ingest(gone.clone()).await.unwrap(),
        Ingested::Taken
    );
    let mira = world.mira().await;
    for number in [1, 2] {
        let view = world.desk.conversation(&mira, number).await.unwrap();
        assert!(view.thread_trouble.unwrap().contains("channel"));
    }
    world
        .restart_as(|home| home.support_channel = ChannelId(2_001))
        .await;
    world.reconnect().await;
    // The old one's end says nothing about the new one's threads.
    world.desk.new_thread(&mira, 1).await.unwrap();
    world.settle().await;
    assert_eq!(world.desk.ingest(gone).await.unwrap(), Ingested::Ignored);
    let view = world.desk.conversation(&mira, 1).await.unwrap();
    assert_eq!(view.thread_trouble, None);
    assert_eq!(world.discord.state().threads.len(), 1);
}

#[tokio::test]
async fn sight_lost_is_told_and_once_given_back_all_goes_on_by_itself() {
    let world = World::new().await;
    let (opened, thread) = world.filed().await;
    let mira = world.mira().await;
    world.discord.fail("post", Fault::Before(refused(50_001)));
    for text in ["one", "two"] {
        let reply = world.desk.staff_reply(&mira, 1, body(text), None);
        reply.await.unwrap();
    }
    world.settle().await;
    let view = world.desk.conversation(&mira, 1).await.unwrap();
    assert!(view.thread_trouble.is_some());
    assert_eq!(world.desk.sync(&mira).await.unwrap().stuck.len(), 3);
    // Discord lists the thread again among those that the bot sees.
    let seen = RemoteEvent::GuildReady {
        guild: GUILD,
        name: "Harbor Games".into(),
        threads: vec![desk::bridge::ActiveThread {
            thread,
            last_message: None,
        }],
    };
    world.desk.ingest(seen).await.unwrap();
    assert!(world.desk.catch_up_step().await);
    world.settle().await;
    let view = world.desk.conversation(&mira, 1).await.unwrap();
    assert_eq!(view.thread_trouble, None);
    assert!(
        view.messages
            .iter()
            .all(|m| m.delivery == Delivery::Delivered)
    );
    assert_eq!(world.bodies(&opened).await, ["Where is it?", "one", "two"]);
    assert!(world.desk.sync(&mira).await.unwrap().stuck.is_empty());
}

#[tokio::test]
async fn a_right_that_is_missing_is_said_and_tried_again_on_demand() {
    let world = World::new().await;
    world.filed().await;
    let mira = world.mira().await;
    let lacks = DeliveryError::Permanent {
        code: Some(50_013),
        reason: "The bot lacks a permission.".into(),
    };
    world.discord.fail("post", Fault::Before(lacks));
    let reply = world.desk.staff_reply(&mira, 1, body("one"), None);
    reply.await.unwrap();
    world.settle().await;
    let stuck = world.desk.sync(&mira).await.unwrap().stuck;
    assert_eq!(
        stuck[0].reason.as_deref(),
        Some("The bot lacks a permission.")
    );
    world.desk.retry_stuck(&mira, stuck[0].id).await.unwrap();
    world.settle().await;
    let view = world.desk.conversation(&mira, 1).await.unwrap();
    assert_eq!(view.messages[1].delivery, Delivery::Delivered);
}

#[tokio::test]
async fn where_the_command_replies_everything_else_is_a_note() {
    let world = World::of(|home| home.notes = NotesInDiscord::ReplyCommand).await;
    let (opened, thread) = world.filed().await;
    let plain = world.discord.write(thread, MIRA, "he sounds upset");
    let marked = world.discord.write(thread, MIRA, "// a VIP");
    for said in [&plain, &marked] {
        assert_eq!(world.hear(said).await, Ingested::Taken);
    }
    world.settle().await;
    assert_eq!(world.bodies(&opened).await, ["Where is it?"]);
    let mira = world.mira().await;
    let view = world.desk.conversation(&mira, 1).await.unwrap();
    let notes = view.messages[1..].iter();
    let notes: Vec<_> = notes.map(|m| (m.kind, m.body.as_str())).collect();
    assert_eq!(
        notes,
        [
            (MessageKind::Note, "he sounds upset"),
            (MessageKind::Note, "a VIP")
        ]
    );
    let state = world.discord.state();
    for posted in &state.threads[0].messages[2..4] {
        assert_eq!(posted.reactions, ["📝"]);
    }
}

fn reply(thread: ThreadId, roles: Vec<RoleId>) -> ThreadReply {
    ThreadReply {
        guild: GUILD,
        thread,
        member: RemoteMember {
            user: MIRA,
            name: "Mira Okafor".into(),
            avatar: None,
            roles,
            bot: false,
        },
        body: body("We look into it."),
        key: desk::RequestKey::parse("interaction-120000000000"),
    }
}

#[tokio::test]
async fn a_reply_by_command_reaches_the_customer_and_the_thread_once() {
    let world = World::of(|home| home.notes = NotesInDiscord::ReplyCommand).await;
    let (opened, thread) = world.filed().await;
    for _ in 0..2 {
        let number = world
            .desk
            .reply_in_thread(reply(thread, vec![STAFF_ROLE]))
            .await;
        assert_eq!(number.unwrap(), opened.number);
    }
    world.settle().await;
    assert_eq!(
        world.bodies(&opened).await,
        ["Where is it?", "We look into it."]
    );
    let seen = world.seen_by_customer(&opened).await;
    assert_eq!(seen.messages[1].author, "Mira Okafor");
    let posts = world.discord.contents();
    assert_eq!(posts.len(), 3);
    assert!(posts[2].starts_with("**Mira Okafor**"), "{}", posts[2]);
}

#[tokio::test]
async fn a_reply_by_command_is_nothing_without_the_role_or_outside_a_ticket() {
    let world = World::new().await;
    let (opened, thread) = world.filed().await;
    let refused = world.desk.reply_in_thread(reply(thread, vec![])).await;
    assert!(matches!(refused, Err(DeskError::NotAllowed)));
    let elsewhere = reply(ThreadId(99), vec![STAFF_ROLE]);
    let refused = world.desk.reply_in_thread(elsewhere).await;
    assert!(matches!(refused, Err(DeskError::NotFound)));
    let mut abroad = reply(thread, vec![STAFF_ROLE]);
    abroad.guild = DiscordGuildId(77);
    let refused = world.desk.reply_in_thread(abroad).await;
    assert!(matches!(refused, Err(DeskError::NotFound)));
    world.settle().await;
    assert_eq!(world.bodies(&opened).await, ["Where is it?"]);
}

#[tokio::test]
async fn long_short_and_wordless_messages_of_people_arrive_whole() {
    let world = World::new().await;
    let (opened, thread) = world.filed().await;
    // With Nitro, one may write twice as much as the bot.
    let long = "word ".repeat(800);
    let said = world.discord.write(thread, MIRA, &long);
    world.hear(&said).await;
    let emoji = world.discord.write(thread, MIRA, "👍");
    world.hear(&emoji).await;
    let custom = world.discord.write(thread, MIRA, "<:ship:12345>");
    world.hear(&custom).await;
    let alone = world
        .discord
        .write_files(thread, MIRA, "", &[("a.txt", b"1")]);
    world.hear(&alone).await;
    let names: Vec<String> = (0..10).map(|n| format!("{n}.txt")).collect();
    let ten: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), &b"x"[..])).collect();
    let ten = world.discord.write_files(thread, MIRA, "ten", &ten);
    world.hear(&ten).await;
    let nothing = world.discord.write(thread, MIRA, "  \n ");
    assert_eq!(world.hear(&nothing).await, Ingested::Ignored);
    world.settle().await;

    let seen = world.seen_by_customer(&opened).await;
    let bodies: Vec<&str> = seen.messages.iter().map(|m| m.body.as_str()).collect();
    assert_eq!(
        bodies[1..],
        [long.trim_end(), "👍", "<:ship:12345>", "", "ten"]
    );
    assert_eq!(seen.messages[4].files.len(), 1);
    assert_eq!(seen.messages[5].files.len(), 10);
    let signs = |id| {
        let state = world.discord.state();
        let posted = state.threads[0].messages.iter();
        let found = posted.clone().find(|p| p.message.id == id);
        found.unwrap().reactions.clone()
    };
    for id in [said.id, emoji.id, custom.id, alone.id, ten.id] {
        assert_eq!(signs(id), ["✅"]);
    }
}

#[tokio::test]
async fn a_guilds_own_words_stand_before_the_number_in_a_threads_name() {
    let world = World::new().await;
    let mira = world.mira().await;
    world.discord.state().hosts.owner = Some(MIRA);
    let admin = world.desk.admin_of(&mira).await.unwrap();
    let decide = async |prefix: &str| {
        let setting = desk::options::Setting::TicketPrefix;
        let decided = world.desk.decide(&admin, setting, Some(prefix)).await;
        world.desk.adopt(&admin, vec![decided?]).await
    };
    let (_, plain) = world.filed().await;
    for wrong in ["Case #", "x".repeat(21).as_str()] {
        let refused = decide(wrong).await;
        assert!(matches!(refused, Err(DeskError::Invalid(_))), "{refused:?}");
    }
    decide("Case").await.unwrap();
    // Found by its number, although nobody heard that it was made.
    world.discord.fail("open_thread", Fault::After);
    let (_, named) = world.filed().await;
    decide("Ticket").await.unwrap();
    let (_, later) = world.filed().await;
    let names = |world: &World| -> Vec<String> {
        let state = world.discord.state();
        state.threads.iter().map(|t| t.name.clone()).collect()
    };
    let expected = [
        "#1 Late parcel",
        "Case #2 Late parcel",
        "Ticket #3 Late parcel",
    ];
    assert_eq!(names(&world), expected);
    for thread in [plain, named, later] {
        assert_eq!(
            tell(&world, thread).await,
            Ingested::Ignored,
            "nobody renamed it"
        );
    }
}
