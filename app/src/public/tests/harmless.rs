//! Whatever anyone types stays text, wherever it is shown.

use super::*;

#[test]
fn what_customers_type_into_the_form_stays_text() {
    let form = NewTicketForm {
        hours: None,
        action: PAYLOAD.into(),
        limits: FileLimits::default(),
        email: PAYLOAD.into(),
        subject: PAYLOAD.into(),
        category: PAYLOAD.into(),
        body: PAYLOAD.into(),
        request_key: PAYLOAD.into(),
        errors: vec![Invalid::new(Field::Body, PAYLOAD)],
        notice: Some(PAYLOAD.into()),
    };
    assert_harmless(&new_ticket(&frame(&assets()), &categories(), &form));
}

#[test]
fn what_anyone_says_in_a_ticket_stays_text() {
    let mut from_staff = message_of(2, Side::Staff, PAYLOAD);
    from_staff.author = PAYLOAD.into();
    from_staff.avatar = Some(format!("https://cdn.example/{PAYLOAD}"));
    let mut conversation = conversation_of(
        Status::Paused,
        vec![message_of(1, Side::Customer, PAYLOAD), from_staff],
    );
    conversation.ticket.subject = PAYLOAD.into();
    conversation.ticket.category = PAYLOAD.into();
    let reply = ReplyForm {
        body: PAYLOAD.into(),
        request_key: PAYLOAD.into(),
        errors: vec![Invalid::new(Field::Body, PAYLOAD)],
        notice: Some(PAYLOAD.into()),
    };
    let assets = assets();
    let f = Frame {
        assets: &assets,
        guild: Some(PAYLOAD),
    };
    assert_harmless(&ticket(&f, &conversation, "tok", &Writing::Reply(reply)));
    assert_harmless(&my_tickets(
        &f,
        &[MyTicket {
            guild: Some(PAYLOAD.into()),
            ..mine("tok", conversation.ticket.clone())
        }],
        NOW,
    ));
    assert_harmless(&message(&f, PAYLOAD, PAYLOAD, Some(("/", PAYLOAD))));
    assert_harmless(&sign_in(&f, PAYLOAD, Some(PAYLOAD)));
    assert_harmless(&home(&f, "/new", true, Some(&hours())));
}

#[test]
fn what_means_something_in_markdown_is_no_way_in() {
    for attack in [
        "[here](javascript:alert(1)) [x](data:text/html,y) <javascript:alert(1)>",
        "**<script>alert(1)</script>** ||<img src=x onerror=alert(1)>||",
        "[<img src=x onerror=alert(1)>](https://a.example)",
        "[a](https://a.example/\"onmouseover=\"alert(1)) https://a.example/\"'><script>",
        "```html\n</code></pre><script>alert(1)</script>\n``` `</code><script>`",
        "```\"onload=\"alert(1)\nx\n```",
        "> <script>alert(1)</script>\n- <script>\n# <script>\n-# <script>",
        "]]><script>alert(1)</script>--><script> &lt;script&gt;alert(1)&lt;/script&gt;",
        "<@1\"><script>> <:\"'><script>:1> <t:1:R\"'>",
    ] {
        let page = render(&conversation_of(
            Status::Open,
            vec![message_of(1, Side::Staff, attack)],
        ));
        let words = page
            .split_once("<div class=\"words\">")
            .and_then(|(_, words)| words.split_once("</div>"))
            .map(|(words, _)| words)
            .expect("the message's words");
        let tags = words.split('<').skip(1);
        for tag in tags.filter_map(|tag| tag.split_once('>').map(|(tag, _)| tag)) {
            let name = tag.trim_start_matches('/').split(' ').next();
            assert!(
                !matches!(name, Some("script" | "img" | "svg")) && !tag.contains(" on"),
                "<{tag}> from {attack}"
            );
            assert!(
                !tag.contains("javascript:") && !tag.contains("data:"),
                "{tag}"
            );
        }
        assert_eq!(page.matches("<script").count(), 1, "{attack}");
    }
}
