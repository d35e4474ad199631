//! Hours: clocking in and out, counted by day and week. The world begins on a Saturday at 12:48.

use crate::world::*;
use desk::Staff;
use domain::Timestamp;
use domain::records::Hours;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

async fn hours(world: &World, staff: &Staff) -> Hours {
    world.desk.hours(staff).await.unwrap()
}

#[tokio::test]
async fn who_clocks_in_is_available_until_they_clock_out() {
    let world = World::new().await;
    let mira = world.mira().await;
    assert_eq!(hours(&world, &mira).await.available().count(), 0);
    let since = world.desk.clock_in(&mira).await.unwrap();
    world.clock.advance(HOUR * 2);
    let again = world.desk.clock_in(&mira).await.unwrap();
    assert_eq!(again, since, "twice in is once in");
    let seen = hours(&world, &mira).await;
    let there: Vec<_> = seen
        .available()
        .map(|who| who.person.name.as_str())
        .collect();
    assert_eq!(there, ["Mira Okafor"]);
    assert_eq!(seen.mine.since, Some(since));
    assert_eq!(world.desk.clock_out(&mira).await.unwrap(), Some(HOUR * 2));
    assert_eq!(world.desk.clock_out(&mira).await.unwrap(), None);
    let seen = hours(&world, &mira).await;
    assert_eq!(seen.available().count(), 0);
    assert_eq!(seen.mine.this_week, HOUR * 2);
    assert_eq!(seen.mine.days.last(), Some(&(HOUR * 2)));
}

#[tokio::test]
async fn a_night_shift_belongs_to_both_its_days_and_weeks() {
    let world = World::new().await;
    let mira = world.mira().await;
    // Sunday, 22:00: two hours are last week's, three this week's.
    world
        .clock
        .advance(HOUR * 33 + Duration::from_secs(12 * 60));
    world.desk.clock_in(&mira).await.unwrap();
    world.clock.advance(HOUR * 5);
    world.desk.clock_out(&mira).await.unwrap();
    let seen = hours(&world, &mira).await;
    assert_eq!(seen.mine.days[5..], [HOUR * 2, HOUR * 3]);
    assert_eq!(
        (seen.mine.last_week, seen.mine.this_week),
        (HOUR * 2, HOUR * 3)
    );
    assert_eq!(seen.days.last().unwrap().day(), "23 November 2026");
}

#[tokio::test]
async fn a_shift_that_nobody_ended_counts_for_sixteen_hours() {
    let world = World::new().await;
    let mira = world.mira().await;
    let first = world.desk.clock_in(&mira).await.unwrap();
    world.clock.advance(HOUR * 40);
    let seen = hours(&world, &mira).await;
    assert_eq!(seen.available().count(), 0);
    let worked: Duration = seen.mine.days.iter().sum();
    assert_eq!(worked, HOUR * 16);
    let second: Timestamp = world.desk.clock_in(&mira).await.unwrap();
    assert_eq!(second.since(first), HOUR * 40);
    let out = world.desk.clock_out(&mira).await.unwrap();
    assert_eq!(out, Some(Duration::ZERO));
    let worked: Duration = hours(&world, &mira).await.mine.days.iter().sum();
    assert_eq!(worked, HOUR * 16);
}

#[tokio::test]
async fn ten_presses_at_once_begin_one_shift() {
    let world = World::new().await;
    let mira = world.mira().await;
    let presses = (0..10).map(|_| world.desk.clock_in(&mira));
    for pressed in futures::future::join_all(presses).await {
        pressed.unwrap();
    }
    world.clock.advance(HOUR);
    assert_eq!(hours(&world, &mira).await.mine.this_week, HOUR);
    assert_eq!(world.desk.clock_out(&mira).await.unwrap(), Some(HOUR));
    assert_eq!(world.desk.clock_out(&mira).await.unwrap(), None);
}
