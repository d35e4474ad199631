//! Random people of a random guild aim random deeds at another one: by command, button and guess.

use super::*;
use crate::commands::rights::enough;
use desk::commands::{Answer, COMMANDS, Control};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

const DEEDS: usize = 200;

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
