//! Who may use what; and what is told to those who may.

use super::*;
use desk::commands::{Kind, Step, find};

/// A doctor who finds one thing.
struct OneThingIsWrong;

#[async_trait::async_trait]
impl Examiner for OneThingIsWrong {
    async fn examine(&self, _: &GuildSettings, _used: Used) -> Vec<Finding> {
        let well = Finding::well("Token", "accepted");
        let ill = Finding::ill("Intents", "one is missing", "Switch it on.")
            .at("Developer Portal, Bot", "https://d/bot");
        vec![well, ill]
    }
}

/// Values that let every command get past reading its options.
pub fn enough(does: Does) -> Vec<(String, Value)> {
    let to = user(Role::Stranger);
    match does {
        Does::Staff(ForStaff::SetPriority) => vec![text("priority", "high")],
        Does::Staff(ForStaff::Category) => vec![text("category", "billing")],
        Does::Staff(ForStaff::Tag) => vec![text("tag", "parcel")],
        Does::Staff(ForStaff::Note | ForStaff::Reply) => vec![text("text", "Hm.")],
        Does::Staff(
            ForStaff::AddUser
            | ForStaff::RemoveUser
            | ForStaff::Block
            | ForStaff::Unblock
            | ForStaff::TicketsOf,
        ) => vec![to],
        Does::Staff(ForStaff::FromMessage) => {
            vec![message(7, "Where is my parcel?")]
        }
        Does::Admin(ForAdmin::AddStaff | ForAdmin::RemoveStaff) => vec![to],
        Does::Admin(ForAdmin::AddStaffRole | ForAdmin::RemoveStaffRole) => {
            vec![("role".into(), Value::Role(RoleId(9)))]
        }
        Does::Admin(ForAdmin::SetQuickReply) => vec![text("name", "hi"), text("text", "Hello!")],
        Does::Admin(ForAdmin::RemoveQuickReply) => vec![text("quick", "hi")],
        Does::Admin(ForAdmin::AddCategory) => vec![text("name", "Returns")],
        Does::Admin(ForAdmin::AskQuestion | ForAdmin::RemoveQuestion) => {
            vec![text("category", "billing"), text("question", "Invoice")]
        }
        Does::Admin(ForAdmin::ShowForm | ForAdmin::RemoveCategory) => {
            vec![text("category", "billing")]
        }
        Does::Admin(ForAdmin::Maintenance) => vec![text("state", "off")],
        Does::Admin(ForAdmin::SetUpStep) => vec![text("step", "check")],
        Does::Admin(ForAdmin::Setup) => {
            vec![("channel".into(), Value::Channel(ChannelId(5)))]
        }
        Does::Everyone(ForEveryone::Link) => vec![text("code", "AAAA-AAAA")],
        Does::Everyone(ForEveryone::File) => {
            vec![text("category", "question"), text("text", TEXT)]
        }
        _ => vec![],
    }
}

pub fn may(role: Role, who: Who) -> bool {
    match who {
        Who::Everyone => true,
        Who::Owner => matches!(role, Role::Staff | Role::Owner),
        Who::Staff => role == Role::Staff,
        Who::Admin => role == Role::Admin,
    }
}

/// What is said to somebody who uses a command that takes nothing.
async fn told(world: &World, role: Role, does: Does) -> (String, String) {
    let said = world.says(&asked(role, does, None, vec![])).await.unwrap();
    (said.words, said.detail.unwrap_or_default())
}

#[tokio::test]
async fn records_are_told_in_words() {
    let world = with_panel().await;
    world.desk.examined_by(Arc::new(OneThingIsWrong));
    world.filed().await;
    let staff = |what| told(&world, Role::Staff, Does::Staff(what));
    let admin = |what| told(&world, Role::Admin, Does::Admin(what));
    assert_eq!(
        staff(ForStaff::ClockOut).await.0,
        "You were not at work. /clock in begins."
    );
    assert_eq!(
        staff(ForStaff::ClockIn).await.0,
        "You are at work from now on."
    );
    world.clock.advance(Duration::from_secs(3_600));
    let off = staff(ForStaff::ClockOut).await.0;
    assert_eq!(off, "You are off work. You were there for 1 h.");
    let (mine, everyone) = staff(ForStaff::Hours).await;
    assert!(mine.starts_with("You worked 1 h this week"), "{mine}");
    assert!(
        everyone.contains("**Mira Okafor** 1 h this week"),
        "{everyone}"
    );
    let (total, figures) = admin(ForAdmin::Stats).await;
    assert_eq!(total, "1 ticket so far.");
    assert!(figures.contains("Open **1**"), "{figures}");
    assert_eq!(figures.lines().count(), 7, "{figures}");
    let mine = vec![("ticket".into(), Value::Integer(1))];
    let claim = asked(Role::Staff, Does::Staff(ForStaff::Claim), None, mine);
    world.says(&claim).await.unwrap();
    let figures = admin(ForAdmin::Stats).await.1;
    let staff = "**Staff** (30 days)\nMira Okafor: 1 active, 0 closed, 0 answered";
    assert!(figures.ends_with(staff), "{figures}");
    let (sum, findings) = admin(ForAdmin::Doctor).await;
    assert!(
        sum.starts_with("1 of these needs your attention. Looked at: 2, well: 1 "),
        "{sum}"
    );
    assert!(
        findings.contains("**Intents**: one is missing. Switch it on."),
        "{findings}"
    );
    assert!(!findings.contains("Token"), "{findings}");
    assert!(findings.contains("/staff/doctor"), "{findings}");
}

#[tokio::test]
async fn everybody_may_do_what_the_table_says_and_nothing_else() {
    let world = with_panel().await;
    world.desk.examined_by(Arc::new(OneThingIsWrong));
    world.filed_in_discord().await;
    let commands = COMMANDS.iter().map(|command| command.does);
    let controls = Control::examples();
    let controls = controls.iter().map(Control::does);
    for does in commands.chain(controls) {
        for role in [Role::Stranger, Role::Owner, Role::Admin, Role::Staff] {
            let mut values = enough(does);
            values.push(("ticket".into(), Value::Integer(1)));
            let done = world.desk.interact(&asked(role, does, None, values)).await;
            let refused = matches!(done, Err(DeskError::NotAllowed));
            assert_eq!(
                !refused,
                may(role, does.who()),
                "{role:?} {does:?}: {done:?}"
            );
            if let Err(error) = done {
                let told = matches!(error, DeskError::NotAllowed | DeskError::Conflict { .. });
                assert!(told, "{role:?} {does:?}: {error}");
            }
        }
    }
}

#[tokio::test]
async fn another_guild_is_told_nothing() {
    let world = with_panel().await;
    world.filed_in_discord().await;
    for command in COMMANDS {
        let mut elsewhere = asked(Role::Staff, command.does, Some(TicketId(1)), vec![]);
        elsewhere.guild = DiscordGuildId(77);
        elsewhere.manages_guild = true;
        let refused = world.desk.interact(&elsewhere).await;
        assert!(
            matches!(refused, Err(DeskError::NotFound)),
            "{}",
            command.name()
        );
        let found = world.desk.suggest(&elsewhere, "ticket", "").await.unwrap();
        assert!(found.is_empty());
    }
}

/// The command that does what a control does.
fn twin(control: &Control) -> &'static [&'static str] {
    match control {
        Control::AskNew | Control::PickCategory | Control::File(_) => &["new"],
        Control::Mine => &["mytickets"],
        Control::AskClose(_) | Control::Close(_) => &["closeticket"],
        Control::Reopen(_) => &["reopen"],
        Control::Assign(_) => &["ticket", "claim"],
        Control::Release(_) => &["ticket", "release"],
        Control::SetCategory(_) => &["ticket", "category"],
        Control::AskPriority(_) | Control::SetPriority(_) => &["ticket", "priority"],
        Control::SetUp(Step::Role | Step::Kind | Step::Channel | Step::Log) => &["config"],
        Control::SetUp(Step::MakeChannel | Step::MakeRole | Step::Panel | Step::Check) => {
            &["setup"]
        }
    }
}

#[test]
fn every_control_has_a_command_for_the_same_people() {
    for control in Control::examples() {
        let command = find(Kind::Slash, twin(&control));
        let command = command.unwrap_or_else(|| panic!("{control:?} has no twin"));
        assert_eq!(command.does.who(), control.does().who(), "{control:?}");
    }
}
