//! The log channel: a line for each milestone of a ticket, and the transcript of each that was
//! closed.
//!
//! A line is a promise like any other, in a lane of its own beside the thread's. It is told by its
//! mark, the promise's own number, so that a lost answer doubles nothing. Nobody is mentioned.

use super::attempt::UPLOAD;
use super::event::RemoteMessage;
use super::file_posts::FILE_MAX;
use super::outbox::Kept;
use super::port::{DeliveryError, Nonce, Post, PostFile};
use super::words::escape;
use crate::milestones::Milestone;
use crate::store::entities::outbox::Model as Promise;
use crate::store::{outbox, tickets};
use crate::{Desk, DeskError};
use domain::text::{excerpt, head};
use domain::{OutboxId, ThreadId};
use std::time::Duration;

/// The longest subject, and the longest sentence, in a line, as Discord counts: a grapheme can be of
/// any length.
const WORDS: usize = 300;

/// What a line says.
fn line(
    public_url: &str,
    ticket: &tickets::Named,
    promise: OutboxId,
    milestone: Milestone,
    words: &str,
) -> String {
    let sign = match milestone {
        Milestone::Filed => "🆕",
        Milestone::Claimed => "🙋",
        Milestone::Closed => "✅",
        Milestone::Reopened => "🔁",
    };
    let number = ticket.number;
    let brief = |text: &str| escape(head(&excerpt(text, WORDS), WORDS));
    let (subject, words) = (brief(&ticket.subject), brief(words));
    format!(
        "{sign} [#{number}](<{public_url}/staff/tickets/{number}#e{promise}>) **{subject}**\n{words}"
    )
}

/// Which promise a line keeps. Only its first line is ours alone.
fn read_mark(content: &str) -> Option<OutboxId> {
    let (_, mark) = content.lines().next()?.split_once("#e")?;
    mark.split_once('>')?.0.parse().ok()
}

/// Why the channel did not take a line, and what to do.
pub(super) fn trouble(reason: &str) -> String {
    format!(
        "The log channel did not take it: {reason} Mend the channel or the setting `log_channel`, \
         then try again; or give it up."
    )
}

impl Desk {
    /// Posts a line, unless it is there.
    pub(super) async fn post_log(
        &self,
        promise: &Promise,
        ticket: &tickets::Named,
        milestone: Milestone,
        words: &str,
    ) -> Result<Result<Kept, DeliveryError>, DeskError> {
        // Whoever took the setting away wants no line any more.
        let Some(channel) = self.home().log_channel else {
            return Ok(Ok(Kept::Done));
        };
        // Discord addresses a channel as it addresses a thread.
        let channel = ThreadId(channel.0);
        if self.must_look_first(promise) {
            let ours =
                |m: &&RemoteMessage| m.author.is_us && read_mark(&m.content) == Some(promise.id);
            match self.search(promise, channel, ours).await? {
                Ok(Some(_)) => return Ok(Ok(Kept::Done)),
                Ok(None) => {}
                Err(error) => return Ok(Err(error)),
            }
        }
        let words = line(&self.staff_base(), ticket, promise.id, milestone, words);
        // Held until the post is made: files take much memory on their way.
        let mut _room = None;
        let post = if milestone == Milestone::Closed {
            _room = self.bridge.room_for_files();
            if _room.is_none() {
                return Ok(Err(DeliveryError::Retry {
                    after: Duration::from_secs(1),
                    global: false,
                    reason: "Other files go up first.".to_owned(),
                }));
            }
            outbox::extend(&self.db, promise.id, self.now().after(UPLOAD)).await?;
            let transcript = self.transcript_for_log(ticket.id).await?;
            let html = transcript.html();
            if html.len() as u64 <= FILE_MAX {
                let file = PostFile {
                    name: format!("{}.html", transcript.name()),
                    bytes: html.into(),
                };
                Post::Files {
                    words,
                    files: vec![file],
                }
            } else {
                // The line's link leads to the ticket, and from there to its transcript.
                Post::Words(words)
            }
        } else {
            Post::Words(words)
        };
        let nonce = Nonce(promise.nonce.clone());
        let posted = self.port.post(channel, &nonce, &post).await;
        Ok(posted.map(|_| Kept::Done))
    }
}
