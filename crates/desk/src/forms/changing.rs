//! Categories and questions as admins change them, by command or on the web.
//!
//! Two admins at once come one after the other. What a form looks like is not known here.

use super::{CATEGORIES, HELP, NAME, QUESTIONS, Question};
use crate::store::entities::category::Model as Category;
use crate::store::forms;
use crate::work::Work;
use crate::{Admin, Desk, DeskError};
use domain::view::CategoryView;
use domain::{CategoryId, Field, Invalid};
use std::sync::{Arc, PoisonError};

/// The key of a category that is called so: its letters and digits, or its place if it has none.
pub(super) fn key_of(name: &str, place: i64) -> String {
    let words = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    let key = words.collect::<Vec<_>>().join("-").to_ascii_lowercase();
    if key.is_empty() {
        format!("category-{place}")
    } else {
        key
    }
}

/// A category's name and what explains it, if they are good ones.
fn judged<'t>(name: &'t str, help: &'t str) -> Result<(&'t str, &'t str), DeskError> {
    let (name, help) = (name.trim(), help.trim());
    let fits = |text: &str, most| text.chars().count() <= most && !text.contains(char::is_control);
    let mut wrong = Vec::new();
    if name.is_empty() || !fits(name, NAME) {
        let why = format!("A category's name has 1 to {NAME} characters on one line.");
        wrong.push(Invalid::new(Field::Name, why));
    }
    if !fits(help, HELP) {
        let why = format!("Its explanation has at most {HELP} characters on one line.");
        wrong.push(Invalid::new(Field::Help, why));
    }
    if wrong.is_empty() {
        Ok((name, help))
    } else {
        Err(DeskError::Invalid(wrong))
    }
}

fn taken() -> Result<(), DeskError> {
    Err(DeskError::Conflict {
        why: "There is a category of that name already.".to_owned(),
    })
}

impl Desk {
    /// Adds a category, or takes a retired one up again.
    pub async fn add_category(
        &self,
        admin: &Admin,
        name: &str,
        help: &str,
    ) -> Result<(), DeskError> {
        self.knows(admin)?;
        let (name, help) = judged(name, help)?;
        let work = self.work().await?;
        forms::lock(&work.tx, self.guild).await?;
        let rows = forms::all(&work.tx, self.guild).await?;
        let open = rows.iter().filter(|row| !row.retired);
        if open.clone().any(|row| row.name.eq_ignore_ascii_case(name)) {
            return taken();
        }
        if open.count() >= CATEGORIES {
            return Err(DeskError::Conflict {
                why: format!(
                    "{CATEGORIES} categories are the most that Discord can show. Remove one first."
                ),
            });
        }
        let position = rows.iter().map(|row| row.position).max().unwrap_or(0) + 1;
        let mut new = CategoryView {
            key: key_of(name, position),
            name: name.to_owned(),
            help: help.to_owned(),
        };
        let retired = rows.iter().find(|row| row.retired && row.key == new.key);
        match retired {
            Some(row) => forms::take_up_category(&work.tx, row.id, &new, position).await?,
            None => {
                if rows.iter().any(|row| row.key == new.key) {
                    new.key = format!("{}-{position}", new.key);
                }
                forms::add_category(&work.tx, self.guild, new, position).await?;
            }
        }
        self.categories_changed(work).await
    }

    /// Calls a category so from now on; without `help`, what explains it stays. Its tickets go with
    /// it: they are filed under the category, not under its name. A card in Discord says it with its
    /// ticket's next change.
    pub async fn reword_category(
        &self,
        admin: &Admin,
        key: &str,
        name: &str,
        help: Option<&str>,
    ) -> Result<(), DeskError> {
        let (work, row, others) = self.open_category(admin, key).await?;
        let (name, help) = judged(name, help.unwrap_or(&row.help))?;
        if others
            .iter()
            .any(|other| other.name.eq_ignore_ascii_case(name))
        {
            return taken();
        }
        let new = CategoryView {
            key: row.key.clone(),
            name: name.to_owned(),
            help: help.to_owned(),
        };
        forms::take_up_category(&work.tx, row.id, &new, row.position).await?;
        self.categories_changed(work).await?;
        self.hub.announce_to_staff(self.guild);
        Ok(())
    }

    /// Files nothing new under a category. Its tickets stay as they are.
    pub async fn retire_category(&self, admin: &Admin, key: &str) -> Result<(), DeskError> {
        let (work, row, others) = self.open_category(admin, key).await?;
        if others.is_empty() {
            return Err(DeskError::Conflict {
                why: "This is the only category: tickets need one. Add another first.".to_owned(),
            });
        }
        forms::retire_category(&work.tx, row.id).await?;
        self.categories_changed(work).await
    }

    /// A category under which tickets are filed, to be changed, and those beside it.
    async fn open_category(
        &self,
        admin: &Admin,
        key: &str,
    ) -> Result<(Work<'_>, Category, Vec<Category>), DeskError> {
        self.knows(admin)?;
        let work = self.work().await?;
        forms::lock(&work.tx, self.guild).await?;
        let mut open = forms::all(&work.tx, self.guild).await?;
        open.retain(|row| !row.retired);
        let Some(at) = open.iter().position(|row| row.key == key) else {
            return Err(DeskError::NotFound);
        };
        let row = open.remove(at);
        Ok((work, row, open))
    }

    async fn categories_changed(&self, work: Work<'_>) -> Result<(), DeskError> {
        let now = forms::categories(&work.tx, self.guild).await?;
        work.commit().await?;
        *self
            .categories
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(now);
        Ok(())
    }

    /// Asks one more question in the form of this category.
    pub async fn add_question(
        &self,
        admin: &Admin,
        category: &str,
        new: &Question,
    ) -> Result<(), DeskError> {
        self.knows(admin)?;
        let refuse = |why: String| Err(DeskError::Conflict { why });
        let work = self.work().await?;
        forms::lock(&work.tx, self.guild).await?;
        let id = self.category_id(&work, category).await?;
        let asked = forms::questions(&work.tx, self.guild, category).await?;
        if asked.len() >= QUESTIONS {
            return refuse(format!(
                "{QUESTIONS} questions are the most that Discord can ask. Remove one first."
            ));
        }
        if !forms::add_question(&work.tx, id, new).await? {
            return refuse("This is asked already.".to_owned());
        }
        work.commit().await
    }

    /// Asks a question no more.
    pub async fn remove_question(
        &self,
        admin: &Admin,
        category: &str,
        words: &str,
    ) -> Result<(), DeskError> {
        self.knows(admin)?;
        let work = self.work().await?;
        let id = self.category_id(&work, category).await?;
        if !forms::remove_question(&work.tx, id, words).await? {
            return Err(DeskError::Conflict {
                why: "This is not asked. Choose one of those suggested.".to_owned(),
            });
        }
        work.commit().await
    }

    async fn category_id(&self, work: &Work<'_>, key: &str) -> Result<CategoryId, DeskError> {
        let rows = forms::all(&work.tx, self.guild).await?;
        let row = rows.into_iter().find(|row| row.key == key && !row.retired);
        row.map(|row| row.id).ok_or(DeskError::NotFound)
    }
}
