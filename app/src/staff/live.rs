//! Staying fresh: hints that `live.js` spreads among this browser's tabs.
//!
//! A hint says that a ticket changed, never what. Hints come in bursts; one reading answers all
//! that arrive within a tenth of a second.

use super::workplace::Workplace;
use js_sys::Reflect;
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::JsCast;

const BURST: Duration = Duration::from_millis(100);

/// The ticket that a hint names; none when everything may have changed.
fn named(event: &web_sys::Event) -> Option<i64> {
    let detail = event.dyn_ref::<web_sys::CustomEvent>()?.detail();
    let number = Reflect::get(&detail, &"ticket".into()).ok()?.as_f64()?;
    Some(number as i64)
}

/// Follows hints for as long as the dashboard is there.
pub(crate) fn follow(workplace: Workplace) {
    Effect::new(move |_| {
        let timer = StoredValue::new(None::<TimeoutHandle>);
        let touches_open_ticket = StoredValue::new(false);
        let listener = window_event_listener_untyped("threadline:hint", move |event| {
            let open = workplace.place.get_untracked().number();
            let number = named(&event);
            if open.is_some() && (number.is_none() || number == open) {
                touches_open_ticket.set_value(true);
            }
            if timer.with_value(Option::is_some) {
                return;
            }
            let handle = set_timeout_with_handle(
                move || {
                    timer.set_value(None);
                    workplace.refresh_list();
                    workplace.refresh_sync();
                    if touches_open_ticket.get_value() {
                        touches_open_ticket.set_value(false);
                        workplace.refresh_ticket();
                    }
                },
                BURST,
            );
            timer.set_value(handle.ok());
        });
        on_cleanup(move || listener.remove());
    });
}
