//! Somebody of another guild, who is admin and staff there and uses everything there is: nothing of
//! this guild is shown to them, and nothing in it changes.

use super::rights::{Stage, use_any, value};
use super::*;
use crate::guilds::Two;

/// What is in this guild, as far as a ticket of it can show.
pub fn here(world: &World, thread: &Value) -> Value {
    let now = world.threads();
    let thread = now.iter().find(|now| now["id"] == thread["id"]);
    json!([thread, now.len(), world.messages(thread.unwrap())])
}

/// Types this command until one of its options is suggested something.
async fn suggested(
    world: &World,
    person: &Person,
    command: &Command,
    option: &Opt,
    stage: &Stage,
) -> Answered {
    let given: Vec<_> = command
        .options
        .iter()
        .filter_map(|opt| value(stage, opt))
        .collect();
    let mut body = typed(world, &stage.guild, 4, &command.path.join(" "), &given);
    let mut options = &mut body["data"]["options"];
    if options[0]["type"] == json!(1) {
        options = &mut options[0]["options"];
    }
    let typing = json!({"type": 3, "name": option.name, "value": "", "focused": true});
    let options = options.as_array_mut().unwrap();
    options.retain(|given| given["name"] != json!(option.name));
    options.push(typing);
    if matches!(option.takes, Takes::Ticket) {
        options.last_mut().unwrap()["type"] = json!(4);
    }
    interact(world, person, &stage.channel, body).await
}

async fn nothing_reaches_over(door: Door) {
    let two = Two::set_up().await;
    let world = &two.world;
    open(world, door).await;
    let (thread, link) = filed(world).await;
    let (sam, pat) = (two.person("Sam"), two.person("Pat"));
    let channel = json!(two.pixel["support_channel_id"].to_string());
    let said = world
        .write(&sam, &json!({"id": channel}), "Where is my parcel?")
        .await;
    let stage = Stage {
        guild: two.pixel["guild_id"].to_string(),
        channel,
        about: pat.id.to_string(),
        said: said["id"].clone(),
    };
    let (_, token) = link.rsplit_once('/').unwrap();
    let secrets = ["charged twice", "#1 ", token];
    // To its own staff it is suggested.
    let view = COMMANDS
        .iter()
        .find(|command| command.path == ["ticket", "view"]);
    let view = view.unwrap();
    let own = Stage {
        guild: usual(world),
        channel: self::channel(world, "general"),
        about: pat.id.to_string(),
        said: Value::Null,
    };
    let jonas = two.person("Jonas");
    let offered = suggested(world, &jonas, view, &view.options[0], &own).await;
    let offered = format!("{offered:?}");
    assert!(
        secrets[..2].iter().all(|secret| offered.contains(secret)),
        "{offered}"
    );
    let before = here(world, &thread);
    for command in COMMANDS {
        let name = command.name();
        let mut shown = vec![match use_any(world, &sam, command, &stage).await {
            Answered::Words(words) => words,
            Answered::Form(form) => form.to_string(),
            other => panic!("{name}: {other:?}"),
        }];
        let suggests = |opt: &&Opt| matches!(opt.takes, Takes::Ticket | Takes::Suggested { .. });
        for option in command.options.iter().filter(suggests) {
            let answered = suggested(world, &sam, command, option, &stage).await;
            shown.push(format!("{answered:?}"));
        }
        for secret in secrets {
            let shows = shown.iter().any(|shown| shown.contains(secret));
            assert!(!shows, "{name} shows {secret}: {shown:?}");
        }
    }
    world.settled().await;
    assert_eq!(here(world, &thread), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_reaches_over_from_another_guild_through_the_gateway() {
    nothing_reaches_over(Door::Gateway).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_reaches_over_from_another_guild_over_http() {
    nothing_reaches_over(Door::Http).await;
}
