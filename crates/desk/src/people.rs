//! Who is asking: staff proven by their role, customers proven by their link.
//!
//! A [`Staff`] or [`Holder`] is the permission itself: its private fields keep anyone else from
//! making one. It knows neither sessions nor cookies.

use crate::store::{people, tickets};
use crate::token::Token;
use crate::{Desk, DeskError};
use domain::view::PersonView;
use domain::{CustomerId, DiscordUserId, PersonId, TicketId};

/// A person of the staff, checked at this request.
#[derive(Clone, Debug)]
pub struct Staff {
    /// Their row.
    pub person: PersonId,
    /// The name that the guild sees.
    pub name: String,
    /// Their picture's address.
    pub avatar: Option<String>,
    _proof: Checked,
}

#[derive(Clone, Copy, Debug)]
struct Checked;

impl Staff {
    pub(crate) fn view(&self) -> PersonView {
        PersonView {
            name: self.name.clone(),
            avatar: self.avatar.clone(),
        }
    }
}

/// A browser that holds a ticket's private link.
#[derive(Clone, Debug)]
pub struct Holder {
    pub(crate) ticket: TicketId,
    pub(crate) customer: CustomerId,
}

/// Who signed in, as Discord says.
#[derive(Clone, Debug)]
pub struct DiscordProfile {
    /// Their account.
    pub user: DiscordUserId,
    /// Their name.
    pub name: String,
    /// Their picture's address.
    pub avatar: Option<String>,
}

impl Desk {
    /// Takes in who signed in. That makes nobody staff; see [`Desk::staff`].
    pub async fn sign_in(&self, who: DiscordProfile) -> Result<PersonId, DeskError> {
        let id = people::upsert(&self.db.write, &who).await?;
        self.roster.forget(who.user);
        Ok(id)
    }

    /// The person as staff, if they have the role now (asked of Discord, remembered briefly).
    pub async fn staff(&self, person: PersonId) -> Result<Staff, DeskError> {
        let account = self.account(person).await?.ok_or(DeskError::NotAllowed)?;
        let member = self.member(account).await?.ok_or(DeskError::NotAllowed)?;
        if !member.roles.contains(&self.settings.guild.staff_role) {
            return Err(DeskError::NotAllowed);
        }
        Ok(Staff {
            person,
            name: member.name,
            avatar: member.avatar,
            _proof: Checked,
        })
    }

    /// A member as staff, by the roles that Discord sent with what they did.
    pub(crate) async fn staff_by_roles(
        &self,
        who: DiscordProfile,
        roles: &[domain::RoleId],
    ) -> Result<Staff, DeskError> {
        if !roles.contains(&self.settings.guild.staff_role) {
            return Err(DeskError::NotAllowed);
        }
        let person = people::upsert(&self.db.write, &who).await?;
        Ok(Staff {
            person,
            name: who.name,
            avatar: who.avatar,
            _proof: Checked,
        })
    }

    /// Who holds this link. Unknown and malformed tokens are the same: not found.
    pub async fn holder(&self, token: &str) -> Result<Holder, DeskError> {
        let hash = Token::hash(token).ok_or(DeskError::NotFound)?;
        tickets::holder(&self.db.read, &hash)
            .await?
            .ok_or(DeskError::NotFound)
    }
}
