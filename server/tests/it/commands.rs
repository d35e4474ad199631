//! Commands, buttons, menus and forms through both of Discord's doors, as everybody who may use
//! them and everybody who may not.

use crate::visitor::Visitor;
use crate::world::{World, client, id, until};
use desk::commands::{COMMANDS, Command, Control, Kind, Opt, Takes, Who};
use discord_stand_in::Person;
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    Gateway,
    Http,
}

/// What somebody was answered.
#[derive(Debug)]
enum Answered {
    /// Discord itself did not let them.
    Refused(u64),
    /// Words, with what stands below them.
    Words(String),
    /// A form.
    Form(Value),
    /// Suggestions.
    Choices(Value),
}

impl Answered {
    fn words(self) -> String {
        match self {
            Self::Words(words) => words,
            other => panic!("no words: {other:?}"),
        }
    }
}

async fn open(world: &World, door: Door) {
    let url = match door {
        Door::Gateway => Value::Null,
        Door::Http => json!(format!("{}/api/interactions", world.base)),
    };
    let body = json!({"url": url, "check": door == Door::Http});
    let control = format!(
        "{}/stand-in/interactions-endpoint",
        world.discord.base_url()
    );
    let saved = client().put(control).json(&body).send().await.unwrap();
    assert_eq!(saved.status(), 200, "{}", saved.text().await.unwrap());
}

fn named(world: &World, name: &str) -> Person {
    let people = world.discord.settings().people;
    people
        .into_iter()
        .find(|p| p.name.starts_with(name))
        .unwrap()
}

/// Starts an interaction and waits for what comes of it.
async fn interact(world: &World, person: &Person, channel: &Value, mut body: Value) -> Answered {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let nonce = format!("n{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let settings = world.discord.settings();
    body["application_id"] = json!(settings.client_id);
    body["guild_id"] = json!(settings.guild_id.to_string());
    body["channel_id"] = channel.clone();
    body["session_id"] = json!("test");
    body["nonce"] = json!(nonce);
    let (status, refusal) = world
        .act(person, Method::POST, "/interactions", body.clone())
        .await;
    if status != 204 {
        return Answered::Refused(refusal["code"].as_u64().unwrap());
    }
    let record = until("the interaction is answered", async || {
        let seen = world.discord.world();
        let list = seen["interactions"].as_array().unwrap();
        let record = list.iter().find(|i| i["nonce"] == json!(nonce))?;
        assert_ne!(record["progress"], "failed", "{body}");
        (record["progress"] == "answered").then(|| record.clone())
    })
    .await;
    let seen = world.discord.world();
    if body["type"] == json!(4) {
        return Answered::Choices(record["choices"].clone());
    }
    let modals = seen["modals"].as_array().unwrap();
    if let Some(modal) = modals.iter().find(|m| m["interaction_id"] == record["id"]) {
        return Answered::Form(modal.clone());
    }
    let whispers = seen["ephemeral"].as_array().unwrap();
    let whisper = whispers
        .iter()
        .find(|e| e["message"]["id"] == record["original"])
        .unwrap_or_else(|| panic!("answered in public: {body}"));
    assert_eq!(id(&whisper["person"]), person.id);
    let message = &whisper["message"];
    let detail = message["embeds"][0]["description"]
        .as_str()
        .unwrap_or_default();
    Answered::Words(format!(
        "{}\n{detail}",
        message["content"].as_str().unwrap()
    ))
}

fn registered(world: &World, kind: u64, name: &str) -> Value {
    let seen = world.discord.world();
    let guild = world.discord.settings().guild_id.to_string();
    let list = seen["commands"]["guild"][&guild]
        .as_array()
        .unwrap()
        .clone();
    let found = list
        .into_iter()
        .find(|c| c["name"] == name && c["type"] == json!(kind));
    found.unwrap_or_else(|| panic!("{name} is not registered"))
}

/// Uses a command with these options, each a type, a name and a value.
async fn command(
    world: &World,
    person: &Person,
    channel: &Value,
    path: &str,
    given: &[(u64, &str, Value)],
) -> Answered {
    let body = typed(world, 2, path, given);
    interact(world, person, channel, body).await
}

fn typed(world: &World, kind: u64, path: &str, given: &[(u64, &str, Value)]) -> Value {
    let options = given
        .iter()
        .map(|(kind, name, value)| json!({"type": kind, "name": name, "value": value}));
    let options: Vec<Value> = options.collect();
    let (root, sub) = match path.split_once(' ') {
        Some((root, sub)) => (root, Some(sub)),
        None => (path, None),
    };
    let options = match sub {
        Some(sub) => json!([{"type": 1, "name": sub, "options": options}]),
        None => json!(options),
    };
    let known = registered(world, 1, root);
    json!({"type": kind, "data": {"id": known["id"], "name": root, "type": 1, "options": options}})
}

async fn press(
    world: &World,
    person: &Person,
    message: &Value,
    custom_id: &str,
    chosen: Option<&str>,
) -> Answered {
    let data = match chosen {
        Some(value) => json!({"component_type": 3, "custom_id": custom_id, "values": [value]}),
        None => json!({"component_type": 2, "custom_id": custom_id}),
    };
    let body = json!({"type": 3, "message_id": message["id"], "data": data});
    interact(world, person, &message["channel_id"], body).await
}

async fn submit(
    world: &World,
    person: &Person,
    form: Answered,
    name: &str,
    text: &str,
) -> Answered {
    let Answered::Form(modal) = form else {
        panic!("no form: {form:?}");
    };
    let field = json!({"type": 4, "custom_id": name, "value": text});
    let rows = json!([{"type": 1, "components": [field]}]);
    let data = json!({"custom_id": modal["custom_id"], "components": rows});
    let body = json!({"type": 5, "data": data});
    interact(world, person, &modal["channel_id"], body).await
}

/// The newest message of ours that only this person sees.
fn whisper(world: &World, person: &Person) -> Value {
    let seen = world.discord.world();
    let mine = |e: &&Value| id(&e["person"]) == person.id;
    let all = seen["ephemeral"].as_array().unwrap();
    all.iter().rfind(mine).unwrap()["message"].clone()
}

fn channel(world: &World, name: &str) -> Value {
    let seen = world.discord.world();
    let channels = seen["guilds"][0]["channels"].as_array().unwrap();
    let found = channels.iter().find(|c| c["name"] == name);
    found.unwrap()["id"].clone()
}

async fn commands_are_there(world: &World) {
    until("the commands are registered", async || {
        let seen = world.discord.world();
        let guild = world.discord.settings().guild_id.to_string();
        let list = seen["commands"]["guild"][&guild].as_array()?;
        (!list.is_empty()).then_some(())
    })
    .await;
}

/// Mira posts the panel, and Pat files a ticket from it. The thread and the private link.
async fn filed(world: &World) -> (Value, String) {
    commands_are_there(world).await;
    let (mira, pat) = (named(world, "Mira"), named(world, "Pat"));
    let general = channel(world, "general");
    let here = (7, "channel", general.clone());
    let done = command(world, &mira, &general, "setup", &[here])
        .await
        .words();
    assert!(done.contains("The panel is in"), "{done}");
    let seen = world.discord.world();
    let posted = &seen["messages"][general.as_str().unwrap()];
    let panel = posted.as_array().unwrap().last().unwrap().clone();
    let asked = press(world, &pat, &panel, "v1:new", None).await.words();
    assert!(asked.contains("What is it about?"));
    let menu = whisper(world, &pat);
    let form = press(world, &pat, &menu, "v1:category", Some("billing")).await;
    let text = "I was charged twice.\nOn Monday.";
    let done = submit(world, &pat, form, "text", text).await.words();
    let link = done
        .lines()
        .find_map(|l| l.split_once("alone: "))
        .unwrap()
        .1;
    let thread = world.thread_with(1, 2).await;
    world.settled().await;
    (thread, link.to_owned())
}

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

/// A value for an option, as Discord's client would send it.
fn value(world: &World, opt: &Opt) -> Option<(u64, &'static str, Value)> {
    let sam = named(world, "Sam").id.to_string();
    let (kind, value) = match opt.takes {
        Takes::Ticket => (4, json!(1)),
        _ if !opt.required => return None,
        Takes::Text { .. } => (3, json!("AAAA-AAAA")),
        Takes::Suggested { .. } => (3, json!("question")),
        Takes::Choice(choices) => (3, json!(choices.last().unwrap().1)),
        Takes::Flag => (5, json!(true)),
        Takes::User => (6, json!(sam)),
        Takes::Role => (8, json!(world.discord.settings().guild_id.to_string())),
        Takes::Channel => (7, channel(world, "general")),
    };
    Some((kind, opt.name, value))
}

async fn use_any(world: &World, person: &Person, command: &Command, said: &Value) -> Answered {
    let general = channel(world, "general");
    match command.kind {
        Kind::Slash => {
            let given = command.options.iter().filter_map(|opt| value(world, opt));
            let given: Vec<_> = given.collect();
            let path = command.path.join(" ");
            self::command(world, person, &general, &path, &given).await
        }
        Kind::OnUser | Kind::OnMessage => {
            let (kind, target) = match command.kind {
                Kind::OnUser => (2, json!(named(world, "Pat").id.to_string())),
                _ => (3, said["id"].clone()),
            };
            let known = registered(world, kind, command.path[0]);
            let data = json!({"id": known["id"], "type": kind, "target_id": target});
            interact(world, person, &general, json!({"type": 2, "data": data})).await
        }
    }
}

/// What each of the played people is, beside a member.
const CAST: [(&str, &[Who]); 4] = [
    ("Sam", &[]),
    ("Pat", &[Who::Owner]),
    ("Jonas", &[Who::Staff, Who::Owner]),
    ("Mira", &[Who::Admin, Who::Staff, Who::Owner]),
];

async fn everybody_may_what_the_table_says(door: Door) {
    let world = World::start().await;
    open(&world, door).await;
    let (thread, _) = filed(&world).await;
    let general = channel(&world, "general");
    let path = json!({"id": general});
    let said = world
        .write(&named(&world, "Pat"), &path, "Where is my parcel?")
        .await;
    for command in COMMANDS {
        for (name, is) in CAST {
            let who = command.does.who();
            let may = who == Who::Everyone || is.contains(&who);
            let person = named(&world, name);
            let refused = match use_any(&world, &person, command, &said).await {
                Answered::Refused(code) => {
                    assert_eq!((code, who), (50013, Who::Admin), "{}", command.name());
                    true
                }
                Answered::Words(words) => words.starts_with(who.refusal()),
                Answered::Form(_) | Answered::Choices(_) => false,
            };
            assert_eq!(refused, !may, "{name} uses {}", command.name());
        }
    }
    // Buttons, pressed where everybody sees them: Sam has to be in the thread for that.
    let here = thread["id"].clone();
    let sam = [(6, "user", json!(named(&world, "Sam").id.to_string()))];
    let jonas = named(&world, "Jonas");
    command(&world, &jonas, &here, "adduser", &sam)
        .await
        .words();
    let reopened = command(&world, &jonas, &here, "reopen", &[]).await.words();
    assert!(reopened.contains("open"), "{reopened}");
    world.settled().await;
    let card = world
        .messages(&thread)
        .into_iter()
        .find(|m| !m["components"].as_array().unwrap().is_empty())
        .unwrap();
    let shown = card["components"].to_string();
    for control in Control::examples() {
        let custom_id = match &control {
            Control::Assign(_) => "v1:assign:1",
            Control::Release(_) => "v1:release:1",
            Control::RaisePriority(_) => "v1:priority:1",
            Control::AskClose(_) => "v1:close:1",
            _ => continue,
        };
        if !shown.contains(custom_id) {
            continue;
        }
        for (name, is) in CAST {
            let who = control.does().who();
            let answered = press(&world, &named(&world, name), &card, custom_id, None).await;
            let refused = match answered {
                Answered::Words(words) => words.starts_with(who.refusal()),
                Answered::Form(_) => false,
                other => panic!("{other:?}"),
            };
            assert_eq!(refused, !is.contains(&who), "{name} presses {custom_id}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_may_what_the_table_says_through_the_gateway() {
    everybody_may_what_the_table_says(Door::Gateway).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_may_what_the_table_says_over_http() {
    everybody_may_what_the_table_says(Door::Http).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_types_is_completed_through_both_doors() {
    let world = World::start().await;
    filed(&world).await;
    let (jonas, sam) = (named(&world, "Jonas"), named(&world, "Sam"));
    let general = channel(&world, "general");
    for door in [Door::Gateway, Door::Http] {
        open(&world, door).await;
        let mut body = typed(&world, 4, "ticket view", &[(4, "ticket", json!("1"))]);
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
async fn unsigned_and_stale_interactions_get_the_same_short_refusal() {
    let world = World::start().await;
    let url = format!("{}/api/interactions", world.base);
    let long = "x".repeat(900_000);
    for (signature, moment, body) in [
        ("", "", "{}"),
        ("00", "1", "{}"),
        ("not hex", "soon", "not json"),
        (&"5a".repeat(64), "1795265280", "[[[[[[[["),
        (&"5a".repeat(64), "1795265280", long.as_str()),
    ] {
        let answer = client()
            .post(&url)
            .header("x-signature-ed25519", signature)
            .header("x-signature-timestamp", moment)
            .body(body.to_owned())
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 401);
        assert_eq!(answer.text().await.unwrap(), "invalid request signature");
    }
    let without = client().post(&url).body("{}").send().await.unwrap();
    assert_eq!(without.status(), 401);

    // Signed by the right key, but six minutes away from now.
    open(&world, Door::Http).await;
    let probe = async || {
        let control = format!(
            "{}/stand-in/interactions-endpoint",
            world.discord.base_url()
        );
        let body = json!({"url": url, "check": true});
        client()
            .put(control)
            .json(&body)
            .send()
            .await
            .unwrap()
            .status()
    };
    assert_eq!(probe().await, 200);
    world
        .discord
        .clock()
        .advance(std::time::Duration::from_secs(360));
    assert_eq!(probe().await, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_there_is_no_such_door() {
    let none = [("DISCORD_PUBLIC_KEY", "")];
    let world = World::start_set(discord_stand_in::Options::default(), &none).await;
    let url = format!("{}/api/interactions", world.base);
    let answer = client().post(url).body("{}").send().await.unwrap();
    assert_eq!(answer.status(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_are_told_once_and_again_when_asked_for() {
    let secret = [("REGISTER_SECRET", "open sesame")];
    let mut world = World::start_set(discord_stand_in::Options::default(), &secret).await;
    commands_are_there(&world).await;
    let told = |world: &World| {
        let seen = world.discord.world();
        let log = seen["requests"].as_array().unwrap().clone();
        let is_put =
            |r: &&Value| r["method"] == "PUT" && r["path"].as_str().unwrap().ends_with("/commands");
        log.iter().filter(is_put).count()
    };
    assert_eq!(told(&world), 1);
    world.stop_server().await;
    world.start_server().await;
    let url = format!("{}/api/register-commands", world.base);
    for wrong in ["", "Bearer ", "Bearer open", "open sesame"] {
        let request = client().post(&url).header("authorization", wrong);
        assert_eq!(request.send().await.unwrap().status(), 401, "{wrong}");
    }
    assert_eq!(told(&world), 1, "not told again at a start");
    let request = client()
        .post(&url)
        .header("authorization", "Bearer open sesame");
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    assert!(answer["registered"].as_u64().unwrap() > 15, "{answer}");
    assert_eq!(told(&world), 2);
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

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_long_is_announced_and_told_later() {
    let world = World::start().await;
    commands_are_there(&world).await;
    open(&world, Door::Http).await;
    let latency = format!("{}/stand-in/latency", world.discord.base_url());
    let slow = client().put(latency).json(&json!({"ms": 2_000}));
    assert_eq!(slow.send().await.unwrap().status(), 200);
    let general = channel(&world, "general");
    let mira = named(&world, "Mira");
    let here = (7, "channel", general.clone());
    let told = command(&world, &mira, &general, "setup", &[here])
        .await
        .words();
    assert!(told.contains("The panel is in"), "{told}");
}
