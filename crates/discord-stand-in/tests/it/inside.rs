//! A Discord within the process, as tests use it: callers by name, and the bot's events as lists.
//! What comes when is exact here, so that silence can be seen too.

use discord_stand_in::{Clock, InProcess, Session};
use serde_json::{Value, json};

/// A moment after every seeded id.
const MORNING_MS: i64 = 1_800_000_000_000;

pub struct Inside {
    pub discord: InProcess,
    pub session: Session,
}

impl Inside {
    /// A guild whose bot listens, and has heard the greeting.
    pub fn new() -> Self {
        let discord = InProcess::new(Clock::still(MORNING_MS));
        let session = discord.listen();
        let mut inside = Self { discord, session };
        inside.events();
        inside
    }

    pub fn support(&self) -> u64 {
        self.discord.settings().support_channel_id
    }

    pub fn bot(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let token = format!("Bot {}", self.discord.settings().bot_token);
        self.ask(&token, method, path, &body)
    }

    /// By first name.
    pub fn person(&self, name: &str, method: &str, path: &str, body: Value) -> (u16, Value) {
        let people = self.discord.settings().people;
        let token = people.into_iter().find(|p| p.name.starts_with(name));
        self.ask(&token.unwrap().token, method, path, &body)
    }

    pub fn id_of(&self, name: &str) -> u64 {
        let people = self.discord.settings().people;
        let found = people.into_iter().find(|p| p.name.starts_with(name));
        found.unwrap().id
    }

    fn ask(&self, token: &str, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let query: Vec<(String, String)> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        self.discord
            .ask(token, method, path, &query, body, Vec::new())
    }

    /// A private thread of the bot's.
    pub fn thread(&self, name: &str) -> u64 {
        let path = format!("/channels/{}/threads", self.support());
        let body = json!({"name": name, "type": 12, "invitable": false});
        let (status, made) = self.bot("POST", &path, body);
        assert_eq!(status, 201, "{made}");
        crate::support::id(&made)
    }

    /// Says something in somebody's name.
    pub fn say(&self, name: &str, channel: u64, text: &str) -> u64 {
        let path = format!("/channels/{channel}/messages");
        let (status, made) = self.person(name, "POST", &path, json!({"content": text}));
        assert_eq!(status, 200, "{made}");
        crate::support::id(&made)
    }

    /// What the bot heard since it was last asked.
    pub fn events(&mut self) -> Vec<Value> {
        std::iter::from_fn(|| self.session.next()).collect()
    }

    /// The names of that.
    pub fn names(&mut self) -> Vec<String> {
        let heard = self.events();
        let names = heard.iter().map(|frame| frame["t"].as_str().unwrap());
        names.map(str::to_owned).collect()
    }

    pub fn order(&self, order: Value) -> Value {
        self.discord.order(&order).unwrap()
    }
}
