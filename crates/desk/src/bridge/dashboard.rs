//! The dashboard message: one post in Discord that shows how the helpdesk stands, edited in place.
//!
//! Where it stands is a row, so that it survives restarts; the row says when it may be touched
//! again, which is at most once a minute. It is edited only when a figure changed. Whoever deletes
//! it in Discord has ended it.

use super::attempt::Page;
use super::failure::UNKNOWN_MESSAGE;
use super::outbox::Step;
use super::port::{DeliveryError, Nonce, Post};
use super::words::escape;
use crate::store::dashboards::{self, Row};
use crate::{Desk, DeskError, Insider, Staff, token};
use domain::records::{Statistics, WINDOW_DAYS, spell};
use domain::text::excerpt;
use domain::{ChannelId, DiscordMessageId, ThreadId, Timestamp};
use std::fmt::Write;
use std::time::Duration;

/// How long between two touches.
const EVERY: Duration = Duration::from_secs(60);
/// How long to wait where a person has to mend something.
const MENDING: Duration = Duration::from_secs(600);
/// How long a nonce surely protects from doubling.
const NONCE_WINDOW: Duration = Duration::from_secs(100);
/// How many categories, and how many names, are told; and how much of each.
const LISTED: usize = 15;
const NAME: usize = 24;

/// The dashboard message, for staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DashboardView {
    /// Where it stands in Discord.
    pub address: String,
    /// Whether it was posted already.
    pub is_posted: bool,
    /// What keeps it from being fresh, in words.
    pub trouble: Option<String>,
}

/// What a try came to.
enum Tried {
    /// It stands, and shows this.
    Stands(DiscordMessageId, String),
    /// It is not there any more, or never was.
    Over,
}

impl Desk {
    /// Shows a dashboard message in this channel; one that stands elsewhere is taken away.
    pub async fn place_dashboard(
        &self,
        who: &impl Insider,
        channel: ChannelId,
    ) -> Result<(), DeskError> {
        self.knows(who)?;
        let work = self.work().await?;
        dashboards::place(&work.tx, self.guild, channel, &token::nonce(), work.now).await?;
        work.commit().await?;
        self.bridge.dashboard_changed();
        Ok(())
    }

    /// Takes the dashboard message away.
    pub async fn remove_dashboard(&self, staff: &Staff) -> Result<(), DeskError> {
        self.knows(staff)?;
        let work = self.work().await?;
        dashboards::remove(&work.tx, self.guild).await?;
        work.commit().await?;
        self.bridge.dashboard_changed();
        Ok(())
    }

    /// Where the dashboard message stands, if there is one.
    pub async fn dashboard(&self, staff: &Staff) -> Result<Option<DashboardView>, DeskError> {
        self.knows(staff)?;
        let row = dashboards::shown(&self.db, self.guild).await?;
        Ok(row.map(|row| {
            let channel = self.thread_address(ThreadId(row.channel_id.0));
            DashboardView {
                address: match row.message_id {
                    Some(message) => format!("{channel}/{message}"),
                    None => channel,
                },
                is_posted: row.message_id.is_some(),
                trouble: row.trouble,
            }
        }))
    }

    /// Brings one dashboard message up to date, if one is due.
    pub async fn dashboard_step(&self) -> Result<Step, DeskError> {
        let now = self.now();
        if self.bridge.held_until().is_some_and(|at| at > now) {
            return Ok(Step::Idle);
        }
        let Some(row) = dashboards::lease(&self.db, self.guild, now, now.after(EVERY)).await?
        else {
            return Ok(Step::Idle);
        };
        let channel = ThreadId(row.channel_id.0);
        let tried = if row.leaving {
            self.take_away(&row, channel).await
        } else {
            let figures = self.figures().await?;
            let words = self.dashboard_words(&row, &figures).await?;
            if row.message_id.is_some() && row.shown.as_ref() == Some(&words) {
                return Ok(Step::Kept);
            }
            self.show(&row, channel, words, now).await
        };
        match tried {
            Ok(Tried::Stands(message, shown)) => {
                dashboards::stands(&self.db, row.id, message, &shown).await?;
                Ok(Step::Kept)
            }
            Ok(Tried::Over) => {
                dashboards::forget(&self.db, row.id).await?;
                Ok(Step::Kept)
            }
            Err(error) => self.dashboard_failed(&row, error).await,
        }
    }

    /// Brings up to date whichever of the messages that stand in Discord is due.
    async fn standing_step(&self) -> Result<Step, DeskError> {
        match self.panel_step().await? {
            Step::Idle => self.dashboard_step().await,
            step => Ok(step),
        }
    }

    /// Keeps dashboard messages, and the panel, fresh until `ended`.
    pub(super) async fn show_dashboards(&self, mut ended: tokio::sync::watch::Receiver<bool>) {
        loop {
            // Armed before looking, so that one placed meanwhile is not missed.
            let changed = self.bridge.dashboards_changed();
            tokio::pin!(changed);
            changed.as_mut().enable();
            let step = tokio::select! {
                // One that is cut short is looked for before it is posted again.
                _ = ended.wait_for(|ended| *ended) => return,
                step = self.standing_step() => step,
            };
            let idle_for = match step {
                Ok(Step::Idle) => self.until_next_dashboard().await,
                Ok(_) => Duration::ZERO,
                Err(error) => {
                    tracing::error!(%error, "what stands in Discord could not be brought up to date");
                    EVERY
                }
            };
            tokio::select! {
                _ = ended.wait_for(|ended| *ended) => return,
                () = changed => {}
                () = tokio::time::sleep(idle_for) => {}
            }
        }
    }

    async fn until_next_dashboard(&self) -> Duration {
        let due = dashboards::next_due(&self.db, self.guild)
            .await
            .ok()
            .flatten();
        due.map_or(EVERY, |at| at.since(self.now()))
            .clamp(Duration::from_secs(1), EVERY)
    }

    async fn show(
        &self,
        row: &Row,
        channel: ThreadId,
        words: String,
        now: Timestamp,
    ) -> Result<Tried, DeliveryError> {
        let seconds = now.millis() / 1_000;
        let content = format!("{words}\n-# As of <t:{seconds}:f>; unchanged since");
        let post = Post::Words(content);
        if let Some(message) = row.message_id {
            return match self.port.edit(channel, message, &post).await {
                Ok(()) => Ok(Tried::Stands(message, words)),
                Err(error) => ended_by_hand(error),
            };
        }
        let is_stale = row
            .first_tried_at
            .is_some_and(|at| now.since(at) > NONCE_WINDOW);
        if row.attempts > 1
            && is_stale
            && let Some(found) = self.find_dashboard(row, channel).await?
        {
            // What it shows is not known: the next touch brings it up to date.
            return Ok(Tried::Stands(found, String::new()));
        }
        let nonce = Nonce(row.nonce.clone());
        match self.port.post(channel, &nonce, &post).await {
            Ok(message) => Ok(Tried::Stands(message, words)),
            // Posted by a try whose answer was lost, and deleted since.
            Err(error) => ended_by_hand(error),
        }
    }

    async fn take_away(&self, row: &Row, channel: ThreadId) -> Result<Tried, DeliveryError> {
        let message = match row.message_id {
            Some(message) => Some(message),
            // A try before this one may have posted it.
            None if row.attempts > 1 => match self.find_dashboard(row, channel).await {
                Ok(found) => found,
                Err(DeliveryError::Gone { .. } | DeliveryError::Permanent { .. }) => None,
                Err(error) => return Err(error),
            },
            None => None,
        };
        let Some(message) = message else {
            return Ok(Tried::Over);
        };
        match self.port.delete(channel, message).await {
            Ok(()) => Ok(Tried::Over),
            Err(DeliveryError::Gone { .. }) => Ok(Tried::Over),
            Err(DeliveryError::Permanent { reason, .. }) => {
                tracing::warn!(
                    reason,
                    "a dashboard message that was replaced stays in Discord"
                );
                Ok(Tried::Over)
            }
            Err(error) => Err(error),
        }
    }

    /// The message, if a try whose answer was lost posted it.
    async fn find_dashboard(
        &self,
        row: &Row,
        channel: ThreadId,
    ) -> Result<Option<DiscordMessageId>, DeliveryError> {
        let mark = mark(row.id);
        let page = self.read_back(channel, Page::Newest).await?;
        Ok(page
            .iter()
            .find(|m| m.author.is_us && first_line(&m.content).contains(&mark))
            .map(|m| m.id))
    }

    async fn dashboard_failed(&self, row: &Row, error: DeliveryError) -> Result<Step, DeskError> {
        let now = self.now();
        let (after, trouble, step) = match error {
            DeliveryError::Retry { after, global, .. } => {
                if global {
                    self.bridge.hold_until(now.after(after));
                }
                (after.max(EVERY), None, Step::PutOff)
            }
            DeliveryError::Uncertain { .. } => (EVERY, None, Step::PutOff),
            DeliveryError::Unauthorised => {
                let trouble = "Discord does not accept the bot's token.".to_owned();
                (EVERY, Some(trouble), Step::PutOff)
            }
            DeliveryError::Gone { .. } => {
                let trouble = "Its channel is gone. Place it in another one with /dashboard.";
                (MENDING, Some(trouble.to_owned()), Step::Parked)
            }
            DeliveryError::Permanent { reason, .. } | DeliveryError::NameRefused { reason } => {
                (MENDING, Some(reason), Step::Parked)
            }
        };
        tracing::info!(
            dashboard.id = row.id,
            trouble,
            "the dashboard message is not up to date"
        );
        dashboards::put_off(&self.db, row.id, now.after(after), trouble.as_deref()).await?;
        Ok(step)
    }

    async fn dashboard_words(&self, row: &Row, figures: &Statistics) -> Result<String, DeskError> {
        let name = |name: &str| escape(&excerpt(name, NAME));
        let guild = name(&self.guild_name().name);
        let url = &self.staff_base();
        let mark = mark(row.id);
        let mut words = format!("**{guild}** · [tickets](<{url}/staff/stats{mark})\n");
        let mut say = |line: std::fmt::Arguments<'_>| {
            words.write_fmt(line).expect("a string takes everything");
        };
        say(format_args!(
            "Open **{}** · In progress **{}** · Waiting on customer **{}** · Closed **{}**\n",
            figures.open, figures.in_progress, figures.paused, figures.closed
        ));
        let unclaimed = figures.active().saturating_sub(figures.claimed);
        say(format_args!(
            "Claimed **{}** · Unclaimed **{unclaimed}** · Today **{}** filed, **{}** closed\n",
            figures.claimed, figures.filed_today, figures.closed_today
        ));
        let median = |length: Option<Duration>| length.map_or("–".to_owned(), spell);
        say(format_args!(
            "First answer **{}** · Resolution **{}** (median, {WINDOW_DAYS} days)\n",
            median(figures.first_response),
            median(figures.resolution)
        ));
        let busy = figures.categories.iter().filter(|c| c.active > 0);
        let categories: Vec<_> = busy
            .take(LISTED)
            .map(|c| format!("{} {}", name(&c.name), c.active))
            .collect();
        if !categories.is_empty() {
            say(format_args!("-# {}\n", categories.join(" · ")));
        }
        let at_work = self.at_work().await?;
        let names: Vec<_> = at_work.iter().take(LISTED).map(|n| name(n)).collect();
        let there = if names.is_empty() {
            "nobody".to_owned()
        } else {
            names.join(", ")
        };
        say(format_args!("-# At work: {there}"));
        Ok(words)
    }
}

fn ended_by_hand(error: DeliveryError) -> Result<Tried, DeliveryError> {
    match error {
        DeliveryError::Gone {
            code: Some(UNKNOWN_MESSAGE),
            ..
        } => {
            tracing::info!("the dashboard message was deleted in Discord, and is over");
            Ok(Tried::Over)
        }
        error => Err(error),
    }
}

/// What its first line is known by.
fn mark(id: i64) -> String {
    format!("#d{id}>")
}

fn first_line(content: &str) -> &str {
    content.lines().next().unwrap_or_default()
}
