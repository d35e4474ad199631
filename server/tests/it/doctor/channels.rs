//! The channels that are used, each broken by itself: of another kind, of another server, without a
//! permission, out of sight.

use super::*;
use crate::commands::named;
use domain::ThreadKind;
use reqwest::Method;

/// What a channel is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Support(ThreadKind),
    Log,
    Panel,
    Dashboard,
}

const PARTS: [Part; 4] = [
    Part::Support(ThreadKind::Private),
    Part::Log,
    Part::Panel,
    Part::Dashboard,
];

impl Part {
    fn tried(self) -> &'static str {
        match self {
            Self::Support(_) => "Support channel",
            Self::Log => "Log channel",
            Self::Panel => "Panel's channel",
            Self::Dashboard => "Dashboard message's channel",
        }
    }

    /// By what it is chosen.
    fn chosen_by(self) -> &'static str {
        match self {
            Self::Support(_) => "DISCORD_SUPPORT_CHANNEL_ID",
            Self::Log => "DISCORD_LOG_CHANNEL_ID",
            Self::Panel => "panel_channel with /config",
            Self::Dashboard => "/dashboard",
        }
    }
}

/// What the doctor says of a channel that is used for this.
async fn used_for(world: &World, part: Part, channel: &str) -> Finding {
    let mut config = world.config();
    let mut used = Used::default();
    let channel = channel.parse().unwrap();
    match part {
        Part::Support(kind) => {
            config.guild.support_channel = channel;
            config.guild.thread_kind = kind;
        }
        Part::Log => config.guild.log_channel = Some(channel),
        Part::Panel => used.panel = Some(channel),
        Part::Dashboard => used.dashboard = Some(channel),
    }
    let findings = findings(&config, &Door::CommandLine, used).await;
    one(&findings, part.tried())
}

/// A new channel of this kind, by Discord's number for it.
async fn made(world: &World, kind: u8) -> String {
    let guild = world.discord.settings().guild_id;
    let path = format!("/guilds/{guild}/channels");
    let body = json!({"name": format!("kind-{kind}"), "type": kind});
    let mira = named(world, "Mira");
    let (status, made) = world.act(&mira, Method::POST, &path, body).await;
    assert_eq!(status, 201, "{made}");
    made["id"].as_str().unwrap().to_owned()
}

fn permission(what: &str, permission: &str, channel: &str) -> Value {
    json!({"do": what, "permission": permission, "channel": channel})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_of_a_kind_that_does_not_do_is_found() {
    let world = World::start().await;
    uncounted(&world).await;
    let (text, category) = (world.channel("support"), made(&world, 4).await);
    let (announcements, forum) = (made(&world, 5).await, made(&world, 15).await);
    let private = Part::Support(ThreadKind::Private);
    let public = Part::Support(ThreadKind::Public);
    let posts = Part::Support(ThreadKind::Forum);
    for (part, channel, why) in [
        (private, &category, "no text channel"),
        (private, &announcements, "no text channel"),
        (private, &forum, "for a forum there is a kind of its own"),
        (public, &announcements, "no text channel"),
        (public, &forum, "for a forum there is a kind of its own"),
        (posts, &text, "it is no forum"),
        (posts, &category, "it is no forum"),
        (Part::Log, &category, "no text channel"),
        (Part::Log, &forum, "no text channel"),
        (Part::Panel, &announcements, "no text channel"),
        (Part::Panel, &forum, "no text channel"),
        (Part::Dashboard, &category, "no text channel"),
        (Part::Dashboard, &forum, "no text channel"),
    ] {
        let finding = used_for(&world, part, channel).await;
        assert_eq!(finding.verdict, Verdict::Ill, "{part:?}: {finding:?}");
        assert!(finding.found.contains(why), "{part:?}: {finding:?}");
        let to_do = finding.to_do.as_ref().unwrap();
        assert!(to_do.contains(part.chosen_by()), "{part:?}: {finding:?}");
        leads_to(&finding, channel);
    }
    // What does is not complained of.
    for (part, channel) in [
        (private, &text),
        (public, &text),
        (posts, &forum),
        (Part::Log, &announcements),
        (Part::Dashboard, &announcements),
    ] {
        let finding = used_for(&world, part, channel).await;
        assert_eq!(finding.verdict, Verdict::Well, "{part:?}: {finding:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_of_another_server_is_found_although_the_bot_may_all_there() {
    let world = World::start().await;
    uncounted(&world).await;
    let order = json!({"do": "add_guild", "name": "Pixel & Co"});
    let pixel = world.discord.order(&order).unwrap();
    let foreign = pixel["support_channel_id"].to_string();
    for part in PARTS {
        let finding = used_for(&world, part, &foreign).await;
        assert_eq!(finding.verdict, Verdict::Ill, "{part:?}: {finding:?}");
        assert_eq!(finding.found, "it is in another server", "{part:?}");
        let to_do = finding.to_do.as_ref().unwrap();
        assert!(to_do.contains(part.chosen_by()), "{part:?}: {finding:?}");
        leads_to(&finding, &foreign);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_permission_that_a_channel_needs_is_missed_by_its_name_there() {
    const SEND: (&str, &str) = ("SEND_MESSAGES", "Send Messages");
    const FILES: (&str, &str) = ("ATTACH_FILES", "Attach Files");
    const HISTORY: (&str, &str) = ("READ_MESSAGE_HISTORY", "Read Message History");
    const THREADS: [(&str, &str); 6] = [
        ("EMBED_LINKS", "Embed Links"),
        FILES,
        HISTORY,
        ("ADD_REACTIONS", "Add Reactions"),
        ("MANAGE_THREADS", "Manage Threads"),
        ("SEND_MESSAGES_IN_THREADS", "Send Messages in Threads"),
    ];
    let world = World::start().await;
    uncounted(&world).await;
    let with_threads = |more: &[(&'static str, &'static str)]| [more, &THREADS].concat();
    let public = [SEND, ("CREATE_PUBLIC_THREADS", "Create Public Threads")];
    let private = [SEND, ("CREATE_PRIVATE_THREADS", "Create Private Threads")];
    // A forum's settings call it otherwise.
    let posts = [("SEND_MESSAGES", "Create Posts")];
    for (part, channel, needs) in [
        (
            Part::Support(ThreadKind::Public),
            world.channel("support"),
            with_threads(&public),
        ),
        (
            Part::Support(ThreadKind::Forum),
            made(&world, 15).await,
            with_threads(&posts),
        ),
        (
            Part::Panel,
            world.channel("general"),
            with_threads(&private),
        ),
        (
            Part::Log,
            world.channel("support-log"),
            vec![SEND, FILES, HISTORY],
        ),
        (
            Part::Dashboard,
            world.channel("general"),
            vec![SEND, HISTORY],
        ),
    ] {
        for (right, name) in needs {
            let take = permission("take_permission", right, &channel);
            world.discord.order(&take).unwrap();
            let finding = used_for(&world, part, &channel).await;
            assert_eq!(finding.verdict, Verdict::Ill, "{part:?} {right}");
            let lacks = format!("; the bot lacks {name}");
            assert!(finding.found.ends_with(&lacks), "{part:?}: {finding:?}");
            leads_to(&finding, &channel);
            let give = permission("give_permission", right, &channel);
            world.discord.order(&give).unwrap();
        }
        let finding = used_for(&world, part, &channel).await;
        assert_eq!(finding.verdict, Verdict::Well, "{part:?}: {finding:?}");
    }
}

/// A forum's post is made by sending it, and a private thread needs no right to make public ones.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_kind_of_thread_does_not_need_is_not_asked_for() {
    let world = World::start().await;
    uncounted(&world).await;
    let forum = made(&world, 15).await;
    let support = world.channel("support");
    for (channel, right, kind) in [
        (&forum, "CREATE_PUBLIC_THREADS", ThreadKind::Forum),
        (&forum, "CREATE_PRIVATE_THREADS", ThreadKind::Forum),
        (&support, "CREATE_PUBLIC_THREADS", ThreadKind::Private),
    ] {
        let take = permission("take_permission", right, channel);
        world.discord.order(&take).unwrap();
        let finding = used_for(&world, Part::Support(kind), channel).await;
        assert_eq!(finding.verdict, Verdict::Well, "{right}: {finding:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_out_of_the_bots_sight_is_found_whatever_it_is_used_for() {
    let world = World::start().await;
    uncounted(&world).await;
    let hidden = world.channel("general");
    let take = permission("take_permission", "VIEW_CHANNEL", &hidden);
    world.discord.order(&take).unwrap();
    for part in PARTS {
        let finding = used_for(&world, part, &hidden).await;
        assert_eq!(finding.verdict, Verdict::Ill, "{part:?}: {finding:?}");
        assert_eq!(finding.found, "Discord refuses (403)", "{part:?}");
        let to_do = finding.to_do.as_ref().unwrap();
        assert!(to_do.contains(part.chosen_by()), "{part:?}: {finding:?}");
        assert!(to_do.contains("let the bot's role view that channel"));
        leads_to(&finding, &hidden);
    }
}
