//! The stand-in against real clients (serenity, a bare websocket, reqwest) and against the documented rules.

mod archive;
mod faults;
mod gateway;
mod interactions;
mod messages;
mod oauth;
mod permissions;
mod serenity_client;
mod support;
