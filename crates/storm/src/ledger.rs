//! What stands in Discord by our doing: noted when a request is carried out, so that what was there
//! twice at any time is known, also when it was taken away again.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What stands in Discord by our doing, by what it is.
#[derive(Default)]
pub struct Ledger {
    /// By thread and what a post is: the post.
    posts: BTreeMap<(String, String), Value>,
    /// By the marks in their names.
    threads: BTreeSet<String>,
    /// What was there twice.
    pub doubled: Vec<String>,
}

/// The mark that a name or a title begins with, such as `#12`.
pub fn mark(words: &str) -> &str {
    words.split(' ').next().unwrap_or_default()
}

impl Ledger {
    /// Notes what a request that was carried out brought about. A copy is a copy, also when the
    /// bridge takes it away later: somebody may have read both.
    pub fn note(&mut self, method: &str, path: &str, body: &Value, answer: &Value) {
        if method == "POST" && path.ends_with("/threads") {
            let mark = mark(body["name"].as_str().unwrap_or_default()).to_owned();
            if !self.threads.insert(mark.clone()) {
                self.doubled.push(format!("{mark} got a second thread"));
            }
        }
        if method == "POST" && path.ends_with("/messages") {
            let intro = body["content"].as_str().unwrap_or_default();
            let intro = intro.lines().next().unwrap_or_default();
            let title = body["embeds"][0]["title"].as_str().unwrap_or_default();
            let what = match (intro.rsplit_once("#m"), body["components"].is_array()) {
                // In a channel, cards of several tickets stand side by side.
                (_, true) => format!("card of {}", mark(title)),
                (Some((_, mark)), _) => mark.to_owned(),
                _ => return,
            };
            let (key, id) = ((path.to_owned(), what), &answer["id"]);
            match self.posts.get(&key) {
                Some(known) if known != id => {
                    self.doubled
                        .push(format!("a second post of {} in {}", key.1, key.0));
                }
                _ => {
                    self.posts.insert(key, id.clone());
                }
            }
        }
        if method == "DELETE" {
            let gone = path.rsplit('/').next().unwrap_or_default();
            self.posts.retain(|_, id| id.as_str() != Some(gone));
        }
    }

    /// A thread is gone for good: its ticket may get another.
    pub fn thread_deleted(&mut self, name: &str) {
        self.threads.remove(mark(name));
    }
}
