//! One seed's world: a desk, a Discord, the way between them, and the hand that moves everything.
//!
//! One thing happens at a time. A step of the desk's goes on until it is done or until it asks
//! Discord; then it waits in [`Town::jobs`] while others go on. Which goes on next, and what becomes
//! of each request, is the seed's.

use crate::clock::{Crash, StormClock};
use crate::database::Database;
use crate::jobs::{Came, Job, OUTBOX};
use crate::model::Model;
use crate::place::Place;
use crate::sabotage::Sabotage;
use crate::sockets::Sockets;
use crate::wire::{Fate, Wire};
use anyhow::Result;
use connector::Listener;
use desk::bridge::{RemoteEvent, Step};
use desk::files::MemoryFiles;
use desk::{Db, Desk, Staff};
use discord_stand_in::{InProcess, Person, Session};
use domain::OutboxId;
use futures::FutureExt;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::Value;
use std::collections::{BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::Arc;

/// See the module.
pub struct Town {
    pub rng: StdRng,
    /// What the guild is like.
    pub place: Place,
    pub clock: Arc<StormClock>,
    pub discord: Arc<InProcess>,
    pub wire: Arc<Wire>,
    pub model: Model,
    pub jobs: Vec<Job>,
    /// What the gateway said and nobody heard yet.
    pub frames: VecDeque<Value>,
    /// Events may get lost without the connection being lost.
    pub gaps: bool,
    /// The bot may lose permissions, and threads may be deleted.
    pub troubled: bool,
    /// The permission that the bot lost.
    pub lost: Option<&'static str>,
    /// What first was refused for good, if anything was: its order may have suffered.
    pub parked: Option<String>,
    /// Promises that were seen to wait for a person, where they have to be looked for.
    pub waiting: BTreeSet<OutboxId>,
    /// Crashes of this seed, so that the storm can say how many there were.
    pub crashes: u32,
    /// Real sockets, where nothing is held in hand.
    pub sockets: Option<Sockets>,
    pub database: Database,
    pub files: Arc<MemoryFiles>,
    pub db: Option<Db>,
    pub desk: Option<Desk>,
    pub staff: Vec<Staff>,
    pub session: Option<Session>,
    pub listener: Listener,
    pub sabotage: Option<Sabotage>,
    trace: Vec<String>,
}

impl Town {
    /// Begins, with everything in hand.
    pub async fn new(seed: u64, database: Database, sabotage: Option<Sabotage>) -> Result<Self> {
        let clock = StormClock::new();
        let discord = InProcess::unchecked(clock.of_discord());
        Self::of(seed, database, sabotage, clock, discord, None).await
    }

    /// Begins, over real sockets.
    pub async fn over_sockets(seed: u64, database: Database) -> Result<Self> {
        let sockets = Sockets::open().await?;
        let discord = sockets.discord().in_process();
        let clock = StormClock::new();
        let mut town = Self::of(seed, database, None, clock, discord, Some(sockets)).await?;
        town.weather_changes();
        Ok(town)
    }

    async fn of(
        seed: u64,
        database: Database,
        sabotage: Option<Sabotage>,
        clock: StormClock,
        discord: InProcess,
        sockets: Option<Sockets>,
    ) -> Result<Self> {
        let (clock, discord) = (Arc::new(clock), Arc::new(discord));
        let mut rng = StdRng::seed_from_u64(seed);
        let place = Place::found(&mut rng, &discord)?;
        let wire = Arc::new(Wire::new(discord.clone(), sabotage));
        let mut town = Self {
            rng,
            place,
            clock,
            discord,
            wire,
            model: Model::default(),
            jobs: Vec::new(),
            frames: VecDeque::new(),
            gaps: false,
            troubled: false,
            lost: None,
            parked: None,
            waiting: BTreeSet::new(),
            crashes: 0,
            sockets,
            database,
            files: Arc::default(),
            db: None,
            desk: None,
            staff: Vec::new(),
            session: None,
            listener: Listener::default(),
            sabotage,
            trace: Vec::new(),
        };
        town.gaps = town.chance(50);
        town.troubled = town.chance(30);
        town.note(format!("{place:?}"));
        town.boot().await?;
        Ok(town)
    }

    /// Whether its data are on a server, which several processes may share.
    pub fn is_on_a_server(&self) -> bool {
        matches!(self.database, Database::Postgres(_))
    }

    /// True `percent` times in a hundred.
    pub fn chance(&mut self, percent: u32) -> bool {
        self.rng.random_ratio(percent, 100)
    }

    /// A line of the trace.
    pub fn note(&mut self, line: impl Into<String>) {
        let line = format!("{:>4}  {}", self.trace.len() + 1, line.into());
        self.trace.push(line);
    }

    /// Something waits for a person. The first of it is what a comparison names.
    pub fn waits_for_a_person(&mut self, what: impl Into<String>) {
        self.parked.get_or_insert(what.into());
    }

    /// All that happened, in order.
    pub fn trace(&self) -> &[String] {
        &self.trace
    }

    /// The desk.
    pub fn desk(&self) -> Desk {
        self.desk
            .clone()
            .expect("a town without a desk boots one first")
    }

    /// One of the staff on the web.
    pub fn a_staff(&mut self) -> Staff {
        let at = self.rng.random_range(0..self.staff.len());
        self.staff[at].clone()
    }

    /// The one of the staff with this name.
    pub fn staff_named(&self, name: &str) -> Option<Staff> {
        self.staff.iter().find(|staff| staff.name == name).cloned()
    }

    /// Those of Discord's people who are staff.
    pub fn staff_people(&self) -> Vec<Person> {
        let people = self.discord.settings().people;
        people.into_iter().filter(|p| p.staff).collect()
    }

    /// The bot's session begins anew.
    pub fn connect(&mut self) {
        self.listener = Listener::default();
        self.frames.clear();
        self.session = Some(self.discord.listen());
    }

    /// The connection is gone, and what was on it.
    pub fn disconnect(&mut self) {
        self.session = None;
        self.frames.clear();
    }

    /// Whether the bot is connected.
    pub fn is_connected(&self) -> bool {
        self.session.is_some()
    }

    /// What Discord said goes onto the line.
    pub fn listen(&mut self) {
        if let Some(session) = &mut self.session {
            while let Some(frame) = session.next() {
                let frame = match self.sabotage {
                    Some(sabotage) => sabotage.bend_frame(frame),
                    None => Some(frame),
                };
                self.frames.extend(frame);
            }
        }
    }

    /// The facts in a frame.
    pub fn facts(&mut self, mut frame: Value) -> Result<Vec<RemoteEvent>> {
        if let Some(sabotage) = self.sabotage {
            sabotage.bend_heard(&mut frame);
        }
        Ok(self.listener.hear(frame)?)
    }

    /// Carries something through to its end, with every request answered at once. `None`: the
    /// process died over it.
    pub async fn whole<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        self.wire.works_for_outbox(false);
        self.carry(work).await
    }

    /// The same with a step of the outbox.
    pub async fn whole_step(&mut self, step: impl Future<Output = Came>) -> Option<Came> {
        self.wire.works_for_outbox(true);
        self.carry(step).await
    }

    async fn carry<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        let work = AssertUnwindSafe(work).catch_unwind();
        tokio::pin!(work);
        loop {
            tokio::select! {
                biased;
                ended = &mut work => return match ended {
                    Ok(value) => Some(value),
                    Err(panic) if panic.is::<Crash>() => None,
                    Err(panic) => resume_unwind(panic),
                },
                request = self.wire.next_arrival() => {
                    if let Some(call) = self.wire.call(request) {
                        self.note(format!("    {} {}", call.method, call.path));
                    }
                    self.wire.decide(request, Fate::Fine);
                }
            }
        }
    }

    /// Begins a step of the desk's. It ends, waits as a job, or the process dies (`None`).
    pub async fn begin(
        &mut self,
        name: String,
        reads: bool,
        work: impl Future<Output = Came> + 'static,
    ) -> Option<()> {
        let future = AssertUnwindSafe(work).catch_unwind().boxed_local();
        self.go_on(Job {
            name,
            request: 0,
            held: None,
            reads,
            future,
        })
        .await
    }

    /// Lets a job go on until it is done or asks again.
    pub async fn go_on(&mut self, mut job: Job) -> Option<()> {
        self.wire.works_for_outbox(job.name == OUTBOX);
        let ended = tokio::select! {
            biased;
            ended = &mut job.future => Some(ended),
            request = self.wire.next_arrival() => {
                job.request = request;
                job.held = None;
                None
            }
        };
        match ended {
            None => self.jobs.push(job),
            Some(Ok(came)) => {
                if job.name == OUTBOX && matches!(came, Came::Step(Ok(Step::Parked))) {
                    self.waits_for_a_person("see the trace");
                }
                self.note(format!("{}: {}", job.name, came.words()));
            }
            Some(Err(panic)) if panic.is::<Crash>() => return None,
            Some(Err(panic)) => resume_unwind(panic),
        }
        Some(())
    }
}
