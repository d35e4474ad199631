//! Discord misbehaves; what people wrote arrives all the same, once.

use crate::visitor::Visitor;
use crate::world::*;
use discord_stand_in::Fault;
use serde_json::json;

const POST_MESSAGE: &str = "POST /channels/{id}/messages";
const MAKE_THREAD: &str = "POST /channels/{id}/threads";

fn fault(route: &str, action: &str) -> Fault {
    Fault {
        route: Some(route.into()),
        action: action.into(),
        ..Fault::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_happens_to_an_answer_nothing_is_lost_or_doubled() {
    for route in [MAKE_THREAD, POST_MESSAGE] {
        let faults = [
            fault(route, "drop_before"),
            fault(route, "drop_after"),
            Fault {
                status: Some(502),
                body: Some(json!("<html>bad gateway</html>")),
                ..fault(route, "status")
            },
            Fault {
                status: Some(500),
                after: true,
                ..fault(route, "status")
            },
            Fault {
                retry_after: Some(1.0),
                ..fault(route, "rate_limited")
            },
        ];
        let world = World::start().await;
        let jane = Visitor::new(&world);
        for (fault, number) in faults.into_iter().zip(1..) {
            let what = format!("{fault:?}");
            world.discord.set_faults(vec![fault]);
            jane.file(&format!("Ticket {number}"), "Where is it?").await;
            let thread = world.thread_with(number, 2).await;
            world.settled().await;
            assert_eq!(world.threads().len(), number as usize, "{what}");
            let contents = world.contents(&thread);
            assert_eq!(contents.len(), 2, "{what}: {contents:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gateway_comes_back_from_every_close_and_what_was_said_arrives() {
    let world = World::start().await;
    let jane = Visitor::new(&world);
    let ticket = jane.file("Late parcel", "Where is it?").await;
    let thread = world.thread_with(1, 2).await;
    world.settled().await;
    let mira = world.person(true);
    let control = client();
    let gateway = format!("{}/stand-in/gateway", world.discord.base_url());
    let blows = [
        json!({"close": 4000}),
        json!({"op": 7}),
        json!({"close": 4009}),
        json!({"op": 9, "d": false}),
        json!({"close": 4003}),
    ];
    for (blow, n) in blows.into_iter().zip(1..) {
        let what = blow.to_string();
        let struck = control.post(&gateway).json(&blow).send().await.unwrap();
        assert!(struck.status().is_success(), "{what}");
        let words = format!("after blow {n}");
        world.write(&mira, &thread, &words).await;
        until(&format!("it arrives after {what}"), async || {
            jane.get(&ticket).await.text.contains(&words).then_some(())
        })
        .await;
    }
    let page = jane.get(&ticket).await.text;
    for n in 1..=5 {
        assert_eq!(page.matches(&format!("after blow {n}")).count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_told_twice_is_one_message_and_one_not_told_is_found_later() {
    let mut world = World::start().await;
    let jane = Visitor::new(&world);
    let ticket = jane.file("Late parcel", "Where is it?").await;
    let thread = world.thread_with(1, 2).await;
    world.settled().await;
    let mira = world.person(true);
    let event = |action: &str| Fault {
        event: Some("MESSAGE_CREATE".into()),
        action: action.into(),
        ..Fault::default()
    };
    world.discord.set_faults(vec![event("duplicate")]);
    world.write(&mira, &thread, "told twice").await;
    until("it is there", async || {
        jane.get(&ticket)
            .await
            .text
            .contains("told twice")
            .then_some(())
    })
    .await;
    world.discord.set_faults(vec![event("drop")]);
    world.write(&mira, &thread, "never told").await;
    world.discord.set_faults(vec![]);
    world.stop_server().await;
    world.start_server().await;
    let page = until("the untold is found", async || {
        let page = jane.get(&ticket).await.text;
        page.contains("never told").then_some(page)
    })
    .await;
    assert_eq!(page.matches("told twice").count(), 1);
    world.settled().await;
}
