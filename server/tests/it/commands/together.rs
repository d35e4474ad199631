//! The same thing done twice at the same moment, by two people or by one: it happens once, and each
//! is told how it stands.

use super::*;
use crate::rows::Rows;
use discord_stand_in::Fault;

/// How often the history of the ticket says this.
async fn told(rows: &Rows, ticket: u64, what: &str) -> usize {
    let sql = format!("SELECT words FROM event WHERE ticket_id = {ticket}");
    let history = rows.texts(sql, "words").await;
    history.iter().filter(|words| words.contains(what)).count()
}

fn card(world: &World, thread: &Value) -> Value {
    let posted = world.messages(thread);
    let has_buttons = |m: &Value| !m["components"].as_array().unwrap().is_empty();
    posted.into_iter().find(has_buttons).unwrap()
}

/// A ticket of Pat's with its card, and the database beside it.
async fn scene(door: Door) -> (World, Value, Rows) {
    let world = World::start().await;
    open(&world, door).await;
    let (thread, _) = filed(&world).await;
    let rows = Rows::of(&world).await;
    (world, thread, rows)
}

async fn of_two_who_claim_at_once_one_has_it(door: Door) {
    let (world, thread, rows) = scene(door).await;
    let everybody = ["Jonas", "Mira", "Aiko"].map(|name| named(&world, name));
    let [jonas, mira, aiko] = &everybody;
    let mut taken = 0;
    for round in 1..=5 {
        let card = card(&world, &thread);
        let claims = async |who| press(&world, who, &card, "v1:assign:1", None).await.words();
        // Jonas presses twice, as one does who sees nothing happen.
        let (first, second, third, again) =
            tokio::join!(claims(jonas), claims(mira), claims(aiko), claims(jonas));
        let said = [
            (jonas, first),
            (mira, second),
            (aiko, third),
            (jonas, again),
        ];
        let won = said.iter().filter(|(_, words)| words.contains("is yours."));
        let won: Vec<_> = won.map(|(who, _)| *who).collect();
        assert_eq!(won.len(), 1, "{said:?}");
        let winner = won[0];
        for (who, words) in &said {
            let expected = match who.id == winner.id {
                true => "Ticket #1 is yours".to_owned(),
                false => format!("Ticket #1 is {}'s.", winner.name),
            };
            assert!(words.starts_with(&expected), "{}: {said:?}", who.name);
        }
        taken += 1;
        assert_eq!(told(&rows, 1, "took the ticket").await, taken, "{round}");
        let general = channel(&world, "general");
        let one = [(4, "ticket", json!(1))];
        let shown = command(&world, winner, &general, "ticket view", &one).await;
        let shown = shown.words();
        let line = format!("**Assigned to** {}", winner.name);
        assert!(shown.contains(&line), "{shown}");
        command(&world, winner, &general, "ticket release", &one)
            .await
            .words();
        world.settled().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_claim_at_once_one_has_it_through_the_gateway() {
    of_two_who_claim_at_once_one_has_it(Door::Gateway).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_claim_at_once_one_has_it_over_http() {
    of_two_who_claim_at_once_one_has_it(Door::Http).await;
}

async fn what_is_closed_twice_at_once_is_closed_once(door: Door) {
    let (world, thread, rows) = scene(door).await;
    let (jonas, pat) = (named(&world, "Jonas"), named(&world, "Pat"));
    let card = card(&world, &thread);
    let by_jonas = press(&world, &jonas, &card, "v1:close:1", None).await;
    let by_pat = press(&world, &pat, &card, "v1:close:1", None).await;
    let (one, other) = tokio::join!(
        submit(&world, &jonas, by_jonas, "reason", "Reason one."),
        submit(&world, &pat, by_pat, "reason", "Reason two."),
    );
    for answered in [one, other] {
        // Discord takes nothing more in a thread that is put away.
        if let Answered::Refused(code) = answered {
            assert_eq!(code, 50083);
            continue;
        }
        let said = answered.words();
        assert!(said.contains("Ticket #1 is closed"), "{said}");
    }
    world.settled().await;
    assert_eq!(told(&rows, 1, "closed the ticket").await, 1);
    let contents = world.contents(&thread).join("\n");
    assert_eq!(
        contents.matches("closed the ticket").count(),
        1,
        "{contents}"
    );
    assert_eq!(contents.matches("Reason ").count(), 1, "{contents}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_closed_twice_at_once_is_closed_once_through_the_gateway() {
    what_is_closed_twice_at_once_is_closed_once(Door::Gateway).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_closed_twice_at_once_is_closed_once_over_http() {
    what_is_closed_twice_at_once_is_closed_once(Door::Http).await;
}

async fn a_form_sent_twice_at_once_is_one_ticket(door: Door) {
    let (world, ..) = scene(door).await;
    // Discord takes a form once. Here it believes whoever says that one was shown to them.
    let order = json!({"do": "switches", "set": {"trusts_controls": true}});
    world.discord.order(&order).unwrap();
    let sam = named(&world, "Sam");
    let form = || {
        let general = channel(&world, "general");
        Answered::Form(json!({"custom_id": "v1:file:question", "channel_id": general}))
    };
    let text = "Where is my parcel?";
    let (one, other) = tokio::join!(
        submit(&world, &sam, form(), "text", text),
        submit(&world, &sam, form(), "text", text),
    );
    let said = [one.words(), other.words()];
    let is_filed = |words: &&String| words.contains("Your ticket is #2");
    assert_eq!(said.iter().filter(is_filed).count(), 1, "{said:?}");
    let refused = said.iter().find(|words| !is_filed(words)).unwrap();
    assert!(refused.contains("a moment ago"), "{refused}");
    assert!(refused.contains(text), "what was typed comes back");
    world.settled().await;
    assert_eq!(world.threads().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_sent_twice_at_once_is_one_ticket_through_the_gateway() {
    a_form_sent_twice_at_once_is_one_ticket(Door::Gateway).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_sent_twice_at_once_is_one_ticket_over_http() {
    a_form_sent_twice_at_once_is_one_ticket(Door::Http).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_which_the_gateway_tells_twice_is_one_ticket() {
    let (world, ..) = scene(Door::Gateway).await;
    // So that no pause between two tickets hides it.
    let (mira, sam) = (named(&world, "Mira"), named(&world, "Sam"));
    let general = channel(&world, "general");
    let no_wait = [
        (3, "setting", json!("cool_down_seconds")),
        (3, "value", json!("0")),
    ];
    let set = command(&world, &mira, &general, "config", &no_wait).await;
    assert!(set.words().contains("is 0 now"));
    let form = command(
        &world,
        &sam,
        &general,
        "new",
        &[(3, "category", json!("question"))],
    )
    .await;
    world.discord.set_faults(vec![Fault {
        event: Some("INTERACTION_CREATE".to_owned()),
        action: "duplicate".to_owned(),
        ..Fault::default()
    }]);
    let said = submit(&world, &sam, form, "text", "Where is my parcel?")
        .await
        .words();
    assert!(said.contains("Your ticket is #2"), "{said}");
    // What came after it on the same connection is answered, so both were heard.
    let mine = command(&world, &sam, &general, "mytickets", &[])
        .await
        .words();
    assert!(mine.contains("#2") && !mine.contains("#3"), "{mine}");
    world.settled().await;
    assert_eq!(world.threads().len(), 2);
}
