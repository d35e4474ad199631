//! Settings as admins change them, by command or on the web: judged one by one, kept together.
//!
//! A [`Decision`] is a value that was judged, and only here one is made; so nothing is kept that was
//! not, and of several at once either all are or none. What the environment decides is nobody's to
//! change.

use super::{Options, Setting, Shape};
use crate::bridge::RemoteChannel;
use crate::roster::Freshness;
use crate::store::commands;
use crate::{Admin, Desk, DeskError};
use domain::{ChannelId, Field, RoleId};

/// A judged value of a setting; none goes back to the default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    setting: Setting,
    value: Option<String>,
}

impl Desk {
    /// Judges what an admin typed for a setting; nothing typed goes back to the default.
    pub async fn decide(
        &self,
        admin: &Admin,
        setting: Setting,
        typed: Option<&str>,
    ) -> Result<Decision, DeskError> {
        self.knows(admin)?;
        let key = setting.key();
        if let (Some(variable), true) = (setting.variable(), self.options().is_given(setting)) {
            return Err(DeskError::Conflict {
                why: format!(
                    "{key} is decided by {variable} where Threadline runs, which wins over what is \
                     said here. Change it there."
                ),
            });
        }
        let Some(typed) = typed else {
            let value = None;
            return Ok(Decision { setting, value });
        };
        let refuse = |why: &str| Err(DeskError::invalid(Field::Value, why));
        let value = match setting.read(typed) {
            Ok(value) => value,
            Err(why) => return refuse(&why),
        };
        match setting.shape() {
            // @everyone has the guild's own id.
            Shape::Role if value == self.discord_id.to_string() => {
                refuse("Everyone has that role: nobody would be a customer any more.")
            }
            Shape::Role => {
                self.has_role(RoleId(value.parse().unwrap_or(0)), Field::Value)
                    .await?;
                let value = Some(value);
                Ok(Decision { setting, value })
            }
            Shape::Channel => {
                self.owns(commands::channel_in(&value).unwrap_or(ChannelId(0)))
                    .await?;
                let value = Some(value);
                Ok(Decision { setting, value })
            }
            _ => {
                let value = Some(value);
                Ok(Decision { setting, value })
            }
        }
    }

    /// Keeps what was decided, all of it or nothing. Says which settings are others now.
    pub async fn adopt(
        &self,
        admin: &Admin,
        decisions: Vec<Decision>,
    ) -> Result<Vec<Setting>, DeskError> {
        self.knows(admin)?;
        let before = self.options();
        let work = self.work().await?;
        for decision in &decisions {
            let (key, value) = (decision.setting.key(), decision.value.as_deref());
            commands::set_option(&work.tx, self.guild, key, value).await?;
        }
        let set = commands::options(&work.tx, self.guild).await?;
        work.commit().await?;
        self.set_options(Options::new(set, self.given.as_ref()));
        // What stands in Discord may have to say something else now.
        self.bridge.dashboard_changed();
        let after = self.options();
        let settings = decisions.into_iter().map(|decision| decision.setting);
        Ok(settings
            .filter(|setting| before.value(*setting) != after.value(*setting))
            .collect())
    }

    /// Refuses a channel that is in another guild, or that the bot does not see.
    pub(crate) async fn owns(&self, channel: ChannelId) -> Result<(), DeskError> {
        let refuse = |why: &str| Err(DeskError::invalid(Field::Value, why));
        match self.port.guild_of(channel).await {
            Ok(Some(guild)) if guild == self.discord_id => Ok(()),
            Ok(_) => refuse(
                "I see no such channel in this server. Let my role view it, or choose another one.",
            ),
            Err(error) => {
                tracing::info!(%error, "Discord could not be asked whose a channel is");
                Err(DeskError::Conflict {
                    why: "Discord cannot be asked about that channel now. Try again in a moment."
                        .to_owned(),
                })
            }
        }
    }

    /// Refuses a role that is not this guild's: it would make nobody staff.
    pub(crate) async fn has_role(&self, role: RoleId, field: Field) -> Result<(), DeskError> {
        let Ok(powers) = self.powers(Freshness::Now).await else {
            return Err(DeskError::Conflict {
                why: "Discord cannot be asked about that role now. Try again in a moment."
                    .to_owned(),
            });
        };
        match powers.roles.iter().any(|known| known.id == role) {
            true => Ok(()),
            false => {
                let why = "There is no such role in this server (any more). Choose another one.";
                Err(DeskError::invalid(field, why))
            }
        }
    }

    /// The guild's channels that can be chosen.
    pub async fn channels(&self, admin: &Admin) -> Result<Vec<RemoteChannel>, DeskError> {
        self.knows(admin)?;
        Ok(self.known_channels().await?.to_vec())
    }
}
