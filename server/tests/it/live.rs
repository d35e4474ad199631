//! Live hints over server-sent events: who hears what, and where one goes on.

use crate::visitor::Visitor;
use crate::world::*;
use futures::StreamExt;
use reqwest::Method;
use std::time::Duration;

/// Reads a stream until `enough`, and returns what came.
pub async fn read(answer: reqwest::Response, enough: impl Fn(&str) -> bool) -> String {
    let mut heard = String::new();
    let mut stream = answer.bytes_stream();
    let reading = async {
        while let Some(chunk) = stream.next().await {
            heard.push_str(&String::from_utf8_lossy(&chunk.unwrap()));
            if enough(&heard) {
                break;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), reading)
        .await
        .expect("the stream says it");
    heard
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_hears_of_their_own_ticket_and_never_its_words() {
    let world = World::start().await;
    let (jane, joe) = (Visitor::new(&world), Visitor::new(&world));
    jane.file("Late parcel", "Where is it?").await;
    let joes = joe.file("Wrong colour", "It is green.").await;
    let mine = world.thread_with(1, 2).await;
    world.thread_with(2, 2).await;
    world.settled().await;
    let stream = jane
        .request(Method::GET, "/api/events")
        .send()
        .await
        .unwrap();
    assert_eq!(stream.status(), 200);
    let kind = stream.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(kind.starts_with("text/event-stream"));
    joe.reply(&joes, "Very green.").await;
    world.write(&world.person(true), &mine, "Found it.").await;
    let heard = read(stream, |heard| heard.contains("\"ticket\":1")).await;
    assert!(!heard.contains("\"ticket\":2"), "{heard}");
    assert!(!heard.contains("Found"), "{heard}");
    assert!(heard.contains("id:"), "{heard}");
    world.settled().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_goes_on_after_its_last_event_and_a_forged_one_means_resync() {
    let world = World::start().await;
    let jane = Visitor::new(&world);
    let ticket = jane.file("Late parcel", "Where is it?").await;
    world.thread_with(1, 2).await;
    world.settled().await;
    let stream = jane
        .request(Method::GET, "/api/events")
        .send()
        .await
        .unwrap();
    jane.reply(&ticket, "one").await;
    let heard = read(stream, |heard| {
        heard.contains("\"ticket\":1") && heard.ends_with("\n\n")
    })
    .await;
    let id = heard
        .lines()
        .find_map(|line| line.strip_prefix("id:"))
        .unwrap()
        .trim()
        .to_owned();
    world.settled().await;
    jane.reply(&ticket, "two").await;
    let again = jane
        .request(Method::GET, "/api/events")
        .header("last-event-id", &id);
    let heard = read(again.send().await.unwrap(), |heard| {
        heard.contains("event:")
    })
    .await;
    assert!(
        heard.contains("event: hint") || heard.contains("event:hint"),
        "{heard}"
    );

    let long = "9".repeat(4_000);
    for forged in ["0", "x.y.z", "-1", "'; DROP TABLE ticket", &long] {
        let request = jane
            .request(Method::GET, "/api/events")
            .header("last-event-id", forged);
        let stream = request.send().await.unwrap();
        assert_eq!(stream.status(), 200);
        let heard = read(stream, |heard| heard.contains("event:")).await;
        assert!(heard.contains("resync"), "{forged}: {heard}");
    }
    world.settled().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_holds_nothing_hears_nothing() {
    let world = World::start().await;
    let stranger = Visitor::new(&world);
    let refused = stranger.get("/api/events").await;
    assert_eq!(refused.status, 401);
    let refused = stranger
        .get("/api/events?t=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
        .await;
    assert_eq!(refused.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_stream_does_not_keep_the_server_from_stopping() {
    let mut world = World::start().await;
    let jane = Visitor::new(&world);
    jane.file("Late parcel", "Where is it?").await;
    world.settled().await;
    let stream = jane
        .request(Method::GET, "/api/events")
        .send()
        .await
        .unwrap();
    world.stop_server().await;
    drop(stream);
}
