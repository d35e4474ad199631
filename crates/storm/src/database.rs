//! Databases to storm in: a migrated one, copied for each seed.

use anyhow::{Context, Result};
use desk::Db;
use migrations::{Migrator, MigratorTrait};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use test_database::TestDatabase;

/// Where the databases of all seeds come from.
pub struct Source {
    folder: TempDir,
    template: PathBuf,
    postgres: bool,
}

/// The database of one seed.
pub enum Database {
    /// A file, gone when this is dropped.
    Sqlite(TempDir),
    /// One on the server that the tests use.
    Postgres(TestDatabase),
}

impl Source {
    /// Prepares the template. PostgreSQL is found by `TEST_DATABASE` and `TEST_POSTGRES_URL`.
    pub async fn new() -> Result<Self> {
        // In memory where there is such a folder: the storm's crashes are not power cuts.
        let memory = Path::new("/dev/shm");
        let folder = match memory.is_dir() {
            true => tempfile::tempdir_in(memory),
            false => tempfile::tempdir(),
        }
        .context("a folder for databases")?;
        let template = folder.path().join("template.db");
        let db = Db::connect(&address(&template)).await?;
        Migrator::up(db.for_migrations(), None).await?;
        db.close().await?;
        let postgres = std::env::var("TEST_DATABASE").as_deref() == Ok("postgres");
        Ok(Self {
            folder,
            template,
            postgres,
        })
    }

    /// Whether the databases are PostgreSQL's.
    pub fn is_postgres(&self) -> bool {
        self.postgres
    }

    /// A database of one's own.
    pub async fn fresh(&self) -> Result<Database> {
        if self.postgres {
            return Ok(Database::Postgres(TestDatabase::fresh().await));
        }
        let folder = tempfile::tempdir_in(self.folder.path())?;
        std::fs::copy(&self.template, folder.path().join("storm.db"))?;
        Ok(Database::Sqlite(folder))
    }
}

impl Database {
    /// Opens it, as a process does that begins.
    pub async fn open(&self) -> Result<Db> {
        let url = match self {
            Self::Sqlite(folder) => address(&folder.path().join("storm.db")),
            Self::Postgres(database) => database.url().to_owned(),
        };
        Ok(Db::connect(&url).await?)
    }
}

fn address(path: &Path) -> String {
    format!("sqlite://{}?mode=rwc", path.display())
}
