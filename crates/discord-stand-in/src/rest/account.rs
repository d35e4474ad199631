//! Routes about the caller and about users: `/gateway`, `/users`, `/oauth2/@me`.
//! These are the only ones that an OAuth2 token opens.

use serde_json::{Value, json};

use super::auth::{Identity, unauthorized};
use super::{Call, Reply, id, ok, unknown_route};
use crate::clock::iso;
use crate::error::{Answer, Refusal};

pub(crate) fn route(call: &mut Call<'_>, path: &[&str]) -> Answer<Reply> {
    match (call.method, path) {
        ("GET", ["gateway"]) => ok(json!({"url": call.gateway_url})),
        ("GET", ["gateway", "bot"]) => {
            call.bot()?;
            let start = call.world.session_starts_json();
            ok(json!({"url": call.gateway_url, "shards": 1, "session_start_limit": start}))
        }
        ("GET", ["users", "@me"]) => {
            let (me, _) = caller(call, "identify")?;
            ok(call.world.own_user_json(me))
        }
        ("GET", ["users", "@me", "guilds"]) => {
            let (me, _) = caller(call, "guilds")?;
            let guild = &call.world.guild;
            if !call.world.members.contains_key(&me) {
                return ok(json!([]));
            }
            ok(json!([{
                "id": guild.id.to_string(), "name": guild.name, "icon": null, "banner": null,
                "owner": guild.owner_id == me, "features": [],
                "permissions": call.world.guild_permissions(me).bits().to_string(),
            }]))
        }
        ("GET", ["users", "@me", "guilds", guild, "member"]) => {
            let (me, _) = caller(call, "guilds.members.read")?;
            let known = id(guild, "guild_id")? == call.world.guild.id;
            let member = call.world.member_json(me).filter(|_| known);
            ok(member.ok_or_else(|| Refusal::of(10004))?)
        }
        ("POST", ["users", "@me", "channels"]) => {
            let me = call.bot()?;
            let user = crate::snowflake::read(&call.body["recipient_id"]);
            ok(call.world.open_direct(me, user.unwrap_or_default())?)
        }
        ("GET", ["users", user]) => {
            call.user()?;
            let user = id(user, "user_id")?;
            if !call.world.users.contains_key(&user) {
                return Err(Refusal::of(10013));
            }
            ok(call.world.user_json(user))
        }
        ("GET", ["oauth2", "applications", "@me"]) => {
            call.bot()?;
            ok(call.world.application_json())
        }
        ("GET", ["oauth2", "@me"]) => own_grant(call),
        _ => Err(unknown_route()),
    }
}

/// The caller, if their token covers `scope`; a token of one's own covers all.
fn caller(call: &Call<'_>, scope: &str) -> Answer<(u64, bool)> {
    match &call.identity {
        Identity::User(me) => Ok((*me, false)),
        Identity::Bearer { person, token } => {
            let covers = call
                .world
                .grant(token)
                .is_some_and(|grant| grant.covers(scope));
            if covers {
                Ok((*person, true))
            } else {
                Err(Refusal::of(50001))
            }
        }
        Identity::Nobody => Err(unauthorized()),
    }
}

fn own_grant(call: &Call<'_>) -> Answer<Reply> {
    let Identity::Bearer { person, token } = &call.identity else {
        return Err(unauthorized());
    };
    let grant = call.world.grant(token).ok_or_else(unauthorized)?;
    let app = &call.world.application;
    let scopes: Vec<&str> = grant.scope.split(' ').collect();
    let mut shown = json!({
        "application": {
            "id": app.id.to_string(), "name": app.name, "icon": null,
            "description": app.description, "summary": "", "hook": true, "bot_public": false,
            "bot_require_code_grant": false, "verify_key": app.public_key(), "type": Value::Null,
        },
        "scopes": scopes,
        "expires": iso(grant.expires_ms),
    });
    if grant.covers("identify") {
        shown["user"] = call.world.user_json(*person);
    }
    ok(shown)
}
