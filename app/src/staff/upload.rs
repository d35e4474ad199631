//! Sending files from the dashboard: a plain form's body, by a plain request.
//!
//! Server functions carry no files well, so this goes beside them and answers with the same
//! errors. The files stay in the input until the server has them; they are never read here.

use crate::api::Failure;
use domain::{AppError, Field, MessageKind};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{FormData, HtmlInputElement, RequestInit, Response};

/// What is chosen in an input: how many files, and what tells them from others.
pub(crate) fn chosen(input: &HtmlInputElement) -> (u32, String) {
    let Some(list) = input.files() else {
        return (0, String::new());
    };
    let mut prints = String::new();
    for at in 0..list.length() {
        if let Some(file) = list.get(at) {
            let (name, size, changed) = (file.name(), file.size(), file.last_modified());
            prints.push_str(&format!("{name} {size} {changed}\n"));
        }
    }
    (list.length(), prints)
}

/// Sends a reply or a note with the files of `input`.
pub(crate) async fn say(
    number: i64,
    kind: MessageKind,
    body: &str,
    request_key: &str,
    input: &HtmlInputElement,
) -> Result<(), Failure> {
    let form = form(kind, body, request_key, input).map_err(|_| lost())?;
    let request = RequestInit::new();
    request.set_method("POST");
    request.set_body(&form);
    let address = format!("/api/staff/say/{number}");
    let sent = leptos::prelude::window().fetch_with_str_and_init(&address, &request);
    let answer: Response = JsFuture::from(sent)
        .await
        .and_then(|answer| answer.dyn_into())
        .map_err(|_| lost())?;
    if answer.ok() {
        return Ok(());
    }
    let text = match answer.text() {
        Ok(text) => JsFuture::from(text).await.map_err(|_| lost())?,
        Err(_) => return Err(lost()),
    };
    let error = serde_json::from_str(&text.as_string().unwrap_or_default());
    Err(Failure(error.unwrap_or_else(|_| lost().0)))
}

fn form(
    kind: MessageKind,
    body: &str,
    request_key: &str,
    input: &HtmlInputElement,
) -> Result<FormData, wasm_bindgen::JsValue> {
    let form = FormData::new()?;
    // The text first: it is kept even if the files are too large to be read to their end.
    form.append_with_str(
        "kind",
        match kind {
            MessageKind::Reply => "reply",
            MessageKind::Note => "note",
        },
    )?;
    form.append_with_str("request_key", request_key)?;
    form.append_with_str(Field::Body.name(), body)?;
    let list = input.files();
    for at in 0..list.as_ref().map_or(0, web_sys::FileList::length) {
        if let Some(file) = list.as_ref().and_then(|list| list.get(at)) {
            form.append_with_blob_and_filename(Field::Files.name(), &file, &file.name())?;
        }
    }
    Ok(form)
}

fn lost() -> Failure {
    Failure(AppError::Conflict {
        why: "The files did not get through. Your text and files are still here; try again in a moment."
            .to_owned(),
    })
}
