//! Who is asking: staff proven by their role, admins by what Discord lets them do, customers by
//! their link or their account.
//!
//! A [`Staff`], [`Admin`] or [`Holder`] is the permission itself: its private fields keep anyone
//! else from making one. It knows neither sessions nor cookies.

use crate::bridge::{RemoteMember, RemoteRole};
use crate::roster::Freshness;
use crate::store::commands::{self, Grantee};
use crate::store::{people, tickets};
use crate::token::Token;
use crate::{Desk, DeskError};
use domain::view::PersonView;
use domain::{CustomerId, DiscordUserId, GuildId, PersonId, RoleId, TicketId};

/// A person of a guild's staff, checked at this request. In another guild it proves nothing.
#[derive(Clone, Debug)]
pub struct Staff {
    /// Their row.
    pub person: PersonId,
    /// The name that the guild sees.
    pub name: String,
    /// Their picture's address.
    pub avatar: Option<String>,
    pub(crate) guild: GuildId,
}

impl Staff {
    pub(crate) fn view(&self) -> PersonView {
        PersonView {
            name: self.name.clone(),
            avatar: self.avatar.clone(),
        }
    }
}

/// Somebody who manages the guild, by the permissions that Discord sent with what they did.
#[derive(Clone, Debug)]
pub struct Admin {
    /// The name that the guild sees.
    pub name: String,
    guild: GuildId,
}

/// Whoever may know how the desk does: staff, and those who manage the guild.
pub trait Insider: sealed::Insider {}

impl Insider for Staff {}
impl Insider for Admin {}

mod sealed {
    use domain::GuildId;

    /// Only the proofs of this room are insiders.
    pub trait Insider {
        /// The guild that the proof was made for.
        fn works_for(&self) -> GuildId;
    }
    impl Insider for super::Staff {
        fn works_for(&self) -> GuildId {
            self.guild
        }
    }
    impl Insider for super::Admin {
        fn works_for(&self) -> GuildId {
            self.guild
        }
    }
}

/// A browser that holds a ticket's private link, or the account that the ticket belongs to.
#[derive(Clone, Debug)]
pub struct Holder {
    pub(crate) guild: GuildId,
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
        if !self.counts_as_staff(account, &member.roles).await? {
            return Err(DeskError::NotAllowed);
        }
        Ok(Staff {
            person,
            name: member.name,
            avatar: member.avatar,
            guild: self.guild,
        })
    }

    /// A member as staff, by the roles that Discord sent with what they did.
    pub(crate) async fn staff_by_roles(
        &self,
        who: DiscordProfile,
        roles: &[domain::RoleId],
    ) -> Result<Staff, DeskError> {
        if !self.counts_as_staff(who.user, roles).await? {
            return Err(DeskError::NotAllowed);
        }
        let person = people::upsert(&self.db.write, &who).await?;
        Ok(Staff {
            person,
            name: who.name,
            avatar: who.avatar,
            guild: self.guild,
        })
    }

    /// Whether somebody with these roles is staff: by the staff role, or because an admin said so.
    pub(crate) async fn counts_as_staff(
        &self,
        user: DiscordUserId,
        roles: &[RoleId],
    ) -> Result<bool, DeskError> {
        let home = self.home();
        if home.is_set_up() && roles.contains(&home.staff_role) {
            return Ok(true);
        }
        let grants = commands::grants(&self.db.read, self.guild).await?;
        Ok(grants.into_iter().any(|grant| match grant {
            Grantee::User(granted) => granted == user,
            Grantee::Role(role) => roles.contains(&role),
        }))
    }

    /// A member of the staff as admin, if they manage the guild now (asked of Discord, remembered
    /// briefly): the condition that a command meets by the permissions that come with it.
    pub async fn admin_of(&self, staff: &Staff) -> Result<Admin, DeskError> {
        self.proven_admin(staff, Freshness::Fresh).await
    }

    /// Whether they probably are, for a way to what only admins may open. It opens nothing.
    pub async fn seems_admin(&self, staff: &Staff) -> bool {
        self.proven_admin(staff, Freshness::AtHand).await.is_ok()
    }

    async fn proven_admin(&self, staff: &Staff, within: Freshness) -> Result<Admin, DeskError> {
        self.knows(staff)?;
        let account = self.account(staff.person).await?;
        let account = account.ok_or(DeskError::NotAllowed)?;
        let member = self.member(account).await?.ok_or(DeskError::NotAllowed)?;
        let powers = self.powers(within).await?;
        self.admin(&member, powers.manages(account, &member.roles))
    }

    /// The guild's roles, the highest first; everyone's, which makes nobody anything, is left out.
    pub async fn roles(&self, admin: &Admin) -> Result<Vec<RemoteRole>, DeskError> {
        self.knows(admin)?;
        let mut roles = self.powers(Freshness::Fresh).await?.roles.clone();
        roles.retain(|role| role.id.0 != self.discord_id.0);
        Ok(roles)
    }

    /// A member as admin, if they manage the guild by Discord's own word.
    pub(crate) fn admin(
        &self,
        member: &RemoteMember,
        manages_guild: bool,
    ) -> Result<Admin, DeskError> {
        if !manages_guild {
            return Err(DeskError::NotAllowed);
        }
        Ok(Admin {
            name: member.name.clone(),
            guild: self.guild,
        })
    }

    /// The account's own ticket.
    pub(crate) async fn holder_by_account(
        &self,
        account: DiscordUserId,
        ticket: TicketId,
    ) -> Result<Holder, DeskError> {
        let named = tickets::of_guild(&self.db.read, self.guild, ticket)
            .await?
            .filter(|named| named.account == Some(account))
            .ok_or(DeskError::NotAllowed)?;
        Ok(Holder {
            guild: self.guild,
            ticket,
            customer: named.customer_id,
        })
    }

    /// Who holds this link. Unknown and malformed tokens are the same: not found.
    pub async fn holder(&self, token: &str) -> Result<Holder, DeskError> {
        let hash = Token::hash(token).ok_or(DeskError::NotFound)?;
        tickets::holder(&self.db.read, self.guild, &hash)
            .await?
            .ok_or(DeskError::NotFound)
    }

    /// Refuses a link of another guild's.
    pub(crate) fn lets_in(&self, holder: &Holder) -> Result<(), DeskError> {
        if holder.guild == self.guild {
            Ok(())
        } else {
            Err(DeskError::NotFound)
        }
    }
}
