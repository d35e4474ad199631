//! A staff member's reply that comes from Discord as a wish and not as a message: by a command.
//!
//! It is the dashboard's reply, asked for in a thread. Who listens to commands hands it over; what
//! the customer and the thread get of it is decided where replies are.

use super::port::RemoteMember;
use crate::store::{links, tickets};
use crate::{Desk, DeskError, DiscordProfile, RequestKey};
use domain::text::Body;
use domain::{DiscordGuildId, ThreadId};

/// A reply given in a thread. The member is the interaction's own, never a remembered one.
#[derive(Clone, Debug)]
pub struct ThreadReply {
    /// Where.
    pub guild: DiscordGuildId,
    /// In which thread.
    pub thread: ThreadId,
    /// By whom.
    pub member: RemoteMember,
    /// What.
    pub body: Body,
    /// The interaction's own key: the same one twice is one reply.
    pub key: Option<RequestKey>,
}

impl Desk {
    /// Sends a reply to the customer and posts it in the thread as from whoever gave it, if their
    /// own roles allow it. Says which ticket it went to.
    pub async fn reply_in_thread(&self, reply: ThreadReply) -> Result<i64, DeskError> {
        if reply.guild != self.discord_id {
            return Err(DeskError::NotFound);
        }
        let member = reply.member;
        let profile = DiscordProfile {
            user: member.user,
            name: member.name,
            avatar: member.avatar,
        };
        let staff = self.staff_by_roles(profile, &member.roles).await?;
        let link = links::of_thread(&self.db.read, self.guild, reply.thread)
            .await?
            .ok_or(DeskError::NotFound)?;
        let ticket = tickets::of_guild(&self.db.read, self.guild, link.ticket_id)
            .await?
            .ok_or(DeskError::NotFound)?;
        self.staff_reply(&staff, ticket.number, reply.body, reply.key)
            .await?;
        Ok(ticket.number)
    }
}
