//! A Threadline to test: fresh database, its own Discord, the server on a free port.
//!
//! It knows how to start, stop and wait; what is expected stands in the tests.

use discord_stand_in::{Options, Person, StandIn};
use serde_json::{Value, json};
use server::Config;
use server::config::Vars;
use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::Duration;
use test_database::TestDatabase;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Longer than anything here takes; what waits this long hangs.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct World {
    pub discord: StandIn,
    pub base: String,
    vars: Vars,
    addr: SocketAddr,
    server: Option<Running>,
    _database: TestDatabase,
    pub folder: tempfile::TempDir,
}

struct Running {
    stop: CancellationToken,
    task: tokio::task::JoinHandle<anyhow::Result<()>>,
}

impl World {
    pub async fn start() -> Self {
        Self::start_over(Options::default()).await
    }

    /// Starts with a Discord of the test's making.
    pub async fn start_over(options: Options) -> Self {
        Self::start_set(options, &[]).await
    }

    /// The same, with settings of the test's own.
    pub async fn start_set(options: Options, settings: &[(&str, &str)]) -> Self {
        // `RUST_LOG=info` shows what the server says while a test runs.
        let _ = tracing_subscriber::fmt()
            .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
            .with_test_writer()
            .try_init();
        let discord = StandIn::start(options).await.unwrap();
        Self::start_in(discord, settings).await
    }

    /// Starts where every ticket becomes a thread of this kind; a forum is made, with these tags.
    pub async fn start_kind(kind: &str, tags: &[&str]) -> Self {
        let discord = StandIn::start(Options::default()).await.unwrap();
        let mut settings = vec![("THREAD_KIND", kind)];
        let seeded = discord.settings();
        let forum = if kind == "forum" {
            let admin = seeded.people.iter().find(|p| p.staff).unwrap();
            let tags: Vec<Value> = tags.iter().map(|name| json!({ "name": name })).collect();
            let url = format!(
                "{}/api/v10/guilds/{}/channels",
                discord.base_url(),
                seeded.guild_id
            );
            let body = json!({"name": "tickets", "type": 15, "available_tags": tags});
            let asked = client().post(url).header("authorization", &admin.token);
            let made = asked.json(&body).send().await.unwrap();
            let made: Value = made.json().await.unwrap();
            made["id"].as_str().unwrap().to_owned()
        } else {
            seeded.support_channel_id.to_string()
        };
        settings.push(("DISCORD_SUPPORT_CHANNEL_ID", &forum));
        Self::start_in(discord, &settings).await
    }

    async fn start_in(discord: StandIn, settings: &[(&str, &str)]) -> Self {
        crate::witness::watch();
        let database = TestDatabase::fresh().await;
        let folder = tempfile::tempdir().unwrap();
        let ca = folder.path().join("ca.pem");
        std::fs::write(&ca, discord.ca_pem()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let base = format!("http://{addr}");
        let seeded = discord.settings();
        let pairs = [
            ("DISCORD_TOKEN", seeded.bot_token.clone()),
            ("CLIENT_ID", seeded.client_id.to_string()),
            ("DISCORD_CLIENT_SECRET", seeded.client_secret.clone()),
            ("DISCORD_PUBLIC_KEY", seeded.public_key.clone()),
            ("GUILD_ID", seeded.guild_id.to_string()),
            (
                "DISCORD_SUPPORT_CHANNEL_ID",
                seeded.support_channel_id.to_string(),
            ),
            ("DISCORD_STAFF_ROLE_ID", seeded.staff_role_id.to_string()),
            ("PUBLIC_URL", base.clone()),
            ("LISTEN", addr.to_string()),
            ("DATABASE_URL", database.url().to_owned()),
            ("DATA_DIR", folder.path().display().to_string()),
            ("SITE_DIR", folder.path().join("site").display().to_string()),
            ("DISCORD_STAND_IN", discord.base_url()),
            ("DISCORD_STAND_IN_CA", ca.display().to_string()),
        ];
        let given = settings.iter().map(|(k, v)| (*k, (*v).to_owned()));
        let pairs = pairs.into_iter().chain(given);
        let vars = pairs.map(|(k, v)| (k.to_owned(), v)).collect();
        let mut world = Self {
            discord,
            base,
            vars,
            addr,
            server: None,
            _database: database,
            folder,
        };
        world.serve(listener);
        world.connected().await;
        world
    }

    /// What the server runs with, for whoever asks as it does.
    pub fn config(&self) -> Config {
        Config::from_vars(&self.vars).unwrap()
    }

    /// The same, as the environment has it.
    pub fn vars(&self) -> &Vars {
        &self.vars
    }

    /// The same, with one setting of the test's own.
    pub fn config_with(&self, key: &str, value: &str) -> Config {
        let mut vars = self.vars.clone();
        vars.insert(key.to_owned(), value.to_owned());
        Config::from_vars(&vars).unwrap()
    }

    /// A channel's id, by its name.
    pub fn channel(&self, name: &str) -> String {
        let world = self.discord.world();
        let channels = world["guilds"][0]["channels"].as_array().unwrap();
        let found = channels.iter().find(|c| c["name"] == name).unwrap();
        found["id"].as_str().unwrap().to_owned()
    }

    fn serve(&mut self, listener: TcpListener) {
        let config = Config::from_vars(&self.vars).unwrap();
        let stop = CancellationToken::new();
        let task = tokio::spawn(server::run(config, listener, stop.clone()));
        self.server = Some(Running { stop, task });
    }

    pub async fn stop_server(&mut self) {
        let running = self.server.take().unwrap();
        running.stop.cancel();
        let ended = tokio::time::timeout(PATIENCE, running.task).await;
        ended.expect("the server stops").unwrap().unwrap();
    }

    /// From its next start on, this is set so.
    pub fn set(&mut self, name: &str, value: &str) {
        self.vars.insert(name.to_owned(), value.to_owned());
    }

    /// Starts it again, on the same data and port.
    pub async fn start_server(&mut self) {
        let listener = TcpListener::bind(self.addr).await.unwrap();
        self.serve(listener);
        self.connected().await;
    }

    /// Waits until the server answers and its gateway is connected.
    pub async fn connected(&self) {
        let client = client();
        let url = format!("{}/api/health", self.base);
        until("the gateway is connected", async || {
            let answer = client.get(&url).send().await.ok()?;
            let health: Value = answer.json().await.ok()?;
            (health["discord"]["state"] == "connected").then_some(())
        })
        .await;
    }

    pub async fn health(&self) -> Value {
        let url = format!("{}/api/health", self.base);
        let answer = client().get(url).send().await.unwrap();
        answer.json().await.unwrap()
    }

    /// Waits until nothing is promised to Discord any more.
    pub async fn settled(&self) {
        until("the outbox is empty", async || {
            (self.health().await["outbox"]["waiting"] == 0).then_some(())
        })
        .await;
    }

    /// The ticket threads, oldest first.
    pub fn threads(&self) -> Vec<Value> {
        let guilds = self.discord.part("guilds");
        let mut threads = guilds[0]["threads"].as_array().unwrap().clone();
        threads.sort_by_key(|t| id(&t["id"]));
        threads
    }

    pub fn messages(&self, thread: &Value) -> Vec<Value> {
        let messages = self.discord.part("messages");
        let list = messages[thread["id"].as_str().unwrap()].as_array();
        list.cloned().unwrap_or_default()
    }

    pub fn contents(&self, thread: &Value) -> Vec<String> {
        let messages = self.messages(thread);
        let contents = messages.iter().map(|m| m["content"].as_str().unwrap());
        contents.map(str::to_owned).collect()
    }

    /// Waits for the ticket's thread to hold `count` messages or more.
    pub async fn thread_with(&self, number: i64, count: usize) -> Value {
        let mark = format!("#{number} ");
        until(&format!("thread {mark}has {count} messages"), async || {
            let threads = self.threads();
            let thread = threads
                .into_iter()
                .find(|t| t["name"].as_str().unwrap().starts_with(&mark))?;
            (self.messages(&thread).len() >= count).then_some(thread)
        })
        .await
    }

    pub fn person(&self, staff: bool) -> Person {
        let people = self.discord.settings().people;
        people.into_iter().find(|p| p.staff == staff).unwrap()
    }

    /// Plays a person over plain REST.
    pub async fn act(
        &self,
        person: &Person,
        method: reqwest::Method,
        path: &str,
        body: Value,
    ) -> (u16, Value) {
        let url = format!("{}/api/v10{path}", self.discord.base_url());
        let request = client()
            .request(method, url)
            .header("authorization", &person.token);
        let answer = request.json(&body).send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or(Value::Null))
    }

    pub async fn write(&self, person: &Person, thread: &Value, content: &str) -> Value {
        let path = format!("/channels/{}/messages", thread["id"].as_str().unwrap());
        let body = json!({ "content": content });
        let (status, message) = self.act(person, reqwest::Method::POST, &path, body).await;
        assert_eq!(status, 200, "{message}");
        message
    }

    /// Presses the button whose custom id begins so, on the thread's card.
    pub async fn press(&self, person: &Person, thread: &Value, verb: &str) {
        let card = &self.messages(thread)[0];
        let rows = card["components"].as_array().unwrap();
        let buttons = rows
            .iter()
            .flat_map(|r| r["components"].as_array().unwrap());
        let custom_id = buttons
            .map(|b| b["custom_id"].as_str().unwrap())
            .find(|id| id.starts_with(&format!("v1:{verb}:")))
            .unwrap_or_else(|| panic!("the card has a button {verb}"))
            .to_owned();
        let body = json!({
            "type": 3,
            "application_id": self.discord.settings().client_id.to_string(),
            "guild_id": self.discord.settings().guild_id.to_string(),
            "channel_id": thread["id"],
            "message_id": card["id"],
            "session_id": "test",
            "nonce": "1",
            "data": { "component_type": 2, "custom_id": custom_id },
        });
        let (status, answer) = self
            .act(person, reqwest::Method::POST, "/interactions", body)
            .await;
        assert_eq!(status, 204, "{answer}");
    }

    /// Waits for a menu whose custom id begins so, and chooses from it.
    pub async fn choose(&self, person: &Person, verb: &str, value: &str) {
        let begins = format!("v1:{verb}:");
        let (shown, custom_id) = until("a menu is shown", async || {
            let world = self.discord.world();
            let all = world["ephemeral"].as_array()?;
            let theirs = all.iter().filter(|e| id(&e["person"]) == person.id);
            theirs.rev().find_map(|e| {
                let menu = &e["message"]["components"][0]["components"][0];
                let custom_id = menu["custom_id"].as_str()?;
                let fits = custom_id.starts_with(&begins);
                fits.then(|| (e["message"].clone(), custom_id.to_owned()))
            })
        })
        .await;
        let body = json!({
            "type": 3,
            "application_id": self.discord.settings().client_id.to_string(),
            "guild_id": self.discord.settings().guild_id.to_string(),
            "channel_id": shown["channel_id"],
            "message_id": shown["id"],
            "session_id": "test",
            "nonce": "1",
            "data": { "component_type": 3, "custom_id": custom_id, "values": [value] },
        });
        let (status, answer) = self
            .act(person, reqwest::Method::POST, "/interactions", body)
            .await;
        assert_eq!(status, 204, "{answer}");
    }

    /// Waits for the form that this person was shown, and sends it with this in its one field.
    pub async fn submit(&self, person: &Person, name: &str, text: &str) {
        let modal = until("a form is shown", async || {
            let world = self.discord.world();
            let modals = world["modals"].as_array()?;
            modals
                .iter()
                .find(|m| id(&m["person"]) == person.id)
                .cloned()
        })
        .await;
        let field = json!({"type": 4, "custom_id": name, "value": text});
        let body = json!({
            "type": 5,
            "application_id": self.discord.settings().client_id.to_string(),
            "guild_id": self.discord.settings().guild_id.to_string(),
            "channel_id": modal["channel_id"],
            "session_id": "test",
            "nonce": "1",
            "data": {
                "custom_id": modal["custom_id"],
                "components": [{"type": 1, "components": [field]}],
            },
        });
        let (status, answer) = self
            .act(person, reqwest::Method::POST, "/interactions", body)
            .await;
        assert_eq!(status, 204, "{answer}");
    }

    /// The words that only this person was shown, oldest first.
    pub fn whispers(&self, person: &Person) -> Vec<String> {
        let world = self.discord.world();
        let all = world["ephemeral"].as_array().unwrap();
        let theirs = all.iter().filter(|e| id(&e["person"]) == person.id);
        theirs
            .map(|e| e["message"]["content"].as_str().unwrap().to_owned())
            .collect()
    }
}

/// A client for what is no browser's: the stand-in's controls, people's REST, health.
/// A client for everything that has no cookies: to make one takes longer than most requests.
pub fn client() -> reqwest::Client {
    static CLIENT: LazyLock<reqwest::Client> = LazyLock::new(|| {
        // Nothing here speaks TLS, and reading who may vouch takes longer than the request.
        let builder = reqwest::Client::builder()
            .no_proxy()
            .tls_built_in_root_certs(false)
            .timeout(PATIENCE)
            // What restarts behind it has closed what would be used again.
            .pool_max_idle_per_host(0);
        builder.build().unwrap()
    });
    CLIENT.clone()
}

pub fn id(value: &Value) -> u64 {
    value.as_str().unwrap().parse().unwrap()
}

/// Asks again until there is an answer, and fails with `what` when there never is.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            // house-rule: the pause between two looks at a condition, not a wait for time.
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    match tokio::time::timeout(PATIENCE, looking).await {
        Ok(found) => found,
        Err(_) => panic!("waited in vain until {what}"),
    }
}
