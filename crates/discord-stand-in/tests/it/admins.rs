//! What people and admins do to threads, channels, roles and the bot, and what the bot hears of it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::inside::Inside;
use crate::support::{World, at};

#[test]
fn people_archive_lock_rename_and_delete_threads() {
    let mut inside = Inside::new();
    let thread = inside.thread("#1");
    inside.events();
    for (body, shows) in [
        (json!({"archived": true}), ("/archived", json!(true))),
        (json!({"archived": false}), ("/archived", json!(false))),
        (json!({"locked": true}), ("/locked", json!(true))),
    ] {
        let (status, _) = inside.person("Jonas", "PATCH", &at(thread, ""), body);
        assert_eq!(status, 200);
        let heard = inside.events();
        let update = heard.iter().find(|e| e["t"] == "THREAD_UPDATE").unwrap();
        let shown = update["d"]["thread_metadata"].pointer(shows.0).unwrap();
        assert_eq!(shown, &shows.1);
    }
    let renamed = json!({"name": "#1 Sails"});
    inside.person("Jonas", "PATCH", &at(thread, ""), renamed);
    let heard = inside.events();
    assert_eq!(heard[0]["d"]["name"], "#1 Sails");
    assert_eq!(heard[1]["d"]["type"], 4);
    assert_eq!(heard[1]["d"]["content"], "#1 Sails");
    inside.person("Jonas", "DELETE", &at(thread, ""), Value::Null);
    let heard = inside.events();
    let expected = json!({
        "id": thread.to_string(), "guild_id": inside.discord.settings().guild_id.to_string(),
        "parent_id": inside.support().to_string(), "type": 12,
    });
    assert_eq!(
        (&heard[0]["t"], &heard[0]["d"]),
        (&json!("THREAD_DELETE"), &expected)
    );
}

#[test]
fn a_deleted_channel_takes_its_threads_along_silently_unless_switched() {
    for told in [false, true] {
        let mut inside = Inside::new();
        inside.order(json!({"do": "switches", "set": {"parent_deletion_tells_threads": told}}));
        let thread = inside.thread("#1");
        inside.events();
        let support = inside.support();
        let (status, _) = inside.person("Mira", "DELETE", &at(support, ""), Value::Null);
        assert_eq!(status, 200);
        let heard = inside.names();
        assert_eq!(heard.contains(&"THREAD_DELETE".to_owned()), told);
        assert_eq!(heard.last().unwrap(), "CHANNEL_DELETE");
        let (status, refusal) = inside.bot("GET", &at(thread, ""), Value::Null);
        assert_eq!((status, &refusal["code"]), (404, &json!(10003)));
    }
}

#[test]
fn the_bot_can_be_removed_from_a_thread() {
    let mut inside = Inside::new();
    let thread = inside.thread("#1");
    inside.events();
    let bot = inside.discord.settings().client_id;
    let member = at(thread, &format!("/thread-members/{bot}"));
    let (status, _) = inside.person("Jonas", "DELETE", &member, Value::Null);
    assert_eq!(status, 204);
    let heard = inside.events();
    assert_eq!(heard[0]["t"], "THREAD_MEMBERS_UPDATE");
    assert_eq!(heard[0]["d"]["removed_member_ids"], json!([bot]));
    assert_eq!(heard[1]["d"]["type"], 2);
    // When it is added again, the thread is told of anew.
    inside.person("Jonas", "PUT", &member, Value::Null);
    let heard = inside.events();
    let again = heard.iter().find(|e| e["t"] == "THREAD_CREATE").unwrap();
    assert_eq!(again["d"]["member"]["user_id"], json!(bot));
    assert!(again["d"].get("newly_created").is_none());
}

#[test]
fn lost_access_is_silent_and_regained_access_brings_the_threads() {
    let mut inside = Inside::new();
    let (thread, support) = (inside.thread("#1"), inside.support());
    inside.events();
    assert_eq!(
        inside
            .discord
            .take_permission("VIEW_CHANNEL", Some(support)),
        Ok(false)
    );
    inside.say("Jonas", thread, "unheard");
    assert_eq!(inside.names(), ["CHANNEL_UPDATE"]);
    let (status, refusal) = inside.bot("GET", &at(thread, ""), Value::Null);
    assert_eq!((status, &refusal["code"]), (403, &json!(50001)));
    assert_eq!(
        inside
            .discord
            .give_permission("VIEW_CHANNEL", Some(support)),
        Ok(true)
    );
    let heard = inside.events();
    assert_eq!(heard[0]["t"], "CHANNEL_UPDATE");
    assert_eq!(heard[1]["t"], "THREAD_LIST_SYNC");
    assert_eq!(heard[1]["d"]["channel_ids"], json!([support.to_string()]));
    assert_eq!(heard[1]["d"]["threads"][0]["id"], thread.to_string());
    assert_eq!(heard.len(), 2);
}

#[test]
fn a_permission_of_the_bots_role_is_taken_and_given_back() {
    let mut inside = Inside::new();
    let thread = inside.thread("#1");
    inside.events();
    assert_eq!(
        inside.discord.take_permission("MANAGE_THREADS", None),
        Ok(false)
    );
    assert_eq!(inside.names(), ["GUILD_ROLE_UPDATE"]);
    let locked = json!({"locked": true});
    let (status, refusal) = inside.bot("PATCH", &at(thread, ""), locked.clone());
    assert_eq!((status, &refusal["code"]), (403, &json!(50013)));
    assert_eq!(
        inside.discord.give_permission("MANAGE_THREADS", None),
        Ok(true)
    );
    assert_eq!(inside.bot("PATCH", &at(thread, ""), locked).0, 200);
    // What @everyone has too is not lost with the role.
    assert_eq!(
        inside.discord.take_permission("EMBED_LINKS", None),
        Ok(true)
    );
    let wrong = inside.discord.take_permission("FLY", None);
    assert_eq!(wrong.unwrap_err(), "there is no permission \"FLY\"");
}

#[test]
fn a_role_that_opens_a_channel_brings_its_threads() {
    let mut inside = Inside::new();
    inside.thread("#1");
    let settings = inside.discord.settings();
    let everyone = settings.guild_id;
    let rule = at(
        settings.support_channel_id,
        &format!("/permissions/{everyone}"),
    );
    let bot_role = at(
        settings.support_channel_id,
        &format!("/permissions/{}", everyone + 12),
    );
    inside.person("Mira", "DELETE", &bot_role, Value::Null);
    inside.events();
    let view = json!({"type": 0, "allow": "1024", "deny": "0"});
    let (status, _) = inside.person("Mira", "PUT", &rule, view);
    assert_eq!(status, 204);
    assert_eq!(inside.names(), ["CHANNEL_UPDATE", "THREAD_LIST_SYNC"]);
}

#[test]
fn a_bot_that_is_thrown_out_hears_of_it_and_of_its_return() {
    let mut inside = Inside::new();
    let thread = inside.thread("#1");
    inside.events();
    inside.order(json!({"do": "kick_bot"}));
    inside.say("Jonas", thread, "unheard");
    let heard = inside.events();
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0]["t"], "GUILD_DELETE");
    assert!(heard[0]["d"].get("unavailable").is_none());
    let (status, refusal) = inside.bot("GET", &at(thread, ""), Value::Null);
    assert_eq!((status, &refusal["code"]), (403, &json!(50001)));
    inside.order(json!({"do": "bring_back"}));
    let heard = inside.events();
    assert_eq!(heard[0]["t"], "GUILD_CREATE");
    assert_eq!(heard[0]["d"]["threads"][0]["id"], thread.to_string());
    // It is no member of its threads any more, but still moderates them.
    assert!(heard[0]["d"]["threads"][0].get("member").is_none());
    assert_eq!(inside.bot("GET", &at(thread, ""), Value::Null).0, 200);
}

#[test]
fn an_outage_is_told_as_one_and_ends_with_the_guild() {
    let mut inside = Inside::new();
    let thread = inside.thread("#1");
    inside.events();
    inside.order(json!({"do": "guild_outage", "out": true}));
    inside.say("Jonas", thread, "unheard");
    let heard = inside.events();
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0]["d"]["unavailable"], true);
    let mut late = inside.discord.listen();
    assert_eq!(late.next().unwrap()["t"], "READY");
    assert!(late.next().is_none());
    inside.order(json!({"do": "guild_outage", "out": false}));
    assert_eq!(late.next().unwrap()["t"], "GUILD_CREATE");
}

#[test]
fn members_leave_and_return_and_roles_come_and_go() {
    let mut inside = Inside::new();
    let guild = inside.discord.settings().guild_id;
    let staff = inside.discord.settings().staff_role_id;
    let jonas = inside.id_of("Jonas");
    let path = format!("/guilds/{guild}/members/{jonas}");
    assert_eq!(inside.person("Mira", "DELETE", &path, Value::Null).0, 204);
    assert_eq!(inside.bot("GET", &path, Value::Null).1["code"], 10007);
    inside.order(json!({"do": "bring_back", "user": jonas}));
    assert_eq!(inside.names(), ["GUILD_MEMBER_REMOVE", "GUILD_MEMBER_ADD"]);
    assert_eq!(
        inside.bot("GET", &path, Value::Null).1["roles"],
        json!([staff.to_string()])
    );
    let role = format!("/guilds/{guild}/roles/{staff}");
    assert_eq!(
        inside.person("Jonas", "DELETE", &role, Value::Null).1["code"],
        50013
    );
    assert_eq!(inside.person("Mira", "DELETE", &role, Value::Null).0, 204);
    assert_eq!(inside.bot("GET", &path, Value::Null).1["roles"], json!([]));
    assert_eq!(inside.names()[0], "GUILD_ROLE_DELETE");
}

#[test]
fn discord_says_what_happened_in_messages_of_its_own() {
    let mut inside = Inside::new();
    let (support, mira) = (inside.support(), inside.id_of("Mira"));
    let thread = inside.thread("#1");
    let said = inside.say("Jonas", thread, "pin this");
    inside.events();
    inside.bot("PATCH", &at(thread, ""), json!({"name": "#1 Sails"}));
    let member = at(thread, &format!("/thread-members/{mira}"));
    inside.bot("PUT", &member, Value::Null);
    inside.bot("DELETE", &member, Value::Null);
    inside.bot(
        "PUT",
        &at(thread, &format!("/messages/pins/{said}")),
        Value::Null,
    );
    inside.bot(
        "POST",
        &at(support, "/threads"),
        json!({"name": "Open", "type": 11}),
    );
    let on = inside.say("Jonas", support, "a topic");
    inside.bot(
        "POST",
        &at(support, &format!("/messages/{on}/threads")),
        json!({"name": "Topic"}),
    );
    let heard = inside.events();
    let said = heard.iter().filter(|e| e["t"] == "MESSAGE_CREATE");
    let kinds: Vec<u64> = said.map(|e| e["d"]["type"].as_u64().unwrap()).collect();
    assert_eq!(kinds, [4, 1, 2, 6, 18, 0, 21]);
}

#[test]
fn a_thread_that_the_bot_knows_can_be_told_of_again() {
    let mut inside = Inside::new();
    let thread = inside.thread("#1");
    inside.events();
    inside.order(json!({"do": "resend_thread", "thread": thread.to_string()}));
    let heard = inside.events();
    assert_eq!(heard[0]["t"], "THREAD_CREATE");
    assert!(heard[0]["d"].get("newly_created").is_none());
}

#[test]
fn full_guilds_and_full_threads_refuse() {
    let inside = Inside::new();
    inside.order(json!({"do": "switches", "set": {"active_threads": 2, "thread_members": 1}}));
    let (first, second) = (inside.thread("#1"), inside.thread("#2"));
    let path = at(inside.support(), "/threads");
    let (status, refusal) = inside.bot("POST", &path, json!({"name": "#3"}));
    assert_eq!((status, &refusal["code"]), (400, &json!(160_006)));
    inside.bot("PATCH", &at(first, ""), json!({"archived": true}));
    let third = inside.thread("#3");
    let (_, refusal) = inside.bot("PATCH", &at(first, ""), json!({"archived": false}));
    assert_eq!(refusal["code"], 160_006);
    let member = |thread| at(thread, &format!("/thread-members/{}", inside.id_of("Aiko")));
    for thread in [second, third] {
        let (status, refusal) = inside.bot("PUT", &member(thread), Value::Null);
        assert_eq!((status, &refusal["code"]), (400, &json!(30033)));
    }
}

#[test]
fn an_unseen_private_thread_may_be_unknown() {
    let inside = Inside::new();
    let thread = inside.thread("#1");
    inside.order(
        json!({"do": "take_permission", "permission": "MANAGE_THREADS",
        "role": inside.discord.settings().staff_role_id}),
    );
    let look = || inside.person("Jonas", "GET", &at(thread, ""), Value::Null);
    assert_eq!(look().1["code"], 50001);
    inside.order(json!({"do": "switches", "set": {"unseen_thread_is_unknown": true}}));
    assert_eq!(look().1["code"], 10003);
}

#[test]
fn what_discord_leaves_open_can_be_either() {
    let inside = Inside::new();
    let (thread, support) = (inside.thread("#1"), inside.support());
    inside.bot("PATCH", &at(thread, ""), json!({"locked": true}));
    let staff = inside.discord.settings().staff_role_id;
    inside.order(json!({"do": "take_permission", "permission": "MANAGE_THREADS", "role": staff}));
    inside.bot(
        "PUT",
        &at(
            thread,
            &format!("/thread-members/{}", inside.id_of("Jonas")),
        ),
        Value::Null,
    );
    let path = at(thread, "/messages");
    let speak = || inside.person("Jonas", "POST", &path, json!({"content": "x"}));
    for status in [403, 400] {
        inside.order(json!({"do": "switches", "set": {"locked_status": status}}));
        let (answered, refusal) = speak();
        assert_eq!((answered, &refusal["code"]), (status, &json!(160_005)));
    }
    // The same nonce in two channels: one message, or two.
    let other = at(support, "/messages");
    let nonce = json!({"content": "x", "nonce": "n", "enforce_nonce": true});
    let (_, first) = inside.bot("POST", &path, nonce.clone());
    let (_, second) = inside.bot("POST", &other, nonce.clone());
    assert_eq!(first["id"], second["id"]);
    inside.order(json!({"do": "switches", "set": {"nonce_per_channel": true}}));
    let (_, third) = inside.bot("POST", &other, nonce);
    assert_eq!(third["channel_id"], support.to_string());
    assert_ne!(third["id"], first["id"]);
}

#[tokio::test]
async fn orders_come_over_http_too_and_wrong_ones_are_refused() {
    let world = World::start().await;
    let url = format!("{}/stand-in/order", world.stand_in.base_url());
    let give = |body: Value| world.client().post(&url).json(&body).send();
    assert_eq!(give(json!({"do": "kick_bot"})).await.unwrap().status(), 200);
    let support = at(world.support(), "");
    assert_eq!(world.bot().get(&support).await.1["code"], 50001);
    let standing = world.control(Method::GET, "standing", Value::Null).await;
    assert_eq!(standing["bot_in_guild"], false);
    assert_eq!(standing["guild_in_reach"], true);
    assert_eq!(
        give(json!({"do": "bring_back"})).await.unwrap().status(),
        200
    );
    assert_eq!(world.bot().get(&support).await.0, 200);
    for wrong in [
        json!({"do": "fly"}),
        json!({"do": "kick_bot", "gently": true}),
        json!({"do": "resend_thread", "thread": "1"}),
        json!({"do": "switches", "set": {"no_such": 1}}),
        json!({"do": "gateway", "what": {}}),
    ] {
        assert_eq!(give(wrong.clone()).await.unwrap().status(), 400, "{wrong}");
    }
}
