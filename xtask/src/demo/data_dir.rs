//! The demo's data folder: made, marked as ours, held while a demo runs in it, and emptied only when
//! it is ours.
//!
//! It refuses to know what is kept in the folder.

use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context, Result, bail};

/// Says that a data folder is the demo's own, and may be emptied.
const MARKER: &str = ".threadline-demo";

/// Held by the demo that runs in the folder.
const LOCK: &str = ".threadline-demo-runs";

/// Makes the data folder, and empties it if that was asked and the folder is ours. Nothing in it is
/// touched while another demo runs there; while the answer lives, none other can.
pub fn prepare(data: &Path, fresh: bool) -> Result<File> {
    let shown = data.display();
    let exists = data.exists();
    if exists && !data.is_dir() {
        bail!("--data-dir {shown} is not a folder");
    }
    let empty = !exists
        || fs::read_dir(data)
            .with_context(|| format!("cannot read {shown}"))?
            .next()
            .is_none();
    if data.join(LOCK).is_file() {
        drop(hold(data)?);
    }
    let marker = data.join(MARKER);
    if fresh && !empty {
        if !marker.is_file() {
            bail!(
                "--fresh would empty {shown}, but the demo did not make that folder ({MARKER} is not in it). Choose another, or empty it yourself"
            );
        }
        fs::remove_dir_all(data).with_context(|| format!("cannot empty {shown}"))?;
    }
    fs::create_dir_all(data).with_context(|| format!("cannot make {shown}"))?;
    if empty || fresh {
        fs::write(
            &marker,
            "Made by `cargo xtask demo`; `--fresh` may empty this folder.\n",
        )
        .with_context(|| format!("cannot write {}", marker.display()))?;
    }
    hold(data)
}

fn hold(data: &Path) -> Result<File> {
    let lock = data.join(LOCK);
    let file = File::create(&lock).with_context(|| format!("cannot write {}", lock.display()))?;
    if file.try_lock().is_err() {
        bail!(
            "another demo runs on {}: stop it, or choose another folder with --data-dir",
            data.display()
        );
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::env;
    use std::path::PathBuf;

    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let folder =
            env::temp_dir().join(format!("threadline-xtask-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        folder
    }

    #[test]
    fn fresh_empties_only_a_folder_that_the_demo_made() {
        let folder = scratch("fresh");
        prepare(&folder, false).unwrap();
        fs::write(folder.join("old"), "").unwrap();
        prepare(&folder, false).unwrap();
        assert!(folder.join("old").exists());
        prepare(&folder, true).unwrap();
        assert!(!folder.join("old").exists());
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_folder_takes_one_demo_at_a_time() {
        let folder = scratch("held");
        let held = prepare(&folder, false).unwrap();
        fs::write(folder.join("log"), "words").unwrap();
        assert!(prepare(&folder, false).is_err());
        assert!(prepare(&folder, true).is_err());
        assert!(folder.join("log").exists());
        drop(held);
        prepare(&folder, false).unwrap();
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn fresh_refuses_a_strangers_folder() {
        let folder = scratch("stranger");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("theirs"), "").unwrap();
        prepare(&folder, false).unwrap();
        assert!(prepare(&folder, true).is_err());
        assert!(folder.join("theirs").exists());
        fs::remove_dir_all(&folder).unwrap();
    }
}
