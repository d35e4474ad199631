//! Our words in a thread: how a message from the web is introduced and cut into posts.
//!
//! Every post carries a link to its message on the dashboard. That link is also its mark: when an
//! answer was lost and the nonce no longer helps, the post is recognised by it.

use crate::store::entities::message;
use domain::text::{DISCORD_CONTENT_MAX, excerpt, head, split};
use domain::{MessageId, MessageKind, Origin, Side};
use std::borrow::Cow;

/// What is left of a post for the text, beside the longest line that introduces it.
const PIECE: usize = DISCORD_CONTENT_MAX - 400;

/// The longest name that introduces a post.
const NAME: usize = 100;

/// A message's pieces, each for one post.
pub(crate) fn pieces(body: &str) -> Vec<Cow<'_, str>> {
    split(body, PIECE)
}

/// The mark of a piece, as it stands in the post.
pub(crate) fn mark(number: i64, message: MessageId, chunk: i64) -> String {
    match chunk {
        // The message's own anchor on the dashboard.
        0 => format!("/staff/tickets/{number}#m{message}>"),
        _ => format!("/staff/tickets/{number}#m{message}.{chunk}>"),
    }
}

/// Which piece of which message a post of ours carries, by the mark in its first line.
pub(crate) fn read_mark(post: &str) -> Option<(MessageId, i64)> {
    // The text below is a customer's, who may write there what looks like a mark.
    let intro = post.lines().next()?;
    let (_, mark) = intro.rsplit_once("#m")?;
    let mark = mark.strip_suffix(">)")?;
    let (message, chunk) = match mark.split_once('.') {
        Some((message, chunk)) => (message, chunk.parse().ok()?),
        None => (mark, 0),
    };
    Some((MessageId(message.parse().ok()?), chunk))
}

/// A piece as it is posted: who speaks, from where, and the text.
pub(crate) fn post(
    public_url: &str,
    number: i64,
    message: &message::Model,
    chunk: i64,
) -> Option<String> {
    let pieces = pieces(&message.body);
    let piece = pieces.get(usize::try_from(chunk).ok()?)?;
    let link = format!("<{public_url}{}", mark(number, message.id, chunk));
    let intro = if chunk == 0 {
        // A grapheme can be of any length.
        let name = escape(head(&excerpt(&message.author, NAME), NAME));
        let role = match (message.kind, message.side, message.origin) {
            (MessageKind::Note, _, Origin::Web) => "note on the web, staff only",
            // A customer's message on the web has no person to it; what a ticket was made of in
            // Discord has, a form or a message.
            (MessageKind::Reply, Side::Customer, Origin::Web) if message.person_id.is_some() => {
                "customer, in Discord"
            }
            (MessageKind::Reply, Side::Customer, Origin::Web) => "customer, on the web",
            (MessageKind::Reply, Side::Staff, Origin::Web) => "staff",
            // Only where a thread was lost and its conversation is told again.
            (MessageKind::Note, _, Origin::Discord) => "note in the former thread, staff only",
            (MessageKind::Reply, _, Origin::Discord) => "in the former thread",
        };
        format!("**{name}** · [{role}]({link})")
    } else {
        format!("-# [{} of {}]({link})", chunk + 1, pieces.len())
    };
    Some(format!("{intro}\n{piece}"))
}

/// A customer's message as it is posted, for the fuzzer: each post, and which piece it is taken for.
#[cfg(feature = "fuzzing")]
pub fn posts_of(author: &str, body: &str) -> Vec<(String, Option<i64>)> {
    let message = of_customer(author, body);
    let posts = (0..).map_while(|chunk| post("https://help.example.com", 12, &message, chunk));
    let taken_for = |post: &String| {
        let (of, chunk) = read_mark(post)?;
        (of == message.id).then_some(chunk)
    };
    posts.map(|post| (post.clone(), taken_for(&post))).collect()
}

#[cfg(any(test, feature = "fuzzing"))]
fn of_customer(author: &str, body: &str) -> message::Model {
    message::Model {
        id: MessageId(7),
        ticket_id: domain::TicketId(3),
        position: 1,
        request_key: None,
        side: Side::Customer,
        kind: MessageKind::Reply,
        origin: Origin::Web,
        person_id: None,
        author: author.to_owned(),
        body: body.to_owned(),
        created_at: domain::Timestamp(0),
        edited_at: None,
        deleted_at: None,
        delivery: domain::Delivery::Queued,
        failure: None,
    }
}

/// A name as it is, whatever Discord's markdown would make of it.
pub(crate) fn escape(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for c in name.chars() {
        if matches!(
            c,
            '\\' | '*' | '_' | '~' | '`' | '|' | '>' | '#' | '[' | ']' | '(' | ')' | '<' | ':'
        ) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::of_customer as message;
    use super::*;
    use domain::text::discord_len;

    #[test]
    fn every_post_fits_and_together_they_say_it_all() {
        let body = "word ".repeat(2_000);
        let long = [
            "*".repeat(254),
            format!("*{}", "\u{301}".repeat(900)).repeat(3),
        ];
        for author in long {
            every_post_of_it_fits(&message(&author, &body));
        }
    }

    fn every_post_of_it_fits(message: &crate::store::entities::message::Model) {
        let url = format!("https://{}.example.com", "h".repeat(60));
        let count = pieces(&message.body).len();
        let mut said = String::new();
        for chunk in 0..count {
            let post = post(&url, 1_234_567, message, chunk as i64).expect("a piece");
            assert!(
                discord_len(&post) <= DISCORD_CONTENT_MAX,
                "{}",
                discord_len(&post)
            );
            assert!(post.contains(&mark(1_234_567, MessageId(7), chunk as i64)));
            said.push_str(post.split_once('\n').expect("an introduction").1);
        }
        assert_eq!(said, message.body);
        assert!(post(&url, 1, message, count as i64).is_none());
    }

    #[test]
    fn a_mark_is_of_one_piece_only() {
        assert!(!mark(1, MessageId(12), 0).contains(&mark(1, MessageId(1), 0)));
        assert!(!mark(1, MessageId(1), 10).contains(&mark(1, MessageId(1), 1)));
    }

    #[test]
    fn a_post_is_known_by_its_first_line_alone() {
        let long = "word ".repeat(2_000);
        let named = message("(#m99>) #m98>)", &format!("first\n[x](<u#m5>)\n{long}"));
        for chunk in 0..3 {
            let post = post("https://h.example", 12, &named, chunk).expect("a piece");
            assert_eq!(read_mark(&post), Some((MessageId(7), chunk)));
        }
        let intro = "-# [2 of 3](<https://h.example/staff/tickets/12#m5.1>)";
        let forged = message("Jane", intro);
        let post = post("https://h.example", 12, &forged, 0).expect("a piece");
        assert!(post.ends_with(intro));
        assert_eq!(read_mark(&post), Some((MessageId(7), 0)));
        assert_eq!(read_mark("hello"), None);
        assert_eq!(read_mark(""), None);
    }

    #[test]
    fn code_is_whole_in_every_post() {
        let body = format!("Look:\n```log\n{}```", "a line of it\n".repeat(300));
        let message = message("Jane", &body);
        let count = pieces(&body).len();
        assert!(count > 2);
        for chunk in 0..count {
            let post = post("https://help.example.com", 3, &message, chunk as i64);
            let post = post.expect("a piece");
            assert!(discord_len(&post) <= DISCORD_CONTENT_MAX);
            assert_eq!(post.matches("```").count(), 2, "{post}");
            assert!(post.contains("```log\n"), "{post}");
        }
    }

    #[test]
    fn a_name_stays_a_name() {
        assert_eq!(escape("a_b*c <@1>"), "a\\_b\\*c \\<@1\\>");
    }
}
