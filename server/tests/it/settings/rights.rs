//! Who may see and change the settings: those who manage this server, and nobody else.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_for_those_who_manage_the_server() {
    let world = World::start().await;
    let jane = Visitor::new(&world);
    jane.file("Late parcel", "Where is it?").await;
    let stranger = Visitor::new(&world);
    let pat = signed_in(&world, "Pat").await;
    let jonas = signed_in(&world, "Jonas").await;
    let mira = signed_in(&world, "Mira").await;
    let pause = [("do", "pause"), ("message", "Gone fishing.")];
    for path in SECTIONS {
        for (visitor, status) in [(&stranger, 401), (&jane, 401), (&pat, 403)] {
            assert_eq!(visitor.get(path).await.status, status, "{path}");
            assert_eq!(visitor.post(path, &pause).await.status, status, "{path}");
        }
        for page in [jonas.get(path).await, jonas.post(path, &pause).await] {
            assert_eq!(page.status, 403, "{path}");
            assert!(page.text.contains("Manage Server"), "{path}");
            assert!(
                !page
                    .text
                    .contains("<form method=\"post\" action=\"/staff/settings")
            );
        }
        let page = mira.get(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.text);
        assert!(page.text.contains("aria-current=\"page\""), "{path}");
        let elsewhere = mira
            .request(Method::POST, path)
            .header("sec-fetch-site", "cross-site")
            .form(&pause);
        assert_eq!(mira.send(elsewhere).await.status, 403, "{path}");
    }
    assert!(!jane.get("/new").await.text.contains("Gone fishing."));
    // The way there is shown to whom it leads somewhere.
    for (visitor, manages) in [(&jonas, false), (&mira, true)] {
        for page in ["/staff", "/staff/stats"] {
            let page = visitor.get(page).await.text;
            assert_eq!(page.contains("href=\"/staff/settings\""), manages);
        }
        let inbox = visitor.call("inbox", &[("filter", "active")]).await;
        let inbox: Value = serde_json::from_str(&inbox.text).unwrap();
        assert_eq!(inbox["manages"], json!(manages));
    }
    world.settled().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_elsewhere_is_none_here() {
    let two = Two::set_up().await;
    let sam = Visitor::new(&two.world);
    sam.sign_in(&two.world, &two.person("Sam")).await;
    let aiko = Visitor::new(&two.world);
    aiko.sign_in(&two.world, &two.person("Aiko")).await;
    let mira = Visitor::new(&two.world);
    mira.sign_in(&two.world, &two.person("Mira")).await;
    let set = [("do", "save"), ("max_open_tickets", "7")];
    for (visitor, guild) in [
        (&sam, "harbor-games"),
        (&mira, "pixel-co"),
        (&aiko, "pixel-co"),
        (&aiko, "harbor-games"),
    ] {
        let path = format!("/staff/settings?guild={guild}");
        assert_eq!(visitor.get(&path).await.status, 403, "{guild}");
        assert_eq!(visitor.post(&path, &set).await.status, 403, "{guild}");
    }
    // A form says whose it is, whichever guild its sender looked at last.
    let page = sam.get("/staff/settings").await.text;
    assert!(page.contains("action=\"/staff/settings?guild=pixel-co\""));
    let page = save(&sam, "/staff/settings?guild=pixel-co", &set).await;
    assert!(page.contains("max_open_tickets is “7” now"), "{page}");
    let show = json!([{"type": 3, "name": "setting", "value": "max_open_tickets"}]);
    two.send("config", show).await;
    let told = two.told()["content"].as_str().unwrap().to_owned();
    assert!(told.contains("`max_open_tickets` is 7."), "{told}");
    mira.get("/staff?guild=harbor-games").await;
    let page = mira.get("/staff/settings").await.text;
    assert!(!page.contains("value=\"7\""), "the other guild's own stays");
}
