//! Files: names that are safe to show and to save, limits and sizes as people read them.
//!
//! A name keeps its looks; only what would steer a reader's eye or a file system is taken out.
//! Nothing here sees what is in a file.

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

/// The most graphemes that a name keeps.
pub const NAME_MAX: usize = 120;
/// The most bytes that a name keeps: file systems take 255.
const NAME_BYTES_MAX: usize = 240;
/// The longest ending that is kept when a name is cut.
const ENDING_MAX: usize = 16;

/// One megabyte, as people mean it who look at a file's size.
pub const MEGABYTE: u64 = 1 << 20;

/// How much may be attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileLimits {
    /// The most bytes that one file may have.
    pub max_bytes: u64,
    /// The most files that one message may have.
    pub max_files: u32,
}

impl Default for FileLimits {
    fn default() -> Self {
        Self {
            max_bytes: 25 * MEGABYTE,
            max_files: 10,
        }
    }
}

impl FileLimits {
    /// The line beside the input.
    pub fn words(self) -> String {
        let size = size_words(self.max_bytes);
        match self.max_files {
            1 => format!("One file, up to {size}."),
            n => format!("Up to {n} files, {size} each."),
        }
    }

    /// Why a file of this name was refused for its size.
    pub fn too_large(self, name: &str) -> String {
        format!(
            "“{name}” is larger than {}. Send it without this file, or a link to it.",
            size_words(self.max_bytes)
        )
    }

    /// Why more files than that were refused.
    pub fn too_many(self) -> String {
        match self.max_files {
            1 => "Attach one file at most. You can send more with a second message.".to_owned(),
            n => format!("Attach {n} files at most. You can send more with a second message."),
        }
    }
}

/// A size as people read it.
pub fn size_words(bytes: u64) -> String {
    match bytes {
        1 => "1 byte".to_owned(),
        0..=999 => format!("{bytes} bytes"),
        1_000..=1_023_999 => format!("{} KB", bytes.div_ceil(1 << 10)),
        _ => {
            let tenths = (bytes * 10).div_ceil(MEGABYTE);
            match (tenths / 10, tenths % 10) {
                (whole, 0) => format!("{whole} MB"),
                (whole, _) if whole >= 10 => format!("{whole} MB"),
                (whole, tenth) => format!("{whole}.{tenth} MB"),
            }
        }
    }
}

/// A file's name as we keep it: its last step, without what cannot be seen or turns the reading
/// direction, cut in the middle when it is too long.
pub fn clean_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let seen: String = last.chars().filter(|c| !is_steering(*c)).collect();
    let name = seen.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.chars().all(|c| c == '.') {
        return "file".to_owned();
    }
    if fits(&name, NAME_MAX, NAME_BYTES_MAX) {
        return name;
    }
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if ending.len() <= ENDING_MAX => (stem, format!("….{ending}")),
        _ => (name.as_str(), "…".to_owned()),
    };
    let mut cut = String::new();
    for grapheme in stem.graphemes(true) {
        let whole = cut.len() + grapheme.len() + ending.len();
        if whole > NAME_BYTES_MAX || cut.graphemes(true).count() + ENDING_MAX >= NAME_MAX {
            break;
        }
        cut.push_str(grapheme);
    }
    format!("{}{ending}", cut.trim_end())
}

fn fits(name: &str, graphemes: usize, bytes: usize) -> bool {
    name.len() <= bytes && name.graphemes(true).count() <= graphemes
}

/// Control characters, and those that are not seen but change how others are.
fn is_steering(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_keep_their_looks_and_lose_their_tricks() {
        for (given, kept) in [
            ("holiday.png", "holiday.png"),
            ("Grüße 👩‍👩‍👧 (1).pdf", "Grüße 👩‍👩‍👧 (1).pdf"),
            ("../../x", "x"),
            ("C:\\Users\\jane\\cv.doc", "cv.doc"),
            ("a\u{0}b\r\n.txt", "ab.txt"),
            ("photo\u{202e}gnp.exe", "photognp.exe"),
            (".env", ".env"),
            ("", "file"),
            ("../..", "file"),
            ("\u{200b}", "file"),
            ("  \t ", "file"),
        ] {
            assert_eq!(clean_name(given), kept, "{given:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let cut = clean_name(&format!("{}.tar", "long".repeat(200)));
        assert!(
            cut.starts_with("longlong") && cut.ends_with("….tar"),
            "{cut}"
        );
    }

    #[test]
    fn sizes_are_never_said_smaller_than_they_are() {
        for (bytes, words) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1_025, "2 KB"),
            (MEGABYTE, "1 MB"),
            (MEGABYTE + 1, "1.1 MB"),
            (25 * MEGABYTE, "25 MB"),
        ] {
            assert_eq!(size_words(bytes), words);
        }
    }

    proptest! {
        #[test]
        fn every_name_is_one_step_that_can_be_seen(given in "\\PC{0,600}|.{0,300}") {
            let name = clean_name(&given);
            prop_assert!(!name.is_empty() && name != "." && name != "..");
            let tricks = ['/', '\\', '\0', '\n', '\u{202e}'];
            prop_assert!(!name.contains(tricks));
            prop_assert!(name.len() <= NAME_BYTES_MAX);
            prop_assert!(name.graphemes(true).count() <= NAME_MAX);
            prop_assert_eq!(clean_name(&name), name);
        }
    }
}
