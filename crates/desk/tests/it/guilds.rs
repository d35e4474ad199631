//! Several guilds on one installation: each is served as if it were alone, and nothing of one is to be
//! had from another.

mod isolation;
mod setup;
mod welcome;

use crate::street::*;
use crate::world::new_ticket;
use desk::bridge::{Absence, Ingested, RemoteEvent, Step};
use desk::commands::{Does, ForAdmin, ForEveryone};
use desk::live::{Audience, Signal};
use desk::{DeskError, Holder};
use domain::text::Body;
use domain::view::InboxFilter;

const A: Plot = Plot(0);
const B: Plot = Plot(1);

fn away(plot: Plot, absence: Absence) -> RemoteEvent {
    RemoteEvent::GuildAway {
        guild: plot.guild(),
        absence,
    }
}

fn contents(street: &Street, plot: Plot) -> Vec<String> {
    let secret = plot.secret();
    let mut contents = street.discord.contents();
    contents.retain(|content| content.contains(&secret));
    contents
}

#[tokio::test]
async fn each_guild_counts_its_own_tickets_in_its_own_channel() {
    let street = Street::of(2).await;
    let (a, b) = (street.file(A).await, street.file(B).await);
    assert_eq!((a.number, b.number), (1, 1));
    assert_ne!(a.token, b.token);
    street.settle(A).await;
    street.settle(B).await;
    let parents: Vec<_> = {
        let state = street.discord.state();
        state.threads.iter().map(|thread| thread.parent).collect()
    };
    assert_eq!(parents, [A.channel(), B.channel()]);
    for (plot, opened) in [(A, a), (B, b)] {
        let staff = street.staff(plot).await;
        let desk = street.desk(plot);
        let inbox = desk.inbox(&staff, InboxFilter::Active, None).await.unwrap();
        assert_eq!(inbox.rows.len(), 1);
        assert_eq!(inbox.rows[0].subject, format!("Late {}", plot.secret()));
        assert_eq!(inbox.guild.name, format!("Guild {}", plot.0));
        let (found, holder) = street.house.holder(&opened.token).await.unwrap();
        assert_eq!(found.discord_id(), plot.guild());
        let link: Result<Holder, _> = street.desk(Plot(1 - plot.0)).holder(&opened.token).await;
        assert!(matches!(link, Err(DeskError::NotFound)));
        let shut = street.desk(Plot(1 - plot.0)).customer_close(&holder).await;
        assert!(matches!(shut, Err(DeskError::NotFound)));
    }
    let held = street.house.held(&[a_token(&street).await]).await.unwrap();
    assert_eq!(held[0].guild.name, "Guild 0");
}

async fn a_token(street: &Street) -> String {
    street.file(A).await.token
}

#[tokio::test]
async fn the_same_form_sent_to_two_guilds_is_two_tickets() {
    let street = Street::of(2).await;
    let key = desk::RequestKey::fresh();
    let mut tokens = Vec::new();
    for plot in [A, B, A] {
        let new = crate::world::new_ticket("Late parcel", "Where is it?");
        let key = desk::RequestKey::parse(&key);
        let opened = street.desk(plot).open_ticket(new, key).await.unwrap();
        assert_eq!(opened.number, 1);
        tokens.push(opened.token);
    }
    assert_eq!(tokens[0], tokens[2]);
    assert_ne!(tokens[0], tokens[1]);
}

#[tokio::test]
async fn a_guild_that_is_not_set_up_takes_no_tickets_and_says_what_to_do() {
    let street = Street::of(1).await;
    street.arrive(B).await;
    let desk = street.desk(B);
    assert!(!desk.is_set_up());
    let said = desk.maintenance().unwrap();
    assert!(said.contains("/setup"), "{said}");
    let new = crate::world::new_ticket("Late parcel", "Where is it?");
    let refused = desk.open_ticket(new, None).await;
    assert!(matches!(refused, Err(DeskError::Conflict { why }) if why.contains("/setup")));
    let ask = street.asked(
        B,
        As::Stranger,
        Does::Everyone(ForEveryone::AskNew),
        None,
        vec![],
    );
    let refused = street.house.interact(&ask).await;
    assert!(matches!(refused, Err(DeskError::Conflict { why }) if why.contains("/setup")));
    // Nobody is staff by a role that nobody named.
    let member = desk::DiscordProfile {
        user: B.staff(),
        name: "Nobody".into(),
        avatar: None,
    };
    let person = street.house.sign_in(member).await.unwrap();
    let seat = street.house.seat(person).await;
    assert!(matches!(seat, Err(DeskError::NotAllowed)));
    // The other guild does not notice.
    assert_eq!(street.file(A).await.number, 1);
    street.set_up(B).await;
    assert_eq!(street.file(B).await.number, 1);
}

#[tokio::test]
async fn a_guild_that_is_away_holds_up_no_other() {
    let street = Street::of(2).await;
    street.file(A).await;
    street.settle(A).await;
    street.fact(away(A, Absence::Removed)).await;
    for _ in 0..3 {
        street.file(A).await;
    }
    street.file(B).await;
    street.settle(B).await;
    assert_eq!(contents(&street, B).len(), 1);
    assert_eq!(contents(&street, A).len(), 1);
    let desk = street.desk(A);
    assert_eq!(desk.outbox_step().await.unwrap(), Step::Idle);
    let health = desk.health().await.unwrap();
    assert!(health.outbox_waiting > 0 && health.outbox_parked == 0);
    assert_eq!(street.desk(B).health().await.unwrap().outbox_waiting, 0);
    assert_eq!(street.desk(B).away(), None);
}

#[tokio::test]
async fn leaving_loses_nothing_and_coming_back_resumes() {
    let mut street = Street::of(2).await;
    let before = street.file(B).await;
    street.settle(B).await;
    let thread = street.discord.state().threads.last().unwrap().id;
    street.fact(away(B, Absence::Removed)).await;
    let reply = Body::parse(&format!("More of {}", B.secret())).unwrap();
    let (desk, holder) = street.house.holder(&before.token).await.unwrap();
    desk.customer_reply(&holder, reply, None).await.unwrap();

    // A new process learns that the bot is not there.
    street.restart().await;
    street.fact(RemoteEvent::Connected).await;
    street.fact(RemoteEvent::MemberOf(vec![A.guild()])).await;
    street.arrive(A).await;
    assert_eq!(street.desk(B).away(), Some(Absence::Removed));
    let desk = street.desk(B);
    assert!(desk.is_set_up(), "its settings are still known");
    // Nobody would answer a new one; whoever types it in is told before, and loses nothing.
    let new = new_ticket("Late", "Where is it?");
    let frozen = desk.open_ticket(new, None).await;
    assert!(
        matches!(frozen, Err(DeskError::Conflict { why }) if Some(&why) == desk.maintenance().as_ref())
    );
    let (_, _, seen) = desk.held_ticket(&before.token).await.unwrap();
    assert_eq!(seen.messages.len(), 2);
    let staff = street.staff(B).await;
    assert_eq!(
        desk.conversation(&staff, 1).await.unwrap().messages.len(),
        2
    );
    assert!(
        !street
            .house
            .open_desks()
            .iter()
            .any(|d| d.discord_id() == B.guild())
    );

    let missed = street.discord.write(thread, B.staff(), "said meanwhile");
    street.arrive(B).await;
    street.settle(B).await;
    assert_eq!(contents(&street, B).len(), 2);
    let (_, _, seen) = street.desk(B).held_ticket(&before.token).await.unwrap();
    let last = seen.messages.last().unwrap();
    assert_eq!(last.body, "said meanwhile");
    let again = street.fact(RemoteEvent::Posted(missed)).await;
    assert_eq!(again, Ingested::Ignored);
    assert_eq!(street.file(B).await.number, 2, "it counts on");
}

#[tokio::test]
async fn facts_go_to_the_guild_that_they_concern() {
    let street = Street::of(2).await;
    let a = street.file(A).await;
    street.settle(A).await;
    let of_a = street.discord.state().threads.last().unwrap().id;
    let b = street.file(B).await;
    street.settle(B).await;
    let of_b = street.discord.state().threads.last().unwrap().id;
    // Staff of the one, writing in a thread of the other, is nobody there.
    let said = street.discord.write(of_b, A.staff(), "By the wrong one.");
    street.fact(RemoteEvent::Posted(said)).await;
    let said = street.discord.write(of_b, B.staff(), "By the right one.");
    street.fact(RemoteEvent::Posted(said.clone())).await;
    let (_, _, seen) = street.desk(B).held_ticket(&b.token).await.unwrap();
    let bodies: Vec<_> = seen.messages.iter().map(|m| m.body.as_str()).collect();
    assert_eq!(bodies.len(), 2);
    assert_eq!(bodies[1], "By the right one.");
    // Another desk does not take what is not its own, whoever hands it over.
    let taken = street
        .desk(A)
        .ingest(RemoteEvent::Posted(said.clone()))
        .await;
    assert_eq!(taken.unwrap(), Ingested::Ignored);
    let gone = RemoteEvent::Deleted {
        channel: of_a,
        messages: vec![said.id],
    };
    street.fact(gone).await;
    let (_, _, seen) = street.desk(B).held_ticket(&b.token).await.unwrap();
    assert!(!seen.messages[1].deleted);
    street.fact(RemoteEvent::ThreadGone { thread: of_a }).await;
    let trouble = |view: domain::view::ConversationView| view.thread_trouble.is_some();
    let staff = street.staff(A).await;
    assert!(trouble(
        street.desk(A).conversation(&staff, a.number).await.unwrap()
    ));
    let staff = street.staff(B).await;
    assert!(!trouble(
        street.desk(B).conversation(&staff, b.number).await.unwrap()
    ));
    let channel = B.channel();
    street.fact(RemoteEvent::ChannelGone { channel }).await;
    assert!(trouble(
        street.desk(B).conversation(&staff, b.number).await.unwrap()
    ));
}

#[tokio::test]
async fn staff_hear_of_tickets_of_the_guilds_they_work_for() {
    let street = Street::of(3).await;
    let staff = street.staff(A).await;
    let both = vec![street.staff(A).await, street.staff(B).await];
    let mut hears_a = street
        .house
        .live()
        .subscribe(Audience::Staff(vec![staff]), None);
    let mut hears_both = street.house.live().subscribe(Audience::Staff(both), None);
    street.file(Plot(2)).await;
    street.file(B).await;
    street
        .desk(B)
        .ingest(away(B, Absence::Outage))
        .await
        .unwrap();
    street.file(A).await;
    street.file(A).await;
    let number = |signal: Signal| match signal {
        Signal::Hint { ticket, .. } => ticket,
        Signal::Resync { .. } => panic!("nothing was missed"),
    };
    assert_eq!(number(hears_a.next().await), 1);
    assert_eq!(number(hears_a.next().await), 2);
    let heard = [
        number(hears_both.next().await),
        number(hears_both.next().await),
        number(hears_both.next().await),
        number(hears_both.next().await),
    ];
    // B's first, B's absence, and the two of A.
    assert_eq!(heard, [1, 0, 1, 2]);
}

#[tokio::test]
async fn staff_of_several_guilds_have_a_seat_in_each() {
    let street = Street::of(3).await;
    let mira = street.staff(A).await;
    street
        .discord
        .state()
        .elsewhere
        .push((Plot(2).guild(), A.staff(), Plot(2).role()));
    street.clock.advance(std::time::Duration::from_secs(21));
    let seats = street.house.seats(mira.person).await.unwrap();
    let guilds: Vec<_> = seats.iter().map(|seat| seat.desk.discord_id()).collect();
    assert_eq!(guilds, [A.guild(), Plot(2).guild()]);
    let first = street.house.seat(mira.person).await.unwrap();
    assert_eq!(first.desk.discord_id(), A.guild());
    let others = street.house.others(&first.desk, mira.person).await.unwrap();
    let names: Vec<_> = others.iter().map(|guild| guild.name.as_str()).collect();
    assert_eq!(names, ["Guild 2"]);
}

#[tokio::test]
async fn every_guild_has_an_address_of_its_own_that_stays() {
    let mut street = Street::of(2).await;
    let slug = |street: &Street, plot| street.desk(plot).guild_view().slug.unwrap();
    assert_eq!(slug(&street, A), "guild-0");
    // Two guilds may have one name.
    street
        .fact(RemoteEvent::GuildReady {
            guild: Plot(2).guild(),
            name: "Guild 1".into(),
            threads: vec![],
        })
        .await;
    assert_eq!(slug(&street, Plot(2)), "guild-1-2");
    street
        .fact(RemoteEvent::GuildReady {
            guild: B.guild(),
            name: "Another name".into(),
            threads: vec![],
        })
        .await;
    assert_eq!(street.desk(B).guild_view().name, "Another name");
    street.restart().await;
    for plot in [A, B, Plot(2)] {
        let found = street.house.of_slug(&slug(&street, plot)).unwrap();
        assert_eq!(found.discord_id(), plot.guild());
    }
    assert_eq!(slug(&street, B), "guild-1");
    assert!(street.house.of_slug("guild").is_none());
    assert_eq!(street.house.name(), None);
}

/// A new session reads the guild's threads again, and finds nothing to put right.
async fn compares_without_an_edit(street: &Street, plot: Plot) {
    street.fact(RemoteEvent::Connected).await;
    street.arrive(plot).await;
    street.discord.state().calls.clear();
    street.desk(plot).catch_up_step().await;
    street.settle(plot).await;
    let calls = street.discord.state().calls.clone();
    assert!(!calls.iter().any(|call| call == "edit"), "{calls:?}");
}

#[tokio::test]
async fn links_in_discord_lead_to_their_own_guild_once_there_are_several() {
    let street = Street::of(1).await;
    street.file(A).await;
    street.settle(A).await;
    let link = "<https://help.example.com/staff/tickets/1#m";
    assert!(contents(&street, A)[0].contains(link));
    street.arrive(B).await;
    street.set_up(B).await;
    street.file(B).await;
    street.settle(B).await;
    let link = "<https://help.example.com/g/guild-1/staff/tickets/1#m";
    assert!(contents(&street, B)[0].contains(link));
    // What was posted before is not touched for it.
    compares_without_an_edit(&street, A).await;
    // And what is posted from now on says whose it is, and is known again by it.
    street.file(A).await;
    street.settle(A).await;
    let link = "<https://help.example.com/g/guild-0/staff/tickets/2#m";
    assert!(contents(&street, A)[1].contains(link));
    compares_without_an_edit(&street, A).await;
}

#[tokio::test]
async fn what_the_environment_gives_is_not_an_admins_to_change() {
    let street = Street::of(2).await;
    let config = |plot, setting: &str, value: &str| {
        let values = vec![text("setting", setting), text("value", value)];
        street.asked(plot, As::Admin, Does::Admin(ForAdmin::Config), None, values)
    };
    let refused = street
        .house
        .interact(&config(A, "support_channel", "<#5>"))
        .await;
    let Err(DeskError::Conflict { why }) = refused else {
        panic!("the environment decides: {refused:?}");
    };
    assert!(why.contains("DISCORD_SUPPORT_CHANNEL_ID"), "{why}");
    let said = street.says(&config(A, "note_prefix", "!!")).await.unwrap();
    assert!(said.words.contains("!!"), "{}", said.words);
    let refused = street
        .house
        .interact(&config(B, "thread_kind", "cosy"))
        .await;
    assert!(matches!(refused, Err(DeskError::Conflict { why }) if why.contains("forum")));
    for (setting, value) in [("thread_kind", "forum"), ("thread_budget", "17")] {
        street.says(&config(B, setting, value)).await.unwrap();
    }
    let show = street.asked(B, As::Admin, Does::Admin(ForAdmin::Config), None, vec![]);
    let shown = street.says(&show).await.unwrap().detail.unwrap();
    assert!(shown.contains("`thread_kind` forum"), "{shown}");
    assert!(shown.contains("`note_prefix` “//” (default)"), "{shown}");
    let show = street.asked(A, As::Admin, Does::Admin(ForAdmin::Config), None, vec![]);
    let shown = street.says(&show).await.unwrap().detail.unwrap();
    assert!(shown.contains("(by DISCORD_SUPPORT_CHANNEL_ID)"), "{shown}");
    assert!(shown.contains("`note_prefix` “!!”"), "{shown}");
}
