//! Reading one setting at a time, and remembering everything that is wrong with all of them.
//!
//! It knows shapes (an id, an address, a token), not what the settings are for. A refused value
//! is never quoted: it may be a secret in the wrong place.

use super::{Secret, Vars};
use std::fmt;

/// One thing to mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The setting.
    pub key: String,
    /// What is wrong, and what to do about it.
    pub why: String,
}

/// Everything to mend, at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// A single problem.
    pub fn one(key: &str, why: impl Into<String>) -> Self {
        Self(vec![Problem {
            key: key.to_owned(),
            why: why.into(),
        }])
    }
}

impl std::error::Error for Problems {}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = if self.0.len() == 1 {
            "setting needs"
        } else {
            "settings need"
        };
        write!(f, "{} {settings} your attention:", self.0.len())?;
        for Problem { key, why } in &self.0 {
            write!(f, "\n  {key} {why}")?;
        }
        write!(
            f,
            "\nSet them in the environment or in .env; .env.sample explains each."
        )
    }
}

/// Reads settings and collects problems.
pub(super) struct Reader<'a> {
    vars: &'a Vars,
    pub(super) problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(vars: &'a Vars) -> Self {
        Self {
            vars,
            problems: Vec::new(),
        }
    }

    pub(super) fn refuse(&mut self, key: &str, why: impl Into<String>) {
        self.problems.push(Problem {
            key: key.to_owned(),
            why: why.into(),
        });
    }

    /// The value; an empty one counts as not set, as in a copied sample file.
    pub(super) fn optional(&self, key: &str) -> Option<&'a str> {
        self.vars
            .get(key)
            .map(|v| v.trim())
            .filter(|v| !v.is_empty())
    }

    pub(super) fn required(&mut self, key: &str, what: &str) -> &'a str {
        self.optional(key).unwrap_or_else(|| {
            self.refuse(key, format!("is not set. It is {what}."));
            ""
        })
    }

    /// One of Discord's ids.
    pub(super) fn id(&mut self, key: &str, what: &str) -> u64 {
        let text = self.required(key, what);
        if text.is_empty() {
            return 0;
        }
        match text.parse::<u64>() {
            Ok(id) if (1..=i64::MAX.unsigned_abs()).contains(&id) => id,
            _ => {
                self.refuse(
                    key,
                    format!("is not an id of Discord's. It is {what}: digits only."),
                );
                0
            }
        }
    }

    /// A required secret that goes into a header: visible ASCII, without spaces.
    pub(super) fn secret(&mut self, key: &str, what: &str) -> Secret {
        let text = self.required(key, what);
        if text.starts_with("Bot ") {
            self.refuse(
                key,
                "begins with \"Bot \". Leave that word out; only the token belongs here.",
            );
        } else if !text.bytes().all(|b| b.is_ascii_graphic()) {
            self.refuse(
                key,
                format!("holds spaces or other characters that cannot be in it. It is {what}."),
            );
        }
        Secret::new(text)
    }
}
