//! What all clones of a [`crate::Desk`] share, and what all desks of a [`crate::House`] do.
//!
//! What a guild decides or is told stands in [`Inner`]; what there is once per installation, in
//! [`Shared`]. Only the crate reads either.

use crate::bridge::{self, DiscordPort, Wire};
use crate::clock::Clock;
use crate::examination::{Examiner, Practice};
use crate::files::FileStore;
use crate::forms::Categories;
use crate::live::Hub;
use crate::options::{Given, Options};
use crate::roster::Roster;
use crate::store::{self, outbox, sessions};
use crate::{Cards, Db, DeskError, GuildSettings, transcript};
use domain::view::GuildView;
use domain::{DiscordGuildId, FileLimits, GuildId, Timestamp};
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use tokio::sync::Semaphore;

/// One guild's desk.
pub struct Inner {
    pub(crate) shared: Arc<Shared>,
    pub(crate) guild: GuildId,
    pub(crate) discord_id: DiscordGuildId,
    /// Shown on every page, so not asked of the database for each.
    pub(crate) view: RwLock<GuildView>,
    /// The guild's settings as they are now.
    pub(crate) home: RwLock<Arc<GuildSettings>>,
    /// All of them, as admins see them.
    pub(crate) options: RwLock<Arc<Options>>,
    /// What the environment decides for this guild.
    pub(crate) given: Option<Given>,
    /// Replaced as a whole when an admin changes them.
    pub(crate) categories: RwLock<Arc<Categories>>,
    pub(crate) roster: Roster,
    pub(crate) bridge: bridge::State,
    pub(crate) practice: Practice,
}

impl Deref for Inner {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.shared
    }
}

impl Inner {
    /// The guild's settings.
    pub(crate) fn home(&self) -> Arc<GuildSettings> {
        self.home
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// From now on these hold.
    pub(crate) fn set_options(&self, options: Options) {
        let home = Arc::new(options.home(self.discord_id));
        *self.options.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(options);
        *self.home.write().unwrap_or_else(PoisonError::into_inner) = home;
    }

    pub(crate) fn guild_name(&self) -> GuildView {
        self.view
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// What the addresses of staff's pages begin with in Discord: they lead to this guild's, whichever
    /// one the reader looked at last.
    pub(crate) fn staff_base(&self) -> String {
        match self.guild_name().slug {
            Some(slug) if !self.is_alone() => format!("{}/g/{slug}", self.public_url),
            _ => self.public_url.clone(),
        }
    }

    /// The same words, whether or not other guilds were there when they were posted.
    pub(crate) fn without_base(&self, words: &str) -> String {
        // Whichever part of an address the guild had then.
        let begin = format!("<{}/g/", self.public_url);
        let parts = words.split_once(&begin).and_then(|(before, rest)| {
            let (_, rest) = rest.split_once('/')?;
            Some((before, rest))
        });
        match parts {
            Some((before, rest)) => format!("{before}<{}/{rest}", self.public_url),
            None => words.to_owned(),
        }
    }
}

/// What an installation has once.
pub struct Shared {
    pub(crate) db: Db,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) port: Arc<dyn DiscordPort>,
    pub(crate) files: Arc<dyn FileStore>,
    /// Pictures are drawn one at a time.
    pub(crate) drawing: Semaphore,
    /// Transcripts hold their pictures whole: two at a time.
    pub(crate) transcribing: Arc<Semaphore>,
    pub(crate) public_url: String,
    pub(crate) limits: FileLimits,
    pub(crate) hub: Hub,
    pub(crate) wire: Arc<Wire>,
    pub(crate) examiner: OnceLock<Arc<dyn Examiner>>,
    pub(crate) cards: OnceLock<Arc<dyn Cards>>,
    /// More than one guild is served.
    crowded: AtomicBool,
}

impl Shared {
    /// Opens what the desks have in common.
    pub(crate) async fn open(
        db: Db,
        clock: Arc<dyn Clock>,
        port: Arc<dyn DiscordPort>,
        files: Arc<dyn FileStore>,
        public_url: String,
        limits: FileLimits,
    ) -> Result<Arc<Self>, DeskError> {
        if !db.is_postgres() {
            // One process owns the file: a lease that outlived its process holds nobody up.
            outbox::release_all(&db, clock.now()).await?;
            store::files::release_all(&db, clock.now()).await?;
        }
        Ok(Arc::new(Self {
            db,
            clock,
            port,
            files,
            drawing: Semaphore::new(1),
            transcribing: Arc::new(Semaphore::new(transcript::AT_ONCE)),
            public_url,
            limits,
            hub: Hub::new(),
            wire: Arc::default(),
            examiner: OnceLock::new(),
            cards: OnceLock::new(),
            crowded: AtomicBool::default(),
        }))
    }

    pub(crate) fn is_alone(&self) -> bool {
        !self.crowded.load(Ordering::Relaxed)
    }

    pub(crate) fn is_crowded(&self) {
        self.crowded.store(true, Ordering::Relaxed);
    }

    /// The moment now, by the desk's clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Live hints.
    pub fn live(&self) -> &Hub {
        &self.hub
    }

    /// Says who examines. The first word counts.
    pub fn examined_by(&self, examiner: Arc<dyn Examiner>) {
        if self.examiner.set(examiner).is_err() {
            tracing::warn!("a second examiner was not taken");
        }
    }

    /// Says who is asked for customers' cards. The first word counts.
    pub fn cards_from(&self, cards: Arc<dyn Cards>) {
        if self.cards.set(cards).is_err() {
            tracing::warn!("a second source of cards was not taken");
        }
    }

    /// Stores a session, replacing what was there.
    pub async fn session_save(
        &self,
        id: &str,
        data: &str,
        expires_at: Timestamp,
    ) -> Result<(), DeskError> {
        sessions::save(&self.db, id, data, expires_at).await
    }

    /// Stores a new session; `false` when the id is taken.
    pub async fn session_create(
        &self,
        id: &str,
        data: &str,
        expires_at: Timestamp,
    ) -> Result<bool, DeskError> {
        sessions::create(&self.db, id, data, expires_at).await
    }

    /// A session that has not expired.
    pub async fn session_load(&self, id: &str) -> Result<Option<(String, Timestamp)>, DeskError> {
        sessions::load(&self.db, id, self.now()).await
    }

    /// Forgets a session.
    pub async fn session_delete(&self, id: &str) -> Result<(), DeskError> {
        sessions::delete(&self.db, id).await
    }

    /// Folds SQLite's log back into its file; see [`Db::checkpoint`].
    pub async fn checkpoint(&self) -> Result<(), DeskError> {
        self.db.checkpoint().await
    }

    /// Forgets expired sessions and says how many.
    pub async fn sessions_sweep(&self) -> Result<u64, DeskError> {
        sessions::sweep(&self.db, self.now()).await
    }
}
