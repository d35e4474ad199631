//! The delivery mark: where a message stands on its way to Discord.
//!
//! Customers read words of their own, which promise and do not explain; staff read `domain`'s.

use super::icon::{Icon, icon};
use domain::Delivery;
use leptos::prelude::*;

/// The value of `data-delivery`.
pub(crate) fn key(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Queued => "queued",
        Delivery::Delivered => "delivered",
        Delivery::Failed => "failed",
        Delivery::Kept => "kept",
    }
}

/// What a customer reads under their own message.
#[cfg(feature = "ssr")]
pub(crate) fn customer_words(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Queued => "Queued",
        Delivery::Delivered => "Delivered",
        Delivery::Failed => "Not delivered yet, we know",
        Delivery::Kept => "On the web only",
    }
}

fn glyph(delivery: Delivery) -> Icon {
    match delivery {
        Delivery::Queued => Icon::Clock,
        Delivery::Delivered => Icon::Check,
        Delivery::Failed => Icon::Alert,
        Delivery::Kept => Icon::Check,
    }
}

/// The mark under a customer's own message: glyph and visible words.
#[cfg(feature = "ssr")]
pub(crate) fn customer_mark(delivery: Delivery) -> impl IntoView {
    view! {
        <span class="delivery" data-delivery=key(delivery)>
            {icon(glyph(delivery))}
            {customer_words(delivery)}
        </span>
    }
}

/// The mark beside a message on the dashboard: a glyph; words on hover and for screen readers.
pub(crate) fn staff_mark(delivery: Delivery) -> impl IntoView {
    view! {
        <span class="delivery" data-delivery=key(delivery) title=delivery.words()>
            {icon(glyph(delivery))}
            <span class="sr-only">{delivery.words()}</span>
        </span>
    }
}
