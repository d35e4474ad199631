//! What staff and a ticket's own customer may both do: close it and open it again.

use super::answer::{Answer, Control, Field, Form, Reply};
use super::asked::Asked;
use super::deeds::ForOwner;
use super::table::REASON_MAX;
use super::{Actor, conflict};
use crate::store::tickets::Named;
use crate::{Desk, DeskError};

impl Desk {
    pub(super) async fn for_owner(
        &self,
        what: ForOwner,
        asked: &Asked,
        actor: Actor,
        ticket: Named,
    ) -> Result<Answer, DeskError> {
        let number = ticket.number;
        let (who, id) = match &actor {
            Actor::Staff(staff) => (staff.name.as_str(), ticket.id),
            Actor::Customer(holder) => ("The customer", holder.ticket),
        };
        match what {
            ForOwner::AskClose | ForOwner::Close if ticket.status.is_closed() => {
                Ok(format!("Ticket #{number} is closed already.").into())
            }
            ForOwner::AskClose => Ok(Answer::Form(Form {
                control: Control::Close(ticket.id),
                title: format!("Close ticket #{number}?"),
                fields: vec![Field {
                    name: "reason".to_owned(),
                    label: "Why? Both sides read it.".to_owned(),
                    reply: Reply::Paragraph,
                    min: 0,
                    max: REASON_MAX,
                }],
            })),
            ForOwner::Close => {
                let reason = asked.act.values.text("reason");
                let length = reason.map_or(0, |reason| reason.chars().count());
                if length > usize::from(REASON_MAX) {
                    return conflict(format!(
                        "Shorten the reason to {REASON_MAX} characters; it has {length}."
                    ));
                }
                self.close_as(id, who, reason).await?;
                Ok(format!("Ticket #{number} is closed.").into())
            }
            ForOwner::Reopen if !ticket.status.is_closed() => {
                Ok(format!("Ticket #{number} is open already.").into())
            }
            ForOwner::Reopen => {
                self.reopen_as(id, who).await?;
                Ok(format!("Ticket #{number} is open again.").into())
            }
        }
    }
}
