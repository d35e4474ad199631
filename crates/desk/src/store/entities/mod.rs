//! The tables as types, one file each. They hold no rule and no query.

pub(crate) mod access_link;
pub(crate) mod attachment;
pub(crate) mod attempt;
pub(crate) mod category;
pub(crate) mod customer;
pub(crate) mod event;
pub(crate) mod guild;
pub(crate) mod message;
pub(crate) mod message_version;
pub(crate) mod outbox;
pub(crate) mod part;
pub(crate) mod person;
pub(crate) mod session;
pub(crate) mod shift;
pub(crate) mod thread_link;
pub(crate) mod ticket;
