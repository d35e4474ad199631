//! The world as it is on the first morning: a guild, its people, three channels, a bot.
//! Every id and token here is fixed, so that a database that outlives the stand-in still fits it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use twilight_model::guild::Permissions;

use super::applications::{Application, Commands};
use super::channels::Channel;
use super::people::{Guild, Member, Role, User};
use super::permissions::Overwrite;
use super::sign_in::SignIn;
use super::{Switches, World};
use crate::clock::Clock;
use crate::snowflake;

/// The guild, and with it the role @everyone.
pub(crate) const GUILD: u64 = 1_200_000_000_000_000_001;
/// The role that makes a member a supporter.
pub(crate) const SUPPORT_ROLE: u64 = 1_200_000_000_000_000_011;
const ADMIN_ROLE: u64 = 1_200_000_000_000_000_012;
const BOT_ROLE: u64 = 1_200_000_000_000_000_013;
const GENERAL: u64 = 1_200_000_000_000_000_021;
/// The channel in which every ticket has its thread.
pub(crate) const SUPPORT: u64 = 1_200_000_000_000_000_022;
const SUPPORT_LOG: u64 = 1_200_000_000_000_000_023;
/// The application and its bot user.
pub(crate) const BOT: u64 = 1_200_000_000_000_000_031;
const MIRA: u64 = 1_200_000_000_000_000_041;
const JONAS: u64 = 1_200_000_000_000_000_042;
const AIKO: u64 = 1_200_000_000_000_000_043;
const PAT: u64 = 1_200_000_000_000_000_044;
const SAM: u64 = 1_200_000_000_000_000_045;

const BOT_TOKEN: &str = "MTIwMDAwMDAwMDAwMDAwMDAzMQ.stand-in.threadline-bot-token";
/// The secret of the application's OAuth2 client.
pub(crate) const CLIENT_SECRET: &str = "stand-in-client-secret-for-threadline";
/// What the Ed25519 key that signs interactions grows from.
pub(crate) const SIGNING_SEED: [u8; 32] = *b"a stand-in may sign in the open!";

/// What the invite link in the product's README asks for, and with it managing messages, pins and
/// webhooks, which clients other than the product try out here.
const BOT_PERMISSIONS: u64 = 395_137_240_128 | 1 << 13 | 1 << 29 | 1 << 51;

/// What a configuration of Threadline needs to know of the seeded world.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Seeded {
    /// The bot's token, without `Bot ` in front.
    pub bot_token: String,
    /// The application's id, which is its OAuth2 client id.
    pub client_id: String,
    /// The OAuth2 client secret.
    pub client_secret: String,
    /// The key that verifies signed interactions, 64 hexadecimal digits.
    pub public_key: String,
    /// The guild.
    pub guild_id: u64,
    /// The channel for ticket threads.
    pub support_channel_id: u64,
    /// A channel that only staff see, for the log.
    pub log_channel_id: u64,
    /// The role of those who answer tickets.
    pub staff_role_id: u64,
    /// Everyone in the guild but the bot.
    pub people: Vec<Person>,
}

/// Somebody who can be played: their token is a whole `Authorization` header.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Person {
    /// The user's id.
    pub id: u64,
    /// The name that others read.
    pub name: String,
    /// What the `Authorization` header takes.
    pub token: String,
    /// Whether they have the staff role.
    pub staff: bool,
}

/// The first morning.
pub(crate) fn world(clock: Clock) -> World {
    let roles_of = [
        (BOT, vec![BOT_ROLE]),
        (MIRA, vec![ADMIN_ROLE, SUPPORT_ROLE]),
        (JONAS, vec![SUPPORT_ROLE]),
        (AIKO, vec![SUPPORT_ROLE]),
        (PAT, vec![]),
        (SAM, vec![]),
    ];
    guild(clock, 0, "Harbor Games", MIRA, &roles_of)
}

/// Another guild, by its place behind the first: the same people and the same bot, but other members,
/// and the ids of everything in it shifted. Aiko is staff in each; Sam owns them.
pub(crate) fn neighbour(clock: Clock, place: u64, name: &str) -> World {
    let shift = place * SHIFT;
    let roles_of = [
        (BOT, vec![BOT_ROLE + shift]),
        (SAM, vec![ADMIN_ROLE + shift, SUPPORT_ROLE + shift]),
        (AIKO, vec![SUPPORT_ROLE + shift]),
        (PAT, vec![]),
    ];
    let mut world = guild(clock, shift, name, SAM, &roles_of);
    // Ids of one moment differ between guilds.
    world.last_id += place << 16;
    world.id_lane = place << 16;
    world
}

/// How far the ids of one guild are from those of the next.
const SHIFT: u64 = 1_000;

fn guild(
    clock: Clock,
    shift: u64,
    name: &str,
    owner_id: u64,
    roles_of: &[(u64, Vec<u64>)],
) -> World {
    let born_ms = snowflake::time_ms(GUILD);
    let person = |id, username: &str, name: &str, token: &str| User {
        id,
        username: username.to_owned(),
        global_name: Some(name.to_owned()),
        bot: false,
        token: token.to_owned(),
    };
    let bot = User {
        id: BOT,
        username: "Threadline".to_owned(),
        global_name: None,
        bot: true,
        token: BOT_TOKEN.to_owned(),
    };
    let users = [
        bot,
        person(MIRA, "mira.okafor", "Mira Okafor", "mira.person.token"),
        person(JONAS, "jonas.lind", "Jonas Lind", "jonas.person.token"),
        person(AIKO, "aiko.tan", "Aiko Tan", "aiko.person.token"),
        person(PAT, "pat.rivera", "Pat Rivera", "pat.person.token"),
        person(SAM, "sam.weber", "Sam Weber", "sam.person.token"),
    ];
    let members = roles_of.iter().map(|(id, roles)| {
        let member = Member {
            nick: None,
            roles: roles.clone(),
            joined_ms: born_ms,
        };
        (*id, member)
    });
    World {
        clock,
        events: Vec::new(),
        touched: std::collections::BTreeSet::new(),
        last_sweep_ms: 0,
        quiet_from_ms: 0,
        last_id: SAM,
        guild: Guild {
            id: GUILD + shift,
            name: name.to_owned(),
            owner_id,
            bot_removed: false,
            gone: BTreeMap::new(),
            outage: false,
        },
        roles: roles(shift),
        users: users.into_iter().map(|user| (user.id, user)).collect(),
        members: members.collect(),
        channels: channels(shift),
        messages: BTreeMap::new(),
        ephemerals: BTreeMap::new(),
        files: BTreeMap::new(),
        application: Application::new(BOT),
        commands: Commands::default(),
        interactions: BTreeMap::new(),
        modals: BTreeMap::new(),
        notifications: Vec::new(),
        sign_in: SignIn::default(),
        nonces: Vec::new(),
        renames: BTreeMap::new(),
        switches: Switches::default(),
        webhooks: BTreeMap::new(),
        session_starts: super::SessionStarts::default(),
        papers: None,
        directs: BTreeMap::new(),
        shut: std::collections::BTreeSet::new(),
        neighbours: Vec::new(),
        id_lane: 0,
    }
}

fn roles(shift: u64) -> BTreeMap<u64, Role> {
    let everyone = Permissions::VIEW_CHANNEL
        | Permissions::SEND_MESSAGES
        | Permissions::SEND_MESSAGES_IN_THREADS
        | Permissions::CREATE_PUBLIC_THREADS
        | Permissions::EMBED_LINKS
        | Permissions::ATTACH_FILES
        | Permissions::ADD_REACTIONS
        | Permissions::READ_MESSAGE_HISTORY
        | Permissions::USE_SLASH_COMMANDS
        | Permissions::USE_EXTERNAL_EMOJIS
        | Permissions::CHANGE_NICKNAME
        | Permissions::SEND_POLLS;
    let support = everyone
        | Permissions::MANAGE_THREADS
        | Permissions::MANAGE_MESSAGES
        | Permissions::CREATE_PRIVATE_THREADS
        | Permissions::PIN_MESSAGES;
    let role = |id, name: &str, color, position, permissions| Role {
        id,
        name: name.to_owned(),
        color,
        hoist: color != 0,
        position,
        permissions,
        mentionable: false,
        bot_id: None,
    };
    let bot = Role {
        bot_id: Some(BOT),
        ..role(
            BOT_ROLE + shift,
            "Threadline",
            0,
            1,
            Permissions::from_bits_truncate(BOT_PERMISSIONS),
        )
    };
    let list = [
        role(GUILD + shift, "@everyone", 0, 0, everyone),
        bot,
        role(SUPPORT_ROLE + shift, "Support", 0x002A_9D8F, 2, support),
        role(
            ADMIN_ROLE + shift,
            "Admin",
            0x00E7_6F51,
            3,
            Permissions::ADMINISTRATOR,
        ),
    ];
    list.into_iter().map(|role| (role.id, role)).collect()
}

fn channels(shift: u64) -> BTreeMap<u64, Channel> {
    let hidden = vec![
        Overwrite {
            id: GUILD + shift,
            role: true,
            allow: Permissions::empty(),
            deny: Permissions::VIEW_CHANNEL,
        },
        Overwrite {
            id: SUPPORT_ROLE + shift,
            role: true,
            allow: Permissions::VIEW_CHANNEL,
            deny: Permissions::empty(),
        },
        Overwrite {
            id: BOT_ROLE + shift,
            role: true,
            allow: Permissions::VIEW_CHANNEL,
            deny: Permissions::empty(),
        },
    ];
    let mut general = Channel::new(GENERAL + shift, 0, "general");
    general.topic = Some("Welcome aboard.".to_owned());
    let mut support = Channel::new(SUPPORT + shift, 0, "support");
    support.topic = Some("Every ticket is a thread here.".to_owned());
    support.position = 1;
    support.overwrites.clone_from(&hidden);
    let mut log = Channel::new(SUPPORT_LOG + shift, 0, "support-log");
    log.position = 2;
    log.overwrites = hidden;
    let list = [general, support, log];
    list.into_iter()
        .map(|channel| (channel.id, channel))
        .collect()
}

impl World {
    /// What a configuration needs to know of this world.
    pub(crate) fn settings(&self) -> Seeded {
        let people = self.users.values().filter(|user| !user.bot);
        Seeded {
            bot_token: self.users[&BOT].token.clone(),
            client_id: BOT.to_string(),
            client_secret: CLIENT_SECRET.to_owned(),
            public_key: self.application.public_key(),
            guild_id: self.guild.id,
            support_channel_id: SUPPORT + (self.guild.id - GUILD),
            log_channel_id: SUPPORT_LOG + (self.guild.id - GUILD),
            staff_role_id: SUPPORT_ROLE + (self.guild.id - GUILD),
            people: people
                .map(|user| Person {
                    id: user.id,
                    name: user.shown_name().to_owned(),
                    token: user.token.clone(),
                    staff: self.is_staff(user.id),
                })
                .collect(),
        }
    }
}
