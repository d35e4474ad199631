//! Second thoughts: changing or deleting what one wrote, without a script.
//!
//! Two small links under each of one's own messages lead to the ticket's page with a form in the
//! place of the reply. Whose a message is, is not decided here.

use super::fields::{EditForm, described_by, problem, refusal, summary};
use crate::parts::icon::{Icon, icon};
use crate::parts::text_area::WrittenTextArea;
use domain::text::excerpt;
use domain::view::ConversationView;
use domain::{Field, MessageId};
use leptos::prelude::*;

/// How much of a message is quoted where it is about to be deleted.
const QUOTED: usize = 140;

/// The links under a message of one's own.
pub(super) fn controls(token: &str, message: MessageId) -> AnyView {
    view! {
        <span class="controls">
            <a href=format!("/t/{token}?edit={message}")>
                "Edit" <span class="sr-only">" your message"</span>
            </a>
            <a href=format!("/t/{token}?delete={message}")>
                "Delete" <span class="sr-only">" your message"</span>
            </a>
        </span>
    }
    .into_any()
}

/// The form with a message's text in it.
pub(super) fn edit(token: &str, form: &EditForm) -> impl IntoView + use<> {
    let message = form.message;
    let why = refusal(&form.errors, Field::Body);
    let refused = why.is_some();
    let rest: Vec<_> = form
        .errors
        .iter()
        .filter(|error| error.field != Field::Body)
        .cloned()
        .collect();
    view! {
        <section class="composer" id="change" aria-label="Change a message">
            {summary(&rest, form.notice.as_deref())}
            <form
                method="post"
                action=format!("/t/{token}/messages/{message}")
                enctype="multipart/form-data"
                novalidate
                class="change"
            >
                <label class="change-head" for="body">
                    {icon(Icon::Edit)}
                    <span>"Edit your message"</span>
                </label>
                {problem(Field::Body, why)}
                <WrittenTextArea
                    id="body"
                    name="body"
                    rows="3"
                    text=form.body.clone()
                    refused=refused
                    takes_focus=true
                    described_by=described_by(None, Field::Body, refused)
                    is_draft=false
                />
                <div class="change-actions">
                    <a class="button button-quiet" href=back(token, message)>
                        "Cancel"
                    </a>
                    <button class="button button-main" type="submit">
                        "Save"
                    </button>
                </div>
            </form>
        </section>
    }
}

/// The question before a message is deleted.
pub(super) fn delete(
    token: &str,
    c: &ConversationView,
    message: MessageId,
) -> impl IntoView + use<> {
    let words = c
        .messages
        .iter()
        .find(|one| one.id == message)
        .map(|one| excerpt(&one.body, QUOTED));
    view! {
        <section class="composer" id="change" aria-label="Delete a message">
            <form method="post" action=format!("/t/{token}/messages/{message}/delete") class="change">
                <h2 class="change-head">"Delete this message?"</h2>
                <blockquote class="change-quote" dir="auto">{words}</blockquote>
                <p class="help">
                    "It leaves the conversation. Our staff can still look up what it said."
                </p>
                <div class="change-actions">
                    <a class="button button-quiet" href=back(token, message) autofocus>
                        "Keep it"
                    </a>
                    <button class="button" type="submit">
                        "Delete message"
                    </button>
                </div>
            </form>
        </section>
    }
}

fn back(token: &str, message: MessageId) -> String {
    format!("/t/{token}#m{message}")
}
