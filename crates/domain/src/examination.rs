//! What the doctor finds: what was tried, what came back, what to do, and where.
//!
//! Plain values for three doors. They hold no secret; whoever makes them sees to that.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It works.
    Well,
    /// It works, but not all of it.
    Odd,
    /// It does not work.
    Ill,
}

/// A place where something can be mended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Its name.
    pub name: String,
    /// Its address: a page's, or a folder or a command where no page is.
    pub address: String,
}

impl Place {
    /// Whether a browser can go there.
    pub fn is_page(&self) -> bool {
        ["https://", "http://"]
            .iter()
            .any(|scheme| self.address.starts_with(scheme))
    }
}

/// One check and how it ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What was tried.
    pub tried: String,
    /// How it ended.
    pub verdict: Verdict,
    /// What came back.
    pub found: String,
    /// What to do, where something is to be done.
    pub to_do: Option<String>,
    /// Where to do it.
    pub place: Option<Place>,
}

impl Finding {
    /// It works.
    pub fn well(tried: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            tried: tried.into(),
            verdict: Verdict::Well,
            found: found.into(),
            to_do: None,
            place: None,
        }
    }

    /// It works, but not all of it.
    pub fn odd(
        tried: impl Into<String>,
        found: impl Into<String>,
        to_do: impl Into<String>,
    ) -> Unplaced {
        Unplaced(Self {
            verdict: Verdict::Odd,
            to_do: Some(to_do.into()),
            ..Self::well(tried, found)
        })
    }

    /// It does not work.
    pub fn ill(
        tried: impl Into<String>,
        found: impl Into<String>,
        to_do: impl Into<String>,
    ) -> Unplaced {
        Unplaced(Self {
            verdict: Verdict::Ill,
            ..Self::odd(tried, found, to_do).0
        })
    }
}

/// Something to do of which nobody said yet where: no such finding is shown.
#[must_use]
#[derive(Clone, Debug)]
pub struct Unplaced(Finding);

impl Unplaced {
    /// The same, with where to go.
    pub fn at(self, name: impl Into<String>, address: impl Into<String>) -> Finding {
        Finding {
            place: Some(Place {
                name: name.into(),
                address: address.into(),
            }),
            ..self.0
        }
    }
}

/// Everything that was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Examination {
    /// Each check, in the order in which things depend on each other.
    pub findings: Vec<Finding>,
    /// When it was done.
    pub at: Timestamp,
}

impl Examination {
    /// How many checks ended so.
    pub fn count(&self, verdict: Verdict) -> usize {
        let ended_so = |finding: &&Finding| finding.verdict == verdict;
        self.findings.iter().filter(ended_so).count()
    }

    /// The whole in a sentence.
    pub fn sum(&self) -> String {
        let thing = |count: usize| if count == 1 { "thing" } else { "things" };
        match (self.count(Verdict::Ill), self.count(Verdict::Odd)) {
            (0, 0) => "All is well.".to_owned(),
            (0, odd) => format!("It works; {odd} {} to know.", thing(odd)),
            (1, _) => "1 of these needs your attention.".to_owned(),
            (ill, _) => format!("{ill} of these need your attention."),
        }
    }
}
