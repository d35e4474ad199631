//! The guided set-up: one answer that shows what is decided, what is missing and what does not work
//! yet, with a row for each decision.
//!
//! It holds no state: each choice is a setting at once, and the answer is made anew from the settings.
//! Whoever leaves it half done finds it as they left it.

use super::admin::{given_by, shown};
use super::answer::{Answer, Board, Control, Line, Menu, Pick, Row, Step};
use super::asked::Asked;
use super::records::remedy;
use super::{conflict, given, in_words};
use crate::bridge::{DeliveryError, NewChannel, escape};
use crate::options::{Options, Setting, Shape};
use crate::{Admin, Desk, DeskError};
use domain::ChannelId;
use domain::examination::Verdict;
use domain::text::excerpt;

/// The longest detail of the answer, in graphemes.
const DETAIL: usize = 2_500;
/// What is made when nothing is there.
const CHANNEL: &str = "tickets";
const ROLE: &str = "Support";

/// The decisions, in their order, and what each is about.
const DECISIONS: [(Step, Setting, &str); 4] = [
    (Step::Role, Setting::StaffRole, "Who answers"),
    (Step::Kind, Setting::ThreadKind, "What a ticket becomes"),
    (Step::Channel, Setting::SupportChannel, "Where"),
    (Step::Log, Setting::LogChannel, "The log, if you want one"),
];

impl Desk {
    /// Shows the set-up, after making what is to be made; with a channel named, only posts the panel
    /// there.
    pub(super) async fn set_up(&self, asked: &Asked, admin: &Admin) -> Result<Answer, DeskError> {
        let values = &asked.act.values;
        if values.channel("channel").is_some() {
            return self.post_panel(asked, admin).await;
        }
        let went = match values.text("make") {
            Some("channel") => self.make_channel().await,
            Some("role") => self.make_role().await,
            _ => Ok(None),
        };
        self.board_after(admin, went).await
    }

    /// Takes one step, and shows what there is then.
    pub(super) async fn set_up_step(
        &self,
        asked: &Asked,
        admin: &Admin,
    ) -> Result<Answer, DeskError> {
        let values = &asked.act.values;
        let step = given(values.text("step").and_then(Step::from_key))?;
        let went = match step {
            Step::Channel => self.choose(asked, admin, Setting::SupportChannel).await,
            Step::Role => self.choose(asked, admin, Setting::StaffRole).await,
            Step::Kind => self.choose(asked, admin, Setting::ThreadKind).await,
            Step::Log => self.choose(asked, admin, Setting::LogChannel).await,
            Step::MakeChannel => self.make_channel().await,
            Step::MakeRole => self.make_role().await,
            Step::Panel if !self.is_set_up() => {
                conflict("Decide first who answers and where; then post the panel.")
            }
            Step::Panel => match self.post_panel(asked, admin).await? {
                Answer::Say(said) => Ok(Some(said.words)),
                Answer::Form(_) | Answer::Board(_) => Ok(None),
            },
            Step::Check if self.is_set_up() => self.examine(admin).await.map(|_| None),
            Step::Check => Ok(None),
        };
        self.board_after(admin, went).await
    }

    /// The set-up after something was tried.
    async fn board_after(
        &self,
        admin: &Admin,
        went: Result<Option<String>, DeskError>,
    ) -> Result<Answer, DeskError> {
        match went {
            Ok(words) => self.board(admin, words).await,
            // What could not be done is said where the next try is made.
            Err(DeskError::Conflict { why }) => self.board(admin, Some(format!("⚠️ {why}"))).await,
            Err(DeskError::Invalid(refused)) => {
                let why = in_words(&refused);
                self.board(admin, Some(format!("⚠️ {why}"))).await
            }
            Err(error) => Err(error),
        }
    }

    async fn choose(
        &self,
        asked: &Asked,
        admin: &Admin,
        setting: Setting,
    ) -> Result<Option<String>, DeskError> {
        let values = &asked.act.values;
        let chosen = match setting.shape() {
            Shape::Channel => given(values.channel("choice"))?.to_string(),
            Shape::Role => given(values.role("choice"))?.to_string(),
            _ => given(values.text("choice"))?.to_owned(),
        };
        let decision = self.decide(admin, setting, Some(&chosen)).await?;
        self.adopt(admin, vec![decision]).await?;
        Ok(None)
    }

    async fn make_channel(&self) -> Result<Option<String>, DeskError> {
        let options = self.options();
        if options.is_given(Setting::SupportChannel) {
            return conflict(decided(Setting::SupportChannel));
        }
        let home = self.home();
        // Pressed twice, it makes one.
        if home.support_channel.0 > 0 {
            let there = home.support_channel;
            return conflict(format!(
                "There is <#{there}> already. Choose another one above."
            ));
        }
        if home.staff_role.0 == 0 {
            return conflict("Decide first who answers: only they will see the channel.");
        }
        let spec = NewChannel {
            guild: self.discord_id,
            name: CHANNEL.to_owned(),
            kind: home.thread_kind,
            staff: home.staff_role,
        };
        match self.port.make_channel(&spec).await {
            Ok(made) => {
                let value = made.to_string();
                self.set_option(Setting::SupportChannel, Some(&value))
                    .await?;
                Ok(Some(format!("<#{made}> is made; staff and I see it.")))
            }
            Err(error) => conflict(not_made("channel", "Manage Channels", &error)),
        }
    }

    async fn make_role(&self) -> Result<Option<String>, DeskError> {
        if self.options().is_given(Setting::StaffRole) {
            return conflict(decided(Setting::StaffRole));
        }
        let home = self.home();
        if home.staff_role.0 > 0 {
            let there = home.staff_role;
            return conflict(format!(
                "There is <@&{there}> already. Choose another one above."
            ));
        }
        match self.port.make_role(self.discord_id, ROLE).await {
            Ok(made) => {
                let value = made.to_string();
                self.set_option(Setting::StaffRole, Some(&value)).await?;
                Ok(Some(format!(
                    "<@&{made}> is made. Give it to those who answer tickets."
                )))
            }
            Err(error) => conflict(not_made("role", "Manage Roles", &error)),
        }
    }

    /// The set-up as it stands.
    async fn board(&self, admin: &Admin, news: Option<String>) -> Result<Answer, DeskError> {
        let options = self.options();
        let name = escape(&self.guild_name().name);
        let mut words = format!("**Setting up {name}**");
        if let Some(news) = news {
            words.push_str(&format!("\n{news}"));
        }
        let mut lines: Vec<_> = DECISIONS
            .iter()
            .map(|(_, setting, about)| line(&options, *setting, about))
            .collect();
        if self.is_set_up() {
            lines.extend(self.what_is_wrong(admin).await);
            lines.push(match options.value(Setting::PanelChannel) {
                Some(panel) => format!("✅ **The panel** <#{panel}>"),
                None => {
                    "⬜ **The panel** Post it where members are to file tickets: go there, send \
                         /setup, and press the button."
                        .to_owned()
                }
            });
            if let Some(slug) = self.guild_name().slug {
                lines.push(format!(
                    "✅ **On the web** {}/g/{slug}/new",
                    self.public_url
                ));
            }
        } else {
            lines.push(
                "Tickets are taken as soon as it is decided who answers and where.".to_owned(),
            );
        }
        Ok(Answer::Board(Board {
            words,
            detail: Some(excerpt_lines(&lines)),
            rows: rows(&options),
        }))
    }

    /// What the doctor has against this guild's channels and role, in words.
    async fn what_is_wrong(&self, admin: &Admin) -> Vec<String> {
        let Ok(examination) = self.examined_lately(admin).await else {
            return vec!["⚠️ Whether it all works could not be checked. Check again.".to_owned()];
        };
        let wrong = examination
            .findings
            .iter()
            .filter(|finding| finding.verdict != Verdict::Well);
        let mut lines: Vec<_> = wrong
            .map(|finding| {
                format!(
                    "⚠️ **{}** {}. {}",
                    finding.tried,
                    escape(&finding.found),
                    remedy(finding)
                )
            })
            .collect();
        // Whoever checks too often sees the last look again, and should know that it is.
        let at = examination.at.0.div_euclid(1_000_000);
        lines.push(format!("-# Checked at <t:{at}:T>"));
        lines
    }
}

fn decided(setting: Setting) -> String {
    let variable = setting.variable().unwrap_or_default();
    format!("That is decided by {variable} where Threadline runs. Change it there.")
}

fn not_made(what: &str, right: &str, error: &DeliveryError) -> String {
    match error {
        DeliveryError::Uncertain { .. } => format!(
            "Discord did not say whether the {what} was made. Look for it and choose it above."
        ),
        DeliveryError::Permanent { .. } | DeliveryError::Gone { .. } => format!(
            "I may not make a {what}: give my role {right}, or make one yourself and choose it above."
        ),
        error => format!("The {what} could not be made. {}", error.reason()),
    }
}

fn line(options: &Options, setting: Setting, about: &str) -> String {
    let value = options.value(setting);
    let sign = match (&value, setting) {
        (Some(_), _) => "✅",
        (None, Setting::LogChannel) => "▫️",
        (None, _) => "⬜",
    };
    let by = match options.is_given(setting) {
        true => given_by(setting),
        false => String::new(),
    };
    // A key says little to whoever sees it for the first time.
    let in_words = match setting.shape() {
        Shape::Choice(choices) => choices
            .iter()
            .find(|(key, _)| value.as_deref() == Some(*key))
            .map(|(_, words)| (*words).to_owned()),
        _ => None,
    };
    let value = in_words.unwrap_or_else(|| shown(setting, value));
    format!("{sign} **{about}**: {value}{by}")
}

/// A row for each decision that is an admin's to make, and the buttons.
fn rows(options: &Options) -> Vec<Row> {
    let mut rows: Vec<_> = DECISIONS
        .iter()
        .filter(|(_, setting, _)| !options.is_given(*setting))
        .map(|(step, setting, _)| row(options, *step, *setting))
        .collect();
    let lacks = |setting| options.value(setting).is_none();
    let mut buttons = Vec::new();
    if lacks(Setting::StaffRole) {
        buttons.push(Control::SetUp(Step::MakeRole));
    }
    if lacks(Setting::SupportChannel) {
        buttons.push(Control::SetUp(Step::MakeChannel));
    }
    buttons.push(Control::SetUp(Step::Panel));
    buttons.push(Control::SetUp(Step::Check));
    rows.push(Row::Buttons(buttons));
    rows
}

fn row(options: &Options, step: Step, setting: Setting) -> Row {
    let control = Control::SetUp(step);
    let number = || options.value(setting).and_then(|id| id.parse::<i64>().ok());
    match setting.shape() {
        Shape::Channel => Row::Channels(Pick {
            control,
            hint: match setting {
                Setting::LogChannel => "The channel for the log, if you want one",
                _ => "The channel in which tickets become threads",
            },
            now: number().map(ChannelId),
        }),
        Shape::Role => Row::Roles(Pick {
            control,
            hint: "The role of those who answer tickets",
            now: number().map(domain::RoleId),
        }),
        _ => Row::Menu(Menu {
            control,
            hint: "What a ticket becomes".to_owned(),
            lines: kinds(options, setting),
        }),
    }
}

fn kinds(options: &Options, setting: Setting) -> Vec<Line> {
    let now = options.value(setting);
    let Shape::Choice(choices) = setting.shape() else {
        return Vec::new();
    };
    let line = |(key, about): &(&str, &str)| Line {
        label: format!("A ticket becomes {about}"),
        about: None,
        value: (*key).to_owned(),
        now: now.as_deref() == Some(*key),
    };
    choices.iter().map(line).collect()
}

/// As many whole lines as fit.
fn excerpt_lines(lines: &[String]) -> String {
    let mut text = String::new();
    for line in lines {
        let line = excerpt(line, 500);
        if text.chars().count() + line.chars().count() > DETAIL {
            text.push('…');
            break;
        }
        text.push_str(&line);
        text.push('\n');
    }
    text.trim_end().to_owned()
}
