//! Where someone goes after signing in: a page of staff's, and never another site.

/// Where sign-in leads when nothing else was asked for.
pub(crate) const HOME: &str = "/staff";

/// The path if it is one of staff's, else their front page.
///
/// What browsers would read as another site is refused: a second slash, a backslash (which they
/// take for a slash), control characters (which they leave out).
pub(crate) fn local(asked: Option<&str>) -> String {
    asked
        .filter(|path| is_local(path))
        .unwrap_or(HOME)
        .to_owned()
}

fn is_local(path: &str) -> bool {
    let Some(rest) = path.strip_prefix(HOME) else {
        return false;
    };
    let bounded = rest.is_empty() || rest.starts_with(['/', '?', '#']);
    bounded
        && path.len() <= 512
        && !path.contains("//")
        && !path.contains('\\')
        && !path.contains("..")
        && path
            .chars()
            .all(|c| !c.is_control() && !c.is_whitespace() && c.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staffs_pages_are_kept() {
        for path in [
            "/staff",
            "/staff/tickets/7",
            "/staff?view=mine",
            "/staff/tickets/7#m12",
        ] {
            assert_eq!(local(Some(path)), path);
        }
    }

    #[test]
    fn anything_else_leads_to_the_front_page() {
        for path in [
            "",
            "/",
            "/new",
            "/staffroom",
            "/staff.evil.example",
            "//evil.example/staff",
            "/staff//evil.example",
            "/\\evil.example",
            "/staff\\..\\x",
            "/staff/../new",
            "https://evil.example/staff",
            "https:/staff",
            "javascript:alert(1)",
            "/staff\r\nSet-Cookie: x=y",
            "/staff/\u{0}",
            " /staff",
        ] {
            assert_eq!(local(Some(path)), HOME, "{path:?}");
        }
        assert_eq!(local(None), HOME);
        assert_eq!(local(Some(&format!("/staff?{}", "x".repeat(600)))), HOME);
    }
}
