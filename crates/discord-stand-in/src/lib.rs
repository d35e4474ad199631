//! A Discord for one machine: REST, gateway, OAuth2 and files, held in memory, with levers for tests.
//! It obeys Discord's rules as far as the product meets them, and knows nothing of the product.

mod clock;
mod control;
mod error;
mod fault_catalogue;
mod faults;
mod gateway;
mod hub;
mod in_process;
mod limits;
mod listener;
mod orders;
mod page;
mod rest;
mod snowflake;
mod state_file;
mod tls;
mod view;
mod world;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::routing::{any, get};
use tokio::task::JoinHandle;

pub use clock::Clock;
pub use faults::Fault;
pub use in_process::{File, InProcess, Session};
pub use state_file::write_whole;
pub use world::seed::{Person, Seeded};

use hub::Hub;
use listener::{Door, Peer};
use tls::Papers;

/// How a stand-in is to be started.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where to listen; port 0 picks a free one.
    pub listen: SocketAddr,
    /// Under which address browsers reach it; `http://` and the listening address, if none is given.
    pub public_url: Option<String>,
    /// The application's redirect addresses. Empty allows any on the loopback.
    pub redirect_uris: Vec<String>,
    /// Whether `GET /gateway` names a plain websocket. Else it names `wss://localhost`.
    pub plain_gateway: bool,
    /// What HELLO asks of clients.
    pub heartbeat_interval: Duration,
    /// Where the world is kept between two runs.
    pub state_file: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            public_url: None,
            redirect_uris: Vec::new(),
            plain_gateway: true,
            heartbeat_interval: Duration::from_millis(41_250),
            state_file: None,
        }
    }
}

impl Options {
    pub(crate) fn gateway_url(&self, served_at: SocketAddr) -> String {
        if self.plain_gateway {
            format!("ws://{served_at}")
        } else {
            format!("wss://localhost:{}", served_at.port())
        }
    }
}

/// A running stand-in. Dropping it ends it too.
pub struct StandIn {
    hub: Arc<Hub>,
    door: Door,
    ca_pem: String,
    tasks: Vec<JoinHandle<()>>,
}

impl StandIn {
    /// Starts listening.
    ///
    /// # Errors
    /// If the port is taken, or the state file cannot be read.
    pub async fn start(options: Options) -> anyhow::Result<Self> {
        let clock = Clock::default();
        let kept = match &options.state_file {
            Some(path) => state_file::load(path, clock.clone())?,
            None => None,
        };
        let mut world = kept.unwrap_or_else(|| world::seed::world(clock));
        let papers = match world.papers.take() {
            Some(papers) => papers,
            None => Papers::new()?,
        };
        let acceptor = papers.acceptor()?;
        let ca_pem = papers.ca.clone();
        world.papers = Some(papers);
        world
            .application
            .redirect_uris
            .clone_from(&options.redirect_uris);
        let listen = options.listen;
        let (door, arrivals) = Door::open(listen, acceptor)
            .await
            .with_context(|| format!("cannot listen on {listen}"))?;
        let hub = Hub::new(options, world);
        let app = router(hub.clone()).into_make_service_with_connect_info::<Peer>();
        let mut tasks = vec![tokio::spawn(async move {
            // It only returns when it is aborted.
            axum::serve(arrivals, app).await.ok();
        })];
        tasks.push(tokio::spawn(watch_time(hub.clone())));
        if let Some(path) = hub.options.state_file.clone() {
            tasks.push(tokio::spawn(state_file::keep(hub.clone(), path)));
        }
        Ok(Self {
            hub,
            door,
            ca_pem,
            tasks,
        })
    }

    /// Where it listens, with TLS and in plain.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.door.addr()
    }

    /// The certificate authority that TLS clients must trust.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// The address for plain HTTP, without a slash at its end.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.addr())
    }

    /// The address under which browsers reach it, without a slash at its end.
    #[must_use]
    pub fn public_url(&self) -> String {
        let given = self.hub.options.public_url.as_deref();
        given.map_or_else(
            || self.base_url(),
            |url| url.trim_end_matches('/').to_owned(),
        )
    }

    /// Everything it holds, as `GET /stand-in/world` shows it.
    #[must_use]
    pub fn world(&self) -> serde_json::Value {
        self.hub.with(|inner| view::world_json(inner))
    }

    /// One part of [`Self::world`], by its name there: whoever looks again and again need not have
    /// all of it written out each time.
    #[must_use]
    pub fn part(&self, name: &str) -> serde_json::Value {
        self.hub.with(|inner| view::part_json(inner, name))
    }

    /// What a configuration needs to know of it.
    #[must_use]
    pub fn settings(&self) -> Seeded {
        self.hub.with(|inner| inner.world.settings())
    }

    /// Replaces all ordered faults.
    ///
    /// # Panics
    /// If there is no such fault: a test that waits for it would wait for nothing.
    pub fn set_faults(&self, faults: Vec<Fault>) {
        for fault in &faults {
            if let Err(words) = fault_catalogue::check(fault) {
                panic!("{words}");
            }
        }
        self.hub.with(|inner| inner.set_faults(faults));
    }

    /// Carries out what `POST /stand-in/order` takes, such as `{"do": "kick_bot"}`.
    ///
    /// # Errors
    /// If there is no such order, or the world cannot follow it; the words say which.
    pub fn order(&self, order: &serde_json::Value) -> Result<serde_json::Value, String> {
        self.hub.with(|inner| orders::obey(inner, order))
    }

    /// The same Discord, spoken to within this process: what is said here goes out on its sockets.
    #[must_use]
    pub fn in_process(&self) -> InProcess {
        InProcess::beside(self.hub.clone())
    }

    /// Its clock.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.hub.clock.clone()
    }

    /// Resolves at every change: what a test waits on before it looks at the world again.
    #[must_use]
    pub fn changes(&self) -> tokio::sync::broadcast::Receiver<u64> {
        self.hub.changes.subscribe()
    }

    /// Goes dark: refuses connections and cuts those that are open. The world stays.
    pub async fn pause_listening(&self) {
        self.door.close().await;
    }

    /// Comes back on the same port, with the same world.
    ///
    /// # Errors
    /// If somebody else took the port meanwhile.
    pub async fn resume_listening(&self) -> anyhow::Result<()> {
        let addr = self.addr();
        self.door
            .reopen()
            .await
            .with_context(|| format!("cannot listen on {addr} again"))
    }

    /// Ends at once, open sockets or not.
    pub async fn stop(mut self) {
        self.hub.ended.cancel();
        self.door.close().await;
        for task in std::mem::take(&mut self.tasks) {
            task.abort();
        }
        if let Some(path) = &self.hub.options.state_file
            && let Err(why) = state_file::save(&self.hub, path)
        {
            tracing::error!(?why, "the state could not be written");
        }
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.hub.ended.cancel();
        self.door.drop_now();
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// Lets time pass even when nobody asks.
async fn watch_time(hub: Arc<Hub>) {
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    loop {
        tokio::select! {
            _ = tick.tick() => hub.with(|_| {}),
            () = hub.ended.cancelled() => return,
        }
    }
}

fn router(hub: Arc<Hub>) -> Router {
    Router::new()
        .route("/", get(page::root))
        .route("/gateway", get(page::root))
        .route("/page/{file}", get(page::part))
        .route("/channels/{guild}/{channel}", get(page::channel))
        .route(
            "/oauth2/authorize",
            get(rest::oauth::ask).post(rest::oauth::decide),
        )
        .route(
            "/attachments/{channel}/{attachment}/{file}",
            get(rest::cdn::attachment),
        )
        .route("/api/{*path}", any(rest::api))
        .nest("/stand-in", control::routes())
        .with_state(hub)
}
