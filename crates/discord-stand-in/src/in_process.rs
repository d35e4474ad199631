//! The same Discord without sockets: requests are calls, and a gateway session is a queue.
//!
//! For proofs that need millions of both, under a clock of their own. Rules, payloads and routes
//! are those of the wire; rate limits and ordered faults are not applied, for here the caller makes
//! the accidents.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use twilight_model::gateway::Intents;

use crate::gateway::{Client, Out};
use crate::hub::Hub;
use crate::rest::{self, Call, Reply, auth};
use crate::world::applications::Application;
use crate::world::attachments::Upload;
use crate::world::seed::{self, Seeded};
use crate::{Clock, Options, orders, view};

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
    closed: Option<u16>,
}

impl InProcess {
    /// The first morning, by this clock.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self {
            hub: Hub::new(Options::default(), seed::world(clock)),
        }
    }

    /// The way within the process to one that listens.
    pub(crate) fn beside(hub: Arc<Hub>) -> Self {
        Self { hub }
    }

    /// The same without reading its events back with `twilight-model`: several times faster.
    #[must_use]
    pub fn unchecked(clock: Clock) -> Self {
        Self::new(clock).checking_every(0)
    }

    /// Reads back only every `count`-th event; none if 0.
    #[must_use]
    pub fn checking_every(self, count: u64) -> Self {
        self.hub.with(|inner| inner.check_every = count);
        self
    }

    /// Whether requests over the sockets are limited, as Discord's are.
    pub fn set_limits(&self, enabled: bool) {
        self.hub.with(|inner| inner.limits.enabled = enabled);
    }

    /// Carries out what `POST /stand-in/order` takes, such as `{"do": "kick_bot"}`.
    ///
    /// # Errors
    /// If there is no such order, or the world cannot follow it; the words say which.
    pub fn order(&self, order: &Value) -> Result<Value, String> {
        self.hub.with(|inner| orders::obey(inner, order))
    }

    /// Takes a permission (by its name in Discord's documentation) from the bot: in one channel by an
    /// overwrite, else from its role. True if the bot still has it, by way of @everyone.
    ///
    /// # Errors
    /// If there is no such permission or channel.
    pub fn take_permission(&self, name: &str, channel: Option<u64>) -> Result<bool, String> {
        self.grant("take_permission", name, channel)
    }

    /// Gives it back. True if the bot has it then.
    ///
    /// # Errors
    /// If there is no such permission or channel.
    pub fn give_permission(&self, name: &str, channel: Option<u64>) -> Result<bool, String> {
        self.grant("give_permission", name, channel)
    }

    fn grant(&self, what: &str, name: &str, channel: Option<u64>) -> Result<bool, String> {
        let channel = channel.map(|id| id.to_string());
        let order = json!({"do": what, "permission": name, "channel": channel});
        let went = self.order(&order)?;
        Ok(went["bot_has"] == json!(true))
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

    /// What an endpoint would be sent when this person does this, in the shape in which real clients
    /// say it. It is begun like any other, and nobody is told of it: whoever asked knocks himself.
    ///
    /// # Errors
    /// Discord's refusal, where it does not let the person do it.
    pub fn interaction(&self, person: u64, body: &Value) -> Result<Value, Value> {
        self.hub.with(|inner| {
            let world = &mut inner.world;
            let made = world.interact(person, body);
            let made = made.map_err(|refusal| refusal.body())?;
            let begun = world.interactions.get(&made);
            Ok(begun.map_or(Value::Null, |begun| world.interaction_json(begun)))
        })
    }

    /// The application's signature on a body that is posted at this second of Unix time.
    #[must_use]
    pub fn sign(&self, timestamp: &str, body: &[u8]) -> String {
        Application::sign(timestamp, body)
    }

    /// A file by its link, if there is one and the link still holds.
    #[must_use]
    pub fn fetch(&self, url: &str) -> Option<Vec<u8>> {
        let (address, query) = url.split_once('?').unwrap_or((url, ""));
        let mut steps = address.rsplit('/');
        let (filename, id, channel) = (steps.next()?, steps.next()?, steps.next()?);
        let (id, channel) = (id.parse().ok()?, channel.parse().ok()?);
        rest::cdn::find(&self.hub, channel, id, filename, query).map(|file| file.bytes)
    }

    /// A fresh session for the bot: READY and the guild are its first events.
    #[must_use]
    pub fn listen(&self) -> Session {
        let (out, frames) = unbounded_channel();
        self.hub.with(|inner| {
            let user = inner.world.bot_id();
            if let Some(token) = inner.world.users.get(&user).map(|bot| bot.token.clone()) {
                inner.gateway.forget_sessions();
                let socket = (inner.gateway.open(&out), out);
                let client = Client {
                    user,
                    token: &token,
                    intents: Intents::all(),
                    shard: None,
                    plain: true,
                };
                inner.gateway.identify(&inner.world, &client, "", socket);
            }
        });
        Session {
            frames,
            closed: None,
        }
    }
}

impl Session {
    /// The next event, as it would come over the socket, if there is one by now. More may follow later.
    #[expect(
        clippy::should_implement_trait,
        reason = "an iterator's end is an end; here more may follow"
    )]
    pub fn next(&mut self) -> Option<Value> {
        loop {
            match self.frames.try_recv().ok()? {
                Out::Event { name, seq, data } => {
                    let mut frame = json!({"t": name, "s": seq, "op": 0});
                    frame["d"] = Arc::unwrap_or_clone(data);
                    return Some(frame);
                }
                // Frames that are no events: op 7, op 9.
                Out::Frame(text) => return serde_json::from_str(&text).ok(),
                Out::Close(code) => self.closed = Some(code),
                Out::Silence => {}
            }
        }
    }

    /// The code with which the stand-in closed it, once `next` has come to that.
    #[must_use]
    pub fn closed(&self) -> Option<u16> {
        self.closed
    }
}
