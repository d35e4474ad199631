//! A browser without a screen: cookies, forms, no redirects followed behind the test's back.

use crate::world::World;
use discord_stand_in::Person;
use reqwest::{Method, RequestBuilder, StatusCode, header};
use std::collections::BTreeMap;
use std::sync::Mutex;

pub struct Visitor {
    http: reqwest::Client,
    base: String,
    cookies: Mutex<BTreeMap<String, String>>,
}

#[derive(Debug)]
pub struct Page {
    pub status: StatusCode,
    pub headers: header::HeaderMap,
    pub text: String,
}

impl Page {
    pub fn location(&self) -> String {
        let place = self.headers.get("location").map(|l| l.to_str().unwrap());
        place
            .unwrap_or_else(|| panic!("no redirect: {self:?}"))
            .to_owned()
    }

    /// The value of a hidden field.
    pub fn hidden(&self, name: &str) -> String {
        let at = self.text.find(&format!("name=\"{name}\"")).unwrap();
        let start = self.text[..at].rfind('<').unwrap();
        let tag = &self.text[start..start + self.text[start..].find('>').unwrap()];
        let value = tag.split("value=\"").nth(1).unwrap();
        value.split('"').next().unwrap().to_owned()
    }
}

impl Visitor {
    pub fn new(world: &World) -> Self {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            // See `client`.
            .tls_built_in_root_certs(false)
            .build()
            .unwrap();
        Self {
            http,
            base: world.base.clone(),
            cookies: Mutex::default(),
        }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = match path.starts_with("http") {
            true => path.to_owned(),
            false => format!("{}{path}", self.base),
        };
        let cookies = self.cookies.lock().unwrap();
        let pairs: Vec<_> = cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let accept = match path.starts_with("/api/") {
            true => "application/json",
            false => "text/html",
        };
        let request = self.http.request(method, url).header("accept", accept);
        match pairs.is_empty() {
            true => request,
            false => request.header("cookie", pairs.join("; ")),
        }
    }

    pub async fn send(&self, request: RequestBuilder) -> Page {
        let answer = request.send().await.unwrap();
        for cookie in answer.headers().get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            let mut cookies = self.cookies.lock().unwrap();
            cookies.insert(name.to_owned(), value.to_owned());
        }
        Page {
            status: answer.status(),
            headers: answer.headers().clone(),
            text: answer.text().await.unwrap(),
        }
    }

    pub async fn get(&self, path: &str) -> Page {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.send(self.request(Method::POST, path).form(fields))
            .await
    }

    /// Files a ticket as the form does, and says where it led.
    pub async fn file(&self, subject: &str, body: &str) -> String {
        let key = self.get("/new").await.hidden("request_key");
        let page = self
            .post(
                "/new",
                &[
                    ("email", "jane@example.com"),
                    ("subject", subject),
                    ("category", "question"),
                    ("body", body),
                    ("request_key", &key),
                ],
            )
            .await;
        assert_eq!(page.status, 303, "{}", page.text);
        page.location()
    }

    pub async fn reply(&self, ticket: &str, body: &str) {
        let key = self.get(ticket).await.hidden("request_key");
        let page = self
            .post(ticket, &[("body", body), ("request_key", &key)])
            .await;
        assert_eq!(page.status, 303, "{}", page.text);
    }

    /// Walks through Discord's consent page as this person; the callback's answer is returned.
    pub async fn sign_in(&self, world: &World, person: &Person) -> Page {
        let callback = self.consent(world, person, "authorize").await;
        self.get(&callback).await
    }

    /// Goes to Discord, decides there, and says where Discord sends us.
    pub async fn consent(&self, world: &World, person: &Person, action: &str) -> String {
        let to_discord = self.get("/auth/discord?return=/staff").await.location();
        let asked = url::Url::parse(&to_discord).unwrap();
        let mut fields: Vec<(String, String)> = asked
            .query_pairs()
            .map(|(k, v)| (k.into_owned(), v.into_owned()))
            .collect();
        fields.push(("person".into(), person.id.to_string()));
        fields.push(("action".into(), action.into()));
        let url = format!("{}/oauth2/authorize", world.discord.base_url());
        let answer = self.http.post(url).form(&fields).send().await.unwrap();
        let place = answer
            .headers()
            .get("location")
            .expect("Discord sends us back");
        place.to_str().unwrap().to_owned()
    }

    /// Calls one of the dashboard's functions.
    pub async fn call(&self, name: &str, fields: &[(&str, &str)]) -> Page {
        let request = self.request(Method::POST, &format!("/api/staff/{name}"));
        self.send(request.form(fields)).await
    }
}
