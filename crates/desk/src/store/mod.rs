//! The database: the only place that knows tables, columns and SQL.
//!
//! Queries name their scope first; transactions are begun only by [`crate::work::Work`]. It
//! decides nothing about who may see what beyond the scope that it is given.

pub(crate) mod attempts;
pub(crate) mod blocklist;
pub(crate) mod codes;
pub(crate) mod commands;
pub(crate) mod dashboards;
pub(crate) mod db;
pub(crate) mod entities;
pub(crate) mod files;
pub(crate) mod forms;
pub(crate) mod guilds;
pub(crate) mod inbox;
pub(crate) mod links;
pub(crate) mod messages;
pub(crate) mod milestones;
pub(crate) mod outbox;
pub(crate) mod panels;
pub(crate) mod parts;
pub(crate) mod people;
pub(crate) mod sessions;
pub(crate) mod shifts;
pub(crate) mod slugs;
pub(crate) mod statistics;
pub(crate) mod stuck;
pub(crate) mod ticket_lines;
pub(crate) mod tickets;
pub(crate) mod turns;
