//! An error, in words, where it happened.

use crate::parts::icon::{Icon, icon};
use domain::AppError;
use leptos::prelude::*;

/// A line that says what went wrong, and offers the way on where there is one.
pub(crate) fn trouble(error: &AppError) -> AnyView {
    let way_on = (*error == AppError::SignInNeeded).then(|| {
        view! {
            // To this very address: the server asks, and leads back here.
            <a href="" rel="external">"Sign in"</a>
        }
    });
    view! {
        <p class="trouble" role="alert">
            {icon(Icon::Alert)}
            <span>{error.to_string()}</span>
            {way_on}
        </p>
    }
    .into_any()
}
