//! Reading what a form sent, in either of the formats that browsers use.
//!
//! It takes bodies apart within limits of size and time and keeps every word that was typed; what
//! the fields mean is the handlers' affair. Files pass through to whoever takes them in, and are
//! dropped where nobody does.

use super::refusal::Refusal;
use super::uploads::Uploads;
use axum::body::{Body, Bytes};
use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{HeaderMap, header};
use futures::{Stream, StreamExt};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

/// No form's text can be larger.
pub(crate) const BODY_MAX: usize = 1 << 20;
/// How much more is read and thrown away, so that the browser gets to reading our answer.
const DRAIN_MAX: usize = 256 << 20;
/// How long a body without files may take to arrive.
const ARRIVE_WITHIN: Duration = Duration::from_secs(10);
/// How long a body with files may take.
const UPLOAD_WITHIN: Duration = Duration::from_secs(30 * 60);
/// How long its sender may be silent meanwhile.
const SILENT_FOR: Duration = Duration::from_secs(10);

/// The fields of a form.
#[derive(Debug, Default)]
pub(crate) struct Form {
    fields: HashMap<String, String>,
}

impl Form {
    /// Reads the request's body. Files in it are dropped.
    pub(crate) async fn read(request: Request) -> Result<Self, Refusal> {
        tokio::time::timeout(ARRIVE_WITHIN, read(request, None))
            .await
            .unwrap_or(Err(Refusal::TooSlow))
    }

    /// Reads the request's body and has its files taken in.
    pub(crate) async fn read_with(
        request: Request,
        uploads: &mut Uploads<'_>,
    ) -> Result<Self, Refusal> {
        let form = tokio::time::timeout(UPLOAD_WITHIN, read(request, Some(&mut *uploads)))
            .await
            .unwrap_or(Err(Refusal::TooSlow));
        if form.is_err() {
            uploads.discard().await;
        }
        form
    }

    /// All fields that were sent.
    pub(crate) fn into_fields(self) -> HashMap<String, String> {
        self.fields
    }

    /// Takes a field out; one that was not sent is empty.
    pub(crate) fn take(&mut self, name: &str) -> String {
        self.fields.remove(name).unwrap_or_default()
    }
}

async fn read(request: Request, mut uploads: Option<&mut Uploads<'_>>) -> Result<Form, Refusal> {
    let kind = Kind::of(request.headers());
    let files = match kind {
        Some(Kind::Multipart) => uploads.as_deref().map_or(0, Uploads::most),
        _ => 0,
    };
    let most = BODY_MAX.saturating_add(files);
    let fate = Arc::new(AtomicU8::new(0));
    let bounded = request.map(|body| Body::from_stream(bounded(body, most, fate.clone())));
    let form = match kind {
        Some(Kind::Multipart) => multipart(bounded, uploads.as_deref_mut()).await,
        Some(Kind::UrlEncoded) => url_encoded(bounded.into_body()).await,
        None => nothing(bounded).await,
    };
    match (form, fate.load(Ordering::Relaxed)) {
        (Err(Refusal::WrongType), _) => Err(Refusal::WrongType),
        (Err(_), SLOW) => Err(Refusal::TooSlow),
        (Err(_), OVER) => Err(Refusal::TooLarge),
        // Too large for its files alone: the text came before them and is kept.
        (Ok(form), OVER) if uploads.is_some_and(|uploads| uploads.have_begun()) => Ok(form),
        (_, OVER) => Err(Refusal::TooLarge),
        (form, _) => form,
    }
}

/// Why a body ended before its end.
const OVER: u8 = 1;
/// See [`OVER`].
const SLOW: u8 = 2;

enum Kind {
    Multipart,
    UrlEncoded,
}

impl Kind {
    fn of(headers: &HeaderMap) -> Option<Self> {
        let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        let essence = value.split(';').next().unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case("multipart/form-data") {
            Some(Self::Multipart)
        } else if essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            Some(Self::UrlEncoded)
        } else {
            None
        }
    }
}

async fn url_encoded(body: Body) -> Result<Form, Refusal> {
    let bytes = axum::body::to_bytes(body, BODY_MAX)
        .await
        .map_err(|_| Refusal::CutOff)?;
    Ok(Form {
        fields: url::form_urlencoded::parse(&bytes).into_owned().collect(),
    })
}

async fn multipart(
    request: Request,
    mut uploads: Option<&mut Uploads<'_>>,
) -> Result<Form, Refusal> {
    let mut parts = Multipart::from_request(request, &())
        .await
        .map_err(|_| Refusal::CutOff)?;
    let mut form = Form::default();
    let mut room = BODY_MAX;
    loop {
        let has_files = uploads.as_deref().is_some_and(Uploads::have_begun);
        let mut part = match parts.next_field().await {
            Ok(Some(part)) => part,
            Ok(None) => return Ok(form),
            // Cut off by the limit: what follows a file is no text of ours.
            Err(_) if has_files => {
                if let Some(uploads) = uploads {
                    uploads.cut_off();
                }
                return Ok(form);
            }
            Err(_) => return Err(Refusal::CutOff),
        };
        let name = part.name().unwrap_or_default().to_owned();
        if part.file_name().is_some() || name == domain::Field::Files.name() {
            match uploads.as_deref_mut() {
                Some(uploads) => uploads.take(part).await,
                None => drain(&mut part).await?,
            }
            continue;
        }
        let text = text(part, &mut room).await?;
        form.fields.insert(name, text);
    }
}

/// A field's text, from what room there is for all of them.
async fn text(mut part: Field<'_>, room: &mut usize) -> Result<String, Refusal> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.chunk().await.map_err(|_| Refusal::CutOff)? {
        let Some(left) = room.checked_sub(chunk.len()) else {
            drain(&mut part).await?;
            return Err(Refusal::TooLarge);
        };
        *room = left;
        bytes.extend_from_slice(&chunk);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Reads a part to its end and keeps nothing of it.
async fn drain(part: &mut Field<'_>) -> Result<(), Refusal> {
    while part.chunk().await.map_err(|_| Refusal::CutOff)?.is_some() {}
    Ok(())
}

/// A button sends no field, and some clients then name no format either. Anything else that is
/// not a form is read to its end and refused.
async fn nothing(request: Request) -> Result<Form, Refusal> {
    let named = request.headers().contains_key(header::CONTENT_TYPE);
    let mut chunks = request.into_body().into_data_stream();
    let mut is_empty = true;
    while let Some(chunk) = chunks.next().await {
        is_empty &= chunk.map_err(|_| Refusal::CutOff)?.is_empty();
    }
    if named || !is_empty {
        return Err(Refusal::WrongType);
    }
    Ok(Form::default())
}

/// The body up to `most`. What follows is read and dropped, and `fate` says that there was such: a
/// connection closed on unread data would be reset before the browser reads our answer.
fn bounded(
    body: Body,
    most: usize,
    fate: Arc<AtomicU8>,
) -> impl Stream<Item = Result<Bytes, axum::Error>> {
    let start = (body.into_data_stream(), 0_usize);
    futures::stream::unfold(start, move |(mut chunks, mut seen)| {
        let fate = fate.clone();
        async move {
            loop {
                let Ok(next) = tokio::time::timeout(SILENT_FOR, chunks.next()).await else {
                    fate.store(SLOW, Ordering::Relaxed);
                    return None;
                };
                let mut chunk = match next? {
                    Ok(chunk) => chunk,
                    Err(error) => return Some((Err(error), (chunks, seen))),
                };
                let room = most.saturating_sub(seen);
                seen += chunk.len();
                if chunk.len() > room {
                    fate.store(OVER, Ordering::Relaxed);
                    chunk.truncate(room);
                }
                if !chunk.is_empty() {
                    return Some((Ok(chunk), (chunks, seen)));
                }
                if seen > most + DRAIN_MAX {
                    return None;
                }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(kind: &str, body: impl Into<Body>) -> Request {
        Request::post("/new")
            .header(header::CONTENT_TYPE, kind)
            .body(body.into())
            .unwrap()
    }

    const MULTIPART: &str = "multipart/form-data; boundary=xyz";

    fn part(name: &str, extra: &str, content: &str) -> String {
        format!(
            "--xyz\r\nContent-Disposition: form-data; name=\"{name}\"{extra}\r\n\r\n{content}\r\n"
        )
    }

    #[tokio::test]
    async fn both_formats_say_the_same() {
        let body = "email=a%40b.co&body=a+b%0D%0Ac%C3%BC";
        let mut form = Form::read(post(
            "application/x-www-form-urlencoded; charset=UTF-8",
            body,
        ))
        .await
        .unwrap();
        assert_eq!(form.take("email"), "a@b.co");
        assert_eq!(form.take("body"), "a b\r\ncü");
        assert_eq!(form.take("body"), "");
        let body = part("email", "", "a@b.co") + &part("body", "", "a b\r\ncü") + "--xyz--\r\n";
        let mut form = Form::read(post(MULTIPART, body)).await.unwrap();
        assert_eq!(form.take("email"), "a@b.co");
        assert_eq!(form.take("body"), "a b\r\ncü");
    }

    #[tokio::test]
    async fn where_nobody_takes_files_they_are_dropped() {
        let file = part("files", "; filename=\"a\"", "some") + &part("body", "", "typed");
        let mut form = Form::read(post(MULTIPART, file + "--xyz--\r\n"))
            .await
            .unwrap();
        assert_eq!(form.take("body"), "typed");
        assert_eq!(form.take("files"), "");
    }

    #[tokio::test]
    async fn refusals() {
        let refused = |request| async { Form::read(request).await.unwrap_err() };
        assert_eq!(
            refused(post("application/json", "{}")).await,
            Refusal::WrongType
        );
        assert_eq!(
            refused(Request::post("/new").body(Body::from("x=1")).unwrap()).await,
            Refusal::WrongType
        );
        let cut = part("body", "", "typed");
        assert_eq!(
            refused(post(MULTIPART, cut[..cut.len() - 5].to_owned())).await,
            Refusal::CutOff
        );
        assert_eq!(
            refused(post("multipart/form-data", "x")).await,
            Refusal::CutOff
        );
        let huge = "body=".to_owned() + &"x".repeat(BODY_MAX);
        assert_eq!(
            refused(post("application/x-www-form-urlencoded", huge)).await,
            Refusal::TooLarge
        );
        let huge = part("body", "", &"x".repeat(BODY_MAX)) + "--xyz--\r\n";
        assert_eq!(refused(post(MULTIPART, huge)).await, Refusal::TooLarge);
    }

    #[tokio::test]
    async fn a_button_sends_nothing() {
        let bare = Request::post("/t/x/close").body(Body::empty()).unwrap();
        assert!(Form::read(bare).await.is_ok());
        let named = post("text/plain", "");
        assert_eq!(Form::read(named).await.unwrap_err(), Refusal::WrongType);
    }

    #[tokio::test]
    async fn what_is_no_text_becomes_some() {
        let body = [
            b"--xyz\r\nContent-Disposition: form-data; name=\"body\"\r\n\r\n".as_slice(),
            &[0xff, b'a'],
            b"\r\n--xyz--\r\n",
        ]
        .concat();
        let mut form = Form::read(post(MULTIPART, body)).await.unwrap();
        assert_eq!(form.take("body"), "\u{fffd}a");
    }
}
