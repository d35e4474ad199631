//! Which marks belong together, and the writing of a block with them.
//!
//! The way of CommonMark's reference reader: a run that closes looks back for the nearest run that
//! opened with the same mark, and a search that found nothing is not made again. So the time stays
//! in proportion to the text. It knows the marks and nothing of blocks.

use crate::Names;
use crate::html::Html;
use crate::inline::{self, Token};

/// Whatever nests deeper is left as typed.
const DEEPEST: usize = 16;

/// Marks of one kind in a row, and what has become of them.
pub(crate) struct Run<'a> {
    marks: &'a str,
    /// How many of them have found no partner.
    left: usize,
    opens: bool,
    closes: bool,
    closed: Vec<Kind>,
    opened: Vec<Kind>,
}

#[derive(Clone, Copy)]
enum Kind {
    Italic(u8),
    Bold,
    Underlined,
    Struck,
    Spoiler,
}

impl Kind {
    fn of(mark: u8, count: usize) -> Self {
        match (mark, count) {
            (b'*', 2) => Self::Bold,
            (b'_', 2) => Self::Underlined,
            (b'~', _) => Self::Struck,
            (b'|', _) => Self::Spoiler,
            _ => Self::Italic(mark),
        }
    }

    fn tags(self) -> (&'static str, &'static str) {
        match self {
            Self::Italic(_) => ("<em>", "</em>"),
            Self::Bold => ("<strong>", "</strong>"),
            Self::Underlined => ("<u>", "</u>"),
            Self::Struck => ("<s>", "</s>"),
            // Shown while it has the focus: a press or the Tab key, and no script.
            Self::Spoiler => (
                "<span class=\"spoiler\" tabindex=\"0\"><span class=\"sr-only\">Spoiler: </span>",
                "</span>",
            ),
        }
    }

    fn marks(self) -> &'static str {
        match self {
            Self::Italic(b'_') => "_",
            Self::Italic(_) => "*",
            Self::Bold => "**",
            Self::Underlined => "__",
            Self::Struck => "~~",
            Self::Spoiler => "||",
        }
    }
}

impl<'a> Run<'a> {
    pub(crate) fn new(marks: &'a str, opens: bool, closes: bool) -> Self {
        Self {
            marks,
            left: marks.len(),
            opens,
            closes,
            closed: Vec::new(),
            opened: Vec::new(),
        }
    }

    fn mark(&self) -> u8 {
        self.marks.as_bytes()[0]
    }

    /// The fewest marks that mean something.
    fn fewest(&self) -> usize {
        match self.mark() {
            b'~' | b'|' => 2,
            _ => 1,
        }
    }
}

/// Runs that opened and wait for their partner, by their place among all runs.
struct Waiting {
    stack: Vec<usize>,
    /// Below this height of the stack there is none of that mark.
    none_below: [(u8, usize); 4],
}

impl Waiting {
    fn new() -> Self {
        Self {
            stack: Vec::new(),
            none_below: [(b'*', 0), (b'_', 0), (b'~', 0), (b'|', 0)],
        }
    }

    fn floor(&mut self, mark: u8) -> &mut usize {
        let place = self.none_below.iter().position(|(m, _)| *m == mark);
        &mut self.none_below[place.unwrap_or(0)].1
    }

    fn find(&mut self, mark: u8, runs: &[&mut Run<'_>]) -> Option<usize> {
        let floor = *self.floor(mark);
        let found = (floor..self.stack.len())
            .rev()
            .find(|height| runs[self.stack[*height]].mark() == mark);
        if found.is_none() {
            *self.floor(mark) = self.stack.len();
        }
        found
    }

    fn cut(&mut self, height: usize) {
        self.stack.truncate(height);
        for (_, floor) in &mut self.none_below {
            *floor = (*floor).min(height);
        }
    }
}

/// Finds every run's partner.
fn pair(runs: &mut [&mut Run<'_>]) {
    let mut waiting = Waiting::new();
    for now in 0..runs.len() {
        let mark = runs[now].mark();
        let fewest = runs[now].fewest();
        while runs[now].closes && runs[now].left >= fewest {
            let Some(height) = waiting.find(mark, runs) else {
                break;
            };
            let partner = waiting.stack[height];
            let count = 2.min(runs[now].left).min(runs[partner].left);
            let kind = Kind::of(mark, count);
            runs[now].closed.push(kind);
            runs[now].left -= count;
            runs[partner].opened.push(kind);
            runs[partner].left -= count;
            // What waited between the two is inside and stays alone.
            let is_done = runs[partner].left < fewest;
            waiting.cut(if is_done { height } else { height + 1 });
        }
        if runs[now].opens && runs[now].left >= fewest {
            waiting.stack.push(now);
        }
    }
}

/// Writes tokens, with what belongs together inside its tags.
pub(crate) fn write(mut tokens: Vec<Token<'_>>, names: &Names, out: &mut Html) {
    let mut runs: Vec<_> = tokens
        .iter_mut()
        .filter_map(|token| match token {
            Token::Run(run) => Some(run),
            _ => None,
        })
        .collect();
    pair(&mut runs);
    // Of each open mark, whether it is shown as a tag.
    let mut open: Vec<bool> = Vec::new();
    for token in tokens {
        match token {
            Token::Words(words) => out.text(words),
            Token::Break(1) => out.tag("<br>"),
            Token::Break(_) if open.is_empty() => out.tag("</p><p dir=\"auto\">"),
            Token::Break(_) => out.tag("<br><br>"),
            Token::Code(code) => {
                out.tag("<code>");
                out.text(code);
                out.tag("</code>");
            }
            Token::Link(address) => inline::link(address, None, names, out),
            Token::Masked(m) => inline::link(m.address, Some(m.words), names, out),
            Token::Mention(mention) => mention.write(names, out),
            Token::Run(run) => {
                for kind in &run.closed {
                    match open.pop() {
                        Some(true) => out.tag(kind.tags().1),
                        _ => out.tag(kind.marks()),
                    }
                }
                out.text(&run.marks[..run.left]);
                for kind in run.opened.iter().rev() {
                    let is_shown = open.len() < DEEPEST;
                    open.push(is_shown);
                    out.tag(if is_shown {
                        kind.tags().0
                    } else {
                        kind.marks()
                    });
                }
            }
        }
    }
}
