//! The dashboard's calls: what staff read and do.
//!
//! Every function is a public endpoint however deep it stands, so each proves its caller itself.
//! Their addresses are fixed: scripts and tests rely on them.

use super::Failure;
#[cfg(feature = "ssr")]
use super::{answer, seat};
use domain::card::CardAnswer;
use domain::view::{ConversationView, InboxFilter, InboxView, QuickReply};
use domain::{MessageId, MessageKind, Priority};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Whose a ticket becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Assignment {
    /// The caller's.
    ToMe,
    /// Nobody's.
    ToNobody,
}

/// What becomes of a tag on a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Tagging {
    /// It is put on.
    On,
    /// It is taken off.
    Off,
}

/// One page of the list.
#[server(prefix = "/api/staff", endpoint = "inbox")]
pub(crate) async fn inbox(
    filter: InboxFilter,
    tag: Option<String>,
    after: Option<String>,
) -> Result<InboxView, Failure> {
    let (desk, staff) = seat().await?;
    let (tag, after) = (tag.as_deref(), after.as_deref());
    let mut inbox = answer(desk.inbox_tagged(&staff, filter, tag, after).await)?;
    inbox.manages = desk.seems_admin(&staff).await;
    if let Some(house) = use_context::<desk::House>() {
        inbox.others = answer(house.others(&desk, staff.person).await)?;
    }
    Ok(inbox)
}

/// One ticket with everything that staff may see of it.
#[server(prefix = "/api/staff", endpoint = "conversation")]
pub(crate) async fn conversation(number: i64) -> Result<ConversationView, Failure> {
    let (desk, staff) = seat().await?;
    answer(desk.conversation(&staff, number).await)
}

/// What the host product knows of a ticket's customer. Asked for beside the ticket, which does not
/// wait for it.
#[server(prefix = "/api/staff", endpoint = "customer_card")]
pub(crate) async fn customer_card(number: i64) -> Result<CardAnswer, Failure> {
    let (desk, staff) = seat().await?;
    answer(desk.customer_card(&staff, number).await)
}

/// Writes a reply, or a note that only staff read.
#[server(prefix = "/api/staff", endpoint = "reply")]
pub(crate) async fn reply(
    number: i64,
    kind: MessageKind,
    body: String,
    request_key: String,
) -> Result<(), Failure> {
    let (desk, staff) = seat().await?;
    let body = read_body(&body)?;
    let key = desk::RequestKey::parse(&request_key);
    answer(match kind {
        MessageKind::Reply => desk.staff_reply(&staff, number, body, key).await,
        MessageKind::Note => desk.add_note(&staff, number, body, key).await,
    })
}

/// Gives a message of the caller's own another wording.
#[server(prefix = "/api/staff", endpoint = "edit_message")]
pub(crate) async fn edit_message(message: MessageId, body: String) -> Result<(), Failure> {
    let (desk, staff) = seat().await?;
    let body = read_body(&body)?;
    answer(desk.staff_edit(&staff, message, body).await)
}

/// Takes back a message of the caller's own.
#[server(prefix = "/api/staff", endpoint = "delete_message")]
pub(crate) async fn delete_message(message: MessageId) -> Result<(), Failure> {
    let (desk, staff) = seat().await?;
    answer(desk.staff_delete(&staff, message).await)
}

#[cfg(feature = "ssr")]
fn read_body(typed: &str) -> Result<domain::text::Body, Failure> {
    answer(domain::text::Body::parse(typed).map_err(|why| desk::DeskError::Invalid(vec![why])))
}

/// Takes a ticket, or gives it back.
#[server(prefix = "/api/staff", endpoint = "assign")]
pub(crate) async fn assign(number: i64, to: Assignment) -> Result<(), Failure> {
    let (desk, staff) = seat().await?;
    answer(match to {
        Assignment::ToMe => desk.assign_to_me(&staff, number).await,
        Assignment::ToNobody => desk.unassign(&staff, number).await,
    })
}

/// Says how urgent a ticket is.
#[server(prefix = "/api/staff", endpoint = "set_priority")]
pub(crate) async fn set_priority(number: i64, priority: Priority) -> Result<(), Failure> {
    let (desk, staff) = seat().await?;
    answer(desk.set_priority(&staff, number, priority).await)
}

/// Puts a tag on a ticket, or takes it off.
#[server(prefix = "/api/staff", endpoint = "set_tag")]
pub(crate) async fn set_tag(number: i64, tag: String, tagging: Tagging) -> Result<(), Failure> {
    let (desk, staff) = seat().await?;
    let tagging = match tagging {
        Tagging::On => desk::Tagging::On,
        Tagging::Off => desk::Tagging::Off,
    };
    answer(desk.set_tag(&staff, number, &tag, tagging).await)
}

/// The tags that tickets have, to choose from.
#[server(prefix = "/api/staff", endpoint = "tags")]
pub(crate) async fn tags() -> Result<Vec<String>, Failure> {
    let (desk, staff) = seat().await?;
    answer(desk.known_tags(&staff).await)
}

/// Answers that are sent often. Asked for when somebody looks for one, not with every page.
#[server(prefix = "/api/staff", endpoint = "quick_replies")]
pub(crate) async fn quick_replies() -> Result<Vec<QuickReply>, Failure> {
    let (desk, staff) = seat().await?;
    answer(desk.quick_replies(&staff).await)
}

/// Closes a ticket for all.
#[server(prefix = "/api/staff", endpoint = "close")]
pub(crate) async fn close(number: i64) -> Result<(), Failure> {
    let (desk, staff) = seat().await?;
    answer(desk.close(&staff, number).await)
}

/// The same, with words for the customer to read.
#[server(prefix = "/api/staff", endpoint = "close_with")]
pub(crate) async fn close_with(number: i64, reason: String) -> Result<(), Failure> {
    let (desk, staff) = seat().await?;
    answer(desk.close_with(&staff, number, &reason).await)
}

/// Brings a closed ticket back.
#[server(prefix = "/api/staff", endpoint = "reopen")]
pub(crate) async fn reopen(number: i64) -> Result<(), Failure> {
    let (desk, staff) = seat().await?;
    answer(desk.reopen(&staff, number).await)
}

/// Tries everything again that Discord refused of this ticket.
#[server(prefix = "/api/staff", endpoint = "retry")]
pub(crate) async fn retry(number: i64) -> Result<(), Failure> {
    let (desk, staff) = seat().await?;
    answer(desk.retry_delivery(&staff, number).await)
}
