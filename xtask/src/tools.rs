//! The Rust side of the set-up: the wasm32 standard library, cargo-leptos, wasm-bindgen-cli.
//!
//! Tools are compiled into the user's cache, keyed by version, so that a second clone finds them.
//! Nothing is downloaded ready-made, and nothing that the user installed is changed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, bail};

use crate::{processes, workspace};

const WASM: &str = "wasm32-unknown-unknown";
/// The newest that builds on the pinned toolchain with its own lock file.
const CARGO_LEPTOS: &str = "0.3.8";

/// The folders that go before `PATH` while the front end is built.
pub fn folders() -> Result<Vec<PathBuf>> {
    Ok(vec![
        home("cargo-leptos", CARGO_LEPTOS)?.join("bin"),
        home("wasm-bindgen-cli", &wasm_bindgen_version()?)?.join("bin"),
        workspace::root().join("style/node_modules/.bin"),
    ])
}

/// Adds the wasm32 standard library to the active toolchain.
pub fn ensure_wasm_target() -> Result<()> {
    if has_wasm_std()? {
        return Ok(());
    }
    if workspace::find_program(&["rustup"]).is_none() {
        bail!(
            "this Rust has no standard library for {WASM}. Install it (Debian: libstd-rust-dev-wasm32), or use https://rustup.rs"
        );
    }
    workspace::say("Adding the wasm32 standard library to the toolchain (a few seconds)");
    let mut command = Command::new("rustup");
    command
        .args(["target", "add", WASM])
        .current_dir(workspace::root());
    processes::must("rustup target add", command)?;
    if !has_wasm_std()? {
        bail!("rustup succeeded, yet the toolchain has no standard library for {WASM}");
    }
    Ok(())
}

fn has_wasm_std() -> Result<bool> {
    let mut command = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    command
        .args(["--print", "target-libdir", "--target", WASM])
        .current_dir(workspace::root());
    let out = command.output().context("cannot run rustc")?;
    let folder = PathBuf::from(String::from_utf8_lossy(&out.stdout).trim());
    let Ok(files) = fs::read_dir(folder) else {
        return Ok(false);
    };
    Ok(files
        .flatten()
        .any(|file| file.file_name().to_string_lossy().starts_with("libstd-")))
}

/// Compiles cargo-leptos into the cache.
pub fn ensure_cargo_leptos() -> Result<()> {
    ensure(
        "cargo-leptos",
        CARGO_LEPTOS,
        "cargo-leptos",
        &["--locked"],
        "5 to 9 minutes on two cores",
    )
}

/// Compiles the wasm-bindgen program that fits the library in `Cargo.lock`.
pub fn ensure_wasm_bindgen() -> Result<()> {
    // Not with its own lock file: that names a crate version which has been withdrawn.
    ensure(
        "wasm-bindgen-cli",
        &wasm_bindgen_version()?,
        "wasm-bindgen",
        &[],
        "1 to 3 minutes on two cores",
    )
}

fn ensure(package: &str, version: &str, program: &str, extra: &[&str], time: &str) -> Result<()> {
    let home = home(package, version)?;
    if home.join("bin").join(program).is_file() {
        return Ok(());
    }
    workspace::say(&format!(
        "Compiling {package} {version}, once for this user ({time})"
    ));
    let cache = workspace::cache()?;
    // Installed elsewhere and then renamed: a broken-off install is never taken for a finished one.
    let scratch = cache.join(format!(
        ".installing-{package}-{version}-{}",
        std::process::id()
    ));
    fs::create_dir_all(&scratch).with_context(|| format!("cannot make {}", scratch.display()))?;
    let done = install(package, version, extra, &scratch)
        .and_then(|()| keep(&scratch.join("root"), &home, program));
    let removed = fs::remove_dir_all(&scratch);
    done?;
    removed.with_context(|| format!("cannot remove {}", scratch.display()))
}

fn install(package: &str, version: &str, extra: &[&str], scratch: &Path) -> Result<()> {
    let mut command = workspace::cargo();
    // An unoptimised build is fast enough to use and compiles in a third of the time.
    command
        .args([
            "install",
            package,
            "--version",
            &format!("={version}"),
            "--debug",
        ])
        .args(extra);
    command.arg("--root").arg(scratch.join("root"));
    // Outside the checkout, so that the project's own cargo configuration does not apply.
    command
        .current_dir(scratch)
        .env("CARGO_TARGET_DIR", scratch.join("target"))
        .env("CARGO_PROFILE_DEV_DEBUG", "0");
    command
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_BUILD_TARGET");
    processes::must(&format!("installing {package}"), command)
}

fn keep(made: &Path, home: &Path, program: &str) -> Result<()> {
    if fs::rename(made, home).is_ok() || home.join("bin").join(program).is_file() {
        return Ok(());
    }
    // Left over from something other than a finished install.
    fs::remove_dir_all(home).with_context(|| format!("cannot replace {}", home.display()))?;
    fs::rename(made, home)
        .with_context(|| format!("cannot move the finished tool to {}", home.display()))
}

fn home(package: &str, version: &str) -> Result<PathBuf> {
    Ok(workspace::cache()?.join(format!("{package}-{version}")))
}

fn wasm_bindgen_version() -> Result<String> {
    let path = workspace::root().join("Cargo.lock");
    let lock =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    locked_version(&lock, "wasm-bindgen").context("Cargo.lock names no wasm-bindgen")
}

fn locked_version(lock: &str, package: &str) -> Option<String> {
    let after = lock
        .split_once(&format!("name = \"{package}\"\nversion = \""))?
        .1;
    after.split_once('"').map(|(version, _)| version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::locked_version;

    #[test]
    fn the_lock_file_names_the_version() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(
            locked_version(lock, "wasm-bindgen").as_deref(),
            Some("0.2.130")
        );
        assert_eq!(locked_version(lock, "leptos"), None);
    }
}
