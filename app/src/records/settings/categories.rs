//! What tickets are about, and what is asked of those who file one in Discord.

use super::Forms;
use super::typed::{Line, Typed};
use desk::{Question, Reply};
use domain::view::CategoryView;
use leptos::prelude::*;

/// A category with the questions of its form.
#[derive(Clone, Debug)]
pub struct CategoryPart {
    /// The category.
    pub category: CategoryView,
    /// What it asks, in its order.
    pub questions: Vec<Question>,
}

const NAME: Line = Line {
    name: "name",
    label: "Name",
    help: None,
    most: 50,
};
const HELP: Line = Line {
    name: "help",
    label: "What it is for",
    help: Some("One line below the name. It may be left out."),
    most: 100,
};
const QUESTION: Line = Line {
    name: "question",
    label: "Question",
    help: None,
    most: 45,
};
const ANSWER: Line = Line {
    name: "answer",
    label: "The answer is",
    help: None,
    most: 0,
};
const LEAST: Line = Line {
    name: "least",
    label: "At least so many characters",
    help: Some("0: it may be left out."),
    most: 4,
};
const MOST: Line = Line {
    name: "most",
    label: "At most so many",
    help: Some("Up to 1500."),
    most: 4,
};

pub(super) fn categories(desk: &Forms<'_>, all: &[CategoryPart]) -> AnyView {
    let typed = desk.typed("add", "");
    let fields = words(&typed, "", "", "Add category");
    let cards = all.iter().map(|part| card(desk, part)).collect_view();
    view! {
        <section aria-labelledby="categories">
            <h2 id="categories">"Categories"</h2>
            <p class="quiet">
                "Whoever files a ticket chooses one. A category that is removed keeps its old tickets."
            </p>
            <ul class="setting-cards">{cards}</ul>
        </section>
        <section aria-labelledby="add-category">
            <h2 id="add-category">"Add a category"</h2>
            {desk.form(&typed, "setting-form", fields)}
        </section>
    }
    .into_any()
}

/// The fields of a category's words.
fn words(typed: &Typed<'_>, name: &str, help: &str, save: &'static str) -> AnyView {
    view! {
        {typed.line(&NAME, name)}
        {typed.line(&HELP, help)}
        <div class="setting-end">
            <button type="submit" class="button button-main">
                {save}
            </button>
        </div>
    }
    .into_any()
}

fn card(desk: &Forms<'_>, part: &CategoryPart) -> AnyView {
    let CategoryView { key, name, help } = &part.category;
    let typed = desk.typed("change", key);
    let is_open = typed.is_refused();
    let form = words(&typed, name, help, "Save");
    let what = format!(" the category {name}");
    let asks_usual = part.questions.iter().all(Question::is_usual);
    let questions = part
        .questions
        .iter()
        .map(|question| {
            // The usual one is asked because there is no other, so there is nothing to remove.
            let target = format!("{key} {}", question.words);
            let remove = (!question.is_usual())
                .then(|| desk.button("drop", &target, "Remove", "this question"));
            view! {
                <li class="setting-line">
                    <span class="setting-words">
                        <span dir="auto">{question.words.clone()}</span>
                        <span class="quiet">{bounds(question)}</span>
                    </span>
                    {remove}
                </li>
            }
        })
        .collect_view();
    let usual = asks_usual.then(
        || view! { <p class="quiet">"Asked as long as there is no question of your own."</p> },
    );
    view! {
        <li class="setting-card">
            <div class="setting-line">
                <span class="setting-words">
                    <strong dir="auto">{name.clone()}</strong>
                    <span class="quiet" dir="auto">{help.clone()}</span>
                </span>
                {desk.button("remove", key, "Remove", &format!("the category {name}"))}
            </div>
            <ol class="setting-lines">{questions}</ol>
            {usual}
            <details class="setting-more" open=is_open>
                <summary>"Rename" <span class="sr-only">{what}</span></summary>
                {desk.form(&typed, "setting-form", form)}
            </details>
            {ask(desk, key, name)}
        </li>
    }
    .into_any()
}

fn bounds(question: &Question) -> String {
    let reply = match question.reply {
        Reply::Line => "one line",
        Reply::Paragraph => "a paragraph",
    };
    let (least, most) = (question.least, question.most);
    match least {
        0 => format!("{reply}, up to {most} characters, or nothing"),
        _ => format!("{reply}, {least} to {most} characters"),
    }
}

fn ask(desk: &Forms<'_>, key: &str, name: &str) -> impl IntoView + use<> {
    let typed = desk.typed("ask", key);
    let replies = [(Reply::Paragraph, "a paragraph"), (Reply::Line, "one line")];
    let replies = replies.map(|(reply, words)| (reply.key().to_owned(), words.to_owned()));
    let is_open = typed.is_refused();
    let fields = view! {
        {typed.line(&QUESTION, "")}
        <div class="setting-row">
            {typed.choice(&ANSWER, Reply::Paragraph.key(), replies.into())}
            {typed.line(&LEAST, "")}
            {typed.line(&MOST, "")}
        </div>
        <div class="setting-end">
            <button type="submit" class="button">
                "Ask this"
            </button>
        </div>
    };
    let what = format!(" of {name}");
    view! {
        <details class="setting-more" open=is_open>
            <summary>"Ask one more question" <span class="sr-only">{what}</span></summary>
            {desk.form(&typed, "setting-form", fields)}
        </details>
    }
}
