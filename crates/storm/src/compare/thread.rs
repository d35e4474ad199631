//! What a thread holds, held against what the web shows.

use super::{said, text};
use crate::model::Model;
use crate::town::Town;
use domain::view::{ConversationView, FileState, MessageView};
use domain::{MessageKind, Origin};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What the history says of a thread whose promises were put before a person.
const IN_TROUBLE: &str = "The thread needs a look";
/// From this number on a post has files alone.
const FILES_ONLY: i64 = 1_000;

fn ids(messages: &[&Value]) -> BTreeSet<u64> {
    let ids = messages.iter().filter_map(|m| text(&m["id"]).parse().ok());
    ids.collect()
}

/// Whether something that was written in Discord stands in this thread.
fn is_in(message: &MessageView, thread: &BTreeSet<u64>, model: &Model) -> bool {
    let wording = model.wording_of(&said(message));
    message.deleted || wording.is_some_and(|(id, _)| thread.contains(&id))
}

/// The names of a post's files.
fn attached(post: &Value) -> Vec<&str> {
    let files = post["attachments"].as_array();
    files.map_or_else(Vec::new, |files| {
        files.iter().map(|file| text(&file["filename"])).collect()
    })
}

/// The names of a message's files that can be posted: one that was gone before it was fetched is
/// nowhere. Whether it may be gone is judged with the web's side.
fn names(message: &MessageView) -> Vec<&str> {
    let files = message.files.iter();
    files
        .filter(|file| !matches!(file.state, FileState::Refused { .. }))
        .map(|file| file.name.as_str())
        .collect()
}

/// What was written on the web, in Discord: once, whole, in order.
///
/// What was written in a thread that is gone is in its successor as a post of ours.
pub(super) fn posts(
    ours: &[&Value],
    theirs: &[&Value],
    view: &ConversationView,
    town: &Town,
) -> Vec<String> {
    let here = ids(theirs);
    // A post that waited for a person comes after those that did not.
    let mut history = view.history.iter();
    let waited = town.parked.is_some() || history.any(|line| line.words.starts_with(IN_TROUBLE));
    let mut found = Vec::new();
    // By message and piece; in the order of Discord's ids.
    let mut pieces: BTreeMap<(i64, i64), Vec<&str>> = BTreeMap::new();
    let mut files: BTreeMap<i64, Vec<&str>> = BTreeMap::new();
    let mut order = Vec::new();
    for post in ours {
        let content = text(&post["content"]);
        let (intro, words) = content.split_once('\n').unwrap_or((content, ""));
        let mark = intro
            .rsplit_once("#m")
            .and_then(|(_, mark)| mark.strip_suffix(">)"));
        let Some(mark) = mark else {
            continue;
        };
        let (message, chunk) = mark.split_once('.').unwrap_or((mark, "0"));
        let key = (message.parse().unwrap_or(-1), chunk.parse().unwrap_or(-1));
        if key.1 == 0 {
            order.push(key.0);
        }
        // Posts of files alone carry no words of the message's.
        let words = if key.1 >= FILES_ONLY { "" } else { words };
        pieces.entry(key).or_default().push(words);
        files.entry(key.0).or_default().extend(attached(post));
    }
    let mut wanted_order = Vec::new();
    let is_posted = |m: &&MessageView| m.origin == Origin::Web || !is_in(m, &here, &town.model);
    for message in view.messages.iter().filter(is_posted) {
        let id = message.id.0;
        let tag = Model::tag_of(&said(message));
        let own: Vec<_> = pieces.keys().copied().filter(|(m, _)| *m == id).collect();
        let mut whole = String::new();
        for key in own {
            let posts = pieces.remove(&key).unwrap_or_default();
            if posts.len() > 1 {
                found.push(format!("w{tag:?} is there {} times", posts.len()));
            }
            whole.push_str(posts.first().unwrap_or(&""));
            whole.push(' ');
        }
        // Discord trims each post's ends; what stands between words is not compared.
        let squeeze = |text: &str| text.split_whitespace().collect::<String>();
        if message.deleted {
            if !whole.is_empty() {
                found.push(format!("w{tag:?} was deleted and is still there"));
            }
        } else {
            wanted_order.push(id);
            if whole.is_empty() {
                found.push(format!("w{tag:?} is missing in Discord"));
            } else if squeeze(&whole) != squeeze(&message.body) {
                found.push(format!("w{tag:?} reads otherwise in Discord"));
            }
            let (mut there, mut wanted) = (files.remove(&id).unwrap_or_default(), names(message));
            if waited {
                there.sort_unstable();
                wanted.sort_unstable();
            }
            if there != wanted {
                found.push(format!("w{tag:?} has files {there:?}, not {wanted:?}"));
            }
        }
    }
    for (message, _) in pieces.into_keys() {
        found.push(format!(
            "Discord has a post of message {message}, which is not there"
        ));
    }
    order.dedup();
    if !waited && found.is_empty() && order != wanted_order {
        found.push(format!(
            "the order in Discord is {order:?}, not {wanted_order:?}"
        ));
    }
    found
}

/// What was written in Discord, on the web: once, whole, in order, with its sign.
pub(super) fn spoken(theirs: &[&Value], view: &ConversationView, town: &Town) -> Vec<String> {
    let (model, ids) = (&town.model, ids(theirs));
    let mut found = Vec::new();
    let web: Vec<&MessageView> = view
        .messages
        .iter()
        .filter(|m| m.origin == Origin::Discord && !m.deleted && is_in(m, &ids, model))
        .collect();
    let strip = |content: &str| {
        let content = content.trim();
        let note = content.strip_prefix("//").map(str::trim_start);
        note.filter(|note| !note.is_empty())
            .unwrap_or(content)
            .to_owned()
    };
    let there: Vec<String> = theirs.iter().map(|m| strip(text(&m["content"]))).collect();
    let here: Vec<String> = web.iter().map(|m| m.body.clone()).collect();
    if there != here {
        let short = |list: &[String]| -> Vec<String> {
            list.iter().map(|t| t.chars().take(14).collect()).collect()
        };
        found.push(format!(
            "written in Discord {:?}, on the web {:?}",
            short(&there),
            short(&here)
        ));
        return found;
    }
    for (message, seen) in theirs.iter().zip(web) {
        let content = text(&message["content"]).trim();
        let marked = content.starts_with("//") && content.len() > 2;
        let is_note = marked || town.place.only_notes();
        if is_note && seen.kind != MessageKind::Note {
            found.push(format!("a note is a reply: {:.12}", seen.body));
        }
        let sign = match seen.kind {
            MessageKind::Note => "📝",
            MessageKind::Reply => "✅",
        };
        let empty = Vec::new();
        let reactions = message["reactions"].as_array().unwrap_or(&empty);
        let signed = reactions.iter().any(|r| text(&r["emoji"]["name"]) == sign);
        if !signed {
            found.push(format!("no {sign} under {:.12}", seen.body));
        }
        if attached(message) != names(seen) {
            found.push(format!("other files with {:.12}", seen.body));
        }
    }
    found
}
