//! The gateway's memory: sessions, their numbered events, and who gets which.
//! It knows no socket: a connection lends it a sender, and takes up a session or leaves it.

pub(crate) mod opening;
pub(crate) mod payload;
pub(crate) mod socket;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;
use twilight_model::gateway::Intents;

use crate::world::interactions::new_token;
use crate::world::{Event, World};

/// Events that a session can be brought back with.
const REPLAY_LENGTH: usize = 5_000;
/// How long a session outlives its socket.
const OUTLIVES_MS: i64 = 5 * 60 * 1000;

/// What goes out on a socket.
#[derive(Debug, Clone)]
pub(crate) enum Out {
    Frame(String),
    /// The same for a listener within the process, which needs no text.
    Event {
        name: String,
        seq: u64,
        data: Arc<Value>,
    },
    Close(u16),
    /// From now on nothing: the half-open connection.
    Silence,
}

/// All sessions.
#[derive(Debug)]
pub(crate) struct Gateway {
    sessions: BTreeMap<String, Session>,
    next_socket: u64,
    /// Sockets that have not identified themselves yet are known too, to be cut.
    sockets: BTreeMap<u64, UnboundedSender<Out>>,
    pub(crate) heartbeat_interval: Duration,
}

#[derive(Debug)]
struct Session {
    user: u64,
    token: String,
    intents: Intents,
    seq: u64,
    plain: bool,
    replay: VecDeque<(u64, String)>,
    socket: Option<(u64, UnboundedSender<Out>)>,
    left_ms: i64,
}

/// Who identifies themselves, and what they want to hear.
#[derive(Debug)]
pub(crate) struct Client<'a> {
    pub(crate) user: u64,
    pub(crate) token: &'a str,
    pub(crate) intents: Intents,
    pub(crate) shard: Option<&'a Value>,
    /// Within the process: no text is made, and nothing is kept for a RESUME.
    pub(crate) plain: bool,
}

/// How far an event comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    Socket,
    /// Only into the memory that a RESUME reads.
    Memory,
}

#[derive(Serialize)]
struct Frame<'a> {
    t: &'a str,
    s: u64,
    op: u8,
    d: &'a Value,
}

/// How a RESUME went.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Resumed {
    Yes,
    UnknownSession,
    BadSequence,
}

impl Gateway {
    pub(crate) fn new(heartbeat_interval: Duration) -> Self {
        Self {
            sessions: BTreeMap::new(),
            next_socket: 0,
            sockets: BTreeMap::new(),
            heartbeat_interval,
        }
    }

    /// A new socket; its number.
    pub(crate) fn open(&mut self, out: &UnboundedSender<Out>) -> u64 {
        self.next_socket += 1;
        self.sockets.retain(|_, out| !out.is_closed());
        self.sockets.insert(self.next_socket, out.clone());
        self.next_socket
    }

    /// A socket is gone. Its session waits for a RESUME, unless the client said good-bye.
    pub(crate) fn close(&mut self, socket: u64, for_good: bool, now_ms: i64) {
        self.sockets.remove(&socket);
        let on_it =
            |session: &Session| session.socket.as_ref().is_some_and(|(no, _)| *no == socket);
        if for_good {
            self.sessions.retain(|_, session| !on_it(session));
        }
        for session in self.sessions.values_mut().filter(|session| on_it(session)) {
            session.socket = None;
            session.left_ms = now_ms;
        }
        self.sessions.retain(|_, session| {
            session.socket.is_some() || now_ms - session.left_ms < OUTLIVES_MS
        });
    }

    /// A fresh session: READY, then each guild.
    pub(crate) fn identify(
        &mut self,
        world: &World,
        client: &Client<'_>,
        url: &str,
        socket: (u64, UnboundedSender<Out>),
    ) -> String {
        let (user, intents) = (client.user, client.intents);
        let id = new_token();
        let mut session = Session {
            user,
            token: client.token.to_owned(),
            intents,
            seq: 0,
            plain: client.plain,
            replay: VecDeque::new(),
            socket: Some(socket),
            left_ms: 0,
        };
        let guilds: Vec<Value> = world
            .all()
            .filter(|world| world.members.contains_key(&user))
            .map(|world| json!({"id": world.guild.id.to_string(), "unavailable": true}))
            .collect();
        let mut ready = json!({
            "v": 10,
            "user": world.own_user_json(user),
            "guilds": guilds,
            "session_id": id,
            "session_type": "normal",
            "resume_gateway_url": url,
            "application": world.application_stub(),
            "user_settings": {},
            "relationships": [],
            "private_channels": [],
            "presences": [],
            "guild_join_requests": [],
            "geo_ordered_rtc_regions": [],
            "_trace": [],
        });
        if let Some(shard) = client.shard {
            ready["shard"] = shard.clone();
        }
        session.push("READY", &Arc::new(ready), Reach::Socket);
        for world in world.all() {
            let is_there = world.members.contains_key(&user) && !world.guild.outage;
            if is_there && intents.contains(Intents::GUILDS) {
                let guild = Arc::new(world.guild_create_json(user));
                session.push("GUILD_CREATE", &guild, Reach::Socket);
            }
        }
        self.sessions.insert(id.clone(), session);
        id
    }

    /// Takes a session up again, and sends what it missed, and `again` events that it did not miss.
    pub(crate) fn resume(
        &mut self,
        id: &str,
        token: &str,
        seq: u64,
        again: u64,
        socket: (u64, UnboundedSender<Out>),
    ) -> Resumed {
        let Some(session) = self
            .sessions
            .get_mut(id)
            .filter(|session| session.token == token)
        else {
            return Resumed::UnknownSession;
        };
        if seq > session.seq {
            return Resumed::BadSequence;
        }
        let oldest = session
            .replay
            .front()
            .map_or(session.seq, |(first, _)| first - 1);
        if seq < oldest {
            self.sessions.remove(id);
            return Resumed::UnknownSession;
        }
        let from = seq.saturating_sub(again);
        for (_, frame) in session.replay.iter().filter(|(at, _)| *at > from) {
            socket.1.send(Out::Frame(frame.clone())).ok();
        }
        session.socket = Some(socket);
        session.push("RESUMED", &Arc::new(json!({"_trace": []})), Reach::Socket);
        Resumed::Yes
    }

    /// Hands an event to every session that may and wants to know of it.
    pub(crate) fn dispatch(&mut self, world: &World, event: &Event, reach: Reach) {
        for session in self.sessions.values_mut() {
            if event
                .only
                .as_ref()
                .is_some_and(|only| !only.contains(&session.user))
            {
                continue;
            }
            let in_guild = world.members.contains_key(&session.user) && !world.guild.outage;
            if !in_guild && event.name != "GUILD_DELETE" && event.name != "INTERACTION_CREATE" {
                continue;
            }
            let mut intents = session.intents;
            if world.is_bot(session.user) && !world.application.message_content {
                intents.remove(Intents::MESSAGE_CONTENT);
            }
            if let Some(data) = payload::tailor(event, session.user, intents) {
                session.push(event.name, &data, reach);
            }
        }
    }

    /// Sends a frame that is no event to every socket.
    pub(crate) fn send_all(&self, frame: &Value) {
        for out in self.sockets.values() {
            out.send(Out::Frame(frame.to_string())).ok();
        }
    }

    /// Does this to every socket.
    pub(crate) fn order_all(&self, what: &Out) {
        for out in self.sockets.values() {
            out.send(what.clone()).ok();
        }
    }

    /// Forgets every session; a RESUME will be answered with "invalid".
    pub(crate) fn forget_sessions(&mut self) {
        self.sessions.clear();
    }

    /// Forgets one session.
    pub(crate) fn forget_session(&mut self, id: &str) {
        self.sessions.remove(id);
    }

    /// Ends the sessions of a user and closes their sockets with this code.
    pub(crate) fn end_sessions_of(&mut self, user: u64, code: u16) {
        for session in self.sessions.values().filter(|known| known.user == user) {
            if let Some((_, out)) = &session.socket {
                out.send(Out::Close(code)).ok();
            }
        }
        self.sessions.retain(|_, session| session.user != user);
    }

    /// Forgets every session and closes every socket.
    pub(crate) fn end_all_sessions(&mut self) {
        self.forget_sessions();
        self.order_all(&Out::Close(4000));
    }

    /// Live sessions, for the world's record.
    pub(crate) fn sessions_json(&self) -> Value {
        let list = self.sessions.iter().map(|(id, session)| {
            json!({
                "session_id": id, "user_id": session.user.to_string(),
                "intents": session.intents.bits(), "seq": session.seq,
                "connected": session.socket.is_some(),
            })
        });
        list.collect()
    }
}

impl Session {
    fn push(&mut self, name: &str, data: &Arc<Value>, reach: Reach) {
        self.seq += 1;
        let socket = self.socket.as_ref().filter(|_| reach == Reach::Socket);
        if self.plain {
            if let Some((_, out)) = socket {
                let event = Out::Event {
                    name: name.to_owned(),
                    seq: self.seq,
                    data: data.clone(),
                };
                out.send(event).ok();
            }
            return;
        }
        let frame = Frame {
            t: name,
            s: self.seq,
            op: 0,
            d: data,
        };
        // Values made of text, numbers and lists can always be written.
        let frame = serde_json::to_string(&frame).unwrap_or_default();
        if let Some((_, out)) = socket {
            out.send(Out::Frame(frame.clone())).ok();
        }
        if self.replay.len() >= REPLAY_LENGTH {
            self.replay.pop_front();
        }
        self.replay.push_back((self.seq, frame));
    }
}
