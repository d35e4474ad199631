//! Interactions made here and signed with a key of the test's own: who somebody is, what they hold
//! and what they may is whatever the test vouches for, as Discord would.
//!
//! It knows no command and no button, and judges no answer.

use super::named;
use crate::signed::Key;
use crate::world::World;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};

/// No permission at all.
pub const NONE: &str = "0";
/// Discord's *Administrator*.
pub const ADMINISTRATOR: &str = "8";
/// Discord's *Manage Server*, and nothing beside.
pub const MANAGE_SERVER: &str = "32";

/// Whom Discord vouches for.
pub struct Vouched<'a> {
    pub name: &'a str,
    pub roles: Vec<String>,
    pub permissions: &'static str,
    pub guild: String,
}

impl Vouched<'_> {
    /// Tells the program that they did this: `what` has its type, its data, and where it happened.
    /// What is answered comes back as it is.
    pub async fn does(&self, world: &World, key: &Key, mut what: Value) -> Value {
        static NEXT: AtomicU64 = AtomicU64::new(5_000);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let who = named(world, self.name);
        let user = json!({"id": who.id.to_string(), "username": "someone", "discriminator": "0",
            "global_name": who.name, "avatar": null});
        what["id"] = json!(id.to_string());
        what["application_id"] = json!(world.discord.settings().client_id);
        what["guild_id"] = json!(self.guild);
        what["channel_id"] = what["channel"]["id"].clone();
        what["member"] = json!({"user": user, "roles": self.roles, "deaf": false, "mute": false,
            "flags": 0, "joined_at": "2024-01-01T00:00:00.000000+00:00",
            "permissions": self.permissions});
        if what["token"].is_null() {
            what["token"] = json!(format!("token-{id}"));
        }
        what["version"] = json!(1);
        what["locale"] = json!("en-US");
        what["entitlements"] = json!([]);
        what["authorizing_integration_owners"] = json!({});
        what["attachment_size_limit"] = json!(10_485_760);
        let (status, answer) = key.sends(world, what.to_string().as_bytes()).await;
        assert_eq!(status, 200, "{what}: {answer}");
        answer
    }
}

/// What an answer says, with a form's heading for a form; nothing where it only announces one.
pub fn said(answer: &Value) -> Option<String> {
    if [json!(5), json!(6)].contains(&answer["type"]) {
        return None;
    }
    let data = &answer["data"];
    let words = data["content"].as_str().or(data["title"].as_str());
    Some(words.unwrap_or_default().to_owned())
}
