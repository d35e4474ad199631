//! The guided set-up: from nothing to a guild that takes tickets, by choices alone.

use crate::discord::*;
use crate::street::*;
use desk::bridge::DeliveryError;
use desk::commands::{Answer, Board, Control, Does, ForAdmin, Row, Step, Value};
use desk::{DeskError, Examiner, GuildSettings, Used};
use domain::examination::Finding;
use domain::*;
use std::sync::Arc;

const A: Plot = Plot(0);
const B: Plot = Plot(1);

/// A doctor who says which channel he was asked about.
struct Asks;

#[async_trait::async_trait]
impl Examiner for Asks {
    async fn examine(&self, guild: &GuildSettings, _: Used) -> Vec<Finding> {
        let found = format!("{} lacks View Channel", guild.support_channel);
        vec![
            Finding::ill("Support channel", found, "Allow it.").at("The channel", "https://d/c"),
            Finding::well("Server", "there"),
        ]
    }
}

async fn begun() -> Street {
    examined_by(Asks).await
}

async fn examined_by(doctor: impl Examiner) -> Street {
    let street = Street::of(1).await;
    street.house.examined_by(Arc::new(doctor));
    street.arrive(B).await;
    street.discord.state().homes.push((B.channel(), B.guild()));
    street
}

async fn board(
    street: &Street,
    plot: Plot,
    who: As,
    does: ForAdmin,
    values: Vec<(String, Value)>,
) -> Result<Board, DeskError> {
    let asked = street.asked(plot, who, Does::Admin(does), None, values);
    match street.house.interact(&asked).await? {
        Answer::Board(board) => Ok(board),
        other => panic!("no board: {other:?}"),
    }
}

async fn step(street: &Street, step: Step, choice: Option<Value>) -> Board {
    let mut values = vec![text("step", step.key())];
    values.extend(choice.map(|value| ("choice".to_owned(), value)));
    board(street, B, As::Admin, ForAdmin::SetUpStep, values)
        .await
        .unwrap()
}

fn said(board: &Board) -> String {
    format!(
        "{}\n{}",
        board.words,
        board.detail.clone().unwrap_or_default()
    )
}

fn buttons(board: &Board) -> Vec<Control> {
    match board.rows.last() {
        Some(Row::Buttons(controls)) => controls.clone(),
        other => panic!("no buttons: {other:?}"),
    }
}

#[tokio::test]
async fn choices_lead_from_nothing_to_a_guild_that_takes_tickets() {
    let street = begun().await;
    let first = board(&street, B, As::Admin, ForAdmin::Setup, vec![])
        .await
        .unwrap();
    assert_eq!(first.rows.len(), 5, "four decisions and the buttons");
    assert!(
        said(&first).contains("⬜ **Who answers**"),
        "{}",
        said(&first)
    );
    assert!(buttons(&first).contains(&Control::SetUp(Step::MakeRole)));
    let early = step(&street, Step::Panel, None).await;
    assert!(said(&early).contains("Decide first"), "{}", said(&early));

    let role = step(&street, Step::Role, Some(Value::Role(B.role()))).await;
    assert!(
        said(&role).contains("✅ **Who answers**: <@&3001>"),
        "{}",
        said(&role)
    );
    assert!(!buttons(&role).contains(&Control::SetUp(Step::MakeRole)));
    assert!(!street.desk(B).is_set_up());
    let kind = step(&street, Step::Kind, Some(Value::Text("public".into()))).await;
    assert!(said(&kind).contains("public"), "{}", said(&kind));
    let done = step(&street, Step::Channel, Some(Value::Channel(B.channel()))).await;
    assert!(street.desk(B).is_set_up());
    // What does not work yet is said at once, about what was chosen.
    let words = said(&done);
    assert!(
        words.contains("⚠️ **Support channel** 2010 lacks View Channel. Allow it."),
        "{words}"
    );
    assert!(
        !words.contains("**Server**"),
        "what is well needs no words: {words}"
    );
    assert!(
        words.contains("https://help.example.com/g/guild-1/new"),
        "{words}"
    );
    assert_eq!(street.file(B).await.number, 1);
}

#[tokio::test]
async fn what_is_missing_is_made_once() {
    let street = begun().await;
    let early = step(&street, Step::MakeChannel, None).await;
    assert!(
        said(&early).contains("Decide first who answers"),
        "{}",
        said(&early)
    );
    step(&street, Step::MakeRole, None).await;
    step(&street, Step::MakeRole, None).await;
    step(&street, Step::MakeChannel, None).await;
    let again = step(&street, Step::MakeChannel, None).await;
    assert!(said(&again).contains("already"), "{}", said(&again));
    let made = |what: &str| {
        let state = street.discord.state();
        state.calls.iter().filter(|call| *call == what).count()
    };
    assert_eq!((made("make_role"), made("make_channel")), (1, 1));
    assert!(street.desk(B).is_set_up());

    let street = begun().await;
    street
        .discord
        .fail("make_role", Fault::Before(refused(50_013)));
    let refused = step(&street, Step::MakeRole, None).await;
    assert!(
        said(&refused).contains("Manage Roles"),
        "{}",
        said(&refused)
    );
    let lost = DeliveryError::Uncertain {
        reason: "lost".into(),
    };
    street.discord.fail("make_role", Fault::Before(lost));
    let unknown = step(&street, Step::MakeRole, None).await;
    assert!(said(&unknown).contains("Look for it"), "{}", said(&unknown));
}

#[tokio::test]
async fn no_guild_puts_its_tickets_into_anothers_channel() {
    let street = begun().await;
    street.set_up(B).await;
    let foreign = step(&street, Step::Channel, Some(Value::Channel(A.channel()))).await;
    assert!(
        said(&foreign).contains("no such channel"),
        "{}",
        said(&foreign)
    );
    let log = step(&street, Step::Log, Some(Value::Channel(A.channel()))).await;
    assert!(said(&log).contains("no such channel"), "{}", said(&log));
    for setting in ["support_channel", "log_channel", "panel_channel"] {
        let channel = format!("<#{}>", A.channel());
        let values = vec![text("setting", setting), text("value", &channel)];
        let asked = street.asked(B, As::Admin, Does::Admin(ForAdmin::Config), None, values);
        let refused = street.house.interact(&asked).await;
        assert!(
            matches!(refused, Err(DeskError::Conflict { .. })),
            "{setting}"
        );
    }
    for does in [ForAdmin::Setup, ForAdmin::Dashboard] {
        let values = vec![("channel".to_owned(), Value::Channel(A.channel()))];
        let asked = street.asked(B, As::Admin, Does::Admin(does), None, values);
        let refused = street.house.interact(&asked).await;
        assert!(
            matches!(refused, Err(DeskError::Conflict { .. })),
            "{does:?}"
        );
    }
    let everyone = step(&street, Step::Role, Some(Value::Role(RoleId(B.guild().0)))).await;
    assert!(said(&everyone).contains("Everyone has that role"));
    street.file(B).await;
    street.settle(B).await;
    let state = street.discord.state();
    assert_eq!(state.threads.last().unwrap().parent, B.channel());
}

#[tokio::test]
async fn only_admins_set_up_and_not_what_the_environment_decides() {
    let street = begun().await;
    for who in [As::Staff, As::Customer, As::Stranger] {
        for does in [ForAdmin::Setup, ForAdmin::SetUpStep] {
            let values = vec![text("step", "makerole")];
            let refused = board(&street, B, who, does, values).await;
            assert!(matches!(refused, Err(DeskError::NotAllowed)), "{who:?}");
        }
    }
    let shown = board(&street, A, As::Admin, ForAdmin::Setup, vec![])
        .await
        .unwrap();
    assert_eq!(shown.rows.len(), 3, "the kind, the log, the buttons");
    assert!(
        said(&shown).contains("(by DISCORD_STAFF_ROLE_ID)"),
        "{}",
        said(&shown)
    );
    let values = vec![
        text("step", "role"),
        ("choice".to_owned(), Value::Role(RoleId(5))),
    ];
    let kept = board(&street, A, As::Admin, ForAdmin::SetUpStep, values)
        .await
        .unwrap();
    assert!(
        said(&kept).contains("DISCORD_STAFF_ROLE_ID"),
        "{}",
        said(&kept)
    );
    assert!(said(&kept).contains("<@&3000>"), "{}", said(&kept));
}

/// A doctor who counts how often he is asked.
struct Counts(std::sync::atomic::AtomicUsize);

#[async_trait::async_trait]
impl Examiner for Counts {
    async fn examine(&self, guild: &GuildSettings, _: Used) -> Vec<Finding> {
        let time = 1 + self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let found = format!("{} at the {time}. look", guild.support_channel);
        vec![Finding::ill("Support channel", found, "Allow it.").at("The channel", "https://d/c")]
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_of_what_was_chosen_last_and_looked_at_again_when_asked() {
    let street = examined_by(Counts(0.into())).await;
    let other = ChannelId(2_099);
    street.discord.state().homes.push((other, B.guild()));
    step(&street, Step::Role, Some(Value::Role(B.role()))).await;
    let first = step(&street, Step::Channel, Some(Value::Channel(B.channel()))).await;
    assert!(
        said(&first).contains("2010 at the 1. look"),
        "{}",
        said(&first)
    );
    let second = step(&street, Step::Channel, Some(Value::Channel(other))).await;
    assert!(
        said(&second).contains("2099 at the 2. look"),
        "{}",
        said(&second)
    );
    // Nothing changed: nobody is asked again, unless that is what was asked for.
    let same = board(&street, B, As::Admin, ForAdmin::Setup, vec![]).await;
    assert!(said(&same.unwrap()).contains("2099 at the 2. look"));
    let again = step(&street, Step::Check, None).await;
    assert!(
        said(&again).contains("2099 at the 3. look"),
        "{}",
        said(&again)
    );
    assert!(
        said(&again).contains("[The channel](<https://d/c>)"),
        "{}",
        said(&again)
    );
    let at = desk::clock::Clock::now(&*street.clock)
        .0
        .div_euclid(1_000_000);
    let moment = format!("Checked at <t:{at}:T>");
    assert!(said(&again).contains(&moment), "{}", said(&again));
}

#[tokio::test]
async fn a_role_of_another_guild_or_of_none_answers_nobody() {
    let street = begun().await;
    for role in [A.role(), RoleId(987_654)] {
        let refused = step(&street, Step::Role, Some(Value::Role(role))).await;
        assert!(
            said(&refused).contains("no such role"),
            "{}",
            said(&refused)
        );
    }
    assert!(!street.desk(B).is_set_up());
}

#[tokio::test]
async fn what_the_buttons_make_the_command_makes_too() {
    let street = begun().await;
    let make = async |what: &str| {
        let values = vec![text("make", what)];
        let shown = board(&street, B, As::Admin, ForAdmin::Setup, values).await;
        said(&shown.unwrap())
    };
    assert!(make("channel").await.contains("Decide first who answers"));
    assert!(make("role").await.contains("is made. Give it to those"));
    assert!(
        make("channel")
            .await
            .contains("is made; staff and I see it")
    );
    assert!(make("role").await.contains("already"));
    assert!(street.desk(B).is_set_up());
}
