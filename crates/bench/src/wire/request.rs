//! Requests as bytes: what a browser, or a person at Discord, would send.
//!
//! It writes text and nothing else. Headers are the few without which an answer would differ.

use serde_json::Value;
use std::fmt::Write;
use std::net::SocketAddr;
use url::form_urlencoded;

/// A request being written.
#[derive(Clone, Debug)]
pub struct Request {
    head: String,
    body: Vec<u8>,
}

impl Request {
    fn new(method: &str, host: SocketAddr, path: &str) -> Self {
        Self {
            head: format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nuser-agent: bench\r\n"),
            body: Vec::new(),
        }
    }

    /// Asks for a page.
    pub fn get(host: SocketAddr, path: &str) -> Self {
        Self::new("GET", host, path)
    }

    /// Sends a form.
    pub fn form(host: SocketAddr, path: &str, fields: &[(&str, &str)]) -> Self {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let mut request =
            Self::new("POST", host, path).with("content-type", "application/x-www-form-urlencoded");
        request.body = body.into_bytes();
        request
    }

    /// Sends JSON.
    pub fn json(method: &str, host: SocketAddr, path: &str, body: &Value) -> Self {
        let mut request = Self::new(method, host, path).with("content-type", "application/json");
        request.body = body.to_string().into_bytes();
        request
    }

    /// With one more header.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        // Writing into a String cannot fail.
        let _ = write!(self.head, "{name}: {value}\r\n");
        self
    }

    /// What goes over the wire.
    pub fn bytes(mut self) -> Vec<u8> {
        if !self.body.is_empty() {
            let length = self.body.len().to_string();
            self = self.with("content-length", &length);
        }
        let mut bytes = self.head.into_bytes();
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_encoded_and_measured() {
        let host = SocketAddr::from(([127, 0, 0, 1], 80));
        let bytes = Request::form(host, "/new", &[("body", "a b&c"), ("x", "ü")]).bytes();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.starts_with("POST /new HTTP/1.1\r\nhost: 127.0.0.1:80\r\n"));
        assert!(
            text.ends_with("content-length: 21\r\n\r\nbody=a+b%26c&x=%C3%BC"),
            "{text}"
        );
    }
}
