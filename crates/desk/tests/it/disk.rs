//! A database that cannot be written: said in words, and nothing is half there.

use crate::world::{World, new_ticket};
use desk::{Db, DeskError, Opened, RequestKey};
use domain::AppError;
use sea_orm::ConnectionTrait;

async fn file(world: &World, size: usize) -> Result<Opened, DeskError> {
    let key = RequestKey::parse(&RequestKey::fresh());
    let new = new_ticket("Late parcel", &"Where is it? ".repeat(size));
    world.desk.open_ticket(new, key).await
}

/// PostgreSQL's own way of taking nothing more: the database is read-only.
async fn a_read_only_server_is_refused(world: &World) {
    let db = Db::connect(world.database_url()).await.unwrap();
    let name = world.database_url().rsplit('/').next().unwrap();
    let order = format!("ALTER DATABASE {name} SET default_transaction_read_only = on");
    db.for_migrations()
        .execute_unprepared(&order)
        .await
        .unwrap();
    db.close().await.unwrap();
    let db = Db::connect(world.database_url()).await.unwrap();
    let refused = world.open_over(db).await.unwrap_err();
    assert_eq!(refused.to_app("r"), AppError::CannotSave, "{refused}");
}

#[tokio::test]
async fn a_full_disk_is_said_in_words_and_nothing_is_half_there() {
    let mut world = World::new().await;
    if !world.database_url().starts_with("sqlite:") {
        a_read_only_server_is_refused(&world).await;
        return;
    }
    let db = Db::connect(world.database_url()).await.unwrap();
    world.desk = world.open_over(db.clone()).await.unwrap();
    // No page more than there are; SQLite says then what it says of a full disk.
    let set = async |pages: u32| {
        let order = format!("PRAGMA max_page_count = {pages}");
        db.for_migrations()
            .execute_unprepared(&order)
            .await
            .unwrap();
    };
    set(1).await;
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

    set(1_000_000).await;
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

#[tokio::test]
async fn a_database_that_may_forget_what_it_acknowledged_is_seen() {
    let world = World::new().await;
    if !world.database_url().starts_with("sqlite:") {
        // PostgreSQL's settings are broken in the doctor's own tests.
        return;
    }
    let db = Db::connect(world.database_url()).await.unwrap();
    let unsafe_ones = async || {
        let seen = db.durability().await.unwrap();
        let lasting = seen.into_iter().filter(|setting| !setting.is_safe);
        lasting.map(|setting| setting.setting).collect::<Vec<_>>()
    };
    assert_eq!(unsafe_ones().await, Vec::<&str>::new());
    for (order, broken) in [
        ("PRAGMA synchronous = NORMAL", "synchronous"),
        ("PRAGMA synchronous = OFF", "synchronous"),
    ] {
        db.for_migrations().execute_unprepared(order).await.unwrap();
        assert_eq!(unsafe_ones().await, [broken], "{order}");
    }
}
