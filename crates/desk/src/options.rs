//! What the admins of a guild decide: every setting with its bounds, its default and its value now.
//!
//! A setting is one line of [`Setting::ALL`]; `/config` shows, suggests and judges from there. It
//! keeps values as text, as they were typed, and reads them into what use cases need. What the
//! environment gives the first guild stands above what its admins say.

use crate::bridge::Absence;
use crate::opening_hours::OpeningHours;
use crate::store::commands;
use crate::store::ticket_lines::Standing;
use crate::{Desk, DeskError, GuildSettings};
use domain::text::prefixed_thread_name;
use domain::view::HoursView;
use domain::{ChannelId, DiscordGuildId, NotesInDiscord, RoleId, ThreadKind, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

mod deciding;
mod setting;

pub use deciding::Decision;
pub use setting::{MAINTENANCE, Setting, Shape};

/// What the environment decides for the first guild.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    pub(crate) guild: GuildSettings,
    /// Which of them.
    pub(crate) settings: Vec<Setting>,
}

impl Given {
    /// What it says of a setting: nothing, that it is not set, or its value.
    fn value(&self, setting: Setting) -> Option<Option<String>> {
        if !self.settings.contains(&setting) {
            return None;
        }
        let guild = &self.guild;
        Some(match setting {
            Setting::SupportChannel => Some(guild.support_channel.to_string()),
            Setting::StaffRole => Some(guild.staff_role.to_string()),
            Setting::ThreadKind => Some(guild.thread_kind.key().to_owned()),
            Setting::NotePrefix => Some(guild.note_prefix.clone()),
            Setting::NotesInDiscord => Some(guild.notes.key().to_owned()),
            Setting::ThreadBudget => Some(guild.thread_budget.to_string()),
            Setting::LogChannel => guild.log_channel.map(|channel| channel.to_string()),
            _ => return None,
        })
    }
}

/// A guild's settings now.
#[derive(Clone, Debug, Default)]
pub struct Options {
    set: HashMap<String, String>,
    given: Vec<Setting>,
}

impl Options {
    /// What admins set, below what the environment gives.
    pub(crate) fn new(mut set: HashMap<String, String>, given: Option<&Given>) -> Self {
        let mut decided = Vec::new();
        for setting in Setting::ALL {
            match given.and_then(|given| given.value(setting)) {
                Some(Some(value)) => {
                    set.insert(setting.key().to_owned(), value);
                    decided.push(setting);
                }
                Some(None) => {
                    set.remove(setting.key());
                    decided.push(setting);
                }
                None => {}
            }
        }
        Self {
            set,
            given: decided,
        }
    }

    /// The value of a setting, if there is one.
    pub fn value(&self, setting: Setting) -> Option<String> {
        let value = self.set.get(setting.key()).map(String::as_str);
        Some(value.unwrap_or(setting.default()).to_owned()).filter(|value| !value.is_empty())
    }

    /// Whether an admin set it.
    pub fn is_set(&self, setting: Setting) -> bool {
        self.set.contains_key(setting.key())
    }

    /// Whether the environment decides it.
    pub fn is_given(&self, setting: Setting) -> bool {
        self.given.contains(&setting)
    }

    fn number(&self, setting: Setting) -> i64 {
        self.value(setting)
            .and_then(|value| value.parse().ok())
            .unwrap_or_default()
    }

    fn channel(&self, setting: Setting) -> Option<ChannelId> {
        commands::channel_in(&self.value(setting)?)
    }

    /// What is said instead of taking a new ticket.
    pub(crate) fn maintenance(&self) -> Option<&str> {
        self.set.get(Setting::Maintenance.key()).map(String::as_str)
    }

    /// The channel for threads of tickets from Discord.
    pub(crate) fn panel_channel(&self) -> Option<ChannelId> {
        self.channel(Setting::PanelChannel)
    }

    /// What a new ticket's thread is called, where the guild puts words of its own before the number.
    pub(crate) fn name_of_thread(&self, number: i64, subject: &str) -> Option<String> {
        let prefix = self.value(Setting::TicketPrefix)?;
        Some(prefixed_thread_name(&prefix, number, subject))
    }

    /// What the use cases need of it, read.
    pub(crate) fn home(&self, discord_id: DiscordGuildId) -> GuildSettings {
        let text = |setting| self.value(setting).unwrap_or_default();
        let role = self.number(Setting::StaffRole);
        let support = self.channel(Setting::SupportChannel);
        GuildSettings {
            discord_id,
            support_channel: support.unwrap_or(ChannelId(0)),
            staff_role: RoleId(role),
            note_prefix: text(Setting::NotePrefix),
            notes: NotesInDiscord::from_key(&text(Setting::NotesInDiscord)).unwrap_or_default(),
            thread_kind: ThreadKind::from_key(&text(Setting::ThreadKind)).unwrap_or_default(),
            thread_budget: usize::try_from(self.number(Setting::ThreadBudget)).unwrap_or(1),
            log_channel: self.channel(Setting::LogChannel),
        }
    }
}

impl Desk {
    /// The guild's settings.
    pub fn options(&self) -> Arc<Options> {
        self.options
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// What is said instead of taking a new ticket: while new tickets are paused, where nobody said
    /// yet who answers them, and where nobody would any more. The guild that the environment names
    /// takes them all the same: its staff look after the installation, and see that it is away.
    pub fn maintenance(&self) -> Option<String> {
        if !self.is_set_up() {
            return Some(NOT_SET_UP.to_owned());
        }
        if self.given.is_none() && self.away() == Some(Absence::Removed) {
            return Some(FROZEN.to_owned());
        }
        self.options().maintenance().map(str::to_owned)
    }

    /// When somebody is there to answer, if the guild says so.
    pub fn hours_now(&self) -> Option<HoursView> {
        let options = self.options();
        let words = options.value(Setting::OpeningHours)?;
        let zone = options.value(Setting::TimeZone)?;
        let hours = OpeningHours::read(&words, &zone).ok()?;
        Some(hours.at(self.now()))
    }

    /// Sets a setting, or takes it back to its default. The value was read by [`Setting::read`].
    pub(crate) async fn set_option(
        &self,
        setting: Setting,
        value: Option<&str>,
    ) -> Result<(), DeskError> {
        let work = self.work().await?;
        commands::set_option(&work.tx, self.guild, setting.key(), value).await?;
        let set = commands::options(&work.tx, self.guild).await?;
        work.commit().await?;
        self.set_options(Options::new(set, self.given.as_ref()));
        Ok(())
    }
}

/// What is said where the bot was taken out of the server.
const FROZEN: &str = "This helpdesk takes no new tickets at the moment: it is not connected to its \
    team's Discord server. Tickets that were filed are kept, and go on when it is back.";

/// What is said where nobody decided yet where tickets go and who answers them.
const NOT_SET_UP: &str = "This server is not set up for tickets yet: somebody who manages \
    it sends /setup in Discord first.";

impl Options {
    /// Whether somebody who stands so may file one more ticket from Discord.
    pub(crate) fn admit(&self, standing: &Standing, now: Timestamp) -> Result<(), DeskError> {
        let refuse = |why: String| Err(DeskError::Conflict { why });
        if standing.is_blocked {
            return refuse("You cannot file tickets here.".to_owned());
        }
        let (open, most) = (standing.open, self.number(Setting::MaxOpenTickets));
        if open >= most {
            return refuse(match most {
                1 => "You have an open ticket. Go on there, or close it first.".to_owned(),
                _ => format!(
                    "You have {open} open tickets, and {most} is the most. \
                     Go on in one of them, or close one first."
                ),
            });
        }
        let pause = Duration::from_secs(self.number(Setting::CoolDown).unsigned_abs());
        if let Some(newest) = standing.newest
            && now < newest.after(pause)
        {
            let left = newest.after(pause).since(now).as_secs() + 1;
            return refuse(format!(
                "You filed a ticket a moment ago. Wait {left} seconds before the next."
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bound_holds_at_its_edge_and_not_beyond() {
        for setting in Setting::ALL {
            assert_eq!(Setting::from_key(setting.key()), Some(setting));
            match setting.shape() {
                Shape::Number { min, max } => {
                    assert!(setting.read(&min.to_string()).is_ok());
                    assert!(setting.read(&max.to_string()).is_ok());
                    assert!(setting.read(&(min - 1).to_string()).is_err());
                    assert!(setting.read(&(max + 1).to_string()).is_err());
                    assert!(setting.read("three").is_err());
                }
                Shape::Text { min, max } => {
                    assert!(setting.read(&"x".repeat(min)).is_ok());
                    assert!(setting.read(&"x".repeat(max)).is_ok());
                    assert!(setting.read(&"x".repeat(max + 1)).is_err());
                    assert!(setting.read("  ").is_err());
                }
                Shape::Hours => {
                    let hours = "Mo-Fr 09:00-17:00";
                    assert_eq!(setting.read(hours).as_deref(), Ok(hours));
                    assert!(setting.read("whenever").is_err());
                }
                Shape::Zone => {
                    assert_eq!(
                        setting.read("europe/berlin").as_deref(),
                        Ok("Europe/Berlin")
                    );
                    assert!(setting.read("Mars/Olympus").is_err());
                }
                Shape::Channel => {
                    assert_eq!(setting.read("<#12>").as_deref(), Ok("12"));
                    assert!(setting.read("#support").is_err());
                    assert!(setting.read("-1").is_err());
                }
                Shape::Role => {
                    assert_eq!(setting.read("<@&12>").as_deref(), Ok("12"));
                    assert!(setting.read("@staff").is_err());
                    assert!(setting.read("0").is_err());
                }
                Shape::Choice(choices) => {
                    for (key, _) in choices {
                        assert_eq!(setting.read(key).as_deref(), Ok(*key));
                    }
                    assert!(setting.read("whatever").is_err());
                }
            }
        }
    }

    #[test]
    fn what_the_environment_gives_stands_above_what_admins_say() {
        let said = HashMap::from([
            ("note_prefix".to_owned(), "!!".to_owned()),
            ("log_channel".to_owned(), "7".to_owned()),
        ]);
        let home = Options::new(said.clone(), None).home(DiscordGuildId(1));
        assert_eq!(
            (home.note_prefix.as_str(), home.log_channel),
            ("!!", Some(ChannelId(7)))
        );
        assert!(!home.is_set_up());
        let given = Given {
            guild: GuildSettings {
                support_channel: ChannelId(2),
                staff_role: RoleId(3),
                log_channel: None,
                ..home
            },
            settings: vec![
                Setting::SupportChannel,
                Setting::StaffRole,
                Setting::LogChannel,
            ],
        };
        let options = Options::new(said, Some(&given));
        let home = options.home(DiscordGuildId(1));
        assert_eq!((home.note_prefix.as_str(), home.log_channel), ("!!", None));
        assert!(home.is_set_up());
        assert!(options.is_given(Setting::LogChannel) && !options.is_given(Setting::NotePrefix));
    }

    #[test]
    fn defaults_are_values_that_could_be_set() {
        let options = Options::default();
        for setting in Setting::ALL {
            if let Some(value) = options.value(setting) {
                assert_eq!(setting.read(&value).as_ref(), Ok(&value));
            }
        }
    }
}
