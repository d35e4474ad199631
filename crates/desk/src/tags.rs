//! Tags: words that staff put on tickets to find them by. No customer ever sees one.
//!
//! Putting one on and taking it off is a line of the ticket's history and a change like any other,
//! for staff alone; by command and on the web it is the same.

use crate::commands::TAG_MAX;
use crate::store::commands;
use crate::work::Touched;
use crate::{Desk, DeskError, Staff};
use domain::{Field, TicketId};

/// What becomes of a tag on a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tagging {
    /// It is put on.
    On,
    /// It is taken off.
    Off,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tagged {
    pub(crate) number: i64,
    /// The tag as it is kept.
    pub(crate) tag: String,
    /// `false`: so it was before.
    pub(crate) changed: bool,
}

impl Desk {
    /// Puts a tag on the ticket of this number, or takes it off.
    pub async fn set_tag(
        &self,
        staff: &Staff,
        number: i64,
        tag: &str,
        tagging: Tagging,
    ) -> Result<(), DeskError> {
        let id = self.ticket_id(staff, number).await?;
        self.tag_ticket(staff, id, tag, tagging).await.map(drop)
    }

    /// The tags that the guild's tickets have.
    pub async fn known_tags(&self, staff: &Staff) -> Result<Vec<String>, DeskError> {
        self.knows(staff)?;
        commands::known_tags(&self.db.read, self.guild).await
    }

    pub(crate) async fn tag_ticket(
        &self,
        staff: &Staff,
        id: TicketId,
        typed: &str,
        tagging: Tagging,
    ) -> Result<Tagged, DeskError> {
        // Tags are told apart without regard to case.
        let tag = typed.trim().to_lowercase();
        let fits = (1..=usize::from(TAG_MAX)).contains(&tag.chars().count());
        if !fits || tag.contains(char::is_control) {
            let why = format!("A tag has 1 to {TAG_MAX} characters on one line.");
            return Err(DeskError::invalid(Field::Tag, &why));
        }
        let mut work = self.work().await?;
        let row = work.ticket(id).await?;
        let number = row.number;
        let changed = match tagging {
            Tagging::On => commands::tag(&work.tx, row.id, &tag).await?,
            Tagging::Off => commands::untag(&work.tx, row.id, &tag).await?,
        };
        if changed {
            let words = match tagging {
                Tagging::On => format!("{} put the tag {tag} on", staff.name),
                Tagging::Off => format!("{} took the tag {tag} off", staff.name),
            };
            work.record(row.id, words).await?;
            work.save(&row, |_| (), Touched::StaffOnly).await?;
            work.commit().await?;
        }
        Ok(Tagged {
            number,
            tag,
            changed,
        })
    }
}
