//! What was measured, as a table for people and as JSON for machines.
//!
//! Figures and aims come in judged; here they are only set out.

use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Everything of one run.
#[derive(Debug, Serialize)]
pub struct Report {
    /// How many processors there are.
    pub cores: usize,
    /// The load average of the minute before; others' work spoils figures.
    pub load_before: Option<f64>,
    /// How long one round took, in seconds.
    pub round_seconds: u64,
    /// Whether this was an optimised build. Figures of another are worth nothing.
    pub optimised: bool,
    /// One for each benchmark.
    pub sections: Vec<Section>,
}

/// One benchmark.
#[derive(Debug, Serialize)]
pub struct Section {
    /// Its name on the command line.
    pub name: &'static str,
    /// How it was measured.
    pub how: String,
    /// What was found.
    pub rows: Vec<Row>,
}

/// One line.
#[derive(Debug, Default, Serialize)]
pub struct Row {
    /// What was measured.
    pub name: String,
    /// How many per second: measured under load, given for the bridge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_second: Option<f64>,
    /// Half took at most this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p50_ms: Option<f64>,
    /// All but one in a hundred took at most this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p99_ms: Option<f64>,
    /// Of the bare handler's rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
    /// Resident memory, in millions of bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub megabytes: Option<f64>,
    /// Further figures, for machines.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub more: BTreeMap<&'static str, f64>,
    /// What was to be reached.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aims: Vec<Aim>,
}

/// Something to be reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Aim {
    /// In words.
    pub what: String,
    /// Whether it was.
    pub met: bool,
}

impl Aim {
    /// `figure` is to stay below `limit`.
    pub fn below(name: &str, figure: f64, limit: f64, unit: &str) -> Self {
        Self {
            what: format!("{name} < {limit}{unit}"),
            met: figure < limit,
        }
    }

    /// Something that should not have happened, and did.
    pub fn missed(what: &str) -> Self {
        Self {
            what: what.to_owned(),
            met: false,
        }
    }

    /// `figure` is to be `limit` or more.
    pub fn at_least(name: &str, figure: f64, limit: f64) -> Self {
        Self {
            what: format!("{name} ≥ {limit}"),
            met: figure >= limit,
        }
    }
}

type Cell = fn(&Row) -> String;

/// Columns of figures; one that is empty throughout is left out.
const FIGURES: [(&str, Cell); 5] = [
    ("per s", |row| number(row.per_second, 0)),
    ("p50 ms", |row| number(row.p50_ms, 1)),
    ("p99 ms", |row| number(row.p99_ms, 1)),
    ("ratio", |row| number(row.ratio, 2)),
    ("MB", |row| number(row.megabytes, 1)),
];

fn number(figure: Option<f64>, digits: usize) -> String {
    figure.map_or_else(String::new, |figure| format!("{figure:.digits$}"))
}

impl Row {
    fn aim(&self) -> String {
        let aims: Vec<&str> = self.aims.iter().map(|aim| aim.what.as_str()).collect();
        aims.join(", ")
    }

    fn verdict(&self) -> String {
        let missed: Vec<&str> = self
            .aims
            .iter()
            .filter(|aim| !aim.met)
            .filter_map(|aim| aim.what.split(' ').next())
            .collect();
        match (self.aims.is_empty(), missed.len()) {
            (true, _) => String::new(),
            (false, 0) => "met".to_owned(),
            (false, n) if n == self.aims.len() => "missed".to_owned(),
            _ => format!("missed: {}", missed.join(", ")),
        }
    }
}

impl Report {
    /// The table.
    pub fn table(&self) -> String {
        let mut text = String::new();
        for section in &self.sections {
            // Writing into a String cannot fail.
            let _ = writeln!(text, "\n{}: {}\n", section.name, section.how);
            text.push_str(&section.table());
        }
        if !self.optimised {
            text.push_str("\nThis was no optimised build: these figures mean nothing.\n");
        }
        text
    }
}

impl Section {
    fn table(&self) -> String {
        let mut columns: Vec<Vec<String>> = vec![self.column("", |row| row.name.clone())];
        for (title, cell) in FIGURES {
            let column = self.column(title, cell);
            if column.iter().skip(1).any(|cell| !cell.is_empty()) {
                columns.push(column);
            }
        }
        let figures = columns.len();
        columns.push(self.column("aim", Row::aim));
        columns.push(self.column("", Row::verdict));
        let widths: Vec<usize> = columns
            .iter()
            .map(|column| {
                column
                    .iter()
                    .map(|cell| cell.chars().count())
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let mut text = String::new();
        for line in 0..=self.rows.len() {
            let cells = columns
                .iter()
                .zip(&widths)
                .enumerate()
                .map(|(at, (column, width))| {
                    let cell = &column[line];
                    if (1..figures).contains(&at) {
                        format!("{cell:>width$}")
                    } else {
                        format!("{cell:<width$}")
                    }
                });
            let cells: Vec<String> = cells.collect();
            text.push_str(cells.join("  ").trim_end());
            text.push('\n');
        }
        text
    }

    fn column(&self, title: &str, cell: impl Fn(&Row) -> String) -> Vec<String> {
        let cells = self.rows.iter().map(cell);
        std::iter::once(title.to_owned()).chain(cells).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section() -> Section {
        let row = Row {
            name: "a page".to_owned(),
            per_second: Some(9_876.4),
            p99_ms: Some(12.0),
            ratio: Some(0.5),
            aims: vec![
                Aim::below("p99", 12.0, 10.0, " ms"),
                Aim::at_least("ratio", 0.5, 0.4),
            ],
            ..Row::default()
        };
        let bare = Row {
            name: "  a bare handler".to_owned(),
            per_second: Some(20_000.0),
            ..Row::default()
        };
        Section {
            name: "pages",
            how: "somehow".to_owned(),
            rows: vec![row, bare],
        }
    }

    #[test]
    fn a_table_has_the_columns_that_hold_something() {
        let table = section().table();
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(
            lines,
            [
                "                  per s  p99 ms  ratio  aim",
                "a page             9876    12.0   0.50  p99 < 10 ms, ratio ≥ 0.4  missed: p99",
                "  a bare handler  20000",
            ]
        );
    }

    #[test]
    fn an_aim_is_met_at_its_limit_only_from_the_good_side() {
        assert!(!Aim::below("p99", 10.0, 10.0, "").met);
        assert!(Aim::at_least("ratio", 0.4, 0.4).met);
        assert!(!Aim::below("p99", f64::NAN, 10.0, "").met);
    }
}
