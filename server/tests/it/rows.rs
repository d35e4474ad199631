//! Every row of some tables as text, to hold one moment of a database against another.
//!
//! It knows both engines and no table; which rows matter is the test's to say.

use crate::world::World;
use sea_orm::{
    ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, Statement,
    TransactionTrait,
};

/// The test's own way into the database that the server writes.
pub struct Rows(DatabaseConnection);

/// What nobody else can write.
pub struct Held(DatabaseTransaction);

impl Held {
    /// Lets go, with nothing changed.
    pub async fn release(self) {
        self.0.rollback().await.unwrap();
    }
}

impl Rows {
    pub async fn of(world: &World) -> Self {
        let config = world.config();
        let url = config.database_url.expose();
        Self(Database::connect(url).await.unwrap())
    }

    /// The rows for which `condition` holds, each as one line that names its table.
    pub async fn of_table(&self, table: &str, condition: &str) -> Vec<String> {
        let whole = match self.0.get_database_backend() {
            DbBackend::Sqlite => self.columns(table).await.join(" || '|' || "),
            _ => format!("CAST(ROW_TO_JSON({table}) AS TEXT)"),
        };
        let sql = format!("SELECT {whole} AS line FROM {table} WHERE {condition}");
        let mut rows = self.texts(sql, "line").await;
        rows.iter_mut()
            .for_each(|row| row.insert_str(0, &format!("{table} ")));
        rows.sort();
        rows
    }

    /// All rows of these tables.
    pub async fn all(&self, tables: &[&str]) -> Vec<String> {
        let mut rows = Vec::new();
        for table in tables {
            rows.extend(self.of_table(table, "1 = 1").await);
        }
        rows
    }

    /// The first column of each row, as text.
    pub async fn texts(&self, sql: String, column: &str) -> Vec<String> {
        let asked = Statement::from_string(self.0.get_database_backend(), sql);
        let rows = self.0.query_all_raw(asked).await.unwrap();
        rows.iter()
            .map(|row| row.try_get::<String>("", column).unwrap())
            .collect()
    }

    /// Writes past the server, what only chance would bring about.
    pub async fn change(&self, sql: &str) {
        let changed = self.0.execute_unprepared(sql).await.unwrap();
        assert!(changed.rows_affected() > 0, "{sql}");
    }

    /// Calls a table otherwise: whoever asks for it fails.
    pub async fn rename(&self, from: &str, to: &str) {
        let sql = format!("ALTER TABLE {from} RENAME TO {to}");
        self.0.execute_unprepared(&sql).await.unwrap();
    }

    /// Holds all rows of these tables, and with SQLite the whole database, against other writers.
    pub async fn hold(&self, tables: &[&str]) -> Held {
        let tx = self.0.begin().await.unwrap();
        for table in tables {
            let sql = format!("UPDATE {table} SET id = id");
            tx.execute_unprepared(&sql).await.unwrap();
        }
        Held(tx)
    }

    async fn columns(&self, table: &str) -> Vec<String> {
        let sql = format!("SELECT name FROM pragma_table_info('{table}')");
        let names = self.texts(sql, "name").await;
        names
            .iter()
            .map(|name| format!("QUOTE(\"{name}\")"))
            .collect()
    }
}
