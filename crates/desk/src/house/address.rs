//! Where a guild is found on the web, and how an admin changes that.
//!
//! A part of an address that a guild had leads to it on, and no other guild takes it: a link must not
//! begin to lead elsewhere. Private links of tickets have no part in this.

use super::House;
use crate::store::slugs;
use crate::{Admin, Desk, DeskError};
use domain::Field;
use domain::text::slug;
use std::sync::PoisonError;

impl House {
    /// The desk that this part of an address leads to, or led to.
    pub async fn of_address(&self, slug: &str) -> Result<Option<Desk>, DeskError> {
        if let Some(desk) = self.of_slug(slug) {
            return Ok(Some(desk));
        }
        let guild = slugs::former(&self.db, slug).await?;
        Ok(guild.and_then(|guild| self.of_row(guild)))
    }

    /// From now on the guild is found under this part of an address. `false`: so it was before.
    pub async fn move_to(
        &self,
        desk: &Desk,
        admin: &Admin,
        typed: &str,
    ) -> Result<bool, DeskError> {
        desk.knows(admin)?;
        let wanted = typed.trim();
        // What a name would become is what an address may be.
        if wanted.is_empty() || slug(wanted) != wanted {
            let why = "An address has up to 32 small letters, digits, and single dashes between \
                       them.";
            return Err(DeskError::invalid(Field::Slug, why));
        }
        // One guild moves at a time, so that no two get the same address.
        let _one_at_a_time = self.0.moving.lock().await;
        let mut view = desk.guild_name();
        if view.slug.as_deref() == Some(wanted) {
            return Ok(false);
        }
        let work = desk.work().await?;
        if slugs::is_anothers(&work.tx, desk.guild, wanted).await? {
            return Err(DeskError::Conflict {
                why: format!("{wanted} is taken by another server. Choose another address."),
            });
        }
        if let Some(before) = &view.slug {
            slugs::keep(&work.tx, desk.guild, before, work.now).await?;
        }
        slugs::set(&work.tx, desk.guild, wanted).await?;
        work.commit().await?;
        view.slug = Some(wanted.to_owned());
        *desk.view.write().unwrap_or_else(PoisonError::into_inner) = view;
        Ok(true)
    }
}
