//! Rate limits: buckets per caller, route and channel, and the global one.
//! It counts and answers with headers; what a request does is not its business.

use std::collections::{HashMap, VecDeque};

use serde::Serialize;

/// Requests that a caller may make in any second, over all routes.
const GLOBAL_PER_S: usize = 50;
/// How long an answer of 401, 403 or 429 is held against its caller.
const INVALID_WINDOW_MS: i64 = 600_000;

/// All counters. They live only as long as the process.
#[derive(Debug)]
pub(crate) struct Limits {
    pub(crate) enabled: bool,
    buckets: HashMap<String, Bucket>,
    global: HashMap<u64, VecDeque<i64>>,
    /// By caller: when they were answered 401, 403 or 429.
    invalid: HashMap<String, VecDeque<i64>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: u32,
    resets_ms: i64,
}

/// What a bucket allows.
#[derive(Debug, Clone, Copy)]
struct Rule {
    name: &'static str,
    count: u32,
    window_ms: i64,
}

/// The state of a bucket after a request, for the headers.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Standing {
    pub(crate) bucket: String,
    pub(crate) limit: u32,
    pub(crate) left: u32,
    pub(crate) resets_ms: i64,
    pub(crate) now_ms: i64,
}

/// The verdict on a request.
#[derive(Debug)]
pub(crate) enum Verdict {
    Free,
    Counted(Standing),
    TooMany {
        wait_ms: i64,
        global: bool,
        standing: Option<Standing>,
    },
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            enabled: true,
            buckets: HashMap::new(),
            global: HashMap::new(),
            invalid: HashMap::new(),
        }
    }
}

impl Limits {
    /// Counts a request of `caller`, or refuses it.
    pub(crate) fn take(
        &mut self,
        caller: u64,
        method: &str,
        path: &[&str],
        now_ms: i64,
    ) -> Verdict {
        if !self.enabled || matches!(path, ["interactions" | "webhooks", ..]) {
            return self.take_webhook(method, path, now_ms);
        }
        let recent = self.global.entry(caller).or_default();
        while recent.front().is_some_and(|at| now_ms - at >= 1000) {
            recent.pop_front();
        }
        if recent.len() >= GLOBAL_PER_S {
            let wait_ms = recent.front().map_or(1, |at| at + 1000 - now_ms).max(1);
            return Verdict::TooMany {
                wait_ms,
                global: true,
                standing: None,
            };
        }
        recent.push_back(now_ms);

        let major = path.get(1).copied().unwrap_or_default();
        self.take_from(&caller.to_string(), major, rule(method, path), now_ms)
    }

    /// Counts the use of a webhook: a bucket that headers show, and a hidden one.
    /// Interactions have the same paths with two more steps or the application's id, and are few.
    pub(crate) fn take_webhook(&mut self, method: &str, path: &[&str], now_ms: i64) -> Verdict {
        let ("POST", ["webhooks", webhook, _]) = (method, path) else {
            return Verdict::Free;
        };
        if !self.enabled {
            return Verdict::Free;
        }
        let shown = Rule {
            name: "webhook",
            count: 5,
            window_ms: 2_000,
        };
        let hidden = Rule {
            name: "webhook-hidden",
            count: 30,
            window_ms: 60_000,
        };
        let verdict = self.take_from("", webhook, shown, now_ms);
        if !matches!(verdict, Verdict::Counted(_)) {
            return verdict;
        }
        match self.take_from("", webhook, hidden, now_ms) {
            Verdict::TooMany { wait_ms, .. } => Verdict::TooMany {
                wait_ms,
                global: false,
                standing: None,
            },
            _ => verdict,
        }
    }

    /// Whether the caller had `most` answers of the forbidden kinds within ten minutes.
    pub(crate) fn is_banned(&mut self, caller: Option<&str>, most: usize, now_ms: i64) -> bool {
        let Some(times) = caller.and_then(|caller| self.invalid.get_mut(caller)) else {
            return false;
        };
        while times
            .front()
            .is_some_and(|at| now_ms - at >= INVALID_WINDOW_MS)
        {
            times.pop_front();
        }
        times.len() >= most
    }

    /// Counts such an answer.
    pub(crate) fn count_invalid(&mut self, caller: Option<&str>, now_ms: i64) {
        if let Some(caller) = caller {
            let times = self.invalid.entry(caller.to_owned()).or_default();
            times.push_back(now_ms);
        }
    }

    fn take_from(&mut self, caller: &str, major: &str, rule: Rule, now_ms: i64) -> Verdict {
        let key = format!("{caller}:{}:{major}", rule.name);
        let bucket = self.buckets.entry(key).or_insert(Bucket {
            left: 0,
            resets_ms: 0,
        });
        if now_ms >= bucket.resets_ms {
            *bucket = Bucket {
                left: rule.count,
                resets_ms: now_ms + rule.window_ms,
            };
        }
        let mut standing = Standing {
            bucket: name_hash(rule.name),
            limit: rule.count,
            left: 0,
            resets_ms: bucket.resets_ms,
            now_ms,
        };
        if bucket.left == 0 {
            let wait_ms = (bucket.resets_ms - now_ms).max(1);
            return Verdict::TooMany {
                wait_ms,
                global: false,
                standing: Some(standing),
            };
        }
        bucket.left -= 1;
        standing.left = bucket.left;
        if self.buckets.len() > 20_000 {
            self.buckets.retain(|_, bucket| bucket.resets_ms > now_ms);
        }
        Verdict::Counted(standing)
    }
}

fn rule(method: &str, path: &[&str]) -> Rule {
    let (name, count, window_ms) = match (method, path) {
        ("POST", ["channels", _, "messages"]) => ("message-create", 5, 5_000),
        ("PATCH", ["channels", _, "messages", _]) => ("message-edit", 5, 5_000),
        ("DELETE", ["channels", _, "messages", _]) => ("message-delete", 5, 1_000),
        ("GET", ["channels", _, "messages", ..]) => ("message-read", 50, 1_000),
        (_, ["channels", _, "messages", _, "reactions", ..]) => ("reaction", 4, 1_000),
        ("POST", ["channels", _, "threads"] | ["channels", _, "messages", _, "threads"]) => {
            ("thread-create", 50, 10_000)
        }
        ("PATCH", ["channels", _]) => ("channel-edit", 10, 15_000),
        (_, ["channels", _, "thread-members", ..]) => ("thread-members", 10, 5_000),
        (_, ["guilds", _, "members", ..]) => ("members", 10, 1_000),
        ("GET", _) => ("read", 50, 1_000),
        _ => ("write", 20, 1_000),
    };
    Rule {
        name,
        count,
        window_ms,
    }
}

/// Bucket names are opaque on the wire.
fn name_hash(name: &str) -> String {
    use sha2::{Digest, Sha256};
    crate::world::attachments::hex(&Sha256::digest(name)[..16])
}
