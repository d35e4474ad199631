//! Proofs of one guild at the doors of another, and ids of another at one's own.

use super::*;
use crate::discord::SUPPORT;
use desk::files::Form;
use desk::live::{Audience, Signal};
use desk::{DeskError, Pictures, RequestKey, Staff, Tagging};

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
    shut!("close with", desk.close_with(staff, number, "mine"));
    shut!("reopen", desk.reopen(staff, number));
    shut!("retry", desk.retry_delivery(staff, number));
    shut!("new thread", desk.new_thread(staff, number));
    shut!("all that is stuck, retried", desk.retry_all_stuck(staff));
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
