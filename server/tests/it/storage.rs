//! Databases of other versions: an older one is brought up, a newer one is refused and untouched.

use migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use server::config::Vars;
use server::{Config, migrate};
use test_database::TestDatabase;

fn config(database: &TestDatabase, folder: &std::path::Path) -> Config {
    let mut vars = Vars::default();
    for (name, value) in [
        ("DISCORD_TOKEN", "a-token"),
        ("CLIENT_ID", "1200000000000000002"),
        ("DISCORD_CLIENT_SECRET", "a-secret"),
        ("GUILD_ID", "1200000000000000001"),
        ("DISCORD_SUPPORT_CHANNEL_ID", "1200000000000000022"),
        ("DISCORD_STAFF_ROLE_ID", "1200000000000000031"),
        ("PUBLIC_URL", "https://help.example.com"),
        ("DATABASE_URL", database.url()),
        ("DATA_DIR", folder.to_str().unwrap()),
    ] {
        vars.insert(name.to_owned(), value.to_owned());
    }
    Config::from_vars(&vars).unwrap()
}

async fn rows(db: &DatabaseConnection, table: &str) -> i64 {
    let asked = format!("SELECT COUNT(*) AS n FROM {table}");
    let row = db.query_one_raw(sea_orm::Statement::from_string(
        db.get_database_backend(),
        asked,
    ));
    row.await.unwrap().unwrap().try_get("", "n").unwrap()
}

#[tokio::test]
async fn an_older_database_is_brought_up_with_what_is_in_it() {
    let database = TestDatabase::bare().await;
    let folder = tempfile::tempdir().unwrap();
    let db = Database::connect(database.url()).await.unwrap();
    Migrator::up(&db, Some(1)).await.unwrap();
    for row in [
        "INSERT INTO guild (discord_id, name, support_channel, staff_role)
         VALUES (1200000000000000001, 'Harbor', 22, 31)",
        "INSERT INTO customer (guild_id, email, created_at) VALUES (1, 'jane@example.com', 1)",
    ] {
        db.execute_unprepared(row).await.unwrap();
    }
    let said = migrate(&config(&database, folder.path())).await.unwrap();
    let steps = Migrator::migrations().len() - 1;
    assert!(
        said.starts_with(&format!("{steps} migrations applied")),
        "{said}"
    );
    assert_eq!(rows(&db, "customer").await, 1);
    assert_eq!(rows(&db, "seaql_migrations").await, (steps + 1) as i64);
    let again = migrate(&config(&database, folder.path())).await.unwrap();
    assert_eq!(again, "The database is up to date.");
}

#[tokio::test]
async fn a_newer_database_is_refused_in_words_and_left_as_it_is() {
    let database = TestDatabase::bare().await;
    let folder = tempfile::tempdir().unwrap();
    let db = Database::connect(database.url()).await.unwrap();
    Migrator::up(&db, Some(1)).await.unwrap();
    db.execute_unprepared(
        "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29990101_000001_later', 1)",
    )
    .await
    .unwrap();
    let refused = migrate(&config(&database, folder.path()))
        .await
        .unwrap_err();
    let words = format!("{refused:#}");
    assert!(words.contains("newer than this program"), "{words}");
    assert!(words.contains("m29990101_000001_later"), "{words}");
    assert_eq!(rows(&db, "seaql_migrations").await, 2);
}
