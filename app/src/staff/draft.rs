//! What staff have written and not yet sent: kept per ticket, so that looking something up in
//! another ticket costs nothing, and kept in the tab, so that a reload does not either.
//!
//! Each draft carries the request key of its sending: trying again after a lost answer uses the
//! same one, so that nothing is posted twice.

use domain::MessageKind;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// One unsent message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Draft {
    /// Its text.
    pub text: String,
    /// Who would read it.
    pub kind: MessageKind,
    /// The key of its sending, once it was tried.
    pub key: Option<String>,
    /// What tells its files from others. No tab can keep the files themselves.
    #[serde(skip)]
    pub files: String,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            text: String::new(),
            kind: MessageKind::Reply,
            key: None,
            files: String::new(),
        }
    }
}

/// All unsent messages of this tab.
#[derive(Clone, Copy)]
pub(crate) struct Drafts(RwSignal<HashMap<i64, Draft>>);

const STORE: &str = "threadline-staff-drafts";

fn store() -> Option<web_sys::Storage> {
    // A browser may refuse storage altogether; then drafts live as long as the page.
    window().session_storage().ok().flatten()
}

impl Drafts {
    /// Starts empty, as the server rendered it, and takes up what the tab kept once it is alive.
    pub(crate) fn new() -> Self {
        let drafts = Self(RwSignal::new(HashMap::new()));
        Effect::new(move |_| {
            let kept = store()
                .and_then(|store| store.get_item(STORE).ok().flatten())
                .and_then(|json| serde_json::from_str::<HashMap<i64, Draft>>(&json).ok());
            if let Some(kept) = kept.filter(|kept| !kept.is_empty()) {
                drafts.0.update(|now| {
                    for (number, draft) in kept {
                        now.entry(number).or_insert(draft);
                    }
                });
            }
        });
        drafts
    }

    /// The draft for a ticket.
    pub(crate) fn get(self, number: i64) -> Draft {
        self.0
            .with(|all| all.get(&number).cloned().unwrap_or_default())
    }

    /// The draft for a ticket, without following its changes.
    pub(crate) fn peek(self, number: i64) -> Draft {
        self.0
            .with_untracked(|all| all.get(&number).cloned().unwrap_or_default())
    }

    /// Keeps what was typed. Another text is another message, with a key of its own.
    pub(crate) fn type_text(self, number: i64, text: String) {
        self.change(number, |draft| {
            if draft.text != text {
                draft.text = text;
                draft.key = None;
            }
        });
    }

    /// Chooses who would read it.
    pub(crate) fn choose(self, number: i64, kind: MessageKind) {
        self.change(number, |draft| {
            if draft.kind != kind {
                draft.kind = kind;
                draft.key = None;
            }
        });
    }

    /// Remembers which files are chosen. Other files are another message.
    pub(crate) fn choose_files(self, number: i64, files: String) {
        self.change(number, |draft| {
            if draft.files != files {
                draft.files = files;
                draft.key = None;
            }
        });
    }

    /// The key of this draft's sending; the same one until the draft changes.
    pub(crate) fn key(self, number: i64) -> String {
        let key = self.peek(number).key.unwrap_or_else(fresh_key);
        self.change(number, |draft| draft.key = Some(key.clone()));
        key
    }

    /// Forgets what was sent, unless more was typed meanwhile; says whether it did.
    pub(crate) fn sent(self, number: i64, key: &str) -> bool {
        let mut forgotten = false;
        self.change(number, |draft| {
            if draft.key.as_deref() == Some(key) {
                draft.text.clear();
                draft.files.clear();
                draft.key = None;
                forgotten = true;
            }
        });
        forgotten
    }

    fn change(self, number: i64, change: impl FnOnce(&mut Draft)) {
        self.0.update(|all| {
            change(all.entry(number).or_default());
            all.retain(|_, draft| *draft != Draft::default());
        });
        if let Some(store) = store() {
            let json = self.0.with_untracked(|all| serde_json::to_string(all).ok());
            // Full or refused: the draft still lives in the page.
            let _ = store.set_item(STORE, &json.unwrap_or_default());
        }
    }
}

/// 24 characters that nobody guesses and no two sendings share.
fn fresh_key() -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bytes = [0_u8; 24];
    let filled = window()
        .crypto()
        .is_ok_and(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).is_ok());
    if !filled {
        for byte in &mut bytes {
            *byte = (js_sys::Math::random() * 256.0) as u8;
        }
    }
    bytes
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte & 63)]))
        .collect()
}
