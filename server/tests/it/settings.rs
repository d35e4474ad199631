//! The settings on the web: for those who manage the server in Discord, and the same settings as
//! there.

mod rights;

use crate::commands::{channel, command, commands_are_there, named};
use crate::guilds::Two;
use crate::visitor::{Page, Visitor};
use crate::world::*;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const SECTIONS: [&str; 5] = [
    "/staff/settings",
    "/staff/settings/categories",
    "/staff/settings/replies",
    "/staff/settings/people",
    "/staff/settings/address",
];
const CATEGORIES: &str = SECTIONS[1];
const REPLIES: &str = SECTIONS[2];
const PEOPLE: &str = SECTIONS[3];
const ADDRESS: &str = SECTIONS[4];

async fn signed_in(world: &World, name: &str) -> Visitor {
    let visitor = Visitor::new(world);
    visitor.sign_in(world, &named(world, name)).await;
    visitor
}

/// Mira, at a server whose commands are there.
async fn mira(world: &World) -> Visitor {
    commands_are_there(world).await;
    signed_in(world, "Mira").await
}

/// Sends a form that is taken, and gives the page that it leads to.
async fn save(who: &Visitor, path: &str, fields: &[(&str, &str)]) -> String {
    let sent = who.post(path, fields).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let page = who.get(&sent.location()).await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.text.contains("role=\"status\""), "it says what it did");
    page.text
}

/// Sends a form that is not taken: it comes back with what was typed.
async fn refused(who: &Visitor, path: &str, status: u16, fields: &[(&str, &str)]) -> Page {
    let page = who.post(path, fields).await;
    assert_eq!(page.status, status, "{fields:?}: {}", page.text);
    assert!(page.text.contains("role=\"alert\""), "{fields:?}");
    let typed = fields
        .iter()
        .filter(|(name, _)| !matches!(*name, "do" | "of"));
    for (name, value) in typed {
        let typed = value
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        assert!(page.text.contains(&typed), "{name} is lost");
    }
    page
}

/// What Mira is answered by a command.
async fn says(world: &World, path: &str, given: &[(u64, &str, Value)]) -> String {
    let general = channel(world, "general");
    let mira = named(world, "Mira");
    command(world, &mira, &general, path, given).await.words()
}

#[tokio::test(flavor = "multi_thread")]
async fn options_are_those_of_the_command_and_are_saved_together_or_not_at_all() {
    let world = World::start().await;
    let mira = mira(&world).await;
    let path = SECTIONS[0];
    let page = mira.get(path).await.text;
    for words in ["DISCORD_STAFF_ROLE_ID", "readonly", "@Support", "#general"] {
        assert!(page.contains(words), "{words}");
    }
    let log = channel(&world, "support-log").as_str().unwrap().to_owned();
    let both = [
        ("do", "save"),
        ("max_open_tickets", "5"),
        ("log_channel", &log),
        ("cool_down_seconds", "30"),
        ("was:cool_down_seconds", "30"),
    ];
    let page = save(&mira, path, &both).await;
    assert!(page.contains("max_open_tickets is “5” now"), "{page}");
    assert!(!page.contains("cool_down_seconds is"), "{page}");
    let all = says(&world, "config", &[]).await;
    assert!(all.contains("`max_open_tickets` 5\n"), "{all}");
    assert!(all.contains(&format!("`log_channel` <#{log}>\n")), "{all}");
    assert!(all.contains("`cool_down_seconds` 30 (default)"), "{all}");
    let again = mira.get(path).await.text;
    assert!(!again.contains("role=\"status\""), "it is said once");

    let one_is_wrong = [
        ("do", "save"),
        ("max_open_tickets", "eleven"),
        ("panel_title", "<b>Help</b> & more"),
        ("opening_hours", "whenever"),
    ];
    let page = refused(&mira, path, 422, &one_is_wrong).await.text;
    assert!(page.contains("a whole number from 1 to 10."), "{page}");
    assert_eq!(page.matches("aria-invalid=\"true\"").count(), 2, "{page}");
    let given = [("do", "save"), ("staff_role", "1"), ("note_prefix", "!!")];
    let page = mira.post(path, &given).await;
    assert_eq!(page.status, 409, "{}", page.text);
    let elsewhere = [("do", "save"), ("log_channel", "77")];
    refused(&mira, path, 422, &elsewhere).await;
    let all = says(&world, "config", &[]).await;
    assert!(all.contains("`max_open_tickets` 5\n"), "{all}");
    assert!(
        all.contains("`panel_title` “Need help?” (default)"),
        "{all}"
    );
    assert!(all.contains("`note_prefix` “//”"), "{all}");

    save(
        &mira,
        path,
        &[
            ("do", "save"),
            ("max_open_tickets", ""),
            ("was:max_open_tickets", "5"),
        ],
    )
    .await;
    let all = says(&world, "config", &[]).await;
    assert!(all.contains("`max_open_tickets` 3 (default)"), "{all}");
    refused(&mira, path, 409, &[("do", "something")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn new_tickets_are_paused_and_taken_again() {
    let world = World::start().await;
    let mira = mira(&world).await;
    let path = SECTIONS[0];
    let long = "x".repeat(301);
    refused(&mira, path, 422, &[("do", "pause"), ("message", &long)]).await;
    let page = save(
        &mira,
        path,
        &[("do", "pause"), ("message", "Back at noon.")],
    )
    .await;
    assert!(page.contains("Take new tickets again"), "{page}");
    let jane = Visitor::new(&world);
    assert!(jane.get("/new").await.text.contains("Back at noon."));
    let told = says(&world, "new", &[]).await;
    assert!(told.contains("Back at noon."), "{told}");
    save(&mira, path, &[("do", "resume")]).await;
    jane.file("Late parcel", "Where is it?").await;
    world.settled().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn quick_replies_are_kept_reworded_and_removed() {
    let world = World::start().await;
    let mira = mira(&world).await;
    let keep = |act, name, body| [("do", act), ("name", name), ("body", body)];
    let page = save(&mira, REPLIES, &keep("add", "Hours", "Nine to five.")).await;
    assert!(
        page.contains("hours") && page.contains("Nine to five."),
        "{page}"
    );
    let list = says(&world, "quickreply list", &[]).await;
    assert!(list.contains("hours"), "{list}");
    let taken = refused(&mira, REPLIES, 409, &keep("add", "HOURS", "Ten to four.")).await;
    assert!(
        taken.text.contains("called hours already"),
        "{}",
        taken.text
    );
    let (long_name, long) = ("n".repeat(51), "x".repeat(2_001));
    for (name, body) in [("", "text"), (&long_name, "text"), ("n", ""), ("n", &long)] {
        let page = refused(&mira, REPLIES, 422, &keep("add", name, body)).await;
        assert_eq!(page.text.matches("aria-invalid=\"true\"").count(), 1);
    }
    let nasty = "</textarea><script>alert(1)</script>";
    let page = refused(&mira, REPLIES, 422, &keep("add", "", nasty)).await;
    assert!(!page.text.contains("<script>alert"), "{}", page.text);

    let change = [
        ("do", "change"),
        ("of", "hours"),
        ("name", "Open"),
        ("body", "Ten to four."),
    ];
    save(&mira, REPLIES, &change).await;
    let list = says(&world, "quickreply list", &[]).await;
    assert!(list.contains("open") && !list.contains("hours"), "{list}");
    // Somebody else removed it meanwhile.
    let late = mira.post(REPLIES, &change).await;
    assert_eq!(late.status, 409, "{}", late.text);
    for words in ["gone already", "Ten to four."] {
        assert!(late.text.contains(words), "{}", late.text);
    }
    let jane = Visitor::new(&world);
    let ticket = jane.file("Late parcel", "Where is it?").await;
    let quick = [(3, "quick", json!("open")), (4, "ticket", json!(1))];
    says(&world, "reply", &quick).await;
    assert!(jane.get(&ticket).await.text.contains("Ten to four."));
    save(&mira, REPLIES, &[("do", "remove"), ("of", "open")]).await;
    let list = says(&world, "quickreply list", &[]).await;
    assert!(list.contains("no quick replies"), "{list}");
    world.settled().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn categories_and_their_questions_come_and_go() {
    let world = World::start().await;
    let mira = mira(&world).await;
    let add = |name, help| [("do", "add"), ("name", name), ("help", help)];
    let page = save(
        &mira,
        CATEGORIES,
        &add("Lost & found", "What you left behind."),
    )
    .await;
    assert!(
        page.contains("Tickets can be about Lost &amp; found now."),
        "{page}"
    );
    let jane = Visitor::new(&world);
    assert!(
        jane.get("/new")
            .await
            .text
            .contains("What you left behind.")
    );
    refused(&mira, CATEGORIES, 409, &add("lost & FOUND", "")).await;
    let long = "x".repeat(101);
    let page = refused(&mira, CATEGORIES, 422, &add("", &long)).await;
    assert_eq!(page.text.matches("aria-invalid=\"true\"").count(), 2);

    let ask = |question, least, most| {
        [
            ("do", "ask"),
            ("of", "lost-found"),
            ("question", question),
            ("answer", "line"),
            ("least", least),
            ("most", most),
        ]
    };
    save(&mira, CATEGORIES, &ask("What was it?", "3", "")).await;
    let form = [(3, "category", json!("lost-found"))];
    let shown = says(&world, "form show", &form).await;
    assert!(shown.contains("**What was it?**"), "{shown}");
    assert!(shown.contains("one line, 3 to 100 characters"), "{shown}");
    refused(&mira, CATEGORIES, 409, &ask("What was it?", "", "")).await;
    for (question, least, most) in [
        ("", "", ""),
        ("Where?", "a few", ""),
        ("Where?", "", "1501"),
        ("Where?", "9", "8"),
    ] {
        let page = refused(&mira, CATEGORIES, 422, &ask(question, least, most)).await;
        assert_eq!(page.text.matches("aria-invalid=\"true\"").count(), 1);
        assert!(page.text.contains("<details open"), "its form is in sight");
    }
    let drop = [("do", "drop"), ("of", "lost-found What was it?")];
    let page = save(&mira, CATEGORIES, &drop).await;
    assert!(page.contains("asks no more: What was it?"), "{page}");
    let shown = says(&world, "form show", &form).await;
    assert!(
        shown.contains("What happened, or what do you need?"),
        "{shown}"
    );
    assert_eq!(mira.post(CATEGORIES, &drop).await.status, 409);

    let rename = |name, help| {
        [
            ("do", "change"),
            ("of", "lost-found"),
            ("name", name),
            ("help", help),
        ]
    };
    let page = save(&mira, CATEGORIES, &rename("Lost things", "Anything left.")).await;
    assert!(page.contains("is called Lost things now"), "{page}");
    assert!(jane.get("/new").await.text.contains("Anything left."));
    let page = refused(&mira, CATEGORIES, 422, &rename("", "")).await;
    assert_eq!(page.text.matches("aria-invalid=\"true\"").count(), 1);

    save(&mira, CATEGORIES, &[("do", "remove"), ("of", "lost-found")]).await;
    assert!(!jane.get("/new").await.text.contains("Anything left."));
    for key in ["question", "problem", "account"] {
        save(&mira, CATEGORIES, &[("do", "remove"), ("of", key)]).await;
    }
    let last = mira
        .post(CATEGORIES, &[("do", "remove"), ("of", "billing")])
        .await;
    assert_eq!(last.status, 409);
    assert!(last.text.contains("the only category"), "{}", last.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_are_named_by_id_and_by_role_until_it_is_taken_back() {
    let world = World::start().await;
    let mira = mira(&world).await;
    let sam = signed_in(&world, "Sam").await;
    assert_eq!(sam.get("/staff").await.status, 403);
    let id = named(&world, "Sam").id.to_string();
    let add = |id| [("do", "add-person"), ("account", id)];
    let page = save(&mira, PEOPLE, &add(&id)).await;
    assert!(page.contains("Sam Weber is staff now"), "{page}");
    assert!(page.contains(&format!("Sam Weber ({id})")), "{page}");
    assert_eq!(sam.get("/staff").await.status, 200);
    assert_eq!(sam.get(PEOPLE).await.status, 403, "staff, and no admin");
    let listed = says(&world, "liststaff", &[]).await;
    assert!(listed.contains(&format!("<@{id}>")), "{listed}");
    let bot = world.discord.settings().client_id.to_string();
    for wrong in ["", "Sam", "-5", "12", bot.as_str()] {
        refused(&mira, PEOPLE, 422, &add(wrong)).await;
    }
    let of = format!("user {id}");
    save(&mira, PEOPLE, &[("do", "remove"), ("of", &of)]).await;
    assert_eq!(sam.get("/staff").await.status, 403);

    let seeded = world.discord.settings();
    let everyone = seeded.guild_id.to_string();
    let support = seeded.staff_role_id.to_string();
    for role in ["", "77", everyone.as_str(), support.as_str()] {
        let page = mira
            .post(PEOPLE, &[("do", "add-role"), ("role", role)])
            .await;
        assert_eq!(page.status, 422, "{role}: {}", page.text);
    }
    let seen = world.discord.world();
    let roles = seen["guilds"][0]["roles"].as_array().unwrap();
    let admins = roles.iter().find(|role| role["name"] == "Admin").unwrap();
    let admins = admins["id"].as_str().unwrap();
    let page = save(&mira, PEOPLE, &[("do", "add-role"), ("role", admins)]).await;
    assert!(page.contains("Everyone with @Admin"), "{page}");
    let listed = says(&world, "liststaff", &[]).await;
    assert!(listed.contains(&format!("<@&{admins}>")), "{listed}");
    let of = format!("role {admins}");
    save(&mira, PEOPLE, &[("do", "remove"), ("of", &of)]).await;
    let listed = says(&world, "liststaff", &[]).await;
    assert!(!listed.contains(&format!("<@&{admins}>")), "{listed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_address_leaves_the_old_one_leading_there() {
    let two = Two::set_up().await;
    let sam = Visitor::new(&two.world);
    sam.sign_in(&two.world, &two.person("Sam")).await;
    let jane = Visitor::new(&two.world);
    let filed = jane.get("/g/pixel-co/new").await;
    let key = filed.hidden("request_key");
    let open_page = sam.get(ADDRESS).await;
    assert!(open_page.text.contains("/g/pixel-co"), "{}", open_page.text);
    let long = "a".repeat(33);
    for wrong in ["", "Pixel", "a b", "-a", "a--b", "a/b", "ü", long.as_str()] {
        let page = sam.post(ADDRESS, &[("do", "move"), ("slug", wrong)]).await;
        assert_eq!(page.status, 422, "{wrong}");
    }
    refused(
        &sam,
        ADDRESS,
        409,
        &[("do", "move"), ("slug", "harbor-games")],
    )
    .await;
    let page = save(&sam, ADDRESS, &[("do", "move"), ("slug", "pixels")]).await;
    assert!(page.contains("/g/pixels now"), "{page}");
    assert_eq!(jane.get("/g/pixels/new").await.status, StatusCode::OK);
    for page in ["", "/new", "/staff", "/staff/tickets/1"] {
        let old = jane.get(&format!("/g/pixel-co{page}")).await;
        assert_eq!(old.status, StatusCode::PERMANENT_REDIRECT, "{page}");
        assert_eq!(old.location(), format!("/g/pixels{page}"));
    }
    // What was begun at the old address goes on: a form, and a page of the staff's.
    let fields = [
        ("email", "jane@example.com"),
        ("subject", "About pixels"),
        ("category", "question"),
        ("body", "Where is it?"),
        ("request_key", &key),
    ];
    let sent = jane.post("/g/pixel-co/new", &fields).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    assert_eq!(jane.get(&sent.location()).await.status, 200);
    let call = sam
        .request(Method::POST, "/api/staff/inbox")
        .header("x-threadline-guild", "pixel-co")
        .form(&[("filter", "active")]);
    assert_eq!(sam.send(call).await.status, 200);
    two.world.settled().await;
    // Nobody else takes the old address, and its guild can go back there.
    let mira = Visitor::new(&two.world);
    mira.sign_in(&two.world, &two.person("Mira")).await;
    refused(&mira, ADDRESS, 409, &[("do", "move"), ("slug", "pixel-co")]).await;
    save(&sam, ADDRESS, &[("do", "move"), ("slug", "pixel-co")]).await;
    assert_eq!(jane.get("/g/pixel-co").await.status, 200);
    assert_eq!(jane.get("/g/pixels").await.location(), "/g/pixel-co");
}
