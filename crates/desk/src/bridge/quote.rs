//! What a message in Discord answers, as a line in front of it.
//!
//! Only what the customer may read is quoted: an answer to a note must not carry the note across.
//! It reads what is stored, so that a quoted customer is named as such and not as our bot.

use super::event::RemoteMessage;
use super::words;
use crate::store::{messages, parts};
use crate::{Desk, DeskError};
use domain::text::excerpt;
use domain::{MessageKind, TicketId};

/// The longest excerpt, in graphemes.
const EXCERPT: usize = 80;

impl Desk {
    /// The line, if the message answers something that may be quoted.
    pub(super) async fn quote(
        &self,
        ticket: TicketId,
        message: &RemoteMessage,
    ) -> Result<Option<String>, DeskError> {
        let Some(answered) = message.replies_to else {
            return Ok(None);
        };
        let Some(part) = parts::of_post(&self.db.read, answered).await? else {
            return Ok(None);
        };
        let Some(said) = messages::by_id(&self.db.read, part.message_id).await? else {
            return Ok(None);
        };
        let may_be_quoted = said.ticket_id == ticket
            && said.kind == MessageKind::Reply
            && said.deleted_at.is_none();
        if !may_be_quoted {
            return Ok(None);
        }
        let pieces = words::pieces(&said.body);
        let piece = usize::try_from(part.chunk).ok().and_then(|n| pieces.get(n));
        Ok(piece.and_then(|piece| line(&said.author, piece)))
    }
}

/// What a message says, behind what it answers.
pub(super) fn behind(quote: Option<&str>, body: &str) -> String {
    match quote {
        Some(quote) => format!("{quote}\n{body}"),
        None => body.to_owned(),
    }
}

/// One line, unless there is nothing to quote.
fn line(author: &str, said: &str) -> Option<String> {
    // A quote in what is quoted is what somebody else said; code does not fit into a line.
    let own = said
        .lines()
        .filter(|line| !line.starts_with("> "))
        .collect::<Vec<_>>()
        .join(" ");
    let own = own.split("```").next().unwrap_or_default();
    let words = excerpt(own, EXCERPT);
    if words.is_empty() {
        return None;
    }
    // What was hidden stays hidden where the excerpt ends inside it.
    let is_open = words.matches("||").count() % 2 == 1;
    let end = if is_open { "||" } else { "" };
    Some(format!("> {}: {words}{end}", words::escape(author)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_is_one_line_of_what_its_author_said() {
        assert_eq!(
            line("a_b@c.de", "> Mira: hello\nWhere\n\nis it?").as_deref(),
            Some("> a\\_b@c.de: Where is it?")
        );
        assert_eq!(line("Mira", "> only a quote"), None);
        assert_eq!(line("Mira", "```\ncode\n```"), None);
        assert_eq!(
            line("Mira", "see ```\ncode\n```").as_deref(),
            Some("> Mira: see")
        );
    }

    #[test]
    fn what_was_hidden_stays_hidden() {
        let long = format!("||{}||", "x".repeat(200));
        let quoted = line("Mira", &long).expect("a quote");
        assert!(quoted.ends_with("x…||"), "{quoted}");
    }
}
