//! Fetching what was attached in Discord, before its links expire.
//!
//! Each file is a row that is wanted until it is stored or refused, so that neither a restart nor
//! an outage loses one. A link that has expired is read anew from its message. It knows how files
//! are taken in only as [`Desk::take_file`].

use super::outbox::Step;
use super::port::DeliveryError;
use crate::files::{NewFile, NotTaken};
use crate::store::entities::attachment::Model as Wanted;
use crate::store::{files, links, messages};
use crate::work::Touched;
use crate::{Desk, DeskError};
use domain::MessageKind;
use domain::file::size_words;
use std::time::Duration;

/// How long to wait when nothing says how long.
const BACKOFF_S: [u64; 7] = [1, 2, 5, 15, 60, 120, 300];

/// After so many tries a file that Discord denies is given up.
const ENOUGH: i64 = 8;

/// What a try came to.
enum Tried {
    Here(Box<NewFile>),
    Refused(String),
    Later(Option<Duration>, String),
}

impl Desk {
    /// Fetches one wanted file, if one is due.
    pub async fn fetch_step(&self) -> Result<Step, DeskError> {
        let Some(wanted) = files::lease(&self.db, self.guild, self.now()).await? else {
            return Ok(Step::Idle);
        };
        match self.try_to_fetch(&wanted).await? {
            Tried::Here(file) => {
                if let Err(error) = self.keep_files(std::slice::from_ref(&file)).await {
                    return self.fetch_later(&wanted, None, &error.to_string()).await;
                }
                self.settle_file(&wanted, Some(&file), "").await?;
                Ok(Step::Kept)
            }
            Tried::Refused(why) => {
                self.settle_file(&wanted, None, &why).await?;
                Ok(Step::Parked)
            }
            Tried::Later(after, why) => self.fetch_later(&wanted, after, &why).await,
        }
    }

    /// Fetches files until `ended`.
    pub(super) async fn fetch_files(&self, mut ended: tokio::sync::watch::Receiver<bool>) {
        loop {
            // Armed before looking, so that a file wanted meanwhile is not missed.
            let woken = self.bridge.files_wanted();
            tokio::pin!(woken);
            woken.as_mut().enable();
            let step = tokio::select! {
                // A fetch that is cut short is begun again: its row is still wanted.
                _ = ended.wait_for(|ended| *ended) => return,
                step = self.fetch_step() => step,
            };
            let idle_for = match step {
                Ok(Step::Idle) => self.until_next_file().await,
                Ok(_) => Duration::ZERO,
                Err(error) => {
                    tracing::error!(%error, "a file could not be fetched");
                    Duration::from_secs(1)
                }
            };
            tokio::select! {
                _ = ended.wait_for(|ended| *ended) => return,
                () = woken => {}
                () = tokio::time::sleep(idle_for) => {}
            }
        }
    }

    async fn until_next_file(&self) -> Duration {
        let due = files::wanted(&self.db, self.guild)
            .await
            .ok()
            .and_then(|(due, _)| due);
        due.map_or(Duration::from_secs(5), |at| at.since(self.now()))
            .clamp(Duration::from_millis(5), Duration::from_secs(5))
    }

    async fn try_to_fetch(&self, wanted: &Wanted) -> Result<Tried, DeskError> {
        let url = wanted.url.clone().unwrap_or_default();
        let bytes = match self.port.fetch(&url).await {
            Err(DeliveryError::Gone { .. } | DeliveryError::Permanent { .. }) => {
                match self.fresh_link(wanted).await? {
                    Ok(Some(url)) => {
                        files::refresh(&self.db, wanted.id, &url).await?;
                        self.port.fetch(&url).await
                    }
                    Ok(None) => {
                        let gone = "It was deleted in Discord before it arrived.";
                        return Ok(Tried::Refused(gone.to_owned()));
                    }
                    Err(error) => Err(error),
                }
            }
            other => other,
        };
        let bytes = match bytes {
            Ok(bytes) => bytes,
            Err(error) => return Ok(failed(error, wanted.attempts)),
        };
        let limits = self.file_limits();
        Ok(match self.take_file(&wanted.name, bytes).await {
            Ok(file) => Tried::Here(Box::new(file)),
            Err(NotTaken::Empty) => Tried::Refused("It is empty.".to_owned()),
            Err(NotTaken::TooLarge) => Tried::Refused(too_large(limits.max_bytes)),
            Err(NotTaken::Source(error)) => failed(error, wanted.attempts),
            Err(NotTaken::Store(error)) => Tried::Later(None, error.to_string()),
        })
    }

    /// The file's link as Discord tells it now, or nothing when the file is gone.
    async fn fresh_link(
        &self,
        wanted: &Wanted,
    ) -> Result<Result<Option<String>, DeliveryError>, DeskError> {
        let (Some(id), Some(message)) = (
            wanted.discord_message_id,
            messages::by_id(&self.db.read, wanted.message_id).await?,
        ) else {
            return Ok(Ok(None));
        };
        let link = links::of_ticket(&self.db.read, message.ticket_id).await?;
        let Some(thread) = link.thread_id else {
            return Ok(Ok(None));
        };
        let files = match self.port.message(thread, id).await {
            Ok(message) => message.files,
            Err(DeliveryError::Gone { .. }) => return Ok(Ok(None)),
            Err(error) => return Ok(Err(error)),
        };
        let it = files
            .into_iter()
            .find(|file| Some(file.id) == wanted.discord_id);
        Ok(Ok(it.map(|file| file.url)))
    }

    async fn fetch_later(
        &self,
        wanted: &Wanted,
        after: Option<Duration>,
        why: &str,
    ) -> Result<Step, DeskError> {
        let tries = usize::try_from(wanted.attempts - 1).unwrap_or(0);
        let backoff = Duration::from_secs(BACKOFF_S[tries.min(BACKOFF_S.len() - 1)]);
        tracing::info!(
            file.id = wanted.id.0,
            file.attempts = wanted.attempts,
            why,
            "a file of Discord's did not arrive yet"
        );
        let again = self.now().after(after.unwrap_or(backoff));
        files::put_off(&self.db, wanted.id, again).await?;
        Ok(Step::PutOff)
    }

    /// Records what became of a wanted file, and tells its message's readers.
    async fn settle_file(
        &self,
        wanted: &Wanted,
        file: Option<&NewFile>,
        why: &str,
    ) -> Result<(), DeskError> {
        let mut work = self.work().await?;
        let Some(message) = messages::by_id(&work.tx, wanted.message_id).await? else {
            return Ok(());
        };
        let ticket = work.ticket(message.ticket_id).await?;
        let news = match file {
            Some(file) => files::stored(&work.tx, wanted.id, file).await?,
            None => files::refuse(&work.tx, wanted.id, why).await?,
        };
        if news {
            let audience = match message.kind {
                MessageKind::Reply => Touched::Everyone,
                MessageKind::Note => Touched::StaffOnly,
            };
            work.save(&ticket, |_| (), audience).await?;
        }
        work.commit().await
    }
}

/// Why a file over the limit is not here.
pub(super) fn too_large(max_bytes: u64) -> String {
    format!("It is larger than {}.", size_words(max_bytes))
}

fn failed(error: DeliveryError, attempts: i64) -> Tried {
    match error {
        DeliveryError::Retry { after, .. } => Tried::Later(Some(after), error.to_string()),
        DeliveryError::Uncertain { .. } | DeliveryError::Unauthorised => {
            Tried::Later(None, error.to_string())
        }
        // Asked with a link that was fresh a moment ago: perhaps too fresh.
        error if attempts < ENOUGH => Tried::Later(None, error.to_string()),
        DeliveryError::Gone { .. }
        | DeliveryError::Permanent { .. }
        | DeliveryError::NameRefused { .. } => {
            Tried::Refused("Discord does not hand it out.".to_owned())
        }
    }
}
