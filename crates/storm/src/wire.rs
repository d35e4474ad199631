//! The way between the desk and Discord, held in hand: every request stops here until the storm
//! lets it pass, answers it, or loses it.
//!
//! It knows what a request is, not what it is for.

use crate::ledger::Ledger;
use crate::sabotage::Sabotage;
use connector::{Answer, Carrier, Request};
use desk::bridge::PostFile;
use discord_stand_in::{File, InProcess};
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, oneshot};

/// A request that waits.
struct Waiting {
    call: Call,
    answer: oneshot::Sender<Option<Answer>>,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Call {
    /// The HTTP method.
    pub method: &'static str,
    /// The path.
    pub path: String,
    /// Its query.
    pub params: Vec<(String, String)>,
    body: Value,
    files: Vec<PostFile>,
    /// Asked by a step of the outbox, not by somebody who reads threads.
    pub by_outbox: bool,
}

/// The method of a request for a file, by its link.
pub const FETCH: &str = "FETCH";

#[derive(Default)]
struct State {
    ledger: Ledger,
    next: u64,
    waiting: BTreeMap<u64, Waiting>,
    fresh: VecDeque<u64>,
    /// Whether a step of the outbox is under way.
    outbox_works: bool,
}

/// See the module.
pub struct Wire {
    discord: Arc<InProcess>,
    authorization: String,
    sabotage: Option<Sabotage>,
    state: Mutex<State>,
    arrived: Notify,
}

/// What may become of a request on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is done and answered.
    Fine,
    /// It is done, and nobody hears of it.
    AnswerLost,
    /// It never arrives, and nobody hears of it.
    Lost,
    /// It is done, and a broken answer comes.
    Broken,
    /// It is done, and something on the way says 502.
    BadGateway,
    /// Something on the way says 503, and it is not done.
    Unavailable,
    /// Slow down: this route.
    SlowDown(u64),
    /// Slow down: everything.
    SlowDownAll(u64),
    /// A refusal; no accident makes one.
    Refused,
}

impl Wire {
    pub fn new(discord: Arc<InProcess>, sabotage: Option<Sabotage>) -> Self {
        let authorization = format!("Bot {}", discord.settings().bot_token);
        Self {
            discord,
            authorization,
            sabotage,
            state: Mutex::default(),
            arrived: Notify::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next request that arrives.
    pub async fn next_arrival(&self) -> u64 {
        loop {
            let arrived = self.arrived.notified();
            if let Some(id) = self.state().fresh.pop_front() {
                return id;
            }
            arrived.await;
        }
    }

    /// Who goes on now, so that it is known whose the next request is.
    pub fn works_for_outbox(&self, outbox: bool) {
        self.state().outbox_works = outbox;
    }

    /// What a waiting request asks.
    pub fn call(&self, id: u64) -> Option<Call> {
        self.state().waiting.get(&id).map(|w| w.call.clone())
    }

    /// A thread is gone for good: its ticket may get another.
    pub fn thread_deleted(&self, name: &str) {
        self.state().ledger.thread_deleted(name);
    }

    /// What was there twice at any time.
    pub fn doubled(&self) -> Vec<String> {
        self.state().ledger.doubled.clone()
    }

    /// The process that asked is gone.
    pub fn forget_all(&self) {
        let mut state = self.state();
        state.waiting.clear();
        state.fresh.clear();
    }

    /// Discord does what a request asks; nobody is told yet.
    pub fn execute(&self, call: &Call) -> Answer {
        let mut call = call.clone();
        if call.method == FETCH {
            return match self.discord.fetch(&call.path) {
                Some(body) => Answer { status: 200, body },
                None => answered(404, &Value::Null),
            };
        }
        if let Some(sabotage) = self.sabotage {
            if let Some(answer) = sabotage.instead(&call) {
                return answered(200, &answer);
            }
            sabotage.bend_request(call.method, &mut call.body);
            if sabotage == Sabotage::LoseFiles {
                call.files.clear();
            }
        }
        let files = call.files.iter().map(|file| File {
            name: file.name.clone(),
            bytes: file.bytes.to_vec(),
        });
        let (status, body) = self.discord.ask(
            &self.authorization,
            call.method,
            &call.path,
            &call.params,
            &call.body,
            files.collect(),
        );
        let (mut status, mut body) = (status, body);
        if status < 300 {
            let mut state = self.state();
            state
                .ledger
                .note(call.method, &call.path, &call.body, &body);
        }
        if let Some(sabotage) = self.sabotage {
            sabotage.bend_answer(call.method, &call.path, &mut status, &mut body);
        }
        answered(status, &body)
    }

    /// Decides what becomes of a waiting request.
    pub fn decide(&self, id: u64, fate: Fate) {
        let Some(waiting) = self.state().waiting.remove(&id) else {
            return;
        };
        let fate = self
            .sabotage
            .map_or(fate, |sabotage| sabotage.bend_fate(fate));
        let answer = match fate {
            Fate::Fine => Some(self.execute(&waiting.call)),
            Fate::AnswerLost => {
                self.execute(&waiting.call);
                None
            }
            Fate::Lost => None,
            // A file's broken end is seen as such: its length was announced.
            Fate::Broken if waiting.call.method == FETCH => None,
            Fate::Broken => {
                self.execute(&waiting.call);
                Some(Answer {
                    status: 200,
                    body: b"{\"id\": ".to_vec(),
                })
            }
            Fate::BadGateway => {
                self.execute(&waiting.call);
                Some(Answer {
                    status: 502,
                    body: b"<html>Bad gateway</html>".to_vec(),
                })
            }
            Fate::Unavailable => Some(Answer {
                status: 503,
                body: b"<html>Unavailable</html>".to_vec(),
            }),
            Fate::SlowDown(ms) => Some(slow_down(ms, false)),
            Fate::SlowDownAll(ms) => Some(slow_down(ms, true)),
            Fate::Refused => Some(answered(400, &json!({"code": 50_006, "message": "No"}))),
        };
        let answer = match (self.sabotage, answer) {
            (Some(sabotage), None) => sabotage.instead_of_nothing(waiting.call.method),
            (_, answer) => answer,
        };
        // Whoever asked may have died meanwhile.
        let _ = waiting.answer.send(answer);
    }

    /// Answers with what was done before.
    pub fn deliver(&self, id: u64, answer: Option<Answer>) {
        if let Some(waiting) = self.state().waiting.remove(&id) {
            let _ = waiting.answer.send(answer);
        }
    }
}

fn answered(status: u16, body: &Value) -> Answer {
    let body = if body.is_null() {
        Vec::new()
    } else {
        body.to_string().into_bytes()
    };
    Answer { status, body }
}

fn slow_down(ms: u64, global: bool) -> Answer {
    let seconds = ms as f64 / 1_000.0;
    let words = "You are being rate limited.";
    answered(
        429,
        &json!({"message": words, "retry_after": seconds, "global": global, "code": 0}),
    )
}

/// The wire, as the connector takes it.
pub struct End(pub Arc<Wire>);

#[async_trait::async_trait]
impl Carrier for End {
    async fn carry(&self, request: Request<'_>) -> Option<Answer> {
        let params = request
            .params
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()));
        let call = Call {
            method: request.method,
            path: request.path.to_owned(),
            params: params.collect(),
            body: serde_json::from_slice(request.body).unwrap_or_default(),
            files: request.files.to_vec(),
            by_outbox: false,
        };
        self.wait(call).await
    }

    async fn fetch(&self, url: &str) -> Option<Answer> {
        let call = Call {
            method: FETCH,
            path: url.to_owned(),
            params: Vec::new(),
            body: Value::Null,
            files: Vec::new(),
            by_outbox: false,
        };
        self.wait(call).await
    }
}

impl End {
    /// Stops a request until its fate is decided.
    async fn wait(&self, call: Call) -> Option<Answer> {
        let (sender, answer) = oneshot::channel();
        {
            let mut state = self.0.state();
            let id = state.next;
            state.next += 1;
            let by_outbox = state.outbox_works;
            let call = Call { by_outbox, ..call };
            let waiting = Waiting {
                call,
                answer: sender,
            };
            state.waiting.insert(id, waiting);
            state.fresh.push_back(id);
        }
        self.0.arrived.notify_one();
        answer.await.ok().flatten()
    }
}
