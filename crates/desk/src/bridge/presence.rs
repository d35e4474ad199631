//! Whether the guild is there for us: the bot can be thrown out of it, and Discord can lose it for a
//! while.
//!
//! While it is away, every promise waits as it is, nothing is read, and staff are told once, for all
//! tickets. What a refusal means for one thread is not decided here.

use super::event::{Absence, ActiveThread};
use super::failure::UNKNOWN_CHANNEL;
use super::port::DeliveryError;
use crate::store::{guilds, links, slugs};
use crate::{Desk, DeskError};
use domain::Timestamp;
use std::collections::HashMap;
use std::sync::PoisonError;
use std::time::Duration;

/// Discord's codes for what the bot cannot see, and for a guild that it does not know.
const NO_ACCESS: u32 = 50_001;
const UNKNOWN_GUILD: u32 = 10_004;

/// How long to wait before asking again whether the bot is back, where nobody will tell.
const ASK_AGAIN: Duration = Duration::from_secs(60);

impl Desk {
    /// The guild is away, as the gateway says; it will say so when it is back.
    pub(super) fn gone_away(&self, absence: Absence) {
        if self.bridge.set_away(Some((absence, None))) {
            tracing::error!(?absence, "the guild is out of reach; promises wait");
            // What happens there meanwhile is not told.
            self.bridge.new_session();
            self.hub.announce_to_staff(self.guild);
        }
    }

    /// The guild is called so. Its part of an address is made of its first name, and stays
    /// until an admin changes it.
    pub(super) async fn called(&self, name: &str) -> Result<(), DeskError> {
        let mut known = self.guild_name();
        if known.name != name {
            guilds::rename(&self.db, self.guild, name).await?;
            name.clone_into(&mut known.name);
        } else if known.slug.is_some() {
            return Ok(());
        }
        if known.slug.is_none() {
            let slug = slugs::free(&self.db, name).await?;
            slugs::set(&self.db.write, self.guild, &slug).await?;
            known.slug = Some(slug);
        }
        *self.view.write().unwrap_or_else(PoisonError::into_inner) = known;
        Ok(())
    }

    /// The guild is there: what waited goes on, and what was missed is read. `active` are threads
    /// that Discord says are there.
    pub(super) async fn is_there(&self, active: &[ActiveThread]) -> Result<(), DeskError> {
        // Those of closed tickets are away; one that is not was brought back by somebody.
        let open = links::open_threads(&self.db, self.guild).await?;
        if self.bridge.set_away(None) {
            tracing::info!("the guild is within reach again");
            self.hub.announce_to_staff(self.guild);
            self.bridge.wake();
        }
        let known: HashMap<_, _> = open.iter().map(|link| (link.thread_id, link)).collect();
        for one in active {
            let news = known.get(&one.thread).is_some_and(|link| {
                let newest = link
                    .newest
                    .map_or(link.seen_up_to, |id| id.max(link.seen_up_to));
                one.last_message.is_some_and(|last| last > newest)
            });
            if news {
                self.bridge.has_grown(one.thread);
            }
        }
        let open = open.iter().map(|link| link.thread_id);
        let active = active.iter().map(|one| one.thread);
        self.bridge.read_again(open.chain(active));
        Ok(())
    }

    /// Whether a refusal came because the bot is not in the guild at all: then it says nothing about
    /// the thread that was asked for.
    pub(super) async fn is_shut_out(&self, error: &DeliveryError) -> Result<bool, DeliveryError> {
        let (DeliveryError::Gone { code, .. } | DeliveryError::Permanent { code, .. }) = error
        else {
            return Ok(false);
        };
        if !matches!(code, Some(NO_ACCESS | UNKNOWN_GUILD | UNKNOWN_CHANNEL)) {
            return Ok(false);
        }
        let now = self.now();
        if self.bridge.is_away(now) {
            return Ok(true);
        }
        if self.port.is_in(self.discord_id).await? {
            return Ok(false);
        }
        let again = now.after(ASK_AGAIN);
        if self.bridge.set_away(Some((Absence::Removed, Some(again)))) {
            tracing::error!("the bot is not in the guild any more; promises wait");
            self.hub.announce_to_staff(self.guild);
        }
        Ok(true)
    }

    /// A request came through although one was refused as if the bot were not in the guild.
    pub(super) async fn came_through(&self) -> Result<(), DeskError> {
        if self.bridge.is_away_by_refusal() {
            self.bridge.new_session();
            self.is_there(&[]).await?;
        }
        Ok(())
    }

    /// When a promise that cannot be kept while the guild is away is looked at again.
    pub(super) fn until_back(&self) -> Timestamp {
        self.now().after(Duration::from_secs(1))
    }

    /// What is wrong between the helpdesk and Discord as a whole, for staff.
    pub(crate) fn standing_trouble(&self) -> Option<String> {
        let words = match self.bridge.away() {
            Some(Absence::Removed) => {
                "The bot is not in the Discord server any more. Tickets go on here; what is for \
                 Discord waits, and is sent when the bot is invited again."
            }
            Some(Absence::Outage) => {
                "Discord has an outage: the server cannot be reached. Tickets go on here; what is \
                 for Discord waits, and is sent when the outage is over."
            }
            None if self.bridge.is_unauthorised() => {
                "Discord does not accept the bot's token. Tickets go on here; what is for Discord \
                 waits, and is sent when DISCORD_TOKEN is the present one."
            }
            None => return None,
        };
        Some(words.to_owned())
    }
}
