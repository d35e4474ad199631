//! One file: its bytes in every packing that helps, its hash and its type.
//!
//! Reading happens at start only; a request never waits for a disk.

use super::encoding::{Accepted, Encoding};
use axum::body::Bytes;
use axum::http::HeaderValue;
use sha2::{Digest, Sha256};
use std::path::Path;

/// Larger files are packed by the build, which takes its time over it, or not at all.
const PACK_HERE_MAX: usize = 200 * 1024;
/// How deep the site's folders are followed.
const DEPTH_MAX: usize = 6;

/// A file as it is served.
#[derive(Debug)]
pub(super) struct File {
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
    /// The first 12 digits of its SHA-256.
    pub(super) hash: String,
    pub(super) kind: HeaderValue,
}

impl File {
    /// A file that nothing was packed for.
    pub(super) fn new(name: &str, plain: Vec<u8>) -> Self {
        let digest = Sha256::digest(&plain);
        Self {
            hash: digest.iter().take(6).map(|b| format!("{b:02x}")).collect(),
            kind: HeaderValue::from_static(kind(name)),
            plain: plain.into(),
            brotli: None,
            gzip: None,
        }
    }

    fn read(path: &Path, name: &str) -> std::io::Result<Self> {
        let mut file = Self::new(name, std::fs::read(path)?);
        file.brotli = file.packed(path, Encoding::Brotli);
        file.gzip = file.packed(path, Encoding::Gzip);
        Ok(file)
    }

    /// The packed form beside the file, if it is this file's and not an older one's; else one
    /// made here. A packing that saves nothing is none.
    fn packed(&self, path: &Path, encoding: Encoding) -> Option<Bytes> {
        let mut beside = path.as_os_str().to_owned();
        beside.push(".");
        beside.push(encoding.ending());
        std::fs::read(Path::new(&beside))
            .ok()
            .filter(|packed| encoding.holds(packed, &self.plain))
            .or_else(|| {
                let packable = is_text(&self.kind) && self.plain.len() <= PACK_HERE_MAX;
                packable.then(|| encoding.pack(&self.plain)).flatten()
            })
            .filter(|packed| packed.len() < self.plain.len())
            .map(Bytes::from)
    }

    /// The smallest form that the browser takes.
    pub(super) fn best(&self, accepted: Accepted) -> (Encoding, Bytes) {
        if let Some(brotli) = self.brotli.as_ref().filter(|_| accepted.brotli) {
            return (Encoding::Brotli, brotli.clone());
        }
        if let Some(gzip) = self.gzip.as_ref().filter(|_| accepted.gzip) {
            return (Encoding::Gzip, gzip.clone());
        }
        (Encoding::Identity, self.plain.clone())
    }

    pub(super) fn tag(&self, encoding: Encoding) -> HeaderValue {
        let Self { hash, .. } = self;
        let text = match encoding {
            Encoding::Identity => format!("\"{hash}\""),
            packed => format!("\"{hash}-{}\"", packed.ending()),
        };
        HeaderValue::from_str(&text).expect("hexadecimal digits and letters fit into a header")
    }
}

fn is_text(kind: &HeaderValue) -> bool {
    kind.to_str()
        .is_ok_and(|k| k.starts_with("text/") || k.contains("json") || k.contains("svg"))
}

fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

/// Every file below `site`, by its path from there. Packed forms come with their originals.
pub(super) fn below(site: &Path) -> Vec<(String, File)> {
    let mut found = Vec::new();
    walk(site, "", DEPTH_MAX, &mut found);
    found
}

fn walk(folder: &Path, prefix: &str, depth: usize, found: &mut Vec<(String, File)>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        if name.starts_with('.') || name.ends_with(".br") || name.ends_with(".gz") {
            continue;
        }
        if path.is_dir() {
            if depth > 0 {
                walk(&path, &format!("{prefix}{name}/"), depth - 1, found);
            }
            continue;
        }
        match File::read(&path, &name) {
            Ok(file) => found.push((format!("{prefix}{name}"), file)),
            Err(error) => {
                tracing::warn!(file = %path.display(), %error, "A file of the front end cannot be read");
            }
        }
    }
}
