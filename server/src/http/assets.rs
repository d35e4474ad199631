//! The built front end's files: read once, named by their content, kept by browsers for ever.
//!
//! Every file answers under its own path too, for what refers to it by that (robots, module
//! imports), but only the hashed address may be cached. It knows files, not pages.

mod encoding;
mod file;

use app::assets::Assets;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use encoding::Encoding;
use file::File;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");
/// What crawlers are told when the front end brings no word of its own.
const ROBOTS: &str = "User-agent: *\nDisallow: /t/\nDisallow: /my\nDisallow: /staff\n";

/// Every file that we serve, by address.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    files: HashMap<String, (Arc<File>, HeaderValue)>,
    hashed: HashMap<String, String>,
}

impl Shelf {
    /// Reads every file below `site`. A missing folder leaves pages without looks, not without
    /// words; tests need no front end.
    pub(crate) fn load(site: &Path) -> Self {
        let mut shelf = Self::default();
        for (path, file) in file::below(site) {
            shelf.put(&path, file);
        }
        shelf.fill_gaps();
        let missing: Vec<&str> = [CSS, JS, LIVE_JS]
            .into_iter()
            .filter(|path| !shelf.hashed.contains_key(*path))
            .collect();
        if !missing.is_empty() {
            tracing::warn!(
                site = %site.display(),
                missing = missing.join(", "),
                "Parts of the front end are missing: build it (`cargo xtask build`) or set SITE_DIR"
            );
        }
        shelf
    }

    fn put(&mut self, path: &str, file: File) {
        let file = Arc::new(file);
        let address = hashed_address(path, &file.hash);
        self.files.insert(address.clone(), (file.clone(), FOR_EVER));
        self.files.insert(format!("/{path}"), (file, ASK_AGAIN));
        self.hashed.insert(path.to_owned(), address);
    }

    /// Addresses that browsers and crawlers ask for by themselves.
    fn fill_gaps(&mut self) {
        if !self.files.contains_key("/robots.txt") {
            let robots = File::new("robots.txt", ROBOTS.as_bytes().to_vec());
            self.files
                .insert("/robots.txt".to_owned(), (Arc::new(robots), ASK_AGAIN));
        }
        if !self.files.contains_key("/favicon.ico")
            && let Some((icon, _)) = self.files.get(&format!("/{FAVICON}"))
        {
            self.files
                .insert("/favicon.ico".to_owned(), (icon.clone(), ASK_AGAIN));
        }
    }

    /// The addresses that pages link to. A missing file keeps its plain one: an empty address
    /// would make browsers load the page itself again.
    pub(crate) fn addresses(&self) -> Assets {
        let at = |path: &str| {
            self.hashed
                .get(path)
                .cloned()
                .unwrap_or_else(|| format!("/{path}"))
        };
        let wasm = [WASM, WASM_BG]
            .into_iter()
            .find(|path| self.hashed.contains_key(*path));
        Assets {
            css: at(CSS),
            js: at(JS),
            wasm: at(wasm.unwrap_or(WASM)),
            live_js: at(LIVE_JS),
            favicon: at(FAVICON),
        }
    }

    /// The file at this address, as this browser wants it.
    pub(crate) fn serve(&self, path: &str, asked: &HeaderMap) -> Option<Response> {
        let (file, keep) = self.files.get(path)?;
        let (encoding, bytes) = file.best(Encoding::accepted(asked));
        let tag = file.tag(encoding);
        let mut headers = HeaderMap::new();
        headers.insert(header::CACHE_CONTROL, keep.clone());
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        headers.insert(header::ETAG, tag.clone());
        if names(asked, &tag) {
            return Some((StatusCode::NOT_MODIFIED, headers).into_response());
        }
        headers.insert(header::CONTENT_TYPE, file.kind.clone());
        if let Some(encoding) = encoding.header() {
            headers.insert(header::CONTENT_ENCODING, encoding);
        }
        Some((headers, bytes).into_response())
    }
}

const CSS: &str = "pkg/threadline.css";
const JS: &str = "pkg/threadline.js";
const WASM: &str = "pkg/threadline.wasm";
const WASM_BG: &str = "pkg/threadline_bg.wasm";
const LIVE_JS: &str = "live.js";
const FAVICON: &str = "favicon.svg";

/// `pkg/threadline.css` → `/pkg/threadline.0123456789ab.css`; files of the root move there too.
fn hashed_address(path: &str, hash: &str) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("pkg", path));
    match name.rsplit_once('.') {
        Some((stem, ending)) => format!("/{folder}/{stem}.{hash}.{ending}"),
        None => format!("/{folder}/{name}.{hash}"),
    }
}

/// Whether the browser says that it has this already.
fn names(asked: &HeaderMap, tag: &HeaderValue) -> bool {
    asked
        .get(header::IF_NONE_MATCH)
        .and_then(|known| known.to_str().ok())
        .zip(tag.to_str().ok())
        .is_some_and(|(known, tag)| {
            known
                .split(',')
                .any(|k| k.trim().trim_start_matches("W/") == tag)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn built() -> tempfile::TempDir {
        let site = tempfile::tempdir().unwrap();
        std::fs::create_dir(site.path().join("pkg")).unwrap();
        let write = |name: &str, text: &[u8]| {
            std::fs::File::create(site.path().join(name))
                .unwrap()
                .write_all(text)
                .unwrap();
        };
        write("pkg/threadline.css", "a{color:red}".repeat(50).as_bytes());
        write("pkg/threadline.js", "export {}".repeat(50).as_bytes());
        write("pkg/threadline.wasm", b"\0asm");
        write("live.js", b"//live");
        write("favicon.svg", b"<svg/>");
        // Left over from an earlier build: must not be served for the new file.
        write("pkg/threadline.css.br", b"stale");
        site
    }

    fn asking(pairs: &[(header::HeaderName, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()))
            .collect()
    }

    #[test]
    fn a_hashed_address_is_kept_for_ever_and_the_plain_one_is_not() {
        let site = built();
        let shelf = Shelf::load(site.path());
        let css = shelf.addresses().css;
        assert!(
            css.starts_with("/pkg/threadline.") && css.ends_with(".css"),
            "{css}"
        );
        let answer = shelf.serve(&css, &HeaderMap::new()).unwrap();
        assert_eq!(answer.headers()[header::CACHE_CONTROL], FOR_EVER);
        assert_eq!(
            answer.headers()[header::CONTENT_TYPE],
            "text/css; charset=utf-8"
        );
        let plain = shelf
            .serve("/pkg/threadline.css", &HeaderMap::new())
            .unwrap();
        assert_eq!(plain.headers()[header::CACHE_CONTROL], ASK_AGAIN);
        assert_eq!(shelf.addresses().wasm.rsplit('.').next(), Some("wasm"));
        assert!(shelf.addresses().live_js.starts_with("/pkg/live."));
        for absent in [
            "/pkg/threadline.css.br",
            "/pkg/../live.js",
            "/pkg/",
            "/nothing",
        ] {
            assert!(shelf.serve(absent, &HeaderMap::new()).is_none(), "{absent}");
        }
    }

    #[test]
    fn a_browser_that_has_it_gets_nothing_again() {
        let site = built();
        let shelf = Shelf::load(site.path());
        let css = shelf.addresses().css;
        let brotli = asking(&[(header::ACCEPT_ENCODING, "gzip, br")]);
        let first = shelf.serve(&css, &brotli).unwrap();
        assert_eq!(first.headers()[header::CONTENT_ENCODING], "br");
        let tag = first.headers()[header::ETAG].to_str().unwrap().to_owned();
        let again = asking(&[
            (header::ACCEPT_ENCODING, "gzip, br"),
            (header::IF_NONE_MATCH, &tag),
        ]);
        assert_eq!(
            shelf.serve(&css, &again).unwrap().status(),
            StatusCode::NOT_MODIFIED
        );
        let other = asking(&[(header::IF_NONE_MATCH, &tag)]);
        assert_eq!(shelf.serve(&css, &other).unwrap().status(), StatusCode::OK);
    }

    #[test]
    fn without_a_front_end_pages_still_link_somewhere_and_crawlers_are_told() {
        let shelf = Shelf::load(Path::new("/nonexistent/threadline/site"));
        let css = shelf.addresses().css;
        assert_eq!(css, "/pkg/threadline.css");
        assert!(shelf.serve(&css, &HeaderMap::new()).is_none());
        assert!(shelf.serve("/robots.txt", &HeaderMap::new()).is_some());
    }
}
