//! Moments on a page: how long ago, with the exact time on hover.
//!
//! The words come from `domain`; this module only marks them up so that the browser can keep
//! them fresh. It never asks what time it is.

use domain::Timestamp;
use leptos::prelude::*;

/// A moment on a page that the server wrote; `live.js` refreshes what has `data-ago`.
#[cfg(feature = "ssr")]
pub(crate) fn ago(at: Timestamp, now: Timestamp) -> impl IntoView {
    view! {
        <time datetime=at.iso() title=at.exact() data-ago="">
            {at.ago(now)}
        </time>
    }
}

/// How a ticking moment is worded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wording {
    /// `12 min ago`
    Ago,
    /// `12 min`
    Age,
}

/// A moment on a hydrated page, which ages by itself.
pub(crate) fn ticking(at: Timestamp, now: Signal<Timestamp>, wording: Wording) -> AnyView {
    view! {
        <time datetime=at.iso() title=at.exact()>
            {move || match wording {
                Wording::Ago => at.ago(now.get()),
                Wording::Age => at.age(now.get()),
            }}
        </time>
    }
    .into_any()
}
