//! Closing a ticket with words that its customer reads.
//!
//! The words live here until the ticket is closed with them; closing without any is the panel's own
//! button.

use super::trouble::trouble;
use super::workplace::Workplace;
use crate::api::tickets;
use crate::parts::text_area::LiveTextArea;
use domain::AppError;
use leptos::prelude::*;

/// The words, once somebody asks for a place to write them.
#[component]
pub(crate) fn Closing(workplace: Workplace) -> AnyView {
    let is_open = RwSignal::new(false);
    view! {
        {move || {
            if is_open.get() {
                return view! { <Words workplace is_open/> }.into_any();
            }
            view! {
                <button
                    type="button"
                    class="button button-small button-quiet"
                    on:click=move |_| is_open.set(true)
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
fn Words(workplace: Workplace, is_open: RwSignal<bool>) -> AnyView {
    let typed = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<AppError>);
    let text = Memo::new(move |_| typed.get());
    let is_empty = move || typed.with(|typed| typed.trim().is_empty());
    let close = move || {
        if let Some(number) = workplace.shown_untracked()
            && !typed.with_untracked(|typed| typed.trim().is_empty())
        {
            let words = typed.get_untracked();
            workplace.act_here(problem, tickets::close_with(number, words));
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
                on_text=Callback::new(move |text| typed.set(text))
                on_send=Callback::new(move |()| close())
                on_escape=Callback::new(move |()| is_open.set(false))
                takes_focus=true
            />
            <div class="change-actions">
                <button
                    type="button"
                    class="button button-small button-quiet"
                    title="Escape"
                    on:click=move |_| is_open.set(false)
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
                    "Close with it"
                </button>
            </div>
        </div>
    }
    .into_any()
}
