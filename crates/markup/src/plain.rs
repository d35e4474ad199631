//! A message's words without their markup, on one line: for lists, where nothing can be bold.
//!
//! It undoes what the writer of this crate did and so knows its tags; it reads no markdown itself.

use crate::Names;

/// What stands within a line; all else ends one.
const WITHIN_A_LINE: [&str; 9] = [
    "a", "code", "em", "s", "small", "span", "strong", "time", "u",
];

/// What the writer escapes.
const ESCAPED: [(&str, char); 5] = [
    ("&amp;", '&'),
    ("&lt;", '<'),
    ("&gt;", '>'),
    ("&quot;", '"'),
    ("&#39;", '\''),
];

/// The words of a message as they are read aloud, on one line.
pub fn plain(text: &str, names: &Names) -> String {
    let html = crate::html(text, names);
    let mut words = String::with_capacity(html.len());
    let mut rest = &*html;
    while let Some(at) = rest.find(['<', '&']) {
        words.push_str(&rest[..at]);
        rest = &rest[at..];
        let escaped = ESCAPED.iter().find(|(name, _)| rest.starts_with(name));
        rest = match (escaped, rest.split_once('>')) {
            (Some((name, meant)), _) => {
                words.push(*meant);
                &rest[name.len()..]
            }
            (None, Some((tag, after))) => {
                let name = tag.trim_start_matches(['<', '/']);
                let name = name.split(' ').next().unwrap_or_default();
                if !WITHIN_A_LINE.contains(&name) {
                    words.push(' ');
                }
                after
            }
            // The writer leaves no tag open.
            (None, None) => "",
        };
    }
    words.push_str(rest);
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> String {
        plain(text, &Names::default())
    }

    #[test]
    fn marks_go_and_words_stay() {
        for (typed, meant) in [
            ("I was **char**ged _twice_.", "I was charged twice."),
            ("# Invoice\n- one\n- two", "Invoice one two"),
            ("> You said so.\nDid I?", "You said so. Did I?"),
            ("```rs\nlet a = 1 < 2;\n```", "let a = 1 < 2;"),
            ("<b>\"Tom & Jerry's\"</b>", "<b>\"Tom & Jerry's\"</b>"),
            ("&lt; is what I typed", "&lt; is what I typed"),
            ("2 * 3 * 4", "2 * 3 * 4"),
            ("", ""),
        ] {
            assert_eq!(read(typed), meant);
        }
    }

    proptest! {
        #[test]
        fn what_has_no_marks_is_what_was_typed(text in "[a-zA-Zé&<>\"', .]{0,60}") {
            // One that begins a line is a quote.
            prop_assume!(!text.trim_start().starts_with('>'));
            let words: Vec<_> = text.split_whitespace().collect();
            prop_assert_eq!(read(&text), words.join(" "));
        }
    }
}
