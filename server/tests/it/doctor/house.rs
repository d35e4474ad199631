//! What is on this machine and what fills up: disk, database, the cap on threads.

use super::*;

/// Makes that many threads in a channel that is not the support channel.
async fn fill(world: &World, count: usize) {
    uncounted(world).await;
    let base = world.discord.base_url();
    let http = client();
    let mira = crate::commands::named(world, "Mira");
    let path = format!(
        "{base}/api/v10/channels/{}/threads",
        world.channel("general")
    );
    for number in 0..count {
        let thread = json!({"name": format!("Talk {number}"), "type": 11});
        let made = http.post(&path).header("authorization", &mira.token);
        assert_eq!(made.json(&thread).send().await.unwrap().status(), 201);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_fills_up_with_threads_is_known_before_it_is_full() {
    let world = World::start().await;
    fill(&world, 905).await;
    let nearly = one(&examined(&world.config()).await, "Active threads");
    assert_eq!(nearly.verdict, Verdict::Odd, "{nearly:?}");
    assert!(nearly.found.starts_with("905 "), "{nearly:?}");
    leads_to(&nearly, "discord.com/channels/");
    fill(&world, 95).await;
    let full = one(&examined(&world.config()).await, "Active threads");
    assert_eq!(full.verdict, Verdict::Ill, "{full:?}");
}

/// A file system of Linux's own that never has room, and takes no folder.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_without_room_and_a_folder_that_cannot_be_written_are_found() {
    let world = World::start().await;
    let findings = examined(&world.config_with("DATA_DIR", "/proc/threadline")).await;
    let disk = one(&findings, "Disk");
    assert_eq!(disk.verdict, Verdict::Ill, "{disk:?}");
    assert!(disk.found.starts_with("0 bytes free"), "{disk:?}");
    leads_to(&disk, "/proc/threadline");
    let files = one(&findings, "Files");
    assert_eq!(files.verdict, Verdict::Ill, "{files:?}");
    leads_to(&files, "/proc/threadline/files");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_cannot_be_opened_is_found_and_named_without_its_password() {
    let world = World::start().await;
    let nowhere = "postgres://desk:geheim-geheim@127.0.0.1:1/desk";
    let findings = examined(&world.config_with("DATABASE_URL", nowhere)).await;
    let database = one(&findings, "Database");
    assert_eq!(database.verdict, Verdict::Ill, "{database:?}");
    leads_to(&database, "127.0.0.1:1/desk");
    assert!(!format!("{findings:?}").contains("geheim"), "{database:?}");
}

/// PostgreSQL's settings are its administrator's; SQLite's are ours, and broken in the desk's tests.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_may_lose_what_was_acknowledged_is_found() {
    let world = World::start().await;
    let config = world.config();
    let url = config.database_url.expose();
    if !url.starts_with("postgres") {
        return;
    }
    let db = sea_orm::Database::connect(url).await.unwrap();
    let name = url.rsplit('/').next().unwrap().split('?').next().unwrap();
    let order = format!("ALTER DATABASE {name} SET synchronous_commit = off");
    sea_orm::ConnectionTrait::execute_unprepared(&db, &order)
        .await
        .unwrap();
    db.close().await.unwrap();
    let durability = one(&examined(&config).await, "Durability");
    assert_eq!(durability.verdict, Verdict::Ill, "{durability:?}");
    assert!(
        durability.found.contains("synchronous_commit = off"),
        "{durability:?}"
    );
    leads_to(&durability, "postgresql.org");
}
