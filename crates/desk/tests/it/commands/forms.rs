//! Categories that come and go, and what their forms ask.

use super::*;
use desk::commands::{Form, Reply};

impl World {
    async fn form(&self, category: &str) -> Form {
        let ask = Does::Everyone(ForEveryone::AskNew);
        let values = vec![text("category", category)];
        match self
            .desk
            .interact(&asked(Role::Owner, ask, None, values))
            .await
        {
            Ok(Answer::Form(form)) => form,
            other => panic!("no form: {other:?}"),
        }
    }

    async fn admin(&self, what: ForAdmin, values: Vec<(String, Value)>) -> String {
        self.words(Role::Admin, Does::Admin(what), values).await
    }
}

fn question(words: &str, reply: &str, least: i64) -> Vec<(String, Value)> {
    vec![
        text("category", "billing"),
        text("question", words),
        text("answer", reply),
        ("least".into(), Value::Integer(least)),
    ]
}

#[tokio::test]
async fn a_category_asks_its_own_questions_and_one_message_is_made_of_the_answers() {
    let world = with_panel().await;
    world.filed_in_discord().await;
    world.clock.advance(Duration::from_secs(60));
    let usual = world.form("billing").await;
    assert_eq!(usual.fields.len(), 1);
    world
        .admin(ForAdmin::AskQuestion, question("Invoice", "line", 1))
        .await;
    let shown = world
        .admin(
            ForAdmin::AskQuestion,
            question("What is wrong?", "paragraph", 0),
        )
        .await;
    assert!(shown.contains("1. **Invoice**") && shown.contains("2. **What is wrong?**"));
    let form = world.form("billing").await;
    let styles: Vec<Reply> = form.fields.iter().map(|field| field.reply).collect();
    assert_eq!(styles, [Reply::Line, Reply::Paragraph]);
    // Other categories ask what they asked.
    assert_eq!(world.form("question").await.fields.len(), 1);

    let values = vec![
        text("category", "billing"),
        text(&form.fields[0].name, "2026-17"),
        text(&form.fields[1].name, "Charged twice."),
    ];
    let file = Does::Everyone(ForEveryone::File);
    let said = world
        .says(&asked(Role::Owner, file, None, values))
        .await
        .unwrap();
    assert!(said.words.contains("Your ticket is #2"), "{}", said.words);
    let staff = world.mira().await;
    let seen = world.desk.conversation(&staff, 2).await.unwrap();
    assert_eq!(seen.ticket.subject, "2026-17");
    assert_eq!(
        seen.messages[0].body,
        "**Invoice**\n2026-17\n\n**What is wrong?**\nCharged twice."
    );
}

#[tokio::test]
async fn a_form_has_at_most_five_questions_and_each_is_asked_once() {
    let world = with_panel().await;
    for n in 1..=5 {
        let told = world
            .admin(
                ForAdmin::AskQuestion,
                question(&format!("Question {n}"), "line", 0),
            )
            .await;
        assert!(told.contains(&format!("{n}. **Question {n}**")), "{told}");
    }
    let sixth = world
        .admin(ForAdmin::AskQuestion, question("Sixth", "line", 0))
        .await;
    assert!(sixth.contains("are the most"), "{sixth}");
    let gone = vec![text("category", "billing"), text("question", "Question 3")];
    let left = world.admin(ForAdmin::RemoveQuestion, gone.clone()).await;
    assert!(!left.contains("Question 3"), "{left}");
    let again = world.admin(ForAdmin::RemoveQuestion, gone).await;
    assert!(again.contains("This is not asked"), "{again}");
    let twice = world
        .admin(ForAdmin::AskQuestion, question("Question 1", "line", 0))
        .await;
    assert!(twice.contains("asked already"), "{twice}");
}

#[tokio::test]
async fn what_was_typed_into_a_form_that_is_refused_comes_back() {
    let world = with_panel().await;
    world
        .admin(ForAdmin::Maintenance, vec![text("state", "on")])
        .await;
    let file = Does::Everyone(ForEveryone::File);
    // A second question was asked when the form was opened.
    let values = vec![
        text("category", "question"),
        text("text", TEXT),
        text("q9", "Since Monday."),
    ];
    let sent = asked(Role::Owner, file, None, values);
    let said = world.refused(&sent).await;
    assert!(said.words.contains("paused"), "{}", said.words);
    assert_eq!(said.detail, Some(format!("{TEXT}\n\nSince Monday.")));
}

#[tokio::test]
async fn a_category_is_renamed_and_its_tickets_with_it() {
    let world = with_panel().await;
    world.filed_in_discord().await;
    let rename = async |category: &str, more: &[(&str, &str)]| {
        let mut values = vec![text("category", category)];
        values.extend(more.iter().map(|(name, value)| text(name, value)));
        world.admin(ForAdmin::RewordCategory, values).await
    };
    let told = rename("question", &[("name", "Anything else")]).await;
    assert!(told.contains("Anything else"), "{told}");
    let open = world.desk.categories().await.unwrap();
    let renamed = open.iter().find(|one| one.key == "question").unwrap();
    assert_eq!(renamed.name, "Anything else");
    assert!(!renamed.help.is_empty(), "what was not said stays");
    let staff = world.mira().await;
    let old = world.desk.conversation(&staff, 1).await.unwrap();
    assert_eq!(old.ticket.category, "Anything else");
    // By any of its names; to its own in another case; not to another's.
    rename("anything ELSE", &[("name", "ANYTHING else")]).await;
    let other = open.iter().find(|one| one.key == "billing").unwrap();
    let refused = rename("question", &[("name", &other.name.to_uppercase())]).await;
    assert!(refused.contains("already"), "{refused}");
}

#[tokio::test]
async fn a_category_that_is_removed_keeps_its_tickets_and_takes_no_more() {
    let world = with_panel().await;
    world.filed_in_discord().await;
    world.clock.advance(Duration::from_secs(60));
    let told = world
        .admin(
            ForAdmin::AddCategory,
            vec![text("name", "Refunds & returns")],
        )
        .await;
    assert!(told.contains("Refunds & returns"), "{told}");
    assert_eq!(world.form("refunds-returns").await.fields.len(), 1);
    let twice = world
        .admin(
            ForAdmin::AddCategory,
            vec![text("name", "refunds & RETURNS")],
        )
        .await;
    assert!(twice.contains("already"), "{twice}");

    let question = vec![text("category", "question")];
    world.admin(ForAdmin::RemoveCategory, question).await;
    let open = world.desk.categories().await.unwrap();
    assert!(open.iter().all(|category| category.key != "question"));
    let staff = world.mira().await;
    let old = world.desk.conversation(&staff, 1).await.unwrap();
    assert_eq!(old.ticket.category, "A question");
    let file = Does::Everyone(ForEveryone::File);
    let values = vec![text("category", "question"), text("text", TEXT)];
    let refused = world.refused(&asked(Role::Owner, file, None, values)).await;
    assert!(refused.words.contains("Choose what"), "{}", refused.words);
    assert_eq!(refused.detail.as_deref(), Some(TEXT));

    for left in ["problem", "account", "billing"] {
        world
            .admin(ForAdmin::RemoveCategory, vec![text("category", left)])
            .await;
    }
    let last = vec![text("category", "refunds-returns")];
    let told = world.admin(ForAdmin::RemoveCategory, last).await;
    assert!(told.contains("only category"), "{told}");
}
