//! The server: two doors, the web and Discord, onto one house of desks, and the wiring between them.
//!
//! [`run`] is the one place that knows all parts. What a helpdesk does is in `desk`; how its pages
//! look is in `app`; this crate lets people and Discord in and sees to it that everything that was
//! started also ends.

// The type of a page is as deep as its elements nest.
#![recursion_limit = "256"]

mod cards;
pub mod config;
pub mod doctor;
mod errors;
mod files_store;
mod http;
mod registering;
mod storage;
mod tasks;

pub use config::Config;
pub use registering::register_commands;
pub use storage::migrate;

use anyhow::Context;
use axum::serve::ListenerExt;
use connector::{DiscordConfig, GatewayStatus, Interactions, SerenityPort, StandIn};
use desk::House;
use desk::clock::SystemClock;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long connections and tasks get to end by themselves, once we are asked to stop.
const END_WITHIN: Duration = Duration::from_secs(4);

/// Serves until `stop` is cancelled. The caller owns the listener, so that a test may take any
/// free port.
pub async fn run(
    config: Config,
    listener: TcpListener,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    // Whatever ends this function ends everything that it started.
    let stop = stop.child_token();
    let _stops = stop.clone().drop_guard();
    let storage = storage::open(&config).await?;
    let discord = discord_config(&config);
    let port = SerenityPort::new(&discord).context("the way to Discord's REST API")?;
    let files = files_store::open(&config).context("the file store could not be opened")?;
    let house = House::open(
        storage.db.clone(),
        Arc::new(SystemClock),
        Arc::new(port),
        files,
        config.desk(),
    )
    .await
    .context("the helpdesk could not be opened")?;

    let tracker = TaskTracker::new();
    let gateway = Arc::new(GatewayStatus::default());
    tasks::start(&house, &stop, &tracker);
    let interactions = Interactions::new(&discord, house.clone(), &tracker)
        .context("the way to answer interactions")?;
    tracker.spawn(connector::keep_registered(
        discord.clone(),
        house.clone(),
        stop.clone(),
    ));
    connector::start(
        &discord,
        house.clone(),
        interactions.clone(),
        gateway.clone(),
        stop.clone(),
        &tracker,
    );

    house.examined_by(Arc::new(doctor::Doctor {
        config: config.clone(),
        door: doctor::Door::Server(doctor::Running {
            db: storage.db.clone(),
            gateway: gateway.clone(),
        }),
    }));
    if let Some(at) = &config.cards_at {
        house.cards_from(cards::Product::new(at.clone(), config.guild.discord_id)?);
    }
    let http = connector::http_client(&discord).context("the way to Discord's sign-in")?;
    let web = http::Web::new(&config, house, gateway, interactions, http, stop.clone())?;
    let address = listener
        .local_addr()
        .context("the address that we listen on")?;
    tracing::info!(public_url = config.public_url, %address, "Threadline is open");
    // Without this, an answer that leaves in two writes waits 40 ms for its second.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "A connection stays without TCP_NODELAY");
        }
    });
    let serving = axum::serve(
        listener,
        http::router(web).into_make_service_with_connect_info::<SocketAddr>(),
    )
    .with_graceful_shutdown(stop.clone().cancelled_owned());
    let serving = async {
        let served = tokio::select! {
            served = serving.into_future() => served.context("the web server ended"),
            () = too_long(&stop) => {
                tracing::warn!("Connections that did not end in time were cut");
                Ok(())
            }
        };
        stop.cancel();
        served
    };
    let ending = async {
        stop.cancelled().await;
        tracker.close();
        if tokio::time::timeout(END_WITHIN, tracker.wait())
            .await
            .is_err()
        {
            tracing::warn!("Tasks that did not end in time were abandoned");
        }
    };
    let (served, ()) = tokio::join!(serving, ending);
    storage.close().await?;
    tracing::info!("Threadline is closed");
    served
}

async fn too_long(stop: &CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(END_WITHIN).await;
}

pub(crate) fn discord_config(config: &Config) -> DiscordConfig {
    DiscordConfig {
        token: config.token.expose().to_owned(),
        application_id: config.application_id,
        stand_in: config.stand_in.as_ref().map(|s| StandIn {
            addr: s.addr,
            ca_pem: s.ca_pem.clone(),
        }),
    }
}
