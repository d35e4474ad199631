//! The dashboard's calls: what staff read and do.
//!
//! Every function is a public endpoint however deep it stands, so each proves its caller itself.
//! Their addresses are fixed: scripts and tests rely on them.

use super::Failure;
#[cfg(feature = "ssr")]
use super::{answer, seat};
use domain::view::{ConversationView, InboxFilter, InboxView};
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

/// One page of the list.
#[server(prefix = "/api/staff", endpoint = "inbox")]
pub(crate) async fn inbox(
    filter: InboxFilter,
    after: Option<String>,
) -> Result<InboxView, Failure> {
    let (desk, staff) = seat().await?;
    let mut inbox = answer(desk.inbox(&staff, filter, after.as_deref()).await)?;
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

/// Closes a ticket for all.
#[server(prefix = "/api/staff", endpoint = "close")]
pub(crate) async fn close(number: i64) -> Result<(), Failure> {
    let (desk, staff) = seat().await?;
    answer(desk.close(&staff, number).await)
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
