//! What people do inside Discord: who may use what, and what becomes of it on both sides.

mod bounds;
mod forms;
mod from_message;
mod members;
mod outsiders;
mod panel;
pub mod rights;
mod staffing;

use crate::discord::*;
use crate::world::*;
use desk::bridge::{RemoteMember, RemoteMessage, ThreadShape};
use desk::commands::{
    Act, Answer, Asked, COMMANDS, Control, Does, ForAdmin, ForEveryone, ForOwner, ForStaff, Say,
    Value, Values, Who, Written,
};
use desk::{DeskError, Examiner, GuildSettings, Holder, Used};
use domain::examination::Finding;
use domain::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Who plays: the customer is Pat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Admin,
    Staff,
    Owner,
    Stranger,
}

const SAM: DiscordUserId = DiscordUserId(4_003);
const BOSS: DiscordUserId = DiscordUserId(4_004);

fn member(role: Role) -> RemoteMember {
    let (user, name) = match role {
        Role::Admin => (BOSS, "Boss"),
        Role::Staff => (MIRA, "Mira Okafor"),
        Role::Owner => (PAT, "Pat Rivera"),
        Role::Stranger => (SAM, "Sam Weber"),
    };
    RemoteMember {
        user,
        name: name.into(),
        avatar: None,
        roles: match role {
            Role::Staff => vec![STAFF_ROLE],
            _ => vec![],
        },
        bot: false,
    }
}

pub fn text(name: &str, value: &str) -> (String, Value) {
    (name.into(), Value::Text(value.into()))
}

fn user(role: Role) -> (String, Value) {
    ("user".into(), Value::User(Box::new(member(role))))
}

fn message(id: i64, said: &str) -> (String, Value) {
    let written = Written {
        id: DiscordMessageId(id),
        author: member(Role::Owner),
        text: said.to_owned(),
        files: Vec::new(),
    };
    ("message".into(), Value::Message(Box::new(written)))
}

fn asked(role: Role, does: Does, ticket: Option<TicketId>, values: Vec<(String, Value)>) -> Asked {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    Asked {
        secret: format!("token {}", NEXT.fetch_add(1, Ordering::Relaxed)),
        guild: GUILD,
        channel: ThreadId(1),
        in_thread: false,
        member: member(role),
        manages_guild: role == Role::Admin,
        act: Act {
            does,
            ticket,
            values: values.into_iter().collect::<Values>(),
            takes: &[],
        },
    }
}

/// A desk whose panel stands in a channel that members see.
async fn with_panel() -> World {
    let world = World::new().await;
    let panel = asked(
        Role::Admin,
        Does::Admin(ForAdmin::Config),
        None,
        vec![text("setting", "panel_channel"), text("value", "<#77>")],
    );
    world.says(&panel).await.unwrap();
    world
}

impl World {
    async fn says(&self, asked: &Asked) -> Result<Say, DeskError> {
        match self.desk.interact(asked).await? {
            Answer::Say(say) => Ok(say),
            other => panic!("no words: {other:?}"),
        }
    }

    /// What whoever sent a form is told that was refused.
    async fn refused(&self, asked: &Asked) -> Say {
        let why = match self.says(asked).await {
            Err(DeskError::Conflict { why }) => why,
            other => panic!("not refused: {other:?}"),
        };
        match asked.act.refused(why) {
            Answer::Say(say) => say,
            other => panic!("no words: {other:?}"),
        }
    }

    async fn words(&self, role: Role, does: Does, values: Vec<(String, Value)>) -> String {
        let ticket = ("ticket".into(), Value::Integer(1));
        let values = values.into_iter().chain([ticket]).collect();
        match self.says(&asked(role, does, None, values)).await {
            Ok(say) => format!("{}\n{}", say.words, say.detail.unwrap_or_default()),
            Err(DeskError::Conflict { why }) => why,
            Err(error) => panic!("{does:?}: {error}"),
        }
    }

    /// Pat files a ticket in Discord; the private link's token is returned with the thread.
    async fn filed_in_discord(&self) -> (String, ThreadId) {
        let form = Does::Everyone(ForEveryone::File);
        let values = vec![text("category", "question"), text("text", TEXT)];
        let say = self.says(&asked(Role::Owner, form, None, values)).await;
        let words = say.unwrap().words;
        let (_, token) = words.rsplit_once("/t/").unwrap();
        self.settle().await;
        let thread = self.discord.state().threads.last().unwrap().id;
        (token.to_owned(), thread)
    }

    async fn holder(&self, token: &str) -> Holder {
        self.desk.holder(token).await.unwrap()
    }
}

const TEXT: &str = "My parcel is late.\nIt was due on Monday.";
