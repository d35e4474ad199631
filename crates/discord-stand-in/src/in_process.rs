//! The same Discord without sockets: requests are calls, and a gateway session is a queue.
//!
//! For proofs that need millions of both, under a clock of their own. Rules, payloads and routes
//! are those of the wire; rate limits and ordered faults are not applied, for here the caller makes
//! the accidents.

use std::sync::Arc;

use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use twilight_model::gateway::Intents;

use crate::gateway::{Client, Out};
use crate::hub::Hub;
use crate::rest::{self, Call, Reply, auth};
use crate::world::attachments::Upload;
use crate::world::seed::{self, Seeded};
use crate::{Clock, Options, view};

/// A Discord within the process.
pub struct InProcess {
    hub: Arc<Hub>,
}

/// A file that goes up with a request.
#[derive(Debug, Clone)]
pub struct File {
    /// Its name.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// A gateway session of the bot's.
pub struct Session {
    frames: UnboundedReceiver<Out>,
}

impl InProcess {
    /// The first morning, by this clock.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self {
            hub: Hub::new(Options::default(), seed::world(clock)),
        }
    }

    /// What a configuration needs to know of it.
    #[must_use]
    pub fn settings(&self) -> Seeded {
        self.hub.with(|inner| inner.world.settings())
    }

    /// Everything it holds, as `GET /stand-in/world` shows it.
    #[must_use]
    pub fn world(&self) -> Value {
        self.hub.with(|inner| view::world_json(inner))
    }

    /// The ids of all threads.
    #[must_use]
    pub fn threads(&self) -> Vec<u64> {
        self.hub.with(|inner| {
            let channels = inner.world.channels.values();
            let threads = channels.filter(|channel| channel.thread.is_some());
            threads.map(|channel| channel.id).collect()
        })
    }

    /// The ids of what this person said in a channel, oldest first.
    #[must_use]
    pub fn messages_of(&self, channel: u64, author: u64) -> Vec<u64> {
        self.hub.with(|inner| {
            let messages = inner.world.messages.get(&channel);
            let own = messages.into_iter().flat_map(|list| list.values());
            own.filter(|message| message.author_id == author && message.is_said())
                .map(|message| message.id)
                .collect()
        })
    }

    /// One request below `/api/v10`: its status and body. `authorization` is the header's value.
    #[must_use]
    pub fn ask(
        &self,
        authorization: &str,
        method: &str,
        path: &str,
        query: &[(String, String)],
        body: &Value,
        files: Vec<File>,
    ) -> (u16, Value) {
        let steps = rest::steps(path);
        let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
        let files = files.into_iter().enumerate().map(|(index, file)| Upload {
            index: u64::try_from(index).unwrap_or(0),
            filename: file.name,
            content_type: None,
            bytes: file.bytes,
        });
        let files: Vec<Upload> = files.collect();
        let outcome = self.hub.with(|inner| {
            let identity = auth::identify(&inner.world, Some(authorization), true)?;
            let mut call = Call {
                world: &mut inner.world,
                method,
                identity,
                query,
                body,
                files,
                gateway_url: "",
                to_post: None,
            };
            rest::route(&mut call, &steps)
        });
        match outcome {
            Ok(Reply::Json(status, body)) => (status, body),
            Ok(Reply::Empty) => (204, Value::Null),
            Err(refusal) => (refusal.status, refusal.body()),
        }
    }

    /// A fresh session for the bot: READY and the guild are its first events.
    #[must_use]
    pub fn listen(&self) -> Session {
        let (out, frames) = unbounded_channel();
        self.hub.with(|inner| {
            let token = inner.world.settings().bot_token;
            if let Some(user) = auth::user_of_token(&inner.world, &token) {
                inner.gateway.forget_sessions();
                let socket = (inner.gateway.open(&out), out);
                let client = Client {
                    user,
                    token: &token,
                    intents: Intents::all(),
                    shard: None,
                };
                inner.gateway.identify(&inner.world, &client, "", socket);
            }
        });
        Session { frames }
    }
}

impl Session {
    /// The next event, as it would come over the socket, if there is one.
    pub fn next(&mut self) -> Option<Value> {
        loop {
            match self.frames.try_recv().ok()? {
                Out::Frame(text) => return serde_json::from_str(&text).ok(),
                Out::Close(_) | Out::Silence => {}
            }
        }
    }
}
