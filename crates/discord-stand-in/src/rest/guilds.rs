//! Routes of the guild: itself, its channels, members, roles and active threads.

use serde_json::{Value, json};

use super::{Call, Reply, id, ok, unknown_route};
use crate::error::{Answer, Refusal};
use crate::world::people::role_json;

pub(crate) fn route(call: &mut Call<'_>, guild: &str, rest: &[&str]) -> Answer<Reply> {
    let me = call.user()?;
    if id(guild, "guild_id")? != call.world.guild.id {
        return Err(Refusal::of(10004));
    }
    if !call.world.members.contains_key(&me) {
        return Err(Refusal::of(50001));
    }
    match (call.method, rest) {
        ("GET", []) => {
            let mut shown = call.world.guild_json();
            if call.asked("with_counts") == Some("true") {
                shown["approximate_member_count"] = json!(call.world.members.len());
                shown["approximate_presence_count"] = json!(1);
            }
            ok(shown)
        }
        ("GET", ["channels"]) => {
            let world = &*call.world;
            let all = world.channels.values().filter(|c| c.thread.is_none());
            let seen = all.filter(|c| world.is_bot(me) || world.can_view(me, c.id));
            ok(seen.map(|channel| world.channel_json(channel)).collect())
        }
        ("POST", ["channels"]) => {
            let made = call.world.create_channel(me, call.body)?;
            let channel = call.world.channel(made)?;
            Ok(Reply::Json(201, call.world.channel_json(channel)))
        }
        ("GET", ["threads", "active"]) => {
            let world = &*call.world;
            let threads = world.active_threads(me);
            let members: Vec<Value> = threads
                .iter()
                .filter_map(|c| world.thread_member_json(c.id, me))
                .collect();
            let threads: Vec<Value> = threads
                .iter()
                .map(|c| world.channel_json_for(me, c))
                .collect();
            ok(json!({"threads": threads, "members": members}))
        }
        ("GET", ["roles"]) => ok(call.world.roles.values().map(role_json).collect()),
        ("GET", ["roles", role]) => {
            let role = id(role, "role_id")?;
            let found = call.world.roles.get(&role);
            ok(role_json(found.ok_or_else(|| Refusal::of(10011))?))
        }
        ("POST", ["roles"]) => ok(call.world.create_role(me, call.body)?),
        ("PATCH", ["roles", role]) => {
            let role = id(role, "role_id")?;
            ok(call.world.modify_role(me, role, call.body)?)
        }
        ("DELETE", ["roles", role]) => {
            call.world.delete_role(me, id(role, "role_id")?)?;
            Ok(Reply::Empty)
        }
        ("GET", ["audit-logs"]) => ok(call.world.audit_log(me, call.asked("action_type"))?),
        ("GET", ["webhooks"]) => ok(call.world.webhooks_of(me, None)?),
        ("GET", ["members"]) => {
            if call.world.is_bot(me) && !call.world.application.guild_members {
                return Err(Refusal::of(50001));
            }
            let limit = call.limit(1, 1000)?;
            let after = call.asked_id("after")?.unwrap_or(0);
            let listed = call
                .world
                .members
                .keys()
                .filter(|user| **user > after)
                .take(limit);
            ok(listed
                .filter_map(|user| call.world.member_json(*user))
                .collect())
        }
        ("GET", ["members", "search"]) => {
            let words = call.asked("query").unwrap_or_default().to_lowercase();
            let limit = call.limit(1, 1000)?;
            let world = &*call.world;
            let named = |user: &&u64| {
                world.users.get(*user).is_some_and(|user| {
                    user.username.to_lowercase().starts_with(&words)
                        || user.shown_name().to_lowercase().starts_with(&words)
                })
            };
            let found = world.members.keys().filter(named).take(limit);
            ok(found.filter_map(|user| world.member_json(*user)).collect())
        }
        (_, ["members", user]) => {
            let user = if *user == "@me" {
                me
            } else {
                id(user, "user_id")?
            };
            member(call, me, user)
        }
        ("PUT" | "DELETE", ["members", user, "roles", role]) => {
            let (user, role) = (id(user, "user_id")?, id(role, "role_id")?);
            call.world
                .set_member_role(me, user, role, call.method == "PUT")?;
            Ok(Reply::Empty)
        }
        _ => Err(unknown_route()),
    }
}

fn member(call: &mut Call<'_>, me: u64, user: u64) -> Answer<Reply> {
    match call.method {
        "GET" => {
            if !call.world.users.contains_key(&user) {
                return Err(Refusal::of(10013));
            }
            let found = call.world.member_json(user);
            ok(found.ok_or_else(|| Refusal::of(10007))?)
        }
        "PATCH" => {
            let renames = call.body.get("nick").is_some();
            if renames {
                let nick = call.body["nick"].as_str().filter(|nick| !nick.is_empty());
                call.world
                    .rename_member(me, user, nick.map(str::to_owned))?;
            }
            let found = call.world.member_json(user);
            ok(found.ok_or_else(|| Refusal::of(10007))?)
        }
        "DELETE" => {
            call.world.remove_member(me, user)?;
            Ok(Reply::Empty)
        }
        _ => Err(unknown_route()),
    }
}
