//! Addresses that a link may have, and where they end in a text.
//!
//! Only what begins with one of three schemes is an address; all else stays words. It reads, and
//! writes nothing.

/// No address that a person means is longer, and no search for an end goes further.
const LONGEST: usize = 2_048;

const SCHEMES: [&str; 3] = ["https://", "http://", "mailto:"];

/// The length of the scheme that a text begins with.
fn scheme(text: &str) -> Option<usize> {
    SCHEMES
        .iter()
        .find(|scheme| {
            text.get(..scheme.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(scheme))
        })
        .map(|scheme| scheme.len())
}

/// What no address contains: spaces, controls, and marks that turn the reading direction, by
/// which an address could look like another one.
fn ends_address(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '<' | '>' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A host, a host of digits and colons in brackets, or a name before an `@`.
fn begins_address(c: char) -> bool {
    c.is_alphanumeric() || c == '['
}

fn is_whole(address: &str) -> bool {
    scheme(address).is_some_and(|length| {
        let behind = &address[length..];
        behind.starts_with(begins_address) && !behind.contains(ends_address)
    })
}

/// The address that a text begins with, without the punctuation of the sentence around it.
pub(crate) fn bare(text: &str) -> Option<&str> {
    let length = scheme(text)?;
    // Asked first: what fails here must not have been read to its end.
    text[length..].starts_with(begins_address).then_some(())?;
    // Beside what no address contains: a spoiler's end, and a link's words that look like one.
    let end = text.char_indices().find(|(at, c)| {
        ends_address(*c)
            || (matches!(c, '|' | ']') && ["||", "]("].iter().any(|m| text[*at..].starts_with(m)))
    });
    let end = end.map_or(text.len(), |(at, _)| at);
    let mut address = &text[..end.max(length)];
    let mut open = address.matches('(').count();
    let mut closed = address.matches(')').count();
    while let Some(last) = address.chars().next_back() {
        match last {
            ')' if closed > open => closed -= 1,
            '(' => open -= 1,
            '.' | ',' | ':' | ';' | '"' | '\'' | '!' | '?' | ']' | '}' | '*' | '_' | '~' | '|'
            | '`' | '\\' => {}
            _ => break,
        }
        address = &address[..address.len() - last.len_utf8()];
    }
    is_whole(address).then_some(address)
}

/// `<https://…>` at the start of a text: the address, and the length of the whole.
pub(crate) fn in_brackets(text: &str) -> Option<(&str, usize)> {
    let inner = text.strip_prefix('<')?;
    scheme(inner)?;
    let end = inner.bytes().take(LONGEST).position(|b| b == b'>')?;
    let address = &inner[..end];
    is_whole(address).then_some((address, end + 2))
}

/// `[words](address)` at the start of a text.
pub(crate) struct Masked<'a> {
    pub(crate) words: &'a str,
    pub(crate) address: &'a str,
    pub(crate) length: usize,
}

pub(crate) fn masked(text: &str) -> Option<Masked<'_>> {
    let inner = text.strip_prefix('[')?;
    let words = &inner[..end_of_words(inner)?];
    // Words that look like an address could hide another one; Discord shows such as typed, too.
    if words.trim().is_empty() || words.contains("://") {
        return None;
    }
    let target = inner[words.len()..].strip_prefix("](")?;
    let (address, behind) = match in_brackets(target) {
        Some((address, length)) => (address, &target[length..]),
        None => {
            scheme(target)?;
            let address = &target[..end_of_target(target)];
            (address, &target[address.len()..])
        }
    };
    if !is_whole(address) {
        return None;
    }
    let behind = &behind[title(behind)..];
    let behind = behind.strip_prefix(')')?;
    Some(Masked {
        words,
        address,
        length: text.len() - behind.len(),
    })
}

/// Where a link's words end; they hold no other bracket and no line break.
fn end_of_words(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b']' => return Some(at),
            b'[' | b'\n' => return None,
            _ => {}
        }
    }
    None
}

/// Where a bare target ends: at a space, or at a parenthesis that it did not open.
fn end_of_target(text: &str) -> usize {
    let mut open = 0;
    for (at, c) in text.char_indices() {
        match c {
            _ if at > LONGEST || ends_address(c) => return at,
            '(' => open += 1,
            ')' if open == 0 => return at,
            ')' => open -= 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of ` "a title"`, which is not shown.
fn title(text: &str) -> usize {
    let Some(quoted) = text.strip_prefix(" \"") else {
        return 0;
    };
    let end = quoted
        .bytes()
        .take(LONGEST)
        .position(|b| b == b'"' || b == b'\n');
    end.map_or(0, |end| end + 3)
}
