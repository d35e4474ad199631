//! Telling Discord which commands there are: the desk's table as a definition, in one request that
//! replaces all.
//!
//! It is told only when the definition changed since the last time, or when somebody asks for it.

use crate::DiscordConfig;
use crate::rest::{Ask, Rest};
use desk::House;
use desk::bridge::DeliveryError;
use desk::commands::{COMMANDS, Command, GROUPS, Kind, Opt, Takes, Who};
use serde_json::Value;
use serenity::all::{
    ApplicationId, ChannelType, CommandOptionType, CommandType, CreateCommand, CreateCommandOption,
    GuildId, Permissions,
};
use serenity::http::Route;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long to wait before Discord is told again.
const AGAIN_AFTER: [Duration; 3] = [
    Duration::from_secs(2),
    Duration::from_secs(20),
    Duration::from_secs(120),
];

/// Why Discord was not told.
#[derive(Debug)]
pub enum CommandsError {
    /// Discord did not take it: why, in words.
    Discord(String),
    /// It could not be remembered.
    Desk(desk::DeskError),
}

impl std::fmt::Display for CommandsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Discord(why) => write!(f, "Discord did not take the commands. {why}"),
            Self::Desk(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for CommandsError {}

impl From<DeliveryError> for CommandsError {
    fn from(error: DeliveryError) -> Self {
        Self::Discord(error.reason().to_owned())
    }
}

impl From<desk::DeskError> for CommandsError {
    fn from(error: desk::DeskError) -> Self {
        Self::Desk(error)
    }
}

/// The commands as Discord is told of them.
pub(super) fn definition() -> Vec<CreateCommand> {
    let mut roots: Vec<(&str, Kind)> = Vec::new();
    for command in COMMANDS {
        let root = (command.path[0], command.kind);
        if !roots.contains(&root) {
            roots.push(root);
        }
    }
    roots.into_iter().map(root).collect()
}

fn root((name, kind): (&'static str, Kind)) -> CreateCommand {
    let members: Vec<&Command> = COMMANDS
        .iter()
        .filter(|command| command.path[0] == name && command.kind == kind)
        .collect();
    let mut root = CreateCommand::new(name).kind(match kind {
        Kind::Slash => CommandType::ChatInput,
        Kind::OnUser => CommandType::User,
        Kind::OnMessage => CommandType::Message,
    });
    // Discord can hide what only admins may use; who is staff it does not know. Either way the
    // right is checked when a command is used.
    if members.iter().all(|c| c.does.who() == Who::Admin) {
        root = root.default_member_permissions(Permissions::MANAGE_GUILD);
    }
    match members.as_slice() {
        [single] if single.path.len() == 1 => {
            if kind == Kind::Slash {
                root = root.description(single.about);
            }
            root.set_options(single.options.iter().map(option).collect())
        }
        members => {
            let about = GROUPS.iter().find(|(group, _)| *group == name);
            let subs = members.iter().map(|member| {
                let sub = CreateCommandOption::new(
                    CommandOptionType::SubCommand,
                    member.path.last().copied().unwrap_or(name),
                    member.about,
                );
                sub.set_sub_options(member.options.iter().map(option).collect::<Vec<_>>())
            });
            root.description(about.map_or(name, |(_, about)| about))
                .set_options(subs.collect())
        }
    }
}

fn option(opt: &Opt) -> CreateCommandOption {
    let kind = match opt.takes {
        Takes::Text { .. } | Takes::Suggested { .. } | Takes::Choice(_) => {
            CommandOptionType::String
        }
        Takes::Ticket | Takes::Number { .. } => CommandOptionType::Integer,
        Takes::Flag => CommandOptionType::Boolean,
        Takes::User => CommandOptionType::User,
        Takes::Role => CommandOptionType::Role,
        Takes::Channel => CommandOptionType::Channel,
    };
    let option = CreateCommandOption::new(kind, opt.name, opt.about).required(opt.required);
    match opt.takes {
        Takes::Text { min, max } => option.min_length(min).max_length(max),
        Takes::Suggested { max } => option.min_length(1).max_length(max).set_autocomplete(true),
        Takes::Ticket => option.min_int_value(1).set_autocomplete(true),
        Takes::Number { min, max } => option
            .min_int_value(u64::from(min))
            .max_int_value(u64::from(max)),
        Takes::Channel => option.channel_types(vec![ChannelType::Text]),
        Takes::Choice(choices) => choices.iter().fold(option, |option, (name, value)| {
            option.add_string_choice(*name, *value)
        }),
        Takes::Flag | Takes::User | Takes::Role => option,
    }
}

fn definition_json() -> Value {
    serde_json::to_value(definition()).unwrap_or_default()
}

/// Changes with the definition, and only with it.
fn definition_hash() -> String {
    // The same program gives the same hash; another one may tell Discord once more than needed.
    let mut hasher = DefaultHasher::new();
    definition_json().to_string().hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// Replaces the commands of a guild, and says how many there are.
pub async fn register(config: &DiscordConfig, guild: u64) -> Result<usize, CommandsError> {
    let rest = Rest::new(config).map_err(|why| CommandsError::Discord(why.to_string()))?;
    Ok(put(&rest, config.application_id, guild).await?)
}

/// The same, and remembers what Discord was told.
pub async fn register_and_remember(
    config: &DiscordConfig,
    house: &House,
    guild: u64,
) -> Result<usize, CommandsError> {
    let told = register(config, guild).await?;
    house
        .remember_registered_commands(&scope(config, guild), &definition_hash())
        .await?;
    Ok(told)
}

/// Commands belong to an application: after a move to another one, nothing is registered yet.
fn scope(config: &DiscordConfig, guild: u64) -> String {
    format!("{}/{guild}", config.application_id)
}

async fn put(rest: &Rest, application: u64, guild: u64) -> Result<usize, DeliveryError> {
    let route = Route::GuildCommands {
        application_id: ApplicationId::new(application.max(1)),
        guild_id: GuildId::new(guild.max(1)),
    };
    let ask = Ask::replace(route, &definition());
    let made: Vec<Value> = rest.ask(ask).await?;
    Ok(made.len())
}

/// Tells Discord of the commands in every guild where it was told something else last time, and in
/// those that move in; tries until it works.
pub async fn keep_registered(config: DiscordConfig, house: House, stop: CancellationToken) {
    let mut changes = house.changes();
    let mut pauses = AGAIN_AFTER.into_iter();
    let mut pause = AGAIN_AFTER[0];
    loop {
        changes.mark_unchanged();
        if tell_all(&config, &house).await {
            pauses = AGAIN_AFTER.into_iter();
            tokio::select! {
                () = stop.cancelled() => return,
                Ok(()) = changes.changed() => continue,
            }
        }
        pause = pauses.next().unwrap_or(pause);
        tokio::select! {
            () = stop.cancelled() => return,
            Ok(()) = changes.changed() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Whether every guild within reach has the commands now.
async fn tell_all(config: &DiscordConfig, house: &House) -> bool {
    let mut all = true;
    for desk in house.desks() {
        if desk.away().is_some() {
            continue;
        }
        let guild = desk.discord_id().get();
        let told = match house.registered_commands(&scope(config, guild)).await {
            Ok(Some(hash)) if hash == definition_hash() => continue,
            Ok(_) => register_and_remember(config, house, guild).await,
            Err(error) => Err(error.into()),
        };
        match told {
            Ok(count) => tracing::info!(
                count,
                discord.guild_id = guild,
                "Discord was told of the commands"
            ),
            Err(error) => {
                all = false;
                tracing::warn!(
                    %error,
                    discord.guild_id = guild,
                    "The commands are not registered yet"
                );
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The characters that Discord adds up: at most 8,000 for one command.
    fn weight(part: &Value) -> usize {
        let text = |key: &str| part[key].as_str().map_or(0, |text| text.chars().count());
        let own = text("name") + text("description") + text("value");
        let inner = ["options", "choices"].into_iter().map(|key| {
            part[key]
                .as_array()
                .map_or(0, |list| list.iter().map(weight).sum::<usize>())
        });
        own + inner.sum::<usize>()
    }

    fn check(part: &Value, is_menu: bool) {
        let name = part["name"].as_str().unwrap();
        assert!((1..=32).contains(&name.chars().count()), "{name}");
        if !is_menu {
            let proper = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            assert!(name.chars().all(proper), "{name}");
            let about = part["description"].as_str().unwrap();
            assert!((1..=100).contains(&about.chars().count()), "{about}");
        }
        let options = part["options"].as_array().cloned().unwrap_or_default();
        assert!(options.len() <= 25);
        for option in &options {
            check(option, false);
        }
    }

    #[test]
    fn the_definition_is_within_discords_limits() {
        let all = definition_json();
        let all = all.as_array().unwrap();
        let of = |kind: u64| all.iter().filter(|c| c["type"] == json!(kind)).count();
        assert!(of(1) <= 100 && of(2) <= 15 && of(3) <= 15);
        for command in all {
            check(command, command["type"] != json!(1));
            assert!(weight(command) <= 8_000, "{}", weight(command));
        }
    }

    #[test]
    fn only_what_admins_alone_may_use_is_hidden() {
        let all = definition_json();
        let hidden = |name: &str| {
            let found = all.as_array().unwrap().iter().find(|c| c["name"] == name);
            found.unwrap()["default_member_permissions"] == json!("32")
        };
        assert!(hidden("config") && hidden("addstaff") && hidden("quickreply"));
        assert!(!hidden("ticket") && !hidden("help") && !hidden("reply"));
    }
}
