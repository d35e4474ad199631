//! The letter slots of the dashboard: who is asking, the errors that cross the wire, and the
//! calls themselves in `tickets` and `sync`.
//!
//! Each call proves its caller first, hands the letter to `desk`, and translates the answer. No
//! rule lives here: what staff may do is `desk`'s to decide, at every call.

mod failure;
pub(crate) mod sync;
pub(crate) mod tickets;

pub use failure::Failure;
#[cfg(feature = "ssr")]
pub use sync::Connection;
pub use sync::ConnectionView;

#[cfg(feature = "ssr")]
mod viewer;
#[cfg(feature = "ssr")]
pub use viewer::Viewer;
#[cfg(feature = "ssr")]
pub(crate) use viewer::{answer, seat};
