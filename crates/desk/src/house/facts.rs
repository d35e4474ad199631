//! Which desk a fact from Discord is for.
//!
//! A fact about a thread goes to the desk whose thread it is; one about a guild, to that guild's; one
//! about the connection, to all. What a fact means is for the desk to say.

use super::House;
use crate::bridge::{Absence, Ingested, RemoteEvent, RemoteMessage};
use crate::store::{commands, links, outbox};
use crate::{Desk, DeskError};
use domain::ThreadId;

impl House {
    /// Takes in one fact.
    pub async fn ingest(&self, fact: RemoteEvent) -> Result<Ingested, DeskError> {
        match &fact {
            RemoteEvent::Connected | RemoteEvent::Disconnected => {
                self.tell(self.desks(), &fact).await
            }
            RemoteEvent::MemberOf(guilds) => {
                for desk in self.desks() {
                    if !guilds.contains(&desk.discord_id) {
                        self.left(&desk).await?;
                    }
                }
                self.tell(self.desks(), &fact).await
            }
            RemoteEvent::GuildReady { guild, name, .. } => {
                let desk = match self.of_guild(*guild) {
                    Some(desk) => desk,
                    None => self.move_in(*guild, name).await?,
                };
                let was_away = desk.away() == Some(Absence::Removed);
                let taken = desk.ingest(fact).await?;
                if was_away {
                    self.0.changed.send_modify(|times| *times += 1);
                }
                Ok(taken)
            }
            RemoteEvent::GuildAway { guild, absence } => {
                let Some(desk) = self.of_guild(*guild) else {
                    return Ok(Ingested::Ignored);
                };
                if *absence == Absence::Removed {
                    self.left(&desk).await?;
                }
                desk.ingest(fact).await
            }
            RemoteEvent::ChannelGone { channel } => {
                let guilds = links::guilds_under(&self.db, *channel).await?;
                let desks = guilds.into_iter().filter_map(|guild| self.of_row(guild));
                self.tell(desks.collect(), &fact).await
            }
            RemoteEvent::Posted(message) | RemoteEvent::Edited(message) => {
                let desk = self.addressed(message).await?;
                self.tell(desk.into_iter().collect(), &fact).await
            }
            RemoteEvent::Deleted {
                channel: thread, ..
            }
            | RemoteEvent::ThreadChanged { thread, .. }
            | RemoteEvent::ThreadGone { thread } => {
                let desk = self.of_thread(*thread).await?;
                self.tell(desk.into_iter().collect(), &fact).await
            }
        }
    }

    /// The bot is not in the guild any more, and its commands went with it.
    async fn left(&self, desk: &Desk) -> Result<(), DeskError> {
        commands::forget_registered(&self.db, desk.discord_id).await
    }

    /// Each of these desks takes the fact in. One that cannot makes the fact be told again, which
    /// changes nothing for the others.
    async fn tell(&self, desks: Vec<Desk>, fact: &RemoteEvent) -> Result<Ingested, DeskError> {
        let mut all = Ingested::Ignored;
        for desk in desks {
            match desk.ingest(fact.clone()).await? {
                Ingested::Ignored => {}
                news => all = news,
            }
        }
        Ok(all)
    }

    /// Whose message it is: by the promise that it keeps, or by its thread.
    async fn addressed(&self, message: &RemoteMessage) -> Result<Option<Desk>, DeskError> {
        if self.is_alone() {
            return Ok(Some(self.first()));
        }
        if let (true, Some(nonce)) = (message.author.is_us, &message.nonce) {
            let guild = outbox::guild_of_nonce(&self.db.read, nonce).await?;
            return Ok(guild.and_then(|guild| self.of_row(guild)));
        }
        self.of_thread(message.channel).await
    }

    /// The desk of the ticket whose thread it is.
    async fn of_thread(&self, thread: ThreadId) -> Result<Option<Desk>, DeskError> {
        if self.is_alone() {
            return Ok(Some(self.first()));
        }
        let guild = links::guild_of_thread(&self.db.read, thread).await?;
        Ok(guild.and_then(|guild| self.of_row(guild)))
    }
}
