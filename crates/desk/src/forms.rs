//! What is asked of somebody who files a ticket: its category, and in Discord the questions of the
//! category's form, at most five.
//!
//! It says what a good question is and makes one message of the answers. How a form looks is the
//! connector's affair; how admins change it is in `changing`.

mod changing;

use crate::bridge::escape;
use crate::store::forms;
use crate::{Desk, DeskError};
use domain::view::CategoryView;
use domain::{Field, Invalid};
use std::sync::{Arc, PoisonError};

/// Discord's limit for the fields of a form.
pub(crate) const QUESTIONS: usize = 5;
/// Discord's limit for what stands over a field.
pub(crate) const WORDS: usize = 45;
/// The most characters of one answer: five of them, with their questions, are still one message.
pub(crate) const ANSWER: u16 = 1_500;
/// As many as a menu in Discord has lines.
const CATEGORIES: usize = 25;
/// A category's name and what explains it.
const NAME: usize = 50;
const HELP: usize = 100;

/// What an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// One line.
    Line,
    /// Several.
    Paragraph,
}

impl Reply {
    /// Its name in forms and in the database.
    pub fn key(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Paragraph => "paragraph",
        }
    }

    /// The one of that name.
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Line, Self::Paragraph]
            .into_iter()
            .find(|reply| reply.key() == key)
    }
}

/// A question of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Which; 0 for the one that is asked where nobody chose others.
    pub(crate) id: i64,
    /// What is asked.
    pub words: String,
    /// What is answered.
    pub reply: Reply,
    /// At least so many characters; 0: it may be left out.
    pub least: u16,
    /// At most so many.
    pub most: u16,
}

impl Question {
    /// What is asked where nobody chose other questions.
    pub(crate) fn usual() -> Self {
        Self {
            id: 0,
            words: "What happened, or what do you need?".to_owned(),
            reply: Reply::Paragraph,
            least: 10,
            most: 1_000,
        }
    }

    /// The name under which its answer comes back.
    pub(crate) fn name(&self) -> String {
        match self.id {
            0 => "text".to_owned(),
            id => format!("q{id}"),
        }
    }

    /// Whether it is what is asked where nobody chose other questions.
    pub fn is_usual(&self) -> bool {
        self.id == 0
    }

    /// What an admin typed, or a sentence that says what is wrong with it.
    pub fn read(
        words: &str,
        reply: Reply,
        least: Option<i64>,
        most: Option<i64>,
    ) -> Result<Self, Invalid> {
        let words = words.trim();
        let length = words.chars().count();
        if !(1..=WORDS).contains(&length) || words.contains(char::is_control) {
            let why = format!("A question has 1 to {WORDS} characters on one line.");
            return Err(Invalid::new(Field::Question, why));
        }
        let usual = match reply {
            Reply::Line => 100,
            Reply::Paragraph => 1_000,
        };
        let bound = |field: Field, given: Option<i64>, usual: u16, min: i64| match given {
            None => Ok(usual),
            Some(n) if (min..=i64::from(ANSWER)).contains(&n) => Ok(n as u16),
            Some(_) => {
                let why = format!(
                    "An answer has 0 to {ANSWER} characters at least and 1 to {ANSWER} at most."
                );
                Err(Invalid::new(field, why))
            }
        };
        let most = bound(Field::Most, most, usual, 1)?;
        let least = bound(Field::Least, least, 1.min(most), 0)?;
        if least > most {
            let why = "The least cannot be more than the most.";
            return Err(Invalid::new(Field::Least, why));
        }
        Ok(Self {
            id: 0,
            words: words.to_owned(),
            reply,
            least,
            most,
        })
    }
}

/// One message of the answers: `answers` are named as [`Question::name`] says. A form that changed
/// while somebody filled it in loses nothing of what they typed.
pub(crate) fn message(
    questions: &[Question],
    answers: &[(&str, &str)],
) -> Result<Answered, DeskError> {
    let refuse = |why: String| Err(DeskError::Conflict { why });
    let mut parts = Vec::new();
    for question in questions {
        let name = question.name();
        let Some((_, answer)) = answers.iter().find(|(n, _)| *n == name) else {
            continue;
        };
        let length = answer.chars().count();
        let left_out = length == 0 && question.least == 0;
        if !left_out
            && !(usize::from(question.least)..=usize::from(question.most)).contains(&length)
        {
            let (least, most) = (question.least, question.most);
            return refuse(match questions.len() {
                1 => format!("Write {least} to {most} characters; it was {length}."),
                _ => format!(
                    "“{}” takes {least} to {most} characters; it was {length}.",
                    question.words
                ),
            });
        }
        if !left_out {
            parts.push((Some(question.words.as_str()), *answer));
        }
    }
    let is_known = |name: &str| questions.iter().any(|question| question.name() == name);
    for (name, answer) in answers {
        if !is_known(name) && !answer.is_empty() {
            parts.push((None, answer));
        }
    }
    let Some((_, first)) = parts.first() else {
        return refuse("Nothing was written.".to_owned());
    };
    let subject = (*first).to_owned();
    let body = match parts.as_slice() {
        [(_, only)] => (*only).to_owned(),
        parts => {
            let parts = parts.iter().map(|(words, answer)| match words {
                Some(words) => format!("**{}**\n{answer}", escape(words)),
                None => (*answer).to_owned(),
            });
            parts.collect::<Vec<_>>().join("\n\n")
        }
    };
    Ok(Answered { subject, body })
}

/// What was answered, as a ticket.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answered {
    /// What its subject is made of.
    pub(crate) subject: String,
    pub(crate) body: String,
}

/// A guild's categories, as kept beside the database.
#[derive(Debug)]
pub(crate) struct Categories {
    /// Under which tickets are filed, in their order.
    pub(crate) open: Vec<CategoryView>,
    /// The names of those that only old tickets have.
    pub(crate) retired: Vec<String>,
}

impl Desk {
    /// What a ticket can be about.
    pub async fn categories(&self) -> Result<Vec<CategoryView>, DeskError> {
        Ok(self.known_categories().open.clone())
    }

    pub(crate) fn known_categories(&self) -> Arc<Categories> {
        self.categories
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// What the form of this category asks.
    pub async fn questions(&self, category: &str) -> Result<Vec<Question>, DeskError> {
        let asked = forms::questions(&self.db.read, self.guild, category).await?;
        Ok(match asked.is_empty() {
            true => vec![Question::usual()],
            false => asked,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::changing::key_of;
    use super::*;

    fn question(id: i64, words: &str, least: u16) -> Question {
        Question {
            id,
            ..Question::read(words, Reply::Line, Some(i64::from(least)), None).unwrap()
        }
    }

    #[test]
    fn one_question_is_the_message_and_several_head_their_answers() {
        let usual = [Question::usual()];
        let one = message(&usual, &[("text", "My parcel is late.")]).unwrap();
        assert_eq!(one.body, "My parcel is late.");
        let two = [question(1, "Order (*)", 1), question(2, "Since when?", 0)];
        let both = message(&two, &[("q1", "A-17"), ("q2", "Monday")]).unwrap();
        assert_eq!(both.subject, "A-17");
        assert_eq!(
            both.body,
            "**Order \\(\\*\\)**\nA-17\n\n**Since when?**\nMonday"
        );
        let left_out = message(&two, &[("q1", "A-17"), ("q2", "")]).unwrap();
        assert_eq!(left_out.body, "A-17");
    }

    #[test]
    fn a_form_that_changed_meanwhile_loses_nothing() {
        let now = [question(7, "Order", 1)];
        let before = message(&now, &[("q3", "It broke."), ("text", "All of it.")]).unwrap();
        assert_eq!(before.body, "It broke.\n\nAll of it.");
    }

    #[test]
    fn what_does_not_fit_is_refused_in_words() {
        let two = [question(1, "Order", 3), question(2, "More", 0)];
        let long = "x".repeat(101);
        for answers in [
            vec![("q1", "A")],
            vec![("q1", "A-17"), ("q2", long.as_str())],
            vec![],
            vec![("q2", "")],
        ] {
            let refused = message(&two, &answers);
            assert!(
                matches!(refused, Err(DeskError::Conflict { .. })),
                "{answers:?}"
            );
        }
    }

    #[test]
    fn a_question_keeps_its_bounds() {
        let read = |words: &str, least, most| Question::read(words, Reply::Line, least, most);
        assert!(read(&"x".repeat(WORDS), Some(0), Some(i64::from(ANSWER))).is_ok());
        assert!(read(&"x".repeat(WORDS + 1), None, None).is_err());
        assert!(read("  ", None, None).is_err());
        assert!(read("a\nb", None, None).is_err());
        assert!(read("Order", Some(-1), None).is_err());
        assert!(read("Order", None, Some(0)).is_err());
        assert!(read("Order", None, Some(i64::from(ANSWER) + 1)).is_err());
        assert!(read("Order", Some(9), Some(8)).is_err());
    }

    #[test]
    fn five_longest_answers_are_one_message() {
        let questions: Vec<Question> = (1..=QUESTIONS as i64)
            .map(|id| Question {
                id,
                ..Question::read(&"*".repeat(WORDS), Reply::Paragraph, None, Some(1_500)).unwrap()
            })
            .collect();
        let answer = "x".repeat(usize::from(ANSWER));
        let names: Vec<String> = questions.iter().map(Question::name).collect();
        let answers: Vec<(&str, &str)> =
            names.iter().map(|name| (name.as_str(), &*answer)).collect();
        let body = message(&questions, &answers).unwrap().body;
        assert!(domain::text::Body::parse(&body).is_ok());
    }

    #[test]
    fn keys_are_made_of_names() {
        assert_eq!(key_of("Refunds & returns", 5), "refunds-returns");
        assert_eq!(key_of("Оплата", 5), "category-5");
    }
}
