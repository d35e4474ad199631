//! The demo's data folder: made, marked as ours, and emptied only when it is.
//!
//! It refuses to know what is kept in the folder.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

/// Says that a data folder is the demo's own, and may be emptied.
const MARKER: &str = ".threadline-demo";

/// Makes the data folder, and empties it if that was asked and the folder is ours.
pub fn prepare(data: &Path, fresh: bool) -> Result<()> {
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
    Ok(())
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
