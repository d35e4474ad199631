//! Second thoughts about what one wrote: another wording, or none at all, in its place.
//!
//! A wording lives here until the server has it: through a failure, a refresh, and a look at
//! another ticket. Whose a message is, comes with the message and is decided elsewhere.

use super::trouble::trouble;
use super::workplace::Workplace;
use crate::api::{Failure, tickets};
use crate::parts::text_area::LiveTextArea;
use crate::parts::when::{Wording, ticking};
use domain::view::MessageView;
use domain::{AppError, MessageId};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::HashMap;

/// A wording that is being typed.
#[derive(Clone, Debug, Default, PartialEq)]
struct Edit {
    text: String,
    saving: bool,
    problem: Option<AppError>,
}

/// All wordings that are being typed.
#[derive(Clone, Copy)]
pub(crate) struct Edits(RwSignal<HashMap<MessageId, Edit>>);

impl Edits {
    /// None yet.
    pub(crate) fn new() -> Self {
        Self(RwSignal::new(HashMap::new()))
    }

    /// Whether this message is being changed.
    pub(crate) fn is_open(self, id: MessageId) -> bool {
        self.0.with(|all| all.contains_key(&id))
    }

    fn open(self, id: MessageId, text: String) {
        let edit = Edit {
            text,
            ..Edit::default()
        };
        self.0.update(|all| {
            all.entry(id).or_insert(edit);
        });
    }

    fn change(self, id: MessageId, change: impl FnOnce(&mut Edit)) {
        self.0.update(|all| {
            if let Some(edit) = all.get_mut(&id) {
                change(edit);
            }
        });
    }

    fn close(self, id: MessageId) {
        self.0.update(|all| {
            all.remove(&id);
        });
    }

    fn save(self, id: MessageId, workplace: Workplace) {
        let edit = self.0.with_untracked(|all| all.get(&id).cloned());
        let Some(edit) = edit.filter(|edit| !edit.saving && !edit.text.trim().is_empty()) else {
            return;
        };
        self.change(id, |edit| {
            edit.saving = true;
            edit.problem = None;
        });
        spawn_local(async move {
            match tickets::edit_message(id, edit.text).await {
                Ok(()) => self.close(id),
                Err(Failure(error)) => self.change(id, |edit| {
                    edit.saving = false;
                    edit.problem = Some(error);
                }),
            }
            workplace.refresh_ticket();
            workplace.refresh_list();
        });
    }
}

/// A message as a form.
#[component]
pub(crate) fn Editor(workplace: Workplace, id: MessageId) -> AnyView {
    let edits = workplace.edits;
    let edit = Memo::new(move |_| {
        edits
            .0
            .with(|all| all.get(&id).cloned())
            .unwrap_or_default()
    });
    let text = Memo::new(move |_| edit.with(|edit| edit.text.clone()));
    let saving = Memo::new(move |_| edit.with(|edit| edit.saving));
    let problem = Memo::new(move |_| edit.with(|edit| edit.problem.clone()));
    view! {
        <article class="bubble bubble-edit">
            {move || problem.get().map(|error| trouble(&error))}
            <LiveTextArea
                id=format!("edit-{id}")
                label="Edit your message"
                placeholder=""
                text=text
                on_text=Callback::new(move |text| edits.change(id, |edit| edit.text = text))
                on_send=Callback::new(move |()| edits.save(id, workplace))
                on_escape=Callback::new(move |()| edits.close(id))
                takes_focus=true
            />
            <div class="change-actions">
                <button
                    type="button"
                    class="button button-small button-quiet"
                    title="Escape"
                    on:click=move |_| edits.close(id)
                >
                    "Cancel"
                </button>
                <button
                    type="button"
                    class="button button-small button-main"
                    title="Ctrl Enter"
                    disabled=move || saving.get() || text.with(|text| text.trim().is_empty())
                    on:click=move |_| edits.save(id, workplace)
                >
                    {move || if saving.get() { "Saving…" } else { "Save" }}
                </button>
            </div>
        </article>
    }
    .into_any()
}

/// What can be done to a message of one's own. Deleting asks once, where it is pressed.
pub(super) fn controls(message: &MessageView, workplace: Workplace) -> AnyView {
    let id = message.id;
    let text = message.body.clone();
    let problem = RwSignal::new(None::<AppError>);
    view! {
        <footer class="controls">
            <button
                type="button"
                class="control"
                on:click=move |_| workplace.edits.open(id, text.clone())
            >
                "Edit"
            </button>
            <details class="ask">
                <summary class="control">"Delete"</summary>
                <div class="ask-box">
                    <p>"It is deleted for the customer and in Discord."</p>
                    <button
                        type="button"
                        class="button button-small"
                        disabled=move || workplace.acting.get()
                        on:click=move |_| {
                            workplace.act_here(problem, tickets::delete_message(id));
                        }
                    >
                        "Delete message"
                    </button>
                    {move || problem.get().map(|error| trouble(&error))}
                </div>
            </details>
        </footer>
    }
    .into_any()
}

/// What a message said before, for whoever opens it.
pub(super) fn earlier(message: &MessageView, workplace: Workplace) -> Option<AnyView> {
    let edited = message.edited_at.filter(|_| !message.deleted);
    let (words, at) = match (edited, message.deleted) {
        (Some(at), _) => ("edited", Some(at)),
        (None, true) => ("What it said", None),
        (None, false) => return None,
    };
    if message.earlier.is_empty() {
        return edited
            .map(|at| view! { <p class="edited" title=at.exact()>"edited"</p> }.into_any());
    }
    let versions = message
        .earlier
        .iter()
        .map(|version| {
            view! {
                <li>
                    <p class="earlier-until">
                        "until "
                        <time datetime=version.until.iso()>{version.until.exact()}</time>
                    </p>
                    <p class="earlier-words" dir="auto">{version.body.clone()}</p>
                </li>
            }
        })
        .collect_view();
    let when = at.map(|at| {
        view! {
            " "
            {ticking(
                at,
                workplace.ticket_now,
                Wording::Ago,
            )}
        }
    });
    Some(
        view! {
            <details class="earlier">
                <summary class="edited">{words} {when}</summary>
                <ol>{versions}</ol>
            </details>
        }
        .into_any(),
    )
}
