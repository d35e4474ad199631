//! Where things are mended that have no page of their own at Discord: on this machine, in the words
//! in which its administrator would look for them.
//!
//! They go to staff: no name and no password that opens something is in them.

use crate::Config;
use crate::config::FilesAt;
use crate::storage::file_of;
use std::path::Path;

/// Where Discord says how it is.
pub(super) const DISCORDS_STATE: (&str, &str) = ("Discord's state", "https://discordstatus.com");
/// Where the settings are that this program was started with.
pub(super) const SETTINGS: (&str, &str) = ("Its settings", "the environment, or .env beside it");
/// Where this machine's clock is looked at.
pub(super) const CLOCK: (&str, &str) = ("In a terminal there", "timedatectl status");
/// How the way to Discord is tried without this program.
pub(super) const WAY_OUT: (&str, &str) = (
    "In a terminal there",
    "curl -v https://discord.com/api/v10/gateway",
);

/// A folder, from the root where that can be told.
pub(super) fn folder(path: &Path) -> String {
    let whole = std::path::absolute(path);
    whole
        .as_deref()
        .unwrap_or(path)
        .to_string_lossy()
        .into_owned()
}

/// The database: its file, or its server and its name.
pub(super) fn database(config: &Config) -> String {
    let url = config.database_url.expose();
    if let Some(file) = file_of(url) {
        return folder(&file);
    }
    let Ok(url) = url::Url::parse(url) else {
        return "not readable".to_owned();
    };
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    format!(
        "{}{port}{}",
        url.host_str().unwrap_or("localhost"),
        url.path()
    )
}

/// The file store: its folder, or its bucket.
pub(super) fn files(config: &Config) -> String {
    match &config.files_at {
        FilesAt::Folder(path) => folder(path),
        FilesAt::Bucket(bucket) => {
            let at = bucket.endpoint.as_deref().unwrap_or(&bucket.region);
            format!("bucket {} at {at}", bucket.name)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::sample;

    #[test]
    fn a_database_is_named_without_what_opens_it() {
        let of = |url: &str| database(&sample(&[("DATABASE_URL", url)]));
        assert_eq!(
            of("postgres://mira:geheim@db.example.com:6432/desk?sslmode=require"),
            "db.example.com:6432/desk"
        );
        assert_eq!(of("sqlite:///srv/desk.sqlite?mode=rwc"), "/srv/desk.sqlite");
    }

    #[test]
    fn files_are_in_a_folder_or_a_bucket() {
        assert_eq!(
            files(&sample(&[("DATA_DIR", "/srv/desk")])),
            "/srv/desk/files"
        );
    }
}
