//! Attached files by their signed, expiring links, whatever host the request names.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::hub::Hub;
use crate::world::attachments::{StoredFile, link, link_holds};

/// `GET /attachments/{channel}/{attachment}/{file}`.
pub(crate) async fn attachment(
    State(hub): State<Arc<Hub>>,
    Path((channel, id, filename)): Path<(u64, u64, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    match find(&hub, channel, id, &filename, &query.unwrap_or_default()) {
        Some(file) => {
            let kind = file
                .content_type
                .unwrap_or_else(|| "application/octet-stream".to_owned());
            let headers = [
                (header::CONTENT_TYPE, kind),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
            ];
            (headers, file.bytes).into_response()
        }
        None => (
            StatusCode::NOT_FOUND,
            "This content is no longer available.",
        )
            .into_response(),
    }
}

/// The file behind a link that holds.
pub(crate) fn find(
    hub: &Hub,
    channel: u64,
    id: u64,
    filename: &str,
    query: &str,
) -> Option<StoredFile> {
    if !link_holds(channel, id, filename, query, hub.clock.now_ms()) {
        return None;
    }
    hub.with(|inner| inner.world.files.get(&id).cloned())
        .filter(|file| file.channel_id == channel && file.filename == filename)
}

/// The same link, good for another day. What is no link of ours comes back as it is.
pub(crate) fn refresh(original: &str, now_ms: i64) -> String {
    let plain = original.split('?').next().unwrap_or_default();
    let mut steps = plain.rsplit('/');
    let filename = steps.next().unwrap_or_default();
    let id = steps.next().and_then(|step| step.parse().ok());
    let channel = steps.next().and_then(|step| step.parse().ok());
    match (channel, id) {
        (Some(channel), Some(id)) => link(channel, id, filename, now_ms),
        _ => original.to_owned(),
    }
}
