//! Lines to blocks: paragraphs, headings, small print, lists, quotes, fenced code.
//!
//! Discord tells blocks by the beginning of a line and nests them once: a quote holds blocks, but
//! no quote. What stands inside a line is read by [`crate::inline`].

use crate::html::Html;
use crate::{Names, inline, list};
use domain::fence::{self, Fence};

enum Line<'a> {
    Text,
    Heading(usize, &'a str),
    Small(&'a str),
    Item,
    Quote,
    QuotedRest(usize),
}

fn kind(line: &str, may_quote: bool) -> Line<'_> {
    if may_quote {
        if line.starts_with(">>> ") {
            return Line::QuotedRest(4);
        }
        if line.starts_with("> ") {
            return Line::Quote;
        }
    }
    if let Some(words) = line.strip_prefix("-# ").filter(|w| !w.trim().is_empty()) {
        return Line::Small(words);
    }
    let level = line.bytes().take(4).take_while(|b| *b == b'#').count();
    if let (1..=3, Some(words)) = (level, line[level..].strip_prefix(' '))
        && !words.trim().is_empty()
    {
        return Line::Heading(level, words);
    }
    match list::item(line) {
        Some(_) => Line::Item,
        None => Line::Text,
    }
}

/// A text outside any quote.
pub(crate) fn write(text: &str, names: &Names, out: &mut Html) {
    Blocks::new(text, names, true).write(out);
}

struct Blocks<'a> {
    text: &'a str,
    names: &'a Names,
    may_quote: bool,
    at: usize,
    /// Where the paragraph begins that is being gathered.
    words_from: Option<usize>,
    /// The next fence that opens at `at` or later.
    fence: Option<Fence<'a>>,
}

impl<'a> Blocks<'a> {
    fn new(text: &'a str, names: &'a Names, may_quote: bool) -> Self {
        Self {
            text,
            names,
            may_quote,
            at: 0,
            words_from: None,
            fence: fence::next(text, 0),
        }
    }

    fn write(mut self, out: &mut Html) {
        while self.at < self.text.len() {
            let end = self.line_end();
            let stop = self.stop(end);
            let line = &self.text[self.at..stop];
            match kind(line, self.may_quote) {
                Line::Text => {
                    self.words_from.get_or_insert(self.at);
                    self.pass(stop, end);
                }
                Line::Heading(level, words) => {
                    self.paragraph(out);
                    // Weight only: a message does not disturb the page's outline.
                    out.tag(match level {
                        1 => "<p class=\"heading heading-1\" dir=\"auto\">",
                        2 => "<p class=\"heading heading-2\" dir=\"auto\">",
                        _ => "<p class=\"heading heading-3\" dir=\"auto\">",
                    });
                    inline::write(words.trim(), self.names, out);
                    out.tag("</p>");
                    self.pass(stop, end);
                }
                Line::Small(words) => {
                    self.paragraph(out);
                    out.tag("<p dir=\"auto\"><small>");
                    inline::write(words.trim(), self.names, out);
                    out.tag("</small></p>");
                    self.pass(stop, end);
                }
                Line::Item => {
                    self.paragraph(out);
                    self.list(out);
                }
                Line::Quote => {
                    self.paragraph(out);
                    let inner = self.quoted();
                    quote(&inner, self.names, out);
                    self.find_fence();
                }
                Line::QuotedRest(mark) => {
                    self.paragraph(out);
                    quote(&self.text[self.at + mark..], self.names, out);
                    return;
                }
            }
            self.code(out);
        }
        self.paragraph(out);
    }

    fn line_end(&self) -> usize {
        let rest = &self.text[self.at..];
        rest.find('\n').map_or(self.text.len(), |n| self.at + n)
    }

    /// Where the line ends for blocks: at a fence that opens in it, if one does.
    fn stop(&self, end: usize) -> usize {
        match &self.fence {
            Some(fence) if fence.whole.start < end => fence.whole.start,
            _ => end,
        }
    }

    /// Goes on behind what was read: with the fence in the line, else with the next line.
    fn pass(&mut self, stop: usize, end: usize) {
        self.at = if stop < end {
            stop
        } else {
            (end + 1).min(self.text.len())
        };
    }

    fn find_fence(&mut self) {
        let at = self.at;
        if self.fence.as_ref().is_some_and(|f| f.whole.start < at) {
            self.fence = fence::next(self.text, at);
        }
    }

    /// What was gathered, as a paragraph (or several, by its empty lines).
    fn paragraph(&mut self, out: &mut Html) {
        let Some(from) = self.words_from.take() else {
            return;
        };
        let words = self.text[from..self.at].trim_end();
        // The indentation of the first line stays.
        let blank = words.len() - words.trim_start().len();
        let first = words[..blank].rfind('\n').map_or(0, |n| n + 1);
        if blank < words.len() {
            out.tag("<p dir=\"auto\">");
            inline::write(&words[first..], self.names, out);
            out.tag("</p>");
        }
    }

    /// The fence, if one opens here.
    fn code(&mut self, out: &mut Html) {
        let Some(fence) = self.fence.take_if(|f| f.whole.start == self.at) else {
            return;
        };
        let code = &self.text[fence.content.clone()];
        if code.trim().is_empty() {
            self.words_from.get_or_insert(self.at);
            self.at = fence.whole.end;
        } else {
            self.paragraph(out);
            // It scrolls sideways, so the keyboard must get there.
            out.tag("<pre dir=\"ltr\" tabindex=\"0\"><code");
            if !fence.language.is_empty() {
                out.tag(" class=\"language-");
                out.text(fence.language);
                out.tag("\"");
            }
            out.tag(">");
            out.text(code.strip_suffix('\n').unwrap_or(code));
            out.tag("</code></pre>");
            self.at = fence.whole.end;
            let rest = &self.text[self.at..];
            let spaces = rest.len() - rest.trim_start_matches(' ').len();
            if rest[spaces..].starts_with('\n') {
                self.at += spaces + 1;
            }
        }
        self.fence = fence::next(self.text, self.at);
    }

    fn list(&mut self, out: &mut Html) {
        let mut items: Vec<list::Item<'a>> = Vec::new();
        while self.at < self.text.len() {
            let end = self.line_end();
            let stop = self.stop(end);
            let line = &self.text[self.at..stop];
            if let Some(item) = list::item(line) {
                items.push(item);
            } else if let Some(last) = items.last_mut()
                && list::goes_on(line)
            {
                last.more.push(line.trim());
            } else {
                break;
            }
            self.pass(stop, end);
            if stop < end {
                break;
            }
        }
        list::write(&items, self.names, out);
    }

    /// The lines of a quote, without their marks.
    fn quoted(&mut self) -> String {
        let mut inner = String::new();
        while self.at < self.text.len() {
            let end = self.line_end();
            let line = &self.text[self.at..end];
            let Some(words) = line
                .strip_prefix("> ")
                .or_else(|| (line == ">").then_some(""))
            else {
                break;
            };
            inner.push_str(words);
            inner.push('\n');
            self.pass(end, end);
        }
        inner
    }
}

fn quote(inner: &str, names: &Names, out: &mut Html) {
    out.tag("<blockquote dir=\"auto\">");
    Blocks::new(inner, names, false).write(out);
    out.tag("</blockquote>");
}
