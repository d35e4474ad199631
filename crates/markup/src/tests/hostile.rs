//! That nothing typed becomes markup, is lost, or takes long.

use super::{shown, words};
use proptest::prelude::*;

/// What people try who want a page to run their words.
const ATTACKS: [&str; 20] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><svg onload=alert(1)>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt://%0aalert(1))",
    "[a](data:text/html,<script>alert(1)</script>)",
    "[a](<https://b\" onmouseover=\"alert(1)>)",
    "[a](https://b'onmouseover='alert(1))",
    "https://a.b/\"onmouseover=alert(1)//",
    "<https://a.b/\"onmouseover=alert(1)>",
    "```\"onmouseover=alert(1)\nx```",
    "```a\"b\nx\n```",
    "]]><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;img&#62; &amp;",
    "<@1\"><script>alert(1)</script>>",
    "<:\"onload=x:1>",
    "</x\"><script>:1>",
    "`</code><script>alert(1)</script>`",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "<!--<p title=\"--><img src onerror=alert(1)>",
];

/// Every tag that may be in HTML of ours; addresses and languages apart.
fn is_ours(tag: &str) -> bool {
    let fixed = [
        "p dir=\"auto\"",
        "/p",
        "br",
        "strong",
        "/strong",
        "em",
        "/em",
        "u",
        "/u",
        "s",
        "/s",
        "code",
        "/code",
        "/pre",
        "pre dir=\"ltr\" tabindex=\"0\"",
        "blockquote dir=\"auto\"",
        "/blockquote",
        "ul",
        "/ul",
        "/ol",
        "li dir=\"auto\"",
        "/li",
        "small",
        "/small",
        "/a",
        "/span",
        "/time",
        "span class=\"mention\"",
        "span class=\"sr-only\"",
        "span class=\"spoiler\" tabindex=\"0\"",
        "p class=\"heading heading-1\" dir=\"auto\"",
        "p class=\"heading heading-2\" dir=\"auto\"",
        "p class=\"heading heading-3\" dir=\"auto\"",
    ];
    let between =
        |start: &str, end: &str| tag.strip_prefix(start).and_then(|t| t.strip_suffix(end));
    let quoted = |inner: &str| !inner.contains(['"', '\'', '<']);
    let is_link = between("a href=\"", "\" rel=\"noopener nofollow ugc\"").is_some_and(|address| {
        let lower = address.to_ascii_lowercase();
        let known = ["https://", "http://", "mailto:"];
        quoted(address) && known.iter().any(|scheme| lower.starts_with(scheme))
    });
    fixed.contains(&tag)
        || is_link
        || between("code class=\"language-", "\"").is_some_and(quoted)
        || between("time datetime=\"", "\"").is_some_and(quoted)
        || between("ol start=\"", "\"").is_some_and(|n| n.parse::<u32>().is_ok())
}

/// Only tags of ours, each closed in its turn, and no character left that could be more.
#[track_caller]
fn assert_sound(typed: &str) {
    let html = shown(typed);
    let mut open = Vec::new();
    for (n, part) in html.split('<').enumerate() {
        let text = if n == 0 {
            part
        } else {
            let (tag, text) = part.split_once('>').expect("a tag that ends");
            assert!(is_ours(tag), "<{tag}> from {typed:?}");
            match tag.strip_prefix('/') {
                Some(name) => assert_eq!(open.pop(), Some(name), "{html}"),
                None if tag != "br" => open.push(tag.split(' ').next().expect("a name")),
                None => {}
            }
            text
        };
        assert!(!text.contains(['>', '"', '\'']), "{text:?} from {typed:?}");
    }
    assert!(open.is_empty(), "{open:?} left open by {typed:?}");
}

#[test]
fn attacks_are_words() {
    let wraps = [
        "X",
        "**X**",
        "||X||",
        "> X",
        "- X",
        "# X",
        "[X](https://a.b)",
        "`X`",
        "a X\n\nX b",
        "[a](https://b/X)",
    ];
    for attack in ATTACKS {
        for wrap in wraps {
            assert_sound(&wrap.replace('X', attack));
        }
    }
    assert_eq!(words("&lt;b&gt; &amp;"), "&amp;lt;b&amp;gt; &amp;amp;");
}

#[test]
fn texts_made_to_be_slow_are_not() {
    let bits = [
        "> ",
        ">",
        "*",
        "**",
        "* ",
        "*a ",
        "*a",
        "a*",
        "_a",
        "*_",
        "|| ",
        "||a",
        "~~a",
        "`",
        "` ",
        "```",
        "```a\n",
        "> ```\n",
        "[",
        "[a](",
        "[a](http://b",
        "[a](<http://b",
        "<",
        "<@",
        "<t:",
        "<http://a",
        "http://",
        "http://-",
        "http://a(",
        "http://)",
        "\\",
        "\n",
        " \n",
        "- a\n  ",
        "- ",
        "1. a\n",
        "# ",
        "-# ",
        "||*__~~a",
        "*a_b ",
        "👩‍👩‍👧",
        "\u{301}",
        "mailto:a",
        "</a",
        ">>> ",
    ];
    for bit in bits {
        let text = bit.repeat(100_000 / bit.len());
        assert_sound(&text);
        assert_sound(&format!(
            "{text}x{}",
            bit.chars().rev().collect::<String>().repeat(10_000)
        ));
    }
    let lengths: String = (1..400).map(|n| "`".repeat(n) + " ").collect();
    assert_sound(&(lengths.clone() + &lengths.replace('`', "*")));
    let deep: String = (0..3_000)
        .map(|n| format!("{}- a\n", " ".repeat(n % 40)))
        .collect();
    assert_sound(&deep);
}

/// Texts of what means something, in any order.
fn hard() -> impl Strategy<Value = String> {
    let bits: Vec<&'static str> = [
        "*",
        "**",
        "_",
        "__",
        "~~",
        "||",
        "`",
        "```",
        "```rs\n",
        "> ",
        ">>> ",
        "# ",
        "-# ",
        "- ",
        "  - ",
        "1. ",
        "[",
        "](",
        ")",
        "https://a.b",
        "<https://c.d>",
        "mailto:",
        "<@5>",
        "<t:5>",
        "<:e:5>",
        "\\",
        "\n",
        "\n\n",
        " ",
        "word",
        "\"",
        "'",
        "&",
        "<",
        ">",
        "é",
        "👩‍👩‍👧",
        "שלום",
    ]
    .into_iter()
    .chain(ATTACKS)
    .collect();
    prop::collection::vec(prop::sample::select(bits), 0..60).prop_map(|bits| bits.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn nothing_typed_becomes_markup(text in hard()) {
        assert_sound(&text);
    }

    #[test]
    fn any_text_at_all_is_taken(text in any::<String>()) {
        assert_sound(&text);
    }

    #[test]
    fn letters_are_never_lost(text in "[a-z*_~|`>#<@:/ \\n.-]{0,80}") {
        let html = shown(&text);
        let letters = |text: &str| text.chars().filter(char::is_ascii_lowercase).collect::<String>();
        let seen: String = html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect();
        let seen = seen.replace("&lt;", "").replace("&gt;", "").replace("poiler: ", "");
        // A language is shown as a class, and `mailto:` is not shown.
        prop_assume!(!html.contains("language-") && !text.contains("mailto:"));
        prop_assert_eq!(letters(&seen), letters(&text));
    }
}
