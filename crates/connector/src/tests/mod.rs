//! The connector against the local Discord, without a desk: what it does and what it says.

mod files;
mod gateway;
mod port;
mod threads;

use super::{DiscordConfig, SerenityPort};
use desk::bridge::{ThreadSpec, ThreadStart, TicketCard};
use discord_stand_in::{Options, StandIn};
use domain::{ChannelId, DiscordGuildId, Priority, RoleId, Status, TicketId};
use std::time::Duration;

/// Longer than anything here takes; what waits this long hangs.
const PATIENCE: Duration = Duration::from_secs(30);

async fn discord() -> (StandIn, DiscordConfig) {
    let discord = StandIn::start(Options::default()).await.unwrap();
    let seeded = discord.settings();
    let config = DiscordConfig {
        token: seeded.bot_token,
        application_id: seeded.client_id.parse().unwrap(),
        stand_in: Some(super::StandIn {
            addr: discord.addr(),
            ca_pem: discord.ca_pem().to_owned(),
        }),
    };
    (discord, config)
}

/// A Discord, and the way to it. What each test asks there is its own affair.
struct Door {
    discord: StandIn,
    port: SerenityPort,
}

impl Door {
    async fn open() -> Self {
        let (discord, config) = discord().await;
        let port = SerenityPort::new(&config).unwrap();
        Self { discord, port }
    }

    fn spec(&self, parent: ChannelId, start: ThreadStart) -> ThreadSpec {
        ThreadSpec {
            guild: DiscordGuildId::from(self.discord.settings().guild_id),
            parent,
            name: "#7 Late parcel".to_owned(),
            start,
        }
    }

    fn support(&self) -> ChannelId {
        ChannelId::from(self.discord.settings().support_channel_id)
    }

    fn card(&self) -> Box<TicketCard> {
        Box::new(TicketCard {
            ticket: TicketId(41),
            number: 7,
            subject: "Late parcel".to_owned(),
            customer: "ada@example.com".to_owned(),
            category: "A question".to_owned(),
            priority: Priority::Medium,
            status: Status::Open,
            assignee: None,
            link: "http://127.0.0.1:3000/staff/tickets/7".to_owned(),
            shared: false,
            ping: Some(RoleId::from(self.discord.settings().staff_role_id)),
        })
    }
}
