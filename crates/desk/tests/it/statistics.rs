//! Every figure, counted over tickets whose story is known.

use crate::world::*;
use desk::Opened;
use domain::records::Statistics;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);

async fn figures(world: &World) -> Statistics {
    let mira = world.mira().await;
    world.desk.statistics(&mira).await.unwrap()
}

async fn answer(world: &World, opened: &Opened) {
    let mira = world.mira().await;
    let said = world
        .desk
        .staff_reply(&mira, opened.number, body("Here it is"), None);
    said.await.unwrap();
}

async fn close(world: &World, opened: &Opened) {
    let mira = world.mira().await;
    world.desk.close(&mira, opened.number).await.unwrap();
}

#[tokio::test]
async fn an_empty_helpdesk_has_figures_too() {
    let world = World::new().await;
    let figures = figures(&world).await;
    assert_eq!(
        (figures.total, figures.active(), figures.reopened),
        (0, 0, 0)
    );
    assert_eq!((figures.first_response, figures.resolution), (None, None));
    assert_eq!(figures.categories.len(), 4);
    assert!(figures.categories.iter().all(|c| c.total == 0));
    assert!(figures.staff.is_empty());
}

#[tokio::test]
async fn tickets_are_counted_by_where_they_stand() {
    let world = World::new().await;
    let mira = world.mira().await;
    let mut opened = Vec::new();
    for n in 0..5 {
        opened.push(world.file(&format!("Ticket {n}"), "Help").await);
    }
    world
        .desk
        .assign_to_me(&mira, opened[1].number)
        .await
        .unwrap();
    answer(&world, &opened[2]).await;
    close(&world, &opened[3]).await;
    close(&world, &opened[4]).await;
    world.desk.reopen(&mira, opened[4].number).await.unwrap();
    let figures = figures(&world).await;
    assert_eq!(figures.total, 5);
    assert_eq!(
        (figures.open, figures.in_progress, figures.paused),
        (2, 1, 1)
    );
    assert_eq!((figures.closed, figures.active()), (1, 4));
    assert_eq!((figures.claimed, figures.reopened), (1, 1));
    assert_eq!((figures.filed_today, figures.closed_today), (5, 1));
    let question = &figures.categories[0];
    assert_eq!((question.total, question.active), (5, 4));
    assert_eq!(figures.categories[1].total, 0);
}

#[tokio::test]
async fn what_was_filed_yesterday_is_not_counted_today() {
    let world = World::new().await;
    let opened = world.file("Old", "Help").await;
    close(&world, &opened).await;
    world.clock.advance(DAY);
    world.file("New", "Help").await;
    let figures = figures(&world).await;
    assert_eq!((figures.total, figures.filed_today), (2, 1));
    assert_eq!((figures.closed, figures.closed_today), (1, 0));
}

#[tokio::test]
async fn medians_are_of_the_middle_and_not_of_the_slowest() {
    let world = World::new().await;
    // Answered after one, two and a hundred minutes; one is not answered at all.
    for minutes in [1, 2, 100] {
        let opened = world.file("Help", "Help").await;
        world.clock.advance(MINUTE * minutes);
        answer(&world, &opened).await;
        let note = "A second answer, which is not the first";
        let mira = world.mira().await;
        let again = world
            .desk
            .staff_reply(&mira, opened.number, body(note), None);
        again.await.unwrap();
        close(&world, &opened).await;
    }
    let silent = world.file("Unanswered", "Help").await;
    let mira = world.mira().await;
    let note = world
        .desk
        .add_note(&mira, silent.number, body("No answer"), None);
    note.await.unwrap();
    let now = figures(&world).await;
    assert_eq!(now.first_response, Some(MINUTE * 2));
    assert_eq!(now.resolution, Some(MINUTE * 2));
    // Of an even number, the mean of the two in the middle.
    world.clock.advance(MINUTE * 4);
    answer(&world, &silent).await;
    assert_eq!(figures(&world).await.first_response, Some(MINUTE * 3));
    // What is older than the window says nothing about how it is now.
    world.clock.advance(DAY * 31);
    let later = figures(&world).await;
    assert_eq!((later.first_response, later.resolution), (None, None));
}

#[tokio::test]
async fn what_each_of_the_staff_did_is_counted() {
    let world = World::new().await;
    let mira = world.mira().await;
    let (done, running) = (world.file("A", "Help").await, world.file("B", "Help").await);
    for opened in [&done, &running] {
        world.desk.assign_to_me(&mira, opened.number).await.unwrap();
        answer(&world, opened).await;
    }
    let note = world
        .desk
        .add_note(&mira, running.number, body("No answer"), None);
    note.await.unwrap();
    close(&world, &done).await;
    let now = figures(&world).await;
    let [hers] = &now.staff[..] else {
        panic!("only Mira did anything: {:?}", now.staff);
    };
    assert_eq!(hers.person.name, "Mira Okafor");
    assert_eq!((hers.active, hers.closed, hers.replies), (1, 1, 2));
    world.clock.advance(DAY * 31);
    let later = figures(&world).await;
    assert_eq!((later.staff[0].closed, later.staff[0].replies), (0, 0));
    assert_eq!(later.staff[0].active, 1, "what she has, she has");
}

#[tokio::test]
async fn a_ticket_reopened_by_its_customers_words_counts_once() {
    let world = World::new().await;
    let opened = world.file("A", "Help").await;
    let holder = world.desk.holder(&opened.token).await.unwrap();
    for _ in 0..2 {
        close(&world, &opened).await;
        let reply = world.desk.customer_reply(&holder, body("Not yet"), None);
        reply.await.unwrap();
    }
    assert_eq!(figures(&world).await.reopened, 1);
}
