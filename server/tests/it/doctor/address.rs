//! The public address: who answers there, as the command line and the running server see it.

use super::*;
use crate::commands::{channel, command, commands_are_there, named};
use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;

const TRIED: &str = "Public address from here";

/// Somebody who answers so when asked how they are. Their address.
async fn somebody(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = format!("http://{}", listener.local_addr().unwrap());
    let json = [("content-type", "application/json")];
    let routes = Router::new().route("/api/health", get(move || async move { (json, answer) }));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    at
}

#[tokio::test(flavor = "multi_thread")]
async fn another_version_at_the_public_address_is_told_apart_from_another_program() {
    let world = World::start().await;
    let old = somebody(r#"{"status": "ok", "version": "0.0.1", "outbox": {"waiting": 0}}"#).await;
    let finding = one(
        &examined(&world.config_with("PUBLIC_URL", &old)).await,
        TRIED,
    );
    assert_eq!(finding.verdict, Verdict::Odd, "{finding:?}");
    let found = "another version of Threadline answers there (0.0.1)";
    assert_eq!(finding.found, found);
    leads_to(&finding, &old);
    // Others have versions and are well, too.
    for other in [
        r#"{"status": "ok", "version": "0.0.1"}"#,
        r#"{"status": "ok", "outbox": {"waiting": 0}}"#,
        "<!doctype html><title>It works!</title>",
        "",
    ] {
        let other = somebody(other).await;
        let config = world.config_with("PUBLIC_URL", &other);
        let finding = one(&examined(&config).await, TRIED);
        assert_eq!(finding.verdict, Verdict::Ill, "{finding:?}");
        assert_eq!(finding.found, "something else answers there");
        leads_to(&finding, &other);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_at_which_the_running_server_reaches_nobody_is_to_be_mended() {
    // Nothing listens on port 1.
    let nowhere = "http://127.0.0.1:1";
    let world = World::start_set(Options::default(), &[("PUBLIC_URL", nowhere)]).await;
    commands_are_there(&world).await;
    let general = channel(&world, "general");
    let mira = named(&world, "Mira");
    let told = command(&world, &mira, &general, "doctor", &[]).await;
    let told = told.words();
    let found = format!("**{TRIED}**: nothing answers there");
    assert!(told.contains(&found), "{told}");
    // Whoever reads this has the server running: they are not told to start it.
    assert!(told.contains("the name's DNS record"), "{told}");
    assert!(!told.contains("threadline serve"), "{told}");
    assert!(
        told.contains(&format!("[The address](<{nowhere}>)")),
        "{told}"
    );
}
