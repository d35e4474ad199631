//! Signing in, being refused, signing out; and that nothing of the staff's is open without it.

use crate::visitor::Visitor;
use crate::world::*;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_the_staffs_is_open_to_anyone_else() {
    let world = World::start().await;
    let jane = Visitor::new(&world);
    jane.file("Late parcel", "a secret of Jane's").await;
    let stranger = Visitor::new(&world);
    let pat = Visitor::new(&world);
    let landed = pat.sign_in(&world, &world.person(false)).await;
    assert_eq!(landed.status, 303, "signing in is open to all");
    for path in ["/staff", "/staff/tickets/1"] {
        let asked = stranger.get(path).await;
        assert_eq!(asked.status, 401, "{path}");
        assert!(asked.text.contains("/auth/discord"));
        let refused = pat.get(path).await;
        assert_eq!(refused.status, 403, "{path}");
        for page in [asked, refused] {
            assert!(!page.text.contains("secret"), "{path}");
            assert!(!page.text.contains("Late parcel"), "{path}");
        }
    }
    let functions = [
        "inbox",
        "conversation",
        "reply",
        "assign",
        "set_priority",
        "close",
        "reopen",
        "retry",
    ];
    let fields = [
        ("number", "1"),
        ("kind", "reply"),
        ("body", "I am staff"),
        ("request_key", "a-key-of-a-form-1234567890"),
        ("to", "to_me"),
        ("priority", "urgent"),
        ("filter", "active"),
    ];
    for name in functions {
        for (visitor, status) in [(&stranger, 401), (&jane, 401), (&pat, 403)] {
            let answer = visitor.call(name, &fields).await;
            assert_eq!(answer.status, status, "{name}: {}", answer.text);
            assert!(!answer.text.contains("secret"), "{name}");
        }
    }
    world.settled().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_state_must_be_ours_and_serves_once() {
    let world = World::start().await;
    let mira = world.person(true);
    let desk = Visitor::new(&world);
    let callback = desk.consent(&world, &mira, "authorize").await;
    let forged = callback.replace("state=", "state=x");
    let refused = desk.get(&forged).await;
    assert_eq!(refused.status, 400, "{}", refused.text);
    // The forgery used the state up; the true one comes too late.
    let late = desk.get(&callback).await;
    assert_eq!(late.status, 400);
    assert_eq!(desk.get("/staff").await.status, 401);

    let callback = desk.consent(&world, &mira, "authorize").await;
    let other_browser = Visitor::new(&world);
    assert_eq!(other_browser.get(&callback).await.status, 400);
    assert_eq!(desk.get(&callback).await.status, 303);
    assert_eq!(desk.get(&callback).await.status, 400, "a code serves once");
    assert_eq!(desk.get("/staff").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_discord_does_not_know_is_refused_in_words() {
    let world = World::start().await;
    let desk = Visitor::new(&world);
    let callback = desk.consent(&world, &world.person(true), "authorize").await;
    let mut url = url::Url::parse(&callback).unwrap();
    let state = url
        .query_pairs()
        .find(|(k, _)| k == "state")
        .unwrap()
        .1
        .into_owned();
    url.query_pairs_mut()
        .clear()
        .append_pair("code", "nonsense")
        .append_pair("state", &state);
    let refused = desk.get(url.as_str()).await;
    assert_eq!(refused.status, 400);
    assert!(
        !refused.text.contains("invalid_grant"),
        "Discord's words are not ours"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denied_consent_is_answered_in_words() {
    let world = World::start().await;
    let desk = Visitor::new(&world);
    let callback = desk.consent(&world, &world.person(true), "deny").await;
    let page = desk.get(&callback).await;
    assert_eq!(page.status, 403);
    assert!(page.text.contains("/auth/discord"), "one can try again");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_sign_in_only_our_own_pages_are_gone_to() {
    let world = World::start().await;
    let mira = world.person(true);
    for (wish, lands) in [
        ("/staff/tickets/1", "/staff/tickets/1"),
        ("//evil.example", "/staff"),
        ("https://evil.example/staff", "/staff"),
        ("/\\evil.example", "/staff"),
        ("/staff/../../evil", "/staff"),
        ("", "/staff"),
    ] {
        let desk = Visitor::new(&world);
        let start = format!("/auth/discord?return={}", urlencoded(wish));
        let to_discord = desk.get(&start).await.location();
        let asked = url::Url::parse(&to_discord).unwrap();
        let challenge = asked
            .query_pairs()
            .find(|(k, _)| k == "code_challenge_method");
        assert_eq!(challenge.unwrap().1, "S256");
        let mut fields: Vec<(String, String)> = asked
            .query_pairs()
            .map(|(k, v)| (k.into_owned(), v.into_owned()))
            .collect();
        fields.push(("person".into(), mira.id.to_string()));
        fields.push(("action".into(), "authorize".into()));
        let url = format!("{}/oauth2/authorize", world.discord.base_url());
        let request = desk.request(reqwest::Method::POST, &url).form(&fields);
        let back = desk.send(request).await.location();
        assert_eq!(desk.get(&back).await.location(), lands, "{wish}");
    }
}

fn urlencoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_it() {
    let world = World::start().await;
    let desk = Visitor::new(&world);
    desk.sign_in(&world, &world.person(true)).await;
    assert_eq!(desk.get("/staff").await.status, 200);
    let out = desk.post("/auth/sign-out", &[]).await;
    assert_eq!(out.status, 303);
    assert_eq!(desk.get("/staff").await.status, 401);
    assert_eq!(desk.get("/auth/sign-out").await.status, 405, "never by GET");
}
