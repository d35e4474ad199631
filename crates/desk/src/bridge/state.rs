//! What the bridge remembers between steps and may forget at any crash: who is to be woken, how
//! long Discord told us to hold still, and which threads were read since the connection began.
//!
//! What Discord says to the bot as a whole is on the [`Wire`], which all guilds share; the rest is
//! each guild's own. Nothing here is needed for correctness after a restart; the database is.

use super::event::Absence;
use domain::{DiscordMessageId, ThreadId, Timestamp};
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, Semaphore, SemaphorePermit, futures::Notified};

/// How many posts with files are under way at once.
const UPLOADS: usize = 2;
/// How many deletions are remembered against what is told late.
const GONE: usize = 1_024;

/// What holds for the bot, whichever guild it is about.
#[derive(Debug)]
pub(crate) struct Wire {
    uploads: Semaphore,
    held_until: AtomicI64,
    unauthorised: AtomicBool,
}

impl Default for Wire {
    fn default() -> Self {
        Self {
            uploads: Semaphore::new(UPLOADS),
            held_until: AtomicI64::default(),
            unauthorised: AtomicBool::default(),
        }
    }
}

#[derive(Debug)]
pub(crate) struct State {
    wire: Arc<Wire>,
    outbox: Notify,
    catch_up: Notify,
    files: Notify,
    dashboards: Notify,
    /// The guild is out of reach; until when nobody need ask whether it still is, where nobody will
    /// tell when it is back.
    away: Mutex<Option<(Absence, Option<Timestamp>)>>,
    /// Discord said that the guild has no room for another active thread.
    full: AtomicBool,
    budget: Notify,
    /// Grows with every session that may have missed something; zero before the first.
    session: AtomicU64,
    threads: Mutex<Threads>,
}

#[derive(Debug, Default)]
struct Threads {
    /// The session in which each thread was last read to its end.
    read_in: HashMap<ThreadId, u64>,
    /// Threads to be read.
    to_read: BTreeSet<ThreadId>,
    /// Those among them in which somebody is known to have written: they are read first.
    grown: BTreeSet<ThreadId>,
    /// One thing at a time per thread.
    lanes: HashMap<ThreadId, Arc<tokio::sync::Mutex<()>>>,
    /// What was deleted lately, whether it was known or not.
    gone: VecDeque<DiscordMessageId>,
}

impl Threads {
    fn need_not_be_read(&mut self, thread: ThreadId) {
        self.to_read.remove(&thread);
        self.grown.remove(&thread);
    }
}

impl State {
    pub(crate) fn on(wire: Arc<Wire>) -> Self {
        Self {
            wire,
            outbox: Notify::default(),
            catch_up: Notify::default(),
            files: Notify::default(),
            dashboards: Notify::default(),
            away: Mutex::default(),
            full: AtomicBool::default(),
            budget: Notify::default(),
            session: AtomicU64::default(),
            threads: Mutex::default(),
        }
    }

    /// Room for the files of one more post, or nothing while others go up.
    pub(crate) fn room_for_files(&self) -> Option<SemaphorePermit<'_>> {
        self.wire.uploads.try_acquire().ok()
    }

    pub(crate) fn wake(&self) {
        self.outbox.notify_one();
    }

    pub(crate) fn woken(&self) -> Notified<'_> {
        self.outbox.notified()
    }

    /// A file of Discord's is to be fetched.
    pub(crate) fn want_files(&self) {
        self.files.notify_one();
    }

    pub(crate) fn files_wanted(&self) -> Notified<'_> {
        self.files.notified()
    }

    /// A dashboard message is to be posted or taken away.
    pub(crate) fn dashboard_changed(&self) {
        self.dashboards.notify_one();
    }

    pub(crate) fn dashboards_changed(&self) -> Notified<'_> {
        self.dashboards.notified()
    }

    pub(crate) fn has_gaps(&self) -> Notified<'_> {
        self.catch_up.notified()
    }

    /// No request may be made before this.
    pub(crate) fn held_until(&self) -> Option<Timestamp> {
        let at = self.wire.held_until.load(Ordering::Relaxed);
        (at > 0).then_some(Timestamp(at))
    }

    pub(crate) fn hold_until(&self, at: Timestamp) {
        self.wire.held_until.fetch_max(at.0, Ordering::Relaxed);
    }

    pub(crate) fn unauthorised(&self, again: Timestamp) {
        self.wire.unauthorised.store(true, Ordering::Relaxed);
        self.hold_until(again);
    }

    pub(crate) fn authorised(&self) {
        self.wire.unauthorised.store(false, Ordering::Relaxed);
    }

    pub(crate) fn is_unauthorised(&self) -> bool {
        self.wire.unauthorised.load(Ordering::Relaxed)
    }

    /// `true` when that is news.
    pub(crate) fn set_away(&self, away: Option<(Absence, Option<Timestamp>)>) -> bool {
        let mut known = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        let news = known.map(|(absence, _)| absence) != away.map(|(absence, _)| absence);
        *known = away;
        news
    }

    pub(crate) fn away(&self) -> Option<Absence> {
        let away = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        away.map(|(absence, _)| absence)
    }

    /// Whether it is by a refusal that we know, so that only another answer can say otherwise.
    pub(crate) fn is_away_by_refusal(&self) -> bool {
        let away = *self.away.lock().unwrap_or_else(PoisonError::into_inner);
        away.is_some_and(|(_, ask_again)| ask_again.is_some())
    }

    /// Whether it is useless to ask anything of Discord now.
    pub(crate) fn is_away(&self, now: Timestamp) -> bool {
        let away = *self.away.lock().unwrap_or_else(PoisonError::into_inner);
        away.is_some_and(|(_, ask_again)| ask_again.is_none_or(|at| now < at))
    }

    /// Room has to be made for another active thread.
    pub(crate) fn fill_up(&self) {
        self.full.store(true, Ordering::Relaxed);
        self.budget.notify_one();
    }

    pub(crate) fn is_full(&self) -> bool {
        self.full.load(Ordering::Relaxed)
    }

    pub(crate) fn made_room(&self) {
        self.full.store(false, Ordering::Relaxed);
    }

    pub(crate) fn filled_up(&self) -> Notified<'_> {
        self.budget.notified()
    }

    /// A session began or ended: all that was read before may have grown unseen.
    pub(crate) fn new_session(&self) {
        self.session.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn session(&self) -> u64 {
        self.session.load(Ordering::SeqCst)
    }

    /// The thread was read to its end in this session.
    pub(crate) fn read_to_end(&self, thread: ThreadId, session: u64) {
        let mut threads = self.threads();
        threads.read_in.insert(thread, session);
        if session == self.session() {
            threads.need_not_be_read(thread);
        }
    }

    /// Whether something may be missing before what is heard of the thread now.
    pub(crate) fn is_behind(&self, thread: ThreadId) -> bool {
        self.threads().read_in.get(&thread) != Some(&self.session())
    }

    pub(crate) fn read_again(&self, threads: impl IntoIterator<Item = ThreadId>) {
        self.threads().to_read.extend(threads);
        self.catch_up.notify_one();
    }

    /// Somebody has written there: somebody else waits for it.
    pub(crate) fn has_grown(&self, thread: ThreadId) {
        self.threads().grown.insert(thread);
        self.read_again([thread]);
    }

    pub(crate) fn left_to_read(&self) -> usize {
        self.threads().to_read.len()
    }

    /// The thread to be read next, but for these.
    pub(crate) fn next_to_read(&self, except: &HashSet<ThreadId>) -> Option<ThreadId> {
        let threads = self.threads();
        let mut in_turn = threads.grown.iter().chain(&threads.to_read);
        in_turn.find(|thread| !except.contains(thread)).copied()
    }

    pub(crate) fn not_to_be_read(&self, thread: ThreadId) {
        self.threads().need_not_be_read(thread);
    }

    /// A message was deleted: whoever tells of it from now on tells late. What is forgotten here is
    /// found when the thread is compared.
    pub(crate) fn message_gone(&self, message: DiscordMessageId) {
        let gone = &mut self.threads().gone;
        if gone.len() == GONE {
            gone.pop_front();
        }
        gone.push_back(message);
    }

    pub(crate) fn is_gone(&self, message: DiscordMessageId) -> bool {
        self.threads().gone.contains(&message)
    }

    /// The thread's own queue. Lanes that nobody holds are dropped now and then.
    pub(crate) fn lane(&self, thread: ThreadId) -> Arc<tokio::sync::Mutex<()>> {
        let mut threads = self.threads();
        if threads.lanes.len() > 1_000 {
            threads.lanes.retain(|_, lane| Arc::strong_count(lane) > 1);
        }
        threads.lanes.entry(thread).or_default().clone()
    }

    fn threads(&self) -> MutexGuard<'_, Threads> {
        self.threads
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
