//! One websocket: HELLO, heartbeats, IDENTIFY, RESUME, close codes, compression.
//! What sessions are and who gets which event is the parent module's.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use flate2::write::ZlibEncoder;
use flate2::{Compress, Compression, FlushCompress};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;

use super::Out;
use super::opening::{self, Next};
use crate::hub::Hub;

/// The bytes that one client frame may have.
const FRAME_LIMIT: usize = 4096;
/// Client frames per minute.
const FRAMES_PER_MINUTE: u32 = 120;

/// How frames are packed.
enum Packing {
    Plain,
    /// Each frame a zlib document of its own.
    PerPayload,
    /// One zlib stream for the whole connection.
    Stream(Box<Compress>),
}

struct Connection {
    hub: Arc<Hub>,
    number: u64,
    out: UnboundedSender<Out>,
    /// Where clients are to come back to.
    url: String,
    packing: Packing,
    identified: bool,
    silent: bool,
    beaten: Instant,
    frames: u32,
    minute_began: Instant,
}

/// Talks to one client until either side ends it.
pub(crate) async fn serve(hub: Arc<Hub>, mut socket: WebSocket, query: String, url: String) {
    let (out, mut orders) = unbounded_channel();
    let (number, interval) =
        hub.with(|inner| (inner.gateway.open(&out), inner.gateway.heartbeat_interval));
    let value = |key: &str| {
        url::form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.into_owned())
    };
    let packing = match value("compress").as_deref() {
        Some("zlib-stream") => Packing::Stream(Box::new(Compress::new(Compression::fast(), true))),
        _ => Packing::Plain,
    };
    let now = Instant::now();
    let mut connection = Connection {
        hub: hub.clone(),
        number,
        out,
        url,
        packing,
        identified: false,
        silent: false,
        beaten: now,
        frames: 0,
        minute_began: now,
    };
    let known_version = value("v").is_none_or(|v| matches!(v.as_str(), "9" | "10"));
    let for_good = if known_version {
        let ms = u64::try_from(interval.as_millis()).unwrap_or(41_250);
        let hello =
            json!({"t": null, "s": null, "op": 10, "d": {"heartbeat_interval": ms, "_trace": []}});
        let first = opening::at_hello(&connection.hub).unwrap_or(Next::Say(hello));
        match connection.begin(&mut socket, first).await {
            Next::Close(code) => {
                close(&mut socket, code).await;
                false
            }
            _ => connection.run(&mut socket, &mut orders, interval).await,
        }
    } else {
        close(&mut socket, 4012).await;
        true
    };
    hub.with(|inner| {
        let now_ms = inner.world.now_ms();
        inner.gateway.close(number, for_good, now_ms);
    });
}

impl Connection {
    /// True if the session ends with the connection.
    async fn run(
        &mut self,
        socket: &mut WebSocket,
        orders: &mut UnboundedReceiver<Out>,
        interval: Duration,
    ) -> bool {
        loop {
            // Twice the interval: the first beat comes after a whole one with some clients.
            let patience = self.beaten + interval * 2 + Duration::from_secs(1);
            tokio::select! {
                order = orders.recv() => match order {
                    Some(Out::Frame(frame)) => {
                        if self.send(socket, &frame).await.is_err() {
                            return false;
                        }
                    }
                    // Only listeners within the process get these.
                    Some(Out::Event { .. }) => {}
                    Some(Out::Close(code)) => {
                        close(socket, code).await;
                        return false;
                    }
                    Some(Out::Silence) => self.silent = true,
                    None => return false,
                },
                frame = socket.recv() => {
                    let text = match frame {
                        Some(Ok(Message::Text(text))) => text.as_bytes().to_vec(),
                        Some(Ok(Message::Binary(bytes))) => bytes.to_vec(),
                        Some(Ok(Message::Close(frame))) => {
                            return frame.is_some_and(|frame| matches!(frame.code, 1000 | 1001));
                        }
                        Some(Ok(_)) => continue,
                        Some(Err(_)) | None => return false,
                    };
                    if let Next::Close(code) = self.hear(socket, &text).await {
                        close(socket, code).await;
                        return matches!(code, 4003 | 4004 | 4010..=4014);
                    }
                }
                () = tokio::time::sleep_until(patience), if !self.silent => {
                    close(socket, 4009).await;
                    return false;
                }
                () = self.hub.ended.cancelled() => {
                    close(socket, 1001).await;
                    return false;
                }
            }
        }
    }

    async fn hear(&mut self, socket: &mut WebSocket, text: &[u8]) -> Next {
        if self.minute_began.elapsed() > Duration::from_secs(60) {
            self.minute_began = Instant::now();
            self.frames = 0;
        }
        self.frames += 1;
        if self.frames > FRAMES_PER_MINUTE {
            return Next::Close(4008);
        }
        // Read as a plain value: serenity writes `presence.since` in a way that twilight's types refuse.
        let frame: Value = match serde_json::from_slice(text) {
            Ok(frame) if text.len() <= FRAME_LIMIT => frame,
            _ => return Next::Close(4002),
        };
        let data = &frame["d"];
        match frame["op"].as_u64() {
            Some(1) => {
                self.beaten = Instant::now();
                self.send(socket, &json!({"op": 11}).to_string()).await.ok();
                Next::Stay
            }
            Some(2) if self.identified => Next::Close(4005),
            Some(2) => {
                if data["compress"] == json!(true) && matches!(self.packing, Packing::Plain) {
                    self.packing = Packing::PerPayload;
                }
                let own = (self.number, self.out.clone());
                let next = opening::identify(&self.hub, data, &self.url, own);
                self.begin(socket, next).await
            }
            Some(6) => {
                let own = (self.number, self.out.clone());
                let next = opening::resume(&self.hub, data, own);
                self.begin(socket, next).await
            }
            Some(3 | 4) if self.identified => Next::Stay,
            Some(8) if self.identified => {
                self.send_members(data);
                Next::Stay
            }
            Some(3 | 4 | 8) => Next::Close(4003),
            _ => Next::Close(4001),
        }
    }

    async fn begin(&mut self, socket: &mut WebSocket, next: Next) -> Next {
        match next {
            Next::Begun => {
                self.identified = true;
                Next::Stay
            }
            Next::Say(frame) => {
                self.send(socket, &frame.to_string()).await.ok();
                Next::Stay
            }
            Next::Hush => {
                self.silent = true;
                Next::Stay
            }
            other => other,
        }
    }

    fn send_members(&self, data: &Value) {
        let nonce = data["nonce"].clone();
        self.hub.with(|inner| {
            let world = &mut inner.world;
            let members: Vec<Value> = world
                .members
                .keys()
                .filter_map(|id| world.member_json(*id))
                .collect();
            let mut chunk = json!({
                "guild_id": world.guild.id.to_string(), "members": members,
                "chunk_index": 0, "chunk_count": 1, "not_found": [],
            });
            if !nonce.is_null() {
                chunk["nonce"] = nonce;
            }
            let bot = world.bot_id();
            world.tell(vec![bot], "GUILD_MEMBERS_CHUNK", chunk);
        });
    }

    async fn send(&mut self, socket: &mut WebSocket, frame: &str) -> Result<(), axum::Error> {
        if self.silent {
            return Ok(());
        }
        let message = match &mut self.packing {
            Packing::Plain => Message::Text(frame.into()),
            Packing::PerPayload => {
                let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
                // Writing into memory cannot fail.
                encoder.write_all(frame.as_bytes()).ok();
                Message::Binary(encoder.finish().unwrap_or_default().into())
            }
            Packing::Stream(stream) => Message::Binary(deflate(stream, frame.as_bytes()).into()),
        };
        socket.send(message).await
    }
}

/// Adds to the connection's one zlib stream, up to a flush that ends in 00 00 ff ff.
fn deflate(stream: &mut Compress, bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(bytes.len() + 64);
    let mut done = 0;
    loop {
        let before = stream.total_in();
        let status = stream.compress_vec(&bytes[done..], &mut packed, FlushCompress::Sync);
        done += usize::try_from(stream.total_in() - before).unwrap_or(0);
        let room = packed.len() < packed.capacity();
        if status.is_err() || (done >= bytes.len() && room) {
            return packed;
        }
        packed.reserve(bytes.len() + 64);
    }
}

async fn close(socket: &mut WebSocket, code: u16) {
    let frame = CloseFrame {
        code,
        reason: "".into(),
    };
    // The peer may be gone already.
    socket.send(Message::Close(Some(frame))).await.ok();
}
