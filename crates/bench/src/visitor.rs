//! What people do with the product in front of them: file, answer, sign in.
//!
//! Everything goes through the pages' own forms and addresses, as a browser would send it.

use crate::discord::Discord;
use crate::wire::{Answer, Connection, Request};
use anyhow::{Context, Result};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use url::Url;

/// About two lines of a chat.
pub const WORDS: &str = "The invoice of last month shows the old address, although I changed it \
    in the settings on the third. Could you send me a corrected one? I need it for our books \
    before Friday.";

/// What a form is told apart by; never the same twice.
fn request_key() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("bench-form-{:020}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The form that files a ticket, sent to any address.
pub fn new_ticket(
    address: SocketAddr,
    path: &str,
    email: &str,
    subject: &str,
    key: &str,
) -> Request {
    let fields = [
        ("email", email),
        ("subject", subject),
        ("category", "question"),
        ("body", WORDS),
        ("request_key", key),
    ];
    Request::form(address, path, &fields)
}

/// The token in the private link that an answer leads to.
fn token(answer: &Answer) -> Result<String> {
    let link = answer.header("location").unwrap_or_default();
    let token = link.strip_prefix("/t/").context("no private link came")?;
    Ok(token.to_owned())
}

/// A browser with one connection to the product.
#[derive(Debug)]
pub struct Visitor {
    address: SocketAddr,
    connection: Connection,
}

impl Visitor {
    /// Opens the connection.
    pub async fn come(address: SocketAddr) -> Result<Self> {
        Ok(Self {
            address,
            connection: Connection::open(address).await?,
        })
    }

    /// Files a ticket and returns its link's token.
    pub async fn file(&mut self, email: &str, subject: &str) -> Result<String> {
        let form = new_ticket(self.address, "/new", email, subject, &request_key());
        let answer = self.connection.ask(form).await?;
        token(&answer.expect_status(303, "a new ticket")?)
    }

    /// Writes on the ticket of that link.
    pub async fn reply(&mut self, token: &str, words: &str) -> Result<()> {
        let fields = [("body", words), ("request_key", &request_key())];
        let form = Request::form(self.address, &format!("/t/{token}"), &fields);
        let answer = self.connection.ask(form).await?;
        answer.expect_status(303, "a reply")?;
        Ok(())
    }

    /// Answers from the dashboard, with a session's cookie.
    pub async fn answer(&mut self, session: &str, number: i64, words: &str) -> Result<()> {
        let fields = [
            ("number", number.to_string()),
            ("kind", "reply".to_owned()),
            ("body", words.to_owned()),
            ("request_key", request_key()),
        ];
        let fields = fields
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        let form = Request::form(self.address, "/api/staff/reply", &fields);
        let answer = self.connection.ask(form.with("cookie", session)).await?;
        answer.expect_status(200, "an answer from the dashboard")?;
        Ok(())
    }

    /// Opens a page.
    pub async fn open(&mut self, path: &str, cookie: &str) -> Result<Answer> {
        let request = Request::get(self.address, path).with("cookie", cookie);
        self.connection.ask(request).await
    }

    /// Signs in as staff, through Discord's consent page, and returns the session's cookie.
    pub async fn sign_in(&mut self, discord: &Discord) -> Result<String> {
        let leave = Request::get(self.address, "/auth/discord?return=/staff");
        let leave = self.connection.ask(leave).await?;
        let leave = leave.expect_status(303, "the way to Discord")?;
        let cookie = session(&leave)?;
        let consent = address_in(&leave)?;

        let person = discord.staff()?.id.to_string();
        let mut fields: Vec<(String, String)> = consent.query_pairs().into_owned().collect();
        fields.push(("person".to_owned(), person));
        fields.push(("action".to_owned(), "authorize".to_owned()));
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        let form = Request::form(discord.address(), consent.path(), &fields);
        let agreed = Connection::open(discord.address()).await?.ask(form).await?;
        let back = address_in(&agreed.expect_status(303, "consent")?)?;

        let path = format!("{}?{}", back.path(), back.query().unwrap_or_default());
        let arrived = self.open(&path, &cookie).await?;
        session(&arrived.expect_status(303, "the way back from Discord")?)
    }
}

fn session(answer: &Answer) -> Result<String> {
    let cookie = answer.cookie("threadline_session");
    Ok(cookie.context("no session was begun")?.to_owned())
}

fn address_in(answer: &Answer) -> Result<Url> {
    let location = answer.header("location").context("a redirect to nowhere")?;
    Url::parse(location).with_context(|| format!("{location} is no address"))
}
