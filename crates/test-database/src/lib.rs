//! A fresh, migrated database for one test, on whichever engine the run asks for.
//!
//! `TEST_DATABASE=postgres` with `TEST_POSTGRES_URL` gives a database of its own on that server;
//! anything else gives SQLite in a temporary file. It knows nothing of the product but its
//! migrations.

use migrations::{Migrator, MigratorTrait};
use sea_orm_migration::sea_orm::{ConnectionTrait, Database};
use std::sync::atomic::{AtomicU32, Ordering};

/// A database that lasts as long as this value.
#[derive(Debug)]
pub struct TestDatabase {
    url: String,
    _folder: Option<tempfile::TempDir>,
}

/// Distinguishes the databases that one process makes.
static COUNT: AtomicU32 = AtomicU32::new(0);

impl TestDatabase {
    /// A database with nothing in it, not even tables.
    ///
    /// # Panics
    /// When it cannot be made: then no test can go on.
    pub async fn bare() -> Self {
        if std::env::var("TEST_DATABASE").as_deref() == Ok("postgres") {
            Self::postgres().await
        } else {
            Self::sqlite()
        }
    }

    /// An empty database with all tables.
    ///
    /// # Panics
    /// When it cannot be made: then no test can go on.
    pub async fn fresh() -> Self {
        let made = Self::bare().await;
        let db = Database::connect(&made.url)
            .await
            .expect("the new database opens");
        Migrator::up(&db, None)
            .await
            .expect("migrations apply to an empty database");
        db.close().await.expect("the connection closes");
        made
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        Self {
            url: format!(
                "sqlite://{}?mode=rwc",
                folder.path().join("test.db").display()
            ),
            _folder: Some(folder),
        }
    }

    async fn postgres() -> Self {
        let server = std::env::var("TEST_POSTGRES_URL")
            .expect("TEST_POSTGRES_URL is set beside TEST_DATABASE=postgres");
        // With or without the name of a database: ours replaces it.
        let authority = server.find("://").map_or(0, |at| at + 3);
        let end = server[authority..]
            .find('/')
            .map_or(server.len(), |at| authority + at);
        let server = &server[..end];
        let name = format!(
            "t_{}_{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let admin = Database::connect(format!("{server}/postgres"))
            .await
            .expect("the PostgreSQL server answers");
        admin
            .execute_unprepared(&format!("CREATE DATABASE {name}"))
            .await
            .expect("a database can be made");
        admin.close().await.expect("the connection closes");
        // The server is thrown away after the run, and its databases with it.
        Self {
            url: format!("{server}/{name}"),
            _folder: None,
        }
    }
}
