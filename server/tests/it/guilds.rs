//! Several guilds on one server: each has its addresses, its staff and its threads, and whoever works
//! for several changes between them.

use crate::visitor::Visitor;
use crate::world::*;
use discord_stand_in::{Options, Person};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};

const PIXEL: &str = "/g/pixel-co";
const HARBOR: &str = "/g/harbor-games";

/// A server with a second guild, which is set up. Aiko is staff in both, Sam in the second alone.
pub struct Two {
    pub world: World,
    /// The second guild, as a configuration would name it.
    pub pixel: Value,
}

impl Two {
    async fn start() -> Self {
        Self::start_set(&[]).await
    }

    async fn start_set(settings: &[(&str, &str)]) -> Self {
        let world = World::start_set(Options::default(), settings).await;
        let order = json!({"do": "add_guild", "name": "Pixel & Co"});
        let pixel = world.discord.order(&order).unwrap();
        let two = Self { world, pixel };
        two.shows(PIXEL, StatusCode::OK).await;
        two
    }

    /// The same, with the second guild set up by Sam, who manages it.
    pub async fn set_up() -> Self {
        Self::set_up_with(&[]).await
    }

    pub async fn set_up_with(settings: &[(&str, &str)]) -> Self {
        let two = Self::start_set(settings).await;
        let channel = format!("<#{}>", two.pixel["support_channel_id"]);
        let role = format!("<@&{}>", two.pixel["staff_role_id"]);
        for (setting, value) in [("support_channel", channel), ("staff_role", role)] {
            let said = two.config(setting, &value).await;
            assert!(said.contains("now."), "{said}");
        }
        two
    }

    pub fn person(&self, name: &str) -> Person {
        let people = self.world.discord.settings().people;
        people
            .into_iter()
            .find(|p| p.name.starts_with(name))
            .unwrap()
    }

    /// Sam sends `/config` in the second guild.
    pub async fn config(&self, setting: &str, value: &str) -> String {
        let option = |name: &str, value: &str| json!({"type": 3, "name": name, "value": value});
        let options = json!([option("setting", setting), option("value", value)]);
        self.send("config", options).await;
        self.told()["content"].as_str().unwrap().to_owned()
    }

    /// Sam sends a command in the second guild.
    pub async fn send(&self, name: &str, options: Value) {
        let command = self.command(name).await;
        let data = json!({"id": command["id"], "name": name, "type": 1, "options": options});
        self.interact(json!({"type": 2, "data": data})).await;
    }

    /// Sam uses a control of what they were shown last: a button, or a list from which this is chosen.
    async fn press(&self, kind: u64, custom_id: &str, chosen: Option<&Value>) {
        let mut data = json!({"component_type": kind, "custom_id": custom_id});
        if let Some(chosen) = chosen {
            data["values"] = json!([chosen.to_string()]);
        }
        let body = json!({"type": 3, "message_id": self.told()["id"], "data": data});
        self.interact(body).await;
    }

    /// What Sam was shown last, and only they see.
    pub fn told(&self) -> Value {
        let sam = self.person("Sam").id;
        let seen = self.world.discord.part("ephemeral");
        let all = seen.as_array().unwrap();
        let last = all.iter().rfind(|shown| id(&shown["person"]) == sam);
        last.unwrap()["message"].clone()
    }

    async fn interact(&self, mut body: Value) {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let nonce = format!("g{}", NEXT.fetch_add(1, Ordering::Relaxed));
        body["application_id"] = json!(self.world.discord.settings().client_id);
        body["guild_id"] = json!(self.pixel["guild_id"].to_string());
        body["channel_id"] = json!(self.pixel["support_channel_id"].to_string());
        body["session_id"] = json!("test");
        body["nonce"] = json!(nonce);
        let sam = self.person("Sam");
        let (status, answer) = self
            .world
            .act(&sam, Method::POST, "/interactions", body)
            .await;
        assert_eq!(status, 204, "{answer}");
        until("it is answered", async || {
            let seen = self.world.discord.part("interactions");
            let all = seen.as_array().unwrap().clone();
            let record = all.into_iter().find(|i| i["nonce"] == json!(nonce))?;
            assert_ne!(record["progress"], "failed", "{record}");
            (record["progress"] == "answered").then_some(())
        })
        .await;
    }

    /// A command, once the second guild was told of it.
    async fn command(&self, name: &str) -> Value {
        let guild = self.pixel["guild_id"].to_string();
        until("the guild knows the command", async || {
            let seen = self.world.discord.part("commands");
            let all = seen["guild"][&guild].as_array()?;
            all.iter().find(|command| command["name"] == name).cloned()
        })
        .await
    }

    async fn shows(&self, path: &str, status: StatusCode) {
        let visitor = Visitor::new(&self.world);
        until(&format!("{path} is {status}"), async || {
            (visitor.get(path).await.status == status).then_some(())
        })
        .await;
    }

    /// The subjects of a guild's threads.
    fn threads(&self, guild: usize) -> Vec<String> {
        let seen = self.world.discord.world();
        let threads = seen["guilds"][guild]["threads"].as_array().unwrap();
        let names = threads.iter().map(|t| t["name"].as_str().unwrap());
        names.map(str::to_owned).collect()
    }
}

pub async fn file(visitor: &Visitor, form: &str, subject: &str) -> String {
    let page = visitor.get(form).await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.text.contains(&format!("action=\"{form}\"")), "{form}");
    let key = page.hidden("request_key");
    let fields = [
        ("email", "jane@example.com"),
        ("subject", subject),
        ("category", "question"),
        ("body", "Where is it?"),
        ("request_key", &key),
    ];
    let page = visitor.post(form, &fields).await;
    assert_eq!(page.status, 303, "{}", page.text);
    page.location()
}

async fn inbox(desk: &Visitor) -> Value {
    let page = desk.call("inbox", &[("filter", "active")]).await;
    assert_eq!(page.status, 200, "{}", page.text);
    serde_json::from_str(&page.text).unwrap()
}

fn subjects(inbox: &Value) -> Vec<&str> {
    let rows = inbox["rows"].as_array().unwrap().iter();
    rows.map(|row| row["subject"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_guild_has_its_form_and_its_threads() {
    let two = Two::set_up().await;
    let jane = Visitor::new(&two.world);
    for path in ["/", "/new"] {
        let page = jane.get(path).await;
        assert_eq!(page.status, 200);
        for choice in [PIXEL, HARBOR] {
            assert!(page.text.contains(&format!("href=\"{choice}\"")), "{path}");
        }
        assert!(page.text.contains("Pixel &amp; Co") && page.text.contains("Harbor Games"));
    }
    assert!(
        jane.get(PIXEL)
            .await
            .text
            .contains("href=\"/g/pixel-co/new\"")
    );
    let pixel = file(&jane, "/g/pixel-co/new", "About pixels").await;
    let harbor = file(&jane, "/g/harbor-games/new", "About harbors").await;
    two.world.settled().await;
    assert_eq!(two.threads(0), ["#1 About harbors"]);
    assert_eq!(two.threads(1), ["#1 About pixels"]);
    // A private link finds its guild by itself.
    for (link, name) in [(&pixel, "Pixel &amp; Co"), (&harbor, "Harbor Games")] {
        let page = jane.get(link).await;
        assert!(page.text.contains(name), "{}", page.text);
        jane.reply(link, "More.").await;
    }
    let mine = jane.get("/my").await.text;
    for said in [
        "About pixels",
        "About harbors",
        "Pixel &amp; Co",
        "Harbor Games",
    ] {
        assert!(mine.contains(said), "{said}");
    }
    for nowhere in [
        "/g/nobody",
        "/g/nobody/new",
        "/g/",
        "/g/nobody/staff",
        "/g/Pixel-Co",
    ] {
        assert_eq!(jane.get(nowhere).await.status, 404, "{nowhere}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guild_that_just_joined_says_what_to_do_and_disturbs_nobody() {
    let two = Two::start().await;
    let jane = Visitor::new(&two.world);
    let page = jane.get("/g/pixel-co/new").await;
    assert!(page.text.contains("/setup"), "{}", page.text);
    let key = page.hidden("request_key");
    let fields = [
        ("email", "jane@example.com"),
        ("subject", "Too early"),
        ("category", "question"),
        ("body", "Where is it?"),
        ("request_key", &key),
    ];
    let refused = jane.post("/g/pixel-co/new", &fields).await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    assert!(refused.text.contains("Too early"), "nothing typed is lost");
    // Where only one takes tickets, there is nothing to choose.
    let link = file(&jane, "/new", "As ever").await;
    assert!(jane.get(&link).await.text.contains("Harbor Games"));
    two.world.settled().await;
    assert_eq!(two.threads(0), ["#1 As ever"]);
    assert_eq!(two.world.health().await["status"], "ok");
    // Sam, whose guild it is, is told what to do, and nobody else.
    let direct = until("somebody is told what to do", async || {
        let seen = two.world.discord.world();
        let said = seen["direct"].as_array()?.clone();
        (!said.is_empty()).then_some(said)
    })
    .await;
    assert_eq!(direct.len(), 1);
    assert_eq!(id(&direct[0]["person"]), two.person("Sam").id);
    let words = direct[0]["message"]["content"].as_str().unwrap();
    assert!(
        words.contains("/setup") && words.contains("Pixel & Co"),
        "{words}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_see_the_guild_that_they_chose_and_nobody_sees_one_that_is_not_theirs() {
    let two = Two::set_up().await;
    let jane = Visitor::new(&two.world);
    file(&jane, "/g/pixel-co/new", "About pixels").await;
    file(&jane, "/g/harbor-games/new", "About harbors").await;
    two.world.settled().await;

    let aiko = Visitor::new(&two.world);
    aiko.sign_in(&two.world, &two.person("Aiko")).await;
    let first = inbox(&aiko).await;
    assert_eq!(first["guild"]["name"], "Harbor Games");
    assert_eq!(first["others"][0]["slug"], "pixel-co");
    assert_eq!(subjects(&first), ["About harbors"]);
    let page = aiko.get("/staff?guild=pixel-co").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("href=\"/staff?guild=harbor-games\""));
    assert!(page.text.contains("About pixels") && !page.text.contains("About harbors"));
    let chosen = inbox(&aiko).await;
    assert_eq!(subjects(&chosen), ["About pixels"], "the choice stays");
    let stats = aiko.get("/staff/stats").await.text;
    assert!(stats.contains("Pixel &amp; Co"), "{stats}");
    // A call from the other guild's page, in another tab, is still about that guild.
    let fields = [("number", "1"), ("priority", "urgent")];
    let call = aiko
        .request(Method::POST, "/api/staff/set_priority")
        .header("x-threadline-guild", "harbor-games")
        .form(&fields);
    assert_eq!(aiko.send(call).await.status, 200);
    assert_eq!(inbox(&aiko).await["rows"][0]["priority"], "medium");
    aiko.get("/staff?guild=harbor-games").await;
    assert_eq!(inbox(&aiko).await["rows"][0]["priority"], "urgent");

    // Who works for one of them does not get at the other, however they ask.
    for (name, own, other) in [
        ("Sam", "About pixels", "harbor-games"),
        ("Jonas", "About harbors", "pixel-co"),
    ] {
        let one = Visitor::new(&two.world);
        one.sign_in(&two.world, &two.person(name)).await;
        let seen = inbox(&one).await;
        assert_eq!(subjects(&seen), [own], "{name}");
        assert_eq!(seen["others"], json!([]), "{name}");
        for path in [
            format!("/staff?guild={other}"),
            format!("/staff/tickets/1?guild={other}"),
            format!("/staff/tickets/1/transcript?guild={other}"),
            format!("/staff/stats?guild={other}"),
            "/staff?guild=nobody".to_owned(),
        ] {
            let page = one.get(&path).await;
            assert_eq!(page.status, 403, "{name} {path}");
            assert!(!page.text.contains("About"), "{name} {path}");
        }
        for call in ["conversation", "close", "retry", "new_thread"] {
            let asked = one
                .request(Method::POST, &format!("/api/staff/{call}"))
                .header("x-threadline-guild", other)
                .form(&[("number", "1")]);
            assert_eq!(one.send(asked).await.status, 403, "{name} {call}");
        }
        assert_eq!(
            subjects(&inbox(&one).await),
            [own],
            "{name} stays where they are"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn links_in_a_guilds_threads_lead_staff_to_that_guild() {
    let two = Two::set_up().await;
    let jane = Visitor::new(&two.world);
    file(&jane, "/g/pixel-co/new", "About pixels").await;
    two.world.settled().await;
    let seen = two.world.discord.world();
    let thread = &seen["guilds"][1]["threads"][0];
    let said = two.world.contents(thread).join("\n");
    let link = format!("{}/g/pixel-co/staff/tickets/1", two.world.base);
    assert!(said.contains(&link), "{said}");
    let aiko = Visitor::new(&two.world);
    aiko.sign_in(&two.world, &two.person("Aiko")).await;
    let place = aiko.get("/g/pixel-co/staff/tickets/1").await.location();
    assert_eq!(place, "/staff/tickets/1?guild=pixel-co");
    let page = aiko.get(&place).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("About pixels"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guild_without_the_bot_keeps_all_it_has_and_goes_on_when_the_bot_is_back() {
    let two = Two::set_up().await;
    let jane = Visitor::new(&two.world);
    let link = file(&jane, "/g/pixel-co/new", "About pixels").await;
    two.world.settled().await;
    let guild = &two.pixel["guild_id"];
    let order = |what: &str| json!({"do": what, "guild": guild});
    two.world.discord.order(&order("kick_bot")).unwrap();
    // The first page offers no choice any more: only one guild is left to ask.
    until("the guild is gone", async || {
        let page = jane.get("/new").await;
        page.text.contains("action=\"/new\"").then_some(())
    })
    .await;
    assert!(jane.get(&link).await.text.contains("About pixels"));
    jane.reply(&link, "Are you there?").await;
    file(&jane, "/new", "About harbors").await;
    two.world.settled().await;
    assert_eq!(two.threads(0), ["#1 About harbors"]);
    assert_eq!(two.world.health().await["status"], "ok");
    two.world.discord.order(&order("bring_back")).unwrap();
    until("what waited is said", async || {
        let seen = two.world.discord.world();
        let thread = &seen["guilds"][1]["threads"][0];
        let said = two.world.contents(thread).join("\n");
        said.contains("Are you there?").then_some(())
    })
    .await;
    let page = jane.get("/new").await;
    assert!(page.text.contains(&format!("href=\"{PIXEL}\"")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guild_is_set_up_by_choices_alone() {
    let two = Two::start().await;
    two.send("setup", json!([])).await;
    let board = |shown: &Value| {
        shown["embeds"][0]["description"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let first = two.told();
    assert_eq!(first["components"].as_array().unwrap().len(), 5, "{first}");
    assert!(board(&first).contains("⬜ **Who answers**"), "{first}");
    // Without the right to make a role, it says which one is missing.
    two.press(2, "v1:setup:makerole", None).await;
    let refused = two.told();
    assert_eq!(refused["id"], first["id"], "shown in its place");
    let words = refused["content"].as_str().unwrap();
    assert!(words.contains("Manage Roles"), "{words}");
    two.press(6, "v1:setup:role", Some(&two.pixel["staff_role_id"]))
        .await;
    assert!(board(&two.told()).contains("✅ **Who answers**"));
    let give = |permission: &str| {
        json!({
            "do": "give_permission", "permission": permission, "guild": two.pixel["guild_id"],
        })
    };
    two.world.discord.order(&give("MANAGE_CHANNELS")).unwrap();
    two.world.discord.order(&give("MANAGE_ROLES")).unwrap();
    two.press(2, "v1:setup:makechannel", None).await;
    let done = two.told();
    let words = done["content"].as_str().unwrap();
    assert!(words.contains("is made; staff and I see it."), "{words}");
    assert!(board(&done).contains("/g/pixel-co/new"), "{}", board(&done));
    assert!(
        !board(&done).contains("**Support channel**"),
        "nothing is missing there: {done}"
    );

    let jane = Visitor::new(&two.world);
    file(&jane, "/g/pixel-co/new", "About pixels").await;
    two.world.settled().await;
    assert_eq!(two.threads(1), ["#1 About pixels"]);
    two.press(2, "v1:setup:panel", None).await;
    let words = two.told()["content"].as_str().unwrap().to_owned();
    assert!(words.contains("The panel is in"), "{words}");
}
