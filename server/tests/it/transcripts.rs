//! Transcripts over the wire: for whoever may see the ticket, as something that can do no harm.

use crate::visitor::{Page, Visitor};
use crate::world::*;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::Value;

fn header(page: &Page, name: &str) -> String {
    let value = page.headers.get(name);
    value.map_or("", |v| v.to_str().unwrap()).to_owned()
}

/// A customer with a ticket that has a picture and a note.
async fn with_note(world: &World) -> (Visitor, String, Visitor) {
    let jane = Visitor::new(world);
    let ticket = jane.file("Late <parcel>", "Where is **it**?").await;
    let key = jane.get(&ticket).await.hidden("request_key");
    let picture = Part::bytes(include_bytes!("files/red.png").as_slice()).file_name("red.png");
    let form = Form::new()
        .text("body", "See the picture")
        .text("request_key", key)
        .part("files", picture);
    let sent = jane.send(jane.request(Method::POST, &ticket).multipart(form));
    assert_eq!(sent.await.status, 303);
    let mira = Visitor::new(world);
    mira.sign_in(world, &world.person(true)).await;
    let note = [
        ("number", "1"),
        ("kind", "note"),
        ("body", "Ask the warehouse"),
        ("request_key", "a-key-of-a-form-1234567890"),
    ];
    assert_eq!(mira.call("reply", &note).await.status, 200);
    (jane, ticket, mira)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transcript_can_do_no_harm_and_needs_nothing_else() {
    let world = World::start().await;
    let (jane, ticket, mira) = with_note(&world).await;
    let pages = [
        jane.get(&format!("{ticket}/transcript")).await,
        mira.get("/staff/tickets/1/transcript").await,
    ];
    for page in &pages {
        assert_eq!(page.status, 200, "{}", page.text);
        assert_eq!(header(page, "content-type"), "text/html; charset=utf-8");
        assert_eq!(header(page, "x-content-type-options"), "nosniff");
        assert_eq!(header(page, "cache-control"), "no-store");
        let policy = header(page, "content-security-policy");
        assert!(policy.starts_with("sandbox allow-downloads"), "{policy}");
        assert!(policy.contains("default-src 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        // The page says the same of itself, for when it is a file.
        let own = page
            .text
            .split("Content-Security-Policy\" content=\"")
            .nth(1);
        let own = own
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .replace("&#39;", "'");
        assert!(policy.ends_with(&own), "{policy} / {own}");
        assert!(page.text.contains("Late &lt;parcel&gt;"), "{}", page.text);
        assert!(page.text.contains("<strong>it</strong>"));
        assert!(page.text.contains("src=\"data:image/png;base64,"));
        assert!(!page.text.contains("<script"));
    }
    assert!(!pages[0].text.contains("warehouse"));
    assert!(pages[1].text.contains("Ask the warehouse"));
    // What is a link in the customer's leads to the file.
    let link = pages[0].text.split("<a href=\"files/").nth(1).unwrap();
    let file = format!("{ticket}/files/{}", link.split('"').next().unwrap());
    assert_eq!(
        jane.request(Method::GET, &file)
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn json_is_saved_not_shown() {
    let world = World::start().await;
    let (jane, ticket, mira) = with_note(&world).await;
    for (page, edition) in [
        (
            jane.get(&format!("{ticket}/transcript.json")).await,
            "customer",
        ),
        (mira.get("/staff/tickets/1/transcript.json").await, "staff"),
    ] {
        assert_eq!(header(&page, "content-type"), "application/json");
        let disposition = header(&page, "content-disposition");
        assert_eq!(disposition, "attachment; filename=\"ticket-1.json\"");
        let policy = header(&page, "content-security-policy");
        assert_eq!(policy, "sandbox; default-src 'none'");
        let json: Value = serde_json::from_str(&page.text).unwrap();
        assert_eq!(json["edition"], edition);
        assert_eq!(json["ticket"]["subject"], "Late <parcel>");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transcript_is_for_those_who_may_see_the_ticket() {
    let world = World::start().await;
    let (jane, ticket, mira) = with_note(&world).await;
    let stranger = Visitor::new(&world);
    let pat = Visitor::new(&world);
    pat.sign_in(&world, &world.person(false)).await;
    for ending in ["transcript", "transcript.json"] {
        let staffs = format!("/staff/tickets/1/{ending}");
        assert_eq!(stranger.get(&staffs).await.status, 401);
        assert_eq!(pat.get(&staffs).await.status, 403);
        assert_eq!(jane.get(&staffs).await.status, 401);
        let none = mira.get(&format!("/staff/tickets/2/{ending}")).await;
        assert_eq!(none.status, 404);
        let guessed = format!("{}x/{ending}", &ticket[..ticket.len() - 1]);
        assert_eq!(stranger.get(&guessed).await.status, 404);
        for odd in ["0", "-1", "1x", "99999999999999999999"] {
            let page = mira.get(&format!("/staff/tickets/{odd}/{ending}")).await;
            assert_eq!(page.status, 404, "{odd}");
        }
    }
    // The way there stands on either page.
    let page = jane.get(&ticket).await;
    assert!(page.text.contains(&format!("{ticket}/transcript\"")));
    let page = mira.get("/staff/tickets/1").await;
    assert!(page.text.contains("/staff/tickets/1/transcript\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_becomes_of_a_ticket_reaches_the_log_channel_with_its_transcript() {
    let world = World::start_set(
        discord_stand_in::Options::default(),
        &[("DISCORD_LOG_CHANNEL_ID", "1200000000000000023")],
    )
    .await;
    let log = world.channel("support-log");
    assert_eq!(log, "1200000000000000023");
    let (jane, ticket, _) = with_note(&world).await;
    let closed = jane.post(&format!("{ticket}/close"), &[]).await;
    assert_eq!(closed.status, 303);
    let lines = until("the log tells it", async || {
        let world = world.discord.world();
        let lines = world["messages"][&log].as_array()?.clone();
        (lines.len() == 2).then_some(lines)
    })
    .await;
    world.settled().await;
    assert!(
        lines[0]["content"]
            .as_str()
            .unwrap()
            .contains("filed the ticket")
    );
    assert!(
        lines[1]["content"]
            .as_str()
            .unwrap()
            .contains("closed the ticket")
    );
    let file = &lines[1]["attachments"][0];
    assert_eq!(file["filename"], "ticket-1.html");
    let notified = world.discord.world()["notifications"].to_string();
    assert!(!notified.contains(&log), "{notified}");
}
