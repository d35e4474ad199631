//! Quick replies: answers that are sent often, each under a name.
//!
//! Admins keep them, staff use them, both by command and on the web. What one says is an answer as
//! if it had been typed; nothing is filled in.

use crate::commands::QUICK_NAME_MAX;
use crate::commands::REPLY_MAX;
use crate::store::commands;
use crate::{Admin, Desk, DeskError, Insider};
use domain::Field;
use domain::text::Body;
use domain::view::QuickReply;

/// What a quick reply that is kept stands in for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep<'a> {
    /// Whatever has that name.
    Over,
    /// Nothing: the name must be new.
    New,
    /// The one of this name, which may get another one.
    InsteadOf(&'a str),
}

/// A name as it is kept: names are told apart without regard to case.
fn named(typed: &str) -> String {
    typed.trim().to_lowercase()
}

impl Desk {
    /// All quick replies, by name.
    pub async fn quick_replies(&self, who: &impl Insider) -> Result<Vec<QuickReply>, DeskError> {
        self.knows(who)?;
        commands::quick_replies(&self.db.read, self.guild).await
    }

    /// Keeps an answer under a name, and says the name as it is kept.
    pub async fn keep_quick_reply(
        &self,
        admin: &Admin,
        name: &str,
        text: &str,
        keep: Keep<'_>,
    ) -> Result<String, DeskError> {
        self.knows(admin)?;
        let name = named(name);
        let length = name.chars().count();
        let fits = (1..=usize::from(QUICK_NAME_MAX)).contains(&length);
        if !fits || name.contains(char::is_control) {
            let why = format!("A quick reply's name has 1 to {QUICK_NAME_MAX} characters.");
            return Err(DeskError::invalid(Field::Name, &why));
        }
        let body = Body::parse(text).map_err(|why| DeskError::Invalid(vec![why]))?;
        if body.as_str().chars().count() > usize::from(REPLY_MAX) {
            let why = format!("A quick reply has at most {REPLY_MAX} characters.");
            return Err(DeskError::invalid(Field::Body, &why));
        }
        let work = self.work().await?;
        if let Keep::InsteadOf(before) = keep {
            // Taken away first, so that it may keep its name; a refusal below undoes that.
            let before = before.to_lowercase();
            if !commands::remove_quick_reply(&work.tx, self.guild, &before).await? {
                return Err(DeskError::NotFound);
            }
        }
        let there = commands::quick_reply(&work.tx, self.guild, &name).await?;
        if keep != Keep::Over && there.is_some() {
            return Err(DeskError::Conflict {
                why: format!("There is a quick reply called {name} already. Choose another name."),
            });
        }
        commands::set_quick_reply(&work.tx, self.guild, &name, body.as_str()).await?;
        work.commit().await?;
        Ok(name)
    }

    /// Removes a quick reply. `false`: there was none of that name.
    pub async fn remove_quick_reply(&self, admin: &Admin, name: &str) -> Result<bool, DeskError> {
        self.knows(admin)?;
        let work = self.work().await?;
        let gone = commands::remove_quick_reply(&work.tx, self.guild, &name.to_lowercase()).await?;
        work.commit().await?;
        Ok(gone)
    }
}
