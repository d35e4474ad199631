//! The pages: what customers and staff see, and the dashboard's calls.
//!
//! Two halves that share their small parts. [`public`] is rendered on the server alone and ships
//! no WebAssembly; [`staff`] is rendered on the server and then comes alive in the browser;
//! [`records`] are pages of the staff's that only show. What
//! a helpdesk *does* is in `desk`; nothing here decides, stores or talks to Discord.

#[cfg(all(feature = "ssr", feature = "hydrate"))]
compile_error!(
    "`ssr` and `hydrate` exclude each other: build the server and the front end one by one"
);

pub mod api;
#[cfg(feature = "ssr")]
pub mod assets;
mod parts;
#[cfg(feature = "ssr")]
pub mod public;
#[cfg(feature = "ssr")]
pub mod records;
pub mod staff;

#[cfg(feature = "ssr")]
pub use assets::Assets;
pub use staff::StaffApp;
#[cfg(feature = "ssr")]
pub use staff::staff_shell;
