//! Routes of interactions: people start them, the bot calls back and follows up.

use super::{Call, Reply, id, ok, unknown_route};
use crate::error::{Answer, Refusal};
use crate::world::interactions::Interaction;

pub(crate) fn route(call: &mut Call<'_>, path: &[&str]) -> Answer<Reply> {
    match (call.method, path) {
        ("POST", ["interactions"]) => {
            let me = call.user()?;
            if call.world.is_bot(me) {
                return Err(Refusal::of(20001));
            }
            let made = call.world.interact(me, call.body)?;
            announce(call, made);
            Ok(Reply::Empty)
        }
        ("POST", ["interactions", interaction, token, "callback"]) => {
            let interaction = id(interaction, "interaction_id")?;
            let files = std::mem::take(&mut call.files);
            let shown = call.world.call_back(interaction, token, call.body, files)?;
            match call.asked("with_response") {
                Some("true" | "1") => ok(shown),
                _ => Ok(Reply::Empty),
            }
        }
        (_, ["webhooks", app, token, rest @ ..]) => {
            let app = id(app, "webhook_id")?;
            let interaction = call.world.by_token(app, token)?;
            followups(call, &interaction, rest)
        }
        _ => Err(unknown_route()),
    }
}

/// Tells the bot: over its endpoint if it has one, else over the gateway. Never both.
fn announce(call: &mut Call<'_>, made: u64) {
    if call.world.application.endpoint_url.is_some() {
        call.to_post = Some(made);
        return;
    }
    let bot = call.world.bot_id();
    if let Some(interaction) = call.world.interactions.get(&made) {
        let shown = call.world.interaction_json(interaction);
        call.world.tell(vec![bot], "INTERACTION_CREATE", shown);
    }
}

fn followups(call: &mut Call<'_>, interaction: &Interaction, rest: &[&str]) -> Answer<Reply> {
    let files = std::mem::take(&mut call.files);
    match (call.method, rest) {
        ("POST", []) => {
            let made = call.world.follow_up(interaction, call.body, files)?;
            shown(call, interaction, made)
        }
        (_, ["messages", message]) => {
            let message = match *message {
                "@original" => interaction.original.ok_or_else(|| Refusal::of(10008))?,
                message => id(message, "message_id")?,
            };
            match call.method {
                "GET" => shown(call, interaction, message),
                "PATCH" => {
                    call.world
                        .edit_answer(interaction, message, call.body, files)?;
                    shown(call, interaction, message)
                }
                "DELETE" => {
                    call.world.delete_answer(interaction, message)?;
                    Ok(Reply::Empty)
                }
                _ => Err(unknown_route()),
            }
        }
        _ => Err(unknown_route()),
    }
}

fn shown(call: &Call<'_>, interaction: &Interaction, message: u64) -> Answer<Reply> {
    let found = call.world.answer(interaction.channel_id, message);
    ok(call
        .world
        .message_json(found.ok_or_else(|| Refusal::of(10008))?))
}
