//! What every member may do: ask for help, file a ticket, see their own, tie their account to what
//! they filed on the web.

use super::answer::{Answer, Control, Field, Form, Line, Menu, Say};
use super::asked::{Asked, profile};
use super::deeds::ForEveryone;
use super::{conflict, given, listing};
use crate::filing::{Asker, Filing};
use crate::store::{commands, people};
use crate::{Desk, DeskError, Holder, token};
use domain::text::{Body, Subject, excerpt};
use domain::view::CategoryView;
use std::time::Duration;

/// The bounds of a ticket's text in Discord's form.
const TEXT_MIN: u16 = 10;
const TEXT_MAX: u16 = 1_000;
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
    pub(super) fn category_named(&self, typed: &str) -> Option<&CategoryView> {
        let same = |c: &&CategoryView| c.key == typed || c.name.eq_ignore_ascii_case(typed);
        self.categories.iter().find(same)
    }

    async fn ask_new(&self, asked: &Asked) -> Result<Answer, DeskError> {
        // Before anybody types for nothing. What counts is asked again when the form comes.
        if let Some(why) = self.maintenance().await? {
            return conflict(why);
        }
        let options = self.options().await?;
        let user = asked.member.user;
        let standing = commands::standing(&self.db.read, self.guild, user).await?;
        options.admit(&standing, self.now())?;
        let category = match asked.act.values.text("category") {
            Some(typed) => Some(
                self.category_named(typed)
                    .ok_or_else(|| DeskError::Conflict {
                        why: "There is no such category. Choose one of those suggested.".to_owned(),
                    })?,
            ),
            None if self.categories.len() == 1 => self.categories.first(),
            None => None,
        };
        match category {
            Some(category) => Ok(Answer::Form(new_form(category))),
            None => Ok(Answer::Say(Say {
                words: "What is it about?".to_owned(),
                detail: None,
                menu: Some(Menu {
                    control: Control::PickCategory,
                    hint: "Choose a category".to_owned(),
                    lines: self.categories.iter().take(25).map(line).collect(),
                }),
            })),
        }
    }

    async fn file_from_form(&self, asked: &Asked) -> Result<Answer, DeskError> {
        let category = given(asked.act.values.text("category"))?;
        let text = asked.act.values.text("text").unwrap_or_default();
        let length = text.chars().count();
        if !(usize::from(TEXT_MIN)..=usize::from(TEXT_MAX)).contains(&length) {
            return conflict(format!(
                "Write {TEXT_MIN} to {TEXT_MAX} characters; it was {length}."
            ));
        }
        let who = profile(&asked.member);
        let options = self.options().await?;
        let opened = self
            .file(
                Filing {
                    asker: Asker::Account {
                        who: &who,
                        by_staff: false,
                    },
                    subject: subject_of(text)?.as_str(),
                    category,
                    body: body_of(text)?.as_str(),
                    files: &[],
                    parent: options.panel_channel(),
                },
                Some(asked.key()),
            )
            .await?;
        Ok(format!(
            "Your ticket is #{}. You are being let into its thread, where our team answers.\n\
             The same on the web, for you alone: {}/t/{}",
            opened.number, self.public_url, opened.token
        )
        .into())
    }

    async fn my_tickets(&self, asked: &Asked) -> Result<Answer, DeskError> {
        let user = asked.member.user;
        let Some(customer) = people::of_account(&self.db.read, self.guild, user).await? else {
            return Ok(
                "You have no tickets here. /new files one; /link brings those that you \
                       filed on the web."
                    .into(),
            );
        };
        let lines = commands::tickets_of(&self.db, self.guild, customer.id).await?;
        if lines.is_empty() {
            return Ok("You have no tickets here.".into());
        }
        Ok(Answer::Say(Say {
            words: "Your tickets:".to_owned(),
            detail: Some(listing::tickets(&lines)),
            menu: None,
        }))
    }

    /// A code that ties a Discord account to this customer, once, for a quarter of an hour.
    pub async fn link_code(&self, holder: &Holder) -> Result<String, DeskError> {
        self.lets_in(holder)?;
        let code = token::link_code();
        let hash = token::code_hash(&code)
            .ok_or_else(|| DeskError::Internal("a fresh code is no code".into()))?;
        let work = self.work().await?;
        let until = work.now.after(CODE_HOLDS);
        commands::add_code(&work.tx, holder.customer, &hash, until, work.now).await?;
        work.commit().await?;
        Ok(format!("{}-{}", &code[..4], &code[4..]))
    }

    async fn link(&self, asked: &Asked) -> Result<Answer, DeskError> {
        let typed = given(asked.act.values.text("code"))?;
        let user = asked.member.user;
        let work = self.work().await?;
        let since = domain::Timestamp(work.now.0 - CODE_HOLDS.as_micros() as i64);
        if commands::tries(&work.tx, self.guild, user, since).await? >= CODE_TRIES {
            return conflict("Too many wrong codes. Try again in a quarter of an hour.");
        }
        let customer = match token::code_hash(typed) {
            Some(hash) => commands::take_code(&work.tx, self.guild, &hash, work.now).await?,
            None => None,
        };
        let Some(customer) = customer else {
            commands::add_try(&work.tx, self.guild, user, work.now).await?;
            work.commit().await?;
            return conflict(
                "This code does not hold (any more). Get a new one on your ticket's page.",
            );
        };
        let customer = people::customer_by_id(&work.tx, customer).await?;
        if customer.discord_id.is_some_and(|linked| linked != user) {
            return conflict("These tickets are tied to another Discord account already.");
        }
        people::link_account(&work.tx, &customer, user).await?;
        work.commit().await?;
        Ok("Your account is tied to your tickets from the web. /mytickets lists them.".into())
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

fn new_form(category: &CategoryView) -> Form {
    Form {
        control: Control::File(category.key.clone()),
        title: excerpt(&format!("New ticket: {}", category.name), TITLE - 1),
        field: Field {
            name: "text",
            label: "What is it about?".to_owned(),
            min: TEXT_MIN,
            max: TEXT_MAX,
        },
    }
}
