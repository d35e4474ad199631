//! "Open a ticket from this message", through both doors, with files that Discord hands out.

use super::*;
use crate::files::{PNG, file, post_files};

async fn a_message_and_its_picture_become_a_ticket(door: Door) {
    let world = World::start().await;
    open(&world, door).await;
    filed(&world).await;
    let general = channel(&world, "general");
    let (jonas, sam) = (named(&world, "Jonas"), named(&world, "Sam"));
    let place = json!({"id": general});
    let picture = vec![file("screen.png", PNG)];
    let said = post_files(&world, &sam, &place, "", picture).await;

    let known = registered(&world, &usual(&world), 3, "Open a ticket from this message");
    let data = json!({"id": known["id"], "type": 3, "target_id": said["id"]});
    let body = json!({"type": 2, "data": data});
    let done = interact(&world, &jonas, &general, body.clone())
        .await
        .words();
    assert!(done.contains("Ticket #2 is filed for Sam"), "{done}");
    assert!(!done.contains("Not copied"), "{done}");
    let thread = world.thread_with(2, 2).await;
    world.settled().await;
    let posted = world.messages(&thread);
    let with_files = |m: &&Value| m["attachments"].as_array().is_some_and(|a| !a.is_empty());
    let first = posted
        .iter()
        .find(with_files)
        .expect("the picture is there");
    assert_eq!(first["attachments"][0]["filename"], "screen.png");
    assert_eq!(first["attachments"][0]["width"], 2);

    let menu = whisper(&world, &jonas);
    let moved = press(&world, &jonas, &menu, "v1:setcategory:2", Some("billing")).await;
    let moved = moved.words();
    assert!(moved.contains("Ticket #2 is in"), "{moved}");
    let again = interact(&world, &jonas, &general, body).await.words();
    assert!(
        again.contains("Ticket #2 was made of this message."),
        "{again}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_and_its_picture_become_a_ticket_through_the_gateway() {
    a_message_and_its_picture_become_a_ticket(Door::Gateway).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_and_its_picture_become_a_ticket_over_http() {
    a_message_and_its_picture_become_a_ticket(Door::Http).await;
}
