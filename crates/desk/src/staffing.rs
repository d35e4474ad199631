//! Who is staff beside those with the staff role: people and roles that admins named.
//!
//! Everyone's role cannot be named, for then nobody would be a customer; nor can the staff role, which
//! is a setting. What staff may do is not known here.

use crate::bridge::RemoteMember;
use crate::store::{commands, people};
use crate::{Admin, Desk, DeskError};
use domain::{DiscordUserId, Field, RoleId};

pub use crate::store::commands::Grantee;

/// Who is staff, as an admin reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staffing {
    /// Whoever has it is staff; none, while nothing is set up.
    pub staff_role: Option<RoleId>,
    /// People who were named, with their names where they are known.
    pub people: Vec<(DiscordUserId, Option<String>)>,
    /// Roles that were named.
    pub roles: Vec<RoleId>,
}

impl Desk {
    /// Makes somebody staff. `false`: they were named before.
    pub async fn add_staff(&self, admin: &Admin, who: &RemoteMember) -> Result<bool, DeskError> {
        if who.bot {
            return Err(DeskError::invalid(Field::Account, "Bots are no staff."));
        }
        self.grant(admin, Grantee::User(who.user)).await
    }

    /// Makes everyone with a role staff. `false`: it was named before.
    pub async fn add_staff_role(&self, admin: &Admin, role: RoleId) -> Result<bool, DeskError> {
        self.knows(admin)?;
        let refuse = |why| Err(DeskError::invalid(Field::Role, why));
        // @everyone has the guild's own id.
        if role.0 == self.discord_id.0 {
            return refuse("Everyone has that role: nobody would be a customer any more.");
        }
        if role == self.home().staff_role {
            return refuse("That is the staff role itself; the setting staff_role sets it.");
        }
        self.has_role(role, Field::Role).await?;
        self.grant(admin, Grantee::Role(role)).await
    }

    async fn grant(&self, admin: &Admin, to: Grantee) -> Result<bool, DeskError> {
        self.knows(admin)?;
        let work = self.work().await?;
        let changed = commands::grant(&work.tx, self.guild, to).await?;
        work.commit().await?;
        Ok(changed)
    }

    /// Takes back what made somebody staff. `false`: nothing did.
    pub async fn remove_staff(&self, admin: &Admin, from: Grantee) -> Result<bool, DeskError> {
        self.knows(admin)?;
        let work = self.work().await?;
        let changed = commands::revoke(&work.tx, self.guild, from).await?;
        work.commit().await?;
        Ok(changed)
    }

    /// Who is staff.
    pub async fn staffing(&self, admin: &Admin) -> Result<Staffing, DeskError> {
        self.knows(admin)?;
        let grants = commands::grants(&self.db.read, self.guild).await?;
        let (mut users, mut roles) = (Vec::new(), Vec::new());
        for grant in grants {
            match grant {
                Grantee::User(user) => users.push(user),
                Grantee::Role(role) => roles.push(role),
            }
        }
        let mut known = match users.is_empty() {
            true => Default::default(),
            false => people::names(&self.db.read, self.guild, &users).await?,
        };
        let people = users.into_iter().map(|user| {
            let name = self.roster.name(user).or_else(|| known.remove(&user));
            (user, name)
        });
        Ok(Staffing {
            staff_role: Some(self.home().staff_role).filter(|role| role.0 > 0),
            people: people.collect(),
            roles,
        })
    }

    /// The member of this id, for an admin who names them by it.
    pub async fn member_of_id(
        &self,
        admin: &Admin,
        user: DiscordUserId,
    ) -> Result<RemoteMember, DeskError> {
        self.knows(admin)?;
        let nobody = "Nobody with this id is in the server.";
        let member = self.member(user).await?;
        member.ok_or_else(|| DeskError::invalid(Field::Account, nobody))
    }
}
