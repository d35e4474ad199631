//! Messages without names, as most tests read them.

mod hostile;
mod looks;

use crate::{Names, html};

fn shown(text: &str) -> String {
    html(text, &Names::default())
}

/// The one paragraph that a text becomes.
#[track_caller]
fn words(text: &str) -> String {
    let html = shown(text);
    let inner = html
        .strip_prefix("<p dir=\"auto\">")
        .and_then(|h| h.strip_suffix("</p>"));
    inner
        .unwrap_or_else(|| panic!("not one paragraph: {html}"))
        .to_owned()
}
