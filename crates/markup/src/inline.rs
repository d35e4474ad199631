//! What stands inside a block: words, line breaks, code, links, mentions, and runs of marks.
//!
//! It reads from left to right and looks back at nothing; which marks belong together is decided
//! by [`crate::emphasis`]. Every search for an end is bounded or remembered, so that a text made to
//! be slow is not.

use crate::Names;
use crate::address::{self, Masked};
use crate::emphasis::{self, Run};
use crate::html::Html;
use crate::mention::{self, Mention};

/// A shrug keeps its arm.
const SHRUG: &str = "¯\\_(ツ)_/¯";

pub(crate) enum Token<'a> {
    Words(&'a str),
    /// So many ends of lines in a row.
    Break(usize),
    Code(&'a str),
    Link(&'a str),
    Masked(Masked<'a>),
    Mention(Mention<'a>),
    Run(Run<'a>),
}

/// Writes a block's text.
pub(crate) fn write(text: &str, names: &Names, out: &mut Html) {
    emphasis::write(tokens(text, true), names, out);
}

/// Writes a link.
pub(crate) fn link(address: &str, words: Option<&str>, names: &Names, out: &mut Html) {
    out.tag("<a href=\"");
    out.text(address);
    out.tag("\" rel=\"noopener nofollow ugc\">");
    match words {
        // A link's words hold no link.
        Some(words) => emphasis::write(tokens(words, false), names, out),
        None => out.text(address.strip_prefix("mailto:").unwrap_or(address)),
    }
    out.tag("</a>");
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// Where the words begin that are not yet a token.
    words_from: usize,
    tokens: Vec<Token<'a>>,
    may_link: bool,
    /// Runs of backticks of these lengths have no partner further on.
    lonely: Vec<usize>,
}

pub(crate) fn tokens(text: &str, may_link: bool) -> Vec<Token<'_>> {
    let mut reader = Reader {
        text,
        at: 0,
        words_from: 0,
        tokens: Vec::new(),
        may_link,
        lonely: Vec::new(),
    };
    while let Some(byte) = text.as_bytes().get(reader.at) {
        reader.step(*byte);
    }
    reader.flush();
    reader.tokens
}

impl<'a> Reader<'a> {
    fn flush(&mut self) {
        let words = &self.text[self.words_from..self.at];
        if !words.is_empty() {
            self.tokens.push(Token::Words(words));
        }
    }

    fn take(&mut self, token: Token<'a>, length: usize) {
        self.flush();
        self.tokens.push(token);
        self.at += length;
        self.words_from = self.at;
    }

    fn before(&self) -> Option<char> {
        self.text[..self.at].chars().next_back()
    }

    fn step(&mut self, byte: u8) {
        let rest = &self.text[self.at..];
        let taken = match byte {
            b'\n' => {
                let (breaks, length) = breaks(rest);
                self.take(Token::Break(breaks), length);
                return;
            }
            b'\\' => self.escape(rest),
            b'`' => self.code(rest),
            b'*' | b'_' | b'~' | b'|' => self.run(byte, rest),
            b'[' if self.may_link => address::masked(rest).map(|m| {
                let length = m.length;
                (Token::Masked(m), length)
            }),
            b'<' => mention::read(rest)
                .map(|(mention, length)| (Token::Mention(mention), length))
                .or_else(|| {
                    let (address, length) = address::in_brackets(rest)?;
                    self.may_link.then_some((Token::Link(address), length))
                }),
            b'h' | b'H' | b'm' | b'M' if self.may_link => {
                let in_word = self.before().is_some_and(char::is_alphanumeric);
                let bare = if in_word { None } else { address::bare(rest) };
                bare.map(|address| (Token::Link(address), address.len()))
            }
            // The rest of a character, or a letter.
            _ => None,
        };
        match taken {
            Some((token, length)) => self.take(token, length),
            None => {
                self.at += 1;
                while !self.text.is_char_boundary(self.at) {
                    self.at += 1;
                }
            }
        }
    }

    fn escape(&self, rest: &'a str) -> Option<(Token<'a>, usize)> {
        let is_arm = self.text[..self.at].ends_with('¯') && rest.starts_with(&SHRUG[2..]);
        if is_arm {
            let arm = &rest[..SHRUG.len() - 2];
            return Some((Token::Words(arm), arm.len()));
        }
        let escaped = rest.as_bytes().get(1)?;
        escaped
            .is_ascii_punctuation()
            .then(|| (Token::Words(&rest[1..2]), 2))
    }

    /// Code between two runs of as many backticks.
    fn code(&mut self, rest: &'a str) -> Option<(Token<'a>, usize)> {
        let length = run_length(rest, b'`');
        let behind = &rest[length..];
        let all_of_it = (Token::Words(&rest[..length]), length);
        if self.lonely.contains(&length) {
            return Some(all_of_it);
        }
        let mut from = 0;
        while let Some(found) = behind[from..].find('`') {
            let at = from + found;
            let other = run_length(&behind[at..], b'`');
            if other == length {
                let code = &behind[..at];
                let whole = length + at + length;
                return Some((Token::Code(unpadded(code)), whole));
            }
            from = at + other;
        }
        self.lonely.push(length);
        Some(all_of_it)
    }

    fn run(&self, mark: u8, rest: &'a str) -> Option<(Token<'a>, usize)> {
        let length = run_length(rest, mark);
        let is_pair = matches!(mark, b'~' | b'|');
        if is_pair && length < 2 {
            return None;
        }
        let before = self.before();
        let behind = rest[length..].chars().next();
        let words_before = before.is_some_and(|c| !c.is_whitespace());
        let words_behind = behind.is_some_and(|c| !c.is_whitespace());
        // An underscore inside a word is a letter: snake_case.
        let (opens, closes) = match mark {
            b'_' => (
                words_behind && !before.is_some_and(char::is_alphanumeric),
                words_before && !behind.is_some_and(char::is_alphanumeric),
            ),
            b'*' => (words_behind, words_before),
            _ => (behind.is_some(), before.is_some()),
        };
        let run = Run::new(&rest[..length], opens, closes);
        Some((Token::Run(run), length))
    }
}

fn run_length(text: &str, mark: u8) -> usize {
    text.bytes().take_while(|b| *b == mark).count()
}

/// How many lines end here, and the length of those ends: the last line's indentation stays.
fn breaks(text: &str) -> (usize, usize) {
    let mut count = 0;
    let mut length = 0;
    let mut at = 0;
    for byte in text.bytes() {
        at += 1;
        match byte {
            b'\n' => {
                count += 1;
                length = at;
            }
            b' ' | b'\t' => {}
            _ => break,
        }
    }
    (count, length)
}

/// Code that begins or ends with a backtick is set off by spaces.
fn unpadded(code: &str) -> &str {
    match code.strip_prefix(' ').and_then(|c| c.strip_suffix(' ')) {
        Some(inner) if inner.starts_with('`') || inner.ends_with('`') => inner,
        _ => code,
    }
}
