//! The program `threadline`: its command line, its log, its memory, its end.
//!
//! It reads settings, asks the library to do one of four things and reports in words. Nothing of
//! the helpdesk is known here.

use anyhow::Context;
use clap::{Parser, Subcommand};
use server::Config;
use server::config::{LogFormat, Problems, Vars, gather, log_format};
use std::io::IsTerminal;
use std::process::ExitCode;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Keeps what people write, and tokens, out of the log.
const NO_MESSAGES: &str = "serenity=error";
/// What is logged when nothing else is asked for.
// house-rule: the name of a log target.
const LOG_DEFAULT: &str = "info,sqlx=warn,sea_orm_migration=warn,serenity=warn";

/// A helpdesk whose tickets are web pages and Discord threads at once.
///
/// Settings come from the environment and from a file named .env in the working folder or above it;
/// .env.sample lists and explains them all.
#[derive(Parser)]
#[command(name = "threadline", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the pages and connect the bot, until Ctrl-C or SIGTERM.
    ///
    /// Brings the database up to this version first. Stopping takes at most a few seconds; what
    /// was promised to Discord and not yet delivered is delivered after the next start.
    Serve,
    /// Bring the database up to this version, and stop there.
    ///
    /// `serve` does so by itself. A database from a newer version is refused and left untouched.
    Migrate,
    /// Tell Discord which commands there are.
    ///
    /// `serve` does so by itself when they change. Without --guild, it is the server of GUILD_ID.
    RegisterCommands {
        /// The id of the Discord server.
        #[arg(long)]
        guild: Option<u64>,
    },
    /// Try out every setting: the database, the bot's token, the server, the channel, the role.
    ///
    /// Prints what was tried, what came back and what to do. Exits with 1 if anything failed.
    Doctor,
}

fn main() -> ExitCode {
    in_small_pages();
    let arguments = Arguments::parse();
    let vars = match gather() {
        Ok(vars) => vars,
        Err(problems) => return refused(&problems),
    };
    start_log(&vars);
    let config = match Config::from_vars(&vars) {
        Ok(config) => config,
        Err(problems) => return refused(&problems),
    };
    match act(&arguments.command, config) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The allocator asks for pages of two megabytes, of which a program this size fills few.
#[cfg(target_os = "linux")]
fn in_small_pages() {
    // Where the kernel does not know them, there are none.
    let _ = nix::sys::prctl::set_thp_disable(true);
}

#[cfg(not(target_os = "linux"))]
fn in_small_pages() {}

fn refused(problems: &Problems) -> ExitCode {
    eprintln!("{problems}");
    ExitCode::FAILURE
}

fn act(command: &Command, config: Config) -> anyhow::Result<ExitCode> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.enable_all();
    if cfg!(debug_assertions) {
        // Unoptimised pages nest deeper than the usual stack.
        runtime.thread_stack_size(8 << 20);
    }
    let runtime = runtime.build().context("no threads to run on")?;
    let code = runtime.block_on(async {
        match command {
            Command::Serve => serve(config).await.map(|()| ExitCode::SUCCESS),
            Command::Migrate => {
                println!("{}", server::migrate(&config).await?);
                Ok(ExitCode::SUCCESS)
            }
            Command::RegisterCommands { guild } => {
                println!("{}", server::register_commands(&config, *guild).await?);
                Ok(ExitCode::SUCCESS)
            }
            Command::Doctor => {
                let well = server::doctor::examine(&config).await;
                Ok(if well {
                    ExitCode::SUCCESS
                } else {
                    ExitCode::FAILURE
                })
            }
        }
    });
    // Nothing that still runs may hold up the end.
    runtime.shutdown_background();
    code
}

async fn serve(config: Config) -> anyhow::Result<()> {
    let listener = TcpListener::bind(config.listen).await.with_context(|| {
        format!(
            "cannot listen on {}: stop what listens there, or set LISTEN to another address",
            config.listen
        )
    })?;
    let stop = CancellationToken::new();
    tokio::spawn(cancel_when_asked(stop.clone()));
    server::run(config, listener, stop).await
}

async fn cancel_when_asked(stop: CancellationToken) {
    asked_to_stop().await;
    tracing::info!("Stopping");
    stop.cancel();
    asked_to_stop().await;
    tracing::warn!("Asked to stop a second time: stopping at once");
    std::process::exit(130);
}

#[cfg(unix)]
async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminated) = signal(SignalKind::terminate()) else {
        return interrupted().await;
    };
    tokio::select! {
        () = interrupted() => {}
        _ = terminated.recv() => {}
    }
}

#[cfg(not(unix))]
async fn asked_to_stop() {
    interrupted().await;
}

async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        // No signal will ever come: stopping now would be worse.
        std::future::pending::<()>().await;
    }
}

fn start_log(vars: &Vars) {
    let asked = ["THREADLINE_LOG", "RUST_LOG"]
        .into_iter()
        .find_map(|key| vars.get(key).filter(|v| !v.trim().is_empty()));
    let filter = asked
        .and_then(|directives| EnvFilter::try_new(directives).ok())
        .unwrap_or_else(|| EnvFilter::new(LOG_DEFAULT))
        // serenity writes messages and tokens into its spans: whatever is asked for, never those.
        .add_directive(NO_MESSAGES.parse().expect("a constant that parses"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match log_format(vars) {
        Ok(LogFormat::Json) => log.json().init(),
        // A wrong format is reported with all other problems.
        Ok(LogFormat::Plain) | Err(_) => log.init(),
    }
}
