//! What somebody said, as the other side reads it: names for ids, quotes for replies.

use crate::discord::*;
use crate::world::*;
use desk::bridge::RemoteEvent;
use domain::text::Body;
use domain::*;

#[tokio::test]
async fn staff_mentions_are_names_and_a_customers_are_not() {
    let world = World::new().await;
    world.mira().await;
    let (opened, thread) = world.filed().await;
    let mention = format!("**Ask** <@{MIRA}> or <@&{STAFF_ROLE}>, not <@99>");
    let said = world.discord.write(thread, MIRA, &mention);
    world.hear(&said).await;
    let holder = world.desk.held_ticket(&opened.token).await.unwrap().0;
    let typed = Body::parse(&mention).unwrap();
    let replied = world.desk.customer_reply(&holder, typed, None);
    replied.await.unwrap();
    let seen = world.seen_by_customer(&opened).await;
    assert_eq!(seen.messages[1].body, mention);
    let span = |name: &str| format!("<span class=\"mention\">@{name}</span>");
    assert_eq!(
        seen.messages[1].html,
        format!(
            "<p dir=\"auto\"><strong>Ask</strong> {} or {}, not {}</p>",
            span("Mira Okafor"),
            span("staff"),
            span("someone")
        )
    );
    assert!(!seen.messages[2].html.contains("Mira"), "{seen:?}");
}

#[tokio::test]
async fn a_removed_message_has_no_html() {
    let world = World::new().await;
    let (opened, thread) = world.filed().await;
    let said = world.discord.write(thread, MIRA, "a slip");
    world.hear(&said).await;
    let gone = RemoteEvent::Deleted {
        channel: thread,
        messages: vec![said.id],
    };
    world.desk.ingest(gone).await.unwrap();
    let seen = world.seen_by_customer(&opened).await;
    assert!(seen.messages[1].deleted);
    assert_eq!(seen.messages[1].html, "");
}

#[tokio::test]
async fn a_reply_quotes_what_it_answers_in_one_line() {
    let world = World::new().await;
    let (opened, thread) = world.filed().await;
    let post = world.discord.state().threads[0].messages[1].message.id;
    let mut said = world.discord.write(thread, MIRA, "On its way.");
    said.replies_to = Some(post);
    world.hear(&said).await;
    let seen = world.seen_by_customer(&opened).await;
    let customer = &seen.messages[0].author;
    let expected = format!("> {customer}: Where is it?\nOn its way.");
    assert_eq!(seen.messages[1].body, expected);
    assert!(seen.messages[1].html.starts_with("<blockquote"), "{seen:?}");
    // An edit keeps what it answers.
    let mut edited = world.discord.edit_text(&said, "It left today.");
    edited.replies_to = Some(post);
    world.hear(&edited).await;
    assert_eq!(
        world.bodies(&opened).await[1],
        expected.replace("On its way.", "It left today.")
    );
}

#[tokio::test]
async fn an_answer_to_a_note_does_not_carry_the_note_across() {
    let world = World::new().await;
    let (opened, thread) = world.filed().await;
    let note = world.discord.write(thread, PAT, "he never pays");
    world.hear(&note).await;
    let mut said = world.discord.write(thread, MIRA, "We look into it.");
    said.replies_to = Some(note.id);
    world.hear(&said).await;
    let mira = world.mira().await;
    let for_staff = world.desk.conversation(&mira, 1).await.unwrap();
    assert_eq!(for_staff.messages[1].kind, MessageKind::Note);
    assert_eq!(
        world.bodies(&opened).await,
        ["Where is it?", "We look into it."]
    );
}
