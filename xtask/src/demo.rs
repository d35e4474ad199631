//! `cargo xtask demo`: the product and a local Discord, side by side, on 127.0.0.1.
//!
//! It starts the real binaries with a whole environment of their own, waits until both answer,
//! and stops both when either ends or somebody asks. It refuses to know what they do.

mod data_dir;
mod settings;

use std::collections::VecDeque;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, thread};

use anyhow::{Context, Result, bail};
use clap::Args;
use nix::sys::signal::Signal;

use self::settings::Settings;
use crate::processes::{self, Group, Output};
use crate::setup::{self, Needs};
use crate::{front_end, http, workspace};

const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// All that the programs take over from our environment; settings of the product are not in it.
const KEPT: [&str; 10] = [
    "PATH",
    "HOME",
    "USER",
    "LANG",
    "LC_ALL",
    "TZ",
    "TMPDIR",
    "RUST_LOG",
    "RUST_BACKTRACE",
    "NO_COLOR",
];

/// What `demo` can be told.
#[derive(Args)]
pub struct Options {
    /// The port of the product's pages (0: any free one).
    #[arg(long, default_value_t = 3000)]
    pub port: u16,
    /// The port of the Discord stand-in (0: any free one).
    #[arg(long, default_value_t = 4000)]
    pub discord_port: u16,
    /// Where database, files, logs and the stand-in's state are kept between runs.
    #[arg(long, value_name = "DIR", default_value = "target/demo")]
    pub data_dir: PathBuf,
    /// Start with an empty data folder. Empties only a folder that the demo made.
    #[arg(long)]
    pub fresh: bool,
}

/// Runs the demo until somebody stops it.
pub fn run(options: &Options) -> Result<()> {
    let mut demo = Demo::start(options)?;
    demo.invite();
    demo.watch()
}

/// The two programs, running. Dropping it stops both.
pub struct Demo {
    // The server goes first, so that it can say goodbye to Discord.
    server: Group,
    discord: Group,
    data: PathBuf,
    /// Keeps other demos out of the folder.
    _held: File,
    /// The product's address, without a slash at the end.
    pub base: String,
    /// The stand-in's address, without a slash at the end.
    pub discord_base: String,
    settings: Settings,
}

impl Demo {
    /// Sets up, builds and starts both programs, and waits until both answer.
    pub fn start(options: &Options) -> Result<Self> {
        if options.port == options.discord_port && options.port != 0 {
            bail!(
                "--port and --discord-port are both {}: choose two",
                options.port
            );
        }
        let data = std::path::absolute(&options.data_dir)
            .context("cannot make the data folder's path absolute")?;
        // All that can be wrong with the command itself is said before minutes of building.
        let port = http::free_port(options.port, "--port")?;
        let discord_port = http::free_port(options.discord_port, "--discord-port")?;
        let held = data_dir::prepare(&data, options.fresh)?;
        setup::ensure(Needs::build())?;
        front_end::build()?;
        front_end::build_binaries()?;

        workspace::say("Starting the Discord stand-in and the server");
        let base = format!("http://127.0.0.1:{port}");
        let discord_base = format!("http://127.0.0.1:{discord_port}");
        let settings_file = data.join("discord.json");
        // The last run's; its tokens may differ from the ones to come.
        let _ = fs::remove_file(&settings_file);
        let mut discord = start_discord(&data, &settings_file, discord_port, &base)?;
        wait_for(&mut discord, &data, || {
            settings_file.is_file() && http::status(discord_port, "/") == Some(200)
        })?;
        let settings = Settings::read(&settings_file)?;
        let mut server = start_server(&data, &settings, port, &base, &discord_base)?;
        wait_for(&mut server, &data, || {
            http::status(port, "/api/health") == Some(200)
        })?;
        Ok(Self {
            server,
            discord,
            data,
            _held: held,
            base,
            discord_base,
            settings,
        })
    }

    fn invite(&self) {
        let (base, discord) = (&self.base, &self.discord_base);
        let staff = self.settings.people(true);
        let others = self.settings.people(false);
        println!();
        println!("Threadline runs. Open these side by side:");
        println!();
        println!("  Customer page       {base}/");
        println!("  Staff dashboard     {base}/staff");
        println!("  Discord (stand-in)  {discord}/");
        println!();
        println!("  Sign in as staff    {staff}");
        if !others.is_empty() {
            println!("  Not staff           {others}");
        }
        println!("  Data and logs       {}", self.data.display());
        println!();
        println!("Ctrl-C stops both.");
    }

    fn watch(&mut self) -> Result<()> {
        while !processes::stop_asked() {
            for group in [&mut self.server, &mut self.discord] {
                if let Some(status) = group.ended()? {
                    // A signal to the whole terminal may reach the child a moment before us.
                    thread::sleep(LOOK_EVERY);
                    if processes::stop_asked() {
                        break;
                    }
                    show_log(&self.data, group.name());
                    bail!(
                        "{} ended by itself ({status}); stopping the other",
                        group.name()
                    );
                }
            }
            thread::sleep(LOOK_EVERY);
        }
        workspace::say("Stopping");
        Ok(())
    }
}

fn start_discord(data: &Path, settings: &Path, port: u16, base: &str) -> Result<Group> {
    let mut command = bare(workspace::binaries().join("discord-stand-in"));
    command.args(["--listen", &format!("127.0.0.1:{port}")]);
    command.arg("--settings-file").arg(settings);
    command
        .arg("--state-file")
        .arg(data.join("discord-world.json"));
    command.args(["--redirect-uri", &format!("{base}/auth/discord/callback")]);
    start("discord-stand-in", command, data)
}

fn start_server(
    data: &Path,
    settings: &Settings,
    port: u16,
    base: &str,
    discord: &str,
) -> Result<Group> {
    let ca = data.join("ca.pem");
    fs::write(&ca, settings.text("ca_pem")?)
        .with_context(|| format!("cannot write {}", ca.display()))?;
    let mut command = bare(workspace::binaries().join("threadline"));
    command.arg("serve").current_dir(workspace::root());
    command.env("THREADLINE_NO_DOTENV", "1");
    for (key, field) in [
        ("DISCORD_TOKEN", "bot_token"),
        ("CLIENT_ID", "client_id"),
        ("DISCORD_CLIENT_SECRET", "client_secret"),
        ("DISCORD_PUBLIC_KEY", "public_key"),
        ("GUILD_ID", "guild_id"),
        ("DISCORD_SUPPORT_CHANNEL_ID", "support_channel_id"),
        ("DISCORD_LOG_CHANNEL_ID", "log_channel_id"),
        ("DISCORD_STAFF_ROLE_ID", "staff_role_id"),
    ] {
        command.env(key, settings.text(field)?);
    }
    command
        .env("REGISTER_SECRET", "demo")
        .env("PUBLIC_URL", base)
        .env("LISTEN", format!("127.0.0.1:{port}"));
    command
        .env("DATA_DIR", data)
        .env("SITE_DIR", workspace::site());
    command
        .env("DISCORD_STAND_IN", discord)
        .env("DISCORD_STAND_IN_CA", &ca);
    start("threadline", command, data)
}

/// A command that inherits no settings: the demo is the same on every machine.
fn bare(program: PathBuf) -> Command {
    let mut command = Command::new(program);
    for (key, _) in env::vars_os() {
        if !KEPT.iter().any(|kept| *kept == key) {
            command.env_remove(key);
        }
    }
    command
}

fn start(name: &str, command: Command, data: &Path) -> Result<Group> {
    let log = log_file(data, name);
    let log = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
    Group::start(name, command, Signal::SIGTERM, Output::File(log))
}

fn wait_for(group: &mut Group, data: &Path, ready: impl Fn() -> bool) -> Result<()> {
    let began = Instant::now();
    while !ready() {
        if processes::stop_asked() {
            bail!("stopped");
        }
        if let Some(status) = group.ended()? {
            show_log(data, group.name());
            bail!("{} ended before it was ready ({status})", group.name());
        }
        if began.elapsed() > PATIENCE {
            show_log(data, group.name());
            bail!(
                "{} did not answer within {} s",
                group.name(),
                PATIENCE.as_secs()
            );
        }
        thread::sleep(LOOK_EVERY);
    }
    Ok(())
}

fn log_file(data: &Path, name: &str) -> PathBuf {
    data.join(format!("{name}.log"))
}

fn show_log(data: &Path, name: &str) {
    let path = log_file(data, name);
    let text = fs::read_to_string(&path).unwrap_or_default();
    let mut last = VecDeque::new();
    for line in text.lines() {
        last.push_back(line);
        if last.len() > 25 {
            last.pop_front();
        }
    }
    eprintln!("The end of {}:", path.display());
    for line in last {
        eprintln!("    {line}");
    }
}
