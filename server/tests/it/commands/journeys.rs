//! What people do in Discord from beginning to end.

use super::*;

async fn a_ticket_begins_and_ends_in_discord(door: Door) {
    let world = World::start().await;
    open(&world, door).await;
    let (thread, link) = filed(&world).await;
    let (jonas, pat) = (named(&world, "Jonas"), named(&world, "Pat"));
    assert_eq!(thread["parent_id"], channel(&world, "general"));
    let page = Visitor::new(&world).get(&link).await;
    assert!(page.text.contains("I was charged twice."), "{}", page.text);

    // The member is in the thread, and what they write is the customer's message.
    world.write(&pat, &thread, "Any news?").await;
    until("it is on the web", async || {
        let page = Visitor::new(&world).get(&link).await;
        page.text.contains("Any news?").then_some(())
    })
    .await;

    let here = thread["id"].clone();
    let said = [(3, "text", json!("We pay it back."))];
    command(&world, &jonas, &here, "reply", &said).await.words();
    let note = [(3, "text", json!("He is right."))];
    command(&world, &jonas, &here, "ticket note", &note)
        .await
        .words();
    world.settled().await;
    let contents = world.contents(&thread);
    assert!(contents.iter().any(|c| c.ends_with("We pay it back.")));
    assert!(!contents.iter().any(|c| c.contains("He is right.")));

    let card = world
        .messages(&thread)
        .into_iter()
        .find(|m| !m["components"].as_array().unwrap().is_empty())
        .unwrap();
    let done = press(&world, &jonas, &card, "v1:assign:1", None)
        .await
        .words();
    assert!(done.contains("is yours"), "{done}");
    press(&world, &jonas, &card, "v1:priority:1", None)
        .await
        .words();
    let menu = whisper(&world, &jonas);
    let chosen = press(&world, &jonas, &menu, "v1:setpriority:1", Some("urgent")).await;
    assert!(chosen.words().contains("urgent"));
    let twice = press(&world, &pat, &card, "v1:assign:1", None)
        .await
        .words();
    assert!(twice.contains("staff role"), "{twice}");

    // Its customer may close it, with a reason that the thread hears.
    let form = press(&world, &pat, &card, "v1:close:1", None).await;
    let done = submit(&world, &pat, form, "reason", "It came back.")
        .await
        .words();
    assert!(done.contains("is closed"), "{done}");
    until("the thread is put away", async || {
        (world.threads()[0]["thread_metadata"]["archived"] == true).then_some(())
    })
    .await;
    assert!(
        world
            .contents(&thread)
            .iter()
            .any(|c| c.ends_with("It came back."))
    );
    let general = channel(&world, "general");
    let one = [(4, "ticket", json!(1))];
    let open_again = command(&world, &pat, &general, "reopen", &one)
        .await
        .words();
    assert!(open_again.contains("open again"), "{open_again}");
    world.settled().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_begins_and_ends_in_discord_through_the_gateway() {
    a_ticket_begins_and_ends_in_discord(Door::Gateway).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_begins_and_ends_in_discord_over_http() {
    a_ticket_begins_and_ends_in_discord(Door::Http).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_types_is_completed_through_both_doors() {
    let world = World::start().await;
    filed(&world).await;
    let (jonas, sam) = (named(&world, "Jonas"), named(&world, "Sam"));
    let general = channel(&world, "general");
    for door in [Door::Gateway, Door::Http] {
        open(&world, door).await;
        let mut body = typed(
            &world,
            &usual(&world),
            4,
            "ticket view",
            &[(4, "ticket", json!("1"))],
        );
        body["data"]["options"][0]["options"][0]["focused"] = json!(true);
        let ask = async |person| match interact(&world, person, &general, body.clone()).await {
            Answered::Choices(choices) => choices,
            other => panic!("{other:?}"),
        };
        assert_eq!(ask(&jonas).await[0]["value"], 1);
        assert_eq!(ask(&sam).await, json!([]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_that_nobody_knows_any_more_says_so() {
    let world = World::start().await;
    commands_are_there(&world).await;
    let general = channel(&world, "general");
    let bot = world.discord.settings();
    let button = json!({"type": 2, "style": 1, "label": "Old", "custom_id": "v0:close:1"});
    let body = json!({"content": "old", "components": [{"type": 1, "components": [button]}]});
    let url = format!(
        "{}/api/v10/channels/{}/messages",
        world.discord.base_url(),
        general.as_str().unwrap()
    );
    let posted = client()
        .post(url)
        .header("authorization", format!("Bot {}", bot.bot_token))
        .header("user-agent", "DiscordBot (a test, 1)")
        .json(&body)
        .send()
        .await
        .unwrap();
    let message: Value = posted.json().await.unwrap();
    let pat = named(&world, "Pat");
    let told = press(&world, &pat, &message, "v0:close:1", None)
        .await
        .words();
    assert!(told.contains("another version"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_from_the_web_ties_an_account() {
    let world = World::start().await;
    commands_are_there(&world).await;
    let jane = Visitor::new(&world);
    let ticket = jane.file("Late parcel", "Where is it?").await;
    let page = jane.post(&format!("{ticket}/discord"), &[]).await;
    assert_eq!(page.status, 200);
    let code = page.text.split("/link ").nth(1).unwrap()[..9].to_owned();
    let pat = named(&world, "Pat");
    let general = channel(&world, "general");
    let given = [(3, "code", json!(code))];
    let done = command(&world, &pat, &general, "link", &given)
        .await
        .words();
    assert!(done.contains("tied"), "{done}");
    let mine = command(&world, &pat, &general, "mytickets", &[])
        .await
        .words();
    assert!(mine.contains("Late parcel"), "{mine}");
    let maintenance = [
        (3, "state", json!("on")),
        (3, "message", json!("Back at noon.")),
    ];
    let mira = named(&world, "Mira");
    command(&world, &mira, &general, "admin maintenance", &maintenance)
        .await
        .words();
    assert!(jane.get("/new").await.text.contains("Back at noon."));
    let paused = command(&world, &pat, &general, "new", &[]).await.words();
    assert!(paused.contains("Back at noon."), "{paused}");
    world.settled().await;
}
