//! The stand-in as a program, for the demo: flags in, settings file out, a clean end.
//! Everything else is the library's.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use discord_stand_in::{Options, StandIn, write_whole};
use tokio::signal::unix::{SignalKind, signal};

/// A Discord for one machine.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Flags {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:4000")]
    listen: SocketAddr,
    /// Under which address browsers reach it [default: http:// and the listening address].
    #[arg(long)]
    public_url: Option<String>,
    /// A redirect address of the application; repeatable. Without any, all on the loopback are allowed.
    #[arg(long = "redirect-uri")]
    redirect_uris: Vec<String>,
    /// Where to write what a configuration of Threadline needs (JSON).
    #[arg(long)]
    settings_file: Option<PathBuf>,
    /// Where to keep the world between two runs.
    #[arg(long)]
    state_file: Option<PathBuf>,
    /// Name a TLS websocket in `GET /gateway`.
    #[arg(long)]
    tls_gateway: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    match run(Flags::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("discord-stand-in: {why:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(flags: Flags) -> anyhow::Result<()> {
    // Before the address is printed, so that whoever reads it may already end us.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stand_in = StandIn::start(Options {
        listen: flags.listen,
        public_url: flags.public_url,
        redirect_uris: flags.redirect_uris,
        plain_gateway: !flags.tls_gateway,
        state_file: flags.state_file,
        ..Options::default()
    })
    .await?;
    if let Some(path) = &flags.settings_file {
        write_settings(&stand_in, path)?;
    }
    println!("Discord stand-in: {}", stand_in.public_url());
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    stand_in.stop().await;
    Ok(())
}

fn write_settings(stand_in: &StandIn, path: &Path) -> anyhow::Result<()> {
    let mut settings = serde_json::to_value(stand_in.settings())?;
    settings["ca_pem"] = stand_in.ca_pem().into();
    settings["addr"] = stand_in.addr().to_string().into();
    settings["public_url"] = stand_in.public_url().into();
    write_whole(path, serde_json::to_string_pretty(&settings)?.as_bytes())
}
