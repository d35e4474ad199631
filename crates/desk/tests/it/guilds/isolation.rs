//! The property: whatever anybody does in one guild, by any command, button, address or guessed id,
//! nothing of another guild is read or changed.
//!
//! Each guild has a secret word in everything that is its own. Random people of a random guild aim
//! random deeds at another one; then no answer has the other's secret, and the other is as it was.

use crate::commands::rights::enough;
use crate::discord::SUPPORT;
use crate::street::*;
use desk::commands::{Answer, COMMANDS, Control, Does, ForAdmin, ForEveryone, ForStaff, Value};
use desk::files::Form;
use desk::live::{Audience, Signal};
use desk::{Db, DeskError, Pictures, RequestKey, Staff, Tagging};
use domain::text::Body;
use domain::view::InboxFilter;
use domain::*;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use sea_orm::ConnectionTrait;

const GUILDS: i64 = 3;
const DEEDS: usize = 200;

/// What somebody who means no good may know of another guild: every id that there is.
struct Loot {
    tickets: Vec<TicketId>,
    numbers: Vec<i64>,
    messages: Vec<MessageId>,
    promises: Vec<OutboxId>,
    threads: Vec<ThreadId>,
    files: Vec<FileId>,
    tokens: Vec<String>,
    code: String,
}

async fn ids(db: &Db, plot: Plot, column: &str, from: &str) -> Vec<i64> {
    let text = format!(
        "SELECT {column} AS id FROM {from}
         JOIN guild g ON g.id = t.guild_id WHERE g.discord_id = {}",
        plot.guild()
    );
    let rows = db.for_migrations().query_all_raw(statement(db, &text));
    let rows = rows.await.unwrap();
    let id = |row: &sea_orm::QueryResult| row.try_get::<Option<i64>>("", "id").unwrap();
    rows.iter().filter_map(id).collect()
}

fn statement(db: &Db, text: &str) -> sea_orm::Statement {
    let backend = db.for_migrations().get_database_backend();
    sea_orm::Statement::from_string(backend, text)
}

/// A guild with a bit of everything that commands make.
async fn furnish(street: &Street, plot: Plot) {
    let secret = plot.secret();
    street.file(plot).await;
    street.file_in_discord(plot).await;
    street.settle(plot).await;
    let number = ("ticket".to_owned(), Value::Integer(1));
    let staff = |does, values: Vec<(String, Value)>| {
        let values = values.into_iter().chain([number.clone()]).collect();
        street.asked(plot, As::Staff, Does::Staff(does), None, values)
    };
    let admin = |does, values| street.asked(plot, As::Admin, Does::Admin(does), None, values);
    for asked in [
        staff(
            ForStaff::Note,
            vec![text("text", &format!("A note on {secret}"))],
        ),
        staff(
            ForStaff::Reply,
            vec![text("text", &format!("Our {secret}"))],
        ),
        staff(ForStaff::Tag, vec![text("tag", &secret)]),
        staff(ForStaff::ClockIn, vec![]),
        admin(
            ForAdmin::SetQuickReply,
            vec![text("name", &secret), text("text", &secret)],
        ),
        admin(
            ForAdmin::Config,
            vec![text("setting", "panel_title"), text("value", &secret)],
        ),
        admin(
            ForAdmin::AddStaffRole,
            vec![("role".into(), Value::Role(RoleId(70 + plot.0)))],
        ),
    ] {
        street.house.interact(&asked).await.unwrap();
    }
    street.settle(plot).await;
    // One promise that is stuck.
    let thread = street.discord.state().threads.last().unwrap().id;
    street.discord.state().threads.retain(|t| t.id != thread);
    let person = street.staff(plot).await;
    let said = Body::parse(&format!("Lost {secret}")).unwrap();
    let desk = street.desk(plot);
    desk.staff_reply(&person, 2, said, None).await.unwrap();
    street.settle(plot).await;
    assert!(desk.health().await.unwrap().outbox_parked > 0);
}

async fn loot(street: &Street, db: &Db, plot: Plot, token: String) -> Loot {
    let ids = async |column, from| ids(db, plot, column, from).await;
    let of_tickets = "JOIN ticket t ON t.id = x.ticket_id";
    let (desk, holder) = street.house.holder(&token).await.unwrap();
    let files = format!("attachment a JOIN message x ON x.id = a.message_id {of_tickets}");
    Loot {
        tickets: ids("t.id", "ticket t")
            .await
            .into_iter()
            .map(TicketId)
            .collect(),
        numbers: ids("t.number", "ticket t").await,
        messages: (ids("x.id", &format!("message x {of_tickets}")).await)
            .into_iter()
            .map(MessageId)
            .collect(),
        promises: (ids("x.id", &format!("outbox x {of_tickets}")).await)
            .into_iter()
            .map(OutboxId)
            .collect(),
        threads: (ids("x.thread_id", &format!("thread_link x {of_tickets}")).await)
            .into_iter()
            .map(ThreadId)
            .collect(),
        files: ids("a.id", &files).await.into_iter().map(FileId).collect(),
        code: desk.link_code(&holder).await.unwrap(),
        tokens: vec![token],
    }
}

/// Everything of a guild's, as its own staff see it and as its rows count.
async fn state_of(street: &Street, db: &Db, plot: Plot) -> String {
    let desk = street.desk(plot);
    let staff = street.staff(plot).await;
    let mut state = String::new();
    for filter in InboxFilter::ALL {
        let inbox = desk.inbox(&staff, filter, None).await.unwrap();
        state.push_str(&format!("{:?} {:?}\n", inbox.rows, inbox.counts));
        for row in inbox.rows {
            let mut seen = desk.conversation(&staff, row.number).await.unwrap();
            seen.now = Timestamp(0);
            state.push_str(&format!("{seen:?}\n"));
        }
    }
    // The clock goes on for all.
    let mut sync = desk.sync(&staff).await.unwrap();
    sync.now = Timestamp(0);
    let mut statistics = desk.statistics(&staff).await.unwrap();
    statistics.now = Timestamp(0);
    state.push_str(&format!("{sync:?}\n{statistics:?}\n"));
    state.push_str(&format!("{:?}\n", desk.dashboard(&staff).await.unwrap()));
    let mut options = Vec::new();
    for setting in desk::options::Setting::ALL {
        options.push(desk.options().value(setting));
    }
    state.push_str(&format!("{options:?} {:?}\n", desk.maintenance()));
    let of_ticket = "ticket_id IN (SELECT id FROM ticket WHERE guild_id = g.id)";
    let of_message = format!("message_id IN (SELECT id FROM message WHERE {of_ticket})");
    let of_category = "category_id IN (SELECT id FROM category WHERE guild_id = g.id)";
    for (table, which) in [
        ("ticket", "guild_id = g.id"),
        ("customer", "guild_id = g.id"),
        ("outbox", "guild_id = g.id"),
        ("guild_option", "guild_id = g.id"),
        ("staff_grant", "guild_id = g.id"),
        ("quick_reply", "guild_id = g.id"),
        ("blocked_user", "guild_id = g.id"),
        ("link_try", "guild_id = g.id"),
        ("shift", "guild_id = g.id"),
        ("dashboard", "guild_id = g.id"),
        ("event", of_ticket),
        ("message", of_ticket),
        ("access_link", of_ticket),
        ("ticket_tag", of_ticket),
        ("milestone", of_ticket),
        ("part", of_message.as_str()),
        ("attachment", of_message.as_str()),
        ("message_version", of_message.as_str()),
        ("link_code", of_ticket),
        ("category", "guild_id = g.id"),
        ("question", of_category),
        ("former_slug", "guild_id = g.id"),
    ] {
        let text = format!(
            "SELECT COUNT(*) AS many FROM guild g JOIN {table} x ON x.{which}
             WHERE g.discord_id = {}",
            plot.guild()
        );
        let row = db.for_migrations().query_one_raw(statement(db, &text));
        let many: i64 = row.await.unwrap().unwrap().try_get("", "many").unwrap();
        state.push_str(&format!("{table} {many}\n"));
    }
    let finished = format!(
        "SELECT COUNT(*) AS many FROM outbox x JOIN guild g ON g.id = x.guild_id
         WHERE x.state = 'done' AND g.discord_id = {}",
        plot.guild()
    );
    let row = db.for_migrations().query_one_raw(statement(db, &finished));
    let many: i64 = row.await.unwrap().unwrap().try_get("", "many").unwrap();
    state.push_str(&format!("done {many}\n"));
    state
}

/// Values of a deed, with what was looted put wherever it fits.
fn aimed(rng: &mut StdRng, does: Does, loot: &Loot, at: Plot) -> Vec<(String, Value)> {
    let mut values: Vec<_> = enough(does);
    for (name, value) in &mut values {
        match (name.as_str(), &mut *value) {
            ("code", value) => *value = Value::Text(loot.code.clone()),
            ("quick", value) => *value = Value::Text(at.secret()),
            ("tag", value) if rng.random_bool(0.5) => *value = Value::Text(at.secret()),
            ("channel", value) => *value = Value::Channel(at.channel()),
            ("role", value) if rng.random_bool(0.5) => *value = Value::Role(at.role()),
            _ => {}
        }
    }
    if does == Does::Staff(ForStaff::Reply) && rng.random_bool(0.5) {
        values = vec![text("quick", &at.secret())];
    }
    if does == Does::Admin(ForAdmin::Config) && rng.random_bool(0.5) {
        values = vec![text("setting", "panel_title"), text("value", "Mine")];
    }
    if rng.random_bool(0.7) {
        let number = match rng.random_bool(0.5) {
            true => *loot.numbers.choose(rng).unwrap(),
            false => rng.random_range(-2..2_000),
        };
        values.push(("ticket".to_owned(), Value::Integer(number)));
    }
    values
}

fn everything_said(answer: &Answer) -> String {
    format!("{answer:?}")
}

#[tokio::test]
async fn nothing_of_one_guild_is_read_or_changed_from_another_by_anything_done_in_discord() {
    let street = Street::of(GUILDS).await;
    let db = Db::connect(street.database.url()).await.unwrap();
    let mut loots = Vec::new();
    for plot in (0..GUILDS).map(Plot) {
        furnish(&street, plot).await;
        let token = street.file(plot).await.token;
        street.settle(plot).await;
        loots.push(loot(&street, &db, plot, token).await);
    }
    let commands = COMMANDS.iter().map(|command| command.does);
    let controls = Control::examples();
    let deeds: Vec<_> = commands.chain(controls.iter().map(Control::does)).collect();
    let mut rng = StdRng::seed_from_u64(20_261_121);
    let mut done = 0;
    for turn in 0..DEEDS {
        let from = Plot(rng.random_range(0..GUILDS));
        let at = Plot((from.0 + rng.random_range(1..GUILDS)) % GUILDS);
        let loot = &loots[usize::try_from(at.0).unwrap()];
        // Every deed has its turn; what it is aimed at is chance.
        let does = deeds[turn % deeds.len()];
        let who = [As::Admin, As::Staff, As::Customer, As::Stranger];
        let who = *who.choose(&mut rng).unwrap();
        let ticket = match rng.random_range(0..3) {
            0 => None,
            1 => Some(*loot.tickets.choose(&mut rng).unwrap()),
            _ => Some(TicketId(rng.random_range(1..50))),
        };
        // A guess may hit the guild's own ticket; then it is no guess at another's.
        let ticket =
            ticket.filter(|id| !loots[usize::try_from(from.0).unwrap()].tickets.contains(id));
        let mut asked = street.asked(from, who, does, ticket, aimed(&mut rng, does, loot, at));
        if rng.random_bool(0.5) {
            asked.channel = *loot.threads.choose(&mut rng).unwrap();
            asked.in_thread = true;
        }
        let before = state_of(&street, &db, at).await;
        let said = street.house.interact(&asked).await;
        let what = format!("turn {turn}: {who:?} of {from:?} at {at:?}, {does:?}: {said:?}");
        if let Ok(answer) = &said {
            done += 1;
            let echoed = aimed_words(&asked, at);
            let said = everything_said(answer).replace(&echoed, "");
            assert!(!said.contains(&at.secret()), "{what}");
        }
        for option in ["ticket", "tag", "quick", "value", "setting", "category"] {
            let found = street.house.suggest(&asked, option, "").await.unwrap();
            assert!(
                !format!("{found:?}").contains(&at.secret()),
                "{what} {option}"
            );
        }
        street.settle(from).await;
        assert_eq!(before, state_of(&street, &db, at).await, "{what}");
        // What the one guild's people made of the other's words is not what is looked for.
        restore(&street, from).await;
    }
    assert!(
        done > DEEDS / 10,
        "{done} of the deeds could be done at all"
    );
}

/// What the one who asked typed themselves may be said back to them.
fn aimed_words(asked: &desk::commands::Asked, at: Plot) -> String {
    let typed = format!("{:?}", asked.act.values).contains(&at.secret());
    if typed { at.secret() } else { "\0".to_owned() }
}

/// Takes another guild's secret out of what this guild's own people put it into.
async fn restore(street: &Street, plot: Plot) {
    for other in (0..GUILDS).map(Plot).filter(|other| *other != plot) {
        let quick = vec![text("quick", &other.secret())];
        let gone = Does::Admin(ForAdmin::RemoveQuickReply);
        let asked = street.asked(plot, As::Admin, gone, None, quick);
        street.house.interact(&asked).await.unwrap();
        for number in 1..=3 {
            let values = vec![
                text("tag", &other.secret()),
                ("remove".to_owned(), Value::Flag(true)),
                ("ticket".to_owned(), Value::Integer(number)),
            ];
            let asked = street.asked(plot, As::Staff, Does::Staff(ForStaff::Tag), None, values);
            let _ = street.house.interact(&asked).await;
        }
    }
    let on = vec![text("state", "off")];
    let asked = street.asked(
        plot,
        As::Admin,
        Does::Admin(ForAdmin::Maintenance),
        None,
        on,
    );
    street.house.interact(&asked).await.unwrap();
}

/// Every door of a desk's that a proof opens, tried with a proof of another guild's.
async fn tried_by(
    street: &Street,
    staff: &Staff,
    at: Plot,
    loot: &Loot,
) -> Vec<(&'static str, bool)> {
    let desk = street.desk(at);
    let body = || Body::parse("Mine now.").unwrap();
    let mut doors = Vec::new();
    let number = loot.numbers[0];
    macro_rules! shut {
        ($name:literal, $call:expr) => {
            doors.push((
                $name,
                matches!(
                    $call.await,
                    Err(DeskError::NotFound | DeskError::NotAllowed)
                ),
            ));
        };
    }
    shut!("inbox", desk.inbox(staff, InboxFilter::Active, None));
    shut!("conversation", desk.conversation(staff, number));
    shut!(
        "transcript",
        desk.transcript_for_staff(staff, number, Pictures::Inside)
    );
    shut!("reply", desk.staff_reply(staff, number, body(), None));
    shut!("note", desk.add_note(staff, number, body(), None));
    shut!("assign", desk.assign_to_me(staff, number));
    shut!("release", desk.unassign(staff, number));
    shut!(
        "priority",
        desk.set_priority(staff, number, Priority::Urgent)
    );
    shut!("category", desk.set_category(staff, number, "billing"));
    shut!("close", desk.close(staff, number));
    shut!("reopen", desk.reopen(staff, number));
    shut!("retry", desk.retry_delivery(staff, number));
    shut!("new thread", desk.new_thread(staff, number));
    shut!("sync", desk.sync(staff));
    shut!("statistics", desk.statistics(staff));
    shut!("hours", desk.hours(staff));
    shut!("clock in", desk.clock_in(staff));
    shut!("clock out", desk.clock_out(staff));
    shut!("dashboard", desk.dashboard(staff));
    shut!(
        "dashboard placed",
        desk.place_dashboard(staff, ChannelId(SUPPORT.0))
    );
    shut!("dashboard removed", desk.remove_dashboard(staff));
    shut!("tag", desk.set_tag(staff, number, "mine", Tagging::On));
    shut!("tags", desk.known_tags(staff));
    shut!("quick replies", desk.quick_replies(staff));
    shut!("settings", desk.admin_of(staff));
    shut!("doctor", desk.examine(staff));
    for message in &loot.messages {
        shut!("edit", desk.staff_edit(staff, *message, body()));
        shut!("delete", desk.staff_delete(staff, *message));
    }
    for promise in &loot.promises {
        shut!("stuck, retried", desk.retry_stuck(staff, *promise));
        shut!("stuck, given up", desk.give_up(staff, *promise));
    }
    for file in &loot.files {
        shut!("file", desk.file_for_staff(staff, *file, Form::Whole));
    }
    doors
}

#[tokio::test]
async fn no_proof_and_no_guessed_id_opens_a_door_of_another_guild() {
    let street = Street::of(GUILDS).await;
    let db = Db::connect(street.database.url()).await.unwrap();
    let mut loots = Vec::new();
    for plot in (0..GUILDS).map(Plot) {
        furnish(&street, plot).await;
        let desk = street.desk(plot);
        let bytes = futures::stream::iter([Ok::<_, DeskError>(plot.secret().into())]);
        let file = desk.take_file("a.txt", bytes).await.unwrap();
        let mut new = crate::world::new_ticket(&plot.secret(), &plot.secret());
        new.files = vec![file];
        let key = RequestKey::parse(&RequestKey::fresh());
        let token = desk.open_ticket(new, key).await.unwrap().token;
        street.settle(plot).await;
        loots.push(loot(&street, &db, plot, token).await);
        assert!(!loots.last().unwrap().files.is_empty());
    }
    for from in (0..GUILDS).map(Plot) {
        let staff = street.staff(from).await;
        let own = street.desk(from);
        for at in (0..GUILDS).map(Plot).filter(|at| *at != from) {
            let loot = &loots[usize::try_from(at.0).unwrap()];
            let before = state_of(&street, &db, at).await;
            // A proof of one guild, at another's desk.
            for (door, is_shut) in tried_by(&street, &staff, at, loot).await {
                assert!(is_shut, "{door} of {at:?} opens to {from:?}");
            }
            let member = street.desk(at).staff(staff.person).await;
            assert!(matches!(member, Err(DeskError::NotAllowed)));
            // At one's own desk, with ids of another's.
            let body = || Body::parse("Mine now.").unwrap();
            for message in &loot.messages {
                let done = own.staff_edit(&staff, *message, body()).await;
                assert!(matches!(done, Err(DeskError::NotFound)), "{done:?}");
                let done = own.staff_delete(&staff, *message).await;
                assert!(matches!(done, Err(DeskError::NotFound)), "{done:?}");
            }
            for promise in &loot.promises {
                let done = own.retry_stuck(&staff, *promise).await;
                assert!(matches!(done, Err(DeskError::NotFound)), "{done:?}");
                let done = own.give_up(&staff, *promise).await;
                assert!(matches!(done, Err(DeskError::NotFound)), "{done:?}");
            }
            for file in &loot.files {
                let had = own.file_for_staff(&staff, *file, Form::Whole).await;
                assert!(matches!(had, Err(DeskError::NotFound)));
            }
            // A link opens its own ticket, and at its own desk alone.
            let token = &loot.tokens[0];
            assert!(matches!(own.holder(token).await, Err(DeskError::NotFound)));
            assert!(matches!(
                own.held_ticket(token).await,
                Err(DeskError::NotFound)
            ));
            let (there, theirs) = street.house.holder(token).await.unwrap();
            assert_eq!(there.discord_id(), at.guild());
            let mine = &loots[usize::try_from(from.0).unwrap()];
            for message in &mine.messages {
                let done = there.customer_edit(&theirs, *message, body()).await;
                assert!(matches!(done, Err(DeskError::NotFound)));
            }
            for file in &mine.files {
                let had = there.file_for_holder(&theirs, *file, Form::Whole).await;
                assert!(matches!(had, Err(DeskError::NotFound)));
            }
            assert!(matches!(
                own.customer_reply(&theirs, body(), None).await,
                Err(DeskError::NotFound)
            ));
            assert!(matches!(
                own.customer_reopen(&theirs).await,
                Err(DeskError::NotFound)
            ));
            assert!(matches!(
                own.link_code(&theirs).await,
                Err(DeskError::NotFound)
            ));
            let written = own.transcript_for_holder(&theirs, Pictures::Inside).await;
            assert!(matches!(written, Err(DeskError::NotFound)));
            assert_eq!(
                before,
                state_of(&street, &db, at).await,
                "{from:?} at {at:?}"
            );
        }
    }
    // Nobody hears of what is not theirs: the next that staff of the first guild hear is their own.
    let staff = street.staff(Plot(0)).await;
    street.file(Plot(0)).await;
    let mut stream = street
        .house
        .live()
        .subscribe(Audience::Staff(vec![staff]), None);
    street.file(Plot(1)).await;
    street.file(Plot(2)).await;
    let own = street.file(Plot(0)).await.number;
    assert!(matches!(stream.next().await, Signal::Hint { ticket, .. } if ticket == own));
}

#[tokio::test]
async fn whom_another_guild_knows_stays_unknown_also_to_staff_who_type_their_id() {
    let street = Street::of(2).await;
    let (a, b) = (Plot(0), Plot(1));
    for plot in [a, b] {
        street.file(plot).await;
        street.file_in_discord(plot).await;
        street.settle(plot).await;
    }
    for (plot, is_known) in [(a, false), (b, true)] {
        let staff = street.staff(plot).await;
        let desk = street.desk(plot);
        let typed = format!("Do you know <@{}>?", b.customer());
        let typed = Body::parse(&typed).unwrap();
        desk.staff_reply(&staff, 1, typed, None).await.unwrap();
        let seen = desk.conversation(&staff, 1).await.unwrap();
        let html = &seen.messages.last().unwrap().html;
        assert_eq!(html.contains("Customer of 1"), is_known, "{html}");
    }
}

#[tokio::test]
async fn a_code_of_one_guild_is_no_code_in_another() {
    let street = Street::of(2).await;
    let (a, b) = (Plot(0), Plot(1));
    let token = street.file(b).await.token;
    let (desk, holder) = street.house.holder(&token).await.unwrap();
    let code = desk.link_code(&holder).await.unwrap();
    let link = |plot| {
        let does = Does::Everyone(ForEveryone::Link);
        street.asked(plot, As::Stranger, does, None, vec![text("code", &code)])
    };
    let refused = street.house.interact(&link(a)).await;
    assert!(matches!(refused, Err(DeskError::Conflict { .. })));
    street.house.interact(&link(b)).await.unwrap();
}
