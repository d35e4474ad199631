//! Changing and deleting one's own messages: what is offered, to whom, and what a form keeps.

use super::*;

fn own(id: i64, body: &str) -> MessageView {
    message_of(id, Side::Customer, body)
}

fn render_with(messages: Vec<MessageView>, writing: &Writing) -> String {
    ticket(
        &frame(&assets()),
        &conversation_of(Status::Open, messages),
        "tok",
        writing,
    )
}

fn in_page(page: &str) -> (&str, &str) {
    let at = page
        .find("class=\"keep-link\"")
        .expect("it ends the live part");
    page.split_at(at)
}

#[test]
fn only_ones_own_messages_that_are_still_there_can_be_changed() {
    let mut gone = own(2, "");
    gone.deleted = true;
    let page = render(&conversation_of(
        Status::Open,
        vec![own(1, "Hello"), gone, message_of(3, Side::Staff, "Hi")],
    ));
    for change in ["edit", "delete"] {
        assert!(page.contains(&format!("href=\"/t/tok?{change}=1\"")));
        assert!(!page.contains(&format!("{change}=2")), "deleted already");
        assert!(!page.contains(&format!("{change}=3")), "staff's");
    }
}

#[test]
fn a_change_stands_outside_of_what_is_refreshed_and_keeps_what_was_typed() {
    let form = EditForm {
        message: MessageId(1),
        body: PAYLOAD.into(),
        errors: vec![Invalid::new(Field::Body, "Shorten the message.")],
        notice: Some(PAYLOAD.into()),
    };
    let page = render_with(vec![own(1, "Hello")], &Writing::Edit(form));
    assert_harmless(&page);
    let (live, rest) = in_page(&page);
    assert!(live.contains("msg-open"));
    assert!(!live.contains("<form method=\"post\" action=\"/t/tok/messages/1\""));
    assert!(rest.contains("action=\"/t/tok/messages/1\""));
    assert!(rest.contains("&lt;/textarea&gt;&lt;/title&gt;"));
    assert!(rest.contains("Shorten the message."));
    // The tab keeps replies; a wording kept as one would turn up in the next reply.
    assert!(!rest.contains("data-draft"));
    assert!(!rest.contains("action=\"/t/tok\""));
}

#[test]
fn deleting_quotes_what_would_go() {
    let messages = vec![own(1, PAYLOAD), own(2, "Stays")];
    let page = render_with(messages, &Writing::Delete(MessageId(1)));
    assert_harmless(&page);
    let (_, rest) = in_page(&page);
    assert!(rest.contains("action=\"/t/tok/messages/1/delete\""));
    assert!(rest.contains("&lt;script&gt;alert(1)"));
    assert!(!rest.contains("Stays"));
}

#[test]
fn who_lacks_the_role_gets_a_way_out() {
    let page = no_role(&frame(&assets()), "/staff");
    assert_complete(&page);
    assert_harmless(&page);
    assert!(page.contains("<form method=\"post\" action=\"/auth/sign-out\""));
    assert!(!sign_in(&frame(&assets()), "/staff", None).contains("sign-out"));
}
