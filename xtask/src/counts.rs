//! Reads out of each runner's report how many tests passed, failed and were skipped.
//!
//! It knows the runners' formats and nothing about running them.

use std::fmt;
use std::ops::AddAssign;

use serde_json::Value;

/// How many tests ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Ended well.
    pub passed: u64,
    /// Ended badly.
    pub failed: u64,
    /// Did not run, on purpose.
    pub skipped: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

/// nextest: `Summary [ 0.5s] 4 tests run: 3 passed (1 slow), 1 failed, 1 timed out, 2 skipped`.
pub fn of_nextest(lines: &[String]) -> Option<Counts> {
    let plain = lines
        .iter()
        .rev()
        .map(|line| without_colours(line))
        .find(|line| line.trim_start().starts_with("Summary ["))?;
    let (_, ends) = plain.split_once(':')?;
    let mut counts = Counts::default();
    for (number, word) in numbers(ends) {
        match word {
            "passed" => counts.passed += number,
            "skipped" => counts.skipped += number,
            // These repeat tests that are counted already.
            "slow" | "flaky" | "leaky" => {}
            _ => counts.failed += number,
        }
    }
    Some(counts)
}

/// `cargo test`: one `test result: ok. 3 passed; 1 failed; 2 ignored; …` for each program.
pub fn of_cargo_test(lines: &[String]) -> Option<Counts> {
    let mut found = None;
    for line in lines.iter().map(|line| without_colours(line)) {
        let Some(result) = line.trim_start().strip_prefix("test result: ") else {
            continue;
        };
        let mut counts = Counts::default();
        for (number, word) in numbers(result) {
            match word {
                "passed" => counts.passed = number,
                "failed" => counts.failed = number,
                "ignored" => counts.skipped = number,
                _ => {}
            }
        }
        *found.get_or_insert_with(Counts::default) += counts;
    }
    found
}

/// Playwright's JSON report.
pub fn of_playwright(report: &str) -> Option<Counts> {
    let report: Value = serde_json::from_str(report).ok()?;
    let count = |field: &str| report["stats"][field].as_u64();
    // A report with errors of its own (a file that does not load) is a failure that no test counts.
    let broken = report["errors"].as_array().map_or(0, Vec::len) as u64;
    let failed = count("unexpected")?;
    Some(Counts {
        passed: count("expected")? + count("flaky")?,
        failed: if failed == 0 { broken } else { failed },
        skipped: count("skipped")?,
    })
}

/// The pairs of a number and the word after it.
fn numbers(text: &str) -> impl Iterator<Item = (u64, &str)> {
    let words: Vec<&str> = text
        .split([' ', ',', ';', '(', ')'])
        .filter(|word| !word.is_empty())
        .collect();
    let pairs: Vec<_> = words
        .windows(2)
        .filter_map(|two| Some((two[0].parse().ok()?, two[1])))
        .collect();
    pairs.into_iter()
}

fn without_colours(line: &str) -> String {
    let mut plain = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('\x1b') {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, after)| after);
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn nextest_counts_every_bad_end_as_failed_and_none_twice() {
        let said = lines(
            "  PASS a\n     Summary [   1.204s] 7 tests run: 4 passed (1 slow, 1 leaky), 2 failed, 1 timed out, 3 skipped\n",
        );
        assert_eq!(
            of_nextest(&said),
            Some(Counts {
                passed: 4,
                failed: 3,
                skipped: 3
            })
        );
    }

    #[test]
    fn nextest_counts_are_read_through_colours() {
        let said = lines(
            "\x1b[32;1m     Summary\x1b[0m [   0.010s] \x1b[1m1\x1b[0m test run: \x1b[1m1\x1b[0m \x1b[32;1mpassed\x1b[0m, \x1b[1m0\x1b[0m \x1b[33;1mskipped\x1b[0m",
        );
        assert_eq!(
            of_nextest(&said),
            Some(Counts {
                passed: 1,
                failed: 0,
                skipped: 0
            })
        );
    }

    #[test]
    fn a_runner_that_said_nothing_counts_as_nothing() {
        assert_eq!(of_nextest(&lines("error: could not compile `desk`")), None);
        assert_eq!(of_cargo_test(&[]), None);
        assert_eq!(of_playwright("{}"), None);
    }

    #[test]
    fn cargo_test_adds_its_programs_up() {
        let said = lines(
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 5 filtered out; finished in 0.1s\n\
             test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s",
        );
        assert_eq!(
            of_cargo_test(&said),
            Some(Counts {
                passed: 4,
                failed: 2,
                skipped: 1
            })
        );
    }

    #[test]
    fn a_browser_file_that_does_not_load_is_a_failure() {
        let report = r#"{"errors":[{"message":"x"}],"stats":{"expected":2,"unexpected":0,"flaky":1,"skipped":1}}"#;
        assert_eq!(
            of_playwright(report),
            Some(Counts {
                passed: 3,
                failed: 1,
                skipped: 1
            })
        );
    }

    #[test]
    fn the_last_line_names_skipped_tests_only_when_there_are_some() {
        let mut counts = Counts {
            passed: 2,
            failed: 0,
            skipped: 0,
        };
        assert_eq!(counts.to_string(), "2 passed, 0 failed");
        counts.skipped = 1;
        assert_eq!(counts.to_string(), "2 passed, 0 failed, 1 skipped");
    }
}
