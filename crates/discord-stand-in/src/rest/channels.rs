//! Routes of one channel or thread itself: read, change, delete, overwrites, typing.

use serde_json::json;
use twilight_model::guild::Permissions;

use super::{Call, Reply, id, ok, unknown_route};
use crate::error::Answer;

pub(crate) fn route(call: &mut Call<'_>, channel: u64, rest: &[&str]) -> Answer<Reply> {
    let me = call.user()?;
    match (call.method, rest) {
        ("GET", []) => {
            let found = call.world.visible(me, channel)?;
            ok(call.world.channel_json_for(me, found))
        }
        ("PATCH", []) => {
            if call.world.visible(me, channel)?.thread.is_some() {
                call.world.modify_thread(me, channel, call.body)?;
            } else {
                call.world.modify_channel(me, channel, call.body)?;
            }
            let found = call.world.channel(channel)?;
            ok(call.world.channel_json_for(me, found))
        }
        ("DELETE", []) => ok(call.world.delete_channel(me, channel)?),
        ("PUT", ["permissions", target]) => {
            let target = id(target, "overwrite_id")?;
            call.world
                .put_overwrite(me, channel, target, Some(call.body))?;
            Ok(Reply::Empty)
        }
        ("DELETE", ["permissions", target]) => {
            let target = id(target, "overwrite_id")?;
            call.world.put_overwrite(me, channel, target, None)?;
            Ok(Reply::Empty)
        }
        ("POST", ["polls", message, "expire"]) => {
            let message = id(message, "message_id")?;
            call.world.end_poll(me, channel, message)?;
            let ended = call.world.message(channel, message)?;
            ok(call.world.message_json_for(me, ended))
        }
        ("POST", ["typing"]) => {
            let found = call.world.visible(me, channel)?;
            let speech = crate::world::World::speech(found);
            call.world
                .allowed(me, channel, speech | Permissions::VIEW_CHANNEL)?;
            let shown = json!({
                "channel_id": channel.to_string(), "guild_id": call.world.guild.id.to_string(),
                "user_id": me.to_string(), "timestamp": call.world.now_ms() / 1000,
                "member": call.world.member_json(me),
            });
            call.world.tell_viewers(channel, "TYPING_START", shown);
            Ok(Reply::Empty)
        }
        _ => Err(unknown_route()),
    }
}
