//! The writer: tags as they are written in this crate, everything else escaped.
//!
//! What a person typed cannot get through [`Html::tag`], which takes literals alone. It knows
//! nothing of what the tags mean or whether they are closed.

/// HTML in the making.
#[derive(Debug, Default)]
pub struct Html(String);

impl Html {
    pub(crate) fn with_room_for(text: &str) -> Self {
        Self(String::with_capacity(text.len() + text.len() / 4 + 32))
    }

    /// What was written.
    pub fn done(self) -> String {
        self.0
    }

    /// Markup of ours.
    pub fn tag(&mut self, literal: &'static str) {
        self.0.push_str(literal);
    }

    /// Words of someone else's; also right between the quotes of an attribute.
    pub fn text(&mut self, words: &str) {
        let mut rest = words;
        while let Some(at) = rest.find(['&', '<', '>', '"', '\'', '\0']) {
            let (plain, special) = rest.split_at(at);
            self.0.push_str(plain);
            self.0.push_str(match special.as_bytes()[0] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                b'\'' => "&#39;",
                _ => "\u{fffd}",
            });
            rest = &special[1..];
        }
        self.0.push_str(rest);
    }

    /// What [`crate::html`] made.
    pub fn insert(&mut self, made: &str) {
        self.0.push_str(made);
    }

    pub(crate) fn number(&mut self, number: u32) {
        self.0.push_str(&number.to_string());
    }
}
