//! The stand-in against real clients (serenity, a bare websocket, reqwest) and against the documented rules.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

mod archive;
mod faults;
mod gateway;
mod interactions;
mod messages;
mod oauth;
mod permissions;
mod serenity_client;
mod support;
