//! The keyboard: `j` and `k` walk the list, `r` and `n` begin to write, `?` tells all of this.
//!
//! Everything it does can be done by Tab and Enter too. It keeps out of text fields and leaves
//! every combination with Ctrl, Alt or Cmd to the browser.

use super::composer::COMPOSER;
use super::list::ROW;
use super::workplace::Workplace;
use domain::MessageKind;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

/// What the help lists.
pub(crate) const KEYS: [(&str, &str); 6] = [
    ("j", "Next ticket in the list"),
    ("k", "Previous ticket"),
    ("Enter", "Open it"),
    ("r", "Reply to the customer"),
    ("n", "Write a note for staff"),
    ("?", "Show or hide this"),
];

fn is_writing(event: &KeyboardEvent) -> bool {
    event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
        .is_some_and(|element| {
            element
                .matches("input, textarea, select, [contenteditable]")
                .unwrap_or(false)
        })
}

#[derive(Clone, Copy)]
enum Direction {
    Down,
    Up,
}

/// Moves the focus to the row below or above the focused one, or else the open one.
fn walk(direction: Direction) {
    let Ok(rows) = document().query_selector_all(&format!("[{ROW}]")) else {
        return;
    };
    let rows: Vec<HtmlElement> = (0..rows.length())
        .filter_map(|place| rows.item(place)?.dyn_into().ok())
        .collect();
    let active = document().active_element();
    let at = rows
        .iter()
        .position(|row| {
            active
                .as_ref()
                .is_some_and(|active| row.is_same_node(Some(active)))
        })
        .or_else(|| {
            rows.iter()
                .position(|row| row.has_attribute("aria-current"))
        });
    let to = match (at, direction) {
        (None, _) => 0,
        (Some(at), Direction::Down) => at + 1,
        (Some(at), Direction::Up) => at.saturating_sub(1),
    };
    if let Some(row) = rows.get(to) {
        // A row that cannot take the focus leaves it where it is.
        let _ = row.focus();
    }
}

/// Puts the cursor into the composer.
fn write(workplace: Workplace, kind: MessageKind) {
    let Some(number) = workplace.shown_untracked() else {
        return;
    };
    workplace.drafts.choose(number, kind);
    if let Some(element) = document()
        .get_element_by_id(COMPOSER)
        .and_then(|element| element.dyn_into::<HtmlElement>().ok())
    {
        // As above.
        let _ = element.focus();
    }
}

/// Listens for as long as the dashboard is there. `help` says whether the help is shown.
pub(crate) fn listen(workplace: Workplace, help: RwSignal<bool>) {
    Effect::new(move |_| {
        let listener = window_event_listener(ev::keydown, move |event| {
            if event.ctrl_key() || event.meta_key() || event.alt_key() || is_writing(&event) {
                return;
            }
            match event.key().as_str() {
                "j" => walk(Direction::Down),
                "k" => walk(Direction::Up),
                "r" => write(workplace, MessageKind::Reply),
                "n" => write(workplace, MessageKind::Note),
                "?" => help.update(|shown| *shown = !*shown),
                "Escape" if help.get_untracked() => help.set(false),
                _ => return,
            }
            event.prevent_default();
        });
        on_cleanup(move || listener.remove());
    });
}
