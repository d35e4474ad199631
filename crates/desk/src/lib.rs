//! What the helpdesk does: use cases, the outbox, the one door for Discord's facts, live hints.
//!
//! Native only. It knows Discord as the trait [`bridge::DiscordPort`] and the web not at all;
//! `server` opens the doors. Permission is a value: [`Staff`], [`Admin`] and [`Holder`] can be made only
//! here, after the check.

#[cfg(target_family = "wasm")]
compile_error!("`desk` is the server's half; the browser gets `domain` and `app` alone");

pub mod bridge;
mod cards;
pub mod clock;
pub mod commands;
mod error;
mod examination;
pub mod files;
mod filing;
mod forms;
mod hours;
mod house;
mod inner;
pub mod live;
mod messages;
mod milestones;
mod opening_hours;
pub mod options;
mod people;
mod quick_replies;
mod reading;
mod roster;
mod shown;
mod staffing;
mod statistics;
mod store;
mod sync;
mod tags;
mod tickets;
mod token;
mod transcript;
mod work;

pub use cards::{CardOf, Cards};
pub use error::DeskError;
pub use examination::{Examiner, Used};
pub use filing::{NewTicket, Opened};
pub use forms::{Question, Reply};
pub use house::{Held, House, Seat};
pub use milestones::Milestone;
pub use people::{Admin, DiscordProfile, Holder, Insider, Staff};
pub use quick_replies::Keep;
pub use staffing::{Grantee, Staffing};
pub use store::db::{Db, Durability};
pub use tags::Tagging;
pub use token::RequestKey;
pub use transcript::{Pictures, Transcript};

use bridge::{Absence, DiscordPort};
use clock::Clock;
use domain::view::GuildView;
use domain::{ChannelId, DiscordGuildId, FileLimits, NotesInDiscord, RoleId, ThreadKind};
use files::FileStore;
use inner::{Inner, Shared};
use options::{Given, Setting};
use std::sync::{Arc, RwLock};
use store::{guilds, outbox};

/// What an installation decides about its helpdesk.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where browsers reach it, without a slash at the end.
    pub public_url: String,
    /// The guild that it serves, or the first of them.
    pub guild: GuildSettings,
    /// Which of that guild's settings hold as they are there, whatever its admins say.
    pub given: Vec<Setting>,
    /// How much may be attached.
    pub files: FileLimits,
}

/// The guild, as configured.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// Whether tickets can be taken: there is a place for them, and somebody to answer.
    pub fn is_set_up(&self) -> bool {
        self.support_channel.0 > 0 && self.staff_role.0 > 0
    }

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
    /// Threads that may have grown unseen, and are not read yet.
    pub threads_to_read: u64,
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
    /// Opens one guild's desk over a migrated database, for whoever serves no other. An installation
    /// opens a [`House`].
    pub async fn open(
        db: Db,
        clock: Arc<dyn Clock>,
        port: Arc<dyn DiscordPort>,
        files: Arc<dyn FileStore>,
        settings: Settings,
    ) -> Result<Self, DeskError> {
        let Settings {
            public_url,
            files: limits,
            ..
        } = settings.clone();
        let shared = Shared::open(db, clock, port, files, public_url, limits).await?;
        Self::first(shared, settings).await
    }

    /// The desk of the guild that the environment names.
    pub(crate) async fn first(shared: Arc<Shared>, settings: Settings) -> Result<Self, DeskError> {
        let row = guilds::ensure(&shared.db, &settings.guild).await?;
        let given = Given {
            guild: settings.guild,
            settings: settings.given,
        };
        Self::of(shared, row, Some(given)).await
    }

    /// The desk of a guild that is known.
    pub(crate) async fn of(
        shared: Arc<Shared>,
        row: store::entities::guild::Model,
        given: Option<Given>,
    ) -> Result<Self, DeskError> {
        let categories = store::forms::categories(&shared.db.read, row.id).await?;
        let set = store::commands::options(&shared.db.read, row.id).await?;
        let options = options::Options::new(set, given.as_ref());
        let home = options.home(row.discord_id);
        Ok(Self(Arc::new(Inner {
            bridge: bridge::State::on(shared.wire.clone()),
            shared,
            guild: row.id,
            discord_id: row.discord_id,
            view: RwLock::new(GuildView {
                name: row.name,
                slug: row.slug,
            }),
            home: RwLock::new(Arc::new(home)),
            options: RwLock::new(Arc::new(options)),
            given,
            categories: RwLock::new(Arc::new(categories)),
            roster: roster::Roster::default(),
            practice: examination::Practice::default(),
        })))
    }

    /// The guild's id at Discord.
    pub fn discord_id(&self) -> DiscordGuildId {
        self.discord_id
    }

    /// Whether the guild takes tickets: somebody said where they go and who answers.
    pub fn is_set_up(&self) -> bool {
        self.home().is_set_up()
    }

    /// Why the guild is out of our reach, if it is.
    pub fn away(&self) -> Option<Absence> {
        self.bridge.away()
    }

    /// What proves nothing here: a proof is good for the guild that it was made for.
    pub(crate) fn knows(&self, who: &impl Insider) -> Result<(), DeskError> {
        if who.works_for() == self.guild {
            Ok(())
        } else {
            Err(DeskError::NotFound)
        }
    }

    /// The guild as visitors see it.
    pub fn guild_view(&self) -> GuildView {
        self.guild_name()
    }

    /// Figures for health checks and metrics.
    pub async fn health(&self) -> Result<Health, DeskError> {
        let depth = outbox::depth(&self.db, self.guild).await?;
        let (_, files_wanted) = store::files::wanted(&self.db, self.guild).await?;
        Ok(Health {
            outbox_waiting: depth.waiting,
            outbox_parked: depth.parked,
            files_wanted,
            threads_to_read: self.bridge.left_to_read() as u64,
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
}
