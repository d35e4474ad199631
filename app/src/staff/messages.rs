//! The conversation as staff read it: the customer on the left, us on the right, and notes that
//! nobody takes for either.

use super::edits::{Editor, controls, earlier};
use super::workplace::Workplace;
use crate::api::tickets;
use crate::parts::delivery::staff_mark;
use crate::parts::face::face;
use crate::parts::files::files;
use crate::parts::icon::{Icon, icon};
use crate::parts::when::{Wording, ticking};
use domain::view::MessageView;
use domain::{Delivery, MessageId, MessageKind, Origin, Side};
use leptos::prelude::*;
use std::collections::HashMap;

/// A message's place: its id, and the day that begins with it.
type Line = (MessageId, Option<String>);

/// All messages of the open ticket.
#[component]
pub(crate) fn Messages(workplace: Workplace) -> AnyView {
    let messages = Memo::new(move |_| {
        workplace.ticket.value.with(|view| {
            view.as_ref()
                .map(|view| {
                    view.messages
                        .iter()
                        .map(|message| (message.id, message.clone()))
                        .collect::<HashMap<_, _>>()
                })
                .unwrap_or_default()
        })
    });
    let lines = Memo::new(move |_| {
        workplace.ticket.value.with(|view| {
            view.as_ref()
                .map(|view| lines(&view.messages, &view.now.day()))
                .unwrap_or_default()
        })
    });
    view! {
        <ol class="talk">
            <For
                each=move || lines.get()
                key=|line| line.clone()
                children=move |(id, day)| {
                    let message = Memo::new(move |before: Option<&Option<MessageView>>| {
                        messages
                            .with(|messages| messages.get(&id).cloned())
                            .or_else(|| before.cloned().flatten())
                    });
                    view! {
                        {day
                            .map(|day| {
                                view! {
                                    <li class="day">
                                        <span>{day}</span>
                                    </li>
                                }
                            })}
                        <Message workplace id message/>
                    }
                }
            />
        </ol>
    }
    .into_any()
}

fn lines(messages: &[MessageView], today: &str) -> Vec<Line> {
    let mut day = String::new();
    messages
        .iter()
        .map(|message| {
            let its_day = message.at.day();
            let begins = (its_day != day).then(|| {
                if its_day == today {
                    "Today".to_owned()
                } else {
                    its_day.clone()
                }
            });
            day = its_day;
            (message.id, begins)
        })
        .collect()
}

#[component]
fn Message(workplace: Workplace, id: MessageId, message: Memo<Option<MessageView>>) -> AnyView {
    let class = move || {
        message.with(|message| match message.as_ref().map(|m| (m.kind, m.side)) {
            Some((MessageKind::Note, _)) => "msg msg-note",
            Some((MessageKind::Reply, Side::Staff)) => "msg msg-own",
            _ => "msg msg-customer",
        })
    };
    let editing = Memo::new(move |_| workplace.edits.is_open(id));
    view! {
        <li class=class id=format!("m{id}")>
            {move || {
                if editing.get() {
                    // Not drawn again with the message: the cursor stays where it is.
                    Some(view! { <Editor workplace id/> }.into_any())
                } else {
                    message.get().map(|message| bubble(message, workplace))
                }
            }}
        </li>
    }
    .into_any()
}

fn bubble(message: MessageView, workplace: Workplace) -> AnyView {
    let is_note = message.kind == MessageKind::Note;
    let note = is_note.then(|| {
        view! { <span class="note-word">{icon(Icon::Lock)} "Note"</span> }
    });
    let origin = (message.written_in == Origin::Discord).then(|| {
        view! { <span class="origin">"in Discord"</span> }
    });
    let earlier = earlier(&message, workplace);
    let controls = (message.own && !message.deleted).then(|| controls(&message, workplace));
    let words = if message.deleted {
        view! { <p class="gone">"Message deleted"</p> }.into_any()
    } else {
        // Made on the server by `markup` alone, which lets nothing through that somebody typed as
        // markup; the browser only inserts it.
        let words = Some(message.html.clone()).filter(|html| !html.is_empty());
        view! {
            {words.map(|html| view! { <div class="words" inner_html=html></div> })}
            {files(&message.files, "/staff/files")}
        }
        .into_any()
    };
    // What was written in Discord is there; only what goes there has a way to go.
    let goes_there = message.origin == Origin::Web && !message.deleted;
    let mark = goes_there.then(|| staff_mark(message.delivery));
    let failed = (goes_there && message.delivery == Delivery::Failed).then(|| {
        let why = message
            .failure
            .clone()
            .unwrap_or_else(|| "Discord did not take it.".to_owned());
        view! {
            <footer class="failed">
                {icon(Icon::Alert)}
                <span>"Not delivered. " {why}</span>
                <button
                    type="button"
                    class="button button-small"
                    disabled=move || workplace.acting.get()
                    on:click=move |_| try_again(workplace)
                >
                    "Try again"
                </button>
            </footer>
        }
    });
    view! {
        {face(&message.author, message.avatar.as_deref())}
        <article class="bubble">
            <header>
                {note} <span class="who" dir="auto">{message.author.clone()}</span> {origin}
                {ticking(message.at, workplace.ticket_now, Wording::Ago)} {mark}
            </header>
            {words}
            {earlier}
            {failed}
            {controls}
        </article>
    }
    .into_any()
}

/// Tries everything again that did not get through.
pub(super) fn try_again(workplace: Workplace) {
    if let Some(number) = workplace.shown_untracked() {
        workplace.act(tickets::retry(number));
    }
}
