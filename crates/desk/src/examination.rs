//! The use case of the doctor: have everything checked, for staff, not more often than it helps.
//!
//! What is checked and how is the server's affair, which knows the settings; it hands in an
//! [`Examiner`]. The desk adds what only it knows: which channels it uses of its own.

use crate::store::dashboards;
use crate::{Desk, DeskError, GuildSettings, Insider};
use domain::examination::{Examination, Finding};
use domain::{ChannelId, Timestamp};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;

/// How old an answer may be that is shown beside something else.
const FRESH: Duration = Duration::from_secs(10);
/// How many looks may begin within that time: each is a dozen requests to Discord.
const LOOKS: usize = 3;

/// Checks everything. It must say nothing that is secret.
#[async_trait::async_trait]
pub trait Examiner: Send + Sync + 'static {
    /// Checks everything that this guild's desk needs, with these channels among it.
    async fn examine(&self, guild: &GuildSettings, used: Used) -> Vec<Finding>;
}

/// The channels that commands chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Used {
    /// Where the dashboard message stands.
    pub dashboard: Option<ChannelId>,
    /// Under which tickets from Discord get their threads.
    pub panel: Option<ChannelId>,
}

/// What was found last, and how often somebody looked.
#[derive(Default)]
pub(crate) struct Practice {
    /// How many looks have ended.
    ended: AtomicU64,
    book: Mutex<Book>,
}

#[derive(Default)]
struct Book {
    last: Option<Known>,
    /// When the latest looks began, the oldest first.
    began: VecDeque<Timestamp>,
}

/// An answer, and what it was about: with other settings it is another question.
struct Known {
    guild: GuildSettings,
    used: Used,
    examination: Examination,
}

/// What whoever asks wants to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    /// How it is now: perhaps they mended something a moment ago.
    Now,
    /// How it was lately, beside what they came for.
    Lately,
}

impl Book {
    /// Whether looking once more is more than Discord should be asked.
    fn is_full(&self, now: Timestamp) -> bool {
        let recent = self.began.iter().filter(|at| now.since(**at) < FRESH);
        recent.count() >= LOOKS
    }

    fn begin(&mut self, now: Timestamp) {
        self.began.push_back(now);
        if self.began.len() > LOOKS {
            self.began.pop_front();
        }
    }
}

impl Desk {
    /// Has everything checked: anew, unless somebody looked too often of late. When it was says the
    /// answer.
    pub async fn examine(&self, who: &impl Insider) -> Result<Examination, DeskError> {
        self.examined(who, Wanted::Now).await
    }

    /// What was found lately; it is looked for when nothing was.
    pub(crate) async fn examined_lately(
        &self,
        who: &impl Insider,
    ) -> Result<Examination, DeskError> {
        self.examined(who, Wanted::Lately).await
    }

    async fn examined(&self, who: &impl Insider, wanted: Wanted) -> Result<Examination, DeskError> {
        self.knows(who)?;
        let Some(examiner) = self.examiner.get() else {
            return Err(DeskError::Internal("nobody examines".into()));
        };
        let practice = &self.practice;
        // Those who ask while somebody looks are told what is seen then.
        let before = practice.ended.load(Ordering::Relaxed);
        let mut book = practice.book.lock().await;
        let is_shared = practice.ended.load(Ordering::Relaxed) > before;
        let shown = dashboards::shown(&self.db, self.guild).await?;
        let used = Used {
            dashboard: shown.map(|row| row.channel_id),
            panel: self.options().panel_channel(),
        };
        let guild = self.home();
        let now = self.now();
        let does = |known: &&Known| {
            let is_new_enough = match wanted {
                Wanted::Now => book.is_full(now),
                Wanted::Lately => now.since(known.examination.at) < FRESH,
            };
            (&known.guild, known.used) == (&*guild, used) && (is_shared || is_new_enough)
        };
        if let Some(known) = book.last.as_ref().filter(does) {
            return Ok(known.examination.clone());
        }
        book.begin(now);
        let findings = examiner.examine(&guild, used).await;
        let examination = Examination {
            findings,
            at: self.now(),
        };
        book.last = Some(Known {
            guild: (*guild).clone(),
            used,
            examination: examination.clone(),
        });
        practice.ended.fetch_add(1, Ordering::Relaxed);
        Ok(examination)
    }
}
