//! Another guild than the one that the environment names, as its own admins ask about it.

use super::*;
use crate::guilds::Two;

#[tokio::test(flavor = "multi_thread")]
async fn a_guilds_admins_hear_of_their_own_channels_and_never_that_silence_is_health() {
    let two = Two::set_up().await;
    let doctor = async || {
        let before = two.told()["id"].clone();
        two.send("doctor", json!([])).await;
        let told = until("it is told", async || {
            let told = two.told();
            let words = format!("{} {}", told["content"], told["embeds"][0]["description"]);
            (told["id"] != before && words.contains("All checks")).then_some(words)
        });
        told.await
    };
    assert!(doctor().await.contains("All is well."));
    // Whoever sees the channel reads a public thread, notes and all.
    let seen = two.world.discord.part("guilds");
    let channels = seen[1]["channels"].as_array().unwrap();
    let general = channels.iter().find(|c| c["name"] == "general").unwrap();
    let general = general["id"].as_str().unwrap();
    two.config("support_channel", &format!("<#{general}>"))
        .await;
    two.config("thread_kind", "public").await;
    let open = doctor().await;
    assert!(
        open.contains("every member of the server can read it"),
        "{open}"
    );
    assert!(
        open.contains(&format!("/{general}>)")),
        "a way to the place: {open}"
    );

    let broken = Fault {
        route: Some("GET /users/@me".into()),
        action: "status".into(),
        status: Some(500),
        times: Some(0),
        ..Fault::default()
    };
    two.world.discord.set_faults(vec![broken]);
    two.config("thread_kind", "private").await;
    let silent = doctor().await;
    assert!(silent.contains("does not let the bot look"), "{silent}");
    // What the environment calls things is nothing to them.
    for said in [&open, &silent] {
        assert!(
            !said.contains("DISCORD_") && !said.contains("THREAD_KIND"),
            "{said}"
        );
    }
}
