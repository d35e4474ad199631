//! What every customer's page promises: nothing that anyone typed becomes markup, no script and
//! no style stands in the page, words match states, and a refused form loses nothing.

mod change;
mod conversation;
mod harmless;

use super::*;
use domain::view::{CategoryView, ConversationView, MessageView, TicketView};
use domain::{
    Delivery, Field, FileLimits, Invalid, MessageId, MessageKind, Origin, Priority, Side, Status,
    Timestamp,
};

const PAYLOAD: &str =
    "\"'></textarea></title><script>alert(1)</script><img src=x onerror=alert(1)>";

fn assets() -> Assets {
    Assets {
        css: "/pkg/threadline.a.css".into(),
        js: "/pkg/threadline.b.js".into(),
        wasm: "/pkg/threadline.c.wasm".into(),
        live_js: "/live.d.js".into(),
        favicon: "/favicon.e.svg".into(),
    }
}

fn frame(assets: &Assets) -> Frame<'_> {
    Frame {
        assets,
        guild: Some("Harbour Lights"),
    }
}

const NOW: Timestamp = Timestamp::from_millis(1_795_265_280_000);

fn minutes_ago(minutes: i64) -> Timestamp {
    Timestamp::from_millis(NOW.millis() - minutes * 60_000)
}

fn message_of(id: i64, side: Side, body: &str) -> MessageView {
    MessageView {
        id: MessageId(id),
        side,
        author: "Kim".into(),
        avatar: None,
        kind: MessageKind::Reply,
        origin: Origin::Web,
        written_in: Origin::Web,
        own: side == Side::Customer,
        body: body.into(),
        html: markup::html(body, &markup::Names::default()),
        files: Vec::new(),
        at: minutes_ago(12),
        edited_at: None,
        deleted: false,
        delivery: Delivery::Delivered,
        failure: None,
        earlier: Vec::new(),
    }
}

fn ticket_view(status: Status) -> TicketView {
    TicketView {
        number: 7,
        subject: "The map does not load".into(),
        status,
        priority: Priority::Urgent,
        category: "Technical".into(),
        customer: "mara@example.com".into(),
        assignee: None,
        created_at: minutes_ago(120),
        closed_because: None,
        rev: 3,
    }
}

fn conversation_of(status: Status, messages: Vec<MessageView>) -> ConversationView {
    ConversationView {
        ticket: ticket_view(status),
        messages,
        tags: Vec::new(),
        history: Vec::new(),
        thread_url: None,
        thread_trouble: None,
        thread_notice: None,
        limits: FileLimits::default(),
        now: NOW,
    }
}

fn render(conversation: &ConversationView) -> String {
    ticket(
        &frame(&assets()),
        conversation,
        "tok",
        &Writing::Reply(ReplyForm::default()),
    )
}

fn categories() -> Vec<CategoryView> {
    vec![
        CategoryView {
            key: "payment".into(),
            name: "Payment".into(),
            help: "Refunds, invoices".into(),
        },
        CategoryView {
            key: PAYLOAD.into(),
            name: PAYLOAD.into(),
            help: PAYLOAD.into(),
        },
    ]
}

/// Nothing of the payload works, and the page has no script but the one it links.
#[track_caller]
fn assert_harmless(page: &str) {
    assert!(!page.contains("<script>"), "a script of someone else's");
    assert!(!page.contains("<img src=x"), "a picture of someone else's");
    assert!(!page.contains("\"'>"), "an attribute left early");
    assert_eq!(page.matches("<script").count(), 1);
    assert_eq!(page.matches("</title>").count(), 1);
    assert_eq!(
        page.matches("</textarea>").count(),
        // house-rule: it counts what the page holds.
        page.matches("<textarea").count()
    );
    assert!(page.contains(r#"<script type="module" src="/live.d.js"></script>"#));
    for inline in [" style=", "<style", " onclick=", " onload=", "javascript:"] {
        assert!(!page.contains(inline), "{inline} in the page");
    }
}

#[track_caller]
fn assert_complete(page: &str) {
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\">"));
    assert!(page.ends_with("</html>"));
    for part in [
        "name=\"viewport\"",
        "name=\"color-scheme\"",
        "href=\"/pkg/threadline.a.css\"",
        "href=\"/favicon.e.svg\"",
        "<title>",
        "<main id=\"main\"",
    ] {
        assert!(page.contains(part), "{part} is missing");
    }
    // The dashboard's weight is not the customer's to carry.
    assert!(!page.contains(".wasm") && !page.contains("threadline.b.js"));
}

#[test]
fn every_page_is_complete_and_free_of_inline_code() {
    let assets = assets();
    let f = frame(&assets);
    let conversation = conversation_of(Status::Open, vec![message_of(1, Side::Customer, "Hello")]);
    for page in [
        home(&f, "/new", false, None),
        home(&f, "/new", true, Some(&hours())),
        new_ticket(&f, &categories(), &NewTicketForm::default()),
        render(&conversation),
        my_tickets(&f, &[], NOW),
        my_tickets(&f, &[mine("tok", ticket_view(Status::Open))], NOW),
        sign_in(&f, "/staff", None),
        message(
            &f,
            "Nothing here",
            "The link may be incomplete.",
            Some(("/", "Home")),
        ),
    ] {
        assert_complete(&page);
        assert_harmless(&page);
    }
}

#[test]
fn a_refused_form_keeps_everything_and_says_why_twice() {
    let form = NewTicketForm {
        hours: None,
        action: PAYLOAD.into(),
        limits: FileLimits::default(),
        email: "mara(at)example".into(),
        subject: "A subject".into(),
        category: "payment".into(),
        body: "Line one\n\n  line <two> & more".into(),
        request_key: "key-1234567890123456".into(),
        errors: vec![Invalid::new(
            Field::Email,
            "Enter an e-mail address like name@example.com.",
        )],
        notice: None,
    };
    let page = new_ticket(&frame(&assets()), &categories(), &form);
    assert_eq!(
        page.matches("Enter an e-mail address like name@example.com.")
            .count(),
        2
    );
    assert!(page.contains("One thing needs your attention"));
    assert!(page.contains("<a href=\"#email\">"));
    assert!(page.contains("value=\"mara(at)example\""));
    assert!(page.contains("value=\"A subject\""));
    assert!(page.contains("value=\"key-1234567890123456\""));
    assert!(page.contains("Line one\n\n  line &lt;two&gt; &amp; more</textarea>"));
    assert_eq!(page.matches(" checked").count(), 1);
    let email = page
        .split("<input")
        .find(|input| input.contains("name=\"email\""))
        .expect("an e-mail field");
    assert!(email.contains("aria-invalid=\"true\""));
    assert!(email.contains("aria-describedby=\"email-help email-problem\""));
    assert!(page.contains("id=\"email-problem\""));
    assert_eq!(page.matches("aria-invalid").count(), 1);
    assert!(
        page.contains("tabindex=\"-1\" autofocus") || page.contains("autofocus tabindex=\"-1\"")
    );
    assert!(page.contains("<title>Not sent yet"));
}

#[test]
fn forms_have_the_names_and_addresses_that_others_rely_on() {
    let form = NewTicketForm {
        action: "/new".into(),
        ..NewTicketForm::default()
    };
    let page = new_ticket(&frame(&assets()), &categories(), &form);
    for name in ["email", "subject", "category", "body", "request_key"] {
        assert!(page.contains(&format!("name=\"{name}\"")), "{name}");
    }
    assert!(page.contains("action=\"/new\"") && page.contains("multipart/form-data"));
    let page = render(&conversation_of(Status::Open, Vec::new()));
    assert!(page.contains("action=\"/t/tok\"") && page.contains("multipart/form-data"));
    assert!(page.contains("action=\"/t/tok/close\""));
    assert!(page.contains("<meta name=\"threadline-ticket\" content=\"7\""));
    assert!(page.contains("data-live=\"ticket\"") && page.contains("data-rev=\"3\""));
    let page = render(&conversation_of(Status::Closed, Vec::new()));
    assert!(page.contains("action=\"/t/tok/reopen\""));
    assert!(!page.contains("/t/tok/close"));
}

#[test]
fn no_marks_of_hydration_are_sent_and_typed_ones_stay() {
    let typed = NewTicketForm {
        subject: "a <!> b".to_owned(),
        body: "c <!> d".to_owned(),
        ..NewTicketForm::default()
    };
    let page = new_ticket(&frame(&assets()), &categories(), &typed);
    assert!(!page.contains("<!>"));
    assert!(page.contains("value=\"a &lt;!&gt; b\""), "{page}");
    assert!(page.contains("c &lt;!&gt; d</textarea>"), "{page}");
}

#[test]
fn the_link_to_sign_in_carries_where_to_return() {
    let page = sign_in(&frame(&assets()), "/staff/tickets/3?view=mine", None);
    assert!(page.contains("href=\"/auth/discord?return=/staff/tickets/3%3Fview%3Dmine\""));
}

fn mine(token: &str, ticket: TicketView) -> MyTicket {
    MyTicket {
        token: token.to_owned(),
        ticket,
        guild: None,
    }
}

#[test]
fn the_list_says_whose_a_ticket_is_where_there_are_several() {
    let of = |token: &str, guild: &str| MyTicket {
        guild: Some(guild.to_owned()),
        ..mine(token, ticket_view(Status::Paused))
    };
    let rows = [of("tok-a", "Harbor Games"), of("tok-b", "Pixel & Co")];
    let page = my_tickets(&frame(&assets()), &rows, NOW);
    assert!(page.contains("Harbor Games") && page.contains("Pixel &amp; Co"));
    // Tickets of the same number are told apart.
    assert!(page.contains("-tok-a\"") && page.contains("-tok-b\""));
}

#[test]
fn one_chooses_whom_to_ask() {
    let choice = Choice {
        name: PAYLOAD.to_owned(),
        place: "/g/harbor-games".to_owned(),
    };
    let page = choose(&frame(&assets()), &[choice]);
    assert_complete(&page);
    assert_harmless(&page);
    assert!(page.contains("href=\"/g/harbor-games\""));
}

#[test]
fn the_list_links_each_ticket_by_its_token() {
    let rows = [mine("tok-a", ticket_view(Status::Paused))];
    let page = my_tickets(&frame(&assets()), &rows, NOW);
    assert!(page.contains("href=\"/t/tok-a\""));
    assert!(page.contains("We answered"));
    assert!(page.contains("2 h ago"));
    let empty = my_tickets(&frame(&assets()), &[], NOW);
    assert!(empty.contains("No tickets in this browser yet."));
    // An empty list asks for no live connection, which would be refused.
    assert!(!empty.contains("threadline-live"));
}

fn hours() -> domain::view::HoursView {
    domain::view::HoursView {
        hours: "Mo-Fr 09:00-17:00 (<UTC>)".to_owned(),
        is_open: false,
        opens: Some("on Monday at 09:00".to_owned()),
    }
}

#[test]
fn the_start_page_says_when_somebody_is_there() {
    let assets = assets();
    let html = home(&frame(&assets), "/new", false, Some(&hours()));
    assert!(html.contains("We are away now and back on Monday at 09:00."));
    assert!(html.contains("Mo-Fr 09:00-17:00"));
    assert!(!home(&frame(&assets), "/new", false, None).contains("We are"));
}
