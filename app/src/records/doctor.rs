//! The doctor's findings: what was tried, what came back, what to do, and where.

use super::frame::{Here, document};
use crate::parts::icon::{Icon, icon};
use crate::parts::when::ago;
use crate::public::Frame;
use domain::examination::{Examination, Finding, Verdict};
use domain::view::InboxView;
use leptos::either::Either;
use leptos::prelude::*;

/// Renders `/staff/doctor`.
pub fn doctor(f: &Frame, inbox: &InboxView, examination: &Examination) -> String {
    document(f, inbox, Here::Doctor, || {
        let findings = examination.findings.iter().map(finding).collect_view();
        view! {
            <div class="doctor-sum">
                <p>
                    <strong>{examination.sum()}</strong>
                    " "
                    <span class="quiet">"Checked " {ago(examination.at, inbox.now)} "."</span>
                </p>
                <a class="button button-small" href="/staff/doctor">
                    {icon(Icon::Reopen)}
                    <span>"Check again"</span>
                </a>
            </div>
            <ol class="findings">{findings}</ol>
        }
    })
}

fn finding(one: &Finding) -> impl IntoView + use<> {
    let (class, glyph, word) = match one.verdict {
        Verdict::Well => ("finding finding-well", Icon::Done, "Well"),
        Verdict::Odd => ("finding finding-odd", Icon::Eye, "To know"),
        Verdict::Ill => ("finding finding-ill", Icon::Alert, "To mend"),
    };
    let place = one.place.clone().map(|place| {
        if !place.is_page() {
            return Either::Left(view! {
                " "
                <span class="spot">
                    {place.name}
                    ": "
                    <code dir="auto">{place.address}</code>
                </span>
            });
        }
        Either::Right(view! {
            " "
            <a class="out" href=place.address rel="noreferrer" target="_blank">
                <span>{place.name}</span>
                <span class="sr-only">" (in a new tab)"</span>
                {icon(Icon::External)}
            </a>
        })
    });
    let to_do = one.to_do.clone();
    let has_more = to_do.is_some() || place.is_some();
    view! {
        <li class=class>
            {icon(glyph)}
            <div>
                <p>
                    <span class="sr-only">{word} ": "</span>
                    <strong>{one.tried.clone()}</strong>
                    " "
                    <span dir="auto">{one.found.clone()}</span>
                </p>
                {has_more
                    .then(|| view! { <p class="finding-to-do">{to_do} {place}</p> })}
            </div>
        </li>
    }
}
