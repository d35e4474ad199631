//! Reading what a form sent, in either of the formats that browsers use.
//!
//! It takes bodies apart within limits of size and time and keeps every word that was typed; what
//! the fields mean is the handlers' affair. Files are noticed, not kept.

use super::refusal::Refusal;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{HeaderMap, header};
use futures::{Stream, StreamExt};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// No form of ours can be larger.
pub(crate) const BODY_MAX: usize = 1 << 20;
/// How much more is read and thrown away, so that the browser gets to reading our answer.
const DRAIN_MAX: usize = 16 << 20;
/// How long a body may take to arrive.
const ARRIVE_WITHIN: Duration = Duration::from_secs(10);

/// The fields of a form.
#[derive(Debug, Default)]
pub(crate) struct Form {
    fields: HashMap<String, String>,
    /// A file that is not empty was attached.
    pub(crate) has_files: bool,
}

impl Form {
    /// Reads the request's body.
    pub(crate) async fn read(request: Request) -> Result<Self, Refusal> {
        tokio::time::timeout(ARRIVE_WITHIN, read(request))
            .await
            .unwrap_or(Err(Refusal::TooSlow))
    }

    /// Takes a field out; one that was not sent is empty.
    pub(crate) fn take(&mut self, name: &str) -> String {
        self.fields.remove(name).unwrap_or_default()
    }
}

async fn read(request: Request) -> Result<Form, Refusal> {
    let kind = Kind::of(request.headers());
    let over = Arc::new(AtomicBool::new(false));
    let bounded = request.map(|body| Body::from_stream(bounded(body, over.clone())));
    let form = match kind {
        Some(Kind::Multipart) => multipart(bounded).await,
        Some(Kind::UrlEncoded) => url_encoded(bounded.into_body()).await,
        None => nothing(bounded).await,
    };
    match form {
        // Too large for the file alone: the text came before it and is kept.
        Ok(form) if form.has_files => Ok(form),
        Err(Refusal::WrongType) => Err(Refusal::WrongType),
        _ if over.load(Ordering::Relaxed) => Err(Refusal::TooLarge),
        other => other,
    }
}

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
        has_files: false,
    })
}

async fn multipart(request: Request) -> Result<Form, Refusal> {
    let mut parts = Multipart::from_request(request, &())
        .await
        .map_err(|_| Refusal::CutOff)?;
    let mut form = Form::default();
    loop {
        let mut part = match parts.next_field().await {
            Ok(Some(part)) => part,
            Ok(None) => return Ok(form),
            // What follows a file is no text of ours.
            Err(_) if form.has_files => return Ok(form),
            Err(_) => return Err(Refusal::CutOff),
        };
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.file_name().map(str::to_owned);
        if file.is_some() || name == domain::Field::Files.name() {
            loop {
                match part.chunk().await {
                    Ok(Some(chunk)) => form.has_files |= !chunk.is_empty(),
                    Ok(None) => break,
                    // Cut off, by the limit or the line: the text before it is kept.
                    Err(_) if form.has_files || file.is_some_and(|f| !f.is_empty()) => {
                        form.has_files = true;
                        return Ok(form);
                    }
                    Err(_) => return Err(Refusal::CutOff),
                }
            }
            continue;
        }
        let bytes = part.bytes().await.map_err(|_| Refusal::CutOff)?;
        form.fields
            .insert(name, String::from_utf8_lossy(&bytes).into_owned());
    }
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

/// The body up to [`BODY_MAX`]. What follows is read and dropped, and `over` says that there was
/// such: a connection closed on unread data would be reset before the browser reads our answer.
fn bounded(body: Body, over: Arc<AtomicBool>) -> impl Stream<Item = Result<Bytes, axum::Error>> {
    let start = (body.into_data_stream(), 0_usize);
    futures::stream::unfold(start, move |(mut chunks, mut seen)| {
        let over = over.clone();
        async move {
            loop {
                let mut chunk = match chunks.next().await? {
                    Ok(chunk) => chunk,
                    Err(error) => return Some((Err(error), (chunks, seen))),
                };
                let room = BODY_MAX.saturating_sub(seen);
                seen += chunk.len();
                if chunk.len() > room {
                    over.store(true, Ordering::Relaxed);
                    chunk.truncate(room);
                }
                if !chunk.is_empty() {
                    return Some((Ok(chunk), (chunks, seen)));
                }
                if seen > BODY_MAX + DRAIN_MAX {
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
        assert!(!form.has_files);
    }

    #[tokio::test]
    async fn an_empty_file_is_none_and_a_file_keeps_the_text() {
        let text = part("body", "", "typed");
        let none = text.clone() + &part("files", "; filename=\"\"", "") + "--xyz--\r\n";
        assert!(!Form::read(post(MULTIPART, none)).await.unwrap().has_files);
        let large =
            text + &part("files", "; filename=\"a\"", &"x".repeat(3 * BODY_MAX)) + "--xyz--\r\n";
        let mut form = Form::read(post(MULTIPART, large)).await.unwrap();
        assert!(form.has_files);
        assert_eq!(form.take("body"), "typed");
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
