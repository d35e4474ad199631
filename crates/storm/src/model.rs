//! What people were told is so: every acknowledged act, and what may have become of the others.
//!
//! It remembers promises, not states of the desk; `compare` holds both sides against it.

use domain::text::Body;
use std::collections::BTreeMap;

/// Whether something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// It did not.
    No,
    /// The process died over it: either way is right.
    Perhaps,
    /// It did, and somebody was told so.
    Yes,
}

/// A message written on the web. Its text begins with its tag, which no other has.
#[derive(Debug)]
pub struct Written {
    /// A note.
    pub note: bool,
    /// Whether it was stored.
    pub stored: Told,
    /// Every text that it may have now. The first is the last one that somebody was told of.
    pub texts: Vec<String>,
    /// Whether it was taken back.
    pub deleted: Told,
    /// The names of its files, in order.
    pub files: Vec<String>,
}

/// A ticket that somebody was told of.
#[derive(Debug)]
pub struct Filed {
    /// Its private link.
    pub token: String,
    /// Its number.
    pub number: i64,
}

/// Everything that people were told.
#[derive(Debug, Default)]
pub struct Model {
    /// Tickets, in the order of filing.
    pub tickets: Vec<Filed>,
    /// Messages, by tag.
    pub written: BTreeMap<u32, Written>,
    /// Wordings of what was written in Discord, by tag: of which message, and which of its wordings.
    pub wordings: BTreeMap<u32, (u64, usize)>,
    tags: u32,
}

impl Model {
    /// A tag for a new text.
    pub fn tag(&mut self) -> u32 {
        self.tags += 1;
        self.tags
    }

    /// A message in Discord says this now.
    pub fn worded(&mut self, tag: u32, message: u64) {
        let before = self.wordings.values().filter(|(m, _)| *m == message);
        let count = before.count();
        self.wordings.insert(tag, (message, count));
    }

    /// Which wording of what was written in Discord a text is.
    pub fn wording_of(&self, text: &str) -> Option<(u64, usize)> {
        let word = text.split_whitespace().next()?;
        let tag: u32 = word.strip_prefix('d')?.parse().ok()?;
        self.wordings.get(&tag).copied()
    }

    /// The tag that a text begins with.
    pub fn tag_of(text: &str) -> Option<u32> {
        let word = text.split_whitespace().next()?;
        word.strip_prefix('w')?.parse().ok()
    }
}

/// What is in a file of this name.
pub fn bytes_of(name: &str) -> Vec<u8> {
    format!("in {name}").into_bytes()
}

/// What a person types, as the web takes it.
pub fn body(text: &str) -> Option<Body> {
    Body::parse(text).ok()
}
