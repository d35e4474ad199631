//! Requests that carry files, over the network.
//!
//! serenity's client numbers files only for requests that it builds itself, whose answers it then
//! insists on reading whole; these go beside it. They are judged like those of any other carrier,
//! and pauses that Discord asks for are kept by whoever asked.

use super::carrier::{Answer, Carrier, Request};
use anyhow::Context;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::multipart::{Form, Part};

/// A way to Discord for files.
pub(super) struct Uploads {
    client: reqwest::Client,
    headers: HeaderMap,
}

impl Uploads {
    pub(super) fn new(client: reqwest::Client, token: &str) -> anyhow::Result<Self> {
        let token = token.trim().trim_start_matches("Bot ");
        let mut authorization = HeaderValue::from_str(&format!("Bot {token}"))
            .context("the bot's token cannot stand in a header")?;
        authorization.set_sensitive(true);
        let agent = HeaderValue::from_static(serenity::constants::USER_AGENT);
        Ok(Self {
            client,
            headers: HeaderMap::from_iter([(AUTHORIZATION, authorization), (USER_AGENT, agent)]),
        })
    }
}

#[async_trait::async_trait]
impl Carrier for Uploads {
    async fn carry(&self, request: Request<'_>) -> Option<Answer> {
        let method = reqwest::Method::from_bytes(request.method.as_bytes()).ok()?;
        let url = format!("https://discord.com/api/v10{}", request.path);
        let body = String::from_utf8_lossy(request.body).into_owned();
        let mut form = Form::new().text("payload_json", body);
        for (number, file) in request.files.iter().enumerate() {
            let part = Part::stream(file.bytes.clone()).file_name(file.name.clone());
            form = form.part(format!("files[{number}]"), part);
        }
        let sent = self
            .client
            .request(method, url)
            .headers(self.headers.clone())
            .query(request.params)
            .multipart(form)
            .send();
        let answer = sent.await.ok()?;
        Some(Answer {
            status: answer.status().as_u16(),
            body: answer.bytes().await.ok()?.to_vec(),
        })
    }
}
