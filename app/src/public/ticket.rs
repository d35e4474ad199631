//! A customer's ticket: what it is about, whose turn it is, the conversation, and a reply.
//!
//! Everything that changes by itself lies in elements with `data-live`; the reply, or the change
//! of a message that stands in its place, lies outside them, so that no update touches what is
//! being typed.

use super::change;
use super::conversation::{conversation, length, newest};
use super::document::{Frame, Head, Live, Reach, document};
use super::fields::{ReplyForm, Writing, described_by, problem, refusal, request_key, summary};
use super::status::{self, sentence};
use crate::parts::files::{file_input, limits};
use crate::parts::icon::{Icon, icon};
use crate::parts::text_area::WrittenTextArea;
use crate::parts::when::ago;
use domain::view::{ConversationView, TicketView};
use domain::{Field, Side, Status};
use leptos::prelude::*;

/// Beyond this many messages, a link leads past them to the newest.
const LONG: usize = 6;

/// Renders `/t/{token}`.
pub fn ticket(f: &Frame, c: &ConversationView, token: &str, writing: &Writing) -> String {
    let number = format!("#{}", c.ticket.number);
    let head = Head {
        title: Some(format!("{} · {number}", c.ticket.subject)),
        live: Live::Ticket(c.ticket.number),
        reach: Reach::Private,
        class: "page-ticket",
    };
    document(f, head, || {
        view! {
            <div class="ticket-head">
                <p class="crumb">
                    <span class="number">{number}</span>
                    <span dir="auto">{c.ticket.category.clone()}</span>
                    <span>"filed " {ago(c.ticket.created_at, c.now)}</span>
                </p>
                <h1 dir="auto">{c.ticket.subject.clone()}</h1>
            </div>
            <div data-live="ticket" data-rev=c.ticket.rev.to_string() data-say=say(c)>
                <div class=format!("state state-{}", status::turn(c.ticket.status)) id="state">
                    {status::line(&c.ticket)} {actions(&c.ticket, token)}
                </div>
                {jump(c)}
                {conversation(c, token, writing.message())}
            </div>
            <p class="keep-link">
                {icon(Icon::Link)}
                <span>
                    "Keep " <a href=format!("/t/{token}")>"this link"</a>
                    ": it is your way back to this ticket."
                </span>
            </p>
            <p class="keep-link">
                {icon(Icon::File)}
                <a href=format!("/t/{token}/transcript")>"All of it on one page, to save or print"</a>
            </p>
            <form class="keep-link" method="post" action=format!("/t/{token}/discord")>
                <button type="submit" class="button button-quiet">"Follow it in Discord"</button>
            </form>
            <p class="sr-only" role="status" id="said"></p>
            {match writing {
                Writing::Reply(reply) => composer(c, token, reply).into_any(),
                Writing::Edit(form) => change::edit(token, form).into_any(),
                Writing::Delete(message) => change::delete(token, c, *message).into_any(),
            }}
        }
    })
}

/// What a screen reader hears when this state arrives by itself.
fn say(c: &ConversationView) -> String {
    match newest(c) {
        Some(message) if message.side == Side::Staff && !message.deleted => {
            format!("{} wrote. {}", message.author, sentence(c.ticket.status))
        }
        _ => sentence(c.ticket.status).to_owned(),
    }
}

fn jump(c: &ConversationView) -> impl IntoView + use<> {
    let newest = newest(c)
        .filter(|_| length(c) > LONG)
        .map(|message| format!("#m{}", message.id));
    newest.map(|href| {
        view! {
            <p class="jump" id="jump">
                <a href=href>{icon(Icon::Down)} <span>"Newest message"</span></a>
            </p>
        }
    })
}

/// Closing asks once more, without a script; reopening does not need to.
fn actions(ticket: &TicketView, token: &str) -> impl IntoView + use<> {
    if ticket.status == Status::Closed {
        view! {
            <form method="post" action=format!("/t/{token}/reopen") id="reopen">
                <button class="button button-small" type="submit">
                    {icon(Icon::Reopen)}
                    <span>"Reopen ticket"</span>
                </button>
            </form>
        }
        .into_any()
    } else {
        view! {
            <details class="confirm" id="close">
                <summary class="button button-small button-quiet">
                    {icon(Icon::Done)} <span>"Close"</span>
                </summary>
                <form method="post" action=format!("/t/{token}/close") class="confirm-box">
                    <p>"Is this solved? You can reopen the ticket any time by writing again."</p>
                    <button class="button button-small" type="submit">
                        "Close ticket"
                    </button>
                </form>
            </details>
        }
        .into_any()
    }
}

fn composer(c: &ConversationView, token: &str, reply: &ReplyForm) -> impl IntoView + use<> {
    let why = refusal(&reply.errors, Field::Body);
    let refused = why.is_some();
    let files_why = refusal(&reply.errors, Field::Files);
    let files_refused = files_why.is_some();
    // A refusal about a field of this small form is said once, beside it; anything else is summed up.
    let rest: Vec<_> = reply
        .errors
        .iter()
        .filter(|error| !matches!(error.field, Field::Body | Field::Files))
        .cloned()
        .collect();
    view! {
        <section class="composer" id="reply" aria-label="Your reply">
            {summary(&rest, reply.notice.as_deref())}
            <form
                method="post"
                action=format!("/t/{token}")
                enctype="multipart/form-data"
                novalidate
                data-guard=""
            >
                {request_key(&reply.request_key)}
                <label class="sr-only" for="body">"Your message"</label>
                {problem(Field::Body, why)}
                <WrittenTextArea
                    id="body"
                    name="body"
                    rows="2"
                    text=reply.body.clone()
                    refused=refused
                    takes_focus=refused
                    described_by=described_by(None, Field::Body, refused)
                    placeholder="Write a reply"
                />
                <button class="button button-main" type="submit">
                    {icon(Icon::Send)}
                    <span>"Send reply"</span>
                </button>
                <div class="attach">
                    {problem(Field::Files, files_why)}
                    <div class="attach-line">
                        <label for="files">
                            {icon(Icon::Clip)} <span class="sr-only">"Attach files"</span>
                        </label>
                        {file_input(c.limits, files_refused)}
                        {limits(c.limits)}
                    </div>
                </div>
            </form>
        </section>
    }
}
