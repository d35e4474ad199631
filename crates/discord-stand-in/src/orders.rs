//! Orders to the world that no Discord client could give: what `POST /stand-in/order` and `order()` carry out.
//! It reads them and passes them on; their consequences are the world's and the gateway's.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::gateway::Out;
use crate::hub::Inner;
use crate::world::World;
use crate::world::administering::read_permission;

/// One order: `{"do": "kick_bot"}`.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
enum Order {
    /// Takes a permission: from the bot's role, another `role`, or by an overwrite for the bot in `channel`.
    TakePermission {
        permission: String,
        #[serde(default)]
        role: Option<Id>,
        #[serde(default)]
        channel: Option<Id>,
    },
    /// Gives it back.
    GivePermission {
        permission: String,
        #[serde(default)]
        role: Option<Id>,
        #[serde(default)]
        channel: Option<Id>,
    },
    /// GUILD_CREATE of a guild of this name, with the same people; what a configuration needs to know
    /// of it is the answer. Any other order goes there with `"guild": id`.
    AddGuild { name: String },
    /// A person takes no direct messages any more.
    ShutDoor { user: Id },
    /// GUILD_DELETE without `unavailable`.
    KickBot {},
    /// GUILD_CREATE; for another `user` GUILD_MEMBER_ADD.
    BringBack {
        #[serde(default)]
        user: Option<Id>,
    },
    /// GUILD_DELETE with `unavailable`, or GUILD_CREATE.
    GuildOutage { out: bool },
    /// A new token; sessions of the old one are closed with 4004.
    RotateToken {},
    /// Privileged intents, as switched in the portal.
    Application {
        #[serde(default)]
        message_content: Option<bool>,
        #[serde(default)]
        guild_members: Option<bool>,
        /// Where interactions are posted, unproven; empty for nowhere.
        #[serde(default)]
        endpoint_url: Option<String>,
    },
    /// MESSAGE_UPDATE without an edit.
    Unfurl {
        channel: Id,
        message: Id,
        #[serde(default)]
        embed: Value,
    },
    /// THREAD_CREATE of a thread that the bot knows.
    ResendThread { thread: Id },
    /// What `PUT /stand-in/switches` takes.
    Switches { set: Value },
    /// Moves the clock.
    Advance { ms: u64 },
    /// What `POST /stand-in/gateway` takes.
    Gateway { what: Value },
    /// Forgets sessions and everything else: the first morning again.
    Reset {},
}

/// An id as text or number.
#[derive(Debug, Clone, Copy)]
struct Id(u64);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let given = Value::deserialize(from)?;
        let id = crate::snowflake::read(&given);
        id.map(Self)
            .ok_or_else(|| serde::de::Error::custom("no id"))
    }
}

/// Carries an order out; what it answers, or why it cannot.
pub(crate) fn obey(inner: &mut Inner, order: &Value) -> Result<Value, String> {
    let mut order = order.clone();
    let guild = order.as_object_mut().and_then(|all| all.remove("guild"));
    let order = Order::deserialize(&order).map_err(|why| why.to_string())?;
    let world = match guild.as_ref().and_then(crate::snowflake::read) {
        Some(guild) => inner
            .world
            .of_guild(guild)
            .ok_or("there is no such guild")?,
        None => &mut inner.world,
    };
    let went = match order {
        Order::TakePermission {
            permission,
            role,
            channel,
        } => return grant(world, &permission, role, channel, false),
        Order::GivePermission {
            permission,
            role,
            channel,
        } => return grant(world, &permission, role, channel, true),
        Order::AddGuild { name } => return Ok(world.add_neighbour(&name)),
        Order::ShutDoor { user } => {
            world.shut.insert(user.0);
            Ok(())
        }
        Order::KickBot {} => world.remove_member(world.guild.owner_id, world.bot_id()),
        Order::BringBack { user } => world.bring_back(user.map_or(world.bot_id(), |id| id.0)),
        Order::GuildOutage { out } => {
            world.set_outage(out);
            Ok(())
        }
        Order::RotateToken {} => {
            let token = world.rotate_token();
            let bot = world.bot_id();
            inner.gateway.end_sessions_of(bot, 4004);
            return Ok(json!({"bot_token": token}));
        }
        Order::Application {
            message_content,
            guild_members,
            endpoint_url,
        } => {
            let app = &mut world.application;
            app.message_content = message_content.unwrap_or(app.message_content);
            app.guild_members = guild_members.unwrap_or(app.guild_members);
            if let Some(url) = endpoint_url {
                app.endpoint_url = Some(url).filter(|url| !url.is_empty());
            }
            world.touched.insert(0);
            return Ok(world.application_json());
        }
        Order::Unfurl {
            channel,
            message,
            embed,
        } => world.unfurl(channel.0, message.0, &embed),
        Order::ResendThread { thread } => world.tell_thread_again(thread.0),
        Order::Switches { set } => return set_switches(inner, &set),
        Order::Advance { ms } => {
            world.clock.advance(Duration::from_millis(ms));
            world.let_time_pass();
            return Ok(json!({"now_ms": world.now_ms()}));
        }
        Order::Gateway { what } => return order_gateway(inner, &what),
        Order::Reset {} => {
            inner.reset();
            Ok(())
        }
    };
    went.map(|()| json!({})).map_err(|refusal| refusal.message)
}

/// Whether the bot has the permission then, in the channel or at large, is the answer.
fn grant(
    world: &mut World,
    permission: &str,
    role: Option<Id>,
    channel: Option<Id>,
    give: bool,
) -> Result<Value, String> {
    let rights = read_permission(permission)
        .ok_or_else(|| format!("there is no permission \"{permission}\""))?;
    let bot = world.bot_id();
    let went = match (channel, role) {
        (Some(channel), None) => world.set_rights_in(channel.0, rights, give),
        (None, Some(role)) => world.set_rights(role.0, rights, give),
        (None, None) => {
            let own = world.roles.values().find(|role| role.bot_id == Some(bot));
            let own = own.map(|role| role.id).unwrap_or_default();
            world.set_rights(own, rights, give)
        }
        (Some(_), Some(_)) => return Err("either a role or a channel".to_owned()),
    };
    went.map_err(|refusal| refusal.message)?;
    let has = match channel {
        Some(channel) => world.may(bot, channel.0, rights),
        None => world.guild_permissions(bot).contains(rights),
    };
    Ok(json!({"bot_has": has}))
}

/// Sets the switches that are named, in all guilds; the others stay.
pub(crate) fn set_switches(inner: &mut Inner, wanted: &Value) -> Result<Value, String> {
    let mut all = json!(inner.world.switches);
    for (key, value) in wanted.as_object().into_iter().flatten() {
        if all.get(key).is_none() {
            return Err(format!("there is no switch \"{key}\""));
        }
        all[key] = value.clone();
    }
    let world = &mut inner.world;
    world.switches = serde_json::from_value(all).map_err(|why| why.to_string())?;
    for neighbour in &mut world.neighbours {
        neighbour.switches.clone_from(&world.switches);
    }
    Ok(json!(world.switches))
}

/// Closes, frames and silence on every socket.
pub(crate) fn order_gateway(inner: &mut Inner, order: &Value) -> Result<Value, String> {
    let gateway = &mut inner.gateway;
    if let Some(code) = order["close"].as_u64() {
        let code = u16::try_from(code).unwrap_or(4000);
        if matches!(code, 4003 | 4007 | 4009) || order["forget"] == json!(true) {
            gateway.forget_sessions();
        }
        gateway.order_all(&Out::Close(code));
    } else if order["op"] == json!(7) {
        gateway.send_all(&json!({"t": null, "s": null, "op": 7, "d": null}));
    } else if order["op"] == json!(9) {
        let resumable = order["d"].as_bool().unwrap_or(false);
        if !resumable {
            gateway.forget_sessions();
        }
        gateway.send_all(&json!({"t": null, "s": null, "op": 9, "d": resumable}));
    } else if order["op"] == json!(1) {
        gateway.send_all(&json!({"t": null, "s": null, "op": 1, "d": null}));
    } else if order["silent"] == json!(true) {
        gateway.order_all(&Out::Silence);
    } else if let Some(ms) = order["heartbeat_interval_ms"].as_u64() {
        gateway.heartbeat_interval = Duration::from_millis(ms.max(1));
    } else {
        let words = "one of close, op (1, 7, 9), silent, heartbeat_interval_ms is needed";
        return Err(words.to_owned());
    }
    Ok(json!({}))
}
