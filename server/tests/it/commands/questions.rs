//! The questions of a category's own form, asked and answered through both doors: what is shown, what
//! is refused with nothing lost, and what becomes of the answers.

use super::*;

/// A question as an admin asks it, and how Discord is to show it.
struct Asked {
    words: &'static str,
    reply: &'static str,
    least: u16,
    most: u16,
    style: u8,
}

const fn asked(words: &'static str, reply: &'static str, least: u16, most: u16) -> Asked {
    Asked {
        words,
        reply,
        least,
        most,
        // By their first letters: a line is 1, a paragraph 2.
        style: match reply.as_bytes()[0] {
            b'l' => 1,
            _ => 2,
        },
    }
}

const FIVE: [Asked; 5] = [
    asked("Order number", "line", 4, 10),
    asked("Since when?", "line", 0, 20),
    asked("What happened?", "paragraph", 10, 200),
    asked("What did you try?", "paragraph", 0, 100),
    asked("Anything else?", "paragraph", 0, 1_500),
];

/// Mira makes the form of `billing` ask five questions, and not a sixth.
async fn five_are_asked(world: &World) {
    let (mira, general) = (named(world, "Mira"), channel(world, "general"));
    let ask = async |question: &Asked| {
        let given = [
            (3, "category", json!("billing")),
            (3, "question", json!(question.words)),
            (3, "answer", json!(question.reply)),
            (4, "least", json!(question.least)),
            (4, "most", json!(question.most)),
        ];
        let answered = command(world, &mira, &general, "form ask", &given).await;
        answered.words()
    };
    for question in &FIVE {
        let shown = ask(question).await;
        assert!(shown.contains(question.words), "{shown}");
    }
    let sixth = ask(&asked("A sixth?", "line", 0, 10)).await;
    assert!(sixth.contains("are the most"), "{sixth}");
}

/// The form of `billing`, as somebody is shown it.
async fn opened(world: &World, person: &Person) -> Value {
    let general = channel(world, "general");
    let category = [(3, "category", json!("billing"))];
    match command(world, person, &general, "new", &category).await {
        Answered::Form(form) => form,
        other => panic!("no form: {other:?}"),
    }
}

fn inputs(form: &Value) -> Vec<Value> {
    let rows = form["components"].as_array().unwrap().iter();
    rows.map(|row| row["components"][0].clone()).collect()
}

/// Sends it with these answers, each under its field's own name.
async fn answer(world: &World, person: &Person, form: &Value, answers: [&str; 5]) -> Answered {
    let fields = inputs(form);
    let row = |(field, value): (&Value, &str)| {
        let field = json!({"type": 4, "custom_id": field["custom_id"], "value": value});
        json!({"type": 1, "components": [field]})
    };
    let rows: Vec<_> = fields.iter().zip(answers).map(row).collect();
    let data = json!({"custom_id": form["custom_id"], "components": rows});
    interact(
        world,
        person,
        &form["channel_id"],
        json!({"type": 5, "data": data}),
    )
    .await
}

/// Refused in words that say why, and with all that was typed.
fn refused(said: Answered, why: &str, answers: [&str; 5]) {
    let said = said.words();
    assert!(said.contains(why), "{said}");
    for typed in answers {
        assert!(said.contains(typed.trim()), "{typed} is lost: {said}");
    }
}

async fn a_form_of_five_questions_is_asked_and_answered(door: Door) {
    let world = World::start().await;
    filed(&world).await;
    open(&world, door).await;
    five_are_asked(&world).await;
    let sam = named(&world, "Sam");
    let form = opened(&world, &sam).await;
    let fields = inputs(&form);
    assert_eq!(fields.len(), FIVE.len(), "{form}");
    for (field, question) in fields.iter().zip(&FIVE) {
        let shape = [
            (&field["label"], json!(question.words)),
            (&field["style"], json!(question.style)),
            (&field["min_length"], json!(question.least)),
            (&field["max_length"], json!(question.most)),
            (&field["required"], json!(question.least > 0)),
        ];
        for (shown, expected) in shape {
            assert_eq!(shown, &expected, "{field}");
        }
    }

    let (order, since, happened) = ("A-17", "Monday", "It never came, and nobody knows why.");
    let (tried, more) = ("To wait.", "Nothing.");
    // Discord's own client holds an answer to its bounds, and leaves the form open.
    let short = answer(&world, &sam, &form, ["A-1", since, happened, tried, more]).await;
    assert!(matches!(short, Answered::Refused(50035)), "{short:?}");
    // It counts spaces, which are no answer.
    let typed = ["A-1  ", since, happened, tried, more];
    let spaces = answer(&world, &sam, &form, typed).await;
    refused(
        spaces,
        "“Order number” takes 4 to 10 characters; it was 3.",
        typed,
    );
    // Whoever is no client of Discord's may send anything.
    let trusting = |trusts: bool| json!({"do": "switches", "set": {"trusts_controls": trusts}});
    world.discord.order(&trusting(true)).unwrap();
    let long = "o".repeat(201);
    for (typed, why) in [
        (
            [order, since, "Short.", tried, more],
            "takes 10 to 200 characters; it was 6.",
        ),
        (
            [order, since, &long, tried, more],
            "takes 10 to 200 characters; it was 201.",
        ),
        (
            ["A-17-B-18-C", since, happened, tried, more],
            "takes 4 to 10 characters; it was 11.",
        ),
    ] {
        refused(answer(&world, &sam, &form, typed).await, why, typed);
    }
    // All five as long as can be: more than stands below the words of one message.
    let most: Vec<String> = ('a'..='e').map(|c| c.to_string().repeat(1_500)).collect();
    let [a, b, c, d, e] = most.as_slice() else {
        panic!("five answers");
    };
    let too_much = answer(&world, &sam, &form, [a, b, c, d, e]).await;
    assert!(matches!(too_much, Answered::Words(_)), "{too_much:?}");
    let shown = whisper(&world, &sam);
    let embeds = shown["embeds"].as_array().unwrap().iter();
    let below = embeds.map(|embed| embed["description"].as_str().unwrap());
    let all: String = [shown["content"].as_str().unwrap()]
        .into_iter()
        .chain(below)
        .collect();
    for letter in 'a'..='e' {
        let count = all.matches(letter).count();
        assert!(count >= 1_500, "{count} of {letter} are left: {all}");
    }
    world.discord.order(&trusting(false)).unwrap();
    world.settled().await;
    assert_eq!(world.threads().len(), 1, "nothing was filed");

    let form = opened(&world, &sam).await;
    let done = answer(&world, &sam, &form, [order, "", happened, tried, ""]).await;
    let done = done.words();
    assert!(done.contains("Your ticket is #2"), "{done}");
    let link = done
        .lines()
        .find_map(|l| l.split_once("alone: "))
        .unwrap()
        .1;
    let thread = world.thread_with(2, 2).await;
    world.settled().await;
    assert!(thread["name"].as_str().unwrap().contains(order), "{thread}");
    let said = world.contents(&thread).join("\n");
    for (question, answer) in [
        (FIVE[0].words, order),
        (FIVE[2].words, happened),
        (FIVE[3].words, tried),
    ] {
        let both = format!("**{question}**\n{answer}");
        assert!(said.contains(&both), "{both} is not in {said}");
    }
    for left_out in [FIVE[1].words, FIVE[4].words] {
        assert!(!said.contains(left_out), "{left_out} was left out: {said}");
    }
    let page = Visitor::new(&world).get(link).await.text;
    for answer in [order, happened, tried] {
        assert!(page.contains(answer), "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_five_questions_is_asked_and_answered_through_the_gateway() {
    a_form_of_five_questions_is_asked_and_answered(Door::Gateway).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_five_questions_is_asked_and_answered_over_http() {
    a_form_of_five_questions_is_asked_and_answered(Door::Http).await;
}
