//! The gateway's memory: sessions, their numbered events, and who gets which.
//! It knows no socket: a connection lends it a sender, and takes up a session or leaves it.

pub(crate) mod payload;
pub(crate) mod socket;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

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

    /// A fresh session: READY, then the guild.
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
            replay: VecDeque::new(),
            socket: Some(socket),
            left_ms: 0,
        };
        let in_guild = world.members.contains_key(&user);
        let guild_id = world.guild.id.to_string();
        let guilds = if in_guild {
            json!([{"id": guild_id, "unavailable": true}])
        } else {
            json!([])
        };
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
        session.push("READY", &ready);
        if in_guild && intents.contains(Intents::GUILDS) {
            session.push("GUILD_CREATE", &world.guild_create_json(user));
        }
        self.sessions.insert(id.clone(), session);
        id
    }

    /// Takes a session up again, and sends what it missed.
    pub(crate) fn resume(
        &mut self,
        id: &str,
        token: &str,
        seq: u64,
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
        for (_, frame) in session.replay.iter().filter(|(at, _)| *at > seq) {
            socket.1.send(Out::Frame(frame.clone())).ok();
        }
        session.socket = Some(socket);
        session.push("RESUMED", &json!({"_trace": []}));
        Resumed::Yes
    }

    /// Hands an event to every session that may and wants to know of it.
    pub(crate) fn dispatch(&mut self, world: &World, event: &Event) {
        for session in self.sessions.values_mut() {
            if event
                .only
                .as_ref()
                .is_some_and(|only| !only.contains(&session.user))
            {
                continue;
            }
            let in_guild = world.members.contains_key(&session.user);
            if !in_guild && event.name != "GUILD_DELETE" && event.name != "INTERACTION_CREATE" {
                continue;
            }
            if let Some(data) = payload::tailor(event, session.user, session.intents) {
                session.push(event.name, &data);
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
    fn push(&mut self, name: &str, data: &Value) {
        self.seq += 1;
        let frame = json!({"t": name, "s": self.seq, "op": 0, "d": data}).to_string();
        if self.replay.len() >= REPLAY_LENGTH {
            self.replay.pop_front();
        }
        self.replay.push_back((self.seq, frame.clone()));
        if let Some((_, out)) = &self.socket {
            out.send(Out::Frame(frame)).ok();
        }
    }
}
