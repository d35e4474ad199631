//! Signing in: consent, codes, PKCE, rotation, revocation.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::World;

const CALLBACK: &str = "http://127.0.0.1:3000/auth/discord/callback";
const VERIFIER: &str = "a-verifier-that-is-long-enough-for-anybody-who-counts";

async fn consent(world: &World, extra: &[(&str, &str)]) -> url::Url {
    let settings = world.stand_in.settings();
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let mut form = vec![
        ("response_type", "code".to_owned()),
        ("client_id", settings.client_id.clone()),
        ("scope", "identify guilds.members.read".to_owned()),
        ("redirect_uri", CALLBACK.to_owned()),
        ("state", "st&te".to_owned()),
        ("code_challenge", challenge),
        ("code_challenge_method", "S256".to_owned()),
    ];
    form.extend(extra.iter().map(|(key, value)| (*key, (*value).to_owned())));
    let url = format!("{}/oauth2/authorize", world.stand_in.base_url());
    let page = world
        .client()
        .get(&url)
        .query(&form[..7])
        .send()
        .await
        .unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains("Jonas Lind"));
    let sent = world.client().post(url).form(&form).send().await.unwrap();
    assert_eq!(sent.status(), 303);
    sent.headers()["location"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap()
}

fn value(url: &url::Url, key: &str) -> Option<String> {
    url.query_pairs()
        .find(|(name, _)| name == key)
        .map(|(_, value)| value.into_owned())
}

async fn token(world: &World, fields: &[(&str, &str)]) -> (u16, Value) {
    let settings = world.stand_in.settings();
    let url = format!("{}/api/oauth2/token", world.stand_in.base_url());
    let sent = world
        .client()
        .post(url)
        .basic_auth(settings.client_id, Some(settings.client_secret));
    let response = sent.form(fields).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

async fn sign_in(world: &World, name: &str) -> Value {
    let person = world.person(name).id.to_string();
    let back = consent(world, &[("person", &person), ("action", "authorize")]).await;
    assert_eq!(value(&back, "state").unwrap(), "st&te");
    let code = value(&back, "code").unwrap();
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    let (status, granted) = token(world, &fields).await;
    assert_eq!(status, 200);
    // A code is good once.
    let (status, again) = token(world, &fields).await;
    assert_eq!((status, &again["error"]), (400, &json!("invalid_grant")));
    granted
}

async fn me(world: &World, granted: &Value, path: &str) -> (u16, Value) {
    let url = format!("{}/api/v10{path}", world.stand_in.base_url());
    let access = granted["access_token"].as_str().unwrap();
    let response = world
        .client()
        .get(url)
        .bearer_auth(access)
        .send()
        .await
        .unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn a_person_signs_in_and_the_token_says_who_they_are() {
    let world = World::start().await;
    let granted = sign_in(&world, "Jonas").await;
    assert_eq!(granted["token_type"], "Bearer");
    let (_, user) = me(&world, &granted, "/users/@me").await;
    assert_eq!(user["username"], "jonas.lind");
    let path = format!("/users/@me/guilds/{}/member", world.guild());
    let (_, member) = me(&world, &granted, &path).await;
    let role = world.stand_in.settings().staff_role_id.to_string();
    assert_eq!(member["roles"], json!([role]));
    assert_eq!(
        me(&world, &granted, "/users/@me/guilds").await.0,
        403,
        "not asked for"
    );
    assert_eq!(
        me(&world, &granted, &format!("/guilds/{}", world.guild()))
            .await
            .0,
        401
    );
}

#[tokio::test]
async fn refreshing_rotates_and_revoking_ends_all() {
    let world = World::start().await;
    let granted = sign_in(&world, "Aiko").await;
    let refresh = granted["refresh_token"].as_str().unwrap();
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    let (status, fresh) = token(&world, &fields).await;
    assert_eq!(status, 200);
    assert_eq!(token(&world, &fields).await.0, 400);
    assert_eq!(me(&world, &granted, "/users/@me").await.0, 401);
    assert_eq!(me(&world, &fresh, "/users/@me").await.0, 200);
    let settings = world.stand_in.settings();
    let url = format!("{}/api/oauth2/token/revoke", world.stand_in.base_url());
    let form = [("token", fresh["access_token"].as_str().unwrap())];
    let sent = world
        .client()
        .post(url)
        .basic_auth(settings.client_id, Some(settings.client_secret));
    assert_eq!(sent.form(&form).send().await.unwrap().status(), 200);
    assert_eq!(me(&world, &fresh, "/users/@me").await.0, 401);
}

#[tokio::test]
async fn a_code_needs_its_verifier_its_address_and_its_time() {
    let world = World::start().await;
    let person = world.person("Mira").id.to_string();
    let agree = [("person", person.as_str()), ("action", "authorize")];
    let slash = format!("{CALLBACK}/");
    for (verifier, address, wait_s) in [
        ("wrong", CALLBACK, 0),
        (VERIFIER, &slash, 0),
        (VERIFIER, CALLBACK, 101),
    ] {
        let code = value(&consent(&world, &agree).await, "code").unwrap();
        world
            .stand_in
            .clock()
            .advance(std::time::Duration::from_secs(wait_s));
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", address),
            ("code_verifier", verifier),
        ];
        let (status, refused) = token(&world, &fields).await;
        assert_eq!((status, &refused["error"]), (400, &json!("invalid_grant")));
    }
}

#[tokio::test]
async fn denial_goes_back_and_strange_wishes_go_nowhere() {
    let world = World::start().await;
    let back = consent(&world, &[("action", "deny")]).await;
    assert_eq!(value(&back, "error").unwrap(), "access_denied");
    assert_eq!(value(&back, "state").unwrap(), "st&te");
    let client = world.stand_in.settings().client_id;
    let url = format!("{}/oauth2/authorize", world.stand_in.base_url());
    for (id, address) in [
        ("1", CALLBACK),
        (client.as_str(), "https://evil.example/cb"),
    ] {
        let query = [
            ("response_type", "code"),
            ("client_id", id),
            ("scope", "identify"),
            ("redirect_uri", address),
        ];
        assert_eq!(
            world
                .client()
                .get(&url)
                .query(&query)
                .send()
                .await
                .unwrap()
                .status(),
            400
        );
    }
    let url = format!("{}/api/oauth2/token", world.stand_in.base_url());
    let json = world
        .client()
        .post(url)
        .json(&json!({"grant_type": "authorization_code"}));
    assert_eq!(json.send().await.unwrap().status(), 400, "forms only");
}
