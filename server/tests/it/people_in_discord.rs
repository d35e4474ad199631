//! What people do in Discord besides answering: to threads and rights, and as no staff at all.

use crate::visitor::Visitor;
use crate::world::*;
use discord_stand_in::Person;
use reqwest::Method;
use serde_json::{Value, json};

struct Scene {
    world: World,
    jane: Visitor,
    ticket: String,
    thread: Value,
    mira: Person,
    desk: Visitor,
}

impl Scene {
    async fn new() -> Self {
        let world = World::start().await;
        let jane = Visitor::new(&world);
        let ticket = jane.file("Late parcel", "Where is it?").await;
        let thread = world.thread_with(1, 2).await;
        world.settled().await;
        let mira = world.person(true);
        let desk = Visitor::new(&world);
        desk.sign_in(&world, &mira).await;
        Self {
            world,
            jane,
            ticket,
            thread,
            mira,
            desk,
        }
    }

    fn path(&self) -> String {
        format!("/channels/{}", self.thread["id"].as_str().unwrap())
    }

    async fn change(&self, body: Value) {
        let path = self.path();
        let act = self.world.act(&self.mira, Method::PATCH, &path, body);
        let (status, answer) = act.await;
        assert_eq!(status, 200, "{answer}");
    }

    async fn told(&self) -> Value {
        let page = self.desk.call("conversation", &[("number", "1")]).await;
        serde_json::from_str(&page.text).unwrap()
    }

    async fn until_told(&self, words: &str) -> Value {
        until(&format!("staff are told: {words}"), async || {
            let told = self.told().await;
            told.to_string().contains(words).then_some(told)
        })
        .await
    }

    fn said(&self) -> Vec<String> {
        self.world.contents(&self.thread)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn locking_archiving_and_renaming_are_told_and_nothing_stops_for_them() {
    let scene = Scene::new().await;
    scene.change(json!({"name": "URGENT"})).await;
    scene.until_told("renamed in Discord").await;
    scene.change(json!({"locked": true})).await;
    scene.until_told("locked in Discord").await;
    scene.change(json!({"archived": true})).await;
    scene.until_told("archived in Discord").await;
    scene.jane.reply(&scene.ticket, "Hello?").await;
    until("it is in the thread", async || {
        let said = scene.said();
        said.iter().any(|s| s.ends_with("Hello?")).then_some(())
    })
    .await;
    scene.world.settled().await;
    let thread = scene.world.threads().remove(0);
    let metadata = &thread["thread_metadata"];
    assert_eq!(
        (&metadata["archived"], &metadata["locked"]),
        (&json!(false), &json!(true)),
        "a person's lock stays"
    );
    assert_eq!(thread["name"], "URGENT");
    let told = scene.told().await;
    assert!(told["thread_notice"].to_string().contains("locked"));
    assert_eq!(told["thread_trouble"], Value::Null);
    let page = scene.jane.get(&scene.ticket).await.text;
    assert!(
        !page.contains("Discord: only"),
        "nothing of it is a customer's"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_and_reopening_by_us_is_told_as_nobodys_deed() {
    let scene = Scene::new().await;
    for call in ["close", "reopen"] {
        let page = scene.desk.call(call, &[("number", "1")]).await;
        assert_eq!(page.status, 200, "{}", page.text);
        scene.world.settled().await;
    }
    let history = scene.told().await["history"].to_string();
    assert!(!history.contains("in Discord"), "{history}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sight_of_the_channel_lost_is_told_and_given_back_all_goes_on() {
    let scene = Scene::new().await;
    let channel = scene.world.discord.settings().support_channel_id;
    let order = |verb: &str| {
        let order = json!({
            "do": verb, "permission": "VIEW_CHANNEL", "channel": channel.to_string(),
        });
        scene.world.discord.order(&order).unwrap();
    };
    order("take_permission");
    scene.jane.reply(&scene.ticket, "Hello?").await;
    scene.until_told("cannot see the support channel").await;
    order("give_permission");
    until("it is in the thread", async || {
        let said = scene.said();
        said.iter().any(|s| s.ends_with("Hello?")).then_some(())
    })
    .await;
    scene.world.settled().await;
    assert_eq!(scene.told().await["thread_trouble"], Value::Null);
    assert_eq!(scene.world.health().await["outbox"]["parked"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_lost_is_named_and_tried_again_on_demand() {
    let scene = Scene::new().await;
    let channel = scene.world.discord.settings().support_channel_id;
    let order = |verb: &str| {
        let order = json!({
            "do": verb, "permission": "SEND_MESSAGES_IN_THREADS", "channel": channel.to_string(),
        });
        scene.world.discord.order(&order).unwrap();
    };
    order("take_permission");
    scene.jane.reply(&scene.ticket, "Hello?").await;
    scene.until_told("lacks a permission").await;
    order("give_permission");
    let page = scene.desk.call("retry", &[("number", "1")]).await;
    assert_eq!(page.status, 200, "{}", page.text);
    until("it is in the thread", async || {
        let said = scene.said();
        said.iter().any(|s| s.ends_with("Hello?")).then_some(())
    })
    .await;
    scene.world.settled().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_thread_and_a_deleted_channel_are_told_and_a_new_thread_is_offered() {
    let scene = Scene::new().await;
    let (status, _) = scene
        .world
        .act(&scene.mira, Method::DELETE, &scene.path(), Value::Null)
        .await;
    assert_eq!(status, 200);
    scene.until_told("The thread was deleted in Discord.").await;
    let page = scene.desk.call("new_thread", &[("number", "1")]).await;
    assert_eq!(page.status, 200, "{}", page.text);
    scene.world.thread_with(1, 2).await;
    scene.world.settled().await;
    assert_eq!(scene.told().await["thread_trouble"], Value::Null);

    let channel = scene.world.discord.settings().support_channel_id;
    let path = format!("/channels/{channel}");
    let act = scene
        .world
        .act(&scene.mira, Method::DELETE, &path, Value::Null);
    assert_eq!(act.await.0, 200);
    scene.until_told("The support channel was deleted").await;
    scene.jane.reply(&scene.ticket, "Hello?").await;
    let page = scene.jane.get(&scene.ticket).await;
    assert!(page.text.contains("Hello?"), "the web goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_other_threads_and_the_bot_itself_say_nothing_to_a_customer() {
    let scene = Scene::new().await;
    let world = &scene.world;
    let channel = world.discord.settings().support_channel_id;
    let (status, hook) = world
        .act(
            &scene.mira,
            Method::POST,
            &format!("/channels/{channel}/webhooks"),
            json!({"name": "Relay"}),
        )
        .await;
    assert_eq!(status, 200, "{hook}");
    let execute = format!(
        "/webhooks/{}/{}?wait=true&thread_id={}",
        hook["id"].as_str().unwrap(),
        hook["token"].as_str().unwrap(),
        scene.thread["id"].as_str().unwrap()
    );
    let spoken = json!({"content": "from a webhook"});
    let act = world.act(&scene.mira, Method::POST, &execute, spoken);
    assert_eq!(act.await.0, 200);
    let (status, other) = world
        .act(
            &scene.mira,
            Method::POST,
            &format!("/channels/{channel}/threads"),
            json!({"name": "#1 looks like a ticket", "type": 12}),
        )
        .await;
    assert_eq!(status, 201, "{other}");
    world.write(&scene.mira, &other, "in another thread").await;
    world.write(&scene.mira, &scene.thread, "// a note").await;
    world
        .write(&scene.mira, &scene.thread, "to the customer")
        .await;
    until("what comes last is there", async || {
        let page = scene.jane.get(&scene.ticket).await.text;
        page.contains("to the customer").then_some(())
    })
    .await;
    world.settled().await;
    let page = scene.jane.get(&scene.ticket).await.text;
    for words in ["webhook", "another thread", "a note"] {
        assert!(!page.contains(words), "{words}");
    }
    let told = scene.told().await["messages"].to_string();
    assert!(told.contains("a note"));
    assert!(!told.contains("from a webhook") && !told.contains("in another thread"));
}

#[tokio::test(flavor = "multi_thread")]
async fn four_thousand_characters_and_a_single_emoji_arrive_whole() {
    let scene = Scene::new().await;
    let world = &scene.world;
    let nitro = json!({"do": "switches", "set": {"nitro": true}});
    world.discord.order(&nitro).unwrap();
    let long = "twelve chars".repeat(333);
    world.write(&scene.mira, &scene.thread, &long).await;
    world.write(&scene.mira, &scene.thread, "👍").await;
    until("both are there", async || {
        let page = scene.jane.get(&scene.ticket).await.text;
        (page.contains(&long) && page.contains('👍')).then_some(())
    })
    .await;
    world.settled().await;
    let messages = world.messages(&scene.thread);
    for message in &messages[2..] {
        assert!(message["reactions"].to_string().contains('✅'), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_staff_role_one_reaches_no_customer() {
    let scene = Scene::new().await;
    let world = &scene.world;
    let pat = world.person(false);
    // Somebody lets them into the thread.
    let guild = world.discord.settings().guild_id;
    let channel = world.discord.settings().support_channel_id;
    let overwrite = json!({"type": 1, "allow": "1024", "deny": "0"});
    let path = format!("/channels/{channel}/permissions/{}", pat.id);
    let act = world.act(&scene.mira, Method::PUT, &path, overwrite);
    assert_eq!(act.await.0, 204, "in guild {guild}");
    let path = format!("{}/thread-members/{}", scene.path(), pat.id);
    let act = world.act(&scene.mira, Method::PUT, &path, Value::Null);
    assert_eq!(act.await.0, 204);
    let written = world.write(&pat, &scene.thread, "I am the king").await;
    until("it is signed", async || {
        let messages = world.messages(&scene.thread);
        let found = messages.iter().find(|m| m["id"] == written["id"])?;
        found["reactions"].to_string().contains('❌').then_some(())
    })
    .await;
    world.settled().await;
    let page = scene.jane.get(&scene.ticket).await.text;
    assert!(!page.contains("I am the king"));
    assert!(scene.told().await.to_string().contains("I am the king"));
}
