//! The staff's pages that only show: for staff, with what is true.

use crate::visitor::Visitor;
use crate::world::*;
use serde_json::json;

async fn mira(world: &World) -> Visitor {
    let mira = Visitor::new(world);
    mira.sign_in(world, &world.person(true)).await;
    mira
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_and_findings_are_for_staff() {
    let world = World::start().await;
    let stranger = Visitor::new(&world);
    let pat = Visitor::new(&world);
    pat.sign_in(&world, &world.person(false)).await;
    for path in ["/staff/stats", "/staff/doctor"] {
        assert_eq!(stranger.get(path).await.status, 401, "{path}");
        assert_eq!(pat.get(path).await.status, 403, "{path}");
        assert_eq!(stranger.post(path, &[]).await.status, 405, "{path}");
    }
    for path in ["/staff/hours/in", "/staff/hours/out"] {
        assert_eq!(stranger.post(path, &[]).await.status, 401, "{path}");
        assert_eq!(pat.post(path, &[]).await.status, 403, "{path}");
    }
    let mira = mira(&world).await;
    let page = mira.get("/staff/stats").await;
    assert!(page.text.contains("Nobody is at work."), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_counts_what_there_is_and_clocks_in_and_out() {
    let world = World::start().await;
    let mira = mira(&world).await;
    let empty = mira.get("/staff/stats").await;
    assert_eq!(empty.status, 200);
    assert!(empty.text.contains("No tickets yet."), "{}", empty.text);

    let jane = Visitor::new(&world);
    jane.file("Late parcel", "Where is it?").await;
    let page = mira.get("/staff/stats").await.text;
    assert!(
        page.contains("<title>Statistics · Harbor Games</title>"),
        "{page}"
    );
    assert!(page.contains("<dt>Filed today</dt><dd>1</dd>"), "{page}");

    let pressed = mira.post("/staff/hours/in", &[]).await;
    assert_eq!(
        (pressed.status.as_u16(), pressed.location().as_str()),
        (303, "/staff/stats")
    );
    let page = mira.get("/staff/stats").await.text;
    assert!(
        page.contains("Clock out") && !page.contains("Nobody is at work."),
        "{page}"
    );
    assert_eq!(mira.post("/staff/hours/out", &[]).await.status, 303);
    let page = mira.get("/staff/stats").await.text;
    assert!(
        page.contains("Clock in") && page.contains("Nobody is at work."),
        "{page}"
    );
    world.settled().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_site_clocks_nobody_in() {
    let world = World::start().await;
    let mira = mira(&world).await;
    let request = mira
        .request(reqwest::Method::POST, "/staff/hours/in")
        .header("sec-fetch-site", "cross-site");
    assert_eq!(mira.send(request).await.status, 403);
    let page = mira.get("/staff/stats").await.text;
    assert!(page.contains("Nobody is at work."), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctors_page_says_what_is_broken_and_where_to_mend_it() {
    let world = World::start().await;
    let mira = mira(&world).await;
    let order = json!({"do": "take_permission", "permission": "MANAGE_THREADS",
                       "channel": world.channel("support")});
    world.discord.order(&order).unwrap();
    let page = mira.get("/staff/doctor").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("lacks Manage Threads"), "{}", page.text);
    let support = world.discord.settings().support_channel_id;
    let place = format!(
        "href=\"https://discord.com/channels/{}/{support}\"",
        world.discord.settings().guild_id
    );
    assert!(page.text.contains(&place), "{}", page.text);
    let seeded = world.discord.settings();
    for secret in [seeded.bot_token, seeded.client_secret] {
        assert!(!page.text.contains(&secret));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_mended_something_and_checks_again_is_told_that_it_is_mended() {
    let world = World::start().await;
    let mira = mira(&world).await;
    let change = |what: &str| {
        let order = json!({"do": what, "permission": "MANAGE_THREADS",
                           "channel": world.channel("support")});
        world.discord.order(&order).unwrap();
    };
    change("take_permission");
    let broken = mira.get("/staff/doctor").await.text;
    assert!(broken.contains("lacks Manage Threads"), "{broken}");
    // The button leads to the same page: it is a link.
    assert!(broken.contains("Check again"), "{broken}");
    change("give_permission");
    let mended = mira.get("/staff/doctor").await.text;
    assert!(!mended.contains("lacks Manage Threads"), "{mended}");
    assert!(mended.contains("the bot may View Channel"), "{mended}");
}
