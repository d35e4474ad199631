//! Files: their bytes, their records on messages, and links that are signed and expire.
//! It does not know who asks for a file: whoever has a valid link gets it, as with Discord.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::World;

/// How long a link is good.
const LIFETIME_S: i64 = 24 * 3600;
const SECRET: &[u8] = b"links of the stand-in";
const HOST: &str = "https://cdn.discordapp.com";

/// A file's bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct StoredFile {
    pub(crate) channel_id: u64,
    pub(crate) filename: String,
    pub(crate) content_type: Option<String>,
    #[serde(serialize_with = "write_bytes", deserialize_with = "read_bytes")]
    pub(crate) bytes: Vec<u8>,
}

fn write_bytes<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&STANDARD.encode(bytes))
}

fn read_bytes<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(from)?;
    STANDARD.decode(text).map_err(serde::de::Error::custom)
}

/// A file as it came with a request.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    /// The `n` of `files[n]`.
    pub(crate) index: u64,
    pub(crate) filename: String,
    pub(crate) content_type: Option<String>,
    pub(crate) bytes: Vec<u8>,
}

/// A file on a message.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Attachment {
    pub(crate) id: u64,
    pub(crate) filename: String,
    pub(crate) size: usize,
    pub(crate) content_type: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) title: Option<String>,
    /// Width and height.
    pub(crate) pixels: Option<(u32, u32)>,
}

impl Attachment {
    /// The record with a fresh link.
    pub(crate) fn json(&self, channel: u64, now_ms: i64) -> Value {
        let url = link(channel, self.id, &self.filename, now_ms);
        let mut shown = json!({
            "id": self.id.to_string(),
            "filename": self.filename,
            "size": self.size,
            "url": url,
            "proxy_url": url.replacen("cdn.discordapp.com", "media.discordapp.net", 1),
            "flags": 0,
            "content_scan_version": 0,
        });
        if let Some(kind) = &self.content_type {
            shown["content_type"] = json!(kind);
        }
        if let Some(words) = &self.description {
            shown["description"] = json!(words);
        }
        if let Some(title) = &self.title {
            shown["title"] = json!(title);
        }
        if let Some((width, height)) = self.pixels {
            shown["width"] = json!(width);
            shown["height"] = json!(height);
        }
        shown
    }
}

/// A link that is good from now on for a day. The trailing `&` is Discord's.
pub(crate) fn link(channel: u64, id: u64, filename: &str, now_ms: i64) -> String {
    let issued = now_ms / 1000;
    let expires = issued + LIFETIME_S;
    let sign = signature(channel, id, filename, expires, issued);
    format!("{HOST}/attachments/{channel}/{id}/{filename}?ex={expires:x}&is={issued:x}&hm={sign}&")
}

/// Whether a link was made here and is still good.
pub(crate) fn link_holds(channel: u64, id: u64, filename: &str, query: &str, now_ms: i64) -> bool {
    let value = |key: &str| {
        url::form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    };
    let seconds = |key: &str| i64::from_str_radix(&value(key), 16).unwrap_or(0);
    let (expires, issued) = (seconds("ex"), seconds("is"));
    let fresh = now_ms / 1000 < expires;
    fresh && value("hm") == signature(channel, id, filename, expires, issued)
}

fn signature(channel: u64, id: u64, filename: &str, expires: i64, issued: i64) -> String {
    let mut hash = Sha256::new();
    hash.update(SECRET);
    hash.update(format!("{channel}/{id}/{filename}/{expires}/{issued}"));
    hex(&hash.finalize())
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a String cannot fail.
        write!(text, "{byte:02x}").ok();
        text
    })
}

impl World {
    /// Keeps an upload and makes its record.
    pub(crate) fn store(&mut self, channel: u64, upload: Upload, about: &Value) -> Attachment {
        let id = self.new_id();
        let given = about["filename"].as_str().unwrap_or(&upload.filename);
        let filename = tidy(given);
        let content_type = upload.content_type.or_else(|| guess(&filename));
        let text = |key: &str| about[key].as_str().map(str::to_owned);
        let attachment = Attachment {
            id,
            size: upload.bytes.len(),
            content_type: content_type.clone(),
            description: text("description"),
            title: text("title"),
            pixels: pixels(&upload.bytes),
            filename: filename.clone(),
        };
        let file = StoredFile {
            channel_id: channel,
            filename,
            content_type,
            bytes: upload.bytes,
        };
        self.files.insert(id, file);
        attachment
    }
}

/// File names lose what does not belong into a URL, as with Discord.
fn tidy(name: &str) -> String {
    let kept: String = name
        .chars()
        .map(|c| if c.is_whitespace() { '_' } else { c })
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
        .collect();
    let kept = kept.trim_start_matches('.');
    if kept.is_empty() {
        "unknown".to_owned()
    } else {
        kept.to_owned()
    }
}

fn guess(filename: &str) -> Option<String> {
    let (_, ending) = filename.rsplit_once('.')?;
    let kind = match ending.to_ascii_lowercase().as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "txt" | "log" => "text/plain; charset=utf-8",
        "pdf" => "application/pdf",
        "json" => "application/json",
        "zip" => "application/zip",
        _ => return None,
    };
    Some(kind.to_owned())
}

/// Width and height of a PNG or GIF, read from its header.
fn pixels(bytes: &[u8]) -> Option<(u32, u32)> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        let number = |at: usize| {
            let four: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
            Some(u32::from_be_bytes(four))
        };
        return Some((number(16)?, number(20)?));
    }
    if bytes.starts_with(b"GIF8") {
        let number = |at: usize| {
            let two: [u8; 2] = bytes.get(at..at + 2)?.try_into().ok()?;
            Some(u32::from(u16::from_le_bytes(two)))
        };
        return Some((number(6)?, number(8)?));
    }
    None
}
