//! Commands: what may be registered, what may be sent with one, what may be suggested and asked.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{World, id};

fn path(world: &World) -> String {
    let bot = world.bot().id;
    format!("/applications/{bot}/guilds/{}/commands", world.guild())
}

async fn refused(world: &World, list: Value) -> (u16, u32) {
    let (status, code) = world.bot().refused(Method::PUT, &path(world), list).await;
    (status, u32::try_from(code).unwrap())
}

fn command(options: Value) -> Value {
    json!({"name": "ticket", "description": "Tickets", "options": options})
}

fn text(name: &str, more: Value) -> Value {
    let mut option = json!({"type": 3, "name": name, "description": "Some text"});
    for (key, value) in more.as_object().unwrap() {
        option[key] = value.clone();
    }
    option
}

#[tokio::test]
async fn a_definition_beyond_the_limits_is_refused_and_changes_nothing() {
    let world = World::start().await;
    let fine = json!([command(json!([text("why", json!({}))]))]);
    world.bot().done(Method::PUT, &path(&world), fine).await;
    let choice = |n: usize| json!({"name": format!("c{n}"), "value": format!("v{n}")});
    let many: Vec<Value> = (0..26).map(choice).collect();
    let sub = json!({"type": 1, "name": "close", "description": "Close"});
    let long = "x".repeat(101);
    for wrong in [
        json!([{"name": "Ticket", "description": "Upper case"}]),
        json!([{"name": "ticket", "description": long}]),
        json!([{"name": "ticket", "description": ""}]),
        json!([{"name": "a menu", "type": 3, "description": "Menus have none"}]),
        json!([command(json!([])), command(json!([]))]),
        json!([command(json!([text("Why", json!({}))]))]),
        json!([command(json!([
            text("why", json!({})),
            text("why", json!({}))
        ]))]),
        json!([command(json!([
            text("a", json!({})),
            text("b", json!({"required": true}))
        ]))]),
        json!([command(json!([text("a", json!({"choices": many}))]))]),
        json!([command(json!([text(
            "a",
            json!({"autocomplete": true, "choices": [choice(1)]})
        )]))]),
        json!([command(json!([sub, text("a", json!({}))]))]),
        json!([command(
            json!([{"type": 12, "name": "x", "description": "No such type"}])
        )]),
        json!([command(
            json!([{"type": 5, "name": "x", "description": "No", "autocomplete": true}])
        )]),
    ] {
        assert_eq!(
            refused(&world, wrong.clone()).await,
            (400, 50035),
            "{wrong}"
        );
    }
    let heavy: Vec<Value> = (0..25)
        .map(|n| {
            let choices: Vec<Value> = (0..25)
                .map(|c| json!({"name": format!("{c:0>20}"), "value": "x"}))
                .collect();
            text(&format!("o{n}"), json!({"choices": choices}))
        })
        .collect();
    assert_eq!(
        refused(&world, json!([command(json!(heavy))])).await,
        (400, 50035)
    );
    let menus: Vec<Value> = (0..16)
        .map(|n| json!({"name": format!("Menu {n}"), "type": 2}))
        .collect();
    assert_eq!(refused(&world, json!(menus)).await, (400, 30032));
    let (_, left) = world.bot().get(&path(&world)).await;
    assert_eq!(left[0]["name"], "ticket");
    assert_eq!(left.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn two_hundred_new_names_are_a_days_worth() {
    let world = World::start().await;
    let named = |from: usize| -> Value {
        (from..from + 100)
            .map(|n| json!({"name": format!("c{n}"), "description": "One of many"}))
            .collect()
    };
    for from in [0, 100] {
        world
            .bot()
            .done(Method::PUT, &path(&world), named(from))
            .await;
    }
    // The same names again are no new ones.
    world
        .bot()
        .done(Method::PUT, &path(&world), named(100))
        .await;
    assert_eq!(refused(&world, named(200)).await, (400, 30034));
    let day = std::time::Duration::from_secs(24 * 60 * 60);
    world.stand_in.clock().advance(day);
    world
        .bot()
        .done(Method::PUT, &path(&world), named(200))
        .await;
}

#[tokio::test]
async fn what_is_sent_with_a_command_fits_its_definition() {
    let world = World::start().await;
    let options = json!([
        {"type": 1, "name": "close", "description": "Close", "options": [
            {"type": 3, "name": "why", "description": "Why", "required": true, "max_length": 5},
            {"type": 4, "name": "ticket", "description": "Which", "min_value": 1, "autocomplete": true},
            text("how", json!({"choices": [{"name": "Fast", "value": "fast"}]})),
        ]},
    ]);
    let list = json!([command(options)]);
    let made = world.bot().done(Method::PUT, &path(&world), list).await;
    let thread = world.bot().thread("#1").await;
    let jonas = world.person("Jonas");
    let run = |kind: u64, given: Value| {
        json!({
            "type": kind, "application_id": world.bot().id.to_string(),
            "guild_id": world.guild().to_string(), "channel_id": thread.to_string(),
            "session_id": "test",
            "data": {"id": made[0]["id"], "name": "ticket", "type": 1, "options": given},
        })
    };
    let close = |given: Value| json!([{"type": 1, "name": "close", "options": given}]);
    let why = |value: &str| json!({"type": 3, "name": "why", "value": value});
    for wrong in [
        json!([]),
        json!([{"type": 1, "name": "open", "options": []}]),
        close(json!([])),
        close(json!([why("too long")])),
        close(json!([why("fine"), {"type": 4, "name": "ticket", "value": 0}])),
        close(json!([why("fine"), {"type": 4, "name": "ticket", "value": "1"}])),
        close(json!([why("fine"), {"type": 3, "name": "how", "value": "slow"}])),
        close(json!([why("fine"), {"type": 3, "name": "else", "value": "x"}])),
    ] {
        let answer = jonas
            .refused(Method::POST, "/interactions", run(2, wrong.clone()))
            .await;
        assert_eq!(answer, (400, 50035), "{wrong}");
    }
    let fine = close(json!([why("fine"), {"type": 4, "name": "ticket", "value": 1}]));
    jonas
        .done(Method::POST, "/interactions", run(2, fine))
        .await;

    // While one types, what is missing is not asked for; what is suggested has to fit.
    let typing = close(json!([{"type": 4, "name": "ticket", "value": "1", "focused": true}]));
    jonas
        .done(Method::POST, "/interactions", run(4, typing))
        .await;
    let record = world.stand_in.world()["interactions"].clone();
    let last = record.as_array().unwrap().last().unwrap().clone();
    let callback = format!(
        "/interactions/{}/{}/callback",
        id(&last),
        last["token"].as_str().unwrap()
    );
    let suggest = |values: Vec<Value>| {
        let choice = |value: Value| json!({"name": format!("#{value}"), "value": value});
        let choices: Vec<Value> = values.into_iter().map(choice).collect();
        json!({"type": 8, "data": {"choices": choices}})
    };
    let numbers = |most: u64| suggest((1..=most).map(Value::from).collect());
    for wrong in [suggest(vec![json!("1")]), numbers(26)] {
        let answer = world
            .bot()
            .refused(Method::POST, &callback, wrong.clone())
            .await;
        assert_eq!(answer, (400, 50035), "{wrong}");
    }
    world.bot().done(Method::POST, &callback, numbers(25)).await;
}

#[tokio::test]
async fn a_form_has_rows_of_one_text_each() {
    let world = World::start().await;
    let list = json!([command(json!([]))]);
    let made = world.bot().done(Method::PUT, &path(&world), list).await;
    let thread = world.bot().thread("#1").await;
    let run = json!({
        "type": 2, "application_id": world.bot().id.to_string(),
        "guild_id": world.guild().to_string(), "channel_id": thread.to_string(),
        "session_id": "test",
        "data": {"id": made[0]["id"], "name": "ticket", "type": 1, "options": []},
    });
    world
        .person("Jonas")
        .done(Method::POST, "/interactions", run)
        .await;
    let last = world.stand_in.world()["interactions"][0].clone();
    let callback = format!(
        "/interactions/{}/{}/callback",
        id(&last),
        last["token"].as_str().unwrap()
    );
    let input =
        |id: &str, style: u64| json!({"type": 4, "custom_id": id, "label": "Why", "style": style});
    let row = |inputs: Value| json!({"type": 1, "components": inputs});
    let modal = |rows: Value| json!({"type": 9, "data": {"custom_id": "m", "title": "Close", "components": rows}});
    for wrong in [
        json!([]),
        json!([row(json!([]))]),
        json!([row(json!([input("a", 2), input("b", 2)]))]),
        json!([row(json!([input("a", 3)]))]),
        json!([row(json!([input("a", 2)])), row(json!([input("a", 2)]))]),
        json!([row(
            json!([{"type": 2, "style": 1, "label": "No", "custom_id": "x"}])
        )]),
        json!([input("a", 2)]),
    ] {
        let answer = world
            .bot()
            .refused(Method::POST, &callback, modal(wrong.clone()))
            .await;
        assert_eq!(answer, (400, 50035), "{wrong}");
    }
    let fine = modal(json!([row(json!([input("a", 2)]))]));
    world.bot().done(Method::POST, &callback, fine).await;
}
