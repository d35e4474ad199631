//! Presses of the buttons under a card: read, handed to the desk, answered in words that only the
//! person who pressed sees.
//!
//! Discord waits three seconds for an answer, so a slow one is announced first and follows later.
//! Whether the person may do it, and what comes of it, is the desk's to say.

use super::{DiscordConfig, builder, custom_id, http_client, read, write};
use desk::bridge::{PressAnswer, Pressed};
use desk::{Desk, DeskError};
use domain::{DiscordGuildId, TicketId};
use serenity::all::{
    ComponentInteraction, ComponentInteractionDataKind, CreateActionRow, CreateInteractionResponse,
    CreateInteractionResponseMessage, EditInteractionResponse,
};
use serenity::http::Http;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How long an answer may take before it has to be announced.
const ANNOUNCE_AFTER: Duration = Duration::from_secs(2);
/// How many presses are remembered, so that one told twice is done once.
const REMEMBERED: usize = 256;

/// Answers presses. Clones are one.
#[derive(Clone)]
pub(super) struct Buttons(Arc<Inner>);

struct Inner {
    desk: Desk,
    http: Http,
    recent: Mutex<Recent>,
}

/// The latest presses.
#[derive(Default)]
struct Recent(VecDeque<u64>);

impl Recent {
    /// Remembers a press. `false` when it was known.
    fn is_news(&mut self, id: u64) -> bool {
        if self.0.contains(&id) {
            return false;
        }
        if self.0.len() == REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back(id);
        true
    }
}

/// What the person is told.
#[derive(Debug)]
struct Reply {
    words: String,
    menu: Option<CreateActionRow>,
}

impl Reply {
    fn words(words: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            menu: None,
        }
    }
}

/// Where an answer appears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// As a message of its own, under the card.
    Below,
    /// In place of the menu that was chosen from, which only the person sees.
    Instead,
}

impl Buttons {
    pub(super) fn new(config: &DiscordConfig, desk: Desk) -> anyhow::Result<Self> {
        let http = builder(config, http_client(config)?)
            // Answers to presses have no limit worth waiting for, and no time to wait.
            .ratelimiter_disabled(true)
            .build();
        Ok(Self(Arc::new(Inner {
            desk,
            http,
            recent: Mutex::default(),
        })))
    }

    /// Does what was asked for and answers.
    pub(super) async fn answer(self, press: Box<ComponentInteraction>) {
        if !self.is_news(press.id.get()) {
            return;
        }
        let (choices, place) = match &press.data.kind {
            ComponentInteractionDataKind::StringSelect { values } => {
                (values.as_slice(), Place::Instead)
            }
            _ => (&[][..], Place::Below),
        };
        let asked = custom_id::read(&press.data.custom_id, choices);
        let work = self.reply(&press, asked);
        tokio::pin!(work);
        if let Ok(reply) = tokio::time::timeout(ANNOUNCE_AFTER, &mut work).await {
            let sent = press.create_response(&self.0.http, at_once(place, reply));
            report(&press, sent.await);
            return;
        }
        let announced = press.create_response(&self.0.http, announcement(place));
        let announced = report(&press, announced.await);
        // Begun is begun: it is brought to its end even if nobody can be told.
        let reply = work.await;
        if announced {
            let sent = press.edit_response(&self.0.http, later(reply));
            report(&press, sent.await.map(|_| ()));
        }
    }

    fn is_news(&self, id: u64) -> bool {
        self.0
            .recent
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .is_news(id)
    }

    async fn reply(
        &self,
        press: &ComponentInteraction,
        asked: Option<(TicketId, desk::bridge::Press)>,
    ) -> Reply {
        let Some((ticket, asked)) = asked else {
            return Reply::words(
                "This button is from another version. Open the ticket on the dashboard instead.",
            );
        };
        let (Some(guild), Some(member)) = (press.guild_id, &press.member) else {
            return Reply::words("These buttons work only in the server.");
        };
        let pressed = Pressed {
            guild: DiscordGuildId::from(guild.get()),
            member: read::interaction_member(member),
            ticket,
            press: asked,
        };
        match self.0.desk.press(pressed).await {
            Ok(answer) => done(ticket, answer),
            Err(error) => {
                // The press's own id is what the log and the person have in common.
                let reference = press.id.to_string();
                if error.is_ours() {
                    tracing::error!(
                        error.reference = reference, ticket.id = ticket.0, %error,
                        "A button failed on our side"
                    );
                }
                Reply::words(explain(&error, &reference))
            }
        }
    }
}

fn done(ticket: TicketId, answer: PressAnswer) -> Reply {
    Reply {
        words: answer.words,
        menu: answer.priority.map(|now| write::priority_menu(ticket, now)),
    }
}

fn explain(error: &DeskError, reference: &str) -> String {
    match error {
        DeskError::NotAllowed => "Only members with the staff role can do this.".to_owned(),
        DeskError::NotFound => "This ticket no longer exists here.".to_owned(),
        error => error.to_app(reference).to_string(),
    }
}

fn at_once(place: Place, reply: Reply) -> CreateInteractionResponse {
    let message = CreateInteractionResponseMessage::new()
        .content(reply.words)
        .allowed_mentions(write::no_mentions())
        .components(reply.menu.into_iter().collect());
    match place {
        Place::Below => CreateInteractionResponse::Message(message.ephemeral(true)),
        Place::Instead => CreateInteractionResponse::UpdateMessage(message),
    }
}

fn announcement(place: Place) -> CreateInteractionResponse {
    match place {
        Place::Below => CreateInteractionResponse::Defer(
            CreateInteractionResponseMessage::new().ephemeral(true),
        ),
        Place::Instead => CreateInteractionResponse::Acknowledge,
    }
}

fn later(reply: Reply) -> EditInteractionResponse {
    EditInteractionResponse::new()
        .content(reply.words)
        .allowed_mentions(write::no_mentions())
        .components(reply.menu.into_iter().collect())
}

/// Whether Discord took it. Its errors hold addresses with secrets in them: only their kind is
/// logged.
fn report(press: &ComponentInteraction, sent: serenity::Result<()>) -> bool {
    let Err(error) = sent else { return true };
    let code = match &error {
        serenity::Error::Http(serenity::http::HttpError::UnsuccessfulRequest(answer)) => {
            Some(answer.error.code)
        }
        _ => None,
    };
    tracing::warn!(
        discord.interaction_id = press.id.get(),
        discord.code = code,
        "A person who pressed a button could not be told what came of it"
    );
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Priority;
    use serde_json::{Value, json};

    fn wire(response: &CreateInteractionResponse) -> Value {
        serde_json::to_value(response).unwrap()
    }

    #[test]
    fn an_answer_is_for_one_pair_of_eyes_and_calls_nobody() {
        let sent = wire(&at_once(Place::Below, Reply::words("Ticket #12 is yours.")));
        assert_eq!(sent["type"], 4);
        assert_eq!(sent["data"]["content"], "Ticket #12 is yours.");
        assert_eq!(sent["data"]["flags"], 64);
        assert_eq!(
            sent["data"]["allowed_mentions"],
            json!({"parse": [], "users": [], "roles": []})
        );
        assert_eq!(sent["data"]["components"], json!([]));
    }

    #[test]
    fn after_the_priority_button_it_can_be_set_exactly() {
        let answer = PressAnswer {
            words: "The priority of ticket #12 is high.".to_owned(),
            priority: Some(Priority::High),
        };
        let sent = wire(&at_once(Place::Below, done(TicketId(41), answer)));
        let menu = &sent["data"]["components"][0]["components"][0];
        assert_eq!(menu["custom_id"], "v1:setpriority:41");
    }

    #[test]
    fn a_choice_is_answered_in_its_place() {
        let sent = wire(&at_once(Place::Instead, Reply::words("Done.")));
        assert_eq!(sent["type"], 7);
        assert_eq!(wire(&announcement(Place::Instead))["type"], 6);
        let deferred = wire(&announcement(Place::Below));
        assert_eq!(
            (deferred["type"].clone(), deferred["data"]["flags"].clone()),
            (json!(5), json!(64))
        );
        let edit = serde_json::to_value(later(Reply::words("Done."))).unwrap();
        assert_eq!(edit["components"], json!([]));
    }

    #[test]
    fn refusals_are_told_in_words_without_detail() {
        assert_eq!(
            explain(&DeskError::NotAllowed, "7"),
            "Only members with the staff role can do this."
        );
        assert_eq!(
            explain(&DeskError::NotFound, "7"),
            "This ticket no longer exists here."
        );
        let ours = explain(
            &DeskError::Internal("table ticket is broken".to_owned()),
            "7",
        );
        assert!(ours.contains('7') && !ours.contains("table"), "{ours}");
    }

    #[test]
    fn a_press_told_twice_is_done_once() {
        let mut recent = Recent::default();
        assert!(recent.is_news(1));
        assert!(!recent.is_news(1));
        for id in 2..=(REMEMBERED as u64 + 1) {
            assert!(recent.is_news(id));
        }
        assert_eq!(recent.0.len(), REMEMBERED);
    }
}
