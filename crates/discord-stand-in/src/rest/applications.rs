//! Routes of the application: itself, and its commands, global or of the guild.

use serde_json::{Value, json};

use super::{Call, Reply, id, ok, unknown_route};
use crate::error::{Answer, Refusal};

pub(crate) fn route(call: &mut Call<'_>, rest: &[&str]) -> Answer<Reply> {
    match (call.method, rest) {
        ("GET", ["@me"]) => {
            call.bot()?;
            ok(call.world.application_json())
        }
        ("PATCH", ["@me"]) => {
            call.bot()?;
            if let Some(text) = call.body["description"].as_str() {
                call.world.application.description = text.to_owned();
            }
            if let Some(url) = call.body.get("interactions_endpoint_url") {
                let url = url.as_str().filter(|url| !url.is_empty());
                call.world.application.endpoint_url = url.map(str::to_owned);
                call.world.touched.insert(0);
            }
            ok(call.world.application_json())
        }
        (_, [app, "commands", command @ ..]) => commands(call, app, None, command),
        (_, [app, "guilds", guild, "commands", command @ ..]) => {
            let guild = id(guild, "guild_id")?;
            commands(call, app, Some(guild), command)
        }
        _ => Err(unknown_route()),
    }
}

fn commands(call: &mut Call<'_>, app: &str, guild: Option<u64>, rest: &[&str]) -> Answer<Reply> {
    if id(app, "application_id")? != call.world.application.id {
        return Err(Refusal::of(10002));
    }
    let me = call.user()?;
    // People may look, so that the page can offer the commands to them.
    if call.method != "GET" {
        call.bot()?;
    }
    match (call.method, rest) {
        ("GET", []) => ok(json!(call.world.commands_in(guild)?)),
        ("PUT", []) => {
            let Some(list) = call.body.as_array() else {
                let words = "Only iterables may be used in a ListType";
                return Err(Refusal::field("", "LIST_TYPE_CONVERT", words));
            };
            ok(json!(call.world.put_commands(guild, list)?))
        }
        ("POST", []) => {
            let (made, new) = call.world.post_command(guild, call.body)?;
            Ok(Reply::Json(if new { 201 } else { 200 }, made))
        }
        ("GET", [command]) => {
            let command = json!(id(command, "command_id")?.to_string());
            let list = call.world.commands_in(guild)?;
            let found: Option<Value> = list.into_iter().find(|c| c["id"] == command);
            ok(found.ok_or_else(|| Refusal::of(10063))?)
        }
        ("PATCH", [command]) => {
            let command = id(command, "command_id")?;
            ok(call.world.patch_command(guild, command, call.body)?)
        }
        ("DELETE", [command]) => {
            call.world
                .delete_command(guild, id(command, "command_id")?)?;
            Ok(Reply::Empty)
        }
        _ => {
            tracing::debug!(caller = me, "no such command route");
            Err(unknown_route())
        }
    }
}
