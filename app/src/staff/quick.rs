//! Quick replies in the composer: looked for by name, put into the text box where the cursor stands.
//!
//! The list is asked for when it is opened, so that it weighs nothing on the page. What it says is
//! not changed here; it is sent like anything typed.

use super::composer::COMPOSER;
use super::trouble::trouble;
use super::workplace::Workplace;
use crate::api::{Failure, tickets};
use crate::parts::icon::{Icon, icon};
use domain::AppError;
use domain::view::QuickReply;
use leptos::html::{Button, Input};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;

const PANEL: &str = "quick";
const LIST: &str = "quick-list";
/// As many as are shown at once; typing finds the others.
const SHOWN: usize = 50;

/// The button, and the panel that it opens.
#[component]
pub(crate) fn QuickReplies(workplace: Workplace) -> AnyView {
    let all = RwSignal::new(None::<Vec<QuickReply>>);
    let problem = RwSignal::new(None::<AppError>);
    let is_open = RwSignal::new(false);
    let typed = RwSignal::new(String::new());
    let at = RwSignal::new(0_usize);
    let button = NodeRef::<Button>::new();
    let field = NodeRef::<Input>::new();
    let found = Memo::new(move |_| {
        let typed = typed.get().trim().to_lowercase();
        all.with(|all| {
            let all = all.iter().flatten();
            let found = all.filter(|reply| reply.name.to_lowercase().contains(&typed));
            found.take(SHOWN).cloned().collect::<Vec<_>>()
        })
    });
    let open = move || {
        typed.set(String::new());
        at.set(0);
        problem.set(None);
        is_open.set(true);
        spawn_local(async move {
            match tickets::quick_replies().await {
                Ok(read) => drop(all.try_set(Some(read))),
                Err(Failure(error)) => drop(problem.try_set(Some(error))),
            }
        });
    };
    let close = move || {
        is_open.set(false);
        if let Some(button) = button.get_untracked() {
            // A button that cannot take the focus leaves it where it is.
            let _ = button.focus();
        }
    };
    // The cursor goes where one types.
    Effect::new(move |_| {
        if is_open.get()
            && let Some(field) = field.get()
        {
            let _ = field.focus();
        }
    });
    let choose = move |reply: QuickReply| {
        is_open.set(false);
        put(workplace, &reply.body);
    };
    let press = move |event: web_sys::KeyboardEvent| {
        let last = found.with_untracked(Vec::len).saturating_sub(1);
        match event.key().as_str() {
            "ArrowDown" => at.update(|at| *at = (*at + 1).min(last)),
            "ArrowUp" => at.update(|at| *at = at.saturating_sub(1)),
            "Enter" => {
                let chosen = found.with_untracked(|found| found.get(at.get_untracked()).cloned());
                if let Some(reply) = chosen {
                    choose(reply);
                }
            }
            "Escape" => close(),
            _ => return,
        }
        event.prevent_default();
    };
    let option = move |(place, reply): (usize, QuickReply)| {
        let (name, body) = (reply.name.clone(), reply.body.clone());
        view! {
            <li
                id=id_of(place)
                role="option"
                class="quick-reply"
                aria-selected=move || (at.get() == place).to_string()
                on:click=move |_| choose(reply.clone())
            >
                <strong dir="auto">{name}</strong>
                <span class="quiet" dir="auto">{body}</span>
            </li>
        }
    };
    let listed = move || {
        let found = found.get();
        if !found.is_empty() {
            let options = found.into_iter().enumerate().map(option).collect_view();
            return view! {
                <ul class="quick-list" id=LIST role="listbox" aria-label="Quick replies">
                    {options}
                </ul>
            }
            .into_any();
        }
        let words = match all.with(|all| all.as_ref().map(Vec::is_empty)) {
            None => "Loading…",
            Some(true) => {
                "There are none yet. Those who manage the server keep them under Settings."
            }
            Some(false) => "None is called so.",
        };
        view! { <p class="quiet quick-none">{words}</p> }.into_any()
    };
    view! {
        <div class="quick">
            <button
                type="button"
                class="mode"
                node_ref=button
                aria-expanded=move || is_open.get().to_string()
                aria-controls=PANEL
                on:click=move |_| if is_open.get_untracked() { close() } else { open() }
            >
                {icon(Icon::Bolt)}
                <span>"Quick reply"</span>
            </button>
            <div class="quick-panel" id=PANEL hidden=move || !is_open.get()>
                {move || {
                    is_open
                        .get()
                        .then(|| {
                            view! {
                                <input
                                    node_ref=field
                                    class="input input-small"
                                    type="text"
                                    role="combobox"
                                    dir="auto"
                                    autocomplete="off"
                                    aria-label="Find a quick reply"
                                    aria-autocomplete="list"
                                    aria-expanded="true"
                                    aria-controls=LIST
                                    aria-activedescendant=move || {
                                        found.with(|found| !found.is_empty()).then(|| id_of(at.get()))
                                    }
                                    placeholder="Find by name"
                                    on:input=move |event| {
                                        at.set(0);
                                        typed.set(event_target_value(&event));
                                    }
                                    on:keydown=press
                                />
                                {move || problem.get().map(|error| trouble(&error))}
                                {listed}
                            }
                        })
                }}
            </div>
        </div>
    }
    .into_any()
}

fn id_of(place: usize) -> String {
    format!("quick-{place}")
}

/// Puts a text into the box, where the cursor stands.
fn put(workplace: Workplace, text: &str) {
    let Some(number) = workplace.shown_untracked() else {
        return;
    };
    let area = document()
        .get_element_by_id(COMPOSER)
        .and_then(|element| element.dyn_into::<HtmlTextAreaElement>().ok());
    let cursor = area
        .as_ref()
        .and_then(|area| area.selection_end().ok().flatten());
    let before = workplace.drafts.peek(number).text;
    let (whole, cursor) = spliced(&before, cursor, text);
    workplace.drafts.type_text(number, whole.clone());
    if let Some(area) = area {
        area.set_value(&whole);
        // A box that takes no cursor has the text all the same.
        let _ = area.focus();
        let _ = area.set_selection_range(cursor, cursor);
    }
}

/// `text` put into `before` behind `cursor`, and the cursor behind it. Browsers count in UTF-16
/// units; without a cursor, it goes to the end.
fn spliced(before: &str, cursor: Option<u32>, text: &str) -> (String, u32) {
    let mut units = 0;
    let mut split = before.len();
    for (place, c) in before.char_indices() {
        if cursor.is_some_and(|cursor| units >= cursor) {
            split = place;
            break;
        }
        units += c.len_utf16() as u32;
    }
    let (head, tail) = before.split_at(split);
    let whole = format!("{head}{text}{tail}");
    let added = text.encode_utf16().count() as u32;
    (whole, units + added)
}

#[cfg(test)]
mod tests {
    use super::spliced;

    #[test]
    fn a_reply_goes_where_the_cursor_stands() {
        assert_eq!(spliced("", Some(0), "Hello."), ("Hello.".to_owned(), 6));
        assert_eq!(spliced("ab", Some(1), "X"), ("aXb".to_owned(), 2));
        assert_eq!(spliced("ab", None, "X"), ("abX".to_owned(), 3));
        assert_eq!(spliced("ab", Some(9), "X"), ("abX".to_owned(), 3));
        // A browser counts this face twice.
        assert_eq!(spliced("🙂b", Some(2), "é"), ("🙂éb".to_owned(), 3));
        // Between its halves there is no place.
        assert_eq!(spliced("🙂b", Some(1), "X"), ("🙂Xb".to_owned(), 3));
    }
}
