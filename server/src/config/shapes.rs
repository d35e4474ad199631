//! Settings with a shape of their own, one function each: what is taken, what is refused, and what
//! holds when nothing is said.
//!
//! Each reports to the reader and goes on, so that all problems come up together.

use super::reader::Reader;
use super::{Secret, StandInSettings};
use domain::{NotesInDiscord, ThreadKind};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use url::Url;

pub(super) fn public_key(read: &mut Reader<'_>) -> Option<String> {
    let key = read.optional("DISCORD_PUBLIC_KEY")?;
    if key.len() != 64 || !key.bytes().all(|b| b.is_ascii_hexdigit()) {
        read.refuse(
            "DISCORD_PUBLIC_KEY",
            "is not 64 hexadecimal digits. Copy it from the Developer Portal, General Information.",
        );
    }
    Some(key.to_ascii_lowercase())
}

pub(super) fn thread_kind(read: &mut Reader<'_>) -> ThreadKind {
    let Some(text) = read.optional("THREAD_KIND") else {
        return ThreadKind::default();
    };
    ThreadKind::from_key(text).unwrap_or_else(|| {
        read.refuse(
            "THREAD_KIND",
            "is none of private, public and forum. The channel must fit: a forum for forum, a text \
             channel for the others.",
        );
        ThreadKind::default()
    })
}

pub(super) fn notes(read: &mut Reader<'_>) -> NotesInDiscord {
    let Some(text) = read.optional("NOTES_IN_DISCORD") else {
        return NotesInDiscord::default();
    };
    NotesInDiscord::from_key(text).unwrap_or_else(|| {
        read.refuse("NOTES_IN_DISCORD", "is neither prefix nor reply-command.");
        NotesInDiscord::default()
    })
}

/// What Discord lets a guild have, with room for what is opened between two counts.
const BUDGET_DEFAULT: usize = 950;

pub(super) fn thread_budget(read: &mut Reader<'_>) -> usize {
    let Some(text) = read.optional("THREAD_BUDGET") else {
        return BUDGET_DEFAULT;
    };
    match text.parse() {
        Ok(count @ 1..=1_000) => count,
        _ => {
            read.refuse("THREAD_BUDGET", "is not a number from 1 to 1000.");
            BUDGET_DEFAULT
        }
    }
}

const LISTEN_DEFAULT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 3000);

pub(super) fn listen(read: &mut Reader<'_>) -> SocketAddr {
    let Some(text) = read.optional("LISTEN") else {
        return LISTEN_DEFAULT;
    };
    text.parse().unwrap_or_else(|_| {
        read.refuse(
            "LISTEN",
            "is not an address with a port, like 127.0.0.1:3000 or 0.0.0.0:80.",
        );
        LISTEN_DEFAULT
    })
}

pub(super) fn public_url(read: &mut Reader<'_>, listen: SocketAddr) -> String {
    let Some(text) = read.optional("PUBLIC_URL") else {
        if !listen.ip().is_loopback() {
            read.refuse(
                "PUBLIC_URL",
                "is not set. It is the address that people open, like https://help.example.com; \
                 only a server that listens on 127.0.0.1 can do without.",
            );
        }
        return format!("http://{listen}");
    };
    let plain = |url: &Url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
    };
    match Url::parse(text) {
        Ok(url) if plain(&url) => url.as_str().trim_end_matches('/').to_owned(),
        _ => {
            read.refuse(
                "PUBLIC_URL",
                "is not an address like https://help.example.com: http or https, a name, \
                 perhaps a port, and nothing after it.",
            );
            String::new()
        }
    }
}

pub(super) fn database_url(read: &mut Reader<'_>, data_dir: &Path) -> Secret {
    let Some(text) = read.optional("DATABASE_URL") else {
        let file = data_dir.join("threadline.db");
        return Secret::new(format!("sqlite://{}?mode=rwc", file.display()));
    };
    if !["sqlite:", "postgres://", "postgresql://"]
        .iter()
        .any(|known| text.starts_with(known))
    {
        read.refuse(
            "DATABASE_URL",
            "is neither sqlite://path nor postgres://user:password@host/name.",
        );
    } else if text.contains(":memory:") {
        read.refuse(
            "DATABASE_URL",
            "names a database in memory, which no restart would survive.",
        );
    }
    Secret::new(text)
}

/// The front end's folder: `site` beside the program, as it is installed; else where cargo-leptos builds it.
pub(super) fn built_site() -> PathBuf {
    std::env::current_exe()
        .ok()
        .and_then(|program| Some(program.parent()?.join("site")))
        .filter(|site| site.is_dir())
        .unwrap_or_else(|| PathBuf::from("target/site"))
}

pub(super) fn stand_in(read: &mut Reader<'_>) -> Option<StandInSettings> {
    let Some(text) = read.optional("DISCORD_STAND_IN") else {
        if read.optional("DISCORD_STAND_IN_CA").is_some() {
            read.refuse(
                "DISCORD_STAND_IN_CA",
                "is set without DISCORD_STAND_IN. Set both or neither.",
            );
        }
        return None;
    };
    let addr = text
        .trim_end_matches('/')
        .strip_prefix("http://")
        .and_then(|authority| authority.parse::<SocketAddr>().ok())
        .filter(|addr| addr.ip().is_loopback());
    if addr.is_none() {
        read.refuse(
            "DISCORD_STAND_IN",
            "is not http://127.0.0.1:PORT. The stand-in is for development, on this machine only.",
        );
    }
    let path = read.required(
        "DISCORD_STAND_IN_CA",
        "the file with the stand-in's certificate authority, needed with DISCORD_STAND_IN",
    );
    if path.is_empty() {
        return None;
    }
    let ca_pem = std::fs::read_to_string(path)
        .map_err(|error| {
            read.refuse(
                "DISCORD_STAND_IN_CA",
                format!(
                    "names a file that cannot be read ({}). Start the stand-in first.",
                    error.kind()
                ),
            );
        })
        .ok()?;
    let addr = addr?;
    Some(StandInSettings {
        origin: format!("http://{addr}"),
        addr,
        ca_pem,
    })
}
