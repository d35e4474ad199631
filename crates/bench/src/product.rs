//! The product under measurement, in this process: a server with an empty database of its own.
//!
//! It is started as the program `threadline` starts it, log included, and knows no more of it than
//! that.

use crate::discord::Discord;
use crate::health;
use crate::house::House;
use anyhow::{Context, Result, anyhow, bail};
use server::Config;
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Mutex;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

/// What the program logs when nothing else is asked for.
// house-rule: names where log lines come from
const LOG: &str = "info,sqlx=warn,sea_orm_migration=warn,serenity=warn";

/// Logs as the program does, but to a file: a product that is spared its log is another one.
pub fn log_to(folder: &Path) -> Result<()> {
    let path = folder.join("threadline.log");
    let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(LOG))
        .with_ansi(false)
        .with_writer(Mutex::new(file))
        .try_init()
        .map_err(|error| anyhow!("cannot log: {error}"))
}

/// A running server.
pub struct Product {
    /// Where it listens.
    pub address: SocketAddr,
    stop: CancellationToken,
    serving: JoinHandle<Result<()>>,
    _folder: TempDir,
}

impl Product {
    /// Starts one beside `discord` and waits until it is open.
    pub async fn start(house: &House, discord: &Discord) -> Result<Self> {
        let listener = house
            .product()
            .spawn(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
            .await??;
        let address = listener.local_addr()?;
        let folder = house.empty_folder()?;
        let settings = discord.settings(folder.path(), &house.site, address)?;
        let config = Config::from_vars(&settings).map_err(|problems| anyhow!("{problems}"))?;
        let stop = CancellationToken::new();
        let serving = house
            .product()
            .spawn(server::run(config, listener, stop.clone()));
        let product = Self {
            address,
            stop,
            serving,
            _folder: folder,
        };
        health::until_open(address, || product.lives()).await?;
        Ok(product)
    }

    fn lives(&self) -> Result<()> {
        if self.serving.is_finished() {
            bail!("the server ended by itself; its log says why");
        }
        Ok(())
    }

    /// Stops it as a signal would.
    pub async fn stop(self) -> Result<()> {
        self.stop.cancel();
        self.serving.await.context("the server panicked")?
    }
}
