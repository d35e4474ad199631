//! The first words in a guild that the bot was invited to: what to do, to whoever can do it.
//!
//! It is told once, in private to who invited the bot, else to the owner, else in the channel where
//! Discord greets; a door that is closed to us is no error. It survives a restart: a row says whether
//! it was told.

use super::House;
use crate::bridge::{DeliveryError, Nonce, Post, escape};
use crate::store::guilds;
use crate::{Desk, DeskError};
use domain::{ChannelId, DiscordUserId, ThreadId};
use std::time::Duration;
use tokio::sync::watch;

/// Where it can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Alone(DiscordUserId),
    Channel(ChannelId),
}

/// What came of trying to tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Yes,
    /// There is nobody who hears us.
    NoOne,
    /// Not now.
    Later,
}

/// How long to wait before somebody who could not be told is told again.
const AGAIN: Duration = Duration::from_secs(60);

impl House {
    /// Welcomes every guild that moves in, until `ended`.
    pub(super) async fn welcome_all(&self, mut ended: watch::Receiver<bool>) {
        let mut changes = self.changes();
        loop {
            changes.mark_unchanged();
            let step = tokio::select! {
                // What is cut short is begun again: the guild is not marked as welcomed.
                _ = ended.wait_for(|ended| *ended) => return,
                step = self.welcome_step() => step,
            };
            let all = step.unwrap_or_else(|error| {
                tracing::error!(%error, "it is not known whom to welcome");
                false
            });
            tokio::select! {
                _ = ended.wait_for(|ended| *ended) => return,
                Ok(()) = changes.changed() => {}
                () = tokio::time::sleep(AGAIN), if !all => {}
            }
        }
    }

    /// Tells whoever let the bot into a guild what to do there. `false`: somebody is still to be
    /// told.
    pub async fn welcome_step(&self) -> Result<bool, DeskError> {
        let mut all = true;
        for guild in guilds::unwelcomed(&self.db).await? {
            let Some(desk) = self.of_row(guild) else {
                continue;
            };
            if desk.away().is_some() {
                // When it comes back, the house is woken.
                continue;
            }
            let told = match desk.is_set_up() {
                true => Told::Yes,
                false => desk.welcome().await,
            };
            match told {
                Told::Later => {
                    all = false;
                    continue;
                }
                Told::NoOne => tracing::info!(
                    discord.guild_id = desk.discord_id.0,
                    "nobody of a guild could be told what to do; /setup says it too"
                ),
                Told::Yes => {}
            }
            guilds::welcomed(&self.db, guild, self.now()).await?;
        }
        Ok(all)
    }
}

impl Desk {
    async fn welcome(&self) -> Told {
        let hosts = match self.port.hosts(self.discord_id).await {
            Ok(hosts) => hosts,
            Err(error) => return self.not_told(&error),
        };
        let people = [hosts.inviter, hosts.owner].into_iter().flatten();
        let mut places: Vec<_> = people.map(Place::Alone).collect();
        places.dedup();
        places.extend(hosts.system_channel.map(Place::Channel));
        let guild = self.guild_name();
        let name = escape(&guild.name);
        let page = match guild.slug {
            Some(slug) => format!(" Its page on the web is {}/g/{slug}.", self.public_url),
            None => String::new(),
        };
        let post = Post::Words(format!(
            "Thank you for inviting me to **{name}**. Nobody can file tickets there yet: in that \
             server, send `/setup`, which asks where tickets go and who answers them.{page}"
        ));
        for place in places {
            match self.welcome_at(place, &post).await {
                Ok(()) => return Told::Yes,
                // Whoever takes no messages from us is passed over.
                Err(
                    DeliveryError::Gone { .. }
                    | DeliveryError::Permanent { .. }
                    | DeliveryError::NameRefused { .. },
                ) => {}
                Err(error) => return self.not_told(&error),
            }
        }
        Told::NoOne
    }

    async fn welcome_at(&self, place: Place, post: &Post) -> Result<(), DeliveryError> {
        let channel = match place {
            Place::Alone(user) => self.port.direct(user).await?,
            Place::Channel(channel) => ThreadId(channel.0),
        };
        // The same at every try: a lost answer doubles nothing while Discord remembers it.
        let nonce = Nonce(format!("welcome{}", self.guild));
        self.port.post(channel, &nonce, post).await.map(drop)
    }

    fn not_told(&self, error: &DeliveryError) -> Told {
        match error {
            DeliveryError::Gone { .. } | DeliveryError::Permanent { .. } => Told::NoOne,
            error => {
                tracing::info!(
                    discord.guild_id = self.discord_id.0,
                    %error,
                    "nobody of a guild could be told yet what to do"
                );
                Told::Later
            }
        }
    }
}
