//! Text that people type: what is accepted, and how it is shortened.
//!
//! Lengths that people see are counted in graphemes; Discord's limits are counted the way that is
//! never too long there: in UTF-16 units, of which no text has fewer than code points. Text is
//! never altered here beyond trimming its ends and unifying line breaks; escaping belongs to
//! whoever shows it.

use crate::{Field, Invalid};
use unicode_segmentation::UnicodeSegmentation;

pub use crate::split::{head, split};

/// The most graphemes that a subject may have.
pub const SUBJECT_MAX: usize = 120;
/// The most graphemes that a message may have.
pub const BODY_MAX: usize = 10_000;
/// The most UTF-16 units that a subject may have: a grapheme can be of any length.
const SUBJECT_UNITS: usize = 2_000;
/// The most UTF-16 units that a message may have.
const BODY_UNITS: usize = 40_000;
/// The most UTF-16 units of an excerpt, for each grapheme that it may have.
const EXCERPT_UNITS: usize = 16;
/// The most characters that an e-mail address may have (RFC 5321's path limit).
pub const EMAIL_MAX: usize = 254;
/// What one Discord message may hold.
pub const DISCORD_CONTENT_MAX: usize = 2_000;
/// What a thread's name may hold.
pub const THREAD_NAME_MAX: usize = 100;

/// The length as Discord could count it at most.
pub fn discord_len(text: &str) -> usize {
    text.encode_utf16().count()
}

/// A subject line: one line, not blank, at most [`SUBJECT_MAX`] graphemes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject(String);

impl Subject {
    /// Reads what a person typed.
    pub fn parse(typed: &str) -> Result<Self, Invalid> {
        let line = typed.split_whitespace().collect::<Vec<_>>().join(" ");
        let line = without_controls(&line);
        if is_blank(&line) {
            return Err(Invalid::new(
                Field::Subject,
                "Say in a few words what this is about.",
            ));
        }
        let length = length_of(&line, SUBJECT_UNITS);
        if length > SUBJECT_MAX {
            return Err(Invalid::new(
                Field::Subject,
                format!("Shorten the subject to {SUBJECT_MAX} characters; it has {length}."),
            ));
        }
        Ok(Self(line))
    }

    /// The line.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A message: not blank, at most [`BODY_MAX`] graphemes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body(String);

impl Body {
    /// Reads what a person typed.
    pub fn parse(typed: &str) -> Result<Self, Invalid> {
        let text = typed.replace("\r\n", "\n").replace('\r', "\n");
        let text = without_controls(text.trim_matches('\n').trim_end());
        if is_blank(&text) {
            return Err(Invalid::new(Field::Body, "Write your message."));
        }
        let length = length_of(&text, BODY_UNITS);
        if length > BODY_MAX {
            return Err(Invalid::new(
                Field::Body,
                format!("Shorten the message to {BODY_MAX} characters; it has {length}."),
            ));
        }
        Ok(Self(text))
    }

    /// Reads what a person typed beside files, which may say all there is to say.
    pub fn parse_beside_files(typed: &str) -> Result<Self, Invalid> {
        if is_blank(typed) {
            return Ok(Self(String::new()));
        }
        Self::parse(typed)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An e-mail address, in lower case: plausible, not proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Reads what a person typed. Only an answer proves an address, so this refuses no more than
    /// what cannot be one.
    pub fn parse(typed: &str) -> Result<Self, Invalid> {
        let address = typed.trim();
        let refuse = |why: &str| Err(Invalid::new(Field::Email, why));
        if is_blank(address) {
            return refuse("Enter your e-mail address, so that we know whose ticket it is.");
        }
        if address.chars().count() > EMAIL_MAX {
            return refuse("That e-mail address is too long.");
        }
        let plausible = address.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && !domain.contains('@')
                && domain.contains('.')
                && domain.split('.').all(|label| {
                    !label.is_empty()
                        && !label.starts_with('-')
                        && !label.ends_with('-')
                        && label.chars().all(|c| c.is_alphanumeric() || c == '-')
                })
                && !local.starts_with('.')
                && !local.ends_with('.')
                && local
                    .chars()
                    .all(|c| !c.is_whitespace() && !c.is_control() && !"<>()[]\\,;:\"".contains(c))
        });
        if !plausible {
            return refuse("Enter an e-mail address like name@example.com.");
        }
        Ok(Self(address.to_lowercase()))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How long a text is, in graphemes, unless they are stacked so high that it has too many units.
fn length_of(text: &str, most_units: usize) -> usize {
    let units = discord_len(text);
    if units > most_units {
        units
    } else {
        text.graphemes(true).count()
    }
}

/// Whether nothing of it would be seen: spaces, and characters that only steer others.
fn is_blank(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}' | '\u{3164}' | '\u{115f}' | '\u{1160}')
    })
}

/// Without control characters, which no keyboard types and neither database nor Discord wants.
fn without_controls(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}

/// The beginning of a text on one line, at most `max` graphemes.
pub fn excerpt(text: &str, max: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = head(&line, max * EXCERPT_UNITS);
    let mut graphemes = line.graphemes(true);
    let first: String = graphemes.by_ref().take(max).collect();
    if graphemes.next().is_none() {
        return first;
    }
    let kept: String = first.graphemes(true).take(max.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// The most characters of a part of an address.
const SLUG_MAX: usize = 32;

/// A name as a part of an address: small letters, digits, and single hyphens between them.
pub fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        if slug.len() >= SLUG_MAX {
            break;
        }
        match c {
            'a'..='z' | '0'..='9' => slug.push(c),
            _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "server" } else { slug }.to_owned()
}

/// What every name of this ticket's thread has, before it any other `#`: how the thread is found again
/// when the answer to its creation was lost.
pub fn thread_mark(number: i64) -> String {
    format!("#{number} ")
}

/// Whether a thread of this name is the marked one, whatever stood before the mark when it was made.
pub fn bears_mark(name: &str, mark: &str) -> bool {
    name.find('#')
        .is_some_and(|at| name[at..].starts_with(mark))
}

/// The thread's name: the mark and as much of the subject as fits.
pub fn thread_name(number: i64, subject: &str) -> String {
    named(thread_mark(number), subject)
}

/// The same behind a guild's own words, which hold no `#`.
pub fn prefixed_thread_name(prefix: &str, number: i64, subject: &str) -> String {
    named(format!("{prefix} {}", thread_mark(number)), subject)
}

fn named(mut name: String, subject: &str) -> String {
    let room = THREAD_NAME_MAX;
    if discord_len(&name) + discord_len(subject) <= room {
        name.push_str(subject);
        return name;
    }
    for grapheme in subject.graphemes(true) {
        if discord_len(&name) + discord_len(grapheme) + 1 > room {
            break;
        }
        name.push_str(grapheme);
    }
    name.push('…');
    name
}

/// A name that no filter of Discord's refuses: the mark, and nothing that anybody typed.
pub fn neutral_thread_name(number: i64) -> String {
    format!("{}ticket", thread_mark(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_become_parts_of_addresses() {
        assert_eq!(slug("Harbor Games"), "harbor-games");
        assert_eq!(slug("  --Pixel & Co. 2!  "), "pixel-co-2");
        assert_eq!(slug("日本語"), "server");
        assert_eq!(slug(&"ab ".repeat(40)).len(), 32);
    }

    #[test]
    fn blank_is_blank_however_it_is_typed() {
        for typed in [
            "",
            "   ",
            "\n\t\r\n",
            "\u{200b}\u{200b}",
            "\u{3164}",
            "\u{202e}",
        ] {
            assert!(Subject::parse(typed).is_err(), "{typed:?}");
            assert!(Body::parse(typed).is_err(), "{typed:?}");
            assert!(Email::parse(typed).is_err(), "{typed:?}");
        }
    }

    #[test]
    fn a_subject_is_counted_in_graphemes() {
        let family = "👩‍👩‍👧‍👦";
        assert!(Subject::parse(&family.repeat(SUBJECT_MAX)).is_ok());
        assert!(Subject::parse(&family.repeat(SUBJECT_MAX + 1)).is_err());
        assert!(Subject::parse(&"é".repeat(SUBJECT_MAX)).is_ok());
    }

    #[test]
    fn a_grapheme_as_long_as_a_book_is_no_single_character() {
        let tower = format!("a{}", "\u{301}".repeat(100_000));
        assert!(Body::parse(&tower).is_err());
        assert!(Subject::parse(&tower).is_err());
        assert!(discord_len(&excerpt(&tower, 80)) <= 80 * EXCERPT_UNITS);
    }

    #[test]
    fn a_subject_is_one_line() {
        assert_eq!(
            Subject::parse(" a\n b\u{0}c ").map(|s| s.0).as_deref(),
            Ok("a bc")
        );
    }

    #[test]
    fn a_body_keeps_its_lines_and_ends_where_its_text_ends() {
        assert_eq!(
            Body::parse("\r\n  code\r\n\r\nmore \n")
                .map(|b| b.0)
                .as_deref(),
            Ok("  code\n\nmore")
        );
        assert!(Body::parse(&"x".repeat(BODY_MAX)).is_ok());
        assert!(Body::parse(&"x".repeat(100_000)).is_err());
    }

    #[test]
    fn addresses() {
        for good in ["a@b.co", "First.Last+tag@sub.example.com", "ü@exämple.de"] {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "a",
            "a@",
            "@b.co",
            "a@b",
            "a@@b.co",
            "a b@c.de",
            "a@b..co",
            "a@-b.co",
            "<a@b.co>",
            "a@b.co\nbcc:x@y.z",
            ".a@b.co",
        ] {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_excerpt_says_that_it_is_one() {
        assert_eq!(excerpt("short", 10), "short");
        assert_eq!(excerpt("one\n two  three", 8), "one two…");
    }

    proptest! {
        #[test]
        fn a_thread_name_fits_and_keeps_its_mark(number in 1i64..10_000_000, subject in "\\PC{1,200}") {
            let name = thread_name(number, &subject);
            prop_assert!(discord_len(&name) <= THREAD_NAME_MAX);
            prop_assert!(name.starts_with(&thread_mark(number)));
            prop_assert!(neutral_thread_name(number).starts_with(&thread_mark(number)));
            let prefixed = prefixed_thread_name("Kundendienst Harbor ", number, &subject);
            prop_assert!(discord_len(&prefixed) <= THREAD_NAME_MAX);
            for name in [name, prefixed] {
                prop_assert!(bears_mark(&name, &thread_mark(number)));
                prop_assert!(!bears_mark(&name, &thread_mark(number + 1)));
            }
        }
    }
}
