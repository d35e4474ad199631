//! One seed's world: a desk, a Discord, the way between them, and the hand that moves everything.
//!
//! One thing happens at a time. A step of the desk's goes on until it is done or until it asks
//! Discord; then it waits in [`Town::jobs`] while others go on. Which goes on next, and what becomes
//! of each request, is the seed's.

use crate::clock::{Crash, StormClock};
use crate::database::Database;
use crate::model::Model;
use crate::sabotage::Sabotage;
use crate::wire::{End, Fate, Wire};
use anyhow::{Result, bail};
use connector::{Answer, Listener, SerenityPort};
use desk::bridge::{DiscordPort, RemoteEvent, Step};
use desk::files::MemoryFiles;
use desk::options::Setting;
use desk::{Db, Desk, DeskError, DiscordProfile, GuildSettings, Settings, Staff};
use discord_stand_in::{InProcess, Person, Session};
use domain::{
    ChannelId, DiscordGuildId, DiscordMessageId, DiscordUserId, FileLimits, NotesInDiscord, RoleId,
    ThreadId, ThreadKind,
};
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::Value;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::Arc;

/// The name of a step of the outbox.
pub const OUTBOX: &str = "outbox";
/// The name of a step that fetches a file.
pub const FETCH: &str = "fetch";

/// What a step came to.
#[derive(Debug)]
pub enum Came {
    /// An outbox step.
    Step(Result<Step, DeskError>),
    /// A thread was read, or not.
    Read(Result<Option<bool>, DeskError>),
    /// A fact was taken in, or not.
    Taken(Result<(), DeskError>),
}

/// Something that waits for Discord.
pub struct Job {
    /// What it is, for the trace.
    pub name: String,
    /// The request that it waits for.
    pub request: u64,
    /// What Discord answered already, if it did.
    pub held: Option<Option<Answer>>,
    /// It holds a thread's lane: no other such thing may begin.
    pub reads: bool,
    future: LocalBoxFuture<'static, Result<Came, Box<dyn std::any::Any + Send>>>,
}

/// See the module.
pub struct Town {
    pub rng: StdRng,
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
    /// Something was refused for good at some time, and its order may have suffered.
    pub parked: bool,
    /// Crashes of this seed, so that the storm can say how many there were.
    pub crashes: u32,
    database: Database,
    files: Arc<MemoryFiles>,
    db: Option<Db>,
    desk: Option<Desk>,
    staff: Vec<Staff>,
    session: Option<Session>,
    listener: Listener,
    sabotage: Option<Sabotage>,
    trace: Vec<String>,
}

impl Town {
    /// Begins.
    pub async fn new(seed: u64, database: Database, sabotage: Option<Sabotage>) -> Result<Self> {
        let clock = Arc::new(StormClock::new());
        let discord = Arc::new(InProcess::unchecked(clock.of_discord()));
        let wire = Arc::new(Wire::new(discord.clone(), sabotage));
        let mut town = Self {
            rng: StdRng::seed_from_u64(seed),
            clock,
            discord,
            wire,
            model: Model::default(),
            jobs: Vec::new(),
            frames: VecDeque::new(),
            gaps: false,
            troubled: false,
            lost: None,
            parked: false,
            crashes: 0,
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
        town.boot().await?;
        Ok(town)
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

    /// A process begins: the database is opened, the bot connects, staff sign in.
    async fn boot(&mut self) -> Result<()> {
        let db = self.database.open().await?;
        if self.crashes > 0
            && let Some(change) = self.sabotage.and_then(Sabotage::at_restart)
        {
            use sea_orm::ConnectionTrait;
            db.for_migrations().execute_unprepared(change).await?;
        }
        let seeded = self.discord.settings();
        let settings = Settings {
            public_url: "https://help.example.com".to_owned(),
            guild: GuildSettings {
                discord_id: DiscordGuildId::from(seeded.guild_id),
                support_channel: ChannelId::from(seeded.support_channel_id),
                staff_role: RoleId::from(seeded.staff_role_id),
                log_channel: None,
                note_prefix: "//".to_owned(),
                notes: NotesInDiscord::Prefix,
                thread_kind: ThreadKind::Private,
                thread_budget: 950,
            },
            given: Setting::variables().collect(),
            files: FileLimits::default(),
        };
        let port = Arc::new(SerenityPort::carried(End(self.wire.clone())));
        // Who we are is asked once, and whoever needs it meanwhile waits: no two jobs may meet there.
        let asked = {
            let port = port.clone();
            async move {
                port.message(ThreadId(1), DiscordMessageId(1))
                    .await
                    .is_err()
            }
        };
        self.whole(asked).await;
        let desk = Desk::open(
            db.clone(),
            self.clock.clone(),
            port,
            self.files.clone(),
            settings,
        )
        .await?;
        self.db = Some(db);
        self.desk = Some(desk.clone());
        self.staff.clear();
        for person in seeded.people.iter().filter(|p| p.staff) {
            let profile = DiscordProfile {
                user: DiscordUserId::from(person.id),
                name: person.name.clone(),
                avatar: None,
            };
            let desk = desk.clone();
            let signed_in = async move {
                let person = desk.sign_in(profile).await?;
                desk.staff(person).await
            };
            match self.whole(signed_in).await {
                Some(staff) => self.staff.push(staff?),
                None => bail!("nobody crashes while staff sign in"),
            }
        }
        self.connect();
        Ok(())
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
    pub fn facts(&mut self, frame: Value) -> Result<Vec<RemoteEvent>> {
        Ok(self.listener.hear(frame)?)
    }

    /// The process dies and another begins on the same data.
    pub async fn crash(&mut self) -> Result<()> {
        self.clock.live();
        self.crashes += 1;
        self.note("CRASH");
        // A dead process drops everything at once.
        self.jobs.clear();
        self.wire.forget_all();
        self.disconnect();
        self.staff.clear();
        self.desk = None;
        if let Some(db) = self.db.take() {
            db.close().await?;
        }
        // Leases of the dead run out on a server with several processes; a file's end at once.
        let down = if self.chance(20) { 150_000 } else { 31_000 };
        let down = self.rng.random_range(0..down);
        self.clock.advance(down);
        Ok(())
    }

    /// It is over: nothing is left open.
    pub async fn end(mut self) -> Result<()> {
        self.jobs.clear();
        self.desk = None;
        if let Some(db) = self.db.take() {
            db.close().await?;
        }
        Ok(())
    }

    /// And begins again.
    pub async fn restart(&mut self) -> Result<()> {
        self.boot().await?;
        self.note("restarted");
        Ok(())
    }

    /// Carries something through to its end, with every request answered at once. `None`: the
    /// process died over it.
    pub async fn whole<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
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
                    self.parked = true;
                }
                self.note(format!("{}: {}", job.name, words(&came)));
            }
            Some(Err(panic)) if panic.is::<Crash>() => return None,
            Some(Err(panic)) => resume_unwind(panic),
        }
        Some(())
    }
}

fn words(came: &Came) -> String {
    match came {
        Came::Step(Ok(step)) => format!("{step:?}"),
        Came::Read(Ok(read)) => format!("{read:?}"),
        Came::Taken(Ok(())) => "taken".to_owned(),
        Came::Step(Err(error)) | Came::Read(Err(error)) | Came::Taken(Err(error)) => {
            format!("ERROR {error}")
        }
    }
}
