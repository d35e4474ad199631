//! What every member may do: ask for help, file a ticket, see their own, tie their account to what
//! they filed on the web.

use super::answer::{Answer, Control, Field, Form, Line, Menu, Say};
use super::asked::{Asked, profile};
use super::deeds::ForEveryone;
use super::{conflict, given, listing};
use crate::bridge::escape;
use crate::filing::{Asker, Filing};
use crate::forms::{self, Question};
use crate::store::codes;
use crate::store::ticket_lines::{self, Whose};
use crate::work::Touched;
use crate::{Desk, DeskError, Holder, token};
use domain::text::{Body, Subject, excerpt};
use domain::view::CategoryView;
use std::time::Duration;

/// How much of the text becomes the subject.
pub(super) const SUBJECT: usize = 80;
/// Discord's limit for a form's heading.
const TITLE: usize = 45;
/// How long a code holds.
const CODE_HOLDS: Duration = Duration::from_secs(15 * 60);
/// How many wrong codes an account may try in that time.
const CODE_TRIES: i64 = 5;

impl Desk {
    pub(super) async fn for_everyone(
        &self,
        what: ForEveryone,
        asked: &Asked,
    ) -> Result<Answer, DeskError> {
        match what {
            ForEveryone::Help => self.help(asked).await,
            ForEveryone::AskNew => self.ask_new(asked).await,
            ForEveryone::File => self.file_from_form(asked).await,
            ForEveryone::Mine => self.my_tickets(asked).await,
            ForEveryone::Link => self.link(asked).await,
        }
    }

    async fn help(&self, asked: &Asked) -> Result<Answer, DeskError> {
        let is_staff = self
            .counts_as_staff(asked.member.user, &asked.member.roles)
            .await?;
        Ok(Answer::Say(Say {
            words: "What you can do here:".to_owned(),
            detail: Some(listing::help(is_staff, asked.manages_guild)),
            menu: None,
        }))
    }

    /// The category named, by its name or its key.
    pub(super) fn category_named(&self, typed: &str) -> Result<CategoryView, DeskError> {
        let same = |c: &&CategoryView| c.key == typed || c.name.eq_ignore_ascii_case(typed);
        let known = self.known_categories();
        let found = known.open.iter().find(same);
        found.cloned().ok_or_else(|| DeskError::Conflict {
            why: "There is no such category. Choose one of those suggested.".to_owned(),
        })
    }

    async fn ask_new(&self, asked: &Asked) -> Result<Answer, DeskError> {
        // Before anybody types for nothing. What counts is asked again when the form comes.
        if let Some(why) = self.maintenance() {
            return conflict(why);
        }
        let options = self.options();
        let user = asked.member.user;
        let standing = ticket_lines::standing(&self.db.read, self.guild, user).await?;
        options.admit(&standing, self.now())?;
        let known = self.known_categories();
        let category = match (asked.act.values.text("category"), known.open.as_slice()) {
            (Some(typed), _) => Some(self.category_named(typed)?),
            (None, [only]) => Some(only.clone()),
            (None, _) => None,
        };
        match category {
            Some(category) => {
                let questions = self.questions(&category.key).await?;
                Ok(Answer::Form(new_form(&category, &questions)))
            }
            None => Ok(Answer::Say(Say {
                words: "What is it about?".to_owned(),
                detail: None,
                menu: Some(Menu {
                    control: Control::PickCategory,
                    hint: "Choose a category".to_owned(),
                    lines: known.open.iter().take(25).map(line).collect(),
                }),
            })),
        }
    }

    async fn file_from_form(&self, asked: &Asked) -> Result<Answer, DeskError> {
        let category = given(asked.act.values.text("category"))?;
        let questions = self.questions(category).await?;
        let answers: Vec<_> = asked.act.values.typed().collect();
        let answered = forms::message(&questions, &answers)?;
        let who = profile(&asked.member);
        let options = self.options();
        let opened = self
            .file(
                Filing {
                    asker: Asker::Account {
                        who: &who,
                        by_staff: None,
                    },
                    subject: subject_of(&answered.subject)?.as_str(),
                    category,
                    body: body_of(&answered.body)?.as_str(),
                    files: &[],
                    parent: options.panel_channel(),
                    made_of: None,
                },
                Some(asked.key()),
            )
            .await?;
        let hours = match self.hours_now() {
            Some(hours) if !hours.is_open => {
                format!("\n{} We are here {}.", hours.now(), escape(&hours.hours))
            }
            _ => String::new(),
        };
        Ok(format!(
            "Your ticket is #{}. You are being let into its thread, where our team answers.{hours}\n\
             The same on the web, for you alone: {}/t/{}",
            opened.number, self.public_url, opened.token
        )
        .into())
    }

    async fn my_tickets(&self, asked: &Asked) -> Result<Answer, DeskError> {
        let whose = Whose::Account(asked.member.user);
        let lines = ticket_lines::tickets_of(&self.db, self.guild, whose).await?;
        if lines.is_empty() {
            return Ok(
                "You have no tickets here. /new files one; /link brings one that you filed on the \
                 web."
                    .into(),
            );
        }
        Ok(Answer::Say(Say {
            words: "Your tickets:".to_owned(),
            detail: Some(listing::own_tickets(self.discord_id, &lines)),
            menu: None,
        }))
    }

    /// A code that ties a Discord account to this ticket, once, for a quarter of an hour. To this one
    /// alone: anybody can file another under the same address.
    pub async fn link_code(&self, holder: &Holder) -> Result<String, DeskError> {
        self.lets_in(holder)?;
        let code = token::link_code();
        let hash = token::code_hash(&code)
            .ok_or_else(|| DeskError::Internal("a fresh code is no code".into()))?;
        let work = self.work().await?;
        let until = work.now.after(CODE_HOLDS);
        codes::add_code(&work.tx, holder.ticket, &hash, until, work.now).await?;
        work.commit().await?;
        Ok(format!("{}-{}", &code[..4], &code[4..]))
    }

    async fn link(&self, asked: &Asked) -> Result<Answer, DeskError> {
        let typed = given(asked.act.values.text("code"))?;
        let member = &asked.member;
        let user = member.user;
        if self.counts_as_staff(user, &member.roles).await? {
            return conflict(
                "Staff answer customers; a ticket that is tied to you would make you one.",
            );
        }
        let mut work = self.work().await?;
        let since = domain::Timestamp(work.now.0 - CODE_HOLDS.as_micros() as i64);
        if codes::tries(&work.tx, self.guild, user, since).await? >= CODE_TRIES {
            return conflict("Too many wrong codes. Try again in a quarter of an hour.");
        }
        let ticket = match token::code_hash(typed) {
            Some(hash) => codes::take_code(&work.tx, self.guild, &hash, work.now).await?,
            None => None,
        };
        let Some(ticket) = ticket else {
            codes::add_try(&work.tx, self.guild, user, work.now).await?;
            work.commit().await?;
            return conflict(
                "This code is wrong, used or too old. Get a new one on your ticket's page.",
            );
        };
        let row = work.ticket(ticket).await?;
        if row.discord_id.is_some_and(|linked| linked != user) {
            return conflict("This ticket is tied to another Discord account already.");
        }
        let words = format!(
            "The customer tied the ticket to the account of {}",
            member.name
        );
        work.record(ticket, words).await?;
        work.save(&row, |t| t.discord_id = Some(user), Touched::StaffOnly)
            .await?;
        work.commit().await?;
        Ok(format!(
            "Ticket #{} is tied to your account. /mytickets lists it.",
            row.number
        )
        .into())
    }
}

/// What a text is about, in one line.
pub(super) fn subject_of(text: &str) -> Result<Subject, DeskError> {
    let line = text.lines().find(|line| !line.trim().is_empty());
    Subject::parse(&excerpt(line.unwrap_or_default(), SUBJECT))
        .map_err(|why| DeskError::Invalid(vec![why]))
}

pub(super) fn body_of(text: &str) -> Result<Body, DeskError> {
    Body::parse(text).map_err(|why| DeskError::Invalid(vec![why]))
}

fn line(category: &CategoryView) -> Line {
    Line {
        label: excerpt(&category.name, 99),
        about: Some(excerpt(&category.help, 99)).filter(|help| !help.is_empty()),
        value: category.key.clone(),
        now: false,
    }
}

fn new_form(category: &CategoryView, questions: &[Question]) -> Form {
    Form {
        control: Control::File(category.key.clone()),
        title: excerpt(&format!("New ticket: {}", category.name), TITLE - 1),
        fields: questions.iter().map(field).collect(),
    }
}

fn field(question: &Question) -> Field {
    Field {
        name: question.name(),
        label: question.words.clone(),
        reply: question.reply,
        min: question.least,
        max: question.most,
    }
}
