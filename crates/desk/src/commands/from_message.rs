//! A ticket made of what a member wrote in any channel: their words, their files, their name.
//!
//! The files are copied before the ticket is filed, so that it begins whole; what could not be copied
//! is named to the one who asked, and still stands where it was. It decides nothing about where a
//! ticket goes: that is filing's affair.

use super::answer::{Answer, Control, Line, Menu, Say};
use super::asked::{Asked, Written, profile};
use super::everyone::{SUBJECT, subject_of};
use super::{conflict, given};
use crate::bridge::{RemoteFile, escape};
use crate::files::{NewFile, NotTaken};
use crate::filing::{Asker, Filing};
use crate::{Desk, DeskError, Staff};
use domain::TicketId;
use domain::file::size_words;
use domain::text::{Body, excerpt};
use domain::view::CategoryView;
use std::time::Duration;

/// How long one file may take. Discord takes an announced answer for a quarter of an hour.
const PATIENCE: Duration = Duration::from_secs(60);

/// What became of a message's files.
#[derive(Default)]
struct Copied {
    files: Vec<NewFile>,
    /// A line for each that could not be copied, with the reason.
    failed: Vec<String>,
}

impl Desk {
    pub(super) async fn file_from_message(
        &self,
        asked: &Asked,
        staff: &Staff,
    ) -> Result<Answer, DeskError> {
        let written = given(asked.act.values.message("message"))?;
        if written.author.bot {
            return conflict("A bot wrote this. Tickets are for people.");
        }
        if written.text.trim().is_empty() && written.files.is_empty() {
            return conflict("This message has neither text nor files.");
        }
        let known = self.known_categories();
        let category = given(known.open.first())?;
        let copied = self.copied(&written.files).await;
        let filed = self
            .file_written(asked, staff, written, category, &copied.files)
            .await;
        if filed.is_err() {
            self.discard_files(&copied.files).await;
        }
        let number = filed?;

        let name = escape(&written.author.name);
        let mut words =
            format!("Ticket #{number} is filed for {name}, who is being let into its thread.");
        if !copied.failed.is_empty() {
            words.push_str("\nNot copied, and still at the message:");
        }
        for failed in &copied.failed {
            words.push_str(&format!("\n- {failed}"));
        }
        let mut menu = None;
        if known.open.len() > 1 {
            let id = self.ticket_id(staff, number).await?;
            menu = Some(categories(id, &known.open, category));
            words.push_str(&format!(
                "\nIt is in {}. If it belongs elsewhere:",
                escape(&category.name)
            ));
        }
        Ok(Answer::Say(Say {
            words,
            detail: None,
            menu,
        }))
    }

    async fn file_written(
        &self,
        asked: &Asked,
        staff: &Staff,
        written: &Written,
        category: &CategoryView,
        files: &[NewFile],
    ) -> Result<i64, DeskError> {
        let invalid = |why| DeskError::Invalid(vec![why]);
        let body = match files {
            [] if written.text.trim().is_empty() => {
                return conflict("Its files could not be copied. Try again in a moment.");
            }
            [] => Body::parse(&written.text),
            _ => Body::parse_beside_files(&written.text),
        };
        let subject = match files.first() {
            Some(first) if written.text.trim().is_empty() => {
                subject_of(&excerpt(first.name(), SUBJECT))
            }
            // A subject is read as it is: a list shows no bold.
            _ => subject_of(&markup::plain(&written.text, &markup::Names::default())),
        };
        let who = profile(&written.author);
        let opened = self
            .file(
                Filing {
                    asker: Asker::Account {
                        who: &who,
                        by_staff: Some(&staff.name),
                    },
                    subject: subject?.as_str(),
                    category: &category.key,
                    body: body.map_err(invalid)?.as_str(),
                    files,
                    parent: self.options().panel_channel(),
                    made_of: Some(written.id),
                },
                Some(asked.key()),
            )
            .await?;
        Ok(opened.number)
    }

    /// Copies files one after the other, as many as a message may have.
    async fn copied(&self, files: &[RemoteFile]) -> Copied {
        let most = usize::try_from(self.file_limits().max_files).unwrap_or(usize::MAX);
        let mut copied = Copied::default();
        for (at, file) in files.iter().enumerate() {
            let went = match at < most {
                true => self.copy(file).await,
                false => Err(format!("A message has at most {most} files.")),
            };
            match went {
                Ok(file) => copied.files.push(file),
                Err(why) => {
                    let name = escape(&excerpt(&file.name, SUBJECT));
                    copied.failed.push(format!("{name}: {why}"));
                }
            }
        }
        copied
    }

    /// Copies a file, or says in words why not.
    async fn copy(&self, file: &RemoteFile) -> Result<NewFile, String> {
        let most = self.file_limits().max_bytes;
        let too_large = || format!("It is larger than {}.", size_words(most));
        if file.size > most {
            return Err(too_large());
        }
        let copy = async {
            let bytes = self.port.fetch(&file.url).await;
            let bytes = bytes.map_err(|error| error.reason().to_owned())?;
            let taken = self.take_file(&file.name, bytes).await;
            taken.map_err(|error| match error {
                NotTaken::Empty => "It is empty.".to_owned(),
                NotTaken::TooLarge => too_large(),
                NotTaken::Source(error) => error.reason().to_owned(),
                NotTaken::Store(_) => "The file store does not work now.".to_owned(),
            })
        };
        match tokio::time::timeout(PATIENCE, copy).await {
            Ok(copied) => copied,
            Err(_) => Err("It took too long.".to_owned()),
        }
    }
}

/// The menu that moves the new ticket to another category.
fn categories(ticket: TicketId, open: &[CategoryView], now: &CategoryView) -> Menu {
    let line = |category: &CategoryView| Line {
        label: excerpt(&category.name, 99),
        about: None,
        value: category.key.clone(),
        now: category.key == now.key,
    };
    Menu {
        control: Control::SetCategory(ticket),
        hint: "Category".to_owned(),
        lines: open.iter().take(25).map(line).collect(),
    }
}
