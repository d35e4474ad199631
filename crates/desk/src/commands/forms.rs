//! What those who manage the guild do with categories and with the questions of their forms.
//!
//! What makes a good question and a good category is judged by [`crate::forms`].

use super::answer::{Answer, Reply, Say};
use super::asked::Asked;
use super::deeds::ForAdmin;
use super::given;
use crate::bridge::escape;
use crate::forms::Question;
use crate::{Admin, Desk, DeskError};

impl Desk {
    pub(super) async fn forms_for_admin(
        &self,
        what: ForAdmin,
        asked: &Asked,
        admin: &Admin,
    ) -> Result<Answer, DeskError> {
        let values = &asked.act.values;
        if what == ForAdmin::AddCategory {
            let name = given(values.text("name"))?;
            self.add_category(admin, name, values.text("about").unwrap_or_default())
                .await?;
            return Ok(format!("Tickets can be about {} now.", escape(name)).into());
        }
        let category = self.category_named(given(values.text("category"))?)?;
        let name = escape(&category.name);
        match what {
            ForAdmin::RewordCategory => {
                let new = given(values.text("name"))?;
                self.reword_category(admin, &category.key, new, values.text("about"))
                    .await?;
                Ok(format!(
                    "{name} is called {} now, on its old tickets too. Each card says so with its \
                     ticket's next change.",
                    escape(new.trim())
                )
                .into())
            }
            ForAdmin::RemoveCategory => {
                self.retire_category(admin, &category.key).await?;
                Ok(format!("Nothing new is filed under {name}; its tickets stay.").into())
            }
            ForAdmin::AskQuestion => {
                let reply = values.text("answer").and_then(Reply::from_key);
                let question = Question::read(
                    given(values.text("question"))?,
                    reply.unwrap_or(Reply::Paragraph),
                    values.integer("least"),
                    values.integer("most"),
                )
                .map_err(|why| DeskError::Invalid(vec![why]))?;
                self.add_question(admin, &category.key, &question).await?;
                self.shown_form(&category.key, &format!("{name} asks now:"))
                    .await
            }
            ForAdmin::RemoveQuestion => {
                let words = given(values.text("question"))?;
                self.remove_question(admin, &category.key, words).await?;
                self.shown_form(&category.key, &format!("{name} asks now:"))
                    .await
            }
            _ => {
                self.shown_form(&category.key, &format!("{name} asks:"))
                    .await
            }
        }
    }

    async fn shown_form(&self, category: &str, words: &str) -> Result<Answer, DeskError> {
        let questions = self.questions(category).await?;
        let lines = questions.iter().zip(1..).map(|(question, place)| {
            let reply = match question.reply {
                Reply::Line => "one line",
                Reply::Paragraph => "a paragraph",
            };
            let (least, most) = (question.least, question.most);
            let bounds = match least {
                0 => format!("up to {most} characters, or nothing"),
                _ => format!("{least} to {most} characters"),
            };
            format!(
                "{place}. **{}**\n-# {reply}, {bounds}",
                escape(&question.words)
            )
        });
        Ok(Answer::Say(Say {
            words: words.to_owned(),
            detail: Some(lines.collect::<Vec<_>>().join("\n")),
            menu: None,
        }))
    }
}
