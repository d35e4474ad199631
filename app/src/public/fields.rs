//! Forms: what they hold, and how a field and its refusal look.
//!
//! A refused form comes back with everything that was typed. Whether something is refused is
//! decided elsewhere; this module only shows it, beside the field and summed up on top.

use crate::parts::icon::{Icon, icon};
use domain::view::{HoursView, MessageView};
use domain::{Field, FileLimits, Invalid, MessageId};
use leptos::prelude::*;

/// The form for a new ticket, as typed so far.
#[derive(Clone, Default)]
pub struct NewTicketForm {
    /// Where it is sent.
    pub action: String,
    /// The e-mail address.
    pub email: String,
    /// The subject.
    pub subject: String,
    /// The category's key.
    pub category: String,
    /// The message.
    pub body: String,
    /// How much may be attached.
    pub limits: FileLimits,
    /// Makes sending twice harmless.
    pub request_key: String,
    /// When somebody is there to answer.
    pub hours: Option<HoursView>,
    /// What was refused.
    pub errors: Vec<Invalid>,
    /// What else there is to say, when the form could not be taken for another reason.
    pub notice: Option<String>,
}

/// The reply under a conversation, as typed so far.
#[derive(Clone, Default)]
pub struct ReplyForm {
    /// The message.
    pub body: String,
    /// Makes sending twice harmless.
    pub request_key: String,
    /// What was refused.
    pub errors: Vec<Invalid>,
    /// What else there is to say.
    pub notice: Option<String>,
}

/// Another wording of a message, as typed so far.
#[derive(Clone)]
pub struct EditForm {
    /// Which message.
    pub message: MessageId,
    /// The wording.
    pub body: String,
    /// What was refused.
    pub errors: Vec<Invalid>,
    /// What else there is to say.
    pub notice: Option<String>,
}

impl EditForm {
    /// Begins with what the message says.
    pub fn of(message: &MessageView) -> Self {
        Self {
            message: message.id,
            body: message.body.clone(),
            errors: Vec::new(),
            notice: None,
        }
    }
}

/// What stands under a conversation.
pub enum Writing {
    /// The reply.
    Reply(ReplyForm),
    /// Another wording of a message.
    Edit(EditForm),
    /// The question whether to delete a message.
    Delete(MessageId),
}

impl Writing {
    /// The message that it is about.
    pub fn message(&self) -> Option<MessageId> {
        match self {
            Self::Reply(_) => None,
            Self::Edit(form) => Some(form.message),
            Self::Delete(message) => Some(*message),
        }
    }
}

/// Why a field was refused, if it was.
pub(super) fn refusal(errors: &[Invalid], field: Field) -> Option<String> {
    errors
        .iter()
        .find(|error| error.field == field)
        .map(|error| error.why.clone())
}

/// The id of the line that says why a field was refused.
pub(super) fn refusal_id(field: Field) -> String {
    format!("{}-problem", field.name())
}

/// The ids that describe a field: its help, and why it was refused.
pub(super) fn described_by(help: Option<&str>, field: Field, refused: bool) -> Option<String> {
    let refusal = refused.then(|| refusal_id(field));
    match (help, refusal) {
        (Some(help), Some(refusal)) => Some(format!("{help} {refusal}")),
        (Some(help), None) => Some(help.to_owned()),
        (None, refusal) => refusal,
    }
}

/// The line beside a field that says why it was refused.
pub(super) fn problem(field: Field, why: Option<String>) -> impl IntoView {
    why.map(|why| {
        view! {
            <p class="problem" id=refusal_id(field)>
                {icon(Icon::Alert)}
                <span>{why}</span>
            </p>
        }
    })
}

/// Everything that keeps a form from being taken, on top of it; focus lands there.
pub(super) fn summary(errors: &[Invalid], notice: Option<&str>) -> Option<impl IntoView + use<>> {
    if errors.is_empty() && notice.is_none() {
        return None;
    }
    let title = match (errors.len(), notice) {
        (0, Some(notice)) => notice.to_owned(),
        (1, _) => "One thing needs your attention".to_owned(),
        (2, _) => "Two things need your attention".to_owned(),
        (3, _) => "Three things need your attention".to_owned(),
        (4, _) => "Four things need your attention".to_owned(),
        (n, _) => format!("{n} things need your attention"),
    };
    let notice = notice.filter(|_| !errors.is_empty()).map(str::to_owned);
    let items = errors
        .iter()
        .map(|error| {
            let why = error.why.clone();
            view! { <li><a href=format!("#{}", error.field.name())>{why}</a></li> }
        })
        .collect::<Vec<_>>();
    Some(view! {
        <div class="summary" id="problems" role="alert" tabindex="-1" autofocus data-refused="">
            <h2>{icon(Icon::Alert)} <span>{title}</span></h2>
            {notice.map(|notice| view! { <p>{notice}</p> })}
            {(!items.is_empty()).then(|| view! { <ul>{items}</ul> })}
            <p class="summary-kept">"Nothing you typed is lost."</p>
        </div>
    })
}

/// The hidden field that makes sending twice harmless.
pub(super) fn request_key(key: &str) -> impl IntoView + use<> {
    view! { <input type="hidden" name="request_key" value=key.to_owned()/> }
}

/// When somebody is there to answer, where the guild says so.
pub(super) fn hours(hours: Option<&HoursView>) -> impl IntoView + use<> {
    hours.map(|hours| {
        view! {
            <p class="hours">
                {icon(Icon::Clock)} <span>{hours.now()}</span>
                <span class="hours-all" dir="ltr">{hours.hours.clone()}</span>
            </p>
        }
    })
}
