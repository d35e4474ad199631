//! Text that people type, on its way to a page and to Discord: nothing of it becomes markup of its own,
//! nor of what those are called who are mentioned in it.
#![no_main]

use domain::text::{Body, discord_len, excerpt, head};
use domain::{ChannelId, DiscordUserId, RoleId};

fn is_harmless(html: &str) {
    for forbidden in ["<script", "<img", "<style", "<iframe", "javascript:\""] {
        assert!(!html.contains(forbidden), "{html}");
    }
}

libfuzzer_sys::fuzz_target!(|typed: &str| {
    is_harmless(&markup::html(typed, &markup::Names::default()));
    // People, roles and channels are called whatever somebody typed, too.
    let named = markup::Names {
        people: [(DiscordUserId(1), typed.to_owned())].into(),
        roles: [(RoleId(1), format!("<img src={typed}>"))].into(),
        channels: [(ChannelId(1), format!("<script>{typed}"))].into(),
    };
    let mentions = format!("{typed} <@1> <@&1> <#1> **<@1>** `<@1>` {typed}");
    is_harmless(&markup::html(&mentions, &named));
    let _ = markup::mentioned(typed);
    let _ = Body::parse(typed);
    assert!(discord_len(head(typed, 300)) <= 300);
    let _ = excerpt(typed, 80);
});
