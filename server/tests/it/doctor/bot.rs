//! The bot itself: another application's id, a role that it cannot call, a gateway that is down.

use super::*;
use crate::commands::named;
use crate::visitor::Visitor;
use reqwest::Method;

#[tokio::test(flavor = "multi_thread")]
async fn another_applications_id_is_found() {
    let world = World::start().await;
    let findings = examined(&world.config_with("CLIENT_ID", "404")).await;
    let application = one(&findings, "Application");
    assert_eq!(application.verdict, Verdict::Ill, "{application:?}");
    assert!(application.to_do.as_ref().unwrap().contains("CLIENT_ID"));
    leads_to(&application, "discord.com/developers/applications");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_new_tickets_cannot_call_is_known() {
    let world = World::start().await;
    let seeded = world.discord.settings();
    let path = format!("/guilds/{}/roles/{}", seeded.guild_id, seeded.staff_role_id);
    let quiet = json!({"mentionable": false});
    let (status, answer) = world
        .act(&named(&world, "Mira"), Method::PATCH, &path, quiet)
        .await;
    assert_eq!(status, 200, "{answer}");
    let order = json!({"do": "take_permission", "permission": "MENTION_EVERYONE"});
    world.discord.order(&order).unwrap();
    let role = one(&examined(&world.config()).await, "Staff role");
    assert_eq!(role.verdict, Verdict::Odd, "{role:?}");
    assert!(
        role.found.contains("new tickets cannot call it"),
        "{role:?}"
    );
    leads_to(&role, "discord.com/channels/");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_is_down_is_said_by_the_running_server() {
    let world = World::start().await;
    let mira = Visitor::new(&world);
    mira.sign_in(&world, &named(&world, "Mira")).await;
    let order = json!({"do": "application", "message_content": false});
    world.discord.order(&order).unwrap();
    let close = json!({"do": "gateway", "what": {"close": 4000, "forget": true}});
    world.discord.order(&close).unwrap();
    until("it is known", async || {
        (world.health().await["discord"]["state"] == "refused").then_some(())
    })
    .await;
    // The gateway's own words: what REST says of intents is another finding.
    until("the page says so", async || {
        let page = mira.get("/staff/doctor").await;
        let says = page
            .text
            .contains("Discord does not let the bot read messages.");
        says.then_some(())
    })
    .await;
}
