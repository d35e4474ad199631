//! What is kept of pages is what would be drawn: after every kind of change, on both sides.

use crate::visitor::{Page, Visitor};
use crate::world::*;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};

/// How often is looked again, when something changed between two looks. What is kept wrongly stays
/// so for many more of them.
const LOOKS: u32 = 20;

/// Somebody's page, and how it looks without what each reader gets of their own.
struct Watched<'a> {
    who: &'a Visitor,
    path: String,
}

impl Watched<'_> {
    async fn look(&self, path: &str) -> String {
        let page = self.who.get(path).await;
        assert_eq!(page.status, 200, "{}", page.text);
        let text = match nonce(&page) {
            Some(nonce) => page.text.replace(&nonce, ""),
            None => page.text.replace(&page.hidden("request_key"), ""),
        };
        without_the_time(&text.replace(path, &self.path))
    }

    /// The page as anybody would open it, and under an address that nobody asked for before.
    async fn is_true_to_life(&self, after: &str) {
        static ANEW: AtomicU32 = AtomicU32::new(0);
        let mut looks = Vec::new();
        for _ in 0..LOOKS {
            let kept = self.look(&self.path).await;
            let anew = ANEW.fetch_add(1, Ordering::Relaxed);
            let drawn = self.look(&format!("{}?anew={anew}", self.path)).await;
            if kept == drawn {
                return;
            }
            looks = vec![kept, drawn];
        }
        panic!(
            "{} is not what it would be after {after}: {looks:#?}",
            self.path
        );
    }
}

/// The dashboard is told the moment of its drawing, which may be older.
fn without_the_time(text: &str) -> String {
    match text.split_once("now\\\":") {
        Some((before, rest)) => format!("{before}{}", rest.trim_start_matches(char::is_numeric)),
        None => text.to_owned(),
    }
}

fn nonce(page: &Page) -> Option<String> {
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    let (_, rest) = policy.split_once("'nonce-")?;
    Some(rest.split_once('\'')?.0.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_what_they_would_be_after_every_change() {
    let world = World::start().await;
    let (jane, desk) = (Visitor::new(&world), Visitor::new(&world));
    let mira = world.person(true);
    desk.sign_in(&world, &mira).await;
    let ticket = jane.file("Late parcel", "Where is it?").await;
    let pages = [
        Watched {
            who: &jane,
            path: ticket.clone(),
        },
        Watched {
            who: &desk,
            path: "/staff".to_owned(),
        },
    ];
    // Both right after a change and when Discord was told.
    let look = async |after: &str| {
        for _ in 0..2 {
            for page in &pages {
                page.is_true_to_life(after).await;
            }
            world.settled().await;
        }
    };
    look("filing").await;
    let thread = world.thread_with(1, 2).await;

    jane.reply(&ticket, "It is **green**.").await;
    look("a reply").await;
    let said = world.write(&mira, &thread, "On its way.").await;
    until("it is read", async || {
        let page = jane.get(&ticket).await;
        page.text.contains("On its way.").then_some(())
    })
    .await;
    look("an answer from Discord").await;
    let place = format!(
        "/channels/{}/messages/{}",
        thread["id"].as_str().unwrap(),
        said["id"].as_str().unwrap()
    );
    let (status, _) = world
        .act(
            &mira,
            reqwest::Method::PATCH,
            &place,
            json!({"content": "It arrived."}),
        )
        .await;
    assert_eq!(status, 200);
    until("the edit is read", async || {
        let page = jane.get(&ticket).await;
        page.text.contains("It arrived.").then_some(())
    })
    .await;
    look("an edit in Discord").await;
    let (status, _) = world
        .act(&mira, reqwest::Method::DELETE, &place, Value::Null)
        .await;
    assert_eq!(status, 204);
    until("the deletion is seen", async || {
        let page = jane.get(&ticket).await;
        page.text.contains("Message deleted").then_some(())
    })
    .await;
    look("a deletion in Discord").await;

    let key = "kept-pages-0000000000001";
    for (call, fields) in [
        ("assign", &[("number", "1"), ("to", "to_me")][..]),
        ("set_priority", &[("number", "1"), ("priority", "urgent")]),
        (
            "reply",
            &[
                ("number", "1"),
                ("kind", "reply"),
                ("body", "Anything else?"),
                ("request_key", key),
            ],
        ),
        (
            "reply",
            &[
                ("number", "1"),
                ("kind", "note"),
                ("body", "Between us."),
                ("request_key", "kept-pages-0000000000002"),
            ],
        ),
        ("close", &[("number", "1")]),
        ("reopen", &[("number", "1")]),
        ("assign", &[("number", "1"), ("to", "to_nobody")]),
    ] {
        let answer = desk.call(call, fields).await;
        assert_eq!(answer.status, 200, "{call}: {}", answer.text);
        look(call).await;
    }
    let (status, _) = world
        .act(
            &mira,
            reqwest::Method::DELETE,
            &format!("/channels/{}", thread["id"].as_str().unwrap()),
            Value::Null,
        )
        .await;
    assert_eq!(status, 200, "Mira may delete the thread");
    look("the loss of the thread").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_reader_gets_a_key_and_a_nonce_of_their_own() {
    let world = World::start().await;
    let (jane, desk) = (Visitor::new(&world), Visitor::new(&world));
    desk.sign_in(&world, &world.person(true)).await;
    let ticket = jane.file("Late parcel", "Where is it?").await;
    world.settled().await;

    let mut keys = Vec::new();
    let mut nonces = Vec::new();
    for _ in 0..3 {
        let page = jane.get(&ticket).await;
        keys.push(page.hidden("request_key"));
        let page = desk.get("/staff").await;
        let nonce = nonce(&page).expect("the dashboard has scripts");
        assert!(page.text.contains(&format!("nonce=\"{nonce}\"")));
        for other in &nonces {
            assert!(!page.text.contains(other), "another reader's nonce");
        }
        nonces.push(nonce);
    }
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 3, "two forms with one key would be one wish");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_opens_to_nobody_else() {
    let world = World::start().await;
    let (jane, desk, stranger) = (
        Visitor::new(&world),
        Visitor::new(&world),
        Visitor::new(&world),
    );
    desk.sign_in(&world, &world.person(true)).await;
    let ticket = jane.file("Late parcel", "Where is it?").await;
    for _ in 0..2 {
        assert_eq!(jane.get(&ticket).await.status, 200);
        assert_eq!(desk.get("/staff").await.status, 200);
    }
    assert_eq!(stranger.get("/staff").await.status, 401);
    stranger.sign_in(&world, &world.person(false)).await;
    assert_eq!(stranger.get("/staff").await.status, 403);
    let almost = &ticket[..ticket.len() - 1];
    assert_eq!(stranger.get(almost).await.status, 404);
}
