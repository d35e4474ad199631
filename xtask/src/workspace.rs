//! Where things lie: the checkout, its build folder, the user's cache; and how xtask speaks.
//!
//! It answers questions about paths and the environment and refuses to change anything.

use std::ffi::OsString;
use std::hash::{DefaultHasher, Hasher};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result};

/// The root of the checkout.
pub fn root() -> PathBuf {
    // `cargo run` names the folder anew, so a checkout that was moved still finds itself.
    let here = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    here.parent().map(Path::to_path_buf).unwrap_or(here)
}

/// Cargo's build folder, wherever the user's configuration puts it.
pub fn target() -> PathBuf {
    let own = env::current_exe().ok();
    let found = own.as_deref().and_then(|path| path.ancestors().nth(2));
    found.map_or_else(|| root().join("target"), Path::to_path_buf)
}

/// The folder with the native debug binaries.
pub fn binaries() -> PathBuf {
    target().join("debug")
}

/// The built front end, as `site-root` in the root `Cargo.toml` names it.
pub fn site() -> PathBuf {
    root().join("target/site")
}

/// A folder for xtask's own notes (stamps, reports), made if missing.
pub fn notes() -> Result<PathBuf> {
    let folder = target().join("xtask");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}

/// The cache that all clones of this user share.
pub fn cache() -> Result<PathBuf> {
    let base = env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute());
    let home = || env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let base = base
        .or_else(home)
        .context("neither XDG_CACHE_HOME nor HOME is set: nowhere to keep the build tools")?;
    Ok(base.join("threadline"))
}

/// The first of these programs that `PATH` offers.
pub fn find_program(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    names.iter().find_map(|name| {
        folders
            .iter()
            .map(|folder| folder.join(name))
            .find(|file| file.is_file())
    })
}

/// `PATH` with these folders before it.
pub fn path_with(first: &[PathBuf]) -> Result<OsString> {
    let old = env::var_os("PATH").unwrap_or_default();
    let all = first.iter().cloned().chain(env::split_paths(&old));
    env::join_paths(all).context("a folder name contains a colon: it cannot be on PATH")
}

/// A cargo command in the root of the checkout.
pub fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    // `cargo run` describes xtask in these; build scripts that watch them would run again.
    for (key, _) in env::vars_os() {
        let name = key.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&key);
        }
    }
    command
}

/// A short fingerprint of names and contents, in the order given.
pub fn fingerprint<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hasher = DefaultHasher::new();
    for part in parts {
        hasher.write_usize(part.len());
        hasher.write(part);
    }
    format!("{:016x}", hasher.finish())
}

/// Says what happens next, on one line that stands out from the tools' own output.
pub fn say(words: &str) {
    if std::io::stdout().is_terminal() {
        println!("\x1b[1;36m==>\x1b[0m \x1b[1m{words}\x1b[0m");
    } else {
        println!("==> {words}");
    }
}
