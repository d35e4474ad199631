//! The desk on a real database, with a clock that stands still and a Discord made of a few maps
//! that keeps the promises the bridge leans on: nonces, threads by name, pages by id.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

mod absence;
mod bridge_in;
mod bridge_out;
mod budget;
mod changes;
mod commands;
mod dashboard;
mod discord;
mod discord_port;
mod disk;
mod doctor;
mod files;
mod guilds;
mod hours;
mod kinds;
mod log;
mod odd_answers;
mod people_in_discord;
mod settings;
mod statistics;
mod street;
mod text;
mod tickets;
mod transcripts;
mod waking;
mod world;
