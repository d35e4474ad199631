//! What the tests share: a running stand-in, callers by name, waiting on conditions.

use std::sync::Mutex;
use std::time::Duration;

use discord_stand_in::{Options, StandIn};
use reqwest::Method;
use serde_json::{Value, json};

/// Nothing here takes this long unless it is broken.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct World {
    pub stand_in: StandIn,
    client: reqwest::Client,
    /// Every call that went through a `Caller`, for those who check the shapes.
    pub exchanges: Mutex<Vec<Exchange>>,
}

/// A request and its answer.
#[derive(Debug, Clone)]
pub struct Exchange {
    pub method: String,
    pub path: String,
    pub sent: Value,
    pub status: u16,
    pub answered: Value,
}

/// Somebody with a token.
pub struct Caller<'a> {
    world: &'a World,
    token: String,
    pub id: u64,
}

impl World {
    pub async fn start() -> Self {
        Self::with(Options::default()).await
    }

    pub async fn with(options: Options) -> Self {
        let stand_in = StandIn::start(options).await.unwrap();
        let client = reqwest::Client::builder()
            .no_proxy()
            .user_agent("DiscordBot (https://example.org, 1)")
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()
            .unwrap();
        Self {
            stand_in,
            client,
            exchanges: Mutex::default(),
        }
    }

    pub fn client(&self) -> &reqwest::Client {
        &self.client
    }

    pub fn bot(&self) -> Caller<'_> {
        let settings = self.stand_in.settings();
        Caller {
            world: self,
            token: format!("Bot {}", settings.bot_token),
            id: settings.client_id.parse().unwrap(),
        }
    }

    /// Somebody without a token.
    pub fn nobody(&self) -> Caller<'_> {
        Caller {
            world: self,
            token: String::new(),
            id: 0,
        }
    }

    /// Orders something that no client could, and gives what the order answers.
    pub fn order(&self, order: Value) -> Value {
        self.stand_in.order(&order).unwrap()
    }

    /// By first name.
    pub fn person(&self, name: &str) -> Caller<'_> {
        let people = self.stand_in.settings().people;
        let found = people
            .into_iter()
            .find(|person| person.name.starts_with(name))
            .unwrap();
        Caller {
            world: self,
            token: found.token,
            id: found.id,
        }
    }

    pub fn support(&self) -> u64 {
        self.stand_in.settings().support_channel_id
    }

    pub fn guild(&self) -> u64 {
        self.stand_in.settings().guild_id
    }

    pub async fn control(&self, method: Method, path: &str, body: Value) -> Value {
        let url = format!("{}/stand-in/{path}", self.stand_in.base_url());
        let response = self
            .client
            .request(method, url)
            .json(&body)
            .send()
            .await
            .unwrap();
        assert!(
            response.status().is_success(),
            "{path}: {}",
            response.status()
        );
        response.json().await.unwrap()
    }

    /// Waits until the world is as wanted; looks at every change.
    pub async fn until(&self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let mut changes = self.stand_in.changes();
        let waited = tokio::time::timeout(PATIENCE, async {
            loop {
                let world = self.stand_in.world();
                if fits(&world) {
                    return world;
                }
                changes.recv().await.ok();
            }
        });
        match waited.await {
            Ok(world) => world,
            Err(_) => panic!("never came: {what}"),
        }
    }
}

impl Caller<'_> {
    pub fn mention(&self) -> String {
        format!("<@{}>", self.id)
    }

    pub async fn call(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let response = self.raw(method.clone(), path, body.clone()).await;
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        let answered: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        self.world.exchanges.lock().unwrap().push(Exchange {
            method: method.to_string(),
            path: path.to_owned(),
            sent: body,
            status,
            answered: answered.clone(),
        });
        (status, answered)
    }

    pub async fn raw(&self, method: Method, path: &str, body: Value) -> reqwest::Response {
        self.try_raw(method, path, body).await.unwrap()
    }

    pub async fn try_raw(
        &self,
        method: Method,
        path: &str,
        body: Value,
    ) -> reqwest::Result<reqwest::Response> {
        let url = format!("{}/api/v10{path}", self.world.stand_in.base_url());
        let mut request = self.world.client.request(method, url);
        if !self.token.is_empty() {
            request = request.header("authorization", &self.token);
        }
        if !body.is_null() {
            request = request.json(&body);
        }
        request.send().await
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        self.call(Method::GET, path, Value::Null).await
    }

    /// Does what must succeed.
    pub async fn done(&self, method: Method, path: &str, body: Value) -> Value {
        let (status, shown) = self.call(method, path, body).await;
        assert!((200..300).contains(&status), "{path}: {status} {shown}");
        shown
    }

    /// Tries what must fail; the status and the code.
    pub async fn refused(&self, method: Method, path: &str, body: Value) -> (u16, u64) {
        let (status, shown) = self.call(method, path, body).await;
        assert!(status >= 400, "{path} was allowed: {shown}");
        (status, shown["code"].as_u64().unwrap_or(0))
    }

    pub async fn say(&self, channel: u64, text: &str) -> u64 {
        let path = format!("/channels/{channel}/messages");
        id(&self
            .done(Method::POST, &path, json!({"content": text}))
            .await)
    }

    /// A private thread in the support channel.
    pub async fn thread(&self, name: &str) -> u64 {
        let path = format!("/channels/{}/threads", self.world.support());
        let body =
            json!({"name": name, "type": 12, "invitable": false, "auto_archive_duration": 1440});
        id(&self.done(Method::POST, &path, body).await)
    }
}

pub fn id(shown: &Value) -> u64 {
    shown["id"].as_str().unwrap().parse().unwrap()
}

/// The path of an order below a channel.
pub fn at(channel: u64, rest: &str) -> String {
    format!("/channels/{channel}{rest}")
}
