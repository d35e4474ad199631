//! Each of the admins' commands, told of somebody who may not use it.
//!
//! Discord's clients hide these, and the stand-in refuses them before anybody hears of it. Here the
//! program is told of them all the same, signed, and nothing but its own check stands in the way.

use super::rights::{Stage, value};
use super::vouched::{MANAGE_SERVER, NONE, Vouched, said};
use super::*;
use crate::rows::Rows;
use crate::signed::Key;
use discord_stand_in::Options;

/// What the admins decide, and what it could touch.
const DECIDED: &[&str] = &[
    "guild",
    "guild_option",
    "category",
    "question",
    "staff_grant",
    "quick_reply",
    "dashboard",
    "former_slug",
    "ticket",
    "message",
];

/// What only shows something: all others leave a trace.
const SHOWS: &[&str] = &[
    "stats",
    "doctor",
    "liststaff",
    "quickreply list",
    "form show",
];

struct House {
    world: World,
    key: Key,
    rows: Rows,
    stage: Stage,
    resolved: Value,
    /// Who was made staff already, and can be unmade.
    pat: String,
    /// A role that made its holders staff already, and one that may.
    friends: Value,
    helpers: Value,
}

impl House {
    /// Something is there for each command to show, change and remove.
    async fn furnished() -> Self {
        let key = Key::new();
        let settings = [("DISCORD_PUBLIC_KEY", &*key.public())];
        let world = World::start_set(Options::default(), &settings).await;
        filed(&world).await;
        let mira = named(&world, "Mira");
        let (general, guild) = (channel(&world, "general"), usual(&world));
        let rolls = format!("/guilds/{guild}/roles");
        let role = async |name: &str| {
            let body = json!({ "name": name });
            let (status, role) = world.act(&mira, Method::POST, &rolls, body).await;
            assert_eq!(status, 200, "{role}");
            role["id"].clone()
        };
        let (friends, helpers) = (role("Friends").await, role("Helpers").await);
        let pat = named(&world, "Pat").id.to_string();
        let text = |name: &'static str, value: &str| (3, name, json!(value));
        let refund = vec![text("name", "refund"), text("text", "We pay it back.")];
        let number = vec![
            text("category", "question"),
            text("question", "Order number"),
        ];
        for (path, given, done) in [
            ("addstaff", vec![(6, "user", json!(pat))], "is staff now"),
            (
                "addstaffrole",
                vec![(8, "role", friends.clone())],
                "is staff now",
            ),
            ("quickreply set", refund, "says it now"),
            ("form ask", number, "asks now"),
        ] {
            let said = command(&world, &mira, &general, path, &given).await.words();
            assert!(said.contains(done), "{said}");
        }
        let sam = named(&world, "Sam");
        let stage = Stage {
            guild,
            channel: general,
            about: sam.id.to_string(),
            said: Value::Null,
        };
        world.settled().await;
        let resolved = resolved(&world, &stage, &[&sam, &named(&world, "Pat")]).await;
        Self {
            rows: Rows::of(&world).await,
            friends,
            helpers,
            world,
            key,
            stage,
            resolved,
            pat,
        }
    }

    /// A value that changes something, where one of the usual ones would not.
    fn value(&self, path: &str, opt: &Opt) -> Option<(u64, &'static str, Value)> {
        let (kind, value) = match (path, opt.name) {
            ("setup" | "ticket setup", "channel") => (7, self.stage.channel.clone()),
            ("removestaff", "user") => (6, json!(self.pat)),
            ("addstaffrole", "role") => (8, self.helpers.clone()),
            ("removestaffrole", "role") => (8, self.friends.clone()),
            ("admin dashboard", "channel") => (7, channel(&self.world, "support-log")),
            ("config", "setting") => (3, json!("panel_title")),
            ("config", "value") => (3, json!("Ask us")),
            ("quickreply remove", "quick") => (3, json!("refund")),
            ("admin maintenance", "state") => (3, json!("on")),
            ("category rename", "name") => (3, json!("Enquiry")),
            ("category remove", "category") => (3, json!("billing")),
            ("form remove", "question") => (3, json!("Order number")),
            _ => return value(&self.stage, opt),
        };
        Some((kind, opt.name, value))
    }

    /// The answer to this command of this person's, as it came.
    async fn tells(&self, person: &Vouched<'_>, command: &Command, token: Value) -> Value {
        let path = command.path.join(" ");
        let given = command.options.iter();
        let given: Vec<_> = given.filter_map(|opt| self.value(&path, opt)).collect();
        let mut what = typed(&self.world, &self.stage.guild, 2, &path, &given);
        what["data"]["resolved"] = self.resolved.clone();
        what["channel"] = json!({"id": self.stage.channel, "type": 0, "name": "general"});
        what["token"] = token;
        person.does(&self.world, &self.key, what).await
    }

    /// What somebody who may not is told, at once or in the place of what was announced.
    async fn refuses(&self, person: &Vouched<'_>, command: &Command) {
        let name = command.name();
        for _ in 0..20 {
            let token = self.follows(command).await;
            let answer = self.tells(person, command, token.clone()).await;
            assert_eq!(answer["data"]["flags"], 64, "{name}: for them alone");
            let words = match (said(&answer), token.is_null()) {
                (Some(words), _) => words,
                (None, false) => {
                    let mira = named(&self.world, "Mira");
                    until("what was announced follows", async || {
                        let shown = whisper(&self.world, &mira);
                        let words = shown["content"].as_str()?;
                        (words == Who::Admin.refusal()).then(|| words.to_owned())
                    })
                    .await
                }
                // Too busy a machine for an answer at once. It can be asked again.
                (None, true) => continue,
            };
            assert_eq!(words, Who::Admin.refusal(), "{} uses {name}", person.name);
            return;
        }
        panic!("{name} is never answered in time");
    }

    /// What is announced first is told later, under the interaction's token: so that the test can
    /// read it, under one of which Discord knows.
    async fn follows(&self, command: &Command) -> Value {
        if !command.does.takes_long() {
            return Value::Null;
        }
        let (world, mira) = (&self.world, named(&self.world, "Mira"));
        let path = command.path.join(" ");
        self::command(world, &mira, &self.stage.channel, &path, &[])
            .await
            .words();
        let seen = world.discord.part("interactions");
        let all = seen.as_array().unwrap();
        let last = all.iter().max_by_key(|told| id(&told["id"])).unwrap();
        last["token"].clone()
    }

    /// All that an admin's command could change.
    async fn state(&self) -> (Vec<String>, usize) {
        let posted = self.world.messages(&json!({"id": self.stage.channel}));
        let with_buttons = |m: &&Value| !m["components"].as_array().unwrap().is_empty();
        let panels = posted.iter().filter(with_buttons).count();
        (self.rows.all(DECIDED).await, panels)
    }

    /// The same, without what is going on by itself once there is a dashboard.
    async fn trace_of(&self, path: &str) -> (Vec<String>, usize) {
        let (mut rows, panels) = self.state().await;
        let of_its_own =
            |row: &String| row.starts_with("dashboard ") && !path.contains("dashboard");
        rows.retain(|row| !of_its_own(row));
        (rows, panels)
    }
}

/// Whom and what the options name, as Discord sends it along.
async fn resolved(world: &World, stage: &Stage, people: &[&Person]) -> Value {
    let mira = named(world, "Mira");
    let read = async |path: String| {
        let (status, answer) = world.act(&mira, Method::GET, &path, Value::Null).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    };
    let mut all = json!({"users": {}, "members": {}, "roles": {}, "channels": {}});
    for person in people {
        let id = person.id.to_string();
        all["users"][&id] = json!({"id": id, "username": "someone", "discriminator": "0",
            "global_name": person.name, "avatar": null});
        all["members"][&id] = json!({"roles": [], "flags": 0, "permissions": NONE,
            "joined_at": "2024-01-01T00:00:00.000000+00:00"});
    }
    let roles = read(format!("/guilds/{}/roles", stage.guild)).await;
    for role in roles.as_array().unwrap() {
        all["roles"][role["id"].as_str().unwrap()] = role.clone();
    }
    let here = stage.channel.as_str().unwrap();
    let shown = read(format!("/channels/{here}")).await;
    all["channels"][here] = json!({"id": here, "name": shown["name"], "type": shown["type"],
        "permissions": NONE});
    all
}

fn for_admins() -> impl Iterator<Item = &'static Command> {
    let for_admins = |command: &&Command| command.does.who() == Who::Admin;
    COMMANDS.iter().filter(for_admins)
}

#[tokio::test(flavor = "multi_thread")]
async fn admin_commands_are_refused_by_the_program_itself_to_all_who_may_not() {
    let house = House::furnished().await;
    let staff = house.world.discord.settings().staff_role_id.to_string();
    let person = |name, roles: &[&String], permissions| Vouched {
        name,
        roles: roles.iter().map(|role| (*role).clone()).collect(),
        permissions,
        guild: house.stage.guild.clone(),
    };
    let before = house.state().await;
    for command in for_admins() {
        for refused in [person("Sam", &[], NONE), person("Jonas", &[&staff], NONE)] {
            house.refuses(&refused, command).await;
            let now = house.state().await;
            assert_eq!(now, before, "{} changed nothing", command.name());
        }
    }
    // The same commands, with the same values, by somebody who is no staff and may manage the
    // server: so they were refused for the right that was missing, and would have changed something.
    let manager = person("Sam", &[], MANAGE_SERVER);
    for command in for_admins() {
        let name = command.path.join(" ");
        let before = house.trace_of(&name).await;
        let answer = house.tells(&manager, command, Value::Null).await;
        let words = said(&answer).unwrap_or_default();
        assert!(!words.starts_with(Who::Admin.refusal()), "{name}: {words}");
        if !SHOWS.contains(&&*name) {
            until(&format!("{name} did something: {words}"), async || {
                (house.trace_of(&name).await != before).then_some(())
            })
            .await;
        }
    }
}
