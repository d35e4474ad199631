//! Every command and button as everybody, through both doors, held against the table.

use super::*;

/// Where commands are used, and whom and what they are about.
pub struct Stage {
    pub guild: String,
    /// Where it is typed, and the channel for options that take one.
    pub channel: Value,
    /// Of whom commands for a member are.
    pub about: String,
    /// Of which those for a message are.
    pub said: Value,
}

/// A value for an option, as Discord's client would send it.
pub fn value(stage: &Stage, opt: &Opt) -> Option<(u64, &'static str, Value)> {
    let (kind, value) = match opt.takes {
        Takes::Ticket | Takes::Number { .. } => (4, json!(1)),
        _ if !opt.required => return None,
        Takes::Text { .. } => (3, json!("AAAA-AAAA")),
        Takes::Suggested { .. } => (3, json!("question")),
        Takes::Choice(choices) => (3, json!(choices.last().unwrap().1)),
        Takes::Flag => (5, json!(true)),
        Takes::User => (6, json!(stage.about)),
        // Everybody's.
        Takes::Role => (8, json!(stage.guild)),
        Takes::Channel => (7, stage.channel.clone()),
    };
    Some((kind, opt.name, value))
}

pub async fn use_any(world: &World, person: &Person, command: &Command, stage: &Stage) -> Answered {
    let body = match command.kind {
        Kind::Slash => {
            let given = command.options.iter().filter_map(|opt| value(stage, opt));
            let given: Vec<_> = given.collect();
            typed(world, &stage.guild, 2, &command.path.join(" "), &given)
        }
        Kind::OnUser | Kind::OnMessage => {
            let (kind, target) = match command.kind {
                Kind::OnUser => (2, json!(stage.about)),
                _ => (3, stage.said.clone()),
            };
            let known = registered(world, &stage.guild, kind, command.path[0]);
            let data = json!({"id": known["id"], "type": kind, "target_id": target});
            json!({"type": 2, "guild_id": stage.guild, "data": data})
        }
    };
    interact(world, person, &stage.channel, body).await
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
    let stage = Stage {
        guild: usual(&world),
        channel: general,
        about: named(&world, "Sam").id.to_string(),
        said: said["id"].clone(),
    };
    for command in COMMANDS {
        for (name, is) in CAST {
            let who = command.does.who();
            let may = who == Who::Everyone || is.contains(&who);
            let person = named(&world, name);
            let refused = match use_any(&world, &person, command, &stage).await {
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
            Control::AskPriority(_) => "v1:priority:1",
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
