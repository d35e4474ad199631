//! Every button, menu and form as everybody, held against whom it is for.
//!
//! Discord's clients show most of them to one person alone, and the stand-in, like Discord, lets
//! nobody press what they do not see. So for the HTTP door these are signed here, as Discord would
//! sign them, and for the gateway the stand-in takes presses at their word: nothing but this program
//! stands between who presses and what is done.

use super::elsewhere::here;
use super::vouched::{ADMINISTRATOR, NONE, Vouched, said};
use super::*;
use crate::guilds::Two;
use crate::signed::Key;
use desk::commands::Step;
use discord_stand_in::Options;
use domain::TicketId;

struct Scene<'a> {
    world: &'a World,
    door: Through,
}

enum Through {
    /// Signed with this key, on this message.
    Http(Box<Key>, Value),
    /// In this channel, on what the person was shown last.
    Gateway(Value),
}

impl Scene<'_> {
    /// What is answered, in words; with a form, its heading. What takes too long on a busy machine
    /// is only announced; then it is pressed again, which a button must bear.
    async fn presses(&self, person: &Vouched<'_>, control: &Control) -> String {
        for _ in 0..20 {
            if let Some(words) = self.presses_once(person, control).await {
                assert!(
                    !words.contains("Something went wrong"),
                    "{control:?}: {words}"
                );
                return words;
            }
        }
        panic!("{control:?} is never answered in time");
    }

    async fn presses_once(&self, person: &Vouched<'_>, control: &Control) -> Option<String> {
        match &self.door {
            Through::Http(key, card) => self.signed(person, control, key, card).await,
            Through::Gateway(channel) => Some(self.told(person, control, channel).await),
        }
    }

    /// The role that they choose: their own, or that of staff.
    fn role(&self, person: &Vouched<'_>) -> String {
        let staff = || self.world.discord.settings().staff_role_id.to_string();
        person.roles.first().cloned().unwrap_or_else(staff)
    }

    async fn told(&self, person: &Vouched<'_>, control: &Control, channel: &Value) -> String {
        let who = named(self.world, person.name);
        let (kind, data) = told(control, channel, &self.role(person));
        let on = whisper(self.world, &who);
        let body = json!({"type": kind, "guild_id": person.guild, "message_id": on["id"],
            "data": data});
        match interact(self.world, &who, channel, body).await {
            Answered::Words(words) => words,
            Answered::Form(form) => form["title"].as_str().unwrap().to_owned(),
            other => panic!("{control:?}: {other:?}"),
        }
    }

    async fn signed(
        &self,
        person: &Vouched<'_>,
        control: &Control,
        key: &Key,
        card: &Value,
    ) -> Option<String> {
        let channel = &card["channel_id"];
        let (kind, data) = told(control, channel, &self.role(person));
        let place = json!({"id": channel, "type": 12, "name": "thread"});
        let mut what = json!({"type": kind, "data": data, "channel": place});
        if kind == 3 {
            what["message"] = card.clone();
        }
        said(&person.does(self.world, key, what).await)
    }
}

/// How Discord tells of it: its kind and its data.
fn told(control: &Control, channel: &Value, role: &str) -> (u8, Value) {
    let button = |id: &str| (3, json!({"component_type": 2, "custom_id": id}));
    let menu = |kind: u8, id: &str, value: Value| {
        let data = json!({"component_type": kind, "custom_id": id, "values": [value]});
        (3, data)
    };
    let form = |id: &str, name: &str, text: &str| {
        let field = json!({"type": 4, "custom_id": name, "value": text});
        let rows = json!([{"type": 1, "components": [field]}]);
        (5, json!({"custom_id": id, "components": rows}))
    };
    match control {
        Control::AskNew => button("v1:new"),
        Control::PickCategory => menu(3, "v1:category", json!("billing")),
        Control::File(_) => form("v1:file:billing", "text", "I was charged thrice."),
        Control::Mine => button("v1:mine"),
        Control::AskClose(_) => button("v1:close:1"),
        Control::Close(_) => form("v1:closing:1", "reason", "Done."),
        Control::Reopen(_) => button("v1:reopen:1"),
        Control::Assign(_) => button("v1:assign:1"),
        Control::Release(_) => button("v1:release:1"),
        Control::AskPriority(_) => button("v1:priority:1"),
        Control::SetPriority(_) => menu(3, "v1:setpriority:1", json!("high")),
        Control::SetCategory(_) => menu(3, "v1:setcategory:1", json!("billing")),
        Control::SetUp(step) => {
            let id = format!("v1:setup:{}", step.key());
            match step {
                // What they choose holds already, so that the scene stays as it is.
                Step::Channel | Step::Log => menu(8, &id, channel.clone()),
                Step::Role => menu(6, &id, json!(role)),
                Step::Kind => menu(3, &id, json!("private")),
                Step::MakeChannel | Step::MakeRole | Step::Panel | Step::Check => button(&id),
            }
        }
    }
}

/// The card of the thread, as Discord's REST shows a message.
async fn card(world: &World, thread: &Value) -> Value {
    let posted = world.messages(thread);
    let with_buttons = |m: &&Value| !m["components"].as_array().unwrap().is_empty();
    let id = posted.iter().find(with_buttons).unwrap()["id"].clone();
    let path = format!(
        "/channels/{}/messages/{}",
        thread["id"].as_str().unwrap(),
        id.as_str().unwrap()
    );
    let jonas = named(world, "Jonas");
    let (status, card) = world.act(&jonas, Method::GET, &path, Value::Null).await;
    assert_eq!(status, 200, "{card}");
    card
}

/// The way to the program, where everybody stands. Through the gateway each has to have been shown
/// something of the bot's, alone.
async fn through(world: &World, door: Door, thread: &Value, people: &[&str]) -> Through {
    if door == Door::Http {
        return Through::Http(Box::new(Key::new()), card(world, thread).await);
    }
    let order = json!({"do": "switches", "set": {"trusts_controls": true}});
    world.discord.order(&order).unwrap();
    let general = channel(world, "general");
    for name in people {
        let shown = command(world, &named(world, name), &general, "help", &[]).await;
        assert!(matches!(shown, Answered::Words(_)), "{name}: {shown:?}");
    }
    Through::Gateway(general)
}

async fn each_control_is_for_whom_it_says_and_for_nobody_else(door: Door) {
    let public = Key::new().public();
    let settings = [("DISCORD_PUBLIC_KEY", &*public)];
    let world = World::start_set(Options::default(), &settings).await;
    let (thread, _) = filed(&world).await;
    let seeded = world.discord.settings();
    let staff = seeded.staff_role_id.to_string();
    let everybody = ["Sam", "Pat", "Jonas", "Mira"];
    let scene = Scene {
        world: &world,
        door: through(&world, door, &thread, &everybody).await,
    };
    let person = |name, roles: &[&String], permissions| Vouched {
        name,
        roles: roles.iter().map(|role| (*role).clone()).collect(),
        permissions,
        guild: usual(&world),
    };
    let cast: [(Vouched<'_>, &[Who]); 4] = [
        (person("Sam", &[], NONE), &[]),
        (person("Pat", &[], NONE), &[Who::Owner]),
        (person("Jonas", &[&staff], NONE), &[Who::Staff, Who::Owner]),
        (
            person("Mira", &[&staff], ADMINISTRATOR),
            &[Who::Admin, Who::Staff, Who::Owner],
        ),
    ];
    for (person, is) in &cast {
        for control in Control::examples() {
            let who = control.does().who();
            let words = scene.presses(person, &control).await;
            let refused = words.starts_with(who.refusal());
            let may = who == Who::Everyone || is.contains(&who);
            assert_eq!(refused, !may, "{} uses {control:?}: {words}", person.name);
        }
    }

    // Whoever lost the role a second ago is staff no more, whatever they see before them.
    let before = person("Jonas", &[&staff], NONE);
    let release = Control::Release(TicketId(1));
    let released = scene.presses(&before, &release).await;
    assert!(!released.starts_with(Who::Staff.refusal()), "{released}");
    let (mira, jonas) = (named(&world, "Mira"), named(&world, "Jonas"));
    let role = format!(
        "/guilds/{}/members/{}/roles/{staff}",
        usual(&world),
        jonas.id
    );
    let (status, why) = world.act(&mira, Method::DELETE, &role, Value::Null).await;
    assert_eq!(status, 204, "{why}");
    let after = person("Jonas", &[], NONE);
    for control in [
        Control::Assign(TicketId(1)),
        Control::Close(TicketId(1)),
        Control::SetPriority(TicketId(1)),
    ] {
        let words = scene.presses(&after, &control).await;
        assert!(words.starts_with(control.does().who().refusal()), "{words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_control_is_for_whom_it_says_through_the_gateway() {
    each_control_is_for_whom_it_says_and_for_nobody_else(Door::Gateway).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_control_is_for_whom_it_says_over_http() {
    each_control_is_for_whom_it_says_and_for_nobody_else(Door::Http).await;
}

async fn no_control_reaches_over(door: Door) {
    let two = Two::set_up_with(&[("DISCORD_PUBLIC_KEY", &Key::new().public())]).await;
    let world = &two.world;
    let (thread, link) = filed(world).await;
    let door = match through(world, door, &thread, &[]).await {
        Through::Gateway(_) => {
            two.send("help", json!([])).await;
            Through::Gateway(json!(two.pixel["support_channel_id"].to_string()))
        }
        signed => signed,
    };
    let scene = Scene { world, door };
    // Admin and staff there; nothing here.
    let sam = Vouched {
        name: "Sam",
        roles: vec![two.pixel["staff_role_id"].to_string()],
        permissions: ADMINISTRATOR,
        guild: two.pixel["guild_id"].to_string(),
    };
    world.settled().await;
    let before = here(world, &thread);
    let (_, token) = link.rsplit_once('/').unwrap();
    for control in Control::examples() {
        let words = scene.presses(&sam, &control).await;
        for secret in ["charged twice", token] {
            assert!(!words.contains(secret), "{control:?}: {words}");
        }
        if control.ticket().is_some() {
            assert!(words.contains("no such ticket"), "{control:?}: {words}");
        }
    }
    world.settled().await;
    assert_eq!(here(world, &thread), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_control_reaches_from_one_guild_into_another_through_the_gateway() {
    no_control_reaches_over(Door::Gateway).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_control_reaches_from_one_guild_into_another_over_http() {
    no_control_reaches_over(Door::Http).await;
}
