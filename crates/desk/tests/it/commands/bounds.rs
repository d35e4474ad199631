//! What options take, tried at their edges and just beyond: every option of every command.

use super::*;
use desk::commands::Takes;

/// A value that fits, for the options beside the one that is tried.
fn fitting(takes: Takes) -> Value {
    match takes {
        Takes::Text { min, .. } => Value::Text("x".repeat(usize::from(min))),
        Takes::Suggested { .. } => Value::Text("x".into()),
        Takes::Ticket => Value::Integer(1),
        Takes::Number { min, .. } => Value::Integer(i64::from(min)),
        Takes::Flag => Value::Flag(true),
        Takes::User => Value::User(Box::new(member(Role::Owner))),
        Takes::Role => Value::Role(RoleId(9)),
        Takes::Channel => Value::Channel(ChannelId(77)),
        Takes::Choice(choices) => Value::Text(choices[0].1.into()),
    }
}

/// Values at, and just beyond, what an option takes.
fn edges(takes: Takes) -> (Vec<Value>, Vec<Value>) {
    let long = |length: u16| Value::Text("ä".repeat(usize::from(length)));
    match takes {
        Takes::Text { min, max } => (
            vec![long(min), long(max)],
            vec![long(min - 1), long(max + 1)],
        ),
        Takes::Suggested { max } => (
            vec![long(max)],
            vec![long(0), long(max + 1), Value::Integer(1)],
        ),
        Takes::Number { min, max } => {
            let number = |n: u16| Value::Integer(i64::from(n));
            let out = vec![Value::Integer(i64::from(min) - 1), number(max + 1)];
            (vec![number(min), number(max)], out)
        }
        Takes::Choice(choices) => {
            let all = choices
                .iter()
                .map(|(_, value)| Value::Text((*value).into()));
            (all.collect(), vec![Value::Text("none of them".into())])
        }
        other => (vec![fitting(other)], vec![Value::Text("x".into())]),
    }
}

#[tokio::test]
async fn every_option_of_every_command_is_held_to_its_bounds() {
    let world = with_panel().await;
    world.filed_in_discord().await;
    let mut tried = 0;
    for command in COMMANDS {
        for option in command.options {
            let others = command.options.iter().filter(|o| o.name != option.name);
            let others: Vec<_> = others
                .filter(|other| other.required)
                .map(|other| (other.name.to_owned(), fitting(other.takes)))
                .collect();
            let is_refused = async |value: Option<Value>| {
                let given = value.map(|value| (option.name.to_owned(), value));
                let values = others.iter().cloned().chain(given).collect();
                let mut asked = asked(Role::Admin, command.does, None, values);
                asked.act.takes = command.options;
                let refusal = format!("`{}` takes ", option.name);
                match world.desk.interact(&asked).await {
                    Err(DeskError::Conflict { why }) => why.starts_with(&refusal),
                    _ => false,
                }
            };
            let at = format!("{} {}", command.name(), option.name);
            let (within, beyond) = edges(option.takes);
            for value in within {
                assert!(!is_refused(Some(value)).await, "{at}: within its bounds");
            }
            for value in beyond {
                assert!(is_refused(Some(value)).await, "{at}: beyond its bounds");
                tried += 1;
            }
            assert_eq!(is_refused(None).await, option.required, "{at}: left out");
        }
    }
    assert!(tried > 60, "{tried}");
}
