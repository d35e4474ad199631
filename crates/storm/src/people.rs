//! What customers and staff do on the web.
//!
//! They are told whether it worked, or the process dies under them and they may try the same form
//! again.

use crate::model::{Filed, Model, Told, Written, body, bytes_of};
use crate::town::Town;
use anyhow::{Result, bail};
use desk::files::Said;
use desk::{Desk, DeskError, NewTicket, RequestKey};
use domain::text::{Email, Subject};
use domain::view::MessageView;
use domain::{MessageId, MessageKind, Origin, Priority};
use rand::Rng;
use rand::seq::IndexedRandom;

/// Tickets of one seed.
const TICKETS: usize = 5;

/// Words to make texts of; some have a meaning for Discord.
const WORDS: [&str; 12] = [
    "parcel",
    "@everyone",
    "late",
    "**bold**",
    "<@&1>",
    "snow",
    "🙂",
    "refund",
    "`code`",
    "ok",
    "https://example.com/a",
    "//",
];

impl Town {
    /// `false`: the process died over it.
    pub async fn someone_acts_on_the_web(&mut self) -> Result<bool> {
        if self.model.tickets.is_empty() || (self.model.tickets.len() < TICKETS && self.chance(15))
        {
            return self.file().await;
        }
        let ticket = self.rng.random_range(0..self.model.tickets.len());
        self.perhaps_die();
        match self.rng.random_range(0..100) {
            0..=34 => self.write(ticket, Voice::Customer).await,
            35..=52 => self.write(ticket, Voice::Staff).await,
            53..=60 => self.write(ticket, Voice::Note).await,
            61..=72 => self.change(ticket, false).await,
            73..=78 => self.change(ticket, true).await,
            _ => self.handle(ticket).await,
        }
    }

    pub fn text(&mut self, tag: u32) -> String {
        let count = match self.rng.random_range(0..12) {
            0 => self.rng.random_range(300..900),
            _ => self.rng.random_range(1..8),
        };
        let words: Vec<&str> = (0..count)
            .map(|_| *WORDS.choose(&mut self.rng).unwrap_or(&"word"))
            .collect();
        // What begins with a digit is no note by accident.
        format!(
            "w{tag} v{} {}",
            self.rng.random_range(0..100_000),
            words.join(" ")
        )
    }

    /// Names of files to attach; mostly none.
    pub fn files(&mut self, tag: u32) -> Vec<String> {
        let count = match self.rng.random_range(0..20) {
            0 => 11,
            1..=4 => self.rng.random_range(1..4),
            _ => 0,
        };
        (0..count).map(|at| format!("f{tag}-{at}.txt")).collect()
    }

    async fn file(&mut self) -> Result<bool> {
        let tag = self.model.tag();
        let text = self.text(tag);
        let names = self.files(tag);
        let key = RequestKey::fresh();
        let form = || -> Option<NewTicket> {
            Some(NewTicket {
                email: Email::parse("jane@example.com").ok()?,
                subject: Subject::parse(&format!("Subject {tag} @everyone")).ok()?,
                category: "question".to_owned(),
                body: body(&text)?,
                files: Vec::new(),
            })
        };
        for attempt in 0..3 {
            if attempt == 0 {
                self.perhaps_die();
            }
            let Some(mut new) = form() else {
                bail!("a form that does not parse");
            };
            let desk = self.desk();
            let sent = RequestKey::parse(&key);
            let attached = names.clone();
            let filing = async move {
                new.files = taken(&desk, &attached).await?;
                desk.open_ticket(new, sent).await
            };
            match self.whole(filing).await {
                Some(opened) => {
                    let opened = opened?;
                    self.note(format!("w{tag} filed as #{}", opened.number));
                    self.model.tickets.push(Filed {
                        token: opened.token,
                        number: opened.number,
                    });
                    self.model.written.insert(
                        tag,
                        Written {
                            note: false,
                            stored: Told::Yes,
                            texts: vec![text],
                            deleted: Told::No,
                            files: names,
                        },
                    );
                    return Ok(true);
                }
                None => {
                    // Whoever files a ticket sends the same form until it works.
                    self.note(format!("w{tag}: died while it was filed"));
                    self.crash().await?;
                    self.restart().await?;
                }
            }
        }
        bail!("a process that dies at every filing")
    }

    async fn write(&mut self, ticket: usize, voice: Voice) -> Result<bool> {
        let tag = self.model.tag();
        let text = self.text(tag);
        let Filed { token, number } = &self.model.tickets[ticket];
        let (token, number) = (token.clone(), *number);
        let staff = self.a_staff();
        let Some(typed) = body(&text) else {
            bail!("a text that does not parse");
        };
        let names = self.files(tag);
        let attached = names.clone();
        let desk = self.desk();
        let writing = async move {
            let typed = Said {
                body: typed,
                files: taken(&desk, &attached).await?,
            };
            match voice {
                Voice::Customer => {
                    let holder = desk.holder(&token).await?;
                    desk.customer_reply(&holder, typed, None).await
                }
                Voice::Staff => desk.staff_reply(&staff, number, typed, None).await,
                Voice::Note => desk.add_note(&staff, number, typed, None).await,
            }
        };
        let told = self.whole(writing).await;
        let stored = match &told {
            Some(Ok(())) => Told::Yes,
            Some(Err(error)) => bail!("w{tag} was refused: {error}"),
            None => Told::Perhaps,
        };
        self.note(format!(
            "w{tag} written in #{number} by {voice:?}: {stored:?}"
        ));
        self.model.written.insert(
            tag,
            Written {
                note: voice == Voice::Note,
                stored,
                texts: vec![text],
                deleted: Told::No,
                files: names,
            },
        );
        Ok(told.is_some())
    }

    /// What the web shows of a ticket.
    pub async fn seen_by_staff(&mut self, number: i64) -> Result<Vec<MessageView>> {
        let staff = self.a_staff();
        let desk = self.desk();
        let looking = async move { desk.conversation(&staff, number).await };
        match self.whole(looking).await {
            Some(view) => Ok(view?.messages),
            None => bail!("nobody crashes over a look"),
        }
    }

    /// Somebody edits or deletes what they wrote on the web.
    async fn change(&mut self, ticket: usize, delete: bool) -> Result<bool> {
        self.clock.live();
        let number = self.model.tickets[ticket].number;
        let seen = self.seen_by_staff(number).await?;
        let own: Vec<(MessageId, u32, MessageKind, domain::Side, String)> = seen
            .into_iter()
            .filter(|m| m.origin == Origin::Web && !m.deleted)
            .filter_map(|m| Some((m.id, Model::tag_of(&m.body)?, m.kind, m.side, m.author)))
            .collect();
        let Some((message, tag, _, side, author)) = own.choose(&mut self.rng).cloned() else {
            return Ok(true);
        };
        let token = self.model.tickets[ticket].token.clone();
        let staff = match self.staff_named(&author) {
            Some(staff) => staff,
            None => self.a_staff(),
        };
        let text = self.text(tag);
        let Some(typed) = body(&text) else {
            bail!("a text that does not parse");
        };
        self.perhaps_die();
        let desk = self.desk();
        let changing = async move {
            match (side, delete) {
                (domain::Side::Customer, false) => {
                    let holder = desk.holder(&token).await?;
                    desk.customer_edit(&holder, message, typed).await
                }
                (domain::Side::Customer, true) => {
                    let holder = desk.holder(&token).await?;
                    desk.customer_delete(&holder, message).await
                }
                (domain::Side::Staff, false) => desk.staff_edit(&staff, message, typed).await,
                (domain::Side::Staff, true) => desk.staff_delete(&staff, message).await,
            }
        };
        let told = match self.whole(changing).await {
            Some(Ok(())) => Told::Yes,
            Some(Err(error)) => bail!("a change of w{tag} was refused: {error}"),
            None => Told::Perhaps,
        };
        let what = if delete { "deleted" } else { "edited" };
        self.note(format!("w{tag} {what}: {told:?}"));
        if let Some(written) = self.model.written.get_mut(&tag) {
            // It was seen, so it was stored.
            written.stored = Told::Yes;
            match (delete, told) {
                (true, told) => written.deleted = told,
                (false, Told::Yes) => written.texts = vec![text],
                (false, _) => written.texts.push(text),
            }
        }
        Ok(told == Told::Yes)
    }

    /// Staff handle a ticket, on the dashboard.
    async fn handle(&mut self, ticket: usize) -> Result<bool> {
        let Filed { token, number } = &self.model.tickets[ticket];
        let (token, number) = (token.clone(), *number);
        let staff = self.a_staff();
        let desk = self.desk();
        let what = self.rng.random_range(0..7);
        let priority = *Priority::ALL
            .choose(&mut self.rng)
            .unwrap_or(&Priority::High);
        let handling = async move {
            match what {
                0 => desk.assign_to_me(&staff, number).await,
                1 => desk.unassign(&staff, number).await,
                2 => desk.set_priority(&staff, number, priority).await,
                3 => desk.close(&staff, number).await,
                4 => desk.reopen(&staff, number).await,
                5 => desk.customer_close(&desk.holder(&token).await?).await,
                _ => desk.retry_delivery(&staff, number).await,
            }
        };
        let told = self.whole(handling).await;
        if let Some(Err(error)) = &told {
            let expected = matches!(error, DeskError::Conflict { .. });
            if !expected {
                bail!("handling #{number} was refused: {error}");
            }
        }
        self.note(format!("#{number} handled ({what}): {}", told.is_some()));
        Ok(told.is_some())
    }
}

/// Files of these names, as the web's door takes them in.
async fn taken(desk: &Desk, names: &[String]) -> Result<Vec<desk::files::NewFile>, DeskError> {
    let mut files = Vec::new();
    for name in names {
        let bytes =
            futures::stream::iter([Ok::<_, std::convert::Infallible>(bytes_of(name).into())]);
        let file = desk.take_file(name, bytes).await;
        files.push(file.map_err(|error| DeskError::Internal(format!("{error:?}")))?);
    }
    Ok(files)
}

/// Who writes on the web.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Voice {
    Customer,
    Staff,
    Note,
}
