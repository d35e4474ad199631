//! The helpdesk's words and rules: ids, states, limits, views, and the error that crosses the wire.
//!
//! Pure: no I/O, no clock, no async, and it compiles for the browser. A rule that both a form and
//! the server check stands here once. It knows neither the database nor Discord's client.

pub mod card;
pub mod error;
pub mod examination;
pub mod fence;
pub mod file;
pub mod ids;
pub mod message;
pub mod records;
mod split;
pub mod text;
pub mod thread;
pub mod ticket;
pub mod time;
pub mod view;

pub use error::{AppError, Field, Invalid};
pub use file::FileLimits;
pub use ids::*;
pub use message::{Delivery, MessageKind, Origin, Side};
pub use thread::{NotesInDiscord, ThreadKind};
pub use ticket::{Priority, Status};
pub use time::Timestamp;
