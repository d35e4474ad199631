//! The house: every guild of one installation, each at a desk of its own.
//!
//! It knows which desk is meant: by Discord's id, by the part of an address, by a private link, by a
//! person's proof. It opens desks for guilds that are new and hands facts to the one they concern.
//! What a desk does is the desk's; no query here reads what a ticket says.

mod address;
mod facts;
mod welcome;

use crate::bridge::{Absence, DiscordPort};
use crate::clock::Clock;
use crate::commands::{Answer, Asked, Suggestion};
use crate::files::FileStore;
use crate::inner::Shared;
use crate::store::{guilds, people, slugs, tickets};
use crate::token::Token;
use crate::{Db, Desk, DeskError, DiscordProfile, Health, Holder, Settings, Staff};
use domain::view::{GuildView, TicketView};
use domain::{DiscordGuildId, GuildId, PersonId};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use std::ops::Deref;
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::{Mutex, watch};

/// How many guilds are asked at once whether somebody is staff there.
const ASKED_AT_ONCE: usize = 8;

/// All desks of one installation. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct House(Arc<Rooms>);

struct Rooms {
    shared: Arc<Shared>,
    /// The first is the one that the environment names.
    desks: RwLock<Vec<Desk>>,
    /// One guild moves in at a time.
    moving: Mutex<()>,
    /// How many desks there are, and how often one of them came back.
    changed: watch::Sender<u64>,
}

impl std::fmt::Debug for House {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("House").finish_non_exhaustive()
    }
}

impl Deref for House {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0.shared
    }
}

/// A member of the staff at the desk where they are.
#[derive(Clone, Debug)]
pub struct Seat {
    /// The desk.
    pub desk: Desk,
    /// Who.
    pub staff: Staff,
}

/// A ticket whose link somebody holds.
#[derive(Clone, Debug)]
pub struct Held {
    /// The link's token.
    pub token: String,
    /// The ticket.
    pub ticket: TicketView,
    /// Whose it is.
    pub guild: GuildView,
}

impl House {
    /// Opens every desk over a migrated database: that of the guild in the settings, and those of
    /// all guilds that joined.
    pub async fn open(
        db: Db,
        clock: Arc<dyn Clock>,
        port: Arc<dyn DiscordPort>,
        files: Arc<dyn FileStore>,
        settings: Settings,
    ) -> Result<Self, DeskError> {
        let (url, limits) = (settings.public_url.clone(), settings.files);
        let shared = Shared::open(db, clock, port, files, url, limits).await?;
        let first = Desk::first(shared.clone(), settings).await?;
        let mut desks = vec![first];
        for row in guilds::all(&shared.db).await? {
            if row.id != desks[0].guild {
                desks.push(Desk::of(shared.clone(), row, None).await?);
            }
        }
        if desks.len() > 1 {
            shared.is_crowded();
        }
        Ok(Self(Arc::new(Rooms {
            shared,
            desks: RwLock::new(desks),
            moving: Mutex::default(),
            changed: watch::Sender::new(0),
        })))
    }

    /// Every desk, the environment's first.
    pub fn desks(&self) -> Vec<Desk> {
        self.0
            .desks
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The desk of the guild that the environment names.
    pub fn first(&self) -> Desk {
        self.0.desks.read().unwrap_or_else(PoisonError::into_inner)[0].clone()
    }

    fn find(&self, is_it: impl Fn(&Desk) -> bool) -> Option<Desk> {
        let desks = self.0.desks.read().unwrap_or_else(PoisonError::into_inner);
        desks.iter().find(|desk| is_it(desk)).cloned()
    }

    /// The desk of a guild at Discord.
    pub fn of_guild(&self, guild: DiscordGuildId) -> Option<Desk> {
        self.find(|desk| desk.discord_id == guild)
    }

    pub(crate) fn of_row(&self, guild: GuildId) -> Option<Desk> {
        self.find(|desk| desk.guild == guild)
    }

    /// The desk that this part of an address leads to.
    pub fn of_slug(&self, slug: &str) -> Option<Desk> {
        self.find(|desk| desk.guild_name().slug.as_deref() == Some(slug))
    }

    /// The desks where anyone may file a ticket now.
    pub fn open_desks(&self) -> Vec<Desk> {
        let mut desks = self.desks();
        desks.retain(|desk| desk.is_set_up() && desk.away() != Some(Absence::Removed));
        desks
    }

    /// The desk of whoever names no guild, if there is but one to be meant.
    pub fn only_desk(&self) -> Option<Desk> {
        if self.is_alone() {
            return Some(self.first());
        }
        match self.open_desks().as_slice() {
            [] => Some(self.first()),
            [only] => Some(only.clone()),
            _ => None,
        }
    }

    /// What the installation is called: as the only guild, if there is but one.
    pub fn name(&self) -> Option<String> {
        self.is_alone().then(|| self.first().guild_name().name)
    }

    /// The desk whose ticket a private link opens. Unknown and malformed ones are the same.
    pub async fn of_link(&self, token: &str) -> Result<Desk, DeskError> {
        if self.is_alone() {
            return Ok(self.first());
        }
        Ok(self.revision(token).await?.0)
    }

    /// The same, with the ticket's revision: it rises with every change that its customer may see.
    pub async fn revision(&self, token: &str) -> Result<(Desk, i64), DeskError> {
        let hash = Token::hash(token).ok_or(DeskError::NotFound)?;
        let behind = tickets::behind_link(&self.db, &hash).await?;
        behind
            .and_then(|(guild, rev)| Some((self.of_row(guild)?, rev)))
            .ok_or(DeskError::NotFound)
    }

    /// Who holds a private link, and the desk whose ticket it opens.
    pub async fn holder(&self, token: &str) -> Result<(Desk, Holder), DeskError> {
        let desk = self.of_link(token).await?;
        let holder = desk.holder(token).await?;
        Ok((desk, holder))
    }

    /// The tickets that these links open, newest first. Links that open nothing are left out.
    pub async fn held(&self, tokens: &[String]) -> Result<Vec<Held>, DeskError> {
        let mut held = Vec::new();
        for token in tokens {
            let Some(hash) = Token::hash(token) else {
                continue;
            };
            let desk = match self.of_link(token).await {
                Ok(desk) => desk,
                Err(DeskError::NotFound) => continue,
                Err(error) => return Err(error),
            };
            if let Some(ticket) = tickets::by_link(&self.db, desk.guild, &hash).await? {
                held.push(Held {
                    token: token.clone(),
                    ticket: ticket.view(),
                    guild: desk.guild_name(),
                });
            }
        }
        held.sort_by_key(|held| std::cmp::Reverse(held.ticket.created_at));
        Ok(held)
    }

    /// Takes in who signed in. That makes nobody staff.
    pub async fn sign_in(&self, who: DiscordProfile) -> Result<PersonId, DeskError> {
        let id = people::upsert(&self.db.write, &who).await?;
        for desk in self.desks() {
            desk.roster.forget(who.user);
        }
        Ok(id)
    }

    /// The first desk at which the person is staff now.
    pub async fn seat(&self, person: PersonId) -> Result<Seat, DeskError> {
        let mut refusal = DeskError::NotAllowed;
        for desk in self.desks() {
            match desk.staff(person).await {
                Ok(staff) => return Ok(Seat { desk, staff }),
                Err(DeskError::NotAllowed) => {}
                // Whom a guild without us counts as staff nobody can tell.
                Err(_) if desk.away() == Some(Absence::Removed) => {}
                Err(error) => refusal = error,
            }
        }
        Err(refusal)
    }

    /// Every desk at which the person is staff now, in the order of the desks. Whether they are may
    /// be unknown somewhere; then that is said, unless they have another seat.
    pub async fn seats(&self, person: PersonId) -> Result<Vec<Seat>, DeskError> {
        let asked: Vec<_> = futures::stream::iter(self.desks())
            .map(|desk| async move {
                let staff = desk.staff(person).await;
                (desk, staff)
            })
            .buffered(ASKED_AT_ONCE)
            .collect()
            .await;
        let mut seats = Vec::new();
        let mut unknown = None;
        for (desk, staff) in asked {
            match staff {
                Ok(staff) => seats.push(Seat { desk, staff }),
                Err(DeskError::NotAllowed) => {}
                Err(_) if desk.away() == Some(Absence::Removed) => {}
                Err(error) => unknown = Some(error),
            }
        }
        match unknown {
            Some(error) if seats.is_empty() => Err(error),
            _ => Ok(seats),
        }
    }

    /// The other guilds for which the person works.
    pub async fn others(&self, than: &Desk, person: PersonId) -> Result<Vec<GuildView>, DeskError> {
        if self.is_alone() {
            return Ok(Vec::new());
        }
        let mut seats = self.seats(person).await?;
        seats.retain(|seat| seat.desk.guild != than.guild);
        Ok(seats.iter().map(|seat| seat.desk.guild_name()).collect())
    }

    /// Does what somebody asks for inside Discord, in the guild where they ask.
    pub async fn interact(&self, asked: &Asked) -> Result<Answer, DeskError> {
        let desk = self.of_guild(asked.guild).ok_or(DeskError::NotFound)?;
        desk.interact(asked).await
    }

    /// What could be meant by what is typed there.
    pub async fn suggest(
        &self,
        asked: &Asked,
        option: &str,
        typed: &str,
    ) -> Result<Vec<Suggestion>, DeskError> {
        match self.of_guild(asked.guild) {
            Some(desk) => desk.suggest(asked, option, typed).await,
            None => Ok(Vec::new()),
        }
    }

    /// Figures of all guilds together. What waits for a guild that the bot was thrown out of may
    /// wait for ever, and is no news.
    pub async fn health(&self) -> Result<Health, DeskError> {
        let desks = self.desks();
        let mut all = desks[0].health().await?;
        for desk in &desks[1..] {
            let one = desk.health().await?;
            all.files_wanted += one.files_wanted;
            if one.away != Some(Absence::Removed) {
                all.outbox_waiting += one.outbox_waiting;
                all.outbox_parked += one.outbox_parked;
                all.threads_to_read += one.threads_to_read;
                all.oldest_waiting_ms = all.oldest_waiting_ms.max(one.oldest_waiting_ms);
            }
        }
        Ok(all)
    }

    /// Sees when a guild moves in or comes back.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.0.changed.subscribe()
    }

    /// Runs every desk's bridge, also of those that move in later, until `stop`.
    pub async fn run_bridges(&self, stop: impl Future<Output = ()>) {
        let (ended, end) = watch::channel(false);
        let ending = async {
            stop.await;
            let _ = ended.send(true);
        };
        tokio::join!(
            self.bridge_all(end.clone()),
            self.welcome_all(end.clone()),
            ending
        );
    }

    async fn bridge_all(&self, mut end: watch::Receiver<bool>) {
        let over = end.clone();
        let mut changes = self.changes();
        let mut running = FuturesUnordered::new();
        let mut begun = 0;
        loop {
            changes.mark_unchanged();
            // Desks only ever come, and each at the end.
            for desk in self.desks().into_iter().skip(begun) {
                begun += 1;
                let mut end = end.clone();
                running.push(async move {
                    let stopped = async {
                        // The other end going away is an end as well.
                        let _ = end.wait_for(|ended| *ended).await;
                    };
                    desk.run_bridge(stopped).await;
                });
            }
            tokio::select! {
                _ = end.wait_for(|ended| *ended) => break,
                Some(()) = running.next() => {
                    if !*over.borrow() {
                        tracing::error!("a bridge ended although nobody stopped it");
                    }
                }
                Ok(()) = changes.changed() => {}
            }
        }
        while running.next().await.is_some() {}
    }

    /// The desk of a guild that was not known: it moves in.
    async fn move_in(&self, guild: DiscordGuildId, name: &str) -> Result<Desk, DeskError> {
        let _one_at_a_time = self.0.moving.lock().await;
        if let Some(desk) = self.of_guild(guild) {
            return Ok(desk);
        }
        let slug = slugs::free(&self.db, name).await?;
        let row = guilds::add(&self.db, guild, name, Some(slug)).await?;
        let desk = Desk::of(self.0.shared.clone(), row, None).await?;
        // A session is on: what follows in it is heard.
        desk.bridge.new_session();
        self.0.shared.is_crowded();
        self.0
            .desks
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .push(desk.clone());
        self.0.changed.send_modify(|times| *times += 1);
        tracing::info!(discord.guild_id = guild.0, "a guild moved in");
        Ok(desk)
    }
}
