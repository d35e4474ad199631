//! The document around the dashboard, and what its scripts may do.
//!
//! The policy is set here and not in the server, because only here the nonce is known that
//! Leptos puts on its own inline scripts.

use crate::api::Viewer;
use crate::assets::Assets;
use crate::staff::StaffApp;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use leptos::config::LeptosOptions;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::MetaTags;

/// The dashboard's document.
pub fn staff_shell(options: LeptosOptions, assets: Assets) -> impl IntoView {
    let nonce = use_nonce();
    let watched = std::env::var_os("LEPTOS_WATCH").is_some();
    if let (Some(nonce), Some(response)) = (&nonce, use_context::<ResponseOptions>())
        && let Ok(policy) = HeaderValue::from_str(&policy(nonce, watched))
    {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
    // Whose page it is: its calls say so, for another tab may show another guild's by then.
    let viewer = use_context::<Parts>().and_then(|parts| parts.extensions.get::<Viewer>().cloned());
    let seat = viewer.and_then(|Viewer(seat)| seat.ok());
    let guild = seat.and_then(|seat| seat.desk.guild_view().slug);
    let start = format!(
        "import init, {{ hydrate }} from {js:?};\n\
         init({{ module_or_path: {wasm:?} }}).then(() => hydrate());",
        js = assets.js,
        wasm = assets.wasm,
    );
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta
                    name="viewport"
                    content="width=device-width, initial-scale=1, interactive-widget=resizes-content"
                />
                <meta name="color-scheme" content="light dark"/>
                <meta name="referrer" content="same-origin"/>
                <meta name="robots" content="noindex, nofollow"/>
                <meta name="threadline-live" content="staff"/>
                {guild.map(|slug| view! { <meta name="threadline-guild" content=slug/> })}
                <link rel="icon" href=assets.favicon type="image/svg+xml"/>
                <link rel="stylesheet" href=assets.css/>
                <link rel="modulepreload" href=assets.js/>
                <link rel="preload" href=assets.wasm r#as="fetch" type="application/wasm" crossorigin="anonymous"/>
                <script type="module" src=assets.live_js></script>
                <script type="module" nonce=nonce>
                    {start}
                </script>
                <AutoReload options/>
                <MetaTags/>
            </head>
            <body class="staff">
                <StaffApp/>
            </body>
        </html>
    }
}

/// What the dashboard may load. Pictures of people come from Discord's own servers.
fn policy(nonce: &str, watched: bool) -> String {
    let connect = if watched { "'self' ws:" } else { "'self'" };
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; \
         style-src 'self'; img-src 'self' data: https://cdn.discordapp.com; connect-src {connect}; font-src 'self'; \
         manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}
