//! The whole server on a real database, against the local Discord over TLS and a real gateway.
//!
//! What people do, what they do wrong, and what goes wrong around them.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

mod absence;
mod bad_input;
mod cards;
mod changes;
mod commands;
mod doctor;
mod faults;
mod files;
mod guilds;
mod health;
mod kept;
mod kinds;
mod live;
mod outage;
mod people_in_discord;
mod records;
mod rows;
mod settings;
mod sign_in;
mod signed;
mod storage;
mod stories;
mod strangers;
mod transcripts;
mod visitor;
mod witness;
mod world;
