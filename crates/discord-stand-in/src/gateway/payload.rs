//! Events on their way out: which intent lets them through, what a session gets to see of them.
//! Every one is read back with `twilight-model` here, so that a second, independent opinion guards the shapes.

use std::sync::Arc;

use serde::de::DeserializeSeed;
use serde_json::{Value, json};
use twilight_model::gateway::Intents;
use twilight_model::gateway::event::DispatchEventWithTypeDeserializer;

use crate::world::Event;
use crate::world::messages::hide_content;

/// Complains if `twilight-model` cannot read the event.
pub(crate) fn check(name: &str, data: &Value) -> Result<(), String> {
    DispatchEventWithTypeDeserializer::new(name)
        .deserialize(data)
        .map(drop)
        .map_err(|why| why.to_string())
}

/// The event as a session with these intents gets it, if it does.
pub(crate) fn tailor(event: &Event, user: u64, intents: Intents) -> Option<Arc<Value>> {
    let own = || json!(user.to_string());
    let wanted = match event.name {
        "INTERACTION_CREATE" => true,
        "GUILD_MEMBER_UPDATE" => {
            event.data["user"]["id"] == own() || intents.contains(Intents::GUILD_MEMBERS)
        }
        "GUILD_MEMBER_ADD" | "GUILD_MEMBER_REMOVE" => intents.contains(Intents::GUILD_MEMBERS),
        "WEBHOOKS_UPDATE" => intents.contains(Intents::GUILD_WEBHOOKS),
        "TYPING_START" => intents.contains(Intents::GUILD_MESSAGE_TYPING),
        "THREAD_MEMBERS_UPDATE" => {
            let affected = affects(&event.data, &own());
            intents.contains(Intents::GUILDS)
                && (affected || intents.contains(Intents::GUILD_MEMBERS))
        }
        name if name.starts_with("MESSAGE_REACTION") => {
            intents.contains(Intents::GUILD_MESSAGE_REACTIONS)
        }
        name if name.starts_with("MESSAGE_") => intents.contains(Intents::GUILD_MESSAGES),
        _ => intents.contains(Intents::GUILDS),
    };
    if !wanted {
        return None;
    }
    let tells_message = matches!(event.name, "MESSAGE_CREATE" | "MESSAGE_UPDATE");
    if tells_message && !intents.contains(Intents::MESSAGE_CONTENT) {
        let mut data = Value::clone(&event.data);
        hide_content(&mut data, user);
        return Some(Arc::new(data));
    }
    Some(event.data.clone())
}

fn affects(data: &Value, user: &Value) -> bool {
    let added = data["added_members"].as_array().into_iter().flatten();
    let removed = data["removed_member_ids"].as_array().into_iter().flatten();
    added
        .map(|member| &member["user_id"])
        .chain(removed)
        .any(|id| id == user)
}
