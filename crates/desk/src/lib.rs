//! What the helpdesk does: use cases, the outbox, the one door for Discord's facts, live hints.
//!
//! Native only. It knows Discord as the trait [`bridge::DiscordPort`] and the web not at all;
//! `server` opens the doors. Permission is a value: [`Staff`], [`Admin`] and [`Holder`] can be made only
//! here, after the check.

#[cfg(target_family = "wasm")]
compile_error!("`desk` is the server's half; the browser gets `domain` and `app` alone");

pub mod bridge;
pub mod clock;
pub mod commands;
mod error;
mod examination;
pub mod files;
mod filing;
mod forms;
mod hours;
mod inner;
pub mod live;
mod messages;
mod milestones;
mod opening_hours;
pub mod options;
mod people;
mod reading;
mod roster;
mod shown;
mod statistics;
mod store;
mod sync;
mod tickets;
mod token;
mod transcript;
mod work;

pub use error::DeskError;
pub use examination::{Examiner, Used};
pub use filing::{NewTicket, Opened};
pub use milestones::Milestone;
pub use people::{Admin, DiscordProfile, Holder, Insider, Staff};
pub use store::db::{Db, Durability};
pub use token::RequestKey;
pub use transcript::{Pictures, Transcript};

use bridge::{Absence, DiscordPort};
use clock::Clock;
use domain::view::GuildView;
use domain::{
    ChannelId, DiscordGuildId, FileLimits, NotesInDiscord, RoleId, ThreadKind, Timestamp,
};
use files::FileStore;
use inner::Inner;
use live::Hub;
use std::sync::{Arc, RwLock};
use store::{guilds, outbox, sessions};
use tokio::sync::Semaphore;

/// What an installation decides about its helpdesk.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where browsers reach it, without a slash at the end.
    pub public_url: String,
    /// The guild that it serves.
    pub guild: GuildSettings,
    /// How much may be attached.
    pub files: FileLimits,
}

/// The guild, as configured.
#[derive(Clone, Debug)]
pub struct GuildSettings {
    /// Its id at Discord.
    pub discord_id: DiscordGuildId,
    /// Where tickets become threads.
    pub support_channel: ChannelId,
    /// Whoever has this role is staff.
    pub staff_role: RoleId,
    /// What a message in a thread begins with to be a note that only staff read.
    pub note_prefix: String,
    /// What else makes a note of a message in a thread.
    pub notes: NotesInDiscord,
    /// What a ticket becomes in Discord.
    pub thread_kind: ThreadKind,
    /// How many active threads the guild may have before the quietest tickets' are archived.
    pub thread_budget: usize,
    /// Where staff read what becomes of tickets, if they want to.
    pub log_channel: Option<ChannelId>,
}

impl GuildSettings {
    /// The note in what was written in a thread, if its writer marked it as one.
    /// Beside files, which may be all of a note, no more than its beginning is needed.
    pub(crate) fn note_in<'a>(&self, written: &'a str, has_files: bool) -> Option<&'a str> {
        let note = written.trim_start().strip_prefix(&self.note_prefix)?;
        Some(note.trim_start()).filter(|note| has_files || !note.is_empty())
    }
}

/// How the bridge is doing, in figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Health {
    /// Promises to Discord that are not kept yet.
    pub outbox_waiting: u64,
    /// Promises that need a person.
    pub outbox_parked: u64,
    /// Files of Discord's that are not here yet.
    pub files_wanted: u64,
    /// The age of the oldest promise not kept.
    pub oldest_waiting_ms: u64,
    /// Which database.
    pub storage: &'static str,
    /// Discord refuses the bot's token.
    pub unauthorised: bool,
    /// The guild is out of our reach, and all promises wait.
    pub away: Option<Absence>,
}

/// The helpdesk. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Desk(Arc<Inner>);

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").finish_non_exhaustive()
    }
}

impl std::ops::Deref for Desk {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Desk {
    /// Opens the helpdesk over a migrated database.
    pub async fn open(
        db: Db,
        clock: Arc<dyn Clock>,
        port: Arc<dyn DiscordPort>,
        files: Arc<dyn FileStore>,
        settings: Settings,
    ) -> Result<Self, DeskError> {
        let guild = guilds::ensure(&db, &settings.guild).await?;
        let options = options::Options::load(&db.read, guild.id).await?;
        let categories = forms::Categories::load(&db.read, guild.id).await?;
        if !db.is_postgres() {
            // One process owns the file: a lease that outlived its process holds nobody up.
            outbox::release_all(&db, clock.now()).await?;
            store::files::release_all(&db, clock.now()).await?;
        }
        Ok(Self(Arc::new(Inner {
            db,
            clock,
            port,
            files,
            drawing: Semaphore::new(1),
            transcribing: Arc::new(Semaphore::new(transcript::AT_ONCE)),
            settings,
            guild: guild.id,
            guild_view: RwLock::new(GuildView { name: guild.name }),
            options: RwLock::new(Arc::new(options)),
            categories: RwLock::new(Arc::new(categories)),
            hub: Hub::new(),
            roster: roster::Roster::default(),
            bridge: bridge::State::default(),
            practice: examination::Practice::default(),
        })))
    }

    /// The moment now, by the desk's clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Live hints.
    pub fn live(&self) -> &Hub {
        &self.hub
    }

    /// The guild as visitors see it.
    pub async fn guild_view(&self) -> Result<GuildView, DeskError> {
        Ok(self.guild_name())
    }

    pub(crate) fn guild_name(&self) -> GuildView {
        self.guild_view
            .read()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .clone()
    }

    /// Figures for health checks and metrics.
    pub async fn health(&self) -> Result<Health, DeskError> {
        let depth = outbox::depth(&self.db).await?;
        let (_, files_wanted) = store::files::wanted(&self.db).await?;
        Ok(Health {
            outbox_waiting: depth.waiting,
            outbox_parked: depth.parked,
            files_wanted,
            oldest_waiting_ms: depth
                .oldest
                .map_or(0, |at| self.now().since(at).as_millis() as u64),
            storage: if self.db.is_postgres() {
                "postgres"
            } else {
                "sqlite"
            },
            unauthorised: self.bridge.is_unauthorised(),
            away: self.bridge.away(),
        })
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

    /// Forgets expired sessions and says how many.
    pub async fn sessions_sweep(&self) -> Result<u64, DeskError> {
        sessions::sweep(&self.db, self.now()).await
    }
}
