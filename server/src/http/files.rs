//! Files' addresses: handed out to whoever may have them, and taken from the dashboard.
//!
//! Only what was found to be a picture is shown by a browser; all else is saved. Whatever may not
//! be had answers like what never was. What may be had is the desk's to say.

use super::form::Form;
use super::refusal::json_error;
use super::uploads::Uploads;
use super::{Web, sessions, viewer};
use crate::errors::explain;
use app::api::Viewer;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{DefaultBodyLimit, Extension, Path, RawQuery, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use desk::files::{self, OpenFile, Said};
use desk::{DeskError, RequestKey, Seat};
use domain::{AppError, Field, FileId, MessageKind};

/// Nothing in a file may run or load anything, even if a browser shows it.
const POLICY: &str = "sandbox; default-src 'none'";
/// A file's bytes never change under its address.
const CACHING: &str = "private, max-age=31536000, immutable";

/// Handing out, to customers by their link and to staff.
pub(super) fn routes(web: &Web) -> Router<Web> {
    let for_staff = Router::new()
        .route("/staff/files/{id}/{name}", get(of_staff))
        .layer(from_fn_with_state(web.clone(), viewer::identify))
        .layer(sessions::layer(&web.house, web.https));
    Router::new()
        .route("/t/{token}/files/{id}/{name}", get(of_customer))
        .merge(for_staff)
}

/// Taking in what staff send with files.
pub(super) fn upload_routes(web: &Web) -> Router<Web> {
    Router::new()
        .route("/api/staff/say/{number}", post(say))
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(web.clone(), viewer::identify))
        .layer(sessions::layer(&web.house, web.https))
}

async fn of_customer(
    State(web): State<Web>,
    path: Result<Path<(String, String, String)>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Response {
    let Ok(Path((token, id, _))) = path else {
        return web.pages.error(&AppError::NotFound);
    };
    let found = async {
        let id = parse(&id)?;
        let (desk, holder) = web.house.holder(&token).await?;
        desk.file_for_holder(&holder, id, form(query)).await
    };
    answer(&web, found.await)
}

async fn of_staff(
    State(web): State<Web>,
    Extension(Viewer(viewer)): Extension<Viewer>,
    path: Result<Path<(String, String)>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Response {
    let (Ok(seat), Ok(Path((id, _)))) = (viewer, path) else {
        return web.pages.error(&AppError::NotFound);
    };
    let found = async {
        let id = parse(&id)?;
        let Seat { desk, staff } = &seat;
        desk.file_for_staff(staff, id, form(query)).await
    };
    answer(&web, found.await)
}

fn parse(id: &str) -> Result<FileId, DeskError> {
    id.parse().map_err(|_| DeskError::NotFound)
}

fn form(query: Option<String>) -> files::Form {
    match query.as_deref() {
        Some("small") => files::Form::Small,
        _ => files::Form::Whole,
    }
}

fn answer(web: &Web, found: Result<OpenFile, DeskError>) -> Response {
    match found {
        Ok(file) => hand_out(file),
        Err(error) => web.pages.error(&explain(&error)),
    }
}

fn hand_out(file: OpenFile) -> Response {
    let kind = file.picture.unwrap_or("application/octet-stream");
    let mut response = Body::from_stream(file.bytes).into_response();
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(header::CONTENT_TYPE, kind);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::CACHE_CONTROL, CACHING);
    set(
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    );
    let disposition = disposition(file.picture.is_some(), &file.name);
    if let Ok(disposition) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    if let Some(size) = file.size {
        headers.insert(header::CONTENT_LENGTH, size.into());
    }
    response
}

/// How a browser is to treat the file, and its name: plainly for old ones, exactly for others.
fn disposition(is_picture: bool, name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| match c {
            '"' | '\\' | '%' => '_',
            c if c.is_ascii_graphic() || c == ' ' => c,
            _ => '_',
        })
        .collect();
    let exact: String = name
        .bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {
                char::from(b).to_string()
            }
            b => format!("%{b:02X}"),
        })
        .collect();
    let how = if is_picture { "inline" } else { "attachment" };
    format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{exact}")
}

/// A reply or a note with files, from the dashboard.
async fn say(
    State(web): State<Web>,
    Extension(Viewer(viewer)): Extension<Viewer>,
    number: Result<Path<i64>, PathRejection>,
    request: Request,
) -> Response {
    let (Seat { desk, staff }, number) = match (viewer, number) {
        (Ok(seat), Ok(Path(number))) => (seat, number),
        (Err(error), _) => return json_error(&error),
        (_, Err(_)) => return json_error(&AppError::NotFound),
    };
    let mut uploads = Uploads::new(&web.house);
    let mut sent = match Form::read_with(request, &mut uploads).await {
        Ok(sent) => sent,
        Err(refusal) => return refusal.answer(&web.pages, "/api/staff/say"),
    };
    let said = async {
        let mut errors = Vec::new();
        let typed = sent.take(Field::Body.name());
        let body = super::customer::read_body(&typed, &uploads)
            .map_err(|error| errors.push(error))
            .ok();
        let files = uploads.all(&mut errors).await?;
        let Some(body) = body.filter(|_| errors.is_empty()) else {
            return Err(DeskError::Invalid(errors));
        };
        let said = Said { body, files };
        let key = RequestKey::parse(&sent.take("request_key"));
        match kind(&sent.take("kind")) {
            MessageKind::Reply => desk.staff_reply(&staff, number, said, key).await,
            MessageKind::Note => desk.add_note(&staff, number, said, key).await,
        }
    };
    match said.await {
        Ok(()) => (StatusCode::OK, Json(())).into_response(),
        Err(error @ DeskError::Files(_)) => {
            explain(&error);
            json_error(&AppError::Conflict {
                why: super::customer::NO_STORE.to_owned(),
            })
        }
        Err(error) => json_error(&explain(&error)),
    }
}

/// Which kind is asked for. In doubt, the one that no customer reads.
fn kind(sent: &str) -> MessageKind {
    match sent {
        "reply" => MessageKind::Reply,
        _ => MessageKind::Note,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_safely_in_headers() {
        assert_eq!(
            disposition(false, "Grüße \"1\".txt"),
            "attachment; filename=\"Gr__e _1_.txt\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%221%22.txt"
        );
        let tricky = disposition(true, "a;\r\nSet-Cookie: x\\");
        assert!(HeaderValue::from_str(&tricky).is_ok(), "{tricky}");
        assert!(tricky.starts_with("inline; "));
    }

    #[test]
    fn in_doubt_it_is_a_note() {
        assert_eq!(kind("reply"), MessageKind::Reply);
        for other in ["note", "", "Reply", "both"] {
            assert_eq!(kind(other), MessageKind::Note);
        }
    }
}
