//! Settings: read once at the start, judged all together, typed from then on.
//!
//! Every problem is reported by the setting's name with what to do about it, and no value is ever
//! printed. It asks neither the database nor Discord whether the values work; `doctor` does.

mod cards;
mod files;
mod reader;
mod secret;
mod shapes;
mod vars;

pub use cards::CardsAt;
pub use files::{Bucket, FilesAt};
pub use reader::{Problem, Problems};
pub use secret::Secret;
pub use vars::{NO_DOTENV, Vars, gather};

use desk::GuildSettings;
use domain::{ChannelId, DiscordGuildId, FileLimits, RoleId};
use reader::Reader;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Every setting that is read, in the order of `.env.sample`.
pub const KEYS: [&str; 31] = [
    "DISCORD_TOKEN",
    "CLIENT_ID",
    "DISCORD_CLIENT_SECRET",
    "DISCORD_PUBLIC_KEY",
    "GUILD_ID",
    "DISCORD_SUPPORT_CHANNEL_ID",
    "DISCORD_STAFF_ROLE_ID",
    "DISCORD_LOG_CHANNEL_ID",
    "REGISTER_SECRET",
    "NOTE_PREFIX",
    "NOTES_IN_DISCORD",
    "THREAD_KIND",
    "THREAD_BUDGET",
    "PUBLIC_URL",
    "LISTEN",
    "DATABASE_URL",
    "DATA_DIR",
    "FILES_URL",
    "AWS_REGION",
    "AWS_ENDPOINT",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "FILE_MAX_MB",
    "FILES_PER_MESSAGE",
    "SITE_DIR",
    "CUSTOMER_CARD_URL",
    "CUSTOMER_CARD_SECRET",
    "LOG_FORMAT",
    "THREADLINE_LOG",
    "DISCORD_STAND_IN",
    "DISCORD_STAND_IN_CA",
];

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Plain,
    /// For machines, one object per line.
    Json,
}

/// A Discord for one machine, in place of the real one.
#[derive(Clone, Debug)]
pub struct StandInSettings {
    /// Where browsers find its sign-in page: `http://127.0.0.1:4000`.
    pub origin: String,
    /// Where `discord.com` is resolved to.
    pub addr: SocketAddr,
    /// The authority that signed its certificate, in PEM.
    pub ca_pem: String,
}

/// Everything that an installation decides.
#[derive(Clone, Debug)]
pub struct Config {
    /// The bot's token.
    pub token: Secret,
    /// The application's id, which OAuth calls the client's.
    pub application_id: u64,
    /// The application's secret, for sign-in.
    pub client_secret: Secret,
    /// The key that signs interactions sent over HTTP, in hex.
    pub public_key: Option<String>,
    /// The guild, its support channel and its staff role.
    pub guild: GuildSettings,
    /// What a request to register commands must know.
    pub register_secret: Option<Secret>,
    /// Where browsers reach us, without a slash at the end.
    pub public_url: String,
    /// Where we listen.
    pub listen: SocketAddr,
    /// The database's address, which may hold a password.
    pub database_url: Secret,
    /// The folder of everything that must outlive a restart.
    pub data_dir: PathBuf,
    /// Where attached files are kept.
    pub files_at: FilesAt,
    /// How much may be attached.
    pub file_limits: FileLimits,
    /// Whom to ask for customers' cards, if anyone.
    pub cards_at: Option<CardsAt>,
    /// The folder of the built front end.
    pub site_dir: PathBuf,
    /// How log lines are written.
    pub log_format: LogFormat,
    /// A Discord for one machine, in place of the real one.
    pub stand_in: Option<StandInSettings>,
    /// Which settings were given, by name.
    pub given: Vec<(&'static str, bool)>,
}

impl Config {
    /// Reads and judges `vars`; all problems come back at once.
    pub fn from_vars(vars: &Vars) -> Result<Self, Problems> {
        let mut read = Reader::new(vars);
        let token = read.secret(
            "DISCORD_TOKEN",
            "the bot's token, from the Developer Portal under Bot, Reset Token",
        );
        let application_id = read.id(
            "CLIENT_ID",
            "the application's id, from the Developer Portal under General Information",
        );
        let client_secret = read.secret(
            "DISCORD_CLIENT_SECRET",
            "the application's secret, from the Developer Portal under OAuth2, Reset Secret",
        );
        let public_key = shapes::public_key(&mut read);
        let guild = GuildSettings {
            discord_id: DiscordGuildId::from(read.id(
                "GUILD_ID",
                "the server's id: in Discord, right-click the server's name, Copy Server ID",
            )),
            support_channel: ChannelId::from(read.id(
                "DISCORD_SUPPORT_CHANNEL_ID",
                "the id of the channel for tickets: right-click it, Copy Channel ID",
            )),
            staff_role: RoleId::from(read.id(
                "DISCORD_STAFF_ROLE_ID",
                "the staff role's id: Server Settings, Roles, right-click it, Copy Role ID",
            )),
            note_prefix: read.optional("NOTE_PREFIX").unwrap_or("//").to_owned(),
            notes: shapes::notes(&mut read),
            thread_kind: shapes::thread_kind(&mut read),
            thread_budget: shapes::thread_budget(&mut read),
            log_channel: read
                .optional("DISCORD_LOG_CHANNEL_ID")
                .is_some()
                .then(|| {
                    read.id(
                        "DISCORD_LOG_CHANNEL_ID",
                        "the id of the channel for the log",
                    )
                })
                .map(ChannelId::from),
        };
        let register_secret = read.optional("REGISTER_SECRET").map(Secret::new);
        let listen = shapes::listen(&mut read);
        let public_url = shapes::public_url(&mut read, listen);
        let data_dir = PathBuf::from(read.optional("DATA_DIR").unwrap_or("./data"));
        let database_url = shapes::database_url(&mut read, &data_dir);
        let files_at = files::place(&mut read, &data_dir);
        let file_limits = files::limits(&mut read);
        let cards_at = cards::source(&mut read);
        let site_dir = read
            .optional("SITE_DIR")
            .map_or_else(shapes::built_site, PathBuf::from);
        let log_format = match log_format(vars) {
            Ok(format) => format,
            Err(Problems(problems)) => {
                read.problems.extend(problems);
                LogFormat::Plain
            }
        };
        let stand_in = shapes::stand_in(&mut read);
        if !read.problems.is_empty() {
            return Err(Problems(read.problems));
        }
        let given = KEYS.map(|key| (key, read.optional(key).is_some())).to_vec();
        Ok(Self {
            token,
            application_id,
            client_secret,
            public_key,
            guild,
            register_secret,
            public_url,
            listen,
            database_url,
            data_dir,
            files_at,
            file_limits,
            cards_at,
            site_dir,
            log_format,
            stand_in,
            given,
        })
    }

    /// What the desk needs of it.
    pub fn desk(&self) -> desk::Settings {
        desk::Settings {
            public_url: self.public_url.clone(),
            guild: self.guild.clone(),
            given: desk::options::Setting::variables()
                .filter(|setting| {
                    let is_it =
                        |(key, given): &(&str, bool)| *given && setting.variable() == Some(*key);
                    self.given.iter().any(is_it)
                })
                .collect(),
            files: self.file_limits,
        }
    }

    /// Every secret that it holds: what nobody may be told.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let database = url::Url::parse(self.database_url.expose()).ok();
        let password = database.as_ref().and_then(|url| url.password());
        let key = match &self.files_at {
            FilesAt::Bucket(bucket) => Some(bucket.secret_key.expose()),
            FilesAt::Folder(_) => None,
        };
        [
            Some(self.token.expose()),
            Some(self.client_secret.expose()),
            self.register_secret.as_ref().map(Secret::expose),
            self.cards_at.as_ref().map(|at| at.secret.expose()),
            password,
            key,
        ]
        .into_iter()
        .flatten()
        .map(str::to_owned)
        .collect()
    }

    /// Whether browsers come by https, so that cookies may insist on it.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// How to log; asked before the rest, since its problems are to be logged too.
pub fn log_format(vars: &Vars) -> Result<LogFormat, Problems> {
    match vars.get("LOG_FORMAT").map(|v| v.trim()) {
        None | Some("" | "plain") => Ok(LogFormat::Plain),
        Some("json") => Ok(LogFormat::Json),
        Some(_) => Err(Problems::one("LOG_FORMAT", "is neither plain nor json.")),
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) use tests::sample;
