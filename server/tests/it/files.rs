//! Files both ways through the whole server: what gets through, what is refused and how, and who
//! may have what.

mod refused;

use crate::visitor::{Page, Visitor};
use crate::world::*;
use discord_stand_in::{Fault, Options, Person};
use reqwest::multipart::{Form, Part};
use reqwest::{Body, Method, Response};
use serde_json::{Value, json};
use std::path::Path;

/// A red square of 2 by 2 pixels.
pub const PNG: &[u8] = include_bytes!("files/red.png");

/// Small limits: 1 MB, three files.
async fn world() -> World {
    let limits = [("FILE_MAX_MB", "1"), ("FILES_PER_MESSAGE", "3")];
    World::start_set(Options::default(), &limits).await
}

pub fn file(name: &str, bytes: impl Into<Vec<u8>>) -> Part {
    Part::bytes(bytes.into()).file_name(name.to_owned())
}

fn form(body: &str, files: Vec<Part>) -> Form {
    let form = Form::new()
        .text("email", "jane@example.com")
        .text("subject", "Late parcel")
        .text("category", "question")
        .text("body", body.to_owned());
    files
        .into_iter()
        .fold(form, |form, file| form.part("files", file))
}

async fn send(visitor: &Visitor, path: &str, form: Form) -> Page {
    let request = visitor.request(Method::POST, path).multipart(form);
    visitor.send(request).await
}

/// Files a ticket with these files, and says where it led.
async fn filed(visitor: &Visitor, files: Vec<Part>) -> String {
    let page = send(visitor, "/new", form("Where is it?", files)).await;
    assert_eq!(page.status, 303, "{}", page.text);
    page.location()
}

/// The addresses of a page's files, small pictures not among them.
fn links(page: &Page) -> Vec<String> {
    let hrefs = page.text.split("href=\"").skip(1);
    hrefs
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .filter(|href| href.contains("/files/"))
        .collect()
}

async fn open(visitor: &Visitor, path: &str) -> Response {
    visitor.request(Method::GET, path).send().await.unwrap()
}

fn header(answer: &Response, name: &str) -> String {
    let value = answer.headers().get(name);
    let value = value.unwrap_or_else(|| panic!("no {name}"));
    value.to_str().unwrap().to_owned()
}

/// How many files lie in the store, finished or not.
fn stored(world: &World) -> usize {
    fn count(folder: &Path) -> usize {
        let Ok(entries) = std::fs::read_dir(folder) else {
            return 0;
        };
        let each = |entry: std::io::Result<std::fs::DirEntry>| match entry.unwrap().path() {
            path if path.is_dir() => count(&path),
            _ => 1,
        };
        entries.map(each).sum()
    }
    count(&world.folder.path().join("files"))
}

/// A person posts files in a thread, as their client does.
pub async fn post_files(
    world: &World,
    person: &Person,
    thread: &Value,
    content: &str,
    files: Vec<Part>,
) -> Value {
    let thread = thread["id"].as_str().unwrap();
    let url = format!(
        "{}/api/v10/channels/{thread}/messages",
        world.discord.base_url()
    );
    let payload = json!({ "content": content }).to_string();
    let mut form = Form::new().text("payload_json", payload);
    for (n, file) in files.into_iter().enumerate() {
        form = form.part(format!("files[{n}]"), file);
    }
    let request = client().post(url).header("authorization", &person.token);
    let answer = request.multipart(form).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn files_go_both_ways_and_pictures_are_seen() {
    let world = world().await;
    let jane = Visitor::new(&world);
    let ticket = filed(
        &jane,
        vec![file("photo.png", PNG), file("log.txt", "line one")],
    )
    .await;
    let thread = world.thread_with(1, 2).await;
    world.settled().await;
    let posted = &world.messages(&thread)[1];
    let attached = posted["attachments"].as_array().unwrap();
    let names: Vec<_> = attached
        .iter()
        .map(|a| a["filename"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["photo.png", "log.txt"]);
    assert_eq!(attached[0]["width"], 2);
    assert!(
        posted["content"]
            .as_str()
            .unwrap()
            .ends_with("Where is it?")
    );

    let mira = world.person(true);
    post_files(
        &world,
        &mira,
        &thread,
        "",
        vec![file("answer.pdf", "%PDF-1.7 yes")],
    )
    .await;
    let page = until("the answer's file is on the page", async || {
        let page = jane.get(&ticket).await;
        let arrived = links(&page).iter().any(|l| l.ends_with("/answer.pdf"));
        arrived.then_some(page)
    })
    .await;
    assert!(!page.text.contains("cdn.discordapp.com/attachments"));
    assert!(page.text.contains("?small\""), "a small picture");
    let links = links(&page);
    assert_eq!(links.len(), 3, "{links:?}");

    let photo = open(&jane, &links[0]).await;
    assert_eq!(header(&photo, "content-type"), "image/png");
    assert!(header(&photo, "content-disposition").starts_with("inline; "));
    assert_eq!(photo.bytes().await.unwrap(), PNG);
    let small = open(&jane, &format!("{}?small", links[0])).await;
    assert_eq!(small.status(), 200);
    assert!(header(&small, "content-type").starts_with("image/"));
    let answer = open(&jane, &links[2]).await;
    assert_eq!(header(&answer, "content-type"), "application/octet-stream");
    assert!(header(&answer, "content-disposition").starts_with("attachment; "));
    assert_eq!(answer.bytes().await.unwrap(), "%PDF-1.7 yes");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_may_be_files_alone_and_no_more_than_allowed() {
    let world = world().await;
    let jane = Visitor::new(&world);
    let some = |n: usize| (0..n).map(|n| file(&format!("{n}.txt"), "x")).collect();
    let page = send(&jane, "/new", form(" ", some(4))).await;
    assert_eq!(page.status, 422);
    assert!(page.text.contains("3 files at most"), "{}", page.text);
    assert!(page.text.contains("Up to 3 files, 1 MB each."));
    assert_eq!(stored(&world), 0, "a refused form keeps no file");
    let page = send(&jane, "/new", form(" ", some(3))).await;
    assert_eq!(page.status, 303, "{}", page.text);
    let thread = world.thread_with(1, 2).await;
    world.settled().await;
    let attached = world.messages(&thread)[1]["attachments"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(attached, 3);
    assert_eq!(stored(&world), 1, "what is the same is kept once");
    let page = jane.get(&page.location()).await;
    assert_eq!(links(&page).len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_send_files_from_the_dashboard_and_a_notes_file_stays_among_them() {
    let world = world().await;
    let jane = Visitor::new(&world);
    let ticket = filed(&jane, vec![]).await;
    let other = filed(&Visitor::new(&world), vec![]).await;
    let thread = world.thread_with(1, 2).await;
    let desk = Visitor::new(&world);
    let say =
        |kind: &'static str, files: Vec<Part>| form("See the file.", files).text("kind", kind);
    let before = send(
        &desk,
        "/api/staff/say/1",
        say("note", vec![file("n.txt", "x")]),
    )
    .await;
    assert_eq!(before.status, 401);
    desk.sign_in(&world, &world.person(true)).await;
    let none = send(&desk, "/api/staff/say/99", say("note", vec![])).await;
    assert_eq!(none.status, 404);
    let large = vec![file("l.bin", vec![1; 2 << 20])];
    let refused = send(&desk, "/api/staff/say/1", say("reply", large)).await;
    assert_eq!(refused.status, 422);
    let error: Value = serde_json::from_str(&refused.text).unwrap();
    assert_eq!(error["fields"][0]["field"], "files");
    for (kind, name) in [("note", "secret.txt"), ("reply", "answer.txt")] {
        let sent = send(
            &desk,
            "/api/staff/say/1",
            say(kind, vec![file(name, "content")]),
        )
        .await;
        assert_eq!(sent.status, 200, "{}", sent.text);
    }
    world.thread_with(1, 4).await;
    world.settled().await;
    assert!(world.contents(&thread)[2].contains("staff only"));

    let dashboard = desk.get("/staff/tickets/1").await;
    let [note, answer] = &links(&dashboard)[..] else {
        panic!("two files: {}", dashboard.text);
    };
    assert!(note.ends_with("/secret.txt") && answer.ends_with("/answer.txt"));
    assert_eq!(open(&desk, note).await.status(), 200);
    let page = jane.get(&ticket).await;
    assert!(!page.text.contains("secret.txt"));
    let [theirs] = &links(&page)[..] else {
        panic!("one file: {}", page.text);
    };
    assert_eq!(open(&jane, theirs).await.status(), 200);

    let id = |link: &str| link.rsplit('/').nth(1).unwrap().to_owned();
    let unknown = jane.get(&format!("{ticket}/files/999/x")).await;
    assert_eq!(unknown.status, 404);
    for path in [
        format!("{ticket}/files/{}/secret.txt", id(note)),
        format!("{other}/files/{}/answer.txt", id(answer)),
        format!("/t/{}/files/{}/answer.txt", "A".repeat(32), id(answer)),
        format!("{ticket}/files/x/answer.txt"),
        format!("{ticket}/files/%ff/%fe"),
        format!("{ticket}/files/-1/.."),
    ] {
        let page = jane.get(&path).await;
        assert_eq!(page.status, 404, "{path}");
        assert_eq!(page.text, unknown.text, "{path}");
    }
    // Not staff: a file that is there answers like one that is not.
    let stranger = Visitor::new(&world);
    for visitor in [&jane, &stranger] {
        let there = visitor.get(answer).await;
        assert_eq!(there.status, 401);
    }
    stranger.sign_in(&world, &world.person(false)).await;
    assert_eq!(stranger.get(answer).await.status, 403);
    assert_eq!(stranger.get("/staff/files/999/x").await.status, 403);
    assert_eq!(desk.get("/staff/files/999/x").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_whose_answer_is_lost_is_one_post() {
    let world = world().await;
    let jane = Visitor::new(&world);
    let ticket = filed(&jane, vec![]).await;
    let thread = world.thread_with(1, 2).await;
    world.settled().await;
    for (fault, count) in ["drop_before", "drop_after", "rate_limited"]
        .into_iter()
        .zip(3..)
    {
        world.discord.set_faults(vec![Fault {
            route: Some("POST /channels/{id}/messages".to_owned()),
            action: fault.to_owned(),
            retry_after: Some(0.5),
            ..Fault::default()
        }]);
        let page = send(&jane, &ticket, form(fault, vec![file("a.txt", fault)])).await;
        assert_eq!(page.status, 303, "{}", page.text);
        world.thread_with(1, count).await;
        world.settled().await;
        let messages = world.messages(&thread);
        assert_eq!(messages.len(), count, "{fault}");
        assert_eq!(
            messages[count - 1]["attachments"].as_array().unwrap().len(),
            1
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_store_is_away_nothing_is_lost() {
    let world = world().await;
    let jane = Visitor::new(&world);
    let ticket = filed(&jane, vec![]).await;
    let thread = world.thread_with(1, 2).await;
    world.settled().await;
    let folder = world.folder.path().join("files");
    let aside = world.folder.path().join("aside");
    std::fs::rename(&folder, &aside).unwrap();
    std::fs::write(&folder, "in the way").unwrap();

    let page = send(&jane, &ticket, form("Keep me.", vec![file("a.txt", "x")])).await;
    assert_eq!(page.status, 503);
    assert!(
        page.text.contains("Files cannot be taken right now"),
        "{}",
        page.text
    );
    assert!(page.text.contains("Keep me."));
    jane.reply(&ticket, "Text still goes.").await;
    let mira = world.person(true);
    post_files(
        &world,
        &mira,
        &thread,
        "Here.",
        vec![file("b.txt", "from Discord")],
    )
    .await;
    until("the file is on its way", async || {
        jane.get(&ticket)
            .await
            .text
            .contains("arriving")
            .then_some(())
    })
    .await;

    std::fs::remove_file(&folder).unwrap();
    std::fs::rename(&aside, &folder).unwrap();
    let page = until("the file arrived", async || {
        let page = jane.get(&ticket).await;
        (links(&page).len() == 1).then_some(page)
    })
    .await;
    let answer = open(&jane, &links(&page)[0]).await;
    assert_eq!(answer.text().await.unwrap(), "from Discord");
    world.settled().await;
}
