//! What happens next: people act, the bridge works, requests meet their fates, the process dies.
//!
//! It draws from the seed and keeps to what can happen: a request that nobody answered in 20
//! seconds counts as lost, as the connector's own limit has it.

use crate::jobs::{COUNT, Came, FETCH, OUTBOX};
use crate::town::Town;
use crate::wire::Fate;
use anyhow::Result;
use desk::bridge::RemoteEvent;
use rand::Rng;

/// How many outbox steps may be under way at once.
const AT_ONCE: usize = 4;
/// How long the connector waits for an answer.
const LIMIT_MS: u64 = 20_000;

impl Town {
    /// One thing happens.
    pub async fn happen(&mut self) -> Result<()> {
        let dice = self.rng.random_range(0..100);
        let lived = match dice {
            0..=21 => self.someone_acts_on_the_web().await?,
            22..=35 => self.someone_acts_in_discord().await?,
            36..=58 => self.bridge_works().await,
            59..=82 => self.something_is_heard().await?,
            83..=89 => self.a_thread_is_read().await,
            90..=95 => self.time_passes().await,
            96..=97 => {
                self.connection_changes().await?;
                true
            }
            98 if self.chance(50) => {
                self.permission_changes();
                true
            }
            _ => false,
        };
        if !lived {
            self.crash().await?;
            self.restart().await?;
        }
        self.clock.live();
        Ok(())
    }

    /// Sometimes the process will die at one of the desk's next looks at the clock.
    pub fn perhaps_die(&mut self) {
        if self.chance(3) {
            let looks = self.rng.random_range(1..6);
            self.clock.crash_in(looks);
        }
    }

    fn fate(&mut self) -> Fate {
        match self.rng.random_range(0..100) {
            0..=3 => Fate::AnswerLost,
            4..=6 => Fate::Lost,
            7 => Fate::Broken,
            8..=9 => Fate::BadGateway,
            10 => Fate::Unavailable,
            11..=12 => Fate::SlowDown(self.rng.random_range(1..5_000)),
            13 => Fate::SlowDownAll(self.rng.random_range(1..3_000)),
            _ => Fate::Fine,
        }
    }

    /// An outbox step begins, or one that waits goes on. `false`: the process died.
    async fn bridge_works(&mut self) -> bool {
        self.perhaps_die();
        let steps = self.jobs.iter().filter(|job| !job.reads).count();
        let begins = steps < AT_ONCE && self.chance(40);
        if begins || self.jobs.is_empty() {
            let desk = self.desk();
            let counts = self.jobs.iter().any(|job| job.name == COUNT);
            if self.place.crowd.is_some() && !counts && self.chance(30) {
                let count = async move { Came::Counted(desk.budget_step().await) };
                return self.begin(COUNT.to_owned(), false, count).await.is_some();
            }
            if self.chance(20) {
                let step = async move { Came::Step(desk.fetch_step().await) };
                return self.begin(FETCH.to_owned(), false, step).await.is_some();
            }
            let step = async move { Came::Step(desk.outbox_step().await) };
            return self.begin(OUTBOX.to_owned(), false, step).await.is_some();
        }
        let at = self.rng.random_range(0..self.jobs.len());
        let mut job = self.jobs.swap_remove(at);
        let request = job.request;
        let Some(call) = self.wire.call(request) else {
            return true;
        };
        if let Some(answer) = job.held.take() {
            self.wire.deliver(request, answer);
            return self.go_on(job).await.is_some();
        }
        if self.chance(2) {
            // It dies with a request on its way, which may or may not be carried out.
            if self.chance(50) {
                self.wire.execute(&call);
            }
            self.note(format!("died over {} {}", call.method, call.path));
            return false;
        }
        if self.chance(25) {
            // Done, but the answer takes its time: events may come first.
            job.held = Some(Some(self.wire.execute(&call)));
            self.note(format!("slow answer to {} {}", call.method, call.path));
            self.jobs.push(job);
            return true;
        }
        let fate = self.fate();
        self.note(format!("{} {}: {fate:?}", call.method, call.path));
        self.wire.decide(request, fate);
        let lived = self.go_on(job).await.is_some();
        if fate == Fate::AnswerLost && self.chance(25) {
            // Discord's memory of nonces is short.
            return lived && self.let_pass(130_000).await;
        }
        lived
    }

    async fn something_is_heard(&mut self) -> Result<bool> {
        self.listen();
        // A lane is held: in the real thing, what is heard now waits for it too.
        if self.jobs.iter().any(|job| job.reads) {
            return Ok(true);
        }
        let sort = self.rng.random_range(0..100);
        if self.frames.len() > 1 && sort < 8 {
            self.frames.swap(0, 1);
        }
        let Some(frame) = self.frames.pop_front() else {
            return Ok(true);
        };
        let kind = frame["t"].as_str().unwrap_or_default().to_owned();
        let speech = kind.starts_with("MESSAGE_") && !kind.contains("REACTION");
        if self.gaps && speech && sort >= 94 {
            self.note(format!("{kind} got lost"));
            return Ok(true);
        }
        if speech && (80..92).contains(&sort) {
            // Told again, much later.
            self.frames.push_back(frame.clone());
        }
        self.perhaps_die();
        for fact in self.facts(frame)? {
            if self.take_in(&kind, fact).await.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// `None`: the process died.
    pub async fn take_in(&mut self, kind: &str, fact: RemoteEvent) -> Option<()> {
        let desk = self.desk();
        let taking = async move { Came::Taken(desk.ingest(fact).await.map(|_| ())) };
        let name = format!("heard {kind}");
        self.begin(name, true, taking).await
    }

    async fn a_thread_is_read(&mut self) -> bool {
        if self.jobs.iter().any(|job| job.reads) {
            return true;
        }
        self.perhaps_die();
        let desk = self.desk();
        let reading = async move { Came::Read(desk.catch_up_one().await) };
        self.begin("read".to_owned(), true, reading).await.is_some()
    }

    async fn time_passes(&mut self) -> bool {
        let ms = match self.rng.random_range(0..10) {
            0 => self.rng.random_range(20_000..180_000),
            1..=3 => self.rng.random_range(1_000..5_000),
            _ => self.rng.random_range(1..400),
        };
        self.let_pass(ms).await
    }

    /// `false`: the process died meanwhile.
    async fn let_pass(&mut self, ms: u64) -> bool {
        if ms >= LIMIT_MS {
            self.clock.advance(LIMIT_MS);
            // Nobody waits longer than that for an answer.
            while let Some(mut job) = self.jobs.pop() {
                job.held = None;
                self.wire.deliver(job.request, None);
                if self.go_on(job).await.is_none() {
                    return false;
                }
            }
            self.clock.advance(ms - LIMIT_MS);
        } else {
            self.clock.advance(ms);
        }
        self.note(format!("{ms} ms pass"));
        true
    }

    async fn connection_changes(&mut self) -> Result<()> {
        if self.is_connected() {
            self.disconnect();
            self.note("disconnected");
            let desk = self.desk();
            let gone = async move { desk.ingest(RemoteEvent::Disconnected).await };
            if let Some(result) = self.whole(gone).await {
                result?;
            }
        } else {
            self.connect();
            self.note("connected");
        }
        Ok(())
    }
}
