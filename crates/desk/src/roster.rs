//! Who is in the guild with which roles, and which channels it has, remembered for a short time.
//!
//! Every request of staff asks it. A fresh answer is used as it is; when Discord is away an older
//! one serves for a while, so that an outage does not sign everyone out, nor the bot's own exile. It
//! decides no permission.

use crate::bridge::{DeliveryError, Powers, RemoteChannel, RemoteMember};
use crate::store::people;
use crate::{Desk, DeskError};
use domain::{DiscordUserId, PersonId, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A role taken away is noticed within this.
const FRESH: Duration = Duration::from_secs(20);
/// With Discord away, an answer serves this long.
const STALE: Duration = Duration::from_secs(15 * 60);
/// With the guild known to be out of reach, an answer serves this long: staff go on working on the
/// web, and nobody's roles can be learned anyhow.
const AWAY: Duration = Duration::from_secs(12 * 60 * 60);

/// For how long Discord is not asked again after it gave no answer.
const PAUSE: Duration = Duration::from_secs(60);

/// How old an answer may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// As for whatever a permission hangs on.
    Fresh,
    /// For what only says that there is a way, and opens nothing.
    AtHand,
    /// For what somebody may have made at Discord a moment ago.
    Now,
}

impl Freshness {
    fn lasts(self) -> Duration {
        match self {
            Self::Fresh => FRESH,
            Self::AtHand => STALE,
            Self::Now => Duration::ZERO,
        }
    }
}

/// Discord's code for a guild that the bot is not in.
const UNKNOWN_GUILD: u32 = 10_004;

#[derive(Debug, Default)]
pub(crate) struct Roster {
    members: Mutex<HashMap<DiscordUserId, (Timestamp, Option<RemoteMember>)>>,
    /// Who manages the guild.
    powers: Mutex<Known>,
    /// Its channels, and when they were told.
    channels: Mutex<Option<(Timestamp, Arc<[RemoteChannel]>)>>,
    /// A person's account never changes.
    accounts: Mutex<HashMap<PersonId, DiscordUserId>>,
}

/// Who manages the guild, as far as it was learned.
#[derive(Clone, Debug, Default)]
struct Known {
    powers: Option<(Timestamp, Arc<Powers>)>,
    /// When Discord did not answer, if that was its last word.
    failed_at: Option<Timestamp>,
}

impl Roster {
    fn known(&self, user: DiscordUserId) -> Option<(Timestamp, Option<RemoteMember>)> {
        self.lock().get(&user).cloned()
    }

    /// What a member is called here, if they were asked for lately.
    pub(crate) fn name(&self, user: DiscordUserId) -> Option<String> {
        self.known(user)?.1.map(|member| member.name)
    }

    fn remember(&self, user: DiscordUserId, at: Timestamp, member: Option<RemoteMember>) {
        let mut known = self.lock();
        known.retain(|_, (learned, _)| at.since(*learned) < AWAY);
        known.insert(user, (at, member));
    }

    pub(crate) fn forget(&self, user: DiscordUserId) {
        self.lock().remove(&user);
    }

    fn lock(
        &self,
    ) -> std::sync::MutexGuard<'_, HashMap<DiscordUserId, (Timestamp, Option<RemoteMember>)>> {
        self.members
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn powers(&self) -> std::sync::MutexGuard<'_, Known> {
        self.powers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn channels(&self) -> std::sync::MutexGuard<'_, Option<(Timestamp, Arc<[RemoteChannel]>)>> {
        self.channels.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn accounts(&self) -> std::sync::MutexGuard<'_, HashMap<PersonId, DiscordUserId>> {
        self.accounts
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Desk {
    /// The person's account at Discord.
    pub(crate) async fn account(
        &self,
        person: PersonId,
    ) -> Result<Option<DiscordUserId>, DeskError> {
        if let Some(account) = self.roster.accounts().get(&person) {
            return Ok(Some(*account));
        }
        let row = people::by_id(&self.db.read, person).await?;
        let account = row.map(|row| row.discord_id);
        if let Some(account) = account {
            self.roster.accounts().insert(person, account);
        }
        Ok(account)
    }

    /// The guild's member, or `None` when the user is not in it.
    pub(crate) async fn member(
        &self,
        user: DiscordUserId,
    ) -> Result<Option<RemoteMember>, DeskError> {
        let now = self.now();
        let known = self.roster.known(user);
        if let Some((at, member)) = &known
            && now.since(*at) < FRESH
        {
            return Ok(member.clone());
        }
        match self.port.member(self.discord_id, user).await {
            Ok(member) => {
                self.roster.remember(user, now, member.clone());
                Ok(member)
            }
            // Who is asked for is not there; unless it is the guild that is not there for us.
            Err(DeliveryError::Gone { code, .. }) if code != Some(UNKNOWN_GUILD) => Ok(None),
            Err(error) => match known {
                Some((at, member)) if now.since(at) < self.answers_serve() => Ok(member),
                _ => {
                    tracing::warn!(%error, "Discord could not be asked for a member");
                    Err(DeskError::Busy("Discord cannot be asked who is staff"))
                }
            },
        }
    }

    /// Who manages the guild, as it was at most `within` ago.
    pub(crate) async fn powers(&self, within: Freshness) -> Result<Arc<Powers>, DeskError> {
        let now = self.now();
        let known = self.roster.powers().clone();
        if let Some((at, powers)) = &known.powers
            && now.since(*at) < within.lasts()
        {
            return Ok(powers.clone());
        }
        // Nobody waits again and again for what only shows a way.
        let pauses =
            within == Freshness::AtHand && known.failed_at.is_some_and(|at| now.since(at) < PAUSE);
        if !pauses {
            match self.port.powers(self.discord_id).await {
                Ok(powers) => {
                    let powers = Arc::new(powers);
                    *self.roster.powers() = Known {
                        powers: Some((now, powers.clone())),
                        failed_at: None,
                    };
                    return Ok(powers);
                }
                Err(error) => {
                    tracing::warn!(%error, "Discord could not be asked who manages a guild");
                    self.roster.powers().failed_at = Some(now);
                }
            }
        }
        match known.powers {
            Some((at, powers))
                if within != Freshness::Now && now.since(at) < self.answers_serve() =>
            {
                Ok(powers)
            }
            _ => Err(DeskError::Busy(
                "Discord cannot be asked who manages the server",
            )),
        }
    }

    /// The guild's channels that the bot sees. Whoever types a command asks with every letter.
    pub(crate) async fn known_channels(&self) -> Result<Arc<[RemoteChannel]>, DeskError> {
        let now = self.now();
        if let Some((at, channels)) = &*self.roster.channels()
            && now.since(*at) < FRESH
        {
            return Ok(channels.clone());
        }
        match self.port.channels(self.discord_id).await {
            Ok(channels) => {
                let channels: Arc<[RemoteChannel]> = channels.into();
                *self.roster.channels() = Some((now, channels.clone()));
                Ok(channels)
            }
            Err(error) => {
                tracing::info!(%error, "Discord could not be asked for a guild's channels");
                Err(DeskError::Busy(
                    "Discord cannot be asked for the server's channels",
                ))
            }
        }
    }

    /// For how long an older answer serves when there is no new one.
    fn answers_serve(&self) -> Duration {
        match self.bridge.away() {
            Some(_) => AWAY,
            None => STALE,
        }
    }
}
