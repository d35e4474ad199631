//! Cutting a long text into pieces that Discord takes, so that each reads well on its own.
//!
//! A cut never falls into a grapheme (unless one alone is longer than a piece) and mends the code
//! that it goes through. It knows nothing of who says the text or how a piece is introduced.

use crate::fence::{self, Fence, MARK};
use crate::text::discord_len;
use std::borrow::Cow;
use unicode_segmentation::UnicodeSegmentation;

/// What closes a fence at the end of a piece, at most.
const CLOSING: &str = "\n```";

/// A piece shorter than this holds no fence worth mending.
const MENDABLE: usize = 64;

/// Cuts a text into pieces of at most `max` UTF-16 units each. It cuts after a paragraph, else a
/// line, else a word, else a grapheme. Where it must cut through fenced code, the fence is closed
/// at the end of the piece and opened again, in the same language, at the start of the next one;
/// but for those marks, the pieces joined are the text again.
pub fn split(text: &str, max: usize) -> Vec<Cow<'_, str>> {
    let fences = if max >= MENDABLE {
        fence::all(text)
    } else {
        Vec::new()
    };
    let mut pieces = Vec::new();
    let mut at = 0;
    let mut torn: Option<&Fence<'_>> = None;
    loop {
        let opening = torn.map_or(String::new(), |f| format!("{MARK}{}\n", f.language));
        let room = max - discord_len(&opening);
        let rest = &text[at..];
        if discord_len(rest) <= room {
            if !rest.is_empty() || pieces.is_empty() {
                pieces.push(mended(opening, rest, ""));
            }
            return pieces;
        }
        let cut = cut_between(text, at, room, &fences);
        torn = around(&fences, cut);
        let slice = &text[at..cut];
        let closing = match torn {
            None => "",
            Some(_) if slice.ends_with('\n') => MARK,
            Some(_) => CLOSING,
        };
        pieces.push(mended(opening, slice, closing));
        at = cut;
    }
}

/// The beginning of a text, cut at a good place, at most `max` UTF-16 units of it.
pub fn head(text: &str, max: usize) -> &str {
    if discord_len(text) <= max {
        return text;
    }
    &text[..cut_at(text, max)]
}

fn mended<'a>(opening: String, slice: &'a str, closing: &str) -> Cow<'a, str> {
    if opening.is_empty() && closing.is_empty() {
        Cow::Borrowed(slice)
    } else {
        Cow::Owned(opening + slice + closing)
    }
}

/// The fence that a cut here would tear.
fn around<'f, 't>(fences: &'f [Fence<'t>], cut: usize) -> Option<&'f Fence<'t>> {
    let next = fences.partition_point(|f| f.whole.end <= cut);
    fences.get(next).filter(|f| f.whole.start < cut)
}

/// Where to end the piece that begins at `at`: at a good place, and never inside a fence's marks.
fn cut_between(text: &str, at: usize, room: usize, fences: &[Fence<'_>]) -> usize {
    let rest = &text[at..];
    let cut = at + cut_at(rest, room);
    if around(fences, cut).is_none() {
        return cut;
    }
    let narrow = room - CLOSING.len();
    let cut = at + cut_at(rest, narrow);
    let Some(fence) = around(fences, cut) else {
        return cut;
    };
    let Fence { whole, content, .. } = fence;
    let fits = |to: usize| discord_len(&text[at..to]) <= room;
    // Code that fits into one message stays in one, if that leaves enough for this one.
    let is_late = whole.start.saturating_sub(at) > (cut - at) / 3;
    if is_late && discord_len(&text[whole.clone()]) <= room {
        return whole.start;
    }
    if cut <= content.start {
        return if whole.start > at {
            whole.start
        } else {
            at + longest_head(rest, narrow)
        };
    }
    // Nothing but the closing mark is left: it comes along rather than begin a piece.
    if text[cut.min(content.end)..content.end].trim().is_empty() && fits(whole.end) {
        return whole.end;
    }
    cut
}

/// Where to cut `text`, which is longer than `max`: a byte index above zero.
fn cut_at(text: &str, max: usize) -> usize {
    let head = &text[..longest_head(text, max)];
    // A cut in the first third would make many small pieces of a text with one early break.
    let late = |at: usize| (at > head.len() / 3).then_some(at);
    head.rfind("\n\n")
        .and_then(|at| late(at + 2))
        .or_else(|| head.rfind('\n').and_then(|at| late(at + 1)))
        .or_else(|| head.rfind(' ').and_then(|at| late(at + 1)))
        .unwrap_or(head.len())
}

/// The end of as many whole graphemes as fit; of code points, where one grapheme does not fit.
fn longest_head(text: &str, max: usize) -> usize {
    let mut units = 0;
    let mut fits = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        units += discord_len(grapheme);
        if units > max {
            break;
        }
        fits = at + grapheme.len();
    }
    if fits > 0 {
        return fits;
    }
    let mut units = 0;
    for (at, c) in text.char_indices() {
        units += c.len_utf16();
        if units > max {
            return at.max(c.len_utf8());
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_cut_prefers_paragraphs_then_lines_then_words() {
        assert_eq!(split("aaaa bb\n\ncc dd", 12), ["aaaa bb\n\n", "cc dd"]);
        assert_eq!(split("aaaa bb\ncc dd", 12), ["aaaa bb\n", "cc dd"]);
        assert_eq!(split("aaaa bb cc dd", 9), ["aaaa bb ", "cc dd"]);
        assert_eq!(split("", 9), [""]);
    }

    #[test]
    fn code_that_is_cut_is_closed_and_opened_again_in_its_language() {
        let code = "let x = 1;\n".repeat(12);
        let text = format!("Look:\n```rust\n{code}```\nThanks");
        let pieces = split(&text, 80);
        assert_eq!(
            pieces[0],
            format!("Look:\n```rust\n{}```", "let x = 1;\n".repeat(5))
        );
        assert_eq!(
            pieces[1],
            format!("```rust\n{}```", "let x = 1;\n".repeat(6))
        );
        assert_eq!(pieces[2], "```rust\nlet x = 1;\n```\nThanks");
    }

    #[test]
    fn code_that_fits_into_one_piece_is_not_cut() {
        let words = "word ".repeat(10);
        let code = "```\nsome code here\nand here\n```";
        let text = format!("{words}\n{code}");
        assert_eq!(split(&text, 64), [format!("{words}\n").as_str(), code]);
    }

    #[test]
    fn a_closing_mark_begins_no_piece() {
        let text = format!("```\n{}```", "x".repeat(57));
        assert_eq!(split(&format!("{text} and more"), 64)[0], text);
    }

    #[test]
    fn a_grapheme_stays_whole() {
        let family = "👩‍👩‍👧‍👦";
        let text = family.repeat(30);
        for piece in split(&text, 100) {
            assert_eq!(piece.replace(family, ""), "");
        }
    }

    /// Texts of what makes cutting hard.
    fn hard() -> impl Strategy<Value = String> {
        let bits = prop::sample::select(vec![
            "```",
            "```rs\n",
            "\n```\n",
            "`",
            "\n",
            "\n\n",
            " ",
            "word",
            "👩‍👩‍👧‍👦",
            "e\u{301}",
            "\\",
            "longer words here ",
        ]);
        prop::collection::vec(bits, 0..120).prop_map(|bits| bits.concat())
    }

    /// Whether the pieces say the text, without what may have been put in to mend them. A piece may
    /// be read in several ways where the text itself has marks; one that fits is enough.
    fn say(pieces: &[Cow<'_, str>], text: &str) -> bool {
        let Some((piece, others)) = pieces.split_first() else {
            return text.is_empty();
        };
        let behind_opening = piece
            .strip_prefix(MARK)
            .and_then(|p| p.split_once('\n'))
            .map(|(_, behind)| behind);
        let bodies = [Some(piece.as_ref()), behind_opening];
        bodies.into_iter().flatten().any(|body| {
            let readings = [
                Some(body),
                body.strip_suffix(MARK),
                body.strip_suffix(CLOSING),
            ];
            let readings = readings.into_iter().flatten();
            readings
                .filter_map(|words| text.strip_prefix(words))
                .any(|rest| say(others, rest))
        })
    }

    proptest! {
        #[test]
        fn cutting_loses_nothing_and_every_piece_fits(text in "\\PC{0,400}", max in 4usize..60) {
            let pieces = split(&text, max);
            prop_assert_eq!(&pieces.concat(), &text);
            for piece in pieces {
                prop_assert!(discord_len(&piece) <= max);
            }
        }

        #[test]
        fn fences_are_whole_in_every_piece(text in hard(), max in 64usize..120) {
            let pieces = split(&text, max);
            prop_assert!(say(&pieces, &text), "{pieces:?}");
            let whole: Vec<_> = fence::all(&text).into_iter().map(|f| f.whole).collect();
            let dangles = whole.iter().rev().fold(text.clone(), |mut left, fence| {
                left.replace_range(fence.clone(), "");
                left
            });
            let dangles = dangles.contains(MARK);
            for piece in &pieces {
                prop_assert!(discord_len(piece) <= max, "{piece:?}");
                let ends = fence::all(piece).last().map_or(0, |f| f.whole.end);
                prop_assert!(dangles || !piece[ends..].contains(MARK), "{piece:?} of {pieces:?}");
            }
        }
    }
}
