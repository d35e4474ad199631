//! What a ticket's page shows of its state and its messages, and to whom.

use super::*;

#[test]
fn the_status_is_a_sentence() {
    for (status, sentence) in [
        (Status::Open, "Waiting for our answer."),
        (Status::InProgress, "Waiting for our answer."),
        (Status::Paused, "We answered. Waiting for you."),
        (
            Status::Closed,
            "This ticket is closed. Write again to reopen it.",
        ),
    ] {
        let page = render(&conversation_of(
            status,
            vec![message_of(1, Side::Customer, "Hello")],
        ));
        assert!(
            page.contains(&format!("<span>{sentence}</span>")),
            "{sentence}"
        );
    }
}

#[test]
fn what_was_said_at_the_end_is_read() {
    let mut closed = conversation_of(Status::Closed, vec![]);
    assert!(!render(&closed).contains("status-why"));
    closed.ticket.closed_because = Some("<p>Sent <strong>anew</strong>.</p>".into());
    let page = render(&closed);
    assert!(
        page.contains("<p>Sent <strong>anew</strong>.</p>"),
        "{page}"
    );
}

#[test]
fn a_customers_own_messages_say_where_they_are() {
    for (delivery, mark) in [
        (Delivery::Queued, ("queued", "Queued")),
        (Delivery::Delivered, ("delivered", "Delivered")),
        (Delivery::Failed, ("failed", "Not delivered yet, we know")),
    ] {
        let mut own = message_of(1, Side::Customer, "Hello");
        own.delivery = delivery;
        own.failure = Some("a reason for staff".into());
        let page = render(&conversation_of(Status::Open, vec![own]));
        assert!(page.contains(&format!("data-delivery=\"{}\"", mark.0)));
        assert!(page.contains(mark.1));
        assert!(!page.contains("a reason for staff"));
    }
    let page = render(&conversation_of(
        Status::Open,
        vec![message_of(1, Side::Staff, "Hi")],
    ));
    assert!(!page.contains("data-delivery"), "ours arrive by being read");
}

#[test]
fn notes_and_priorities_stay_with_staff() {
    let mut note = message_of(2, Side::Staff, "between us");
    note.kind = MessageKind::Note;
    let page = render(&conversation_of(
        Status::Open,
        vec![message_of(1, Side::Customer, "Hello"), note],
    ));
    assert!(!page.contains("between us"));
    assert!(!page.contains("Urgent"));
}

#[test]
fn a_removed_message_leaves_a_trace_and_an_edited_one_says_so() {
    let mut gone = message_of(1, Side::Staff, "");
    gone.deleted = true;
    gone.edited_at = Some(NOW);
    let mut edited = message_of(2, Side::Staff, "Better words");
    edited.edited_at = Some(minutes_ago(1));
    let page = render(&conversation_of(Status::Paused, vec![gone, edited]));
    assert_eq!(page.matches("Message deleted").count(), 1);
    assert_eq!(page.matches(">edited</time>").count(), 1);
}

#[test]
fn days_are_told_apart() {
    let mut first = message_of(1, Side::Customer, "Monday");
    first.at = minutes_ago(60 * 24 * 3);
    let second = message_of(2, Side::Customer, "Today");
    let page = render(&conversation_of(Status::Open, vec![first, second]));
    assert_eq!(page.matches("class=\"day\"").count(), 2);
    assert!(page.contains("<span>18 November 2026</span>"));
    assert!(page.contains("<span>Today</span>"));
}

#[test]
fn line_breaks_and_directions_survive() {
    let page = render(&conversation_of(
        Status::Open,
        vec![message_of(1, Side::Customer, "one\n  two\n\nשלום 👩‍👩‍👧")],
    ));
    assert!(page.contains(
        "<div class=\"words\"><p dir=\"auto\">one<br>  two</p><p dir=\"auto\">שלום 👩‍👩‍👧</p></div>"
    ));
}

#[test]
fn a_face_is_a_picture_only_from_where_pictures_come() {
    for (address, is_shown) in [
        ("https://cdn.discordapp.com/avatars/1/a.png", true),
        ("javascript:alert(1)", false),
        ("data:image/svg+xml,x", false),
    ] {
        let mut message = message_of(1, Side::Staff, "Hi");
        message.avatar = Some(address.into());
        let page = render(&conversation_of(Status::Paused, vec![message]));
        assert_eq!(page.contains("<img"), is_shown, "{address}");
    }
}
