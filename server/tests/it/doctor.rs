//! The doctor, by breaking one thing after the other: each is found, named, and sent to its place.

mod address;
mod bot;
mod channels;
mod elsewhere;
mod house;
mod program;
mod refused;

use crate::world::*;
use desk::Used;
use discord_stand_in::{Fault, Options};
use domain::examination::{Finding, Verdict};
use serde_json::{Value, json};
use server::Config;
use server::doctor::{Door, findings};

async fn examined(config: &Config) -> Vec<Finding> {
    findings(config, &Door::CommandLine, Used::default()).await
}

fn one(findings: &[Finding], tried: &str) -> Finding {
    let found = findings.iter().find(|f| f.tried == tried);
    found
        .unwrap_or_else(|| panic!("nobody tried {tried}: {findings:#?}"))
        .clone()
}

/// What the doctor says of one thing, once this is ordered of Discord.
async fn after(order: Value, tried: &str) -> Finding {
    let world = World::start().await;
    world.discord.order(&order).unwrap();
    one(&examined(&world.config()).await, tried)
}

fn switches(set: Value) -> Value {
    json!({"do": "switches", "set": set})
}

fn leads_to(finding: &Finding, place: &str) {
    let address = &finding.place.as_ref().expect("a place to go to").address;
    assert!(address.contains(place), "{address}");
    assert!(finding.to_do.is_some(), "{finding:?}");
}

/// Nobody counts requests from now on: what is asked of the doctor so often is asked by no person.
async fn uncounted(world: &World) {
    let lever = format!("{}/stand-in/limits", world.discord.base_url());
    let asked = client().put(lever).json(&json!({"enabled": false})).send();
    assert_eq!(asked.await.unwrap().status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_house_has_nothing_to_mend() {
    let world = World::start().await;
    let findings = examined(&world.config()).await;
    // The tests have no front end, and a PostgreSQL of theirs may be quick in place of durable.
    let is_postgres = world.config().database_url.expose().starts_with("postgres");
    let unlike = |tried: &str| tried == "Front end" || (is_postgres && tried == "Durability");
    let ill: Vec<_> = findings
        .iter()
        .filter(|f| f.verdict == Verdict::Ill && !unlike(&f.tried))
        .collect();
    assert!(ill.is_empty(), "{ill:#?}");
    let mail = one(&findings, "Mail");
    assert!(mail.found.contains("not set up"), "{mail:?}");
    for tried in [
        "Database",
        "Durability",
        "Disk",
        "Files",
        "Public address from here",
        "Token",
        "Clock",
        "Intents",
        "Sign-in's way back",
        "Interactions",
        "Second factor",
        "Order of roles",
        "Active threads",
        "Support channel",
    ] {
        if !unlike(tried) {
            assert_eq!(one(&findings, tried).verdict, Verdict::Well, "{tried}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_is_found_and_ends_the_questions() {
    let world = World::start().await;
    world.discord.order(&json!({"do": "rotate_token"})).unwrap();
    let findings = examined(&world.config()).await;
    let token = one(&findings, "Token");
    assert_eq!(token.verdict, Verdict::Ill);
    assert!(token.to_do.as_ref().unwrap().contains("DISCORD_TOKEN"));
    leads_to(&token, "discord.com/developers/applications");
    assert!(findings.iter().all(|f| f.tried != "Server"));
}

#[tokio::test(flavor = "multi_thread")]
async fn intents_that_are_not_granted_are_named() {
    let order = json!({"do": "application", "message_content": false});
    let finding = after(order, "Intents").await;
    assert_eq!(finding.verdict, Verdict::Ill);
    assert!(
        finding.found.contains("Message Content Intent"),
        "{finding:?}"
    );
    leads_to(&finding, "/bot");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_missing_permission_is_named_in_its_channel() {
    for (permission, name) in [
        ("SEND_MESSAGES", "Send Messages"),
        ("EMBED_LINKS", "Embed Links"),
        ("ATTACH_FILES", "Attach Files"),
        ("READ_MESSAGE_HISTORY", "Read Message History"),
        ("ADD_REACTIONS", "Add Reactions"),
        ("MANAGE_THREADS", "Manage Threads"),
        ("CREATE_PRIVATE_THREADS", "Create Private Threads"),
        ("SEND_MESSAGES_IN_THREADS", "Send Messages in Threads"),
    ] {
        let world = World::start().await;
        let support = world.channel("support");
        let order = json!({"do": "take_permission", "permission": permission, "channel": support});
        world.discord.order(&order).unwrap();
        let finding = one(&examined(&world.config()).await, "Support channel");
        assert_eq!(finding.verdict, Verdict::Ill, "{permission}");
        assert!(
            finding.found.ends_with(&format!("lacks {name}")),
            "{finding:?}"
        );
        leads_to(&finding, &support);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_the_bot_does_not_see_is_found() {
    let world = World::start().await;
    let support = world.channel("support");
    let order = json!({"do": "take_permission", "permission": "VIEW_CHANNEL", "channel": support});
    world.discord.order(&order).unwrap();
    let finding = one(&examined(&world.config()).await, "Support channel");
    assert_eq!(finding.verdict, Verdict::Ill);
    assert!(
        finding
            .to_do
            .unwrap()
            .contains("DISCORD_SUPPORT_CHANNEL_ID")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_channel_is_asked_for_what_it_needs_and_who_reads_it() {
    let world = World::start().await;
    let none = one(&examined(&world.config()).await, "Log channel");
    assert_eq!(none.verdict, Verdict::Well);
    let log = world.channel("support-log");
    let config = world.config_with("DISCORD_LOG_CHANNEL_ID", &log);
    let findings = examined(&config).await;
    assert_eq!(one(&findings, "Log channel").verdict, Verdict::Well);
    assert!(findings.iter().all(|f| f.tried != "Log channel's readers"));
    let order = json!({"do": "take_permission", "permission": "ATTACH_FILES", "channel": log});
    world.discord.order(&order).unwrap();
    let finding = one(&examined(&config).await, "Log channel");
    assert!(finding.found.ends_with("lacks Attach Files"), "{finding:?}");

    let open = world.channel("general");
    let config = world.config_with("DISCORD_LOG_CHANNEL_ID", &open);
    let readers = one(&examined(&config).await, "Log channel's readers");
    assert_eq!(readers.verdict, Verdict::Ill);
    leads_to(&readers, &open);

    let gone = world.config_with("DISCORD_LOG_CHANNEL_ID", "1200000000000000999");
    let finding = one(&examined(&gone).await, "Log channel");
    assert_eq!(finding.verdict, Verdict::Ill);
    assert!(finding.to_do.unwrap().contains("DISCORD_LOG_CHANNEL_ID"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dashboard_messages_channel_is_asked_too() {
    let world = World::start().await;
    let general = world.channel("general");
    let order = json!({"do": "take_permission", "permission": "SEND_MESSAGES", "channel": general});
    world.discord.order(&order).unwrap();
    let used = Used {
        dashboard: Some(general.parse().unwrap()),
        ..Used::default()
    };
    let findings = findings(&world.config(), &Door::CommandLine, used).await;
    let finding = one(&findings, "Dashboard message's channel");
    assert!(
        finding.found.ends_with("lacks Send Messages"),
        "{finding:?}"
    );
    leads_to(&finding, &general);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_panels_channel_is_asked_for_what_private_threads_need() {
    let world = World::start().await;
    let general = world.channel("general");
    let permission = "CREATE_PRIVATE_THREADS";
    let order = json!({"do": "take_permission", "permission": permission, "channel": general});
    world.discord.order(&order).unwrap();
    let used = Used {
        panel: Some(general.parse().unwrap()),
        ..Used::default()
    };
    let findings = findings(&world.config(), &Door::CommandLine, used).await;
    let finding = one(&findings, "Panel's channel");
    assert!(
        finding.found.ends_with("lacks Create Private Threads"),
        "{finding:?}"
    );
    leads_to(&finding, &general);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_support_channel_that_everybody_reads_is_found() {
    let world = World::start().await;
    let general = world.channel("general");
    let mut config = world.config_with("DISCORD_SUPPORT_CHANNEL_ID", &general);
    config.guild.thread_kind = domain::ThreadKind::Public;
    let finding = one(&examined(&config).await, "Support channel's readers");
    assert_eq!(finding.verdict, Verdict::Ill);
    config.guild.thread_kind = domain::ThreadKind::Private;
    let findings = examined(&config).await;
    let private = findings.iter().any(|f| f.tried == finding.tried);
    assert!(!private, "private threads are read by those in them");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_order_of_roles_counts_once_the_bot_may_give_them() {
    let order = json!({"do": "give_permission", "permission": "MANAGE_ROLES"});
    let finding = after(order, "Order of roles").await;
    assert_eq!(finding.verdict, Verdict::Odd);
    assert!(
        finding.found.contains("stands below Support"),
        "{finding:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_asks_for_a_second_factor_needs_an_owner_who_has_it() {
    let asks = switches(json!({"mfa_level": 1}));
    assert_eq!(after(asks, "Second factor").await.verdict, Verdict::Well);
    let lacks = switches(json!({"mfa_level": 1, "owner_has_mfa": false}));
    let finding = after(lacks, "Second factor").await;
    assert_eq!(finding.verdict, Verdict::Ill);
    assert!(finding.to_do.unwrap().contains("two-factor"));
}

#[tokio::test(flavor = "multi_thread")]
async fn threads_are_counted_against_the_cap() {
    let world = World::start().await;
    let jane = crate::visitor::Visitor::new(&world);
    for n in 0..3 {
        jane.file(&format!("Ticket {n}"), "Help").await;
    }
    world.thread_with(3, 2).await;
    world.settled().await;
    let finding = one(&examined(&world.config()).await, "Active threads");
    assert!(
        finding.found.starts_with("3 that the bot sees"),
        "{finding:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn interactions_that_go_elsewhere_are_found() {
    let world = World::start().await;
    let set = |url: &str| json!({"do": "application", "endpoint_url": url});
    world
        .discord
        .order(&set("https://old.example/api"))
        .unwrap();
    let finding = one(&examined(&world.config()).await, "Interactions");
    assert_eq!(finding.verdict, Verdict::Ill);
    assert!(
        finding.found.contains("https://old.example/api"),
        "{finding:?}"
    );
    leads_to(&finding, "/information");

    let ours = format!("{}/api/interactions", world.base);
    world.discord.order(&set(&ours)).unwrap();
    let finding = one(&examined(&world.config()).await, "Interactions");
    assert_eq!(finding.verdict, Verdict::Well);
    let other = world.config_with("DISCORD_PUBLIC_KEY", &"ab".repeat(32));
    let finding = one(&examined(&other).await, "Interactions");
    assert_eq!(finding.verdict, Verdict::Ill);
    assert!(finding.found.contains("DISCORD_PUBLIC_KEY"), "{finding:?}");
    let without = world.config_with("DISCORD_PUBLIC_KEY", "");
    let finding = one(&examined(&without).await, "Interactions");
    assert_eq!(finding.verdict, Verdict::Ill);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_differs_from_discords_is_found() {
    let order = json!({"do": "advance", "ms": 120_000});
    let finding = after(order, "Clock").await;
    assert_eq!(finding.verdict, Verdict::Ill);
    assert!(finding.found.contains("behind Discord's"), "{finding:?}");
    leads_to(&finding, "timedatectl");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_that_is_not_listed_is_found() {
    let elsewhere = Options {
        redirect_uris: vec!["https://old.example/auth/discord/callback".to_owned()],
        ..Options::default()
    };
    let world = World::start_over(elsewhere).await;
    let finding = one(&examined(&world.config()).await, "Sign-in's way back");
    assert_eq!(finding.verdict, Verdict::Ill);
    let ours = format!("{}/auth/discord/callback", world.base);
    assert!(
        finding.to_do.as_ref().unwrap().contains(&ours),
        "{finding:?}"
    );
    leads_to(&finding, "/oauth2");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_leads_elsewhere_is_found() {
    let mut world = World::start().await;
    let discord = world.config_with("PUBLIC_URL", &world.discord.base_url());
    let finding = one(&examined(&discord).await, "Public address from here");
    assert_eq!(finding.verdict, Verdict::Ill);
    assert_eq!(finding.found, "something else answers there");
    // Before the first start nothing answers, which is no fault.
    world.stop_server().await;
    let finding = one(&examined(&world.config()).await, "Public address from here");
    assert_eq!(finding.verdict, Verdict::Odd);
    let open = world.config_with("LISTEN", "0.0.0.0:80");
    let finding = one(&examined(&open).await, "Public address");
    assert_eq!(finding.verdict, Verdict::Odd);
    assert!(finding.found.contains("not https"), "{finding:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_is_not_in_the_server_is_found() {
    let finding = after(json!({"do": "kick_bot"}), "Server").await;
    assert_eq!(finding.verdict, Verdict::Ill);
    leads_to(&finding, "oauth2/authorize");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_staff_role_that_is_gone_or_everyones_is_found() {
    let world = World::start().await;
    let gone = world.config_with("DISCORD_STAFF_ROLE_ID", "1200000000000000999");
    assert_eq!(
        one(&examined(&gone).await, "Staff role").verdict,
        Verdict::Ill
    );
    let guild = world.discord.settings().guild_id.to_string();
    let everyone = world.config_with("DISCORD_STAFF_ROLE_ID", &guild);
    let finding = one(&examined(&everyone).await, "Staff role");
    assert!(finding.found.contains("everyone's"), "{finding:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_forgets_is_found() {
    let world = World::start().await;
    let config = world.config();
    let url = config.database_url.expose().to_owned();
    if !url.starts_with("postgres") {
        // SQLite's settings are our own, and always safe.
        let finding = one(&examined(&config).await, "Durability");
        assert_eq!(finding.found, "journal_mode = wal, synchronous = FULL");
        return;
    }
    let mark = if url.contains('?') { '&' } else { '?' };
    let lax = format!("{url}{mark}options[synchronous_commit]=off");
    let config = world.config_with("DATABASE_URL", &lax);
    let finding = one(&examined(&config).await, "Durability");
    assert_eq!(finding.verdict, Verdict::Ill, "{finding:?}");
    assert!(
        finding.found.contains("synchronous_commit = off"),
        "{finding:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_or_folder_that_cannot_be_used_is_found() {
    let world = World::start().await;
    let file = world.folder.path().join("a-file");
    std::fs::write(&file, "no folder").unwrap();
    let inside = file.join("data").display().to_string();
    let config = world.config_with("DATA_DIR", &inside);
    assert_eq!(one(&examined(&config).await, "Files").verdict, Verdict::Ill);
    let url = format!("sqlite://{inside}/threadline.db?mode=rwc");
    let config = world.config_with("DATABASE_URL", &url);
    assert_eq!(
        one(&examined(&config).await, "Database").verdict,
        Verdict::Ill
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn discords_own_trouble_is_told_apart_from_ours() {
    let world = World::start().await;
    world.discord.set_faults(vec![Fault {
        route: Some("GET /users/@me".into()),
        action: "status".into(),
        status: Some(503),
        times: Some(1),
        ..Fault::default()
    }]);
    let finding = one(&examined(&world.config()).await, "Token");
    assert_eq!(finding.verdict, Verdict::Ill);
    assert!(finding.found.contains("trouble of its own"), "{finding:?}");
    leads_to(&finding, "discordstatus.com");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_gets_out_whatever_is_broken() {
    let world = World::start().await;
    let password = "a-password-that-nobody-reads";
    let url = format!("postgres://threadline:{password}@127.0.0.1:1/none");
    let mut config = world.config_with("DATABASE_URL", &url);
    config.guild.log_channel = Some(domain::ChannelId(7));
    let findings = examined(&config).await;
    assert_eq!(one(&findings, "Database").verdict, Verdict::Ill);
    let all = format!("{findings:?}");
    let seeded = world.discord.settings();
    for secret in [password, &seeded.bot_token, &seeded.client_secret] {
        assert!(!all.contains(secret), "{all}");
    }
}
