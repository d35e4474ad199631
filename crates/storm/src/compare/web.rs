//! What the web shows, held against what people were told.

use crate::model::{Model, Told};
use domain::MessageKind;
use domain::Origin;
use domain::view::{ConversationView, MessageView};
use std::collections::BTreeMap;

/// Who sees what.
pub(super) struct Audience {
    pub(super) leaks: Vec<String>,
}

impl Audience {
    /// What the customer sees, held against what staff see.
    pub(super) fn of(staff: &ConversationView, customer: &ConversationView) -> Self {
        let number = staff.ticket.number;
        let mut leaks = Vec::new();
        let replies = staff
            .messages
            .iter()
            .filter(|m| m.kind == MessageKind::Reply);
        let wanted: Vec<_> = replies.map(|m| (m.id, m.body.clone())).collect();
        let seen: Vec<_> = customer
            .messages
            .iter()
            .map(|m| (m.id, m.body.clone()))
            .collect();
        if wanted != seen {
            leaks.push(format!(
                "#{number}: the customer sees other replies than staff"
            ));
        }
        let internal = customer
            .messages
            .iter()
            .any(|m| m.kind == MessageKind::Note || m.failure.is_some() || !m.earlier.is_empty());
        if internal || !customer.history.is_empty() {
            leaks.push(format!("#{number}: the customer sees what is internal"));
        }
        Self { leaks }
    }
}

/// Edits that went back in time: an older wording of a message after a newer one.
pub(super) fn backwards(model: &Model, view: &ConversationView) -> Vec<String> {
    let mut found = Vec::new();
    for message in view.messages.iter().filter(|m| m.origin == Origin::Discord) {
        let now = (!message.deleted).then_some(&message.body);
        let texts = message
            .earlier
            .iter()
            .map(|earlier| &earlier.body)
            .chain(now);
        let order: Vec<_> = texts.filter_map(|text| model.wording_of(text)).collect();
        if order.windows(2).any(|pair| pair[0] >= pair[1]) {
            found.push(format!("edits went back in time: {:.12}", message.body));
        }
    }
    found
}

/// What people were told, held against what there is.
pub(super) fn acknowledged(model: &Model, shown: &BTreeMap<u32, Vec<MessageView>>) -> Vec<String> {
    let mut found = Vec::new();
    for (tag, written) in &model.written {
        let messages = shown.get(tag).map_or(&[][..], Vec::as_slice);
        let message = match (messages, written.stored) {
            ([], Told::Perhaps) => continue,
            ([message], _) => message,
            (list, stored) => {
                found.push(format!(
                    "w{tag}, stored {stored:?}, is on the web {} times",
                    list.len()
                ));
                continue;
            }
        };
        match (written.deleted, message.deleted) {
            (Told::Yes, false) => found.push(format!("w{tag} was deleted and is still there")),
            (Told::No, true) => found.push(format!("w{tag} was not deleted and is gone")),
            (_, true) => continue,
            (_, false) => {}
        }
        let normal = |text: &String| domain::text::Body::parse(text).map(|b| b.as_str().to_owned());
        let fits = written
            .texts
            .iter()
            .any(|t| normal(t).as_ref() == Ok(&message.body));
        if !fits {
            found.push(format!("w{tag} does not say what its author was told"));
        }
        let names: Vec<&String> = message.files.iter().map(|file| &file.name).collect();
        if names != written.files.iter().collect::<Vec<_>>() {
            found.push(format!("w{tag} has the files {names:?}"));
        }
        if written.note != (message.kind == MessageKind::Note) {
            found.push(format!("w{tag} is of another kind"));
        }
    }
    for tag in shown.keys().filter(|tag| !model.written.contains_key(tag)) {
        found.push(format!("w{tag} was never written"));
    }
    found
}
