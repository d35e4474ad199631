//! Figures, hours, transcripts and the doctor inside Discord: what the web shows of them, in words.
//!
//! It counts and checks nothing itself.

use super::answer::{Answer, Say};
use super::asked::Asked;
use super::deeds::ForAdmin;
use super::listing;
use crate::bridge::escape;
use crate::store::tickets::Named;
use crate::{Admin, Desk, DeskError, Staff};
use domain::ChannelId;
use domain::examination::{Finding, Verdict};
use domain::records::{PersonHours, WINDOW_DAYS, spell};
use std::time::Duration;

/// What is no length worth a word.
const MOMENT: Duration = Duration::from_secs(60);

impl Desk {
    pub(super) async fn clock(&self, staff: &Staff, goes: bool) -> Result<Answer, DeskError> {
        if goes {
            return Ok(match self.clock_out(staff).await? {
                Some(length) => format!("You are off work. You were there for {}.", spell(length)),
                None => "You were not at work. /clock in begins.".to_owned(),
            }
            .into());
        }
        let since = self.clock_in(staff).await?;
        Ok(match self.now().since(since) {
            length if length < MOMENT => "You are at work from now on.".into(),
            length => format!("You are at work, for {} by now.", spell(length)).into(),
        })
    }

    pub(super) async fn hours_in_words(&self, staff: &Staff) -> Result<Answer, DeskError> {
        let hours = self.hours(staff).await?;
        let line = |who: &PersonHours| {
            let there = who.since.map_or("", |_| " · at work");
            format!(
                "**{}** {} this week, {} last week{there}",
                escape(&who.person.name),
                spell(who.this_week),
                spell(who.last_week)
            )
        };
        let lines: Vec<_> = hours.people.iter().map(line).collect();
        Ok(Answer::Say(Say {
            words: format!(
                "You worked {} this week and {} last week.",
                spell(hours.mine.this_week),
                spell(hours.mine.last_week)
            ),
            detail: Some(listing::lines(&lines)).filter(|text| !text.is_empty()),
            menu: None,
        }))
    }

    pub(super) fn transcript_link(&self, _staff: &Staff, ticket: &Named) -> Answer {
        let (url, number) = (&self.staff_base(), ticket.number);
        let place = format!("{url}/staff/tickets/{number}/transcript");
        Answer::Say(Say {
            words: format!("The transcript of ticket #{number}, with notes, for staff alone:"),
            detail: Some(format!(
                "[To read and print](<{place}>) · [JSON](<{place}.json>)"
            )),
            menu: None,
        })
    }

    pub(super) async fn records_for_admin(
        &self,
        what: ForAdmin,
        asked: &Asked,
        admin: &Admin,
    ) -> Result<Answer, DeskError> {
        match what {
            ForAdmin::Dashboard => {
                let here = ChannelId(asked.channel.0);
                let channel = asked.act.values.channel("channel").unwrap_or(here);
                self.owns(channel).await?;
                self.place_dashboard(admin, channel).await?;
                Ok(format!(
                    "The figures will stand in <#{channel}>, fresh within a minute. Everybody \
                         who sees that channel reads them."
                )
                .into())
            }
            ForAdmin::Doctor => self.doctor_in_words(admin).await,
            _ => self.figures_in_words(admin).await,
        }
    }

    async fn figures_in_words(&self, admin: &Admin) -> Result<Answer, DeskError> {
        let figures = self.statistics(admin).await?;
        let median = |length: Option<Duration>| length.map_or("–".to_owned(), spell);
        let mut lines = vec![
            format!(
                "Open **{}** · In progress **{}** · Waiting on customer **{}** · Closed **{}**",
                figures.open, figures.in_progress, figures.paused, figures.closed
            ),
            format!(
                "Claimed **{}** · Reopened **{}** · Today **{}** filed, **{}** closed",
                figures.claimed, figures.reopened, figures.filed_today, figures.closed_today
            ),
            format!(
                "First answer **{}** · Resolution **{}** (median, {WINDOW_DAYS} days)",
                median(figures.first_response),
                median(figures.resolution)
            ),
        ];
        let category = |c: &domain::records::CategoryFigures| {
            format!("{}: {}, {} active", escape(&c.name), c.total, c.active)
        };
        lines.extend(figures.categories.iter().map(category));
        let staff = |s: &domain::records::StaffFigures| {
            let name = escape(&s.person.name);
            let (active, closed, replies) = (s.active, s.closed, s.replies);
            format!("{name}: {active} active, {closed} closed, {replies} answered")
        };
        if !figures.staff.is_empty() {
            lines.push(format!("**Staff** ({WINDOW_DAYS} days)"));
        }
        lines.extend(figures.staff.iter().map(staff));
        Ok(Answer::Say(Say {
            words: match figures.total {
                1 => "1 ticket so far.".to_owned(),
                total => format!("{total} tickets so far."),
            },
            detail: Some(listing::lines(&lines)),
            menu: None,
        }))
    }

    async fn doctor_in_words(&self, admin: &Admin) -> Result<Answer, DeskError> {
        let examination = self.examine(admin).await?;
        let wrong = examination
            .findings
            .iter()
            .filter(|finding| finding.verdict != Verdict::Well);
        let lines: Vec<_> = wrong
            .map(|finding| {
                let (tried, found) = (&finding.tried, escape(&finding.found));
                format!("**{tried}**: {found}. {}", remedy(finding))
            })
            .collect();
        let url = &self.staff_base();
        let all = format!("[All checks](<{url}/staff/doctor>)");
        // A list of what is wrong alone would not tell whether the rest was looked at.
        let (looked, well) = (examination.findings.len(), examination.count(Verdict::Well));
        let seconds = examination.at.millis() / 1_000;
        let sum = examination.sum();
        Ok(Answer::Say(Say {
            words: format!("{sum} Looked at: {looked}, well: {well} (<t:{seconds}:R>)."),
            detail: Some(format!("{}\n{all}", listing::lines(&lines))),
            menu: None,
        }))
    }
}

/// What to do about it, and the way to where it is done.
pub(super) fn remedy(finding: &Finding) -> String {
    let to_do = finding.to_do.as_deref().unwrap_or_default();
    match &finding.place {
        Some(place) if place.is_page() => format!("{to_do} [{}](<{}>)", place.name, place.address),
        Some(place) => format!("{to_do} {}: `{}`", place.name, place.address),
        None => to_do.to_owned(),
    }
}
