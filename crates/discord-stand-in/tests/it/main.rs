//! The stand-in against real clients (serenity, a bare websocket, reqwest) and against the documented rules.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

mod admins;
mod archive;
mod commands;
mod enclosures;
mod event_faults;
mod faults;
mod gateway;
mod http_faults;
mod in_process;
mod inside;
mod interactions;
mod messages;
mod models;
mod neighbours;
mod oauth;
mod openapi;
mod permissions;
mod scenario;
mod serenity_client;
mod support;
mod twilight_client;
mod webhooks;
