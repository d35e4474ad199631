//! The customer's pages, as functions from loaded data to a complete document.
//!
//! They are rendered on the server alone and need no script to work; where a page stays fresh by
//! itself, it links one small module. Nothing is loaded here and nothing is decided: a function
//! gets what its viewer may see, and answers text. None of it is compiled for the browser.

mod change;
mod choose;
mod conversation;
mod document;
mod fields;
mod home;
mod message;
mod my_tickets;
mod new_ticket;
mod sign_in;
mod status;
#[cfg(test)]
mod tests;
mod ticket;

pub use crate::assets::Assets;
pub use choose::{Choice, choose};
pub use document::Frame;
pub(crate) use document::without_markers;
pub use fields::{EditForm, NewTicketForm, ReplyForm, Writing};
pub use home::home;
pub use message::message;
pub use my_tickets::{MyTicket, my_tickets};
pub use new_ticket::new_ticket;
pub use sign_in::{no_role, sign_in};
pub use ticket::ticket;
