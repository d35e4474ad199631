//! Buttons under a ticket's card: the same use cases as on the dashboard, for whoever may.

use super::event::{Press, PressAnswer, Pressed};
use crate::store::tickets;
use crate::{Desk, DeskError, DiscordProfile};

impl Desk {
    /// Does what a button asks for, if the member's own roles at this press allow it.
    pub async fn press(&self, pressed: Pressed) -> Result<PressAnswer, DeskError> {
        if pressed.guild != self.settings.guild.discord_id {
            return Err(DeskError::NotFound);
        }
        let staff = self
            .staff_by_roles(
                DiscordProfile {
                    user: pressed.member.user,
                    name: pressed.member.name,
                    avatar: pressed.member.avatar,
                },
                &pressed.member.roles,
            )
            .await?;
        let ticket = tickets::of_guild(&self.db.read, self.guild, pressed.ticket)
            .await?
            .ok_or(DeskError::NotFound)?;
        let number = ticket.number;
        let mut priority = None;
        let words = match pressed.press {
            Press::Assign if ticket.assignee_id == Some(staff.person) => {
                format!("Ticket #{number} is yours already.")
            }
            Press::Assign => {
                self.assign(&staff, ticket.id).await?;
                match ticket.assignee {
                    Some(before) => format!("Ticket #{number} is yours now; it was {before}'s."),
                    None => format!("Ticket #{number} is yours."),
                }
            }
            Press::RaisePriority | Press::SetPriority(_) => {
                let set = self
                    .prioritise(&staff, ticket.id, |now| match pressed.press {
                        Press::SetPriority(exactly) => exactly,
                        _ => now.next(),
                    })
                    .await?;
                priority = Some(set);
                format!(
                    "The priority of ticket #{number} is {}.",
                    set.words().to_lowercase()
                )
            }
            Press::Close if ticket.status.is_closed() => {
                format!("Ticket #{number} is closed already.")
            }
            Press::Close => {
                self.close_as(ticket.id, &staff.name).await?;
                format!("Ticket #{number} is closed.")
            }
            Press::Reopen if !ticket.status.is_closed() => {
                format!("Ticket #{number} is open already.")
            }
            Press::Reopen => {
                self.reopen_as(ticket.id, &staff.name).await?;
                format!("Ticket #{number} is open again.")
            }
        };
        Ok(PressAnswer { words, priority })
    }
}
