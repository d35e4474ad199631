//! `threadline doctor`: tries every setting out and says what came back and what to do.
//!
//! It asks as the server would ask, over the same ways, and changes nothing at Discord. It prints
//! names and ids, never a secret.

mod discord;
mod permissions;

use crate::{Config, files_store, storage};

/// What became of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It works.
    Well(String),
    /// It works, but not all of it.
    Odd(String),
    /// It does not work.
    Ill(String),
}

/// Collects and prints outcomes.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    ill: usize,
}

impl Findings {
    /// Prints one line: what was tried, what came back.
    pub(crate) fn note(&mut self, tried: &str, outcome: &Outcome) {
        let (mark, words) = match outcome {
            Outcome::Well(words) => ("ok  ", words),
            Outcome::Odd(words) => ("note", words),
            Outcome::Ill(words) => {
                self.ill += 1;
                ("FAIL", words)
            }
        };
        println!("{mark}  {tried}: {words}");
    }
}

/// Checks everything and prints it; `true` when all is well. That the settings can be read is
/// known already: there is a [`Config`].
pub async fn examine(config: &Config) -> bool {
    let mut findings = Findings::default();
    let given = config.given.iter().filter(|(_, given)| *given).count();
    findings.note(
        "Settings",
        &Outcome::Well(format!("{given} given, all of them readable")),
    );
    findings.note("Database", &database(config).await);
    findings.note("Files", &files(config).await);
    findings.note("Front end", &front_end(config));
    findings.note("Public address", &public_address(config));
    discord::examine(config, &mut findings).await;
    if findings.ill == 0 {
        println!("All is well.");
    } else {
        println!("{} of these need your attention.", findings.ill);
    }
    findings.ill == 0
}

async fn database(config: &Config) -> Outcome {
    match storage::look(config).await {
        Ok(0) => Outcome::Well("opened; it is of this version".to_owned()),
        Ok(_) => Outcome::Well(
            "opened; it is of an older version, which `threadline serve` brings up".to_owned(),
        ),
        Err(error) => Outcome::Ill(format!("{error:#}")),
    }
}

async fn files(config: &Config) -> Outcome {
    match files_store::try_out(config).await {
        Ok(()) => Outcome::Well(format!(
            "written and deleted one; limits: {}",
            config.file_limits.words()
        )),
        Err(error) => Outcome::Ill(format!(
            "{error:#}. Check FILES_URL and its key, or DATA_DIR"
        )),
    }
}

fn front_end(config: &Config) -> Outcome {
    let script = config.site_dir.join("pkg/threadline.js");
    if script.is_file() {
        Outcome::Well(format!("found in {}", config.site_dir.display()))
    } else {
        Outcome::Ill(format!(
            "{} is missing; build it with `cargo xtask build`, or set SITE_DIR",
            script.display()
        ))
    }
}

fn public_address(config: &Config) -> Outcome {
    let back = format!("{}/auth/discord/callback", config.public_url);
    if config.is_https() || config.listen.ip().is_loopback() {
        Outcome::Well(format!(
            "{}; the Developer Portal must list {back} under OAuth2, Redirects",
            config.public_url
        ))
    } else {
        Outcome::Odd(format!(
            "{} is not https: private links and sessions can be read on the way. Put a proxy with \
             a certificate in front, and set PUBLIC_URL to its address",
            config.public_url
        ))
    }
}
