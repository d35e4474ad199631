//! Messages as pages show them: their text as HTML, with the names of those whom it mentions.
//!
//! What is HTML, `markup` decides; here is only asked whose names a conversation needs, once for
//! all of it. It changes nothing and hides nothing.

use crate::store::people;
use crate::{Desk, DeskError};
use domain::Side;
use domain::view::MessageView;
use markup::Names;

/// Nobody mentions more people in one conversation; the rest stay "@someone".
const MOST_NAMES: usize = 500;

impl Desk {
    /// The same messages, with their HTML.
    pub(crate) async fn shown(
        &self,
        mut messages: Vec<MessageView>,
    ) -> Result<Vec<MessageView>, DeskError> {
        let names = self.names_in(&messages).await?;
        let nobody = Names::default();
        for message in &mut messages {
            // A customer does not learn who is behind an id by typing it.
            let names = match message.side {
                Side::Staff => &names,
                Side::Customer => &nobody,
            };
            message.html = markup::html(&message.body, names);
        }
        Ok(messages)
    }

    async fn names_in(&self, messages: &[MessageView]) -> Result<Names, DeskError> {
        let mut ids: Vec<_> = messages
            .iter()
            .filter(|message| message.side == Side::Staff)
            .flat_map(|message| markup::mentioned(&message.body))
            .collect();
        ids.sort_unstable();
        ids.dedup();
        ids.truncate(MOST_NAMES);
        let mut names = Names::default();
        names
            .roles
            .insert(self.home().staff_role, "staff".to_owned());
        if !ids.is_empty() {
            names.people = people::names(&self.db.read, self.guild, &ids).await?;
            // Who only works here without a word so far is known as a member.
            for id in ids {
                if let Some(name) = self.roster.name(id) {
                    names.people.entry(id).or_insert(name);
                }
            }
        }
        Ok(names)
    }
}
