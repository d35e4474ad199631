//! What is on this machine: settings, database and its durability, disk, files, front end, mail.

use super::{Door, places};
use crate::{Config, files_store, storage};
use desk::Durability;
use domain::examination::Finding;
use domain::file::size_words;
use std::path::Path;

/// With less room than this, things begin to fail.
const ROOM_LEAST: u64 = 200 << 20;
/// With less than this, it is time to look.
const ROOM_LOW: u64 = 2 << 30;

/// Asks about all of it.
pub(super) async fn examine(config: &Config, door: &Door) -> Vec<Finding> {
    let given = config.given.iter().filter(|(_, given)| *given).count();
    let mut findings = vec![Finding::well(
        "Settings",
        format!("{given} given, all of them readable"),
    )];
    findings.extend(database(config, door).await);
    findings.push(room(config));
    findings.push(files(config).await);
    findings.push(front_end(config));
    findings.push(Finding::well(
        "Mail",
        "not set up, and none is sent: customers hear of answers on their ticket's page",
    ));
    findings
}

async fn database(config: &Config, door: &Door) -> Vec<Finding> {
    let tried = "Database";
    let ill = |why: String| {
        let to_do = "Check DATABASE_URL, and that the server may write there.";
        Finding::ill(tried, why, to_do).at("DATABASE_URL", places::database(config))
    };
    let (found, durability) = match door {
        Door::Server(running) => match running.db.durability().await {
            Ok(durability) => ("open", durability),
            Err(error) => return vec![ill(error.to_string())],
        },
        Door::CommandLine => match storage::look(config).await {
            Ok(seen) if seen.waiting == 0 => ("opened; it is of this version", seen.durability),
            Ok(seen) => (
                "opened; it is of an older version, which `threadline serve` brings up",
                seen.durability,
            ),
            Err(error) => return vec![ill(format!("{error:#}"))],
        },
    };
    vec![Finding::well(tried, found), lasting(&durability)]
}

fn lasting(settings: &[Durability]) -> Finding {
    let tried = "Durability";
    let words = |setting: &Durability| format!("{} = {}", setting.setting, setting.value);
    let all: Vec<_> = settings.iter().map(words).collect();
    let unsafe_ones: Vec<_> = settings.iter().filter(|s| !s.is_safe).map(words).collect();
    if unsafe_ones.is_empty() {
        return Finding::well(tried, all.join(", "));
    }
    Finding::ill(
        tried,
        format!(
            "{}: what was acknowledged may be lost with the power",
            unsafe_ones.join(", ")
        ),
        "Set it to on in PostgreSQL's settings; for SQLite, put the file on a local disk.",
    )
    .at(
        "PostgreSQL on durability",
        "https://www.postgresql.org/docs/current/runtime-config-wal.html",
    )
}

fn room(config: &Config) -> Finding {
    // The folder may not be there before the first start.
    let there = config.data_dir.ancestors().find(|folder| folder.exists());
    let folder = there
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    match free(folder) {
        Ok(free) => enough(free, config),
        Err(error) => Finding::odd(
            "Disk",
            format!("how much room there is cannot be told: {error}"),
            "Check DATA_DIR.",
        )
        .at("DATA_DIR", places::folder(&config.data_dir)),
    }
}

fn enough(free: u64, config: &Config) -> Finding {
    let found = format!("{} free where DATA_DIR is", size_words(free));
    let to_do = "Make room, or move DATA_DIR to a larger disk.";
    let finding = match free {
        0..ROOM_LEAST => Finding::ill("Disk", found, to_do),
        ROOM_LEAST..ROOM_LOW => Finding::odd("Disk", found, to_do),
        _ => return Finding::well("Disk", found),
    };
    finding.at("DATA_DIR", places::folder(&config.data_dir))
}

#[cfg(unix)]
fn free(folder: &Path) -> Result<u64, String> {
    let seen = nix::sys::statvfs::statvfs(folder).map_err(|error| error.desc().to_owned())?;
    Ok(wide(seen.blocks_available()).saturating_mul(wide(seen.fragment_size())))
}

/// How wide these numbers are depends on the system.
#[cfg(unix)]
fn wide(number: impl Into<u64>) -> u64 {
    number.into()
}

#[cfg(not(unix))]
fn free(_: &Path) -> Result<u64, String> {
    Err("this system is not asked".to_owned())
}

async fn files(config: &Config) -> Finding {
    match files_store::try_out(config).await {
        Ok(()) => Finding::well(
            "Files",
            format!(
                "written and deleted one; limits: {}",
                config.file_limits.words()
            ),
        ),
        Err(error) => Finding::ill(
            "Files",
            format!("{error:#}"),
            "Check FILES_URL and its key, or DATA_DIR.",
        )
        .at("The file store", places::files(config)),
    }
}

fn front_end(config: &Config) -> Finding {
    let script = config.site_dir.join("pkg/threadline.js");
    if script.is_file() {
        return Finding::well("Front end", "found");
    }
    Finding::ill(
        "Front end",
        "SITE_DIR has no pkg/threadline.js",
        "Build it with `cargo xtask build`, or set SITE_DIR to where it is.",
    )
    .at("SITE_DIR", places::folder(&config.site_dir))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::examination::Verdict;

    #[test]
    fn what_a_power_cut_would_take_is_named() {
        let setting = |value: &str, is_safe| Durability {
            setting: "synchronous_commit",
            value: value.to_owned(),
            is_safe,
        };
        assert_eq!(lasting(&[setting("on", true)]).verdict, Verdict::Well);
        let ill = lasting(&[setting("off", false)]);
        assert_eq!(ill.verdict, Verdict::Ill);
        assert!(ill.found.starts_with("synchronous_commit = off"));
    }
}
