//! Discord's to ours: messages, guilds, threads and members as the desk knows them.
//!
//! A message is read the same way whether it came from the gateway, from a page of history or
//! from an event that serenity could not read whole: only what we need is looked at, so that
//! something new in Discord costs us no message. It decides nothing about what it reads.

mod guild;
mod member;
mod message;

pub(crate) use guild::{guild, raw_guild};
pub(crate) use member::{WireMember, WireUser, interaction_member, member, resolved_member};
pub(crate) use message::message;
