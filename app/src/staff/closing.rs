//! Closing a ticket with words that its customer reads.
//!
//! The words are kept with their ticket's number until it is closed with them or somebody thinks
//! better of it: through a failure, a refresh, and a look at another ticket. Closing without any is
//! the panel's own button.

use super::trouble::trouble;
use super::workplace::Workplace;
use crate::api::tickets;
use crate::parts::text_area::LiveTextArea;
use domain::AppError;
use leptos::prelude::*;

/// The words, once somebody asks for a place to write them.
#[component]
pub(crate) fn Closing(workplace: Workplace, number: i64) -> AnyView {
    let closing = workplace.closing;
    let is_open = Memo::new(move |_| {
        closing.with(|words| words.as_ref().is_some_and(|(of, _)| *of == number))
    });
    view! {
        {move || {
            if is_open.get() {
                return view! { <Words workplace number/> }.into_any();
            }
            view! {
                <button
                    type="button"
                    class="button button-small button-quiet"
                    on:click=move |_| closing.set(Some((number, String::new())))
                >
                    "Close with a reason…"
                </button>
            }
                .into_any()
        }}
    }
    .into_any()
}

#[component]
fn Words(workplace: Workplace, number: i64) -> AnyView {
    let closing = workplace.closing;
    let problem = RwSignal::new(None::<AppError>);
    let text = Memo::new(move |_| {
        closing.with(|words| {
            words
                .as_ref()
                .map(|(_, text)| text.clone())
                .unwrap_or_default()
        })
    });
    let is_empty = move || text.with(|text| text.trim().is_empty());
    let close = move || {
        let words = text.get_untracked();
        if !words.trim().is_empty() {
            let closed = async move {
                let done = tickets::close_with(number, words).await;
                done.inspect(|()| closing.set(None))
            };
            workplace.act_here(problem, closed);
        }
    };
    view! {
        <div class="closing">
            {move || problem.get().map(|error| trouble(&error))}
            <LiveTextArea
                id="closing-reason".to_owned()
                label="Why it is closed; the customer reads it"
                placeholder="Why it is closed; the customer reads it"
                text=text
                on_text=Callback::new(move |text| closing.set(Some((number, text))))
                on_send=Callback::new(move |()| close())
                on_escape=Callback::new(move |()| closing.set(None))
                takes_focus=true
            />
            <div class="change-actions">
                <button
                    type="button"
                    class="button button-small button-quiet"
                    title="Escape"
                    on:click=move |_| closing.set(None)
                >
                    "Cancel"
                </button>
                <button
                    type="button"
                    class="button button-small"
                    title="Ctrl Enter"
                    disabled=move || workplace.acting.get() || is_empty()
                    on:click=move |_| close()
                >
                    "Close with this reason"
                </button>
            </div>
        </div>
    }
    .into_any()
}
