//! A database that cannot be written: said in words, and nothing is half there.

use crate::world::{World, new_ticket};
use desk::{Db, DeskError, Opened, RequestKey};
use domain::AppError;
use sea_orm::ConnectionTrait;

/// Makes the database full (SQLite) or read-only (PostgreSQL), and ends that.
struct Disk {
    close: String,
    open: String,
}

impl Disk {
    fn of(world: &World) -> Self {
        let url = world.database_url();
        if url.starts_with("sqlite:") {
            // No page more than there are; SQLite says then what it says of a full disk.
            return Self {
                close: "PRAGMA max_page_count = 1".to_owned(),
                open: "PRAGMA max_page_count = 1000000".to_owned(),
            };
        }
        let name = url.rsplit('/').next().unwrap();
        Self {
            close: format!("ALTER DATABASE {name} SET default_transaction_read_only = on"),
            open: format!(
                "BEGIN READ WRITE; ALTER DATABASE {name} RESET default_transaction_read_only; COMMIT"
            ),
        }
    }
}

async fn file(world: &World, size: usize) -> Result<Opened, DeskError> {
    let key = RequestKey::parse(&RequestKey::fresh());
    let new = new_ticket("Late parcel", &"Where is it? ".repeat(size));
    world.desk.open_ticket(new, key).await
}

/// The connections of a pool keep their settings: the desk is opened anew over others.
async fn reopened(world: &mut World, order: &str) -> Db {
    let db = Db::connect(world.database_url()).await.unwrap();
    if !world.database_url().starts_with("sqlite:") {
        db.for_migrations().execute_unprepared(order).await.unwrap();
        db.close().await.unwrap();
        let db = Db::connect(world.database_url()).await.unwrap();
        world.restart_over(db.clone()).await;
        return db;
    }
    world.restart_over(db.clone()).await;
    db.for_migrations().execute_unprepared(order).await.unwrap();
    db
}

#[tokio::test]
async fn a_full_disk_is_said_in_words_and_nothing_is_half_there() {
    let mut world = World::new().await;
    let disk = Disk::of(&world);
    reopened(&mut world, &disk.close).await;
    let (mut filed, mut refused) = (0, None);
    // The pages that there are have some room left.
    for _ in 0..100 {
        match file(&world, 500).await {
            Ok(_) => filed += 1,
            Err(error) => {
                refused = Some(error);
                break;
            }
        }
    }
    let refused = refused.expect("a full disk takes nothing more");
    assert_eq!(refused.to_app("r"), AppError::CannotSave, "{refused}");
    assert_eq!(refused.to_app("r").status(), 507);

    reopened(&mut world, &disk.open).await;
    let opened = file(&world, 1).await.unwrap();
    // No number was used up by what was not kept.
    assert_eq!(opened.number, filed + 1);
    world.settle().await;
    let state = world.discord.state();
    assert_eq!(state.threads.len(), usize::try_from(opened.number).unwrap());
    assert!(
        state
            .threads
            .iter()
            .all(|thread| thread.messages.len() >= 2)
    );
}
