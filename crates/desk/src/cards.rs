//! Customers' cards: what the host product knows of whoever filed a ticket, for staff alone.
//!
//! How the product is asked is the server's affair; it hands in [`Cards`]. Nothing of a card is
//! kept: whoever looks at a ticket sees what is so now.

use crate::store::people;
use crate::store::tickets::{self, Named};
use crate::{Desk, DeskError, Staff};
use domain::card::CardAnswer;
use domain::{DiscordGuildId, DiscordUserId, Timestamp};

/// Of whom a card is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardOf {
    /// Their address, where they gave one.
    pub email: Option<String>,
    /// Their account at Discord, where it is known.
    pub account: Option<DiscordUserId>,
    /// The guild, and the number of their ticket there.
    pub ticket: (DiscordGuildId, i64),
    /// When it is wanted.
    pub at: Timestamp,
}

/// Asks the host product.
#[async_trait::async_trait]
pub trait Cards: Send + Sync + 'static {
    /// What it knows of a customer. It answers within a few seconds, whatever the product does.
    async fn card(&self, of: &CardOf) -> CardAnswer;
}

impl Desk {
    /// The card of a ticket's customer.
    pub async fn customer_card(&self, staff: &Staff, number: i64) -> Result<CardAnswer, DeskError> {
        self.knows(staff)?;
        let id = tickets::id_of(&self.db.read, self.guild, number).await?;
        let named = match id {
            Some(id) => tickets::of_guild(&self.db.read, self.guild, id).await?,
            None => None,
        };
        self.card_of(staff, &named.ok_or(DeskError::NotFound)?)
            .await
    }

    pub(crate) async fn card_of(
        &self,
        _staff: &Staff,
        ticket: &Named,
    ) -> Result<CardAnswer, DeskError> {
        let Some(cards) = self.cards.get() else {
            return Ok(CardAnswer::Off);
        };
        let email = people::address_of(&self.db.read, ticket.customer_id).await?;
        let of = CardOf {
            email,
            account: ticket.account,
            ticket: (self.discord_id, ticket.number),
            at: self.now(),
        };
        Ok(cards.card(&of).await)
    }
}
