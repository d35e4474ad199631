//! Writing: to the customer, or a note for staff. Which of the two is never in doubt: the whole
//! box changes its looks, and its button says what it does.

use super::quick::QuickReplies;
use super::trouble::trouble;
use super::upload;
use super::workplace::Workplace;
use crate::api::{Failure, tickets};
use crate::parts::files::LIMITS_ID;
use crate::parts::icon::{Icon, icon};
use crate::parts::text_area::LiveTextArea;
use domain::{AppError, MessageKind};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The text box's id.
pub(crate) const COMPOSER: &str = "composer";

/// The file input's id.
const FILES: &str = "composer-files";

/// Says who reads a kind of message, and what it does not do.
fn readers(kind: MessageKind, is_closed: bool) -> &'static str {
    match (kind, is_closed) {
        (MessageKind::Reply, false) => "Customer sees this",
        (MessageKind::Reply, true) => "Customer sees this; the ticket stays closed",
        (MessageKind::Note, _) => "Only staff see this",
    }
}

/// The box under the conversation.
#[component]
pub(crate) fn Composer(workplace: Workplace) -> AnyView {
    let drafts = workplace.drafts;
    let number = Memo::new(move |_| workplace.shown());
    let draft = Memo::new(move |_| number.get().map(|n| drafts.get(n)).unwrap_or_default());
    let kind = Memo::new(move |_| draft.with(|draft| draft.kind));
    let text = Memo::new(move |_| draft.with(|draft| draft.text.clone()));
    let is_closed = Memo::new(move |_| {
        workplace.ticket.value.with(|view| {
            view.as_ref()
                .is_some_and(|view| view.ticket.status.is_closed())
        })
    });
    let sending = RwSignal::new(false);
    let problem = RwSignal::new(None::<(i64, AppError)>);

    let input = NodeRef::<leptos::html::Input>::new();
    // How many files are chosen, for the button. The files themselves stay in the input.
    let chosen = RwSignal::new(0_u32);
    let forget_files = move || {
        if let Some(input) = input.get_untracked() {
            input.set_value("");
        }
        chosen.set(0);
    };
    // Files belong to the ticket under which they were chosen.
    Effect::watch(
        move || number.get(),
        move |now, before, _| {
            if before != Some(now) {
                forget_files();
            }
        },
        false,
    );
    let choose_files = move |_| {
        let Some((count, prints)) = input.get_untracked().map(|input| upload::chosen(&input))
        else {
            return;
        };
        chosen.set(count);
        if let Some(number) = number.get_untracked() {
            drafts.choose_files(number, prints);
        }
    };
    let limits = move || {
        workplace
            .ticket
            .value
            .with(|view| view.as_ref().map(|view| view.limits.words()))
    };

    let send = move || {
        let Some(number) = number.get_untracked() else {
            return;
        };
        let draft = drafts.peek(number);
        let with_files = chosen.get_untracked() > 0;
        if sending.get_untracked() || (draft.text.trim().is_empty() && !with_files) {
            return;
        }
        let key = drafts.key(number);
        sending.set(true);
        problem.set(None);
        spawn_local(async move {
            let result = match input.get_untracked().filter(|_| with_files) {
                Some(input) => upload::say(number, draft.kind, &draft.text, &key, &input).await,
                None => tickets::reply(number, draft.kind, draft.text, key.clone()).await,
            };
            sending.set(false);
            match result {
                Ok(()) => {
                    if drafts.sent(number, &key) {
                        forget_files();
                    }
                    workplace.refresh_ticket();
                    workplace.refresh_list();
                }
                Err(Failure(error)) => problem.set(Some((number, error))),
            }
        });
    };

    let is_blank = move || text.with(|text| text.trim().is_empty()) && chosen.get() == 0;
    let choose = move |kind| {
        if let Some(number) = number.get_untracked() {
            drafts.choose(number, kind);
        }
    };
    let mode = move |this: MessageKind, glyph: Icon, word: &'static str| {
        view! {
            <button
                type="button"
                class="mode"
                aria-pressed=move || (kind.get() == this).to_string()
                on:click=move |_| choose(this)
            >
                {icon(glyph)}
                <span>{word}</span>
            </button>
        }
    };
    view! {
        <section
            class="composer"
            aria-label="Write"
            data-kind=move || match kind.get() {
                MessageKind::Reply => "reply",
                MessageKind::Note => "note",
            }
        >
            {move || {
                problem
                    .get()
                    .filter(|(at, _)| Some(*at) == number.get())
                    .map(|(_, error)| trouble(&error))
            }}
            <div class="modes">
                {mode(MessageKind::Reply, Icon::Reply, "Reply")}
                {mode(MessageKind::Note, Icon::Lock, "Note")}
                <QuickReplies workplace/>
                <p class="readers" id="readers">
                    {move || icon(
                        match kind.get() {
                            MessageKind::Reply => Icon::Eye,
                            MessageKind::Note => Icon::Lock,
                        },
                    )}
                    <span>{move || readers(kind.get(), is_closed.get())}</span>
                </p>
            </div>
            <div class="composer-box">
                <LiveTextArea
                    id=COMPOSER
                    label=Signal::derive(move || {
                        match kind.get() {
                            MessageKind::Reply => "Reply to the customer",
                            MessageKind::Note => "Note for staff",
                        }
                            .to_owned()
                    })
                    placeholder=Signal::derive(move || {
                        match kind.get() {
                            MessageKind::Reply => "Write a reply",
                            MessageKind::Note => "Write a note for your colleagues",
                        }
                            .to_owned()
                    })
                    text=text
                    on_text=Callback::new(move |text: String| {
                        if let Some(number) = number.get_untracked() {
                            drafts.type_text(number, text);
                        }
                    })
                    on_send=Callback::new(move |()| send())
                    described_by="readers"
                />
                <button
                    type="button"
                    class="button button-main"
                    title="Ctrl Enter"
                    aria-busy=move || sending.get().then_some("true")
                    disabled=move || sending.get() || is_blank()
                    on:click=move |_| send()
                >
                    {icon(Icon::Send)}
                    <span>
                        {move || match (sending.get(), kind.get()) {
                            (true, _) => "Sending…",
                            (false, MessageKind::Reply) => "Send reply",
                            (false, MessageKind::Note) => "Add note",
                        }}
                    </span>
                </button>
            </div>
            <div class="attach-line">
                <label for=FILES>
                    {icon(Icon::Clip)} <span class="sr-only">"Attach files"</span>
                </label>
                <input
                    id=FILES
                    class="file-input"
                    type="file"
                    multiple
                    node_ref=input
                    aria-describedby=LIMITS_ID
                    on:change=choose_files
                />
                <span class="help files-help" id=LIMITS_ID>{limits}</span>
            </div>
        </section>
    }
    .into_any()
}
