//! The panel in Discord follows its settings, wherever they are changed.

use super::*;

/// The panel's message in this channel.
fn panel(world: &World, channel: &Value) -> Value {
    let seen = world.discord.part("messages");
    let posted = seen[channel.as_str().unwrap()].as_array().unwrap();
    let panels: Vec<_> = posted
        .iter()
        .filter(|m| m["components"].to_string().contains("v1:new"))
        .collect();
    let [one] = panels[..] else {
        panic!("{} panels", panels.len());
    };
    one.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_panel_says_follows_its_settings() {
    let world = World::start().await;
    filed(&world).await;
    let general = channel(&world, "general");
    let before = panel(&world, &general);
    let mira = named(&world, "Mira");
    let set = [
        (3, "setting", json!("panel_title")),
        (3, "value", json!("Ask the team")),
    ];
    command(&world, &mira, &general, "config", &set)
        .await
        .words();
    let after = until("the panel is changed", async || {
        let now = panel(&world, &general);
        (now["embeds"][0]["title"] == "Ask the team").then_some(now)
    })
    .await;
    assert_eq!(after["id"], before["id"]);
    assert_eq!(after["components"], before["components"]);
}
