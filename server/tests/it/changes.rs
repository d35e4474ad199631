//! Second thoughts on the web reach the thread, and what is stuck on the way is seen and mended.

use crate::visitor::{Page, Visitor};
use crate::world::*;
use discord_stand_in::Fault;
use serde_json::{Value, json};

fn json_of(page: &Page) -> Value {
    assert_eq!(page.status, 200, "{}", page.text);
    serde_json::from_str(&page.text).unwrap()
}

async fn mira_at_her_desk(world: &World) -> Visitor {
    let desk = Visitor::new(world);
    desk.sign_in(world, &world.person(true)).await;
    desk
}

/// The messages of a ticket, as the dashboard is told of them.
async fn told(desk: &Visitor, number: &str) -> Vec<Value> {
    let answer = json_of(&desk.call("conversation", &[("number", number)]).await);
    answer["messages"].as_array().unwrap().clone()
}

/// Waits until the thread's messages end so, the card left out.
async fn says(world: &World, thread: &Value, words: &[&str]) {
    until(&format!("the thread says {words:?}"), async || {
        let contents = world.contents(thread);
        let said = &contents[1..];
        let is_so =
            said.len() == words.len() && said.iter().zip(words).all(|(s, w)| s.ends_with(w));
        is_so.then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_changes_and_deletes_what_they_wrote() {
    let world = World::start().await;
    let jane = Visitor::new(&world);
    let ticket = jane.file("Late parcel", "Where is it?").await;
    let thread = world.thread_with(1, 2).await;
    jane.reply(&ticket, "It is </textarea> green.").await;
    says(&world, &thread, &["Where is it?", "green."]).await;
    let desk = mira_at_her_desk(&world).await;
    let id = told(&desk, "1").await[1]["id"].to_string();
    let (edit, at) = (
        format!("{ticket}?edit={id}"),
        format!("{ticket}/messages/{id}"),
    );

    let page = jane.get(&ticket).await;
    assert!(page.text.contains(&format!("href=\"{edit}\"")));
    let page = jane.get(&edit).await;
    assert_eq!(page.status, 200);
    assert!(
        page.text
            .contains("It is &lt;/textarea&gt; green.</textarea>")
    );

    // Refused, with every word that was typed.
    let long = "All of this matters. ".repeat(500);
    for (typed, kept) in [("", "</textarea>"), (long.as_str(), long.trim_end())] {
        let refused = jane.post(&at, &[("body", typed)]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text.contains(kept));
        assert!(refused.text.contains("aria-invalid"));
        assert!(refused.text.contains(&format!("action=\"{at}\"")));
    }
    // What live.js fetches again there is the page with the form.
    assert_eq!(jane.get(&at).await.location(), edit);

    let saved = jane.post(&at, &[("body", "It is blue.")]).await;
    assert_eq!(saved.status, 303);
    assert_eq!(saved.location(), format!("{ticket}#m{id}"));
    says(&world, &thread, &["Where is it?", "It is blue."]).await;
    let page = jane.get(&ticket).await.text;
    assert!(page.contains("It is blue.") && page.contains(">edited</time>"));
    assert!(!page.contains("green."), "only staff look back");
    let seen = told(&desk, "1").await;
    assert_eq!(seen[1]["earlier"][0]["body"], "It is </textarea> green.");

    let ask = jane.get(&format!("{ticket}?delete={id}")).await;
    assert!(ask.text.contains(&format!("action=\"{at}/delete\"")));
    let deleted = jane.post(&format!("{at}/delete"), &[]).await;
    assert_eq!(deleted.location(), format!("{ticket}#m{id}"));
    says(&world, &thread, &["Where is it?"]).await;
    let page = jane.get(&ticket).await.text;
    assert!(page.contains("Message deleted") && !page.contains("It is blue."));
    // Nothing to change any more: the page shows it, and a wording that comes late is kept.
    let page = jane.get(&edit).await;
    assert_eq!(page.status, 200);
    assert!(!page.text.contains(&at));
    let late = jane.post(&at, &[("body", "Too late?")]).await;
    assert_eq!(late.status, 409);
    assert!(late.text.contains("Too late?"));
    world.settled().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_changes_what_is_not_theirs() {
    let world = World::start().await;
    let (jane, joe) = (Visitor::new(&world), Visitor::new(&world));
    let ticket = jane.file("Late parcel", "Where is it?").await;
    let other = joe.file("Wrong colour", "It is green.").await;
    let desk = mira_at_her_desk(&world).await;
    let note = [("number", "1"), ("kind", "note"), ("body", "Between us")];
    desk.call("reply", &[&note[..], &[("request_key", "k")]].concat())
        .await;
    let reply = [("number", "1"), ("kind", "reply"), ("body", "We look.")];
    desk.call("reply", &[&reply[..], &[("request_key", "k")]].concat())
        .await;
    let seen = told(&desk, "1").await;
    let ids: Vec<String> = seen.iter().map(|m| m["id"].to_string()).collect();
    let [janes, note, staffs] = &ids[..] else {
        panic!("{seen:?}")
    };
    let unknown = &"999999".to_owned();
    let word = &"one".to_owned();
    for (link, id) in [
        (&other, janes),
        (&ticket, note),
        (&ticket, staffs),
        (&ticket, unknown),
        (&ticket, word),
        (&format!("/t/{}", "A".repeat(32)), janes),
    ] {
        let at = format!("{link}/messages/{id}");
        for page in [
            joe.post(&at, &[("body", "mine now")]).await,
            joe.post(&at, &[("body", "")]).await,
            joe.post(&format!("{at}/delete"), &[]).await,
            joe.get(&format!("{link}?edit={id}")).await,
            joe.get(&format!("{link}?delete={id}")).await,
        ] {
            assert_eq!(page.status, 404, "{at}");
            assert!(!page.text.contains("Between us"));
        }
    }
    let edit = [("message", janes.as_str()), ("body", "mine now")];
    assert_eq!(desk.call("edit_message", &edit).await.status, 404);
    assert_eq!(desk.call("delete_message", &edit).await.status, 404);
    for stranger in [&jane, &Visitor::new(&world)] {
        let edit = [("message", staffs.as_str()), ("body", "mine now")];
        assert_eq!(stranger.call("edit_message", &edit).await.status, 401);
        assert_eq!(stranger.call("delete_message", &edit).await.status, 401);
    }
    let forged = jane
        .request(
            reqwest::Method::POST,
            &format!("{ticket}/messages/{janes}/delete"),
        )
        .header("sec-fetch-site", "cross-site");
    assert_eq!(jane.send(forged).await.status, 403);
    let after = told(&desk, "1").await;
    let bodies: Vec<&Value> = after.iter().map(|m| &m["body"]).collect();
    assert_eq!(bodies, ["Where is it?", "Between us", "We look."]);
    world.settled().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_change_and_delete_what_they_wrote() {
    let world = World::start().await;
    let jane = Visitor::new(&world);
    let ticket = jane.file("Late parcel", "Where is it?").await;
    let thread = world.thread_with(1, 2).await;
    let desk = mira_at_her_desk(&world).await;
    let reply = [
        ("number", "1"),
        ("kind", "reply"),
        ("body", "Tomorow."),
        ("request_key", "k"),
    ];
    assert_eq!(desk.call("reply", &reply).await.status, 200);
    says(&world, &thread, &["Where is it?", "Tomorow."]).await;
    let seen = told(&desk, "1").await;
    assert_eq!(
        (&seen[0]["own"], &seen[1]["own"]),
        (&json!(false), &json!(true))
    );
    let id = seen[1]["id"].to_string();

    let blank = desk
        .call("edit_message", &[("message", &id), ("body", " ")])
        .await;
    assert_eq!(blank.status, 422);
    let saved = desk
        .call("edit_message", &[("message", &id), ("body", "Tomorrow.")])
        .await;
    assert_eq!(saved.status, 200, "{}", saved.text);
    says(&world, &thread, &["Where is it?", "Tomorrow."]).await;
    assert!(jane.get(&ticket).await.text.contains("Tomorrow."));
    let page = desk.get("/staff/tickets/1").await.text;
    assert!(page.contains("<details class=\"earlier\"") && page.contains("Tomorow."));

    let deleted = desk.call("delete_message", &[("message", &id)]).await;
    assert_eq!(deleted.status, 200, "{}", deleted.text);
    says(&world, &thread, &["Where is it?"]).await;
    let page = jane.get(&ticket).await.text;
    assert!(page.contains("Message deleted") && !page.contains("Tomorrow."));
    let page = desk.get("/staff/tickets/1").await.text;
    assert!(page.contains("What it said") && page.contains("Tomorrow."));
    world.settled().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stuck_is_seen_and_mended() {
    let world = World::start().await;
    let jane = Visitor::new(&world);
    let ticket = jane.file("Late parcel", "Where is it?").await;
    let thread = world.thread_with(1, 2).await;
    world.settled().await;
    let desk = mira_at_her_desk(&world).await;
    let page = desk.get("/staff/sync").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Both sides agree."));
    assert!(page.text.contains("Connected "));

    world.discord.set_faults(vec![Fault {
        route: Some("POST /channels/{id}/messages".into()),
        action: "status".into(),
        status: Some(403),
        body: Some(json!({ "message": "Missing Permissions", "code": 50_013 })),
        times: Some(2),
        ..Fault::default()
    }]);
    for words in ["First", "Second"] {
        jane.reply(&ticket, words).await;
    }
    let stuck = until("both are listed", async || {
        let page = json_of(&desk.call("sync", &[]).await);
        let stuck = page["sync"]["stuck"].as_array()?.clone();
        (stuck.len() == 2).then_some(stuck)
    })
    .await;
    assert_eq!(stuck[0]["number"], 1);
    assert_eq!(stuck[0]["next_try"], Value::Null, "it waits for a person");
    let page = desk.get("/staff/sync").await.text;
    for words in [
        "Late parcel",
        "lacks a permission",
        "waits for you",
        "Give up",
    ] {
        assert!(page.contains(words), "{words} in {page}");
    }
    let list = json_of(&desk.call("inbox", &[("filter", "active")]).await);
    assert_eq!(list["stuck"], 2);

    let id = |row: &Value| row["id"].to_string();
    let retried = desk.call("retry_stuck", &[("id", &id(&stuck[0]))]).await;
    assert_eq!(retried.status, 200, "{}", retried.text);
    let given_up = desk.call("give_up", &[("id", &id(&stuck[1]))]).await;
    assert_eq!(given_up.status, 200, "{}", given_up.text);
    says(&world, &thread, &["Where is it?", "First"]).await;
    world.settled().await;
    assert!(
        desk.get("/staff/sync")
            .await
            .text
            .contains("Both sides agree.")
    );
    assert!(desk.get("/staff/tickets/1").await.text.contains("gave up"));

    // A thread that works is not replaced; and all of it is for staff alone.
    let refused = desk.call("new_thread", &[("number", "1")]).await;
    assert_eq!(refused.status, 409);
    for name in ["sync", "retry_stuck", "give_up", "new_thread"] {
        let answer = jane.call(name, &[("id", "1"), ("number", "1")]).await;
        assert_eq!(answer.status, 401, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_thread_is_replaced_from_the_dashboard() {
    let world = World::start().await;
    let (jane, mira) = (Visitor::new(&world), world.person(true));
    let ticket = jane.file("Late parcel", "Where is it?").await;
    let lost = world.thread_with(1, 2).await;
    world.write(&mira, &lost, "On its way.").await;
    until("the answer is on the page", async || {
        let page = jane.get(&ticket).await.text;
        page.contains("On its way.").then_some(())
    })
    .await;
    world.settled().await;
    let path = format!("/channels/{}", lost["id"].as_str().unwrap());
    let (status, _) = world
        .act(&mira, reqwest::Method::DELETE, &path, Value::Null)
        .await;
    assert_eq!(status, 200);
    let desk = mira_at_her_desk(&world).await;
    until("staff are told that it is gone", async || {
        let told = json_of(&desk.call("conversation", &[("number", "1")]).await);
        told["thread_trouble"].is_string().then_some(())
    })
    .await;
    jane.reply(&ticket, "And when?").await;

    let asked = desk.call("new_thread", &[("number", "1")]).await;
    assert_eq!(asked.status, 200, "{}", asked.text);
    let thread = world.thread_with(1, 4).await;
    assert_ne!(thread["id"], lost["id"]);
    says(&world, &thread, &["Where is it?", "On its way.", "And when?"]).await;
    world.write(&mira, &thread, "On Monday.").await;
    until("the new thread is the ticket's", async || {
        let page = jane.get(&ticket).await.text;
        page.contains("On Monday.").then_some(())
    })
    .await;
    world.settled().await;
    assert_eq!(world.threads().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_lacks_the_role_can_sign_out() {
    let world = World::start().await;
    let pat = Visitor::new(&world);
    pat.sign_in(&world, &world.person(false)).await;
    let refused = pat.get("/staff/sync").await;
    assert_eq!(refused.status, 403);
    assert!(refused.text.contains("action=\"/auth/sign-out\""));
    assert_eq!(pat.post("/auth/sign-out", &[]).await.status, 303);
    assert_eq!(pat.get("/staff/sync").await.status, 401);
}
