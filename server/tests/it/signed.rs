//! The HTTP door for interactions, knocked at with a key of the test's own: what is signed, what is
//! replayed, what cannot be read.

use crate::world::{World, client};
use discord_stand_in::Options;
use ed25519_dalek::{Signer, SigningKey};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The key with which interactions are signed, where a test signs them itself.
pub struct Key(SigningKey);

impl Key {
    pub fn new() -> Self {
        Self(SigningKey::from_bytes(&[7; 32]))
    }

    /// As a configuration names its other half.
    pub fn public(&self) -> String {
        hex(self.0.verifying_key().as_bytes())
    }

    pub async fn sends(&self, world: &World, body: &[u8]) -> (StatusCode, Value) {
        #[expect(
            clippy::disallowed_methods,
            reason = "Discord's clock, which is nobody's here"
        )]
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        self.sends_at(world, now.as_secs(), body).await
    }

    async fn sends_at(&self, world: &World, moment: u64, body: &[u8]) -> (StatusCode, Value) {
        let moment = moment.to_string();
        let signature = self.0.sign(&[moment.as_bytes(), body].concat());
        let answer = client()
            .post(format!("{}/api/interactions", world.base))
            .header("x-signature-ed25519", hex(&signature.to_bytes()))
            .header("x-signature-timestamp", moment)
            .body(body.to_vec())
            .send()
            .await
            .unwrap();
        let status = answer.status();
        (status, answer.json().await.unwrap_or_default())
    }
}

struct Discord {
    world: World,
    key: Key,
}

impl Discord {
    async fn start() -> Self {
        let key = Key::new();
        let settings = [("DISCORD_PUBLIC_KEY", &*key.public())];
        let world = World::start_set(Options::default(), &settings).await;
        Self { world, key }
    }

    async fn sends(&self, body: &[u8]) -> (StatusCode, Value) {
        self.key.sends(&self.world, body).await
    }

    async fn sends_at(&self, moment: u64, body: &[u8]) -> (StatusCode, Value) {
        self.key.sends_at(&self.world, moment, body).await
    }

    /// `/help`, as Discord tells of it.
    fn help(&self, id: u64) -> Value {
        let settings = self.world.discord.settings();
        let sam = settings.people.iter().find(|p| p.name.starts_with("Sam"));
        let user = json!({
            "id": sam.unwrap().id.to_string(), "username": "sam.weber", "discriminator": "0",
            "global_name": "Sam Weber", "avatar": null,
        });
        json!({
            "id": id.to_string(), "application_id": settings.client_id, "type": 2,
            "data": {"id": "1", "name": "help", "type": 1},
            "guild_id": settings.guild_id.to_string(), "channel_id": "5",
            "channel": {"id": "5", "type": 0, "name": "general"},
            "member": {
                "user": user, "roles": [], "deaf": false, "mute": false, "flags": 0,
                "joined_at": "2024-01-01T00:00:00.000000+00:00", "permissions": "0",
            },
            "token": format!("token-{id}"), "version": 1, "locale": "en-US",
            "entitlements": [], "authorizing_integration_owners": {},
            "attachment_size_limit": 10_485_760,
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ping_is_answered_and_nothing_is_told_twice() {
    let discord = Discord::start().await;
    let ping = json!({"id": "1", "application_id": "1", "type": 1, "token": "x", "version": 1});
    let (status, pong) = discord.sends(ping.to_string().as_bytes()).await;
    assert_eq!((status, pong), (StatusCode::OK, json!({"type": 1})));

    let help = discord.help(77).to_string();
    let (status, answer) = discord.sends(help.as_bytes()).await;
    assert_eq!(
        (status, &answer["type"]),
        (StatusCode::OK, &json!(4)),
        "{answer}"
    );
    assert_eq!(answer["data"]["flags"], 64);
    let shown = answer["data"]["embeds"][0]["description"].as_str().unwrap();
    assert!(
        shown.contains("/new") && !shown.contains("/adduser"),
        "{shown}"
    );
    // A new signature makes an old interaction no newer.
    let (status, _) = discord.sends(help.as_bytes()).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let other = discord.help(78).to_string();
    assert_eq!(discord.sends(other.as_bytes()).await.0, StatusCode::OK);
    let old = discord.help(79).to_string();
    let (status, _) = discord.sends_at(1_600_000_000, old.as_bytes()).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_nobody_signed_is_not_even_read() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let discord = Discord::start().await;
    let address = discord.world.base.trim_start_matches("http://").to_owned();
    let zeros = "0".repeat(128);
    for headers in [
        String::new(),
        format!("x-signature-ed25519: {zeros}\r\n"),
        "x-signature-ed25519: 00\r\nx-signature-timestamp: 1\r\n".to_owned(),
        format!("x-signature-ed25519: {zeros}\r\nx-signature-timestamp: 1600000000\r\n"),
    ] {
        let mut wire = tokio::net::TcpStream::connect(&address).await.unwrap();
        // Announced, and never sent.
        let head = format!(
            "POST /api/interactions HTTP/1.1\r\nhost: {address}\r\n\
             content-length: 900000\r\n{headers}\r\n"
        );
        wire.write_all(head.as_bytes()).await.unwrap();
        let mut start = [0; 12];
        wire.read_exact(&mut start).await.unwrap();
        assert_eq!(&start, b"HTTP/1.1 401", "{headers}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_does_no_harm() {
    let discord = Discord::start().await;
    let nested = "[".repeat(100_000);
    let mut strange = discord.help(80);
    strange["type"] = json!(99);
    let mut elsewhere = discord.help(81);
    elsewhere["guild_id"] = json!("77");
    let mut alone = discord.help(82);
    alone["guild_id"] = Value::Null;
    alone["member"] = Value::Null;
    alone["user"] = discord.help(82)["member"]["user"].clone();
    let mut another = discord.help(83);
    another["application_id"] = json!("99");
    let mut unknown = discord.help(84);
    unknown["data"]["name"] = json!("gone");
    for (body, expected) in [
        (String::new(), StatusCode::BAD_REQUEST),
        ("not json".to_owned(), StatusCode::BAD_REQUEST),
        ("{}".to_owned(), StatusCode::BAD_REQUEST),
        (nested, StatusCode::BAD_REQUEST),
        (r#"{"type":2,"id":"0"}"#.to_owned(), StatusCode::BAD_REQUEST),
        (
            r#"{"type":2,"id":"85"}"#.to_owned(),
            StatusCode::BAD_REQUEST,
        ),
        (strange.to_string(), StatusCode::BAD_REQUEST),
        (elsewhere.to_string(), StatusCode::OK),
        (alone.to_string(), StatusCode::OK),
        (another.to_string(), StatusCode::OK),
        (unknown.to_string(), StatusCode::OK),
    ] {
        let (status, answer) = discord.sends(body.as_bytes()).await;
        assert_eq!(
            status,
            expected,
            "{}: {answer}",
            &body[..body.len().min(200)]
        );
        if status == StatusCode::OK {
            let words = answer["data"]["content"].as_str().unwrap();
            let says_why = [
                "not set up",
                "only in the server",
                "another version",
                "does not know",
            ];
            assert!(says_why.iter().any(|why| words.contains(why)), "{words}");
        }
    }
    let big = "x".repeat(2 << 20);
    assert_eq!(
        discord.sends(big.as_bytes()).await.0,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    let (status, _) = discord.sends(discord.help(90).to_string().as_bytes()).await;
    assert_eq!(status, StatusCode::OK, "and it still answers");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_discords_clients_would_not_send_is_refused_in_words() {
    let discord = Discord::start().await;
    let close = |id: u64, reason: usize| {
        let mut body = discord.help(id);
        let reason = json!({"type": 3, "name": "reason", "value": "x".repeat(reason)});
        body["data"] = json!({"id": "1", "name": "closeticket", "type": 1, "options": [reason]});
        body.to_string()
    };
    let (_, answer) = discord.sends(close(91, 501).as_bytes()).await;
    let words = answer["data"]["content"].as_str().unwrap();
    assert_eq!(words, "`reason` takes 1 to 500 characters.");
    let (_, answer) = discord.sends(close(92, 500).as_bytes()).await;
    let words = answer["data"]["content"].as_str().unwrap();
    assert_eq!(words, "Say which ticket: this is no ticket's thread.");
}
