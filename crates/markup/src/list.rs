//! Lists: lines that begin with a dash, a star or a number, nested by their indentation.
//!
//! It is given lines and decides their nesting; which lines are a list's, [`crate::blocks`] finds.

use crate::html::Html;
use crate::{Names, inline};

/// Deeper items stay at this depth, as in Discord.
const DEEPEST: usize = 6;

pub(crate) struct Item<'a> {
    indent: usize,
    /// Its number, in a numbered list.
    number: Option<u32>,
    words: &'a str,
    /// Indented lines that follow it.
    pub(crate) more: Vec<&'a str>,
}

/// Reads a line as an item.
pub(crate) fn item(line: &str) -> Option<Item<'_>> {
    let marked = line.trim_start_matches(' ');
    let indent = line.len() - marked.len();
    let (number, words) = match marked.as_bytes().first()? {
        b'-' | b'*' => (None, &marked[1..]),
        b'0'..=b'9' => {
            let (digits, words) = marked.split_once('.')?;
            // Nine digits fit, and `lang.org` is no number.
            let number = (digits.len() <= 9).then(|| digits.parse().ok()).flatten()?;
            (Some(number), words)
        }
        _ => return None,
    };
    let words = words.strip_prefix(' ')?.trim();
    (!words.is_empty()).then_some(Item {
        indent,
        number,
        words,
        more: Vec::new(),
    })
}

/// Whether a line belongs to the item above it.
pub(crate) fn goes_on(line: &str) -> bool {
    line.starts_with("  ") && !line.trim().is_empty()
}

struct Level {
    indent: usize,
    numbered: bool,
}

impl Level {
    fn begin(item: &Item<'_>, out: &mut Html) -> Self {
        match item.number {
            None => out.tag("<ul>"),
            Some(first) => {
                out.tag("<ol start=\"");
                out.number(first);
                out.tag("\">");
            }
        }
        Self {
            indent: item.indent,
            numbered: item.number.is_some(),
        }
    }

    fn end(self, out: &mut Html) {
        out.tag(if self.numbered {
            "</li></ol>"
        } else {
            "</li></ul>"
        });
    }
}

/// Items as nested lists.
pub(crate) fn write(items: &[Item<'_>], names: &Names, out: &mut Html) {
    let mut levels: Vec<Level> = Vec::new();
    for item in items {
        while levels.len() > 1 && levels.last().is_some_and(|l| item.indent < l.indent) {
            levels.pop().into_iter().for_each(|level| level.end(out));
        }
        let is_deeper = levels.last().is_none_or(|l| item.indent > l.indent + 1);
        if is_deeper && levels.len() < DEEPEST {
            levels.push(Level::begin(item, out));
        } else if levels
            .last()
            .is_some_and(|l| l.numbered != item.number.is_some())
        {
            levels.pop().into_iter().for_each(|level| level.end(out));
            levels.push(Level::begin(item, out));
        } else {
            out.tag("</li>");
        }
        out.tag("<li dir=\"auto\">");
        inline::write(item.words, names, out);
        for line in &item.more {
            out.tag("<br>");
            inline::write(line, names, out);
        }
    }
    while let Some(level) = levels.pop() {
        level.end(out);
    }
}
