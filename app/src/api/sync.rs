//! The calls of the page about the bridge: how the two sides stand, and what to do about what is
//! stuck.
//!
//! Who listens to Discord is not known here: the server puts a [`Connection`] into the context, and
//! that is all that is asked.

use super::Failure;
#[cfg(feature = "ssr")]
use super::{answer, seat};
use domain::view::SyncView;
use domain::{OutboxId, Timestamp};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The connection on which Discord tells what happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionView {
    /// Since when it stands, if it does.
    pub since: Option<Timestamp>,
    /// When Discord last said anything.
    pub last_event: Option<Timestamp>,
    /// How many events were not understood since the start.
    pub not_understood: u64,
    /// What keeps it from standing, in words.
    pub trouble: Option<String>,
}

/// How to learn how the connection is. The server puts it into the context of each request.
#[cfg(feature = "ssr")]
#[derive(Clone)]
pub struct Connection(pub std::sync::Arc<dyn Fn() -> ConnectionView + Send + Sync>);

/// What the page about the bridge shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SyncPage {
    /// What waits and what is stuck.
    pub sync: SyncView,
    /// The connection; unknown where nobody listens.
    pub connection: Option<ConnectionView>,
}

/// How the two sides stand with each other.
#[server(prefix = "/api/staff", endpoint = "sync")]
pub(crate) async fn read_sync() -> Result<SyncPage, Failure> {
    let (desk, staff) = seat().await?;
    let sync = answer(desk.sync(&staff).await)?;
    let connection = use_context::<Connection>().map(|connection| connection.0());
    Ok(SyncPage { sync, connection })
}

/// Tries a stuck delivery again, now.
#[server(prefix = "/api/staff", endpoint = "retry_stuck")]
pub(crate) async fn retry_stuck(id: OutboxId) -> Result<(), Failure> {
    let (desk, staff) = seat().await?;
    answer(desk.retry_stuck(&staff, id).await)
}

/// Tries all that is stuck again, now.
#[server(prefix = "/api/staff", endpoint = "retry_all_stuck")]
pub(crate) async fn retry_all_stuck() -> Result<(), Failure> {
    let (desk, staff) = seat().await?;
    answer(desk.retry_all_stuck(&staff).await).map(drop)
}

/// Leaves a stuck delivery undone.
#[server(prefix = "/api/staff", endpoint = "give_up")]
pub(crate) async fn give_up(id: OutboxId) -> Result<(), Failure> {
    let (desk, staff) = seat().await?;
    answer(desk.give_up(&staff, id).await)
}

/// Gives a ticket a new thread, with the whole conversation in it.
#[server(prefix = "/api/staff", endpoint = "new_thread")]
pub(crate) async fn new_thread(number: i64) -> Result<(), Failure> {
    let (desk, staff) = seat().await?;
    answer(desk.new_thread(&staff, number).await)
}
