//! Customers' cards, asked of a host product of the test's own: what it is sent, what staff read,
//! and what becomes of a product that misbehaves.

use crate::commands::{command, commands_are_there, filed, named};
use crate::guilds::{Two, file as file_at};
use crate::visitor::Visitor;
use crate::world::{World, client};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use discord_stand_in::Options;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

const SECRET: &str = "known to both sides";

#[derive(Clone, Copy, Debug)]
enum Mood {
    Knows,
    KnowsNobody,
    SendsElsewhere,
    TalksWithoutEnd,
    Mumbles,
    SaysNothing,
    Refuses,
    Silent,
}

#[derive(Clone)]
struct Shop {
    mood: Arc<Mutex<Mood>>,
    asked: Arc<Mutex<Vec<Value>>>,
}

impl Shop {
    /// It opens, and where it is.
    async fn open() -> (Self, String) {
        let shop = Self {
            mood: Arc::new(Mutex::new(Mood::Knows)),
            asked: Arc::default(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = format!("http://{}/card", listener.local_addr().unwrap());
        let app = axum::Router::new()
            .route("/card", any(answer))
            .route(
                "/elsewhere",
                get(|| async { json!({"title": "Stolen"}).to_string() }),
            )
            .with_state(shop.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        (shop, at)
    }

    fn is(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }
}

/// Believes only who knows the secret.
fn is_signed(headers: &HeaderMap, body: &[u8]) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let (Some(moment), Some(signature)) = (
        text("x-threadline-timestamp"),
        text("x-threadline-signature"),
    ) else {
        return false;
    };
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(moment.as_bytes());
    mac.update(b".");
    mac.update(body);
    let digits = mac.finalize().into_bytes();
    let digits: String = digits.iter().map(|byte| format!("{byte:02x}")).collect();
    moment.parse::<u64>().is_ok_and(|at| at > 1_700_000_000) && signature == format!("v1={digits}")
}

async fn answer(State(shop): State<Shop>, headers: HeaderMap, body: Bytes) -> Response {
    if !is_signed(&headers, &body) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let told = serde_json::from_slice(&body).unwrap();
    shop.asked.lock().unwrap().push(told);
    let mood = *shop.mood.lock().unwrap();
    match mood {
        Mood::Knows => json!({
            "title": "Jane Doe",
            "fields": [{"name": "Plan", "value": "Pro, since *2024*"}],
            "links": [
                {"label": "Account", "url": "https://shop.example/customers/7"},
                {"label": "Trap", "url": "javascript:alert(1)"},
            ],
            "more": "that nobody asked for",
        })
        .to_string()
        .into_response(),
        Mood::KnowsNobody => StatusCode::NOT_FOUND.into_response(),
        Mood::SendsElsewhere => {
            (StatusCode::FOUND, [(header::LOCATION, "/elsewhere")]).into_response()
        }
        Mood::TalksWithoutEnd => {
            format!("{{\"title\": \"{}\"}}", "x".repeat(1 << 20)).into_response()
        }
        Mood::Mumbles => "a card".into_response(),
        Mood::SaysNothing => "{}".into_response(),
        Mood::Silent => std::future::pending().await,
        Mood::Refuses => StatusCode::FORBIDDEN.into_response(),
    }
}

async fn served(at: &str) -> World {
    let settings = [("CUSTOMER_CARD_URL", at), ("CUSTOMER_CARD_SECRET", SECRET)];
    World::start_set(Options::default(), &settings).await
}

async fn card(desk: &Visitor) -> Value {
    let page = desk.call("customer_card", &[("number", "1")]).await;
    assert_eq!(page.status, 200, "{}", page.text);
    serde_json::from_str(&page.text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_read_what_the_product_knows_and_nobody_else_does() {
    let (shop, at) = Shop::open().await;
    let world = served(&at).await;
    let jane = Visitor::new(&world);
    let ticket = jane.file("Late parcel", "Where is it?").await;
    world.settled().await;
    commands_are_there(&world).await;
    let mira = Visitor::new(&world);
    mira.sign_in(&world, &named(&world, "Mira")).await;

    let shown = card(&mira).await;
    let expected = json!({"known": {"proven": false, "card": {
        "title": "Jane Doe",
        "fields": [{"name": "Plan", "value": "Pro, since *2024*"}],
        "links": [{"label": "Account", "url": "https://shop.example/customers/7"}],
    }}});
    assert_eq!(shown, expected);
    let guild = world.discord.settings().guild_id.to_string();
    let asked = json!({
        "customer": {"email": "jane@example.com", "email_verified": false, "discord_id": null},
        "ticket": {"guild_id": guild, "number": 1},
    });
    assert_eq!(*shop.asked.lock().unwrap(), [asked]);

    let thread = world.thread_with(1, 2).await;
    let said = command(
        &world,
        &named(&world, "Jonas"),
        &thread["id"],
        "customer",
        &[],
    )
    .await;
    let said = said.words();
    for part in [
        "**Jane Doe**",
        "Plan: Pro, since \\*2024\\*",
        "[Account](<https://shop.example/customers/7>)",
        "#1",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }

    assert!(!jane.get(&ticket).await.text.contains("shop.example"));
    let stranger = jane.call("customer_card", &[("number", "1")]).await;
    assert_ne!(stranger.status, 200, "{}", stranger.text);
    assert!(!stranger.text.contains("Plan"));
    let none = mira.call("customer_card", &[("number", "7")]).await;
    assert_eq!(none.status, 404, "{}", none.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_that_misbehaves_is_told_of_in_words() {
    let (shop, at) = Shop::open().await;
    let world = served(&at).await;
    Visitor::new(&world)
        .file("Late parcel", "Where is it?")
        .await;
    let mira = Visitor::new(&world);
    mira.sign_in(&world, &named(&world, "Mira")).await;
    for (mood, words) in [
        (Mood::SendsElsewhere, "did not answer with a card"),
        (Mood::TalksWithoutEnd, "too large"),
        (Mood::Mumbles, "is no card"),
        (Mood::Refuses, "its secret or its clock"),
        (Mood::Silent, "did not answer in time"),
    ] {
        shop.is(mood);
        let told = card(&mira).await;
        let why = told["trouble"]
            .as_str()
            .unwrap_or_else(|| panic!("{mood:?}: {told}"));
        assert!(why.contains(words), "{mood:?}: {why}");
    }
    for mood in [Mood::KnowsNobody, Mood::SaysNothing] {
        shop.is(mood);
        assert_eq!(card(&mira).await, json!("unknown"), "{mood:?}");
    }
    // Nobody else can ask so.
    let forged = client().post(&at).body("{}").send().await.unwrap();
    assert_eq!(forged.status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_is_asked_nothing_is_shown() {
    let world = World::start().await;
    Visitor::new(&world)
        .file("Late parcel", "Where is it?")
        .await;
    let mira = Visitor::new(&world);
    mira.sign_in(&world, &named(&world, "Mira")).await;
    assert_eq!(card(&mira).await, json!("off"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_that_is_gone_is_told_of_in_words() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = format!("http://{}/card", listener.local_addr().unwrap());
    drop(listener);
    let world = served(&at).await;
    Visitor::new(&world)
        .file("Late parcel", "Where is it?")
        .await;
    let mira = Visitor::new(&world);
    mira.sign_in(&world, &named(&world, "Mira")).await;
    let told = card(&mira).await;
    assert_eq!(told["trouble"], "The host product cannot be reached.");
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_of_another_guild_learn_nothing_of_the_products_customers() {
    let (shop, at) = Shop::open().await;
    let settings = [
        ("CUSTOMER_CARD_URL", &*at),
        ("CUSTOMER_CARD_SECRET", SECRET),
    ];
    let two = Two::set_up_with(&settings).await;
    let jane = Visitor::new(&two.world);
    file_at(&jane, "/g/pixel-co/new", "Anybody's address").await;
    let sam = Visitor::new(&two.world);
    sam.sign_in(&two.world, &two.person("Sam")).await;
    assert_eq!(card(&sam).await, json!("off"));
    assert_eq!(*shop.asked.lock().unwrap(), [] as [Value; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_at_discord_is_proven_and_no_address_is_made_up_for_it() {
    let (shop, at) = Shop::open().await;
    let world = served(&at).await;
    filed(&world).await;
    let mira = Visitor::new(&world);
    mira.sign_in(&world, &named(&world, "Mira")).await;
    assert_eq!(card(&mira).await["known"]["proven"], true);
    let asked = shop.asked.lock().unwrap()[0]["customer"].clone();
    let pat = named(&world, "Pat").id.to_string();
    let expected = json!({"email": null, "email_verified": false, "discord_id": pat});
    assert_eq!(asked, expected);
}
