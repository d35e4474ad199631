//! Transcripts: whole for staff, without anything internal for the customer, harmless for both.

use crate::files::{picture, reply, take};
use crate::world::*;
use desk::files::Said;
use desk::{DeskError, Opened, Pictures, RequestKey};
use domain::{MessageId, Priority};

async fn for_staff(world: &World, opened: &Opened) -> desk::Transcript {
    let mira = world.mira().await;
    let written = world
        .desk
        .transcript_for_staff(&mira, opened.number, Pictures::Inside)
        .await;
    written.unwrap()
}

async fn for_customer(world: &World, opened: &Opened) -> desk::Transcript {
    let holder = world.desk.holder(&opened.token).await.unwrap();
    world
        .desk
        .transcript_for_holder(&holder, Pictures::Inside)
        .await
        .unwrap()
}

async fn newest(world: &World, opened: &Opened) -> MessageId {
    let seen = world.seen_by_customer(opened).await;
    seen.messages.last().unwrap().id
}

fn json(transcript: &desk::Transcript) -> serde_json::Value {
    serde_json::from_str(&transcript.json()).unwrap()
}

/// A ticket with everything in it: an edit, a deletion, a note, a priority, somebody who took it.
async fn eventful(world: &World) -> Opened {
    let opened = world.file("Late parcel", "Where is it?").await;
    let (mira, number) = (world.mira().await, opened.number);
    let holder = world.desk.holder(&opened.token).await.unwrap();
    let first = newest(world, &opened).await;
    world.desk.assign_to_me(&mira, number).await.unwrap();
    let urgent = world.desk.set_priority(&mira, number, Priority::Urgent);
    urgent.await.unwrap();
    let note = body("Sounds like the warehouse again");
    world
        .desk
        .add_note(&mira, number, note, None)
        .await
        .unwrap();
    let edit = world
        .desk
        .customer_edit(&holder, first, body("Where is my parcel?"));
    edit.await.unwrap();
    let said = world
        .desk
        .staff_reply(&mira, number, body("A slip of the pen"), None);
    said.await.unwrap();
    let slip = newest(world, &opened).await;
    world.desk.staff_delete(&mira, slip).await.unwrap();
    opened
}

#[tokio::test]
async fn the_staffs_transcript_holds_notes_history_and_what_was_said_before() {
    let world = World::new().await;
    let opened = eventful(&world).await;
    let transcript = for_staff(&world, &opened).await;
    let page = transcript.html();
    for said in [
        "Where is my parcel?",
        "Where is it?",
        "Sounds like the warehouse again",
        "note, staff only",
        "Deleted by its author.",
        "A slip of the pen",
        "Mira Okafor took the ticket",
        "Urgent",
        "jane@example.com",
    ] {
        assert!(page.contains(said), "{said} is not in {page}");
    }
    let json = json(&transcript);
    assert_eq!(json["edition"], "staff");
    assert_eq!(json["ticket"]["priority"], "urgent");
    assert_eq!(json["messages"][0]["earlier"][0]["text"], "Where is it?");
    assert_eq!(json["messages"][1]["kind"], "note");
    assert_eq!(json["messages"][2]["deleted"], true);
    assert_eq!(json["messages"][2]["text"], "");
    assert_eq!(transcript.name(), "ticket-1");
}

#[tokio::test]
async fn the_customers_transcript_holds_nothing_internal() {
    let world = World::new().await;
    let opened = eventful(&world).await;
    let transcript = for_customer(&world, &opened).await;
    let (page, json) = (transcript.html(), transcript.json());
    for written in [&page, &json] {
        assert!(written.contains("Where is my parcel?"), "{written}");
        for internal in [
            "warehouse",
            "Where is it?",
            "A slip of the pen",
            "took the ticket",
            "rgent",
            "priority",
            "history",
            "discord.com",
            &opened.token,
        ] {
            // The page's own style names classes that it does not use.
            let words = written.split("</style>").last().unwrap();
            assert!(!words.contains(internal), "{internal} is in {words}");
        }
    }
    assert!(page.contains("edited "), "{page}");
    assert!(page.contains("Deleted by its author."), "{page}");
    assert_eq!(page.matches("<li class=\"message").count(), 2);
}

#[tokio::test]
async fn what_people_type_stays_text() {
    let world = World::new().await;
    let nasty = "</title></style><script>alert(1)</script><img src=x onerror=alert(2)>";
    let opened = world.file(nasty, nasty).await;
    let name = "\"><svg onload=alert(3)>.txt";
    let file = take(&world, name, b"a line").await;
    reply(
        &world,
        &opened,
        "**see** [this](javascript:alert(4))",
        vec![file],
    )
    .await;
    let mira = world.mira().await;
    let note = world.desk.add_note(&mira, opened.number, body(nasty), None);
    note.await.unwrap();
    for transcript in [
        for_staff(&world, &opened).await,
        for_customer(&world, &opened).await,
    ] {
        let page = transcript.html();
        for markup in ["<script", "<svg", "<img", "href=\"javascript"] {
            assert!(!page.contains(markup), "{markup} is in {page}");
        }
        assert_eq!(page.matches("</style>").count(), 1);
        assert!(page.contains("<strong>see</strong>"), "{page}");
        assert!(page.contains("&lt;script&gt;alert(1)"), "{page}");
    }
}

/// A picture that no packing makes small.
fn noise(side: u32) -> Vec<u8> {
    let mut seed = side;
    let pixels = image::RgbImage::from_fn(side, side, |_, _| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        image::Rgb([(seed >> 8) as u8, (seed >> 16) as u8, (seed >> 24) as u8])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    let drawn = image::DynamicImage::from(pixels);
    drawn.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[tokio::test]
async fn pictures_are_in_it_up_to_a_limit_and_other_files_are_links() {
    let world = World::new().await;
    let opened = world.file("Late parcel", "Look").await;
    let (small, large) = (picture(40, 20), noise(1_000));
    assert!(large.len() > 2 << 20);
    let files = vec![
        take(&world, "small.png", &small).await,
        take(&world, "large.png", &large).await,
        take(&world, "log.txt", b"a line").await,
    ];
    reply(&world, &opened, "Two pictures and a log", files).await;
    let page = for_customer(&world, &opened).await.html();
    assert_eq!(page.matches("src=\"data:image/").count(), 2);
    assert!(
        page.len() < large.len(),
        "the large one is there as its small one"
    );
    for link in ["small.png\"", "large.png\"", "log.txt\""] {
        assert!(page.contains(link), "{link}");
    }
    assert!(
        page.contains("href=\"files/"),
        "relative, without the token"
    );
    let staffs = for_staff(&world, &opened).await.html();
    let address = "href=\"https://help.example.com/staff/files/";
    assert_eq!(staffs.matches(address).count(), 3);

    // Ten that would be carried as they came, each alone: together they are too much.
    let one = noise(800);
    assert!(one.len() < 2 << 20);
    let mut many = Vec::new();
    for n in 0..8 {
        many.push(take(&world, &format!("{n}.png"), &one).await);
    }
    reply(&world, &opened, "Many", many).await;
    let page = for_customer(&world, &opened).await.html();
    assert!(
        page.len() < 10 << 20,
        "it goes into one post: {}",
        page.len()
    );
    assert_eq!(page.matches(".png, ").count(), 10, "each is named");
}

#[tokio::test]
async fn a_transcript_needs_the_right_to_see_the_ticket() {
    let world = World::new().await;
    let opened = world.file("Late parcel", "Where is it?").await;
    let mira = world.mira().await;
    let none = world
        .desk
        .transcript_for_staff(&mira, opened.number + 1, Pictures::Inside)
        .await;
    assert!(matches!(none, Err(DeskError::NotFound)));
    // A note's file is not in the customer's, not even by name.
    let file = take(&world, "internal.png", &picture(10, 10)).await;
    let said = Said {
        body: body("See the picture"),
        files: vec![file],
    };
    let key = RequestKey::parse(&RequestKey::fresh());
    let noted = world.desk.add_note(&mira, opened.number, said, key);
    noted.await.unwrap();
    let page = for_customer(&world, &opened).await.html();
    assert!(!page.contains("internal.png") && !page.contains("data:image"));
    assert!(
        for_staff(&world, &opened)
            .await
            .html()
            .contains("data:image")
    );
}

#[tokio::test]
async fn both_editions_say_why_the_ticket_was_closed() {
    let world = World::new().await;
    let opened = world.file("Late parcel", "Where is it?").await;
    let mira = world.mira().await;
    let before = for_customer(&world, &opened).await;
    assert!(!before.html().contains("when it was closed"));
    assert!(json(&before)["ticket"].get("closed_because").is_none());
    drop(before);
    let closed = world
        .desk
        .close_with(&mira, opened.number, "Sent **anew** <b>");
    closed.await.unwrap();
    for transcript in [
        for_staff(&world, &opened).await,
        for_customer(&world, &opened).await,
    ] {
        let page = transcript.html();
        assert!(page.contains("<strong>anew</strong> &lt;b&gt;"), "{page}");
        let why = &json(&transcript)["ticket"]["closed_because"];
        assert_eq!(why, "Sent **anew** <b>");
    }
}
