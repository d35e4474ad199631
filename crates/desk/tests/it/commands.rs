//! What people do inside Discord: who may use what, and what becomes of it on both sides.

use crate::discord::*;
use crate::world::*;
use desk::bridge::{RemoteMember, RemoteMessage, ThreadShape};
use desk::commands::{
    Act, Answer, Asked, COMMANDS, Control, Does, ForAdmin, ForEveryone, ForOwner, ForStaff, Say,
    Value, Values, Who,
};
use desk::{DeskError, Examiner, GuildSettings, Holder};
use domain::examination::Finding;
use domain::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A doctor who finds one thing.
struct OneThingIsWrong;

#[async_trait::async_trait]
impl Examiner for OneThingIsWrong {
    async fn examine(&self, _: &GuildSettings, _dashboard: Option<ChannelId>) -> Vec<Finding> {
        let well = Finding::well("Token", "accepted");
        let ill = Finding::ill("Intents", "one is missing", "Switch it on.");
        vec![well, ill]
    }
}

/// Who plays: the customer is Pat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Admin,
    Staff,
    Owner,
    Stranger,
}

const SAM: DiscordUserId = DiscordUserId(4_003);
const BOSS: DiscordUserId = DiscordUserId(4_004);

fn member(role: Role) -> RemoteMember {
    let (user, name) = match role {
        Role::Admin => (BOSS, "Boss"),
        Role::Staff => (MIRA, "Mira Okafor"),
        Role::Owner => (PAT, "Pat Rivera"),
        Role::Stranger => (SAM, "Sam Weber"),
    };
    RemoteMember {
        user,
        name: name.into(),
        avatar: None,
        roles: match role {
            Role::Staff => vec![STAFF_ROLE],
            _ => vec![],
        },
        bot: false,
    }
}

pub fn text(name: &str, value: &str) -> (String, Value) {
    (name.into(), Value::Text(value.into()))
}

fn user(role: Role) -> (String, Value) {
    ("user".into(), Value::User(Box::new(member(role))))
}

fn asked(role: Role, does: Does, ticket: Option<TicketId>, values: Vec<(String, Value)>) -> Asked {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    Asked {
        secret: format!("token {}", NEXT.fetch_add(1, Ordering::Relaxed)),
        guild: GUILD,
        channel: ThreadId(1),
        in_thread: false,
        member: member(role),
        manages_guild: role == Role::Admin,
        act: Act {
            does,
            ticket,
            values: values.into_iter().collect::<Values>(),
        },
    }
}

impl World {
    async fn says(&self, asked: &Asked) -> Result<Say, DeskError> {
        match self.desk.interact(asked).await? {
            Answer::Say(say) => Ok(say),
            other => panic!("no words: {other:?}"),
        }
    }

    async fn words(&self, role: Role, does: Does, values: Vec<(String, Value)>) -> String {
        let ticket = ("ticket".into(), Value::Integer(1));
        let values = values.into_iter().chain([ticket]).collect();
        match self.says(&asked(role, does, None, values)).await {
            Ok(say) => format!("{}\n{}", say.words, say.detail.unwrap_or_default()),
            Err(DeskError::Conflict { why }) => why,
            Err(error) => panic!("{does:?}: {error}"),
        }
    }

    /// Pat files a ticket in Discord; the private link's token is returned with the thread.
    async fn filed_in_discord(&self) -> (String, ThreadId) {
        let form = Does::Everyone(ForEveryone::File);
        let values = vec![text("category", "question"), text("text", TEXT)];
        let say = self.says(&asked(Role::Owner, form, None, values)).await;
        let words = say.unwrap().words;
        let (_, token) = words.rsplit_once("/t/").unwrap();
        self.settle().await;
        let thread = self.discord.state().threads.last().unwrap().id;
        (token.to_owned(), thread)
    }

    async fn holder(&self, token: &str) -> Holder {
        self.desk.holder(token).await.unwrap()
    }
}

const TEXT: &str = "My parcel is late.\nIt was due on Monday.";

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
            let said = Box::new((member(Role::Stranger), "Where is my parcel?".to_owned()));
            vec![("message".into(), Value::Message(said))]
        }
        Does::Admin(ForAdmin::AddStaff | ForAdmin::RemoveStaff) => vec![to],
        Does::Admin(ForAdmin::AddStaffRole | ForAdmin::RemoveStaffRole) => {
            vec![("role".into(), Value::Role(RoleId(9)))]
        }
        Does::Admin(ForAdmin::SetQuickReply) => vec![text("name", "hi"), text("text", "Hello!")],
        Does::Admin(ForAdmin::RemoveQuickReply) => vec![text("quick", "hi")],
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
    let world = World::new().await;
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
    let (sum, findings) = admin(ForAdmin::Doctor).await;
    assert_eq!(sum, "1 of these needs your attention.");
    assert!(
        findings.contains("**Intents**: one is missing. Switch it on."),
        "{findings}"
    );
    assert!(!findings.contains("Token"), "{findings}");
    assert!(findings.contains("/staff/doctor"), "{findings}");
}

#[tokio::test]
async fn everybody_may_do_what_the_table_says_and_nothing_else() {
    let world = World::new().await;
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
    let world = World::new().await;
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

#[tokio::test]
async fn a_ticket_from_discord_has_the_member_in_its_thread_and_a_page_on_the_web() {
    let world = World::new().await;
    let panel = asked(
        Role::Admin,
        Does::Admin(ForAdmin::Config),
        None,
        vec![text("setting", "panel_channel"), text("value", "<#77>")],
    );
    world.says(&panel).await.unwrap();
    let (token, thread) = world.filed_in_discord().await;
    let (parent, members, contents) = {
        let mut state = world.discord.state();
        let thread = state.thread(thread);
        let contents: Vec<_> = thread
            .messages
            .iter()
            .map(|p| p.message.content.clone())
            .collect();
        (thread.parent, thread.members.clone(), contents)
    };
    assert_eq!(parent, ChannelId(77), "under the panel's channel");
    assert!(members.contains(&PAT));
    assert!(
        contents[1].contains("Pat Rivera") && contents[1].ends_with(TEXT),
        "{contents:?}"
    );

    // What the member writes is the customer's, whatever it begins with.
    let said = world.discord.write(thread, PAT, "// still nothing");
    world.hear(&said).await;
    let (_, _, seen) = world.desk.held_ticket(&token).await.unwrap();
    let last = seen.messages.last().unwrap();
    assert_eq!((last.side, last.kind), (Side::Customer, MessageKind::Reply));
    assert_eq!(last.body, "// still nothing");
    assert_eq!(seen.ticket.customer, "Pat Rivera");

    // What staff write on the web reaches them there; a note does not.
    let mira = world.mira().await;
    world
        .desk
        .staff_reply(&mira, 1, body("On its way."), None)
        .await
        .unwrap();
    world
        .desk
        .add_note(&mira, 1, body("A tricky one."), None)
        .await
        .unwrap();
    world.settle().await;
    let contents = world.discord.contents();
    assert!(contents.iter().any(|c| c.ends_with("On its way.")));
    assert!(!contents.iter().any(|c| c.contains("tricky")));
    let view = world.desk.conversation(&mira, 1).await.unwrap();
    let note = view
        .messages
        .iter()
        .find(|m| m.kind == MessageKind::Note)
        .unwrap();
    assert_eq!(note.delivery, Delivery::Kept);
    world
        .desk
        .staff_edit(&mira, note.id, body("A very tricky one."))
        .await
        .unwrap();
    world.settle().await;
    assert!(
        !world
            .discord
            .contents()
            .iter()
            .any(|c| c.contains("tricky"))
    );

    let mine = world
        .words(Role::Owner, Does::Everyone(ForEveryone::Mine), vec![])
        .await;
    assert!(
        mine.contains("#1") && mine.contains(&format!("<#{thread}>")),
        "{mine}"
    );
}

#[tokio::test]
async fn the_same_form_told_twice_is_one_ticket() {
    let world = World::new().await;
    let form = Does::Everyone(ForEveryone::File);
    let values = vec![text("category", "question"), text("text", TEXT)];
    let once = asked(Role::Owner, form, None, values);
    let first = world.says(&once).await.unwrap();
    assert_eq!(world.says(&once).await.unwrap(), first);
    world.settle().await;
    assert_eq!(world.discord.state().threads.len(), 1);
}

#[tokio::test]
async fn limits_hold_at_their_edge() {
    let world = World::new().await;
    let file = async || {
        let form = Does::Everyone(ForEveryone::File);
        let values = vec![text("category", "question"), text("text", TEXT)];
        world.says(&asked(Role::Owner, form, None, values)).await
    };
    let why = |refused: Result<Say, DeskError>| match refused {
        Err(DeskError::Conflict { why }) => why,
        other => panic!("{other:?}"),
    };
    file().await.unwrap();
    world.clock.advance(Duration::from_secs(29));
    assert!(why(file().await).contains("Wait 2 seconds"));
    world.clock.advance(Duration::from_secs(1));
    file().await.unwrap();
    world.clock.advance(Duration::from_secs(30));
    file().await.unwrap();
    world.clock.advance(Duration::from_secs(30));
    assert!(why(file().await).contains("3 open tickets"));
    // The button says so before anybody types.
    let ask = asked(
        Role::Owner,
        Does::Everyone(ForEveryone::AskNew),
        None,
        vec![],
    );
    assert!(why(world.says(&ask).await).contains("3 open tickets"));
    let close = Does::Owner(ForOwner::Close);
    assert!(
        world
            .words(Role::Owner, close, vec![])
            .await
            .contains("closed")
    );
    file().await.unwrap();

    for (length, fits) in [(9, false), (10, true), (1_000, true), (1_001, false)] {
        let form = Does::Everyone(ForEveryone::File);
        let typed = "x".repeat(length);
        let values = vec![text("category", "question"), text("text", &typed)];
        let done = world.says(&asked(Role::Stranger, form, None, values)).await;
        world.clock.advance(Duration::from_secs(60));
        assert_eq!(done.is_ok(), fits, "{length}");
    }
    let block = Does::Staff(ForStaff::Block);
    world
        .words(Role::Staff, block, vec![user(Role::Stranger)])
        .await;
    let ask = asked(
        Role::Stranger,
        Does::Everyone(ForEveryone::AskNew),
        None,
        vec![],
    );
    assert!(why(world.says(&ask).await).contains("cannot file"));
}

#[tokio::test]
async fn of_two_who_claim_at_once_one_wins_and_the_other_learns_who() {
    let world = World::new().await;
    world.filed_in_discord().await;
    let jonas = Does::Admin(ForAdmin::AddStaff);
    world
        .words(Role::Admin, jonas, vec![user(Role::Stranger)])
        .await;
    let claim = Does::Staff(ForStaff::Claim);
    let (a, b) = (
        asked(Role::Staff, claim, Some(TicketId(1)), vec![]),
        asked(Role::Stranger, claim, Some(TicketId(1)), vec![]),
    );
    let (a, b) = tokio::join!(world.says(&a), world.says(&b));
    let mut both = [a.unwrap().words, b.unwrap().words];
    both.sort_by_key(|words| words.contains("yours"));
    assert!(both[1].contains("is yours"), "{both:?}");
    let (winner, loser) = match both[0].contains("Mira") {
        true => ("Mira Okafor", Role::Stranger),
        false => ("Sam Weber", Role::Staff),
    };
    assert!(both[0].contains(winner), "{both:?}");
    let taken = world
        .words(loser, Does::Staff(ForStaff::Assign), vec![])
        .await;
    assert!(taken.contains("yours"));
    let given = Does::Staff(ForStaff::Assign);
    let to = ("to".into(), Value::User(Box::new(member(Role::Owner))));
    assert!(
        world
            .words(loser, given, vec![to])
            .await
            .contains("not staff")
    );
    world
        .words(Role::Staff, Does::Staff(ForStaff::Release), vec![])
        .await;
    let view = world
        .desk
        .conversation(&world.mira().await, 1)
        .await
        .unwrap();
    assert_eq!(view.ticket.assignee, None);
}

#[tokio::test]
async fn the_customer_closes_with_a_reason_that_the_thread_hears_and_opens_again() {
    let world = World::new().await;
    let (token, thread) = world.filed_in_discord().await;
    let ask = asked(
        Role::Owner,
        Does::Owner(ForOwner::AskClose),
        Some(TicketId(1)),
        vec![],
    );
    let Ok(Answer::Form(form)) = world.desk.interact(&ask).await else {
        panic!("no form");
    };
    assert_eq!(form.control, Control::Close(TicketId(1)));
    assert_eq!((form.field.min, form.field.max), (0, 500));
    let close = Does::Owner(ForOwner::Close);
    let long = vec![text("reason", &"x".repeat(501))];
    assert!(world.words(Role::Owner, close, long).await.contains("501"));
    world
        .words(Role::Owner, close, vec![text("reason", "It came.")])
        .await;
    world.settle().await;
    assert!(
        world
            .discord
            .contents()
            .iter()
            .any(|c| c.ends_with("It came."))
    );
    assert_eq!(
        world.discord.state().thread(thread).shape(),
        ThreadShape::Closed
    );
    let again = world.words(Role::Owner, close, vec![]).await;
    assert!(again.contains("already"));
    world
        .words(Role::Owner, Does::Owner(ForOwner::Reopen), vec![])
        .await;
    world.settle().await;
    assert_eq!(
        world.discord.state().thread(thread).shape(),
        ThreadShape::Open
    );
    let holder = world.holder(&token).await;
    world.desk.customer_close(&holder).await.unwrap();
}

#[tokio::test]
async fn nobody_is_let_in_where_notes_can_be_read_and_the_customer_is_never_put_out() {
    let world = World::new().await;
    world.filed().await;
    let mira = world.mira().await;
    world
        .desk
        .add_note(&mira, 1, body("Between us."), None)
        .await
        .unwrap();
    world.settle().await;
    let add = Does::Staff(ForStaff::AddUser);
    let refused = world
        .words(Role::Staff, add, vec![user(Role::Stranger)])
        .await;
    assert!(refused.contains("notes"), "{refused}");

    let (_, thread) = {
        world.clock.advance(Duration::from_secs(60));
        world.filed_in_discord().await
    };
    let two = |does, role| {
        let values = vec![user(role), ("ticket".into(), Value::Integer(2))];
        asked(Role::Staff, does, None, values)
    };
    world.says(&two(add, Role::Stranger)).await.unwrap();
    world.settle().await;
    assert!(world.discord.state().thread(thread).members.contains(&SAM));
    let remove = Does::Staff(ForStaff::RemoveUser);
    world.says(&two(remove, Role::Stranger)).await.unwrap();
    let own = world.says(&two(remove, Role::Owner)).await;
    assert!(matches!(own, Err(DeskError::Conflict { .. })));
    world.settle().await;
    let members = world.discord.state().thread(thread).members.clone();
    assert!(members.contains(&PAT) && !members.contains(&SAM));
}

#[tokio::test]
async fn added_staff_are_staff_everywhere_until_they_are_not() {
    let world = World::new().await;
    world.filed_in_discord().await;
    let view = Does::Staff(ForStaff::View);
    let sees = async || {
        let values = vec![("ticket".into(), Value::Integer(1))];
        let done = world
            .desk
            .interact(&asked(Role::Stranger, view, None, values))
            .await;
        !matches!(done, Err(DeskError::NotAllowed))
    };
    assert!(!sees().await);
    let admin = async |does, value| {
        world
            .words(Role::Admin, Does::Admin(does), vec![value])
            .await
    };
    admin(ForAdmin::AddStaff, user(Role::Stranger)).await;
    assert!(sees().await);
    let listed = world
        .words(Role::Admin, Does::Admin(ForAdmin::ListStaff), vec![])
        .await;
    assert!(listed.contains(&format!("<@{SAM}>")), "{listed}");
    let profile = desk::DiscordProfile {
        user: SAM,
        name: "Sam Weber".into(),
        avatar: None,
    };
    let person = world.desk.sign_in(profile).await.unwrap();
    assert!(
        world.desk.staff(person).await.is_ok(),
        "on the dashboard too"
    );
    admin(ForAdmin::RemoveStaff, user(Role::Stranger)).await;
    assert!(!sees().await);
    assert!(world.desk.staff(person).await.is_err());
    let everyone = ("role".into(), Value::Role(RoleId(GUILD.0)));
    let refused = admin(ForAdmin::AddStaffRole, everyone).await;
    assert!(refused.contains("Everyone has that role"), "{refused}");
}

#[tokio::test]
async fn while_new_tickets_are_paused_nobody_files_one_anywhere() {
    let world = World::new().await;
    let pause = Does::Admin(ForAdmin::Maintenance);
    let on = vec![text("state", "on"), text("message", "Back at noon.")];
    world.words(Role::Admin, pause, on).await;
    let form = Does::Everyone(ForEveryone::File);
    let values = vec![text("category", "question"), text("text", TEXT)];
    let refused = world.says(&asked(Role::Owner, form, None, values)).await;
    assert!(matches!(refused, Err(DeskError::Conflict { why }) if why == "Back at noon."));
    let web = world
        .desk
        .open_ticket(new_ticket("Late", "Where is it?"), None)
        .await;
    assert!(matches!(web, Err(DeskError::Conflict { why }) if why == "Back at noon."));
    world
        .words(Role::Admin, pause, vec![text("state", "off")])
        .await;
    world.filed_in_discord().await;
}

#[tokio::test]
async fn a_code_ties_an_account_to_what_was_filed_on_the_web_once() {
    let world = World::new().await;
    let (opened, _) = world.filed().await;
    world.clock.advance(Duration::from_secs(60));
    world.filed_in_discord().await;
    let holder = world.holder(&opened.token).await;
    let code = world.desk.link_code(&holder).await.unwrap();
    let link = Does::Everyone(ForEveryone::Link);
    let typed = code.to_lowercase().replace('-', " ");
    let done = world
        .words(Role::Owner, link, vec![text("code", &typed)])
        .await;
    assert!(done.contains("tied"), "{done}");
    let mine = world
        .words(Role::Owner, Does::Everyone(ForEveryone::Mine), vec![])
        .await;
    assert!(mine.contains("#1") && mine.contains("#2"), "{mine}");
    let again = world
        .words(Role::Stranger, link, vec![text("code", &code)])
        .await;
    assert!(again.contains("does not hold"), "{again}");

    let late = world.desk.link_code(&holder).await.unwrap();
    world.clock.advance(Duration::from_secs(15 * 60 + 1));
    let gone = world
        .words(Role::Owner, link, vec![text("code", &late)])
        .await;
    assert!(gone.contains("does not hold"), "{gone}");
    for _ in 0..5 {
        world
            .words(Role::Stranger, link, vec![text("code", "AAAA-AAAA")])
            .await;
    }
    let fresh = world.desk.link_code(&holder).await.unwrap();
    let tired = world
        .words(Role::Stranger, link, vec![text("code", &fresh)])
        .await;
    assert!(tired.contains("Too many"), "{tired}");
}

#[tokio::test]
async fn settings_are_shown_bounded_and_set_back() {
    let world = World::new().await;
    let config = Does::Admin(ForAdmin::Config);
    let set = async |setting: &str, value: &str| {
        let values = vec![text("setting", setting), text("value", value)];
        world.words(Role::Admin, config, values).await
    };
    let all = world.words(Role::Admin, config, vec![]).await;
    assert!(all.contains("`max_open_tickets` 3 (default)"), "{all}");
    assert!(set("max_open_tickets", "11").await.contains("from 1 to 10"));
    assert!(set("max_open_tickets", "10").await.contains("is 10 now"));
    assert!(
        set("max_open_tickets", "default")
            .await
            .contains("back to 3")
    );
    assert!(set("nonsense", "1").await.contains("no such setting"));
    let mut typing = asked(
        Role::Admin,
        config,
        None,
        vec![text("setting", "max_open_tickets")],
    );
    let values = world.desk.suggest(&typing, "value", "").await.unwrap();
    assert!(values.iter().any(|(_, value)| value == "3"));
    let names = world
        .desk
        .suggest(&typing, "setting", "cool")
        .await
        .unwrap();
    assert_eq!(names.len(), 1);
    typing.manages_guild = false;
    assert!(
        world
            .desk
            .suggest(&typing, "setting", "")
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn staff_answer_tag_and_move_a_ticket() {
    let world = World::new().await;
    let (token, _) = world.filed_in_discord().await;
    let staff = async |does, values| world.words(Role::Staff, Does::Staff(does), values).await;
    let quick = vec![
        text("name", "Hours"),
        text("text", "We are here from nine to five."),
    ];
    let set = Does::Admin(ForAdmin::SetQuickReply);
    world.words(Role::Admin, set, quick).await;
    staff(ForStaff::Reply, vec![text("quick", "hours")]).await;
    let both = vec![text("quick", "hours"), text("text", "x")];
    assert!(
        staff(ForStaff::Reply, both)
            .await
            .contains("one of the two")
    );
    staff(ForStaff::Tag, vec![text("tag", "Parcel")]).await;
    assert!(
        staff(ForStaff::Tag, vec![text("tag", "parcel")])
            .await
            .contains("already")
    );
    staff(ForStaff::Category, vec![text("category", "Payments")]).await;
    let nowhere = staff(ForStaff::Category, vec![text("category", "Nowhere")]).await;
    assert!(nowhere.contains("no such category"));
    let view = staff(ForStaff::View, vec![]).await;
    for part in ["Payments", "parcel", "Pat Rivera"] {
        assert!(view.contains(part), "{part} in {view}");
    }
    let (_, _, seen) = world.desk.held_ticket(&token).await.unwrap();
    assert!(
        seen.messages
            .iter()
            .any(|m| m.body.contains("nine to five"))
    );
    let typing = asked(Role::Staff, Does::Staff(ForStaff::View), None, vec![]);
    let found = world
        .desk
        .suggest(&typing, "ticket", "parcel")
        .await
        .unwrap();
    assert_eq!(found[0].1, "1");
    let of = staff(ForStaff::TicketsOf, vec![user(Role::Owner)]).await;
    assert!(of.contains("#1"), "{of}");
}

#[tokio::test]
async fn in_a_tickets_thread_its_number_may_be_left_out() {
    let world = World::new().await;
    let (_, thread) = world.filed_in_discord().await;
    let mut here = asked(Role::Staff, Does::Staff(ForStaff::View), None, vec![]);
    assert!(matches!(
        world.says(&here).await,
        Err(DeskError::Conflict { .. })
    ));
    here.channel = thread;
    assert!(world.says(&here).await.unwrap().words.contains("#1"));
}

/// A message of somebody else's, for completeness of what is heard.
#[tokio::test]
async fn strangers_in_the_thread_are_heard_by_staff_alone() {
    let world = World::new().await;
    let (token, thread) = world.filed_in_discord().await;
    let said: RemoteMessage = world.discord.write(thread, SAM, "me too");
    world.hear(&said).await;
    let (_, _, seen) = world.desk.held_ticket(&token).await.unwrap();
    assert!(!seen.messages.iter().any(|m| m.body == "me too"));
}
