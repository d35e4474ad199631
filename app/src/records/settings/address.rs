//! Where a guild is found on the web.

use super::Forms;
use super::typed::Line;
use leptos::prelude::*;

/// The guild's address.
#[derive(Clone, Debug)]
pub struct Address {
    /// What all addresses begin with.
    pub public_url: String,
    /// The guild's part; none until its name is known.
    pub slug: Option<String>,
}

const SLUG: Line = Line {
    name: "slug",
    label: "The last part of the address",
    help: Some("Small letters a to z, digits, and single dashes between them."),
    most: 32,
};

pub(super) fn address(desk: &Forms<'_>, address: &Address) -> AnyView {
    let now = address.slug.clone().unwrap_or_default();
    let typed = desk.typed("move", "");
    let base = format!("{}/g/", address.public_url);
    let here = format!("{base}{now}");
    let link = address.slug.is_some().then(|| {
        view! {
            <p>
                <a class="out" href=here.clone()>
                    <bdi>{here.clone()}</bdi>
                </a>
            </p>
        }
    });
    let fields = view! {
        {typed.line(&SLUG, &now)}
        <div class="setting-end">
            <button type="submit" class="button button-main">
                "Change the address"
            </button>
        </div>
    };
    view! {
        <section aria-labelledby="address">
            <h2 id="address">"Web address"</h2>
            <p>"Where people file a ticket with this server:"</p>
            {link}
            <p class="quiet">
                "When it changes, the last five old addresses lead to the new one. Private links of \
                 tickets stay as they are."
            </p>
            {desk.form(&typed, "setting-form", fields)}
        </section>
    }
    .into_any()
}
