//! The use case of the doctor: have everything checked, for staff, not more often than it helps.
//!
//! What is checked and how is the server's affair, which knows the settings; it hands in an
//! [`Examiner`]. The desk adds what only it knows: which channels it uses of its own.

use crate::store::dashboards;
use crate::{Admin, Desk, DeskError, GuildSettings, Insider};
use domain::ChannelId;
use domain::examination::{Examination, Finding};
use std::time::Duration;
use tokio::sync::Mutex;

/// A second asking within this time gets the same answer: each is a dozen requests to Discord.
const FRESH: Duration = Duration::from_secs(10);

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

/// What was found last.
#[derive(Default)]
pub(crate) struct Practice {
    last: Mutex<Option<Known>>,
}

/// An answer, and what it was about: with other settings it is another question.
struct Known {
    guild: GuildSettings,
    used: Used,
    examination: Examination,
}

impl Desk {
    /// Has everything checked.
    pub async fn examine(&self, who: &impl Insider) -> Result<Examination, DeskError> {
        self.examined(who, FRESH).await
    }

    /// The same, for whoever changed something at Discord and wants to know now.
    pub(crate) async fn examine_anew(&self, who: &Admin) -> Result<Examination, DeskError> {
        self.examined(who, Duration::ZERO).await
    }

    async fn examined(
        &self,
        who: &impl Insider,
        fresh: Duration,
    ) -> Result<Examination, DeskError> {
        self.knows(who)?;
        let Some(examiner) = self.examiner.get() else {
            return Err(DeskError::Internal("nobody examines".into()));
        };
        // Whoever asks meanwhile waits for the same answer.
        let mut last = self.practice.last.lock().await;
        let shown = dashboards::shown(&self.db, self.guild).await?;
        let used = Used {
            dashboard: shown.map(|row| row.channel_id),
            panel: self.options().panel_channel(),
        };
        let guild = self.home();
        if let Some(known) = &*last
            && (&known.guild, known.used) == (&*guild, used)
            && self.now().since(known.examination.at) < fresh
        {
            return Ok(known.examination.clone());
        }
        let findings = examiner.examine(&guild, used).await;
        let examination = Examination {
            findings,
            at: self.now(),
        };
        *last = Some(Known {
            guild: (*guild).clone(),
            used,
            examination: examination.clone(),
        });
        Ok(examination)
    }
}
