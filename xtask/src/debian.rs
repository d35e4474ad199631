//! System packages: installs them where it may (root on Debian), else says the exact line to run.
//!
//! It looks for what the package brings, not for the package, so that other systems and other
//! ways of installing count as well.

use std::process::{Command, Stdio};

use anyhow::{Result, bail};
use nix::unistd::Uid;

use crate::setup::Needs;
use crate::{postgres, processes, workspace};

/// The browsers that the tests can drive, best first.
const BROWSERS: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// Installs the missing packages, or stops with the line that does it.
pub fn ensure(needs: Needs) -> Result<()> {
    let missing = missing(needs);
    if missing.is_empty() {
        return Ok(());
    }
    let apt = workspace::find_program(&["apt-get"]);
    if apt.is_none() {
        bail!(
            "these are missing, please install them (Debian's names): {}",
            missing.join(" ")
        );
    }
    if !Uid::effective().is_root() {
        bail!(
            "some packages are missing. Run this line, then start again:\n\n    sudo apt-get update && sudo apt-get install -y {}\n",
            missing.join(" ")
        );
    }
    workspace::say(&format!(
        "Installing Debian packages: {} (about a minute)",
        missing.join(" ")
    ));
    processes::must("apt-get update", apt_get(&["update", "-q"]))?;
    let mut install = apt_get(&["install", "-y", "-q", "--no-install-recommends"]);
    install.args(&missing);
    processes::must("apt-get install", install)?;
    let still = self::missing(needs);
    if !still.is_empty() {
        bail!(
            "apt-get succeeded, yet these are still not to be found: {}",
            still.join(" ")
        );
    }
    Ok(())
}

fn apt_get(arguments: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args(arguments);
    command
}

fn missing(needs: Needs) -> Vec<&'static str> {
    let mut missing = Vec::new();
    if needs.native && cfg!(target_os = "linux") {
        if workspace::find_program(&["pkg-config", "pkgconf"]).is_none() {
            missing.extend(["pkg-config", "libssl-dev"]);
        } else if !has_openssl() {
            missing.push("libssl-dev");
        }
    }
    if needs.front_end || needs.browser {
        for program in ["node", "npm"] {
            if workspace::find_program(&[program]).is_none() {
                missing.push(if program == "node" { "nodejs" } else { "npm" });
            }
        }
    }
    if needs.browser && workspace::find_program(&BROWSERS).is_none() {
        missing.push("chromium");
    }
    if needs.emoji && !has_emoji() {
        missing.push("fonts-noto-color-emoji");
    }
    if needs.postgres && postgres::programs().is_none() {
        missing.push("postgresql");
    }
    missing
}

/// Whether some font has the sign that is put under a note. Where nobody can be asked, a picture with
/// a box in it does no harm.
fn has_emoji() -> bool {
    let asked = Command::new("fc-list").arg(":charset=1f4dd").output();
    asked.map_or(true, |told| !told.stdout.is_empty())
}

fn has_openssl() -> bool {
    let mut command = Command::new("pkg-config");
    command
        .args(["--exists", "openssl"])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
