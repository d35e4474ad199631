//! The first page: who answers here, and the two things one can do.

use super::document::{Frame, Head, Live, Reach, document, footer};
use super::fields::hours;
use crate::parts::icon::{Icon, icon};
use domain::view::HoursView;
use leptos::prelude::*;

/// Renders a guild's front page; `form` is where its form is.
pub fn home(f: &Frame, form: &str, has_tickets: bool, hours_now: Option<&HoursView>) -> String {
    let head = Head {
        title: None,
        live: Live::No,
        reach: Reach::Public,
        class: "page-home",
    };
    let (name, form) = (f.name(), form.to_owned());
    let hours = hours(hours_now);
    document(f, head, move || {
        let greeting = if has_tickets {
            "Good to see you again. Your tickets are where you left them."
        } else {
            "Tell us what you need. A person reads it and answers you right here."
        };
        view! {
            <section class="hero">
                <div class="hero-words">
                    <h1 dir="auto">{name}</h1>
                    <p class="lead">{greeting}</p>
                    {hours}
                    <p class="hero-actions">
                        <a class="button button-main button-large" href=form>"New ticket"</a>
                        <a class="button button-large" href="/my">"My tickets"</a>
                    </p>
                </div>
                {sketch()}
            </section>
            <ul class="promises">
                <li>
                    {icon(Icon::Person)}
                    <div><strong>"No account needed"</strong> <span>"Your e-mail address is enough."</span></div>
                </li>
                <li>
                    {icon(Icon::Link)}
                    <div><strong>"A link of your own"</strong> <span>"It leads you back to your ticket, any time."</span></div>
                </li>
                <li>
                    {icon(Icon::Bubble)}
                    <div><strong>"One conversation"</strong> <span>"Answers appear on the page as we write them."</span></div>
                </li>
            </ul>
            {footer()}
        }
    })
}

/// A question and its answer, sewn together: what this place does, without words. The thread runs
/// behind the papers, and its stitches over them.
fn sketch() -> impl IntoView {
    const THREAD: &str = "M6 70 C 40 10, 104 4, 130 56 S 172 104, 200 118 S 214 196, 334 146";
    view! {
        <svg class="sketch" viewBox="0 0 340 216" aria-hidden="true">
            <path class="sketch-thread" d=THREAD></path>
            <rect class="sketch-card sketch-ask" x="88" y="16" width="212" height="80" rx="12"></rect>
            <path class="sketch-line" d="M166 42h108M166 58h84M166 74h48"></path>
            <rect class="sketch-card" x="32" y="120" width="212" height="80" rx="12"></rect>
            <circle class="sketch-face" cx="60" cy="146" r="13"></circle>
            <path class="sketch-line" d="M84 140h66M84 154h40M52 182h104"></path>
            <path class="sketch-stitch" d=THREAD></path>
        </svg>
    }
}
