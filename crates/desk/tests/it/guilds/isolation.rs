//! The property: whatever anybody does in one guild, by any command, button, address or guessed id,
//! nothing of another guild is read or changed.
//!
//! Each guild has a secret word in everything that is its own. After whatever was tried no answer has
//! the other's secret, and the other is as it was. Here is what there is to take, and how it is seen
//! that nothing changed.

mod by_deeds;
mod by_proof;

use crate::street::*;
use desk::commands::{Does, ForAdmin, ForEveryone, ForStaff, Value};
use desk::{Db, DeskError};
use domain::text::Body;
use domain::view::InboxFilter;
use domain::*;
use sea_orm::ConnectionTrait;

const GUILDS: i64 = 3;

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
            vec![("role".into(), Value::Role(plot.helpers()))],
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
        ("panel", "guild_id = g.id"),
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
