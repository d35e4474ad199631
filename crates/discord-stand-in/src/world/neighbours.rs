//! Other guilds beside the first: how one comes, and which world a request is about.
//! Each is a whole world of its own; nothing of a guild is known here but its id and its channels.

use serde_json::{Value, json};

use super::{World, seed};
use crate::snowflake;

impl World {
    /// A guild joins: the bot is invited there by its owner.
    pub(crate) fn add_neighbour(&mut self, name: &str) -> Value {
        let place = self.neighbours.len() as u64 + 1;
        let mut made = seed::neighbour(self.clock.clone(), place, name);
        // The bot's token may have been changed.
        made.users.clone_from(&self.users);
        made.switches.clone_from(&self.switches);
        let bot = made.bot_id();
        let shown = made.guild_create_json(bot);
        made.tell(vec![bot], "GUILD_CREATE", shown);
        let settings = made.settings();
        self.neighbours.push(made);
        self.touched.insert(0);
        json!(settings)
    }

    /// Every guild's world, the first one first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.neighbours)
    }

    /// The world of this guild.
    pub(crate) fn of_guild(&mut self, guild: u64) -> Option<&mut Self> {
        if self.guild.id == guild {
            return Some(self);
        }
        let mut others = self.neighbours.iter_mut();
        others.find(|world| world.guild.id == guild)
    }

    /// The world that a request is about: that of the guild, the channel, the interaction that its
    /// path or its body names; the first, where it names none.
    pub(crate) fn meant(&mut self, path: &[&str], body: &Value) -> &mut Self {
        let is_it = |world: &Self| world.is_meant(path, body);
        match self.neighbours.iter().position(is_it) {
            Some(place) => &mut self.neighbours[place],
            None => self,
        }
    }

    fn is_meant(&self, path: &[&str], body: &Value) -> bool {
        let id = |text: &&str| text.parse::<u64>().unwrap_or(0);
        let has_channel = |channel: u64| self.channels.contains_key(&channel);
        match path {
            ["channels", channel, ..] => has_channel(id(channel)),
            ["guilds", guild, ..] | ["applications", _, "guilds", guild, ..] => {
                self.guild.id == id(guild)
            }
            ["interactions", interaction, ..] => self.interactions.contains_key(&id(interaction)),
            ["interactions"] => body
                .get("channel_id")
                .and_then(snowflake::read)
                .is_some_and(has_channel),
            ["webhooks", webhook, token, ..] => {
                self.webhooks.contains_key(&id(webhook))
                    || self.interactions.values().any(|told| told.token == *token)
            }
            ["attachments", channel, ..] => has_channel(id(channel)),
            _ => false,
        }
    }
}
