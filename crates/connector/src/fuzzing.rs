//! The readers of what strangers send, and what is made of it for Discord, for the fuzzer and for
//! nobody else.

use crate::{custom_id, interactions, write};
use desk::bridge::{Nonce, Post, TicketCard};
use domain::{Priority, Status, TicketId};
use serde_json::Value;

#[cfg(feature = "fuzzing")]
pub use desk::bridge::posts_of;

/// The card of a ticket of whose words the customer chose these, as Discord is given it.
pub fn card(subject: &str, customer: &str) -> Value {
    let card = TicketCard {
        ticket: TicketId(41),
        number: 12,
        subject: subject.to_owned(),
        customer: customer.to_owned(),
        category: "Account".to_owned(),
        priority: Priority::Medium,
        status: Status::Open,
        assignee: None,
        link: "https://help.example.com/staff/tickets/12".to_owned(),
        shared: false,
        ping: None,
    };
    let sent = write::post(&Nonce("n".to_owned()), &Post::Card(Box::new(card)));
    serde_json::to_value(sent).expect("a message has only strings, numbers and lists")
}

/// Reads the body of an interaction; `false` when it is none that this version understands.
pub fn interaction(body: &[u8]) -> bool {
    interactions::reads(body)
}

/// Reads the name of a button, and names what was read again: the outer is none where nothing was
/// read, the inner where a control has no name.
pub fn custom_id(name: &str) -> Option<Option<String>> {
    custom_id::read(name).map(|control| Some(custom_id::name(&control)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// `/help`, as Discord tells of it.
    fn asked() -> Value {
        let user = json!({"id": "4", "username": "pat", "discriminator": "0", "avatar": null,
            "global_name": "Pat"});
        json!({
            "id": "1", "application_id": "2", "type": 2, "token": "t", "version": 1,
            "data": {"id": "1", "name": "help", "type": 1},
            "guild_id": "5", "channel_id": "6",
            "channel": {"id": "6", "type": 0, "name": "general"},
            "member": {"user": user, "roles": ["3"], "deaf": false, "mute": false, "flags": 0,
                "joined_at": "2024-01-01T00:00:00.000000+00:00", "permissions": "8"},
            "locale": "en-US", "entitlements": [], "authorizing_integration_owners": {},
            "attachment_size_limit": 10_485_760
        })
    }

    /// Everything that lies somewhere in a value, replaced once by each of these.
    fn mutants(of: &Value) -> Vec<Value> {
        fn paths(value: &Value, at: &str, all: &mut Vec<String>) {
            all.push(at.to_owned());
            match value {
                Value::Object(map) => {
                    for (key, inner) in map {
                        paths(inner, &format!("{at}/{key}"), all);
                    }
                }
                Value::Array(list) => {
                    for (place, inner) in list.iter().enumerate() {
                        paths(inner, &format!("{at}/{place}"), all);
                    }
                }
                _ => {}
            }
        }
        let mut all = Vec::new();
        paths(of, "", &mut all);
        let odd = [
            Value::Null,
            json!(true),
            json!(-1),
            json!(u64::MAX),
            json!(""),
            json!("99999999999999999999"),
            json!([]),
            json!({}),
            json!([[]]),
        ];
        let mutant = |path: &String, odd: &Value| {
            let mut value = of.clone();
            if let Some(place) = value.pointer_mut(path) {
                *place = odd.clone();
            }
            value
        };
        all.iter()
            .flat_map(|path| odd.iter().map(move |odd| mutant(path, odd)))
            .collect()
    }

    #[test]
    fn no_interaction_however_odd_makes_the_reader_panic() {
        let whole = asked();
        assert!(interaction(whole.to_string().as_bytes()));
        let mutants = mutants(&whole);
        assert!(mutants.len() > 200);
        let read = mutants
            .iter()
            .filter(|mutant| interaction(mutant.to_string().as_bytes()));
        // Some of it does not matter, and some does.
        let read = read.count();
        assert!(read > 0 && read < mutants.len(), "{read}");
        let text = whole.to_string();
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            assert!(!interaction(&text.as_bytes()[..end]));
        }
    }
}
