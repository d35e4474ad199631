//! Filing, reading and deciding, without Discord in the way.

use crate::discord::*;
use crate::world::*;
use desk::live::{Audience, Signal};
use desk::{DeskError, DiscordProfile, RequestKey};
use domain::view::InboxFilter;
use domain::*;
use std::collections::BTreeSet;

#[tokio::test]
async fn the_same_form_twice_is_one_ticket_at_one_address() {
    let world = World::new().await;
    let key = || RequestKey::parse("a-key-of-a-form-1234567890");
    let file = |text: &'static str| world.desk.open_ticket(new_ticket("Parcel", text), key());
    let (first, second) = tokio::join!(file("Where?"), file("Where?"));
    assert_eq!(first.unwrap(), second.unwrap());
    let other = file("I went back and wrote something else").await.unwrap();
    assert_eq!(other.number, 2, "other words are another wish");
}

#[tokio::test]
async fn numbers_count_without_gap_or_repeat() {
    let world = World::new().await;
    let all = (0..20).map(|n| {
        let ticket = new_ticket(&format!("Ticket {n}"), "text");
        world.desk.open_ticket(ticket, None)
    });
    let numbers: BTreeSet<i64> = futures::future::join_all(all)
        .await
        .into_iter()
        .map(|o| o.unwrap().number)
        .collect();
    assert_eq!(numbers, (1..=20).collect());
}

#[tokio::test]
async fn an_unknown_category_is_refused_and_takes_no_number() {
    let world = World::new().await;
    let mut new = new_ticket("Parcel", "Where?");
    new.category = "'; DROP TABLE ticket; --".into();
    let refused = world.desk.open_ticket(new, None).await.unwrap_err();
    let DeskError::Invalid(fields) = refused else {
        panic!("a refused field, not {refused:?}");
    };
    assert_eq!(fields[0].field, Field::Category);
    assert_eq!(world.file("Parcel", "Where?").await.number, 1);
}

#[tokio::test]
async fn a_link_that_is_not_ours_opens_nothing() {
    let world = World::new().await;
    let opened = world.file("Parcel", "Where?").await;
    let mut tampered = opened.token.clone();
    let last = if tampered.pop() == Some('A') {
        'B'
    } else {
        'A'
    };
    tampered.push(last);
    for token in ["", "x", &tampered, &opened.token[1..], &"é".repeat(32)] {
        let found = world.desk.held_ticket(token).await;
        assert!(matches!(found, Err(DeskError::NotFound)), "{token}");
    }
}

#[tokio::test]
async fn a_reply_sent_twice_is_one_reply() {
    let world = World::new().await;
    let (opened, _) = world.filed().await;
    let holder = world.desk.holder(&opened.token).await.unwrap();
    for _ in 0..2 {
        let key = RequestKey::parse("a-key-of-a-form-1234567890");
        world
            .desk
            .customer_reply(&holder, body("Hello?"), key)
            .await
            .unwrap();
    }
    assert_eq!(world.bodies(&opened).await, ["Where is it?", "Hello?"]);
}

#[tokio::test]
async fn notes_never_reach_the_customer_not_even_as_a_hint() {
    let world = World::new().await;
    let (opened, _) = world.filed().await;
    let mira = world.mira().await;
    let holder = world.desk.holder(&opened.token).await.unwrap();
    let mut customer = world
        .desk
        .live()
        .subscribe(Audience::Customer(vec![holder]), None);
    let mut staff = world
        .desk
        .live()
        .subscribe(Audience::Staff(vec![mira.clone()]), None);
    world
        .desk
        .add_note(&mira, 1, body("They are right."), None)
        .await
        .unwrap();
    world.settle().await;
    world
        .desk
        .staff_reply(&mira, 1, body("You are right."), None)
        .await
        .unwrap();
    let reply_rev = world.desk.conversation(&mira, 1).await.unwrap().ticket.rev;
    assert!(matches!(staff.next().await, Signal::Hint { rev, .. } if rev < reply_rev));
    let first_heard = customer.next().await;
    assert!(
        matches!(first_heard, Signal::Hint { rev, .. } if rev == reply_rev),
        "{first_heard:?}"
    );
    assert_eq!(
        world.bodies(&opened).await,
        ["Where is it?", "You are right."]
    );
    let rows = world
        .desk
        .inbox(&mira, InboxFilter::Active, None)
        .await
        .unwrap()
        .rows;
    assert_eq!(rows[0].last_words, "You are right.");
}

#[tokio::test]
async fn whoever_lacks_the_role_is_not_staff() {
    let world = World::new().await;
    let profile = DiscordProfile {
        user: PAT,
        name: "Pat".into(),
        avatar: None,
    };
    let person = world.desk.sign_in(profile).await.unwrap();
    let refused = world.desk.staff(person).await;
    assert!(matches!(refused, Err(DeskError::NotAllowed)));
    let refused = world.desk.staff(PersonId(999)).await;
    assert!(matches!(refused, Err(DeskError::NotAllowed)));
}

#[tokio::test]
async fn the_list_pages_without_skipping_or_repeating() {
    let world = World::new().await;
    let mira = world.mira().await;
    for n in 0..120 {
        world.clock.advance(std::time::Duration::from_millis(7));
        world.file(&format!("Ticket {n}"), "text").await;
    }
    for number in [3, 50, 118] {
        world
            .desk
            .staff_reply(&mira, number, body("ok"), None)
            .await
            .unwrap();
    }
    world.desk.close(&mira, 60).await.unwrap();
    world.desk.assign_to_me(&mira, 61).await.unwrap();
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = world
            .desk
            .inbox(&mira, InboxFilter::Active, after.as_deref())
            .await
            .unwrap();
        assert_eq!(page.counts, [119, 1, 118, 1]);
        seen.extend(page.rows.iter().map(|row| row.number));
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(seen.len(), 119);
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 119);
    assert_eq!(seen[0], 1, "who waits longest comes first");
    assert_eq!(
        &seen[116..].iter().collect::<BTreeSet<_>>(),
        &BTreeSet::from([&3, &50, &118])
    );
    // A cursor that is not ours begins anew.
    let page = world
        .desk
        .inbox(&mira, InboxFilter::Active, Some("x'.--"))
        .await
        .unwrap();
    assert_eq!(page.rows[0].number, 1);
}

#[tokio::test]
async fn sessions_last_until_they_expire() {
    let world = World::new().await;
    let later = world.desk.now().after(std::time::Duration::from_secs(60));
    assert!(world.desk.session_create("a", "{}", later).await.unwrap());
    assert!(!world.desk.session_create("a", "{}", later).await.unwrap());
    world.desk.session_save("a", "{1}", later).await.unwrap();
    let found = world.desk.session_load("a").await.unwrap();
    assert_eq!(found, Some(("{1}".to_owned(), later)));
    world.clock.advance(std::time::Duration::from_secs(60));
    assert_eq!(world.desk.session_load("a").await.unwrap(), None);
    assert_eq!(world.desk.sessions_sweep().await.unwrap(), 1);
}

#[tokio::test]
async fn a_reason_from_the_dashboard_is_bounded_and_an_empty_one_is_none() {
    let world = World::new().await;
    let mira = world.mira().await;
    let reasons = async |opened: &desk::Opened| {
        let seen = world.desk.held_ticket(&opened.token).await.unwrap();
        (seen.2.ticket.status, seen.2.ticket.closed_because)
    };
    let opened = world.file("Late parcel", "Where is it?").await;
    let long = "ß".repeat(501);
    let refused = world.desk.close_with(&mira, opened.number, &long).await;
    assert!(matches!(refused, Err(DeskError::Invalid(_))));
    assert_eq!(reasons(&opened).await, (Status::Open, None));
    let just = format!("  {}\n", "ß".repeat(500));
    let closed = world.desk.close_with(&mira, opened.number, &just);
    closed.await.unwrap();
    let said = Some(format!("<p dir=\"auto\">{}</p>", "ß".repeat(500)));
    assert_eq!(reasons(&opened).await, (Status::Closed, said));
    let other = world.file("Late parcel", "And mine?").await;
    let closed = world.desk.close_with(&mira, other.number, " \n ");
    closed.await.unwrap();
    assert_eq!(reasons(&other).await, (Status::Closed, None));
}
