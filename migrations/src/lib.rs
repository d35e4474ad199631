//! The database's shape, as steps that only go forward.
//!
//! One set of statements serves SQLite and PostgreSQL; the two differ only in how a row gets its
//! id. It knows tables and keys, not what the helpdesk does with them.

pub use sea_orm_migration::{MigrationTrait, MigratorTrait};

mod m20261121_000001_first;
mod m20261121_000002_reconciler;
mod m20261121_000003_files;
mod m20261121_000004_threads;
mod m20261121_000020_records;
mod m20261121_000021_commands;
mod m20261121_000022_guilds;
mod m20261121_000023_forms;
mod m20261122_000030_addresses;
mod m20261122_000031_from_messages;
mod m20261122_000032_closing;
mod m20261122_000033_blocked;
mod m20261122_000034_panels;
mod statements;

/// Every step, in order.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261121_000001_first::Migration),
            Box::new(m20261121_000002_reconciler::Migration),
            Box::new(m20261121_000003_files::Migration),
            Box::new(m20261121_000004_threads::Migration),
            Box::new(m20261121_000020_records::Migration),
            Box::new(m20261121_000021_commands::Migration),
            Box::new(m20261121_000022_guilds::Migration),
            Box::new(m20261121_000023_forms::Migration),
            Box::new(m20261122_000030_addresses::Migration),
            Box::new(m20261122_000031_from_messages::Migration),
            Box::new(m20261122_000032_closing::Migration),
            Box::new(m20261122_000033_blocked::Migration),
            Box::new(m20261122_000034_panels::Migration),
        ]
    }
}
