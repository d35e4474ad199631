//! What Discord's markdown becomes, and what stays text.

use super::{shown, words};
use crate::{Names, html, mentioned};
use domain::{ChannelId, DiscordUserId, RoleId};

#[test]
fn marks_become_looks() {
    for (typed, expected) in [
        ("**bold**", "<strong>bold</strong>"),
        ("*it* and _it_", "<em>it</em> and <em>it</em>"),
        ("__under__ ~~gone~~", "<u>under</u> <s>gone</s>"),
        ("***both***", "<em><strong>both</strong></em>"),
        ("***both* bold**", "<strong><em>both</em> bold</strong>"),
        ("**bold *it***", "<strong>bold <em>it</em></strong>"),
        ("__**u**__", "<u><strong>u</strong></u>"),
        ("**a**b**c**", "<strong>a</strong>b<strong>c</strong>"),
        ("**note:**text", "<strong>note:</strong>text"),
        ("**two\nlines**", "<strong>two<br>lines</strong>"),
        ("`a *b* <c>`", "<code>a *b* &lt;c&gt;</code>"),
        ("`` a`b ``", "<code> a`b </code>"),
        ("`` `b` ``", "<code>`b`</code>"),
    ] {
        assert_eq!(words(typed), expected, "{typed}");
    }
}

#[test]
fn marks_that_mean_nothing_stay() {
    for typed in [
        "2 * 3 * 4",
        "snake_case_name",
        "**open",
        "a ~b~ | c",
        "`open",
        "``a`",
        "* ",
        "_ _",
        "****",
        "¯\\_(ツ)_/¯",
        "[a]: b",
        "[a](b)",
        "a\tb  c",
        "text\n---",
        "# ",
        "#1 is broken",
        "####  x",
        "-x",
        "1986.a",
        "~~",
        "||open",
        "]( )",
        "C:\\new",
        "<@x> <t:x> <t:1:Z> <#> <:a:> </:1>",
        "<t:99999999999999999999>",
        "!@everyone",
    ] {
        let expected = typed
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('\n', "<br>");
        assert_eq!(words(typed), expected.trim_end(), "{typed}");
    }
}

#[test]
fn marks_across_each_other_are_not_torn() {
    assert_eq!(words("~~a *b~~ c*"), "<s>a *b</s> c*");
    assert_eq!(
        words("[**a](https://b.c)**"),
        format!("{}**", a("https://b.c", "**a"))
    );
}

#[test]
fn escapes_take_the_meaning_away() {
    assert_eq!(
        words(r"\*a\* \# \<@1\> \\ \`b\`"),
        "*a* # &lt;@1&gt; \\ `b`"
    );
    assert_eq!(words(r"\# no heading"), "# no heading");
    assert_eq!(words(r"\> no quote"), "&gt; no quote");
}

#[test]
fn every_line_break_is_one_and_empty_lines_part_paragraphs() {
    assert_eq!(words("a\n  b\nc"), "a<br>  b<br>c");
    assert_eq!(
        shown("a\n\n \nb"),
        "<p dir=\"auto\">a</p><p dir=\"auto\">b</p>"
    );
    assert_eq!(shown("\r\na\r\nb\r"), "<p dir=\"auto\">a<br>b</p>");
    assert_eq!(words("    four spaces"), "    four spaces");
    assert_eq!(shown(" \n\n "), "");
    // What is hidden is hidden to its end.
    let hidden = words("||a\n\nb||");
    assert!(hidden.contains("a<br><br>b</span>"), "{hidden}");
}

#[test]
fn a_spoiler_is_reached_by_keyboard_and_announced() {
    assert_eq!(
        words("||it *was* me||"),
        "<span class=\"spoiler\" tabindex=\"0\"><span class=\"sr-only\">Spoiler: </span>\
         it <em>was</em> me</span>"
    );
}

#[test]
fn code_blocks_keep_everything_and_name_their_language() {
    assert_eq!(
        shown("see ```rust\nif a < b {\n\n  **c** }\n``` there"),
        "<p dir=\"auto\">see</p><pre dir=\"ltr\" tabindex=\"0\"><code class=\"language-rust\">\
         if a &lt; b {\n\n  **c** }</code></pre><p dir=\"auto\"> there</p>"
    );
    assert_eq!(
        shown("```a```\nb"),
        format!("{}<p dir=\"auto\">b</p>", pre("a"))
    );
    assert_eq!(
        shown("```\n> a\n# b\n```"),
        pre("> a\n# b").replace("> a", "&gt; a")
    );
    assert_eq!(
        shown("- a ```b```"),
        format!("<ul><li dir=\"auto\">a</li></ul>{}", pre("b"))
    );
    assert_eq!(words("```open"), "```open");
    assert_eq!(words("``````"), "``````");
}

fn pre(code: &str) -> String {
    format!("<pre dir=\"ltr\" tabindex=\"0\"><code>{code}</code></pre>")
}

#[test]
fn quotes_hold_blocks_and_end_where_they_end() {
    let quote = |inner: &str| format!("<blockquote dir=\"auto\">{inner}</blockquote>");
    assert_eq!(
        shown("> a\n> b\nc"),
        quote("<p dir=\"auto\">a<br>b</p>") + "<p dir=\"auto\">c</p>"
    );
    assert_eq!(
        shown("x\n>>> a\n\nb"),
        "<p dir=\"auto\">x</p>".to_owned() + &quote("<p dir=\"auto\">a</p><p dir=\"auto\">b</p>")
    );
    assert_eq!(shown("> ```\n> a\n> ```\n"), quote(&pre("a")));
    assert_eq!(shown("> > a"), quote("<p dir=\"auto\">&gt; a</p>"));
    assert_eq!(shown("> - a"), quote("<ul><li dir=\"auto\">a</li></ul>"));
    assert_eq!(words("a > b"), "a &gt; b");
    // A mark in a quote does not open code outside it.
    assert_eq!(
        shown("> ```\nb ```c```"),
        quote("<p dir=\"auto\">```</p>") + "<p dir=\"auto\">b</p>" + &pre("c")
    );
}

#[test]
fn headings_and_small_print_are_paragraphs_of_another_weight() {
    assert_eq!(
        shown("# A *b*\ntext\n-# small"),
        "<p class=\"heading heading-1\" dir=\"auto\">A <em>b</em></p><p dir=\"auto\">text</p>\
         <p dir=\"auto\"><small>small</small></p>"
    );
    assert!(shown("### x").contains("heading-3"));
}

#[test]
fn lists_nest_by_their_indentation() {
    assert_eq!(
        shown("- a\n  - b\n  more\n* c\n3. d\n4. e\nend"),
        "<ul><li dir=\"auto\">a<ul><li dir=\"auto\">b<br>more</li></ul></li><li dir=\"auto\">c</li></ul>\
         <ol start=\"3\"><li dir=\"auto\">d</li><li dir=\"auto\">e</li></ol><p dir=\"auto\">end</p>"
    );
}

fn a(address: &str, words: &str) -> String {
    format!("<a href=\"{address}\" rel=\"noopener nofollow ugc\">{words}</a>")
}

#[test]
fn links_lead_where_they_say() {
    for (typed, expected) in [
        (
            "https://a.b/c_d_e?f=1&g=2.",
            a(
                "https://a.b/c_d_e?f=1&amp;g=2",
                "https://a.b/c_d_e?f=1&amp;g=2",
            ) + ".",
        ),
        (
            "(https://a.b/c_(d))",
            format!("({})", a("https://a.b/c_(d)", "https://a.b/c_(d)")),
        ),
        (
            "**https://a.b**",
            format!("<strong>{}</strong>", a("https://a.b", "https://a.b")),
        ),
        ("<HTTP://A.b>", a("HTTP://A.b", "HTTP://A.b")),
        ("mailto:a@b.c", a("mailto:a@b.c", "a@b.c")),
        (
            "[**a** b](https://c.d)",
            a("https://c.d", "<strong>a</strong> b"),
        ),
        (
            "[a](<https://c.d/e f>)",
            "[a](&lt;".to_owned() + &a("https://c.d/e", "https://c.d/e") + " f&gt;)",
        ),
        ("[a](<https://c.d/(>) x", a("https://c.d/(", "a") + " x"),
        ("[a](https://c.d \"t\")", a("https://c.d", "a")),
        ("[a](https://b.c/d_(e))", a("https://b.c/d_(e)", "a")),
        ("xhttps://a.b", "xhttps://a.b".to_owned()),
        (
            "https:// http://) mailto:",
            "https:// http://) mailto:".to_owned(),
        ),
    ] {
        assert_eq!(words(typed), expected, "{typed}");
    }
    // Words that look like an address hide no other one.
    let honest = words("[https://bank.example](https://evil.example)");
    assert!(
        honest.contains(&a("https://bank.example", "https://bank.example")),
        "{honest}"
    );
    // Nor does an address that turns the reading direction.
    assert!(words("https://a.b/\u{202e}c").starts_with(&a("https://a.b/", "https://a.b/")));
}

#[test]
fn mentions_are_names_and_nothing_is_fetched() {
    let names = Names {
        people: [(DiscordUserId(5), "Mira <3".to_owned())].into(),
        roles: [(RoleId(6), "staff".to_owned())].into(),
        channels: [(ChannelId(7), "help".to_owned())].into(),
    };
    let typed = "<@5> <@!5> <@&6> <#7> <@9> <@&9> <#9> </close it:9> <:wave:9> <a:dance_1:9>";
    let span = |name: &str| format!("<span class=\"mention\">{name}</span>");
    let expected = [
        "@Mira &lt;3",
        "@Mira &lt;3",
        "@staff",
        "#help",
        "@someone",
        "@role",
        "#channel",
        "/close it",
    ];
    assert_eq!(
        html(typed, &names),
        format!(
            "<p dir=\"auto\">{} :wave: :dance_1:</p>",
            expected.map(span).join(" ")
        )
    );
    assert_eq!(mentioned(typed), [DiscordUserId(5), DiscordUserId(9)]);
    assert_eq!(words("`<@5>`"), "<code>&lt;@5&gt;</code>");
}

#[test]
fn moments_are_said_in_utc() {
    let time = |words: &str| format!("<time datetime=\"2026-11-21T12:48:00Z\">{words}</time>");
    for (style, expected) in [
        ("", "21 November 2026, 12:48 UTC"),
        (":R", "21 November 2026, 12:48 UTC"),
        (":d", "21 November 2026"),
        (":t", "12:48 UTC"),
    ] {
        assert_eq!(words(&format!("<t:1795265280{style}>")), time(expected));
    }
}
