//! Who may see and do what, and with which code Discord says no.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{World, at};

#[tokio::test]
async fn what_one_cannot_see_is_missing_access_and_what_is_not_there_is_unknown() {
    let world = World::start().await;
    let (pat, support) = (world.person("Pat"), world.support());
    assert_eq!(
        pat.refused(Method::GET, &at(support, ""), Value::Null)
            .await,
        (403, 50001)
    );
    assert_eq!(
        pat.refused(Method::GET, "/channels/1", Value::Null).await,
        (404, 10003)
    );
    let text = json!({"content": "hi"});
    assert_eq!(
        pat.refused(Method::POST, &at(support, "/messages"), text)
            .await,
        (403, 50001)
    );
}

#[tokio::test]
async fn what_one_sees_but_may_not_do_is_missing_permissions() {
    let world = World::start().await;
    let jonas = world.person("Jonas");
    let support = world.support();
    let renamed = json!({"name": "other"});
    assert_eq!(
        jonas
            .refused(Method::PATCH, &at(support, ""), renamed)
            .await,
        (403, 50013)
    );
    let path = format!(
        "/guilds/{}/members/{}/roles/{}",
        world.guild(),
        jonas.id,
        world.guild() + 10
    );
    assert_eq!(
        jonas.refused(Method::DELETE, &path, Value::Null).await,
        (403, 50013)
    );
}

#[tokio::test]
async fn a_private_thread_is_seen_by_its_members_and_moderators_only() {
    let world = World::start().await;
    let thread = world.bot().thread("#1 Sails").await;
    let (jonas, pat, mira) = (
        world.person("Jonas"),
        world.person("Pat"),
        world.person("Mira"),
    );
    assert_eq!(
        jonas.get(&at(thread, "")).await.0,
        200,
        "staff moderate threads"
    );
    assert_eq!(
        pat.refused(Method::GET, &at(thread, ""), Value::Null).await,
        (403, 50001)
    );
    // Being added does not help who cannot see the channel above.
    let join = at(thread, &format!("/thread-members/{}", pat.id));
    assert_eq!(
        world.bot().refused(Method::PUT, &join, Value::Null).await,
        (403, 50001)
    );

    let settings = world.stand_in.settings();
    let role = format!(
        "/guilds/{}/members/{}/roles/{}",
        world.guild(),
        jonas.id,
        settings.staff_role_id
    );
    mira.done(Method::DELETE, &role, Value::Null).await;
    assert_eq!(
        jonas
            .refused(Method::GET, &at(thread, ""), Value::Null)
            .await,
        (403, 50001)
    );
    let me = jonas
        .done(
            Method::GET,
            &format!("/users/@me/guilds/{}/member", world.guild()),
            Value::Null,
        )
        .await;
    assert_eq!(me["roles"], json!([]));
}

#[tokio::test]
async fn wrong_tokens_are_unauthorized() {
    let world = World::start().await;
    let url = format!("{}/api/v10/users/@me", world.stand_in.base_url());
    for token in [
        "Bot nonsense",
        "Bearer nonsense",
        "nonsense",
        "Bot mira.person.token",
    ] {
        let response = world
            .client()
            .get(&url)
            .header("authorization", token)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 401, "{token}");
    }
    assert_eq!(world.client().get(&url).send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn only_the_author_edits_and_only_moderators_delete_for_others() {
    let world = World::start().await;
    let thread = world.bot().thread("#1").await;
    let (jonas, aiko) = (world.person("Jonas"), world.person("Aiko"));
    let message = jonas.say(thread, "first").await;
    let path = at(thread, &format!("/messages/{message}"));
    let edit = json!({"content": "second"});
    assert_eq!(
        aiko.refused(Method::PATCH, &path, edit.clone()).await,
        (403, 50005)
    );
    let edited = jonas.done(Method::PATCH, &path, edit).await;
    assert_eq!(edited["content"], "second");
    assert!(edited["edited_timestamp"].is_string());
    aiko.done(Method::DELETE, &path, Value::Null).await;
    assert_eq!(
        aiko.refused(Method::DELETE, &path, Value::Null).await,
        (404, 10008)
    );
}
