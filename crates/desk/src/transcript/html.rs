//! A transcript as a page that needs nothing but itself: no script, no address that it loads from.
//!
//! It is written by the writer of `markup`, which takes tags only as literals: whatever a person
//! typed, named or attached is escaped, or was made HTML by `markup` itself.

use super::Transcript;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::file::size_words;
use domain::view::{EarlierView, FileState, FileView, MessageView};
use domain::{MessageKind, Origin, Side, Timestamp};
use markup::Html;
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("transcript.css");

/// Nothing may be loaded or run; the one style in the page is named by its hash.
pub(super) fn policy() -> String {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; img-src data:; style-src 'sha256-{style}'; base-uri 'none'; \
         form-action 'none'"
    )
}

pub(super) fn write(t: &Transcript) -> String {
    let (c, mut out) = (&t.conversation, Html::default());
    let title = format!("#{} {}", c.ticket.number, c.ticket.subject);
    out.tag("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.tag("<meta http-equiv=\"Content-Security-Policy\" content=\"");
    out.text(&policy());
    out.tag("\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    out.tag("<meta name=\"referrer\" content=\"no-referrer\">\n");
    out.tag("<meta name=\"robots\" content=\"noindex, nofollow\">\n<title>");
    out.text(&title);
    out.tag("</title>\n<style>");
    out.tag(STYLE);
    out.tag("</style>\n</head>\n<body>\n<header>\n<p class=\"quiet\" dir=\"auto\">");
    out.text(&t.guild);
    out.tag("</p>\n<h1 dir=\"auto\">");
    out.text(&title);
    out.tag("</h1>\n");
    facts(t, &mut out);
    out.tag("</header>\n<main>\n<h2>Conversation</h2>\n<ol>\n");
    for m in &c.messages {
        message(t, m, &mut out);
    }
    out.tag("</ol>\n");
    if t.is_staffs() && !c.history.is_empty() {
        out.tag("<h2>History</h2>\n<ol class=\"history\">\n");
        for event in &c.history {
            out.tag("<li><span dir=\"auto\">");
            out.text(&event.words);
            out.tag("</span> ");
            moment(event.at, &mut out);
            out.tag("</li>\n");
        }
        out.tag("</ol>\n");
    }
    out.tag("</main>\n</body>\n</html>\n");
    out.done()
}

fn facts(t: &Transcript, out: &mut Html) {
    let (c, ticket) = (&t.conversation, &t.conversation.ticket);
    let mut lines = vec![
        ("Asked by", ticket.customer.clone()),
        ("About", ticket.category.clone()),
        ("Filed", ticket.created_at.exact()),
        ("Written down", c.now.exact()),
    ];
    if t.is_staffs() {
        let assignee = ticket.assignee.as_ref().map(|person| person.name.clone());
        lines.push(("State", ticket.status.words().to_owned()));
        lines.push(("Priority", ticket.priority.words().to_owned()));
        lines.push(("Assignee", assignee.unwrap_or_else(|| "No one".to_owned())));
        lines.extend(c.thread_url.clone().map(|thread| ("Thread", thread)));
        lines.push(("Edition", "For staff: with notes and history".to_owned()));
    } else {
        let is_closed = ticket.status.is_closed();
        let state = if is_closed { "Closed" } else { "Open" };
        lines.push(("State", state.to_owned()));
    }
    out.tag("<dl>\n");
    for (name, value) in lines {
        out.tag("<dt>");
        out.tag(name);
        out.tag("</dt><dd dir=\"auto\">");
        out.text(&value);
        out.tag("</dd>\n");
    }
    if let Some(why) = &t.closed_because {
        out.tag("<dt>Said when it was closed</dt><dd class=\"words\" dir=\"auto\">");
        out.insert(&markup::html(why, &markup::Names::default()));
        out.tag("</dd>\n");
    }
    out.tag("</dl>\n");
}

fn message(t: &Transcript, m: &MessageView, out: &mut Html) {
    out.tag("<li class=\"message");
    out.tag(match (m.kind, m.side) {
        (MessageKind::Note, _) => " note",
        (MessageKind::Reply, Side::Customer) => " customer",
        (MessageKind::Reply, Side::Staff) => " staff",
    });
    out.tag("\" id=\"m");
    out.text(&m.id.to_string());
    out.tag("\">\n<p class=\"by\"><strong dir=\"auto\">");
    out.text(&m.author);
    out.tag("</strong> <span>");
    out.tag(match (m.kind, m.side) {
        (MessageKind::Note, _) => "note, staff only",
        (MessageKind::Reply, Side::Customer) => "customer",
        (MessageKind::Reply, Side::Staff) => "staff",
    });
    out.tag(match m.written_in {
        Origin::Web => ", on the web",
        Origin::Discord => ", in Discord",
    });
    out.tag("</span> ");
    moment(m.at, out);
    if let Some(at) = m.edited_at {
        out.tag(" <span class=\"mark\">edited ");
        moment(at, out);
        out.tag("</span>");
    }
    out.tag("</p>\n");
    if m.deleted {
        out.tag("<p class=\"mark\">Deleted by its author.</p>\n");
    } else {
        out.tag("<div class=\"words\">");
        out.insert(&m.html);
        out.tag("</div>\n");
    }
    files(t, &m.files, out);
    if t.is_staffs() {
        earlier(&m.earlier, out);
    }
    out.tag("</li>\n");
}

fn files(t: &Transcript, files: &[FileView], out: &mut Html) {
    if files.is_empty() {
        return;
    }
    out.tag("<ul class=\"files\">\n");
    for file in files {
        out.tag("<li>");
        let about = format!("{}, {}", file.name, size_words(file.size));
        match &file.state {
            FileState::Here(_) => {
                out.tag("<a href=\"");
                out.text(&t.place(file.id, &file.name));
                out.tag("\" dir=\"auto\">");
                if let Some(picture) = t.pictures.get(&file.id) {
                    out.tag("<img alt=\"\" src=\"");
                    out.text(picture);
                    out.tag("\">");
                }
                out.text(&about);
                out.tag("</a>");
            }
            FileState::Arriving => {
                out.text(&about);
                out.tag(" <span class=\"quiet\">It was still on its way.</span>");
            }
            FileState::Refused { why } => {
                out.text(&about);
                out.tag(" <span class=\"quiet\">Not here. ");
                out.text(why);
                out.tag("</span>");
            }
        }
        out.tag("</li>\n");
    }
    out.tag("</ul>\n");
}

fn earlier(versions: &[EarlierView], out: &mut Html) {
    if versions.is_empty() {
        return;
    }
    out.tag("<details class=\"earlier\"><summary>What it said before</summary>\n");
    for before in versions {
        out.tag("<p class=\"quiet\">until ");
        moment(before.until, out);
        out.tag("</p>\n<pre dir=\"auto\">");
        out.text(&before.body);
        out.tag("</pre>\n");
    }
    out.tag("</details>\n");
}

fn moment(at: Timestamp, out: &mut Html) {
    out.tag("<time datetime=\"");
    out.text(&at.iso());
    out.tag("\">");
    out.text(&at.exact());
    out.tag("</time>");
}
