//! Turns at SQLite's one writer, and how those that come close together share one sync of the disk.
//!
//! A transaction is a savepoint within a larger one. Whoever is done lets those pass who wait
//! already, then ends the larger one for all: durable costs the same for one as for fifty. Nobody is
//! told that anything is kept before it is. What is undone is undone to its own savepoint, and ends
//! the sharing, for the database may have undone more. PostgreSQL does the like by itself.
//!
//! It knows nothing of what is written. While others' changes are not durable yet, only the writing
//! connection sees them: whoever decides within a turn reads there.

use crate::DeskError;
use sea_orm::{
    ConnAcquireErr, DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, OwnedMutexGuard, watch};

/// How many share a sync at most, so that the first of them does not wait long for the last.
const MOST: usize = 64;
/// How long to wait for a turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// What became of a sync.
type Outcome = Option<Result<(), DbErr>>;

/// The one writer.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    shared: Option<Shared>,
    /// How many there were before.
    count: u64,
}

/// Changes that are made durable together.
#[derive(Debug)]
struct Shared {
    number: u64,
    whole: DatabaseTransaction,
    /// How many changes are in it.
    changes: usize,
    /// No further change may join.
    full: bool,
    outcome: watch::Sender<Outcome>,
}

/// The right to write, until it is dropped. The transaction that came with it must be gone by then.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    /// Nothing where the database takes several writers.
    writer: Option<OwnedMutexGuard<Writer>>,
}

impl Turn {
    /// Waits for a turn at this writer and begins a transaction. Take both apart in this order: what
    /// is taken last is dropped first.
    pub(crate) async fn at(
        writer: &Arc<Mutex<Writer>>,
        connection: &DatabaseConnection,
    ) -> Result<(Self, DatabaseTransaction), DeskError> {
        let waiting = tokio::time::timeout(PATIENCE, writer.clone().lock_owned());
        let mut turn = Self {
            writer: Some(
                waiting
                    .await
                    .map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?,
            ),
        };
        turn.end_what_is_full().await?;
        let Some(writer) = turn.writer.as_deref_mut() else {
            return Err(DeskError::Internal("a turn without a writer".into()));
        };
        let shared = match &mut writer.shared {
            Some(shared) => shared,
            none => {
                // SQLite takes its write lock at once: a transaction that reads first and then asks
                // for the lock is refused when another wrote in between.
                let options = TransactionOptions {
                    sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                    ..Default::default()
                };
                let whole = connection.begin_with_options(options).await?;
                writer.count += 1;
                none.insert(Shared {
                    number: writer.count,
                    whole,
                    changes: 0,
                    full: false,
                    outcome: watch::Sender::new(None),
                })
            }
        };
        let own = shared.whole.begin().await?;
        Ok((turn, own))
    }

    /// Keeps what was written in this turn, and returns when it is durable.
    pub(crate) async fn keep(mut self, own: DatabaseTransaction) -> Result<(), DbErr> {
        own.commit().await?;
        let Some(mut writer) = self.writer.take() else {
            return Ok(());
        };
        let Some(shared) = &mut writer.shared else {
            return Err(DbErr::Custom("a turn without a transaction".to_owned()));
        };
        shared.changes += 1;
        shared.full |= shared.changes >= MOST;
        let (number, mut outcome) = (shared.number, shared.outcome.subscribe());
        let again = OwnedMutexGuard::mutex(&writer).clone();
        drop(writer);
        // A task of its own: whoever waits for this may be dropped, and then others would wait for
        // ever. It comes after all who wait by now.
        tokio::spawn(async move { again.lock_owned().await.end(number).await });
        match outcome.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(outcome)) => outcome.clone(),
            _ => Err(DbErr::Custom("it was not made durable".to_owned())),
        }
    }

    async fn end_what_is_full(&mut self) -> Result<(), DbErr> {
        let full = |writer: &mut OwnedMutexGuard<Writer>| {
            let shared = writer.shared.as_ref()?;
            shared.full.then_some(shared.number)
        };
        if let Some(writer) = &mut self.writer
            && let Some(number) = full(writer)
            && let Some(mut writer) = self.writer.take()
        {
            // A task of its own, for the same reason.
            let ending = tokio::spawn(async move {
                writer.end(number).await;
                writer
            });
            let ended = ending.await;
            self.writer = Some(ended.map_err(|error| DbErr::Custom(error.to_string()))?);
        }
        Ok(())
    }
}

impl Writer {
    /// Makes that one durable, if nobody did yet.
    async fn end(&mut self, number: u64) {
        if let Some(shared) = self.shared.take_if(|shared| shared.number == number) {
            let outcome = shared.whole.commit().await;
            // Whoever waits for it may be gone.
            shared.outcome.send_replace(Some(outcome));
        }
    }
}

impl Drop for Turn {
    /// What was begun in this turn is undone, or failed.
    fn drop(&mut self) {
        if let Some(writer) = &mut self.writer {
            // With nothing to keep it is undone as a whole.
            writer.shared.take_if(|shared| shared.changes == 0);
            if let Some(shared) = &mut writer.shared {
                shared.full = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::store::db::Db;
    use sea_orm::ConnectionTrait;
    use test_database::TestDatabase;
    use tokio::sync::oneshot;

    /// A file of our own, and a table in it. Nothing where there is no one writer.
    async fn file() -> Option<(Db, TestDatabase)> {
        let database = TestDatabase::bare().await;
        let db = Db::connect(database.url()).await.unwrap();
        let table = "CREATE TABLE n (n INTEGER PRIMARY KEY, of INTEGER REFERENCES n (n)
                     DEFERRABLE INITIALLY DEFERRED)";
        db.write.execute_unprepared(table).await.unwrap();
        (!db.is_postgres()).then_some((db, database))
    }

    async fn write(db: Db, n: u32) -> Result<(), String> {
        let (turn, tx) = db.begin().await.unwrap();
        insert(&tx, &n.to_string()).await;
        turn.keep(tx).await.map_err(|error| error.to_string())?;
        // Whoever is told so finds it kept.
        assert!(there(&db).await.contains(&i64::from(n)));
        Ok(())
    }

    async fn insert(tx: &impl ConnectionTrait, values: &str) {
        let columns = if values.contains(',') { "n, of" } else { "n" };
        let text = format!("INSERT INTO n ({columns}) VALUES ({values})");
        tx.execute_unprepared(&text).await.unwrap();
    }

    async fn there(db: &Db) -> Vec<i64> {
        let rows = db.read.query_all_raw(crate::store::db::sql(
            &db.read,
            "SELECT n FROM n ORDER BY n",
            [],
        ));
        let rows = rows.await.unwrap();
        rows.iter()
            .map(|row| row.try_get("", "n").unwrap())
            .collect()
    }

    /// Lets everybody else come as far as they can without being let on.
    async fn until_all_wait() {
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn those_who_wait_share_one_sync() {
        let Some((db, _file)) = file().await else {
            return;
        };
        let (turn, tx) = db.begin().await.unwrap();
        let waiting: Vec<_> = (1..=20)
            .map(|n| tokio::spawn(write(db.clone(), n)))
            .collect();
        until_all_wait().await;
        insert(&tx, "0").await;
        assert_eq!(there(&db).await, [0; 0]);
        turn.keep(tx).await.unwrap();
        for written in waiting {
            written.await.unwrap().unwrap();
        }
        assert!(there(&db).await.into_iter().eq(0..=20));
        assert_eq!(db.writer.lock().await.count, 1);
    }

    #[tokio::test]
    async fn what_is_undone_takes_nothing_else_with_it() {
        let Some((db, _file)) = file().await else {
            return;
        };
        let (turn, tx) = db.begin().await.unwrap();
        let first = tokio::spawn(write(db.clone(), 1));
        until_all_wait().await;
        let undone = tokio::spawn({
            let db = db.clone();
            async move {
                let (_turn, tx) = db.begin().await.unwrap();
                insert(&tx, "2").await;
            }
        });
        until_all_wait().await;
        let last = tokio::spawn(write(db.clone(), 3));
        until_all_wait().await;
        drop(tx);
        drop(turn);
        first.await.unwrap().unwrap();
        undone.await.unwrap();
        last.await.unwrap().unwrap();
        assert_eq!(there(&db).await, [1, 3]);
    }

    #[tokio::test]
    async fn a_sync_that_fails_is_told_to_all_who_shared_it_and_to_no_one_else() {
        let Some((db, _file)) = file().await else {
            return;
        };
        let (turn, tx) = db.begin().await.unwrap();
        let shared = tokio::spawn(write(db.clone(), 1));
        until_all_wait().await;
        // Refused only when all is to be kept.
        insert(&tx, "2, 99").await;
        let told = turn.keep(tx).await.unwrap_err().to_string();
        assert!(told.contains("FOREIGN KEY"), "{told}");
        assert_eq!(shared.await.unwrap().unwrap_err(), told);
        write(db.clone(), 3).await.unwrap();
        assert_eq!(there(&db).await, [3]);
    }

    #[tokio::test]
    async fn whoever_goes_away_while_waiting_holds_up_no_one() {
        let Some((db, _file)) = file().await else {
            return;
        };
        let (turn, tx) = db.begin().await.unwrap();
        let gone = tokio::spawn(write(db.clone(), 1));
        until_all_wait().await;
        let ((begun, has_begun), (go_on, may_go_on)) = (oneshot::channel(), oneshot::channel());
        let next = tokio::spawn({
            let db = db.clone();
            async move {
                let (_turn, _tx) = db.begin().await.unwrap();
                begun.send(()).unwrap();
                may_go_on.await.unwrap();
            }
        });
        until_all_wait().await;
        drop(tx);
        drop(turn);
        has_begun.await.unwrap();
        // It wrote, and waits for the next one to be done.
        gone.abort();
        assert!(gone.await.unwrap_err().is_cancelled());
        go_on.send(()).unwrap();
        next.await.unwrap();
        // Only when nothing is open does the one connection come free.
        db.write
            .execute_unprepared("DELETE FROM n WHERE n = 9")
            .await
            .unwrap();
        assert_eq!(there(&db).await, [1]);
    }
}
