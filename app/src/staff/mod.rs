//! The dashboard: a list of tickets, one ticket open, and what is known about it.
//!
//! One view serves all addresses, so that going from ticket to ticket rebuilds nothing but the
//! ticket. It shows what `workplace` holds; all reading and doing goes through [`crate::api`].

mod card;
mod closing;
mod composer;
mod draft;
mod edits;
mod keys;
mod layout;
mod list;
mod live;
mod messages;
mod place;
mod quick;
mod rail;
#[cfg(feature = "ssr")]
mod shell;
mod side;
mod sync;
mod tags;
mod ticket;
mod trouble;
mod upload;
mod workplace;

#[cfg(feature = "ssr")]
pub(crate) use rail::other_guild;
#[cfg(feature = "ssr")]
pub use shell::staff_shell;

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{SsrMode, path};

/// The hydrated half's root: the addresses of the dashboard.
#[component]
pub fn StaffApp() -> impl IntoView {
    provide_meta_context();
    // Whoever drives a browser waits for this mark; before it, buttons do nothing yet.
    Effect::new(|_| {
        if let Some(body) = document().body() {
            // A mark that cannot be set harms nobody but a test.
            let _ = body.set_attribute("data-hydrated", "");
        }
    });
    view! {
        <Router>
            <Routes fallback=layout::Nowhere>
                <ParentRoute path=path!("/staff") view=layout::Layout ssr=SsrMode::Async>
                    // Which of them it is, the layout reads off the address by itself.
                    <Route path=path!("") view=|| () ssr=SsrMode::Async/>
                    <Route path=path!("tickets/:number") view=|| () ssr=SsrMode::Async/>
                    <Route path=path!("sync") view=|| () ssr=SsrMode::Async/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}
