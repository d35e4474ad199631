//! Discord itself, while the doctor looks: it refuses, makes us wait, has trouble, hangs up, says
//! nothing at all.

use super::*;
use crate::commands::named;
use crate::visitor::Visitor;

/// What the doctor asks, and what each answer is about.
const ASKED: [(&str, &str); 6] = [
    ("GET /users/@me", "Token"),
    ("GET /applications/@me", "Application"),
    ("GET /guilds/{guild}", "Server"),
    ("GET /guilds/{guild}/members/{bot}", "Bot's roles"),
    ("GET /guilds/{guild}/threads/active", "Active threads"),
    ("GET /channels/{channel}", "Support channel"),
];

/// On this route, until it is taken away: the running server asks beside the doctor.
fn on(route: &str, action: &str) -> Fault {
    Fault {
        route: Some(route.into()),
        action: action.into(),
        times: Some(0),
        ..Fault::default()
    }
}

/// For each thing that is asked, what the doctor says of it when only that answer goes wrong.
async fn each_broken(broken: impl Fn(&str) -> Fault, check: impl Fn(&Finding)) {
    let world = World::start().await;
    uncounted(&world).await;
    for (route, tried) in ASKED {
        world.discord.set_faults(vec![broken(route)]);
        let finding = one(&examined(&world.config()).await, tried);
        assert_eq!(finding.verdict, Verdict::Ill, "{route}: {finding:?}");
        check(&finding);
        world.discord.set_faults(vec![]);
        let findings = examined(&world.config()).await;
        let again = findings.iter().find(|f| f.tried == tried);
        let is_over = again.is_none_or(|f| f.verdict == Verdict::Well);
        assert!(is_over, "{route}: {again:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_answer_that_discord_refuses_is_named_with_where_to_mend_it() {
    let refuses = |route: &str| Fault {
        status: Some(403),
        ..on(route, "status")
    };
    each_broken(refuses, |finding| {
        assert_eq!(finding.found, "Discord refuses (403)", "{finding:?}");
        leads_to(finding, "https://discord.com/");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn being_asked_to_wait_is_no_fault_of_whoever_set_it_up() {
    let wait = |route: &str| Fault {
        retry_after: Some(2.0),
        ..on(route, "rate_limited")
    };
    each_broken(wait, |finding| {
        let found = "Discord asks us to wait (429)";
        assert_eq!(finding.found, found, "{finding:?}");
        assert_eq!(finding.to_do.as_deref(), Some("Try again in a minute."));
        leads_to(finding, "discordstatus.com");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_way_to_discord_that_breaks_off_is_told_apart_from_its_refusals() {
    each_broken(
        |route| on(route, "drop_before"),
        |finding| {
            let found = "Discord cannot be reached: ";
            assert!(finding.found.starts_with(found), "{finding:?}");
            leads_to(finding, "curl -v https://discord.com/");
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn something_that_answers_in_discords_place_is_not_taken_for_silence() {
    let strange = Fault {
        body: Some(json!(
            "<!doctype html><title>Welcome to our network</title>"
        )),
        ..on("", "unknown_shape")
    };
    each_broken(
        |route| Fault {
            route: Some(route.into()),
            ..strange.clone()
        },
        |finding| {
            let found = "what came back is no answer of Discord's: ";
            assert!(finding.found.starts_with(found), "{finding:?}");
            leads_to(finding, "curl -v https://discord.com/");
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_found_beside_a_refusal_is_still_told() {
    let world = World::start().await;
    uncounted(&world).await;
    let refused = Fault {
        status: Some(403),
        ..on("GET /guilds/{guild}/threads/active", "status")
    };
    world.discord.set_faults(vec![refused]);
    let order = json!({"do": "take_permission", "permission": "MANAGE_THREADS",
                       "channel": world.channel("support")});
    world.discord.order(&order).unwrap();
    let findings = examined(&world.config()).await;
    assert_eq!(one(&findings, "Active threads").verdict, Verdict::Ill);
    let support = one(&findings, "Support channel");
    assert!(
        support.found.ends_with("lacks Manage Threads"),
        "{support:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_never_comes_ends_that_question_alone() {
    let world = World::start().await;
    let never = Fault {
        delay_ms: Some(600_000),
        ..on("GET /guilds/{guild}/threads/active", "slow")
    };
    world.discord.set_faults(vec![never]);
    let findings = examined(&world.config()).await;
    let silent = one(&findings, "Active threads");
    assert_eq!(silent.verdict, Verdict::Ill, "{silent:?}");
    assert!(
        silent.found.starts_with("Discord cannot be reached: "),
        "{silent:?}"
    );
    assert!(silent.found.contains("timed out"), "{silent:?}");
    leads_to(&silent, "curl -v https://discord.com/");
    assert_eq!(one(&findings, "Support channel").verdict, Verdict::Well);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_take_too_long_together_hide_nothing_that_came_before() {
    let world = World::start().await;
    let mira = Visitor::new(&world);
    mira.sign_in(&world, &named(&world, "Mira")).await;
    // Each comes in time; all of them do not.
    let slow = |route: &str| Fault {
        delay_ms: Some(2_500),
        ..on(route, "slow")
    };
    let of_guild = ["GET /guilds/*", "GET /channels/{channel}"];
    world.discord.set_faults(of_guild.map(slow).to_vec());
    let page = mira.get("/staff/doctor").await;
    assert_eq!(page.status, 200);
    for said in [
        "its answers take too long, so not everything was looked at",
        "accepted; it is Threadline",
        "the bot gives no roles",
    ] {
        assert!(page.text.contains(said), "{said}: {}", page.text);
    }
    assert!(!page.text.contains("Support channel"), "{}", page.text);
}
