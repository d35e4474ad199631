//! The one lock around everything that changes, and the delivery of what happened.
//! It knows neither REST nor Discord's rules: it lends the state out and hands events to sessions and watchers.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};
use tokio::runtime::Handle;
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;

use crate::Options;
use crate::clock::Clock;
use crate::faults::{Fault, Faults};
use crate::gateway::{Gateway, Reach, payload};
use crate::limits::Limits;
use crate::world::{Event, World, seed};

/// Requests that the record keeps.
const LOG_LENGTH: usize = 500;

/// What every handler shares.
pub(crate) struct Hub {
    inner: Mutex<Inner>,
    pub(crate) clock: Clock,
    pub(crate) options: Options,
    /// Ids of channels that changed; 0 for the guild at large.
    pub(crate) changes: broadcast::Sender<u64>,
    /// Rings when the state file is due.
    pub(crate) unsaved: Notify,
    /// Ends every background task.
    pub(crate) ended: CancellationToken,
}

/// What the lock guards.
pub(crate) struct Inner {
    pub(crate) world: World,
    pub(crate) gateway: Gateway,
    pub(crate) limits: Limits,
    pub(crate) faults: Faults,
    pub(crate) latency_ms: u64,
    pub(crate) counters: Counters,
    /// Every how many events one is read back; 0 for none.
    pub(crate) check_every: u64,
    /// Events that the next one is to overtake.
    overtaken: Vec<Event>,
    log: VecDeque<Value>,
    hub: Weak<Hub>,
}

/// What is counted for those who measure or doubt.
#[derive(Debug, Default, Clone, Serialize)]
pub(crate) struct Counters {
    pub(crate) requests: u64,
    pub(crate) refused: u64,
    pub(crate) rate_limited: u64,
    pub(crate) events: u64,
    /// Events that `twilight-model` could not read: always a mistake of the stand-in.
    pub(crate) undecodable_events: u64,
    pub(crate) faults_struck: u64,
    pub(crate) identifies: u64,
    pub(crate) resumes: u64,
}

impl Hub {
    pub(crate) fn new(options: Options, world: World) -> Arc<Self> {
        let clock = world.clock.clone();
        Arc::new_cyclic(|hub| Self {
            inner: Mutex::new(Inner {
                world,
                gateway: Gateway::new(options.heartbeat_interval),
                limits: Limits::default(),
                faults: Faults::default(),
                latency_ms: 0,
                counters: Counters::default(),
                check_every: 1,
                overtaken: Vec::new(),
                log: VecDeque::new(),
                hub: hub.clone(),
            }),
            clock,
            options,
            changes: broadcast::channel(1024).0,
            unsaved: Notify::new(),
            ended: CancellationToken::new(),
        })
    }

    /// Lends the state out, and afterwards delivers what happened. Never held across an await.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut Inner) -> T) -> T {
        let mut inner = self.inner.lock().unwrap_or_else(|poisoned| {
            // A handler panicked; the state is a test's, and tests want to see it.
            poisoned.into_inner()
        });
        inner.world.let_time_pass();
        let result = work(&mut inner);
        inner.deliver(self);
        result
    }
}

impl Inner {
    fn deliver(&mut self, hub: &Hub) {
        let events = std::mem::take(&mut self.world.events);
        for event in events {
            self.counters.events += 1;
            self.check(&event);
            self.deliver_one(event);
        }
        for place in 0..self.world.neighbours.len() {
            for event in std::mem::take(&mut self.world.neighbours[place].events) {
                self.counters.events += 1;
                self.check(&event);
                let there = &self.world.neighbours[place];
                self.gateway.dispatch(there, &event, Reach::Socket);
            }
        }
        let mut touched = std::mem::take(&mut self.world.touched);
        for neighbour in &mut self.world.neighbours {
            touched.append(&mut neighbour.touched);
        }
        if !touched.is_empty() {
            hub.unsaved.notify_one();
        }
        for channel in touched {
            // Nobody watching is fine.
            hub.changes.send(channel).ok();
        }
    }

    fn check(&mut self, event: &Event) {
        if self.check_every == 0 || !self.counters.events.is_multiple_of(self.check_every) {
            return;
        }
        if let Err(why) = payload::check(event.name, &event.data) {
            self.counters.undecodable_events += 1;
            tracing::error!(
                event = event.name,
                why,
                "twilight-model cannot read this event"
            );
        }
    }

    fn deliver_one(&mut self, event: Event) {
        let fault = if self.faults.is_empty() {
            None
        } else {
            self.faults.on_event(event.name)
        };
        if fault.is_some() {
            self.counters.faults_struck += 1;
        }
        match fault.as_ref().map(|fault| fault.action.as_str()) {
            Some("drop") => {}
            Some("gap") => self.gateway.dispatch(&self.world, &event, Reach::Memory),
            Some("duplicate") => {
                self.send(&event);
                self.send(&event);
            }
            Some("delay") => {
                let wait = fault.and_then(|fault| fault.delay_ms).unwrap_or(500);
                self.dispatch_later(event, wait);
            }
            // Two neighbours change places; a third does not wait for both.
            Some("reorder") if self.overtaken.is_empty() => self.overtaken.push(event),
            _ => {
                self.send(&event);
                self.send_overtaken();
            }
        }
    }

    fn send(&mut self, event: &Event) {
        self.gateway.dispatch(&self.world, event, Reach::Socket);
    }

    fn send_overtaken(&mut self) {
        for late in std::mem::take(&mut self.overtaken) {
            self.send(&late);
        }
    }

    /// Replaces all ordered faults. What waits to be overtaken waits no longer.
    pub(crate) fn set_faults(&mut self, list: Vec<Fault>) {
        self.faults.set(list);
        self.send_overtaken();
    }

    fn dispatch_later(&mut self, event: Event, wait_ms: u64) {
        let hub = self.hub.clone();
        let Ok(runtime) = Handle::try_current() else {
            // Within the process nothing can wait.
            self.gateway.dispatch(&self.world, &event, Reach::Socket);
            return;
        };
        runtime.spawn(async move {
            tokio::time::sleep(Duration::from_millis(wait_ms)).await;
            if let Some(hub) = hub.upgrade() {
                hub.with(|inner| inner.send(&event));
            }
        });
    }

    /// Notes a request that was answered.
    pub(crate) fn note(&mut self, method: &str, path: &str, status: u16, caller: Option<u64>) {
        self.counters.requests += 1;
        if status >= 400 {
            self.counters.refused += 1;
        }
        if status == 429 {
            self.counters.rate_limited += 1;
        }
        if self.log.len() >= LOG_LENGTH {
            self.log.pop_front();
        }
        self.log.push_back(json!({
            "method": method, "path": path, "status": status,
            "caller": caller.map(|id| id.to_string()), "at_ms": self.world.now_ms(),
        }));
    }

    /// The latest requests, oldest first.
    pub(crate) fn log(&self) -> Vec<Value> {
        self.log.iter().cloned().collect()
    }

    /// Begins the first morning again.
    pub(crate) fn reset(&mut self) {
        self.gateway.end_all_sessions();
        let clock = self.world.clock.clone();
        let papers = self.world.papers.take();
        let redirects = std::mem::take(&mut self.world.application.redirect_uris);
        self.world = seed::world(clock);
        self.world.papers = papers;
        self.world.application.redirect_uris = redirects;
        self.limits = Limits::default();
        self.faults = Faults::default();
        self.overtaken.clear();
        self.latency_ms = 0;
        self.counters = Counters::default();
        self.log.clear();
        self.world.touched.insert(0);
    }
}
