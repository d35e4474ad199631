//! The doctor: tries everything out that this program needs, and says what came back, what to do
//! and where.
//!
//! One set of checks with three doors: the command line, the staff's page, and Discord. It asks as
//! the server asks, over the same ways, and changes nothing. It says names and ids, never a secret:
//! whatever the checks say passes `discreet` on its way out.

mod address;
mod application;
mod ask;
mod channels;
mod guild;
mod house;
mod permissions;
mod places;

use crate::Config;
use ask::Asker;
use connector::GatewayStatus;
use desk::options::Setting;
use desk::{Db, Examiner, GuildSettings, Used};
use domain::examination::{Examination, Finding, Place, Verdict};
use std::sync::Arc;
use std::time::Duration;

/// How long all questions of one kind may take while the staff's page waits for them.
const WITHIN: Duration = Duration::from_secs(9);
/// The same at the command line: opening a database that is not there takes ten seconds.
const WITHIN_PATIENCE: Duration = Duration::from_secs(30);
/// Shorter ones are words that stand in every sentence.
const SECRET_LEAST: usize = 6;

/// Where the question comes from, and with it, what is at hand.
#[derive(Clone)]
pub enum Door {
    /// The command line: nothing runs, perhaps.
    CommandLine,
    /// The server itself.
    Server(Running),
}

/// What the running server knows.
#[derive(Clone)]
pub struct Running {
    pub(crate) db: Db,
    pub(crate) gateway: Arc<GatewayStatus>,
}

/// Checks everything, as the running server.
pub(crate) struct Doctor {
    pub(crate) config: Config,
    pub(crate) door: Door,
}

#[async_trait::async_trait]
impl Examiner for Doctor {
    async fn examine(&self, guild: &GuildSettings, used: Used) -> Vec<Finding> {
        let config = Config {
            guild: guild.clone(),
            ..self.config.clone()
        };
        if guild.discord_id != self.config.guild.discord_id {
            // What the installation as a whole needs is not another guild's affair.
            let own = discord(&config, &self.door, used, WITHIN).await.its_own();
            return own
                .into_iter()
                .map(|finding| by_its_admins(discreet(&config, finding)))
                .collect();
        }
        findings(&config, &self.door, used).await
    }
}

/// Checks everything. That the settings can be read is known already: there is a [`Config`].
pub async fn findings(config: &Config, door: &Door, used: Used) -> Vec<Finding> {
    let within = match door {
        Door::CommandLine => WITHIN_PATIENCE,
        Door::Server(_) => WITHIN,
    };
    let house = async {
        tokio::time::timeout(within, house::examine(config, door))
            .await
            .unwrap_or_else(|_| {
                let ill = Finding::ill(
                    "Database and files",
                    "one of them does not answer in time",
                    "Look at the database and the file store, then ask again.",
                );
                vec![ill.at("DATABASE_URL", places::database(config))]
            })
    };
    let address = address::examine(config, door);
    let (house, address, discord) =
        tokio::join!(house, address, discord(config, door, used, within));
    let all = house
        .into_iter()
        .chain(address)
        .chain(discord.of_bot)
        .chain(discord.of_guild);
    all.map(|finding| discreet(config, finding)).collect()
}

/// What was found at Discord, by whose affair it is.
#[derive(Default)]
struct AtDiscord {
    /// The bot as a whole: its token, its intents, its way there.
    of_bot: Vec<Finding>,
    /// One server and its channels.
    of_guild: Vec<Finding>,
}

impl AtDiscord {
    /// What the admins of a server are told. Nothing found is not the same as nothing wrong.
    fn its_own(self) -> Vec<Finding> {
        if !self.of_guild.is_empty() {
            return self.of_guild;
        }
        let ill = Finding::ill(
            "Discord",
            "it does not let the bot look at this server now, or does not answer in time",
            "Try again in a minute; if it stays so, tell whoever runs this installation.",
        );
        vec![ill.at(places::DISCORDS_STATE.0, places::DISCORDS_STATE.1)]
    }
}

async fn discord(config: &Config, door: &Door, used: Used, within: Duration) -> AtDiscord {
    let mut found = AtDiscord::default();
    let asked = at_discord(config, door, used, &mut found);
    if tokio::time::timeout(within, asked).await.is_err() {
        let late = Finding::ill(
            "Discord",
            "its answers take too long, so not everything was looked at",
            "Look at the way out of this machine, and at Discord's own state.",
        )
        .at(places::DISCORDS_STATE.0, places::DISCORDS_STATE.1);
        // What was found until then stays. Whoever is told a part of it is told that it is a part.
        let told = match found.of_guild.is_empty() {
            true => &mut found.of_bot,
            false => &mut found.of_guild,
        };
        told.push(late);
    }
    found
}

async fn at_discord(config: &Config, door: &Door, used: Used, found: &mut AtDiscord) {
    let asker = match Asker::new(config) {
        Ok(asker) => asker,
        Err(error) => {
            let why = format!("no way there: {error:#}");
            let ill = Finding::ill("Discord", why, "Mend what it names.");
            let (name, command) = places::SETTINGS;
            found.of_bot.push(ill.at(name, command));
            return;
        }
    };
    let Some(bot) = application::examine(&asker, door, &mut found.of_bot).await else {
        return;
    };
    let Some(guild) = guild::examine(&asker, &bot, &mut found.of_guild).await else {
        return;
    };
    channels::examine(&asker, &guild, used, &mut found.of_guild).await;
}

/// The same for a guild whose settings are in no environment: its admins have them.
fn by_its_admins(finding: Finding) -> Finding {
    let theirs = |words: String| {
        Setting::variables().fold(words, |words, setting| {
            let command = format!("/config {}", setting.key());
            words.replace(setting.variable().unwrap_or_default(), &command)
        })
    };
    Finding {
        found: theirs(finding.found),
        to_do: finding.to_do.map(theirs),
        ..finding
    }
}

/// The last fence: no secret leaves, whatever a library put into its words.
fn discreet(config: &Config, finding: Finding) -> Finding {
    let mut secrets = config.secrets();
    // The longest first: one may be part of another.
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    let clean = |text: String| {
        secrets
            .iter()
            .filter(|secret| secret.len() >= SECRET_LEAST)
            .fold(text, |text, secret| {
                text.replace(secret.as_str(), "(secret)")
            })
    };
    Finding {
        found: clean(finding.found),
        to_do: finding.to_do.map(&clean),
        place: finding.place.map(|place| Place {
            address: clean(place.address),
            ..place
        }),
        ..finding
    }
}

/// Checks everything from the command line and prints it; `true` when nothing is ill.
pub async fn examine(config: &Config) -> bool {
    let findings = findings(config, &Door::CommandLine, Used::default()).await;
    let examination = Examination {
        findings,
        at: domain::Timestamp(0),
    };
    for finding in &examination.findings {
        println!("{}", line(finding));
    }
    println!("{}", examination.sum());
    examination.count(Verdict::Ill) == 0
}

/// One check for a terminal.
fn line(finding: &Finding) -> String {
    let mark = match finding.verdict {
        Verdict::Well => "ok  ",
        Verdict::Odd => "note",
        Verdict::Ill => "FAIL",
    };
    let mut line = format!("{mark}  {}: {}", finding.tried, finding.found);
    if let Some(to_do) = &finding.to_do {
        line.push_str(&format!("\n      {to_do}"));
    }
    if let Some(place) = &finding.place {
        line.push_str(&format!("\n      {}: {}", place.name, place.address));
    }
    line
}
