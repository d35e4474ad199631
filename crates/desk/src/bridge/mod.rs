//! The bridge: a ticket and its thread are one conversation.
//!
//! Outwards, every change is a promise in the outbox, written with the change and kept by
//! `outbox`. Inwards, every fact comes through one door, `ingest`; `catch_up` fetches what was
//! missed and uses the same door. It knows Discord only as [`DiscordPort`].

mod attempt;
mod budget;
mod catch_up;
mod command;
mod dashboard;
mod event;
mod failure;
mod fetch;
mod file_posts;
mod ingest;
mod log;
mod opening;
mod outbox;
mod panel;
mod port;
mod powers;
mod presence;
mod quote;
mod recognise;
mod reply;
mod state;
mod threads;
mod words;

pub use command::Command;
pub use dashboard::DashboardView;
pub use event::{Absence, ActiveThread, RemoteAuthor, RemoteEvent, RemoteFile, RemoteMessage};
pub(crate) use file_posts::{has_only_files, plan as plan_files};
pub use ingest::Ingested;
pub use outbox::Step;
pub use reply::ThreadReply;
pub(crate) use state::{State, Wire};
pub(crate) use threads::notice;
#[cfg(feature = "fuzzing")]
pub use words::posts_of;
pub(crate) use words::{escape, pieces};

pub use port::{
    DeliveryError, DiscordPort, Hosts, NewChannel, Nonce, Post, PostFile, PostTags, RemoteBytes,
    RemoteMember, ThreadShape, ThreadSpec, ThreadStart, ThreadState, TicketCard,
};
pub use powers::{Powers, RemoteChannel, RemoteRole};
