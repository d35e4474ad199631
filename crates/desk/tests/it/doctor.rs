//! The doctor as people ask for him: when a look is a new one, when it is shared, and what `/doctor`
//! says of it. What is looked at is the server's affair.

use crate::street::*;
use desk::commands::{Does, ForAdmin};
use desk::{Examiner, GuildSettings, Used};
use domain::examination::{Examination, Finding};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{Notify, Semaphore};

const A: Plot = Plot(0);

/// A doctor who says how often he has looked, and may be held up while he does.
struct Counts {
    looks: AtomicUsize,
    began: Notify,
    may_end: Semaphore,
}

#[async_trait::async_trait]
impl Examiner for Counts {
    async fn examine(&self, _: &GuildSettings, _: Used) -> Vec<Finding> {
        let look = 1 + self.looks.fetch_add(1, Ordering::SeqCst);
        self.began.notify_one();
        self.may_end.acquire().await.unwrap().forget();
        vec![Finding::well("Look", look.to_string())]
    }
}

/// A guild whose doctor may end this many looks at once.
async fn street(looks: usize) -> (Street, Arc<Counts>) {
    let street = Street::of(1).await;
    let doctor = Arc::new(Counts {
        looks: AtomicUsize::new(0),
        began: Notify::new(),
        may_end: Semaphore::new(looks),
    });
    street.house.examined_by(doctor.clone());
    (street, doctor)
}

fn look(examination: &Examination) -> &str {
    &examination.findings[0].found
}

#[tokio::test]
async fn whoever_asks_is_told_how_it_is_now_until_discord_is_asked_too_often() {
    let (street, _) = street(100).await;
    let (desk, staff) = (street.desk(A), street.staff(A).await);
    let ask = async || desk.examine(&staff).await.unwrap();
    // Without a moment between them: each may have mended something.
    for expected in ["1", "2", "3"] {
        assert_eq!(look(&ask().await), expected);
    }
    let begun = ask().await.at;
    street.clock.advance(Duration::from_secs(9));
    let known = ask().await;
    assert_eq!(
        (look(&known), known.at),
        ("3", begun),
        "and says when it was"
    );
    street.clock.advance(Duration::from_secs(1));
    assert_eq!(look(&ask().await), "4");
}

#[tokio::test]
async fn those_who_ask_at_the_same_moment_share_a_look() {
    let (street, doctor) = street(0).await;
    let (desk, staff) = (street.desk(A), street.staff(A).await);
    let ask = async || look(&desk.examine(&staff).await.unwrap()).to_owned();
    let ends = async {
        // All have asked by then: they were begun before this.
        doctor.began.notified().await;
        doctor.may_end.add_permits(100);
    };
    let (first, second, third, ()) = tokio::join!(ask(), ask(), ask(), ends);
    assert_eq!([first, second, third], ["1", "1", "1"]);
    // It is over: who asks now did not ask then.
    assert_eq!(ask().await, "2");
}

/// A doctor who finds one thing of each kind, and two that are well.
struct OfEachKind;

#[async_trait::async_trait]
impl Examiner for OfEachKind {
    async fn examine(&self, _: &GuildSettings, _: Used) -> Vec<Finding> {
        let place = ("The channel", "https://d/c");
        vec![
            Finding::well("Token", "accepted"),
            Finding::ill("Support channel", "it is gone", "Choose another.").at(place.0, place.1),
            Finding::odd("Clock", "12 seconds behind", "Set it.")
                .at("In a terminal", "timedatectl"),
            Finding::well("Server", "there"),
        ]
    }
}

#[tokio::test]
async fn in_discord_it_says_how_much_was_looked_at_and_what_was_tried_where_something_is_wrong() {
    let street = Street::of(1).await;
    street.house.examined_by(Arc::new(OfEachKind));
    let doctor = Does::Admin(ForAdmin::Doctor);
    let asked = street.asked(A, As::Admin, doctor, None, vec![]);
    let told = street.says(&asked).await.unwrap();
    assert_eq!(
        told.words,
        "1 of these needs your attention. Looked at: 4, well: 2 (<t:1795265280:R>)."
    );
    assert_eq!(
        told.detail.unwrap(),
        "**Support channel**: it is gone. Choose another. [The channel](<https://d/c>)\n\
         **Clock**: 12 seconds behind. Set it. In a terminal: `timedatectl`\n\
         [All checks](<https://help.example.com/staff/doctor>)"
    );
}
