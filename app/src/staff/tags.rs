//! A ticket's tags in its panel: each leads to its tickets and can be taken off, and one field puts
//! another on.
//!
//! The guild's tags are suggested once somebody is about to type; the customer sees none of this.

use super::place::View;
use super::side::fact;
use super::trouble::trouble;
use super::workplace::Workplace;
use crate::api::tickets::{self, Tagging};
use crate::parts::icon::{Icon, icon};
use domain::AppError;
use leptos::prelude::*;
use leptos::task::spawn_local;

const FIELD: &str = "new-tag";
const KNOWN: &str = "known-tags";

/// The tags of the open ticket.
#[component]
pub(crate) fn Tags(workplace: Workplace) -> AnyView {
    let tags = fact(workplace, |view| view.tags.clone());
    let typed = RwSignal::new(String::new());
    let known = RwSignal::new(Vec::<String>::new());
    let problem = RwSignal::new(None::<AppError>);
    let ask = move |_| {
        spawn_local(async move {
            // Without suggestions, one types the whole of it.
            if let Ok(all) = tickets::tags().await {
                let _ = known.try_set(all);
            }
        });
    };
    let set = move |tag: String, tagging| {
        if let Some(number) = workplace.shown_untracked() {
            workplace.act_here(problem, tickets::set_tag(number, tag, tagging));
        }
    };
    let add = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let tag = typed.get_untracked();
        if !tag.trim().is_empty() && !workplace.acting.get_untracked() {
            set(tag, Tagging::On);
            typed.set(String::new());
        }
    };
    let one = move |tag: String| {
        let view = View {
            tag: Some(tag.clone()),
            ..View::default()
        };
        let words = format!("Take the tag {tag} off");
        let shown = tag.clone();
        view! {
            <li class="tag">
                <a href=view.address() dir="auto">
                    {shown}
                </a>
                <button
                    type="button"
                    class="tag-off"
                    title=words.clone()
                    aria-label=words
                    disabled=move || workplace.acting.get()
                    on:click=move |_| set(tag.clone(), Tagging::Off)
                >
                    {icon(Icon::Cross)}
                </button>
            </li>
        }
    };
    view! {
        <section>
            <h3>"Tags"</h3>
            {move || problem.get().map(|error| trouble(&error))}
            {move || {
                let tags = tags.get().unwrap_or_default();
                (!tags.is_empty())
                    .then(|| {
                        view! { <ul class="tags">{tags.into_iter().map(one).collect_view()}</ul> }
                    })
            }}
            <form class="tag-form" on:submit=add>
                <label class="sr-only" for=FIELD>
                    "Add a tag"
                </label>
                <input
                    id=FIELD
                    class="input input-small"
                    type="text"
                    dir="auto"
                    list=KNOWN
                    maxlength="30"
                    autocomplete="off"
                    placeholder="Add a tag"
                    prop:value=move || typed.get()
                    on:focus=ask
                    on:input=move |event| typed.set(event_target_value(&event))
                />
                <datalist id=KNOWN>
                    {move || {
                        known
                            .get()
                            .into_iter()
                            .map(|tag| view! { <option value=tag></option> })
                            .collect_view()
                    }}
                </datalist>
                <button
                    type="submit"
                    class="button button-small"
                    disabled=move || {
                        workplace.acting.get() || typed.with(|typed| typed.trim().is_empty())
                    }
                >
                    "Add"
                </button>
            </form>
        </section>
    }
    .into_any()
}
