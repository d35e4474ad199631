//! What the admins of a guild decide: every setting with its bounds, its default and its value now.
//!
//! A setting is one line of [`Setting::ALL`]; `/config` shows, suggests and judges from there. It
//! keeps values as text, as they were typed, and reads them into what use cases need.

use crate::opening_hours::{self, OpeningHours};
use crate::store::commands::{self, Standing};
use crate::{Desk, DeskError};
use domain::view::HoursView;
use domain::{ChannelId, GuildId, Timestamp};
use sea_orm::ConnectionTrait;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// Something that an admin can set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// How many tickets one person may have open at once, filed from Discord.
    MaxOpenTickets,
    /// How long somebody waits between two tickets filed from Discord.
    CoolDown,
    /// The panel's heading.
    PanelTitle,
    /// What stands below it.
    PanelText,
    /// Where the panel was posted, and threads of tickets from Discord are made.
    PanelChannel,
    /// When somebody is there to answer.
    OpeningHours,
    /// In which time zone that is.
    TimeZone,
    /// What is said instead of taking a new ticket; set: new tickets are paused.
    Maintenance,
}

/// What a value must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A whole number within these bounds.
    Number {
        /// At least.
        min: i64,
        /// At most.
        max: i64,
    },
    /// Text of so many characters.
    Text {
        /// At least.
        min: usize,
        /// At most.
        max: usize,
    },
    /// A channel.
    Channel,
    /// Opening hours, as OpenStreetMap writes them.
    Hours,
    /// The name of a time zone.
    Zone,
}

/// What is said during maintenance when an admin says nothing else.
pub const MAINTENANCE: &str =
    "New tickets are paused for maintenance. Please try again later; open tickets go on.";

impl Setting {
    /// Every setting that `/config` shows. Maintenance has a command of its own.
    pub const ALL: [Self; 7] = [
        Self::MaxOpenTickets,
        Self::CoolDown,
        Self::PanelTitle,
        Self::PanelText,
        Self::PanelChannel,
        Self::OpeningHours,
        Self::TimeZone,
    ];

    /// Its name in commands and in the database.
    pub fn key(self) -> &'static str {
        match self {
            Self::MaxOpenTickets => "max_open_tickets",
            Self::CoolDown => "cool_down_seconds",
            Self::PanelTitle => "panel_title",
            Self::PanelText => "panel_text",
            Self::PanelChannel => "panel_channel",
            Self::OpeningHours => "opening_hours",
            Self::TimeZone => "time_zone",
            Self::Maintenance => "maintenance",
        }
    }

    /// The setting of that name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|setting| setting.key() == key)
    }

    /// What it decides, in words.
    pub fn about(self) -> &'static str {
        match self {
            Self::MaxOpenTickets => "How many open tickets one person may have from Discord",
            Self::CoolDown => "Seconds between two tickets of one person from Discord",
            Self::PanelTitle => "The panel's heading",
            Self::PanelText => "What the panel says below its heading",
            Self::PanelChannel => "The channel under which tickets from Discord get their threads",
            Self::OpeningHours => "When somebody answers, such as Mo-Fr 09:00-17:00; PH off",
            Self::TimeZone => "The time zone of the opening hours, such as Europe/Berlin",
            Self::Maintenance => "What is said while new tickets are paused",
        }
    }

    /// What its value must be.
    pub fn shape(self) -> Shape {
        match self {
            Self::MaxOpenTickets => Shape::Number { min: 1, max: 10 },
            Self::CoolDown => Shape::Number { min: 0, max: 3_600 },
            Self::PanelTitle => Shape::Text { min: 1, max: 50 },
            Self::PanelText => Shape::Text { min: 1, max: 500 },
            Self::PanelChannel => Shape::Channel,
            Self::OpeningHours => Shape::Hours,
            Self::TimeZone => Shape::Zone,
            Self::Maintenance => Shape::Text { min: 1, max: 300 },
        }
    }

    /// The value in what an admin typed, or a sentence that says what it must be.
    pub fn read(self, typed: &str) -> Result<String, String> {
        let typed = typed.trim();
        match self.shape() {
            Shape::Number { min, max } => typed
                .parse::<i64>()
                .ok()
                .filter(|n| (min..=max).contains(n))
                .map(|n| n.to_string())
                .ok_or_else(|| format!("{} is a whole number from {min} to {max}.", self.key())),
            Shape::Text { min, max } => {
                let length = typed.chars().count();
                let fits = (min..=max).contains(&length) && !typed.contains(char::is_control);
                fits.then(|| typed.to_owned()).ok_or_else(|| {
                    format!("{} has {min} to {max} characters on one line.", self.key())
                })
            }
            Shape::Hours => opening_hours::read_hours(typed),
            Shape::Zone => opening_hours::read_zone(typed),
            Shape::Channel => {
                let digits = typed.strip_prefix("<#").and_then(|t| t.strip_suffix('>'));
                commands::channel_in(digits.unwrap_or(typed))
                    .map(|id| id.to_string())
                    .ok_or_else(|| format!("{} is a channel, like #support.", self.key()))
            }
        }
    }
}

/// A guild's settings now.
#[derive(Clone, Debug, Default)]
pub struct Options {
    set: HashMap<String, String>,
}

impl Options {
    pub(crate) async fn load(db: &impl ConnectionTrait, guild: GuildId) -> Result<Self, DeskError> {
        Ok(Self {
            set: commands::options(db, guild).await?,
        })
    }

    /// The value of a setting, if there is one.
    pub fn value(&self, setting: Setting) -> Option<String> {
        let default = match setting {
            Setting::MaxOpenTickets => "3",
            Setting::CoolDown => "30",
            Setting::PanelTitle => "Need help?",
            Setting::PanelText => {
                "Press the button and tell us what it is about. You get a private thread with our \
                 team, and a page on the web that shows the same."
            }
            Setting::TimeZone => "UTC",
            Setting::PanelChannel | Setting::OpeningHours | Setting::Maintenance => "",
        };
        let value = self.set.get(setting.key()).map_or(default, String::as_str);
        Some(value.to_owned()).filter(|value| !value.is_empty())
    }

    /// Whether an admin set it.
    pub fn is_set(&self, setting: Setting) -> bool {
        self.set.contains_key(setting.key())
    }

    fn number(&self, setting: Setting) -> i64 {
        self.value(setting)
            .and_then(|value| value.parse().ok())
            .unwrap_or_default()
    }

    /// What is said instead of taking a new ticket.
    pub(crate) fn maintenance(&self) -> Option<&str> {
        self.set.get(Setting::Maintenance.key()).map(String::as_str)
    }

    /// The channel for threads of tickets from Discord.
    pub(crate) fn panel_channel(&self) -> Option<ChannelId> {
        commands::channel_in(&self.value(Setting::PanelChannel)?)
    }
}

impl Desk {
    /// The guild's settings.
    pub(crate) fn options(&self) -> Arc<Options> {
        self.options
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// What is said instead of taking a new ticket, while new tickets are paused.
    pub fn maintenance(&self) -> Option<String> {
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
        let now = Options::load(&work.tx, self.guild).await?;
        work.commit().await?;
        *self.options.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(now);
        Ok(())
    }
}

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
            }
        }
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
