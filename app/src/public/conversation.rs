//! The conversation as its customer reads it: their messages on the right, ours on the left.
//!
//! Notes do not come here; should one ever, it is left out. Each line carries an id, by which
//! `live.js` keeps what did not change.

use super::change::controls;
use crate::parts::delivery::customer_mark;
use crate::parts::face::face;
use crate::parts::files::files;
use crate::parts::when::ago;
use domain::view::{ConversationView, MessageView};
use domain::{MessageId, MessageKind, Side, Timestamp};
use leptos::prelude::*;

/// Whether a customer may read it at all.
fn is_theirs_to_read(message: &&MessageView) -> bool {
    message.kind == MessageKind::Reply
}

/// The newest message, for the words that a screen reader hears when it arrives.
pub(super) fn newest(conversation: &ConversationView) -> Option<&MessageView> {
    conversation.messages.iter().rfind(is_theirs_to_read)
}

/// How many messages the customer sees.
pub(super) fn length(conversation: &ConversationView) -> usize {
    conversation
        .messages
        .iter()
        .filter(is_theirs_to_read)
        .count()
}

/// All messages, with a line between days. `open` is the one that is being changed.
pub(super) fn conversation(
    conversation: &ConversationView,
    token: &str,
    open: Option<MessageId>,
) -> impl IntoView + use<> {
    let now = conversation.now;
    let today = now.day();
    let mut day = String::new();
    let mut lines = Vec::with_capacity(conversation.messages.len() + 4);
    for message in conversation.messages.iter().filter(is_theirs_to_read) {
        let its_day = message.at.day();
        if its_day != day {
            let id = format!("day-{}", message.at.iso().get(..10).unwrap_or_default());
            let words = if its_day == today {
                "Today".to_owned()
            } else {
                its_day.clone()
            };
            lines.push(view! { <li class="day" id=id><span>{words}</span></li> }.into_any());
            day = its_day;
        }
        let is_open = open == Some(message.id);
        lines.push(line(message, now, token, is_open).into_any());
    }
    view! { <ol class="talk" id="talk" data-keyed="">{lines}</ol> }
}

fn line(
    message: &MessageView,
    now: Timestamp,
    token: &str,
    is_open: bool,
) -> impl IntoView + use<> {
    let own = message.side == Side::Customer;
    let id = format!("m{}", message.id);
    let author = message.author.clone();
    let head = if own {
        view! { <span class="who">"You"</span> }.into_any()
    } else {
        view! { <span class="who" dir="auto">{author}</span> }.into_any()
    };
    let portrait = (!own).then(|| face(&message.author, message.avatar.as_deref()));
    let words = if message.deleted {
        view! { <p class="gone">"Message deleted"</p> }.into_any()
    } else {
        // Made by `markup` alone, which lets nothing through that somebody typed as markup.
        let words = Some(message.html.clone()).filter(|html| !html.is_empty());
        view! {
            {words.map(|html| view! { <div class="words" inner_html=html></div> })}
            {files(&message.files, &format!("/t/{token}/files"))}
        }
        .into_any()
    };
    let edited = message.edited_at.filter(|_| !message.deleted).map(|at| {
        view! {
            <time class="edited" datetime=at.iso() title=at.exact()>
                "edited"
            </time>
        }
    });
    let mark = (own && !message.deleted).then(|| {
        let controls = message.own.then(|| controls(token, message.id));
        view! { {customer_mark(message.delivery)} {controls} }.into_any()
    });
    let class = match (own, is_open) {
        (true, true) => "msg msg-own msg-open",
        (true, false) => "msg msg-own",
        (false, _) => "msg msg-staff",
    };
    view! {
        <li class=class id=id data-own=own.then_some("")>
            {portrait}
            <article class="bubble">
                <header>{head} {ago(message.at, now)} {edited}</header>
                {words}
                {mark.map(|mark| view! { <footer>{mark}</footer> })}
            </article>
        </li>
    }
}
