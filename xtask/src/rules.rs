//! The house rules that no lint knows, found by reading the tracked files line by line.
//!
//! A line may break a rule if it, or the line above it, says `house-rule:` and the reason. It reads
//! text, not Rust: a rule that needs the syntax tree belongs in clippy.toml.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::workspace;

const EXEMPT: &str = "house-rule:";
const LONG: usize = 450;

/// Beside the store: what begins a transaction, opens the database, or wraps its errors.
const DESK_TOO: [&str; 4] = [
    "crates/desk/src/db.rs",
    "crates/desk/src/error.rs",
    "crates/desk/src/lib.rs",
    "crates/desk/src/work.rs",
];

struct Rule {
    why: &'static str,
    files: fn(&str) -> bool,
    breaks: fn(&str) -> bool,
    place: Place,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Anywhere,
    /// Test files, and what follows `#[cfg(test)]` in others.
    Tests,
    /// What is not a comment.
    Code,
}

const RULES: [Rule; 8] = [
    Rule {
        why: "only the store and the migrations speak sea-orm",
        files: |path| {
            // The ids say which column type they have, behind `domain`'s feature `store`.
            let may = path.starts_with("crates/desk/src/store")
                || path.starts_with("crates/domain/src/")
                // Outside the product: a database for tests, and what we are measured against.
                || path.starts_with("crates/test-database/")
                || path.starts_with("crates/bench/")
                || path.starts_with("crates/storm/")
                || DESK_TOO.contains(&path);
            product(path) && !may
        },
        breaks: |line| line.contains("sea_orm"),
        place: Place::Code,
    },
    Rule {
        why: "only crates/connector speaks serenity",
        files: |path| product(path) && !path.starts_with("crates/connector"),
        breaks: |line| line.contains("serenity::"),
        place: Place::Code,
    },
    Rule {
        why: "a bare textarea does not escape what is in it: use the TextArea component",
        files: |path| product(path) && !path.ends_with("/text_area.rs"),
        breaks: |line| line.contains("<textarea"),
        place: Place::Code,
    },
    Rule {
        why: "a test waits for a condition, never for a time",
        files: |path| path.ends_with(".rs") && !path.starts_with("xtask/"),
        breaks: |line| line.contains("sleep("),
        place: Place::Tests,
    },
    Rule {
        why: "a test waits for a condition, never for a time",
        files: |path| path.starts_with("e2e/") && path.ends_with(".ts"),
        breaks: |line| line.contains("waitForTimeout("),
        place: Place::Anywhere,
    },
    Rule {
        why: "a path of one machine is wrong on all others",
        files: |_| true,
        breaks: names_a_machine,
        place: Place::Anywhere,
    },
    Rule {
        why: "a TODO names an issue or is not written",
        files: |path| path.ends_with(".rs") || path.ends_with(".ts") || path.ends_with(".css"),
        breaks: unfinished,
        place: Place::Anywhere,
    },
    Rule {
        why: "a lock file names no registry's host",
        files: |path| path.ends_with("package-lock.json"),
        breaks: |line| line.contains("\"resolved\":"),
        place: Place::Anywhere,
    },
];

/// Rust that ships: not tests, not tools, not the stand-in's own tests.
fn product(path: &str) -> bool {
    let ours = ["app/src/", "server/src/", "frontend/src/", "crates/"];
    path.ends_with(".rs")
        && path.contains("/src/")
        && ours.iter().any(|start| path.starts_with(start))
}

fn unfinished(line: &str) -> bool {
    let marks = |word: &&str| {
        ["//", "/*"]
            .iter()
            .any(|start| line.contains(&format!("{start} {word}")))
    };
    ["TODO", "FIXME"].iter().any(marks) && !line.contains('#')
}

fn names_a_machine(line: &str) -> bool {
    // house-rule: these are the paths it looks for
    ["/work/", "/root/", "/home/", "/Users/"]
        .iter()
        .any(|start| {
            line.match_indices(start).any(|(at, _)| {
                let before = line[..at].chars().next_back();
                !before.is_some_and(|c| c.is_alphanumeric() || "/.}-_~$*".contains(c))
            })
        })
}

/// Reads all tracked files; an error that lists every breach.
pub fn check() -> Result<()> {
    let mut breaches = Vec::new();
    for path in tracked()? {
        // Deleted but not committed, or not text.
        let Ok(text) = fs::read_to_string(workspace::root().join(&path)) else {
            continue;
        };
        breaches.extend(breaches_in(&path, &text));
        let lines = text.lines().count();
        if path.ends_with(".rs") && lines > LONG {
            println!("{path}: {lines} lines; beyond {LONG} a file wants splitting");
        }
    }
    if breaches.is_empty() {
        return Ok(());
    }
    for breach in &breaches {
        println!("{breach}");
    }
    bail!("{} broken", breaches.len())
}

fn breaches_in(path: &str, text: &str) -> Vec<String> {
    let rules: Vec<&Rule> = RULES.iter().filter(|rule| (rule.files)(path)).collect();
    let mut in_tests = path.contains("/tests/");
    let mut exempt = false;
    let mut breaches = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let excused = exempt;
        exempt = line.contains(EXEMPT);
        in_tests |= line.trim_start().starts_with("#[cfg(test)]");
        if excused || exempt {
            continue;
        }
        for rule in &rules {
            let applies = match rule.place {
                Place::Anywhere => true,
                Place::Tests => in_tests,
                Place::Code => !in_tests && !line.trim_start().starts_with("//"),
            };
            if applies && (rule.breaks)(line) {
                breaches.push(format!("{path}:{}: {}", number + 1, rule.why));
            }
        }
    }
    breaches
}

/// What git tracks, and what it would if it were added.
fn tracked() -> Result<Vec<String>> {
    let mut command = Command::new("git");
    command
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(workspace::root());
    let out = command.output().context("cannot run git")?;
    if !out.status.success() {
        bail!(
            "git cannot list the files: {}",
            String::from_utf8_lossy(&out.stderr).trim()
        );
    }
    let names = String::from_utf8_lossy(&out.stdout);
    Ok(names
        .split('\0')
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(path: &str, text: &str) -> bool {
        !breaches_in(path, text).is_empty()
    }

    #[test]
    fn the_database_is_spoken_to_from_its_room_only() {
        assert!(broken("server/src/http.rs", "use sea_orm::Database;"));
        assert!(!broken(
            "crates/desk/src/store/outbox.rs",
            "use sea_orm::Database;"
        ));
        assert!(!broken("server/src/http.rs", "//! Never names sea_orm."));
        assert!(!broken(
            "crates/domain/src/ids.rs",
            "#[cfg_attr(feature = \"store\", derive(sea_orm::DeriveValueType))]"
        ));
    }

    #[test]
    fn discord_is_spoken_to_from_its_room_only() {
        assert!(broken("server/src/main.rs", "use serenity::all::Client;"));
        assert!(!broken(
            "crates/connector/src/gateway.rs",
            "use serenity::all::Client;"
        ));
        assert!(!broken(
            "crates/discord-stand-in/tests/gateway.rs",
            "use serenity::all::Client;"
        ));
    }

    #[test]
    fn a_bare_textarea_is_found_outside_its_wrapper() {
        assert!(broken(
            "app/src/staff/composer.rs",
            "<textarea name=\"body\">"
        ));
        assert!(!broken(
            "app/src/parts/text_area.rs",
            "<textarea name=\"body\">"
        ));
    }

    #[test]
    fn a_sleep_is_found_in_tests_alone() {
        let line = "tokio::time::sleep(pause).await;";
        assert!(broken("server/tests/it/story.rs", line));
        assert!(broken(
            "server/src/lib.rs",
            &format!("#[cfg(test)]\nmod tests {{\n{line}")
        ));
        assert!(!broken("server/src/lib.rs", line));
    }

    #[test]
    fn a_reason_excuses_the_line_and_the_one_below() {
        assert!(!broken(
            "server/tests/it/world.rs",
            "// house-rule: a pause between two looks\nsleep(pause).await;"
        ));
        assert!(broken(
            "server/tests/it/world.rs",
            "// house-rule: a pause\n\nsleep(pause).await;"
        ));
    }

    #[test]
    fn a_machines_path_is_found_and_a_links_is_not() {
        let path = format!("cd {}home/me/threadline", '/');
        assert!(broken("README.md", &path));
        assert!(!broken("README.md", "https://example.org/home/page"));
    }
}
