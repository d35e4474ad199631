//! The cookie that remembers which private links this browser holds.
//!
//! It keeps the tokens themselves, newest first, so that `/my` works without an account. It does
//! not know whether a token opens anything; whoever uses one asks the desk.

use axum::http::{HeaderMap, HeaderValue, header};

const NAME: &str = "threadline_tickets";
/// Together well below the 4 KB that browsers keep of one cookie.
const KEPT: usize = 20;
const A_YEAR_S: u32 = 365 * 24 * 60 * 60;
/// No token contains it.
const SEPARATOR: char = '.';

/// The links that this browser holds, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Held(Vec<String>);

impl Held {
    /// Reads the request's cookies. What cannot be a token is left out.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Self {
        let mut held = Self::default();
        for token in value_of(headers, NAME)
            .into_iter()
            .flat_map(|v| v.split(SEPARATOR))
        {
            if held.0.len() < KEPT && is_plausible(token) && !held.holds(token) {
                held.0.push(token.to_owned());
            }
        }
        held
    }

    pub(crate) fn tokens(&self) -> &[String] {
        &self.0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn holds(&self, token: &str) -> bool {
        self.0.iter().any(|t| t == token)
    }

    /// The header that adds `token`, or nothing if the browser holds it.
    pub(crate) fn with(&self, token: &str, https: bool) -> Option<HeaderValue> {
        if !is_plausible(token) || self.holds(token) {
            return None;
        }
        let mut value = token.to_owned();
        for other in self.0.iter().take(KEPT - 1) {
            value.push(SEPARATOR);
            value.push_str(other);
        }
        let secure = if https { "; Secure" } else { "" };
        HeaderValue::from_str(&format!(
            "{NAME}={value}; Path=/; Max-Age={A_YEAR_S}; HttpOnly; SameSite=Lax{secure}"
        ))
        .ok()
    }
}

/// Whether the request carries a cookie of that name.
pub(crate) fn has(headers: &HeaderMap, name: &str) -> bool {
    value_of(headers, name).is_some()
}

fn value_of<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(n, _)| *n == name)
        .map(|(_, value)| value)
}

fn is_plausible(token: &str) -> bool {
    (16..=64).contains(&token.len())
        && token
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(n: usize) -> String {
        format!("{n:032}")
    }

    fn held(cookie: &str) -> Held {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_str(cookie).unwrap());
        Held::from_headers(&headers)
    }

    /// What a browser sends back of a `Set-Cookie`.
    fn sent_back(value: &HeaderValue) -> Held {
        held(value.to_str().unwrap().split(';').next().unwrap())
    }

    #[test]
    fn the_newest_comes_first_and_the_oldest_goes() {
        let mut now = Held::default();
        for n in 0..25 {
            now = sent_back(&now.with(&token(n), false).unwrap());
        }
        assert_eq!(now.tokens().len(), KEPT);
        assert_eq!(now.tokens().first(), Some(&token(24)));
        assert_eq!(now.tokens().last(), Some(&token(5)));
        assert_eq!(now.with(&token(10), false), None);
    }

    #[test]
    fn a_full_cookie_fits_into_a_browser() {
        let mut now = Held::default();
        for n in 0..25 {
            now = sent_back(&now.with(&token(n), true).unwrap());
        }
        let full = now.with(&token(99), true).unwrap();
        assert!(full.len() < 4_000);
        let text = full.to_str().unwrap();
        assert!(
            text.contains("HttpOnly")
                && text.contains("SameSite=Lax")
                && text.ends_with("; Secure")
        );
    }

    #[test]
    fn rubbish_is_left_out() {
        let good = token(1);
        let read = held(&format!(
            "x=1; {NAME}=.short.{good}.{good}.<script>alert(1)</script>; y"
        ));
        assert_eq!(read.tokens(), [good]);
        assert!(held("threadline_tickets").is_empty());
        assert!(held(&format!("{NAME}=")).is_empty());
        assert_eq!(Held::default().with("no token\r\nX: y", false), None);
    }
}
