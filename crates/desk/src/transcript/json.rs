//! A transcript for programs: every fact by name, moments in ISO 8601.
//!
//! What is the staff's alone is a field that the customer's edition does not have.

use super::Transcript;
use domain::view::{FileState, MessageView};
use domain::{MessageKind, Origin, Side};
use serde::Serialize;

/// The version of what is written here; it grows when a field changes its meaning.
const FORMAT: &str = "threadline transcript 1";

#[derive(Serialize)]
struct Document<'t> {
    format: &'static str,
    edition: &'static str,
    written_at: String,
    guild: &'t str,
    ticket: Ticket<'t>,
    messages: Vec<Message<'t>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<Vec<Event<'t>>>,
}

#[derive(Serialize)]
struct Ticket<'t> {
    number: i64,
    subject: &'t str,
    category: &'t str,
    customer: &'t str,
    filed_at: String,
    closed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_because: Option<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    assignee: Option<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread: Option<&'t str>,
}

#[derive(Serialize)]
struct Message<'t> {
    id: i64,
    at: String,
    author: &'t str,
    side: Side,
    origin: Origin,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<MessageKind>,
    text: &'t str,
    deleted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    edited_at: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<File<'t>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    earlier: Vec<Earlier<'t>>,
}

#[derive(Serialize)]
struct File<'t> {
    name: &'t str,
    bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_here: Option<&'t str>,
}

#[derive(Serialize)]
struct Earlier<'t> {
    text: &'t str,
    until: String,
}

#[derive(Serialize)]
struct Event<'t> {
    at: String,
    words: &'t str,
}

pub(super) fn write(t: &Transcript) -> String {
    let (c, staff) = (&t.conversation, t.is_staffs());
    let ticket = &c.ticket;
    let document = Document {
        format: FORMAT,
        edition: if staff { "staff" } else { "customer" },
        written_at: c.now.iso(),
        guild: &t.guild,
        ticket: Ticket {
            number: ticket.number,
            subject: &ticket.subject,
            category: &ticket.category,
            customer: &ticket.customer,
            filed_at: ticket.created_at.iso(),
            closed: ticket.status.is_closed(),
            closed_because: t.closed_because.as_deref(),
            status: staff.then(|| ticket.status.words()),
            priority: staff.then(|| ticket.priority.key()),
            assignee: ticket
                .assignee
                .as_ref()
                .filter(|_| staff)
                .map(|person| person.name.as_str()),
            thread: c.thread_url.as_deref().filter(|_| staff),
        },
        messages: c.messages.iter().map(|m| message(t, m)).collect(),
        history: staff.then(|| {
            c.history
                .iter()
                .map(|e| Event {
                    at: e.at.iso(),
                    words: &e.words,
                })
                .collect()
        }),
    };
    serde_json::to_string_pretty(&document).expect("strings, numbers and lists alone")
}

fn message<'t>(t: &'t Transcript, m: &'t MessageView) -> Message<'t> {
    let files = m.files.iter().map(|file| File {
        name: &file.name,
        bytes: file.size,
        address: matches!(file.state, FileState::Here(_)).then(|| t.place(file.id, &file.name)),
        not_here: match &file.state {
            FileState::Here(_) => None,
            FileState::Arriving => Some("It was still on its way."),
            FileState::Refused { why } => Some(why),
        },
    });
    let earlier = m.earlier.iter().map(|before| Earlier {
        text: &before.body,
        until: before.until.iso(),
    });
    Message {
        id: m.id.0,
        at: m.at.iso(),
        author: &m.author,
        side: m.side,
        origin: m.written_in,
        kind: t.is_staffs().then_some(m.kind),
        text: &m.body,
        deleted: m.deleted,
        edited_at: m.edited_at.map(|at| at.iso()),
        files: files.collect(),
        earlier: earlier.filter(|_| t.is_staffs()).collect(),
    }
}
