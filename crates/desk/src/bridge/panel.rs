//! The panel: the message in a guild's channel from which members file tickets, kept as its settings
//! say.
//!
//! What it shows is compared with what it should show, so that a change is made up for whenever it
//! was made: in Discord, on the web, in the environment, while Discord was away. Whoever deletes the
//! message has ended it. Where tickets from it go is not decided here.

use super::outbox::Step;
use super::port::{DeliveryError, Nonce, Post};
use super::words::escape;
use crate::options::Setting;
use crate::store::panels::{self, Row};
use crate::{Desk, DeskError};
use domain::{ChannelId, ThreadId};
use std::time::Duration;

/// How long to wait before a change is tried again.
const AGAIN: Duration = Duration::from_secs(60);
/// How long where a person has to mend something.
const MENDING: Duration = Duration::from_secs(600);

/// What a panel says.
struct Words {
    title: String,
    below: String,
}

impl Words {
    fn post(&self) -> Post {
        Post::Panel {
            title: self.title.clone(),
            words: self.below.clone(),
        }
    }

    /// As one text, to compare.
    fn shown(&self) -> String {
        format!("{}\n{}", self.title, self.below)
    }
}

impl Desk {
    fn panel_words(&self) -> Words {
        let options = self.options();
        let mut below = options.value(Setting::PanelText).unwrap_or_default();
        if let Some(hours) = self.hours_now() {
            below.push_str(&format!("\n\nWe are here {}.", escape(&hours.hours)));
        }
        Words {
            title: options.value(Setting::PanelTitle).unwrap_or_default(),
            below,
        }
    }

    /// Posts a panel, which is the guild's from then on. An older one works, but is kept up no more.
    pub(crate) async fn show_panel(
        &self,
        channel: ChannelId,
        nonce: &Nonce,
    ) -> Result<Result<(), DeliveryError>, DeskError> {
        let words = self.panel_words();
        let post = words.post();
        let posted = self.port.post(ThreadId(channel.0), nonce, &post).await;
        let message_id = match posted {
            Ok(message) => message,
            Err(error) => return Ok(Err(error)),
        };
        let row = Row {
            channel_id: channel,
            message_id,
            shown: words.shown(),
            not_before: self.now(),
        };
        panels::posted(&self.db, self.guild, &row).await?;
        Ok(Ok(()))
    }

    /// Brings the panel up to date, if it is not and may be touched.
    pub async fn panel_step(&self) -> Result<Step, DeskError> {
        let now = self.now();
        if self.bridge.held_until().is_some_and(|at| at > now) {
            return Ok(Step::Idle);
        }
        let Some(mut row) = panels::of(&self.db, self.guild).await? else {
            return Ok(Step::Idle);
        };
        let words = self.panel_words();
        if row.shown == words.shown() || row.not_before > now {
            return Ok(Step::Idle);
        }
        let channel = ThreadId(row.channel_id.0);
        let edited = self.port.edit(channel, row.message_id, &words.post()).await;
        let (after, step) = match edited {
            Ok(()) => {
                row.shown = words.shown();
                (Duration::ZERO, Step::Kept)
            }
            Err(DeliveryError::Gone { .. }) => {
                tracing::info!("the panel was deleted in Discord, and is over");
                panels::forget(&self.db, self.guild, row.message_id).await?;
                return Ok(Step::Kept);
            }
            Err(error) => {
                tracing::info!(why = error.reason(), "the panel is not up to date");
                self.panel_waits(error)
            }
        };
        row.not_before = self.now().after(after);
        panels::shows(&self.db, self.guild, &row).await?;
        Ok(step)
    }

    /// How long a panel that could not be changed is left alone.
    fn panel_waits(&self, error: DeliveryError) -> (Duration, Step) {
        match error {
            DeliveryError::Retry { after, global, .. } => {
                if global {
                    self.bridge.hold_until(self.now().after(after));
                }
                (after.max(AGAIN), Step::PutOff)
            }
            DeliveryError::Uncertain { .. } | DeliveryError::Unauthorised => (AGAIN, Step::PutOff),
            DeliveryError::Gone { .. }
            | DeliveryError::Permanent { .. }
            | DeliveryError::NameRefused { .. } => (MENDING, Step::Parked),
        }
    }
}
