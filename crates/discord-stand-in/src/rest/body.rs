//! Reading requests: path steps, queries, JSON and multipart bodies.
//! It knows the wire, not the routes; a body that Discord would not read is refused here.

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header;
use serde_json::Value;

use crate::error::{Answer, Refusal};
use crate::world::attachments::Upload;

/// Bytes that a whole request may have.
const REQUEST_LIMIT: usize = 25 * 1024 * 1024;

/// A request's body.
#[derive(Debug, Default)]
pub(crate) struct Given {
    pub(crate) json: Value,
    pub(crate) files: Vec<Upload>,
}

/// The steps of a path, with percent-escapes undone.
pub(crate) fn steps(path: &str) -> Vec<String> {
    path.split('/')
        .filter(|step| !step.is_empty())
        .map(unescape)
        .collect()
}

fn unescape(step: &str) -> String {
    let mut bytes = Vec::with_capacity(step.len());
    let mut rest = step.as_bytes();
    while let [first, tail @ ..] = rest {
        let digits = tail.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let byte = digits.and_then(|two| u8::from_str_radix(two, 16).ok());
        match (first, byte) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The pairs of a query; a stray `?` or `&` at the front (serenity sends both) is no pair.
pub(crate) fn query(text: &str) -> Vec<(String, String)> {
    let text = text.trim_start_matches(['?', '&']);
    url::form_urlencoded::parse(text.as_bytes())
        .into_owned()
        .collect()
}

/// Reads the body, whatever kind it is of.
pub(crate) async fn read(request: Request) -> Answer<Given> {
    let kind = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_ascii_lowercase();
    if kind.starts_with("multipart/form-data") {
        return read_parts(request).await;
    }
    let bytes = to_bytes(request.into_body(), REQUEST_LIMIT).await;
    let bytes = bytes.map_err(|_| Refusal::of(40005))?;
    if bytes.is_empty() {
        return Ok(Given::default());
    }
    if !kind.starts_with("application/json") {
        let words = "Expected \"Content-Type\" header to be one of {'application/json'}.";
        return Err(Refusal::field("", "CONTENT_TYPE_INVALID", words));
    }
    let json = serde_json::from_slice(&bytes).map_err(|_| Refusal::of(50109))?;
    Ok(Given {
        json,
        files: Vec::new(),
    })
}

async fn read_parts(request: Request) -> Answer<Given> {
    let broken = || Refusal::of(50035);
    let (parts, body) = request.into_parts();
    // The limit is enforced before the parts are looked at, as Discord's edge does.
    let bytes = to_bytes(body, REQUEST_LIMIT)
        .await
        .map_err(|_| Refusal::of(40005))?;
    let request = Request::from_parts(parts, Body::from(bytes));
    let request = axum::RequestExt::with_limited_body(request);
    let mut multipart = Multipart::from_request(request, &())
        .await
        .map_err(|_| broken())?;
    let mut given = Given::default();
    while let Some(field) = multipart.next_field().await.map_err(|_| broken())? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "payload_json" {
            let text = field.text().await.map_err(|_| broken())?;
            given.json = serde_json::from_str(&text).map_err(|_| Refusal::of(50109))?;
            continue;
        }
        let digits: String = name.chars().filter(char::is_ascii_digit).collect();
        let filename = field.file_name().map(str::to_owned);
        let content_type = field.content_type().map(str::to_owned);
        let bytes = field.bytes().await.map_err(|_| broken())?.to_vec();
        match filename {
            Some(filename) => given.files.push(Upload {
                index: digits.parse().unwrap_or(0),
                filename,
                content_type,
                bytes,
            }),
            None if given.json.is_null() || given.json.is_object() => {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                given.json[name] = Value::String(text);
            }
            None => {}
        }
    }
    Ok(given)
}
