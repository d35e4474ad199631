//! Fenced code as Discord finds it: three backticks, perhaps a language, and three backticks.
//!
//! Whoever cuts a text must not tear a fence apart, and whoever shows one must find the same
//! fences, so they are found here for both. It knows of nothing else that a text may contain.

use std::ops::Range;

/// Three backticks, which begin and end a fence.
pub const MARK: &str = "```";

/// A longer word behind the opening mark is code, not a language.
const LANGUAGE_MAX: usize = 20;

/// A whole fence in a text; all positions are byte indexes into that text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fence<'a> {
    /// From the opening mark to behind the closing one.
    pub whole: Range<usize>,
    /// What stands between: not the language, nor the line break behind it.
    pub content: Range<usize>,
    /// The language, or nothing.
    pub language: &'a str,
}

/// The first whole fence that opens at `from` or later. One that is never closed is just text.
pub fn next(text: &str, from: usize) -> Option<Fence<'_>> {
    let mut search = from;
    loop {
        let start = search + text.get(search..)?.find(MARK)?;
        let escapes = text[from..start].bytes().rev().take_while(|b| *b == b'\\');
        if escapes.count() % 2 == 1 {
            search = start + 1;
            continue;
        }
        let behind = start + MARK.len();
        let language = language(&text[behind..]);
        let mut content = behind + language.len();
        if text[content..].starts_with('\n') {
            content += 1;
        }
        let end = content + text[content..].find(MARK)?;
        return Some(Fence {
            whole: start..end + MARK.len(),
            content: content..end,
            language,
        });
    }
}

/// All whole fences of a text, in their order.
pub fn all(text: &str) -> Vec<Fence<'_>> {
    let mut fences = Vec::new();
    let mut from = 0;
    while let Some(fence) = next(text, from) {
        from = fence.whole.end;
        fences.push(fence);
    }
    fences
}

/// A language is alone on the opening mark's line.
fn language(text: &str) -> &str {
    let length = text
        .bytes()
        .take(LANGUAGE_MAX + 1)
        .take_while(|b| b.is_ascii_alphanumeric() || b"_+#.-".contains(b))
        .count();
    let word = &text[..length];
    if length <= LANGUAGE_MAX && text[length..].starts_with('\n') {
        word
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&str, &str)> {
        let all = all(text).into_iter();
        all.map(|f| (f.language, &text[f.content])).collect()
    }

    #[test]
    fn a_language_stands_alone_on_its_line() {
        assert_eq!(found("a ```rust\nlet x;\n``` b"), [("rust", "let x;\n")]);
        assert_eq!(found("```one line```"), [("", "one line")]);
        assert_eq!(found("```\n\nx```"), [("", "\nx")]);
        let long = "x".repeat(21);
        let text = format!("```{long}\ny```");
        assert_eq!(found(&text), [("", format!("{long}\ny").as_str())]);
    }

    #[test]
    fn what_is_not_closed_or_is_escaped_is_text() {
        assert_eq!(found("a ```b"), []);
        assert_eq!(found("```a``` ```b"), [("", "a")]);
        assert_eq!(found("\\```a```b```"), [("", "b")]);
        assert_eq!(found("\\\\```a```"), [("", "a")]);
    }
}
