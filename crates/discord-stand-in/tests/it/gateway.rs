//! The gateway against a bare websocket: hello, identify, intents, resume, close codes, compression.

use std::io::Read as _;
use std::time::Duration;

use discord_stand_in::Options;
use flate2::read::ZlibDecoder;
use futures::{SinkExt, StreamExt};
use reqwest::Method;
use serde::de::DeserializeSeed;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use twilight_model::gateway::event::DispatchEventWithTypeDeserializer;

use crate::support::{PATIENCE, World, at, id};

const ALL: u64 = 1 | 1 << 1 | 1 << 9 | 1 << 10 | 1 << 15;

/// A client that checks every event it gets with twilight's model.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Socket {
    pub async fn open(world: &World) -> (Self, Value) {
        let mut socket = Self::connect(world).await;
        let hello = socket.frame().await.unwrap();
        assert_eq!(hello["op"], 10);
        (socket, hello)
    }

    /// A connection whose first frame is still to come.
    pub async fn connect(world: &World) -> Self {
        let url = format!("ws://{}/?v=10", world.stand_in.addr());
        let (stream, _) = connect_async(url).await.unwrap();
        Self { stream }
    }

    pub async fn send(&mut self, frame: Value) {
        self.stream
            .send(Message::text(frame.to_string()))
            .await
            .unwrap();
    }

    /// The next frame, checked, or the code of the close.
    pub async fn frame(&mut self) -> Result<Value, u16> {
        let frame = self.read().await?;
        if let Some(name) = frame["t"].as_str() {
            let read = DispatchEventWithTypeDeserializer::new(name).deserialize(&frame["d"]);
            assert!(
                read.is_ok(),
                "{name}: {} in {}",
                read.unwrap_err(),
                frame["d"]
            );
        }
        Ok(frame)
    }

    /// The next frame as it comes, or the code of the close.
    pub async fn read(&mut self) -> Result<Value, u16> {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.stream.next())
                .await
                .expect("silence");
            let text = match next {
                Some(Ok(Message::Text(text))) => text.to_string(),
                Some(Ok(Message::Binary(bytes))) => {
                    let mut text = String::new();
                    ZlibDecoder::new(&bytes[..])
                        .read_to_string(&mut text)
                        .unwrap();
                    text
                }
                Some(Ok(Message::Close(frame))) => {
                    return Err(frame.map_or(0, |frame| frame.code.into()));
                }
                Some(Ok(_)) => continue,
                Some(Err(_)) | None => return Err(0),
            };
            return Ok(serde_json::from_str(&text).unwrap());
        }
    }

    /// The next event of this name.
    pub async fn event(&mut self, name: &str) -> Value {
        loop {
            let frame = self.frame().await.unwrap();
            if frame["t"] == name {
                return frame;
            }
        }
    }

    pub async fn identify(&mut self, token: &str, intents: u64) {
        let properties = json!({"os": "linux", "browser": "test", "device": "test"});
        let data =
            json!({"token": token, "intents": intents, "properties": properties, "compress": true});
        self.send(json!({"op": 2, "d": data})).await;
    }
}

pub fn token(world: &World) -> String {
    world.stand_in.settings().bot_token
}

#[tokio::test]
async fn a_session_begins_with_ready_and_the_guild_and_its_threads() {
    let world = World::start().await;
    let thread = world.bot().thread("#1").await;
    let said = world.bot().say(thread, "hello").await;
    let (mut socket, _) = Socket::open(&world).await;
    socket
        .identify(&format!("Bot {}", token(&world)), ALL)
        .await;
    let ready = socket.event("READY").await;
    assert_eq!(ready["s"], 1);
    let guild = socket.event("GUILD_CREATE").await;
    assert_eq!(
        guild["d"]["threads"][0]["last_message_id"],
        said.to_string()
    );
    assert_eq!(guild["d"]["member_count"], 6);
    socket.send(json!({"op": 1, "d": 2})).await;
    assert_eq!(socket.frame().await.unwrap()["op"], 11);
}

#[tokio::test]
async fn a_resumed_session_gets_what_it_missed_in_order() {
    let world = World::start().await;
    let thread = world.bot().thread("#1").await;
    let (mut socket, _) = Socket::open(&world).await;
    socket.identify(&token(&world), ALL).await;
    let ready = socket.event("READY").await;
    let session = ready["d"]["session_id"].clone();
    let seq = socket.event("GUILD_CREATE").await["s"].clone();
    drop(socket);
    let jonas = world.person("Jonas");
    let said = [
        jonas.say(thread, "one").await,
        jonas.say(thread, "two").await,
    ];

    let (mut socket, _) = Socket::open(&world).await;
    socket
        .send(json!({"op": 6, "d": {"token": token(&world), "session_id": session, "seq": seq}}))
        .await;
    for expected in said {
        let event = socket.event("MESSAGE_CREATE").await;
        assert_eq!(id(&event["d"]), expected);
    }
    socket.event("RESUMED").await;
    jonas.say(thread, "three").await;
    assert_eq!(
        socket.event("MESSAGE_CREATE").await["d"]["content"],
        "three"
    );
}

#[tokio::test]
async fn a_forgotten_session_is_invalid_and_a_future_sequence_closes() {
    let world = World::start().await;
    let (mut socket, _) = Socket::open(&world).await;
    let unknown = json!({"token": token(&world), "session_id": "gone", "seq": 1});
    socket.send(json!({"op": 6, "d": unknown})).await;
    let answer = socket.frame().await.unwrap();
    assert_eq!((&answer["op"], &answer["d"]), (&json!(9), &json!(false)));
    socket.identify(&token(&world), ALL).await;
    let session = socket.event("READY").await["d"]["session_id"].clone();
    let (mut other, _) = Socket::open(&world).await;
    let ahead = json!({"token": token(&world), "session_id": session, "seq": 999});
    other.send(json!({"op": 6, "d": ahead})).await;
    assert_eq!(other.frame().await, Err(4007));
}

#[tokio::test]
async fn wrong_clients_are_closed_with_the_documented_codes() {
    let world = World::start().await;
    for (frame, code) in [
        (
            json!({"op": 2, "d": {"token": "nonsense", "intents": 1, "properties": {}}}),
            4004,
        ),
        (
            json!({"op": 2, "d": {"token": token(&world), "intents": 1 << 30, "properties": {}}}),
            4013,
        ),
        (
            json!({"op": 2, "d": {"token": token(&world), "intents": 1 << 8, "properties": {}}}),
            4014,
        ),
        (json!({"op": 3, "d": {}}), 4003),
        (json!({"op": 99, "d": {}}), 4001),
        (json!({"op": 1, "d": "x".repeat(5000)}), 4002),
    ] {
        let (mut socket, _) = Socket::open(&world).await;
        socket.send(frame).await;
        assert_eq!(socket.frame().await, Err(code));
    }
}

#[tokio::test]
async fn without_the_content_intent_foreign_text_is_empty() {
    let world = World::start().await;
    let thread = world.bot().thread("#1").await;
    let (mut socket, _) = Socket::open(&world).await;
    socket.identify(&token(&world), 1 | 1 << 9).await;
    socket.event("GUILD_CREATE").await;
    let jonas = world.person("Jonas");
    jonas.say(thread, "secret").await;
    assert_eq!(socket.event("MESSAGE_CREATE").await["d"]["content"], "");
    jonas.say(thread, &world.bot().mention()).await;
    assert_ne!(socket.event("MESSAGE_CREATE").await["d"]["content"], "");
    world.bot().say(thread, "own").await;
    assert_eq!(socket.event("MESSAGE_CREATE").await["d"]["content"], "own");

    world
        .control(
            Method::PUT,
            "application",
            json!({"message_content": false}),
        )
        .await;
    let (_, listed) = world.bot().get(&at(thread, "/messages")).await;
    let texts: Vec<&str> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["content"].as_str().unwrap())
        .collect();
    assert_eq!((texts[0], texts[2]), ("own", ""));
    let (mut socket, _) = Socket::open(&world).await;
    socket.identify(&token(&world), 1 << 15).await;
    assert_eq!(socket.frame().await, Err(4014));
}

#[tokio::test]
async fn a_client_without_a_pulse_is_closed() {
    let options = Options {
        heartbeat_interval: Duration::from_millis(50),
        ..Options::default()
    };
    let world = World::with(options).await;
    let (mut socket, hello) = Socket::open(&world).await;
    assert_eq!(hello["d"]["heartbeat_interval"], 50);
    assert_eq!(socket.frame().await, Err(4009));
}

#[tokio::test]
async fn tests_can_order_reconnects_and_events_out_of_the_usual() {
    let world = World::start().await;
    let thread = world.bot().thread("#1").await;
    let (mut socket, _) = Socket::open(&world).await;
    socket.identify(&token(&world), ALL).await;
    socket.event("GUILD_CREATE").await;
    world
        .control(
            Method::PUT,
            "faults",
            json!([{"event": "MESSAGE_CREATE", "action": "duplicate"}]),
        )
        .await;
    let said = world.person("Jonas").say(thread, "twice").await;
    for _ in 0..2 {
        assert_eq!(id(&socket.event("MESSAGE_CREATE").await["d"]), said);
    }
    world
        .control(Method::POST, "gateway", json!({"op": 7}))
        .await;
    assert_eq!(socket.frame().await.unwrap()["op"], 7);
    world
        .control(Method::POST, "gateway", json!({"close": 4000}))
        .await;
    assert_eq!(socket.frame().await, Err(4000));
}

#[tokio::test]
async fn one_zlib_stream_may_carry_the_whole_connection() {
    let world = World::start().await;
    let url = format!("ws://{}/?v=10&compress=zlib-stream", world.stand_in.addr());
    let (mut stream, _) = connect_async(url).await.unwrap();
    let properties = json!({"os": "linux", "browser": "test", "device": "test"});
    let data = json!({"token": token(&world), "intents": ALL, "properties": properties});
    let identify = json!({"op": 2, "d": data}).to_string();
    stream.send(Message::text(identify)).await.unwrap();
    let mut inflate = flate2::Decompress::new(true);
    let mut seen = Vec::new();
    while seen.len() < 3 {
        let next = tokio::time::timeout(PATIENCE, stream.next()).await.unwrap();
        let packed = next.unwrap().unwrap().into_data();
        assert!(packed.ends_with(&[0, 0, 0xff, 0xff]));
        let mut text = Vec::with_capacity(100_000);
        inflate
            .decompress_vec(&packed, &mut text, flate2::FlushDecompress::Sync)
            .unwrap();
        let frame: Value = serde_json::from_slice(&text).unwrap();
        seen.push((frame["op"].clone(), frame["t"].clone()));
    }
    let expected = [
        (json!(10), Value::Null),
        (json!(0), json!("READY")),
        (json!(0), json!("GUILD_CREATE")),
    ];
    assert_eq!(seen, expected);
}
