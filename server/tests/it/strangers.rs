//! Staff of one guild at every address of the web, with all that another guild has: nothing of it is
//! read, nothing of it is changed, and what is there is answered as what never was.
//!
//! Which addresses there are is read from where they are declared, so that none is forgotten.

mod addresses;

use crate::guilds::Two;
use crate::live::read;
use crate::rows::Rows;
use crate::visitor::{Page, Visitor};
use addresses::{Ask, Ids, With, asks, calls, declared, pages};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

/// In all that the other guild has and no request names.
const SECRET: &str = "quagga";
/// What the settings' forms name of it.
const NAMED: &str = "okapi";

/// The tables in which something of a guild lies, and which rows are its own. How far a thread was
/// read moves by itself; the threads are looked at in Discord.
const ITS_OWN: &[(&[&str], &str)] = &[
    (&["guild"], "id = {guild}"),
    (
        &[
            "guild_option",
            "category",
            "customer",
            "ticket",
            "quick_reply",
            "staff_grant",
            "blocked_user",
            "former_slug",
            "shift",
            "dashboard",
            "panel",
            "ticket_from_message",
        ],
        "guild_id = {guild}",
    ),
    (
        &[
            "message",
            "event",
            "outbox",
            "milestone",
            "ticket_tag",
            "access_link",
            "link_code",
        ],
        "ticket_id IN (SELECT id FROM ticket WHERE guild_id = {guild})",
    ),
    (
        &["attachment", "part", "message_version"],
        "message_id IN (SELECT id FROM message WHERE ticket_id IN
            (SELECT id FROM ticket WHERE guild_id = {guild}))",
    ),
    (
        &["question"],
        "category_id IN (SELECT id FROM category WHERE guild_id = {guild})",
    ),
];

/// The tickets of the guild that is named next.
const TICKETS: &str = "SELECT id FROM ticket WHERE guild_id =";

/// Two guilds. The second one has two tickets and one of everything that a guild can have; the first
/// has one ticket.
struct Neighbours {
    two: Two,
    rows: Rows,
    /// The second guild's row.
    guild: String,
    /// The private links of the second guild's second ticket and of the first guild's one.
    link: String,
    own_link: String,
    customer: Visitor,
}

impl Neighbours {
    async fn furnished() -> Self {
        let two = Two::set_up().await;
        let world = &two.world;
        let customer = Visitor::new(world);
        let mut link = String::new();
        for subject in ["Quagga first", "Quagga second"] {
            let file = Part::bytes(b"quagga bytes".to_vec()).file_name("quagga.txt");
            let form = Form::new()
                .text("email", "quagga@example.com")
                .text("subject", subject)
                .text("category", "question")
                .text("body", "Where is my quagga?")
                .part("files", file);
            let sent = customer.request(Method::POST, "/g/pixel-co/new");
            let page = customer.send(sent.multipart(form)).await;
            assert_eq!(page.status, 303, "{}", page.text);
            link = page.location();
        }
        let other = Visitor::new(world);
        let own_link = crate::guilds::file(&other, "/g/harbor-games/new", "Our own").await;
        world.settled().await;
        furnish(&two).await;
        world.settled().await;
        let rows = Rows::of(world).await;
        let guild = two.pixel["guild_id"].to_string();
        let sql = format!("SELECT CAST(id AS TEXT) AS id FROM guild WHERE discord_id = {guild}");
        let guild = rows.texts(sql, "id").await.remove(0);
        // A delivery is stuck, which staff could try again or give up.
        let promised = format!("SELECT MAX(id) FROM outbox WHERE ticket_id IN ({TICKETS} {guild})");
        rows.change(&format!(
            "UPDATE outbox SET state = 'parked', reason = 'quagga' WHERE id = ({promised})"
        ))
        .await;
        Self {
            rows,
            guild,
            link,
            own_link,
            customer,
            two,
        }
    }

    /// What the second guild has, in the database and in Discord.
    async fn its_own(&self) -> (Vec<String>, Value) {
        let mut all = Vec::new();
        for (tables, condition) in ITS_OWN {
            for table in *tables {
                let condition = condition.replace("{guild}", &self.guild);
                all.extend(self.rows.of_table(table, &condition).await);
            }
        }
        let seen = self.two.world.discord.part("guilds");
        let threads = seen[1]["threads"].clone();
        let each = threads.as_array().unwrap().iter();
        let mut said: Vec<_> = each.map(|t| self.two.world.messages(t)).collect();
        // Discord signs the links to files anew each time.
        for file in said.iter_mut().flatten().flat_map(files_of) {
            for link in ["url", "proxy_url"] {
                let kept = file[link].as_str().unwrap();
                file[link] = json!(kept.split('?').next());
            }
        }
        (all, json!([threads, said]))
    }

    /// The ids of the second guild's things, of which the first one has none.
    async fn ids(&self) -> Ids {
        let tickets = format!("({TICKETS} {})", self.guild);
        let read = async |what: &str| {
            let sql = format!("SELECT CAST(id AS TEXT) AS id FROM {what}");
            self.rows.texts(sql, "id").await
        };
        let messages = format!("message WHERE ticket_id IN {tickets}");
        let files = format!("attachment WHERE message_id IN (SELECT id FROM {messages})");
        let stuck = format!("outbox WHERE state = 'parked' AND ticket_id IN {tickets}");
        let ids = Ids {
            number: "2".to_owned(),
            messages: read(&messages).await,
            files: read(&files).await,
            promises: read(&stuck).await,
            channel: self.two.pixel["support_channel_id"].to_string(),
            role: self.two.pixel["staff_role_id"].to_string(),
            category: NAMED.to_owned(),
            reply: NAMED.to_owned(),
            question: NAMED.to_owned(),
        };
        for some in [&ids.messages, &ids.files, &ids.promises] {
            assert!(!some.is_empty(), "{ids:?}");
        }
        ids
    }
}

/// Sam gives the second guild one of everything.
async fn furnish(two: &Two) {
    let text = |name: &str, value: &str| json!({"type": 3, "name": name, "value": value});
    let second = json!({"type": 4, "name": "ticket", "value": 2});
    let sub = |name: &str, options: Value| json!([{"type": 1, "name": name, "options": options}]);
    let tagged = json!([text("tag", NAMED), second.clone()]);
    let noted = json!([text("text", "A quagga note."), second]);
    let reply = json!([text("name", NAMED), text("text", "A quagga answer.")]);
    let category = json!([text("name", NAMED), text("about", "About quaggas")]);
    let question = json!([text("category", NAMED), text("question", NAMED)]);
    let user = json!({"type": 6, "name": "user", "value": two.person("Pat").id.to_string()});
    for (command, options, done) in [
        ("category", sub("add", category), "Tickets can be about"),
        ("form", sub("ask", question), "asks now"),
        ("quickreply", sub("set", reply), "says it now"),
        ("ticket", sub("tag", tagged), "has the tag"),
        ("ticket", sub("note", noted), "The note is on"),
        ("clock", sub("in", json!([])), "at work"),
        ("addstaff", json!([user]), "is staff now"),
    ] {
        two.send(command, options).await;
        let said = two.told()["content"].as_str().unwrap().to_owned();
        assert!(said.contains(done), "{said}");
    }
    two.config("panel_text", "Ask about your quagga").await;
}

/// Nothing of the other guild is in it but what was asked with.
fn files_of(message: &mut Value) -> &mut Vec<Value> {
    message["attachments"].as_array_mut().unwrap()
}

fn silent(page: &Page, what: &str) {
    let text = page.text.to_lowercase();
    for word in [SECRET, NAMED].iter().filter(|word| !what.contains(**word)) {
        assert!(
            !text.contains(word),
            "{what} tells of {word}: {}",
            page.text
        );
    }
}

/// Sends it. A step to another page of ours is gone along.
async fn send(visitor: &Visitor, ask: &Ask, query: &str, header: Option<&str>) -> Page {
    let mut request = visitor.request(ask.method.clone(), &format!("{}{query}", ask.path));
    if let Some(slug) = header {
        request = request.header("x-threadline-guild", slug);
    }
    request = match &ask.send {
        With::Nothing => request,
        With::Fields(fields) => request.form(fields),
        With::Parts(fields) => {
            let parts = fields.iter().cloned();
            request.multipart(parts.fold(Form::new(), |form, (name, value)| form.text(name, value)))
        }
    };
    let page = visitor.send(request).await;
    match page.headers.get("location") {
        Some(place) if ask.method == Method::GET => {
            let place = place.to_str().unwrap().to_owned();
            assert!(place.starts_with('/'), "{place}");
            visitor.get(&place).await
        }
        _ => page,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_address_shows_or_changes_anything_of_another_guild() {
    let near = Neighbours::furnished().await;
    let ids = near.ids().await;
    let theirs: Vec<Ask> = asks(&ids).into_iter().chain(calls(&ids)).collect();
    let nowhere = ids.of_nothing();
    let nothings: Vec<Ask> = asks(&nowhere).into_iter().chain(calls(&nowhere)).collect();
    let before = near.its_own().await;
    assert!(format!("{before:?}").contains(SECRET), "there is something");
    // An admin, and somebody of the staff: of the first guild alone.
    for name in ["Mira", "Jonas"] {
        let stranger = Visitor::new(&near.two.world);
        let signed_in = stranger
            .sign_in(&near.two.world, &near.two.person(name))
            .await;
        assert_eq!(signed_in.status, 303, "{}", signed_in.text);
        // At their own guild's addresses, with the other one's ids.
        for (ask, nothing) in theirs.iter().zip(&nothings) {
            let what = format!("{name}: {} {} {:?}", ask.method, ask.path, ask.send);
            let page = send(&stranger, ask, "", None).await;
            let absent = send(&stranger, nothing, "", None).await;
            silent(&page, &what);
            assert_eq!(page.status, absent.status, "{what}: {}", page.text);
            if ask.names {
                let refused = page.status == 404 || page.status == 403;
                assert!(refused, "{what}: {} {}", page.status, page.text);
            }
            if ask.path.starts_with("/api/") && page.status != 200 {
                assert_eq!(page.text, absent.text, "{what}");
            }
        }
        for ask in &pages() {
            let page = send(&stranger, ask, "", None).await;
            silent(&page, &format!("{name}: {}", ask.path));
        }
        // At the other guild's, by every way to name it.
        for ask in theirs.iter().chain(&pages()).filter(|ask| ask.for_staff()) {
            let in_header = ask.path.starts_with("/api/");
            for (query, header) in [("?guild=pixel-co", None), ("", Some("pixel-co"))] {
                if ask.path.contains('?') || (header.is_some() && !in_header) {
                    continue;
                }
                let what = format!("{name}: {} {}{query}", ask.method, ask.path);
                let page = send(&stranger, ask, query, header).await;
                silent(&page, &what);
                let refused = page.status == 404 || page.status == 403;
                assert!(refused, "{what}: {} {}", page.status, page.text);
            }
        }
        for place in ["/g/pixel-co/staff", "/g/pixel-co/staff/tickets/2"] {
            let led = stranger.get(place).await.location();
            let page = stranger.get(&led).await;
            silent(&page, place);
            assert_eq!(page.status, 403, "{place} leads to {led}");
        }
        assert_eq!(near.its_own().await, before, "after {name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_stream_tells_of_another_guilds_ticket() {
    let near = Neighbours::furnished().await;
    let jonas = Visitor::new(&near.two.world);
    jonas
        .sign_in(&near.two.world, &near.two.person("Jonas"))
        .await;
    let ids = near.ids().await;
    let named = format!("?guild=pixel-co&t={}&t=2", ids.messages[0]);
    for query in ["", &named] {
        let opened = jonas.request(Method::GET, &format!("/api/events{query}"));
        let opened = opened.header("x-threadline-guild", "pixel-co").send().await;
        let stream = opened.unwrap();
        assert_eq!(stream.status(), 200);
        near.customer.reply(&near.link, "And my quagga?").await;
        let own = Visitor::new(&near.two.world);
        own.reply(&near.own_link, "And mine?").await;
        let heard = read(stream, |heard| heard.contains("\"ticket\":1")).await;
        assert!(!heard.contains("\"ticket\":2"), "{heard}");
        assert!(!heard.to_lowercase().contains(SECRET), "{heard}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_address_is_asked_for_or_is_for_everybody() {
    let nothing = Ids::default().of_nothing();
    let asked = asks(&nothing).into_iter().chain(pages());
    let mut known: Vec<&str> = asked.map(|ask| ask.route).collect();
    known.extend(addresses::FOR_EVERYBODY);
    known.sort_unstable();
    known.dedup();
    assert_eq!(declared(), known);
}
