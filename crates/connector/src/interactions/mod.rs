//! What people do with the bot, through either door: told once, done once, answered in time.
//!
//! The gateway's door answers over REST, the HTTP door inline; both go through [`Interactions`].
//! Discord waits three seconds, so a slow answer is announced first and follows later. Whether
//! somebody may do a thing, and what comes of it, is the desk's to say.

mod decode;
mod encode;
mod recent;
mod registration;

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use decode::reads;
pub use registration::{CommandsError, keep_registered, register, register_and_remember};

use super::{DiscordConfig, builder, http_client};
use decode::Told;
use desk::commands::{Answer, Asked, Does, Suggestion, Who};
use desk::{DeskError, House};
use recent::Recent;
use serde::Deserialize;
use serenity::all::{
    CreateInteractionResponse, Interaction, InteractionId, InteractionResponseFlags,
};
use serenity::http::Http;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;

/// How long an answer may take before it has to be announced. What takes long by its nature is
/// announced at once.
const ANNOUNCE_AFTER: Duration = Duration::from_millis(1_500);
/// How long suggestions may take: they cannot be announced, and one types on.
const SUGGEST_WITHIN: Duration = Duration::from_millis(1_000);
/// An answer that follows an inline announcement may be quicker than the announcement: then it is
/// sent again after these pauses.
const FOLLOW_AGAIN_MS: [u64; 4] = [0, 300, 1_000, 3_000];

/// Answers interactions. Clones are one.
#[derive(Clone)]
pub struct Interactions(Arc<Inner>);

struct Inner {
    house: House,
    http: Http,
    application: u64,
    recent: Mutex<Recent>,
    tracker: TaskTracker,
}

impl fmt::Debug for Interactions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interactions").finish_non_exhaustive()
    }
}

/// What the HTTP door answers.
#[derive(Debug, PartialEq, Eq)]
pub enum Inline {
    /// This, in JSON.
    Answer(Vec<u8>),
    /// It was told before, by either door.
    Known,
    /// It cannot be read.
    Unreadable,
}

/// Where an answer appears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// As a message of its own.
    Below,
    /// In place of the menu that was chosen from, which only the person sees.
    Instead,
}

/// Only what tells a ping and an id.
#[derive(Deserialize)]
struct Glance {
    #[serde(rename = "type")]
    kind: u8,
    id: InteractionId,
}

const PING: u8 = 1;
const PONG: &[u8] = br#"{"type":1}"#;

/// What an answer became, or will.
enum First {
    /// It is there.
    Now(CreateInteractionResponse),
    /// It is announced, and follows.
    Later(CreateInteractionResponse, JoinHandle<Answer>),
}

impl Interactions {
    /// A way of its own for answers; what takes longer is finished by `tracker`.
    pub fn new(
        config: &DiscordConfig,
        house: House,
        tracker: &TaskTracker,
    ) -> anyhow::Result<Self> {
        let http = builder(config, http_client(config)?)
            // Answers have no limit worth waiting for, and no time to wait.
            .ratelimiter_disabled(true)
            .build();
        Ok(Self(Arc::new(Inner {
            house,
            http,
            application: config.application_id,
            recent: Mutex::default(),
            tracker: tracker.clone(),
        })))
    }

    /// The gateway's door: does what was asked for and answers over REST.
    pub(super) async fn answer(self, interaction: Box<Interaction>) {
        if !self.is_news(interaction.id().get()) {
            return;
        }
        let (id, token) = (interaction.id(), decode::token(&interaction).to_owned());
        let first = self.first(*interaction).await;
        let (response, later) = match first {
            First::Now(response) => (response, None),
            First::Later(response, later) => (response, Some(later)),
        };
        let sent = self
            .0
            .http
            .create_interaction_response(id, &token, &response, Vec::new())
            .await;
        let announced = report(id, sent);
        if let Some(later) = later {
            // Begun is begun: it is brought to its end even if nobody can be told.
            let answer = ended(later, id).await;
            if announced {
                self.follow(id, &token, answer).await;
            }
        }
    }

    /// The HTTP door. `body` was signed by Discord.
    pub async fn answer_inline(&self, body: &[u8]) -> Inline {
        let Ok(glance) = serde_json::from_slice::<Glance>(body) else {
            return Inline::Unreadable;
        };
        if glance.kind == PING {
            return Inline::Answer(PONG.to_vec());
        }
        let interaction = match serde_json::from_slice::<Interaction>(body) {
            Ok(interaction) => interaction,
            Err(error) => {
                tracing::warn!(%error, "An interaction of a form unknown to the client");
                return Inline::Unreadable;
            }
        };
        if !self.is_news(glance.id.get()) {
            return Inline::Known;
        }
        let token = decode::token(&interaction).to_owned();
        let response = match self.first(interaction).await {
            First::Now(response) => response,
            First::Later(response, later) => {
                let (this, id) = (self.clone(), glance.id);
                self.0.tracker.spawn(async move {
                    let answer = ended(later, id).await;
                    this.follow(id, &token, answer).await;
                });
                response
            }
        };
        match serde_json::to_vec(&response) {
            Ok(json) => Inline::Answer(json),
            Err(error) => {
                tracing::error!(%error, "An answer could not be written");
                Inline::Unreadable
            }
        }
    }

    /// From an interaction to its answer, or to the announcement of one.
    async fn first(&self, interaction: Interaction) -> First {
        match decode::told(interaction, self.0.application) {
            Told::Act(asked, place) => {
                let (house, asked) = (self.0.house.clone(), *asked);
                let patience = match asked.act.does.takes_long() {
                    true => Duration::ZERO,
                    false => ANNOUNCE_AFTER,
                };
                // A task of its own: whoever asked may hang up, and what is begun goes on.
                let mut work = self
                    .0
                    .tracker
                    .spawn(async move { act(&house, &asked).await });
                match tokio::time::timeout(patience, &mut work).await {
                    Ok(done) => {
                        let answer = done.unwrap_or_else(|_| panicked());
                        First::Now(encode::at_once(place, answer))
                    }
                    Err(_) => First::Later(encode::announcement(place), work),
                }
            }
            Told::Suggest {
                asked,
                option,
                typed,
            } => {
                let work = suggestions(&self.0.house, &asked, &option, &typed);
                let found = tokio::time::timeout(SUGGEST_WITHIN, work).await;
                First::Now(encode::suggestions(
                    &asked,
                    &option,
                    found.unwrap_or_default(),
                ))
            }
            Told::Unknown(why) => First::Now(encode::at_once(Place::Below, why)),
        }
    }

    /// Sends the answer that was announced.
    async fn follow(&self, id: InteractionId, token: &str, answer: Answer) {
        let edit = encode::later(answer);
        let mut sent = Ok(());
        for pause in FOLLOW_AGAIN_MS {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            sent = self
                .0
                .http
                .edit_original_interaction_response(token, &edit, Vec::new())
                .await
                .map(drop);
            if sent.is_ok() {
                return;
            }
        }
        report(id, sent);
    }

    fn is_news(&self, id: u64) -> bool {
        self.0
            .recent
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .is_news(id, Instant::now())
    }
}

async fn ended(work: JoinHandle<Answer>, id: InteractionId) -> Answer {
    work.await.unwrap_or_else(|error| {
        tracing::error!(discord.interaction_id = id.get(), %error, "Answering an interaction failed");
        panicked()
    })
}

fn panicked() -> Answer {
    "Something went wrong on our side. Try again in a moment.".into()
}

async fn act(house: &House, asked: &Asked) -> Answer {
    match house.interact(asked).await {
        Ok(answer) => answer,
        Err(error) => {
            // A word of its own is what the log and the person have in common.
            let reference = encode::reference(&asked.secret);
            if error.is_ours() {
                tracing::error!(error.reference = reference, %error, "An interaction failed on our side");
            }
            let why = explain(&error, asked.act.does, &reference);
            asked.act.refused(why)
        }
    }
}

async fn suggestions(house: &House, asked: &Asked, option: &str, typed: &str) -> Vec<Suggestion> {
    house
        .suggest(asked, option, typed)
        .await
        .unwrap_or_else(|error| {
            tracing::warn!(%error, "Nothing could be suggested");
            Vec::new()
        })
}

fn explain(error: &DeskError, does: Does, reference: &str) -> String {
    match error {
        DeskError::NotAllowed => does.who().refusal().to_owned(),
        DeskError::NotFound if does.who() == Who::Everyone => {
            "This server is not set up here.".to_owned()
        }
        DeskError::NotFound => "There is no such ticket here.".to_owned(),
        error => error.to_app(reference).to_string(),
    }
}

/// Whether Discord took it. Its errors hold addresses with secrets in them: only their kind is
/// logged.
fn report(id: InteractionId, sent: serenity::Result<()>) -> bool {
    let Err(error) = sent else { return true };
    let code = match &error {
        serenity::Error::Http(serenity::http::HttpError::UnsuccessfulRequest(answer)) => {
            Some(answer.error.code)
        }
        _ => None,
    };
    tracing::warn!(
        discord.interaction_id = id.get(),
        discord.code = code,
        "Somebody who asked for something could not be told what came of it"
    );
    false
}

/// Ephemeral: for the one who asked alone.
const ONLY_THEM: InteractionResponseFlags = InteractionResponseFlags::EPHEMERAL;

#[cfg(test)]
mod tests {
    use super::*;
    use desk::commands::{ForAdmin, ForStaff};

    #[test]
    fn refusals_are_told_in_words_without_detail() {
        let staff = Does::Staff(ForStaff::View);
        assert_eq!(
            explain(&DeskError::NotAllowed, staff, "7"),
            "Only members with the staff role can do this."
        );
        assert_eq!(
            explain(&DeskError::NotAllowed, Does::Admin(ForAdmin::Config), "7"),
            "Only those who may manage the server can do this."
        );
        assert_eq!(
            explain(&DeskError::NotFound, staff, "7"),
            "There is no such ticket here."
        );
        let ours = DeskError::Internal("table ticket is broken".to_owned());
        let ours = explain(&ours, staff, "7");
        assert!(ours.contains('7') && !ours.contains("table"), "{ours}");
    }
}
