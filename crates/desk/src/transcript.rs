//! Transcripts: one ticket as a file of its own, to keep, print or hand on.
//!
//! There are two editions. The customer's is made of what the customer's page shows and cannot hold
//! more; the staff's has notes, history and what messages said before. A transcript says who wrote
//! what and when; whether somebody may have it is proven by whoever asks for it.

mod html;
mod json;

use crate::files::whole;
use crate::store::entities::attachment::Model as File;
use crate::store::{commands, files, links, messages, tickets};
use crate::{Desk, DeskError, Holder, Staff};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::view::ConversationView;
use domain::{FileId, PersonId, TicketId};
use std::collections::HashMap;
use tokio::sync::OwnedSemaphorePermit;

/// The largest picture that a transcript carries as it came; of a larger one it has the small one.
const PICTURE_MAX: i64 = 2 << 20;
/// How much all pictures of a transcript may weigh: with a third more for their way of writing, and
/// the words, it still goes into one post in Discord.
const PICTURES_MAX: usize = 6 << 20;

/// How many are written at once: each holds its pictures whole.
pub(crate) const AT_ONCE: usize = 2;

/// What becomes of a transcript's pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pictures {
    /// They are in it.
    Inside,
    /// They are only named.
    Named,
}

/// For whom a transcript is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Edition {
    Customer,
    Staff,
}

/// One ticket, written out.
#[derive(Debug)]
pub struct Transcript {
    edition: Edition,
    guild: String,
    public_url: String,
    conversation: ConversationView,
    /// What was said when it was closed, as it was typed.
    closed_because: Option<String>,
    /// Pictures that it carries, as addresses that hold them.
    pictures: HashMap<FileId, String>,
    /// Held until it is written out and thrown away.
    _room: OwnedSemaphorePermit,
}

impl Transcript {
    /// The name of its file, without an ending.
    pub fn name(&self) -> String {
        format!("ticket-{}", self.conversation.ticket.number)
    }

    /// As a page that needs nothing but itself.
    pub fn html(&self) -> String {
        html::write(self)
    }

    /// For programs.
    pub fn json(&self) -> String {
        json::write(self)
    }

    /// What the page may load: the pictures in it, and its own style.
    pub fn policy() -> String {
        html::policy()
    }

    fn is_staffs(&self) -> bool {
        self.edition == Edition::Staff
    }

    /// Where a file is to be had. The customer's edition names a place beside itself: written out in
    /// full, it would carry the private link to whomever the file is handed on.
    fn place(&self, file: FileId, name: &str) -> String {
        let step = in_address(name);
        match self.edition {
            Edition::Customer => format!("files/{file}/{step}"),
            Edition::Staff => format!("{}/staff/files/{file}/{step}", self.public_url),
        }
    }
}

impl Desk {
    /// A ticket's transcript for staff, with all that is internal.
    pub async fn transcript_for_staff(
        &self,
        staff: &Staff,
        number: i64,
        pictures: Pictures,
    ) -> Result<Transcript, DeskError> {
        let conversation = self.conversation(staff, number).await?;
        let ticket = self.ticket_id(staff, number).await?;
        self.transcribe(ticket, Edition::Staff, conversation, pictures)
            .await
    }

    /// A ticket's transcript for whoever holds its private link.
    pub async fn transcript_for_holder(
        &self,
        holder: &Holder,
        pictures: Pictures,
    ) -> Result<Transcript, DeskError> {
        self.lets_in(holder)?;
        let ticket = tickets::of_guild(&self.db.read, self.guild, holder.ticket)
            .await?
            .ok_or(DeskError::NotFound)?;
        let conversation = self.customers_conversation(ticket).await?;
        self.transcribe(holder.ticket, Edition::Customer, conversation, pictures)
            .await
    }

    /// The staff's transcript for the log channel, where staff read it.
    pub(crate) async fn transcript_for_log(
        &self,
        ticket: TicketId,
    ) -> Result<Transcript, DeskError> {
        let named = tickets::of_guild(&self.db.read, self.guild, ticket)
            .await?
            .ok_or(DeskError::NotFound)?;
        let link = links::of_ticket(&self.db.read, ticket).await?;
        // Nobody's own: nothing in a transcript depends on who reads it.
        let mut messages = messages::for_staff(&self.db, ticket, PersonId(0)).await?;
        files::show(&self.db, ticket, &mut messages).await?;
        let conversation = ConversationView {
            messages: self.shown(messages).await?,
            tags: commands::tags(&self.db.read, ticket).await?,
            history: tickets::history(&self.db, ticket).await?,
            thread_url: link.thread_id.map(|thread| self.thread_address(thread)),
            thread_trouble: None,
            thread_notice: None,
            limits: self.limits,
            ticket: named.view(),
            now: self.now(),
        };
        self.transcribe(ticket, Edition::Staff, conversation, Pictures::Inside)
            .await
    }

    async fn transcribe(
        &self,
        ticket: TicketId,
        edition: Edition,
        conversation: ConversationView,
        wanted: Pictures,
    ) -> Result<Transcript, DeskError> {
        let room = self.transcribing.clone().acquire_owned().await;
        let _room = room.map_err(|_| DeskError::Internal("transcripts have ended".into()))?;
        let named = tickets::of_guild(&self.db.read, self.guild, ticket).await?;
        let rows = match wanted {
            Pictures::Inside => files::pictures(&self.db, ticket).await?,
            Pictures::Named => Vec::new(),
        };
        let shown: Vec<FileId> = conversation
            .messages
            .iter()
            .flat_map(|message| message.files.iter().map(|file| file.id))
            .collect();
        let mut room = PICTURES_MAX;
        let mut pictures = HashMap::new();
        for row in rows.iter().filter(|row| shown.contains(&row.id)) {
            if let Some((kind, bytes)) = self.picture(row, room).await {
                room -= bytes.len();
                let address = format!("data:{kind};base64,{}", STANDARD.encode(&bytes));
                pictures.insert(row.id, address);
            }
        }
        Ok(Transcript {
            edition,
            guild: self.guild_name().name,
            public_url: self.staff_base(),
            conversation,
            closed_because: named.and_then(|named| named.closed_because),
            pictures,
            _room,
        })
    }

    /// A picture, or its small one, if there is room. One that cannot be had now is only named.
    async fn picture(&self, row: &File, room: usize) -> Option<(&'static str, Vec<u8>)> {
        let as_it_came = (row.size <= PICTURE_MAX)
            .then_some((row.kind.as_deref(), row.hash.as_deref()))
            .filter(|_| usize::try_from(row.size).is_ok_and(|size| size <= room));
        let small = (row.thumb_kind.as_deref(), row.thumb_hash.as_deref());
        let (kind, hash) = as_it_came.unwrap_or(small);
        let kind = kind.and_then(crate::files::known_picture)?;
        let bytes = match self.stored_bytes(hash?).await {
            Ok(bytes) => whole(bytes?).await,
            Err(error) => Err(error),
        };
        bytes
            .inspect_err(|error| {
                tracing::warn!(%error, file.id = row.id.0, "a transcript goes without a picture");
            })
            .ok()
            .filter(|bytes| bytes.len() <= room)
            .map(|bytes| (kind, bytes))
    }
}

/// A name as the last step of an address.
fn in_address(name: &str) -> String {
    let step: String = name
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect();
    // A step of dots alone would lead elsewhere.
    if step.bytes().all(|b| b == b'.') {
        "file".to_owned()
    } else {
        step
    }
}
