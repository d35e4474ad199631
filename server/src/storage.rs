//! The database as a whole: one owner, the right shape, closed in order.
//!
//! It brings an older database up and refuses a newer one. What is in it is the desk's affair.

use crate::config::Config;
use anyhow::{Context, bail};
use desk::{Db, Durability};
use migrations::{Migrator, MigratorTrait};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

const CANNOT_OPEN: &str =
    "the database cannot be opened: check DATABASE_URL, and that the server may write there";

/// An open database.
pub(crate) struct Storage {
    pub(crate) db: Db,
    /// Held as long as the database is ours; the system lets go of it if we die.
    _lock: Option<File>,
}

impl Storage {
    pub(crate) async fn close(self) -> anyhow::Result<()> {
        self.db
            .close()
            .await
            .context("the database could not be closed")
    }
}

/// Opens the database and brings it up to this version.
pub(crate) async fn open(config: &Config) -> anyhow::Result<Storage> {
    let storage = connect(config).await?;
    bring_up(&storage.db).await?;
    Ok(storage)
}

/// Opens the database as it is.
async fn connect(config: &Config) -> anyhow::Result<Storage> {
    let url = config.database_url.expose();
    let lock = match file_of(url) {
        Some(file) => Some(claim(file)?),
        None => None,
    };
    let db = Db::connect(url).await.context(CANNOT_OPEN)?;
    Ok(Storage { db, _lock: lock })
}

/// Brings the database up to this version and says what was done.
pub async fn migrate(config: &Config) -> anyhow::Result<String> {
    let storage = connect(config).await?;
    let applied = bring_up(&storage.db).await?;
    storage.close().await?;
    Ok(match applied {
        0 => "The database is up to date.".to_owned(),
        1 => "1 migration applied; the database is up to date.".to_owned(),
        n => format!("{n} migrations applied; the database is up to date."),
    })
}

/// What is seen of the database from outside.
#[derive(Debug)]
pub(crate) struct Seen {
    /// How many migrations wait.
    pub(crate) waiting: usize,
    /// Whether what it acknowledges survives a power cut.
    pub(crate) durability: Vec<Durability>,
}

/// Looks at the database beside whoever owns it.
pub(crate) async fn look(config: &Config) -> anyhow::Result<Seen> {
    let url = config.database_url.expose();
    if let Some(file) = file_of(url) {
        make_folder(&file)?;
    }
    let db = Db::connect(url).await.context(CANNOT_OPEN)?;
    let seen = Seen {
        waiting: pending(&db).await?,
        durability: db.durability().await.context("its durability")?,
    };
    db.close()
        .await
        .context("the database could not be closed")?;
    Ok(seen)
}

async fn bring_up(db: &Db) -> anyhow::Result<usize> {
    let waiting = pending(db).await?;
    Migrator::up(db.for_migrations(), None)
        .await
        .context("the database could not be brought up to this version")?;
    Ok(waiting)
}

/// How many migrations are still to be applied.
async fn pending(db: &Db) -> anyhow::Result<usize> {
    let known = Migrator::migrations();
    let applied = Migrator::get_migration_models(db.for_migrations())
        .await
        .context("the database does not say which version it is of")?;
    if let Some(newer) = applied
        .iter()
        .find(|a| known.iter().all(|k| k.name() != a.version))
    {
        bail!(
            "the database is newer than this program (it has \"{}\"): start the newer Threadline, \
             or restore a backup from before the update",
            newer.version
        );
    }
    Ok(known.len().saturating_sub(applied.len()))
}

/// SQLite's file in a database's address.
pub(crate) fn file_of(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    Some(PathBuf::from(path.split('?').next().unwrap_or(path)))
}

/// Makes sure that no other process works on this file: each would take the other's deliveries
/// for abandoned ones and make them again.
fn claim(file: PathBuf) -> anyhow::Result<File> {
    make_folder(&file)?;
    let mut lock = file.into_os_string();
    lock.push(".lock");
    let lock = PathBuf::from(lock);
    let held = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&lock)
        .with_context(|| format!("{} cannot be written: check DATA_DIR", lock.display()))?;
    match held.try_lock() {
        Ok(()) => Ok(held),
        Err(TryLockError::WouldBlock) => bail!(
            "another Threadline works on this database ({} is locked): stop it first",
            lock.display()
        ),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("{} cannot be locked", lock.display()))
        }
    }
}

fn make_folder(file: &Path) -> anyhow::Result<()> {
    match file.parent().filter(|f| !f.as_os_str().is_empty()) {
        Some(folder) => std::fs::create_dir_all(folder).with_context(|| {
            format!(
                "the folder {} cannot be made: check DATA_DIR",
                folder.display()
            )
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_in_an_address() {
        let file = |url| file_of(url).map(|p| p.display().to_string());
        assert_eq!(
            file("sqlite://./data/threadline.db?mode=rwc").as_deref(),
            Some("./data/threadline.db")
        );
        assert_eq!(
            file("sqlite:///var/lib/t.db").as_deref(),
            Some("/var/lib/t.db")
        );
        assert_eq!(file("sqlite:t.db").as_deref(), Some("t.db"));
        assert_eq!(file("postgres://u:p@h/d"), None);
    }

    #[test]
    fn a_database_has_one_owner() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new/threadline.db");
        let first = claim(file.clone()).unwrap();
        let second = claim(file.clone()).unwrap_err().to_string();
        assert!(second.contains("another Threadline"), "{second}");
        drop(first);
        assert!(claim(file).is_ok());
    }
}
