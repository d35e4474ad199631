//! The one door for what Discord tells us.
//!
//! Live events, catch-up pages and replays all come through here and may overlap: what is known
//! already changes nothing. Each thread's facts are taken one at a time. It knows neither how a
//! fact was heard nor who will read what it becomes.

use super::command::Command;
use super::event::{Absence, RemoteAuthor, RemoteEvent, RemoteFile, RemoteMessage};
use super::quote::behind;
use super::threads::Heard;
use crate::store::entities::thread_link::Model as Link;
use crate::store::messages::{self, NewMessage};
use crate::store::{files, links, parts, people, tickets};
use crate::work::Touched;
use crate::{Desk, DeskError, DiscordProfile};
use domain::file::clean_name;
use domain::{Delivery, DiscordMessageId, MessageKind, NotesInDiscord, Origin, Side, Timestamp};

/// What became of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ingested {
    /// It changed something.
    Taken,
    /// It was known, or concerns no ticket.
    Ignored,
    /// Something before it is missing; catch-up will bring both in their order.
    Deferred,
}

/// What a staff member sees under a message that went to the customer.
const SENT: &str = "✅";
/// What anyone sees under a message that did not.
const NOT_SENT: &str = "❌";
/// What staff see under a note.
const NOTED: &str = "📝";

fn react(message: DiscordMessageId, sign: &str) -> Command {
    Command::React {
        message: message.0,
        emoji: sign.to_owned(),
    }
}

/// Who may know that a message of this kind changed.
fn audience(kind: MessageKind) -> Touched {
    match kind {
        MessageKind::Reply => Touched::Everyone,
        MessageKind::Note => Touched::StaffOnly,
    }
}

impl Desk {
    /// Takes in one fact.
    pub async fn ingest(&self, fact: RemoteEvent) -> Result<Ingested, DeskError> {
        match fact {
            RemoteEvent::Connected | RemoteEvent::Disconnected => {
                self.bridge.new_session();
                Ok(Ingested::Taken)
            }
            RemoteEvent::GuildReady {
                guild,
                name,
                threads,
            } => {
                if guild != self.discord_id {
                    return Ok(Ingested::Ignored);
                }
                self.called(&name).await?;
                self.is_there(&threads).await?;
                Ok(Ingested::Taken)
            }
            RemoteEvent::Posted(message) | RemoteEvent::Edited(message) => {
                let lane = self.bridge.lane(message.channel);
                let _one_at_a_time = lane.lock().await;
                if let (true, Some(nonce)) = (message.author.is_us, &message.nonce) {
                    let news = self.confirm(nonce, message.id).await?;
                    return Ok(if news {
                        Ingested::Taken
                    } else {
                        Ingested::Ignored
                    });
                }
                let Some(link) =
                    links::of_thread(&self.db.read, self.guild, message.channel).await?
                else {
                    return Ok(Ingested::Ignored);
                };
                // A new wording of what is known stands for itself; what is new waits for what came
                // before it.
                let is_known = parts::of_post(&self.db.read, message.id).await?.is_some();
                if !is_known && self.bridge.is_behind(message.channel) {
                    self.bridge.has_grown(message.channel);
                    return Ok(Ingested::Deferred);
                }
                self.take_message(&link, &message).await
            }
            RemoteEvent::Deleted { channel, messages } => {
                let lane = self.bridge.lane(channel);
                let _one_at_a_time = lane.lock().await;
                let mut result = Ingested::Ignored;
                for id in messages {
                    self.bridge.message_gone(id);
                    if self.take_back(id).await? {
                        result = Ingested::Taken;
                    }
                }
                Ok(result)
            }
            RemoteEvent::MemberOf(guilds) => {
                if guilds.contains(&self.discord_id) {
                    return Ok(Ingested::Ignored);
                }
                self.gone_away(Absence::Removed);
                Ok(Ingested::Taken)
            }
            RemoteEvent::GuildAway { guild, absence } => {
                if guild != self.discord_id {
                    return Ok(Ingested::Ignored);
                }
                self.gone_away(absence);
                Ok(Ingested::Taken)
            }
            RemoteEvent::ThreadChanged {
                thread,
                name,
                archived,
                locked,
            } => {
                let heard = Heard {
                    name,
                    archived,
                    locked,
                };
                self.thread_changed(thread, heard).await
            }
            RemoteEvent::ThreadGone { thread } => self.thread_gone(thread).await,
            RemoteEvent::ChannelGone { channel } => self.channel_gone(channel).await,
        }
    }

    /// Takes in a message as Discord has it now: new, edited or known. The caller holds the lane.
    pub(crate) async fn take_message(
        &self,
        link: &Link,
        message: &RemoteMessage,
    ) -> Result<Ingested, DeskError> {
        let author = &message.author;
        if author.is_us {
            return self.recognise(link, message).await;
        }
        if author.is_bot || !message.is_speech {
            return Ok(Ingested::Ignored);
        }
        if let Some(part) = parts::of_post(&self.db.read, message.id).await? {
            return self.take_edit(link, &part, message).await;
        }
        let written = message.content.trim_end();
        if written.trim().is_empty() && message.files.is_empty() {
            return Ok(Ingested::Ignored);
        }
        if self.bridge.is_gone(message.id) {
            // Its end was told before its beginning.
            return Ok(Ingested::Ignored);
        }
        let is_its_account = self.is_customer(link, author).await?;
        // Where only staff are, one of them is not heard as the customer.
        let is_staff = !(is_its_account && link.is_shared()) && self.is_staff(author).await?;
        let is_customer = is_its_account && !is_staff;
        let quote = self.quote(link.ticket_id, message).await?;
        let profile = DiscordProfile {
            user: author.user,
            name: author.name.clone(),
            avatar: author.avatar.clone(),
        };
        let person = people::as_told(&self.db.read, &profile).await?;
        let mut work = self.work().await?;
        // The lock comes before the look: two tellers of one fact come one after the other.
        let ticket = work.ticket(link.ticket_id).await?;
        let Some(place) = messages::place(&work.tx, ticket.id, message.id).await? else {
            return Ok(Ingested::Ignored);
        };
        if !links::seen(&work.tx, ticket.id, message.channel, message.id).await? {
            return Ok(Ingested::Ignored);
        }
        let person = match person {
            Some(known) => known,
            None => people::upsert(&work.tx, &profile).await?,
        };
        let (kind, body) = match self.note_in(message) {
            // The ticket's own customer speaks for themselves, whatever it begins with.
            _ if is_customer => (MessageKind::Reply, written),
            // Whoever is not staff must not speak to a customer; staff still see what was said.
            _ if !is_staff => (MessageKind::Note, written),
            Some(note) => (MessageKind::Note, note),
            // Where the customer reads along, a reply is a reply.
            None if self.home().notes == NotesInDiscord::ReplyCommand && !link.is_shared() => {
                (MessageKind::Note, written)
            }
            None => (MessageKind::Reply, written),
        };
        let side = match is_customer {
            true => Side::Customer,
            false => Side::Staff,
        };
        let id = messages::insert_at(
            &work.tx,
            NewMessage {
                ticket: ticket.id,
                request_key: None,
                side,
                kind,
                origin: Origin::Discord,
                person: Some(person),
                author: &author.name,
                body: &behind(quote.as_deref(), body),
                at: message.id.created_at(),
                delivery: Delivery::Delivered,
            },
            place,
        )
        .await?;
        parts::add(&work.tx, message.id, id, 0, message.edited_at).await?;
        let now = work.now;
        files::want(
            &work.tx,
            id,
            message.id,
            &message.files,
            |f| self.too_large(f),
            now,
        )
        .await?;
        let names = message.files.iter().map(|file| clean_name(&file.name));
        let shown = crate::files::shown(body, names);
        let stranger = !is_staff && !is_customer;
        let sign = match kind {
            _ if stranger => NOT_SENT,
            MessageKind::Note => NOTED,
            MessageKind::Reply => SENT,
        };
        work.promise(ticket.id, None, react(message.id, sign));
        if !is_staff && !link.is_shared() {
            // Somebody mentioned them: they read whatever is posted there from now on.
            links::share(&work.tx, ticket.id).await?;
            let words = format!("{} is in the thread, and is not staff", author.name);
            work.record(ticket.id, words).await?;
        }
        if stranger {
            work.promise(
                ticket.id,
                None,
                Command::Tell {
                    words: "-# Only members with the staff role reach the customer from here. \
                            The message above was kept as a note for staff."
                        .to_owned(),
                },
            );
        }
        let status = match kind {
            MessageKind::Reply if is_customer => ticket.status.after_customer_reply(),
            MessageKind::Reply => ticket.status.after_staff_reply(),
            MessageKind::Note => ticket.status,
        };
        if ticket.status.is_closed() && !status.is_closed() {
            work.record(ticket.id, "The customer reopened the ticket by writing")
                .await?;
            work.promise(ticket.id, None, Command::OpenAgain);
        }
        work.spoken(&ticket, side, kind, &shown, status).await?;
        work.commit().await?;
        if !message.files.is_empty() {
            self.bridge.want_files();
        }
        Ok(Ingested::Taken)
    }

    /// The note in a message, if its writer marked it as one.
    fn note_in<'m>(&self, message: &'m RemoteMessage) -> Option<&'m str> {
        let files = !message.files.is_empty();
        self.home().note_in(message.content.trim_end(), files)
    }

    /// Why a file is not even fetched, if it is not.
    fn too_large(&self, file: &RemoteFile) -> Option<String> {
        let most = self.limits.max_bytes;
        (file.size > most).then(|| super::fetch::too_large(most))
    }

    /// An edit, if a person made one that is newer than what is known.
    async fn take_edit(
        &self,
        link: &Link,
        part: &crate::store::entities::part::Model,
        message: &RemoteMessage,
    ) -> Result<Ingested, DeskError> {
        let newer =
            |known: Option<Timestamp>| message.edited_at.filter(|at| known.is_none_or(|k| *at > k));
        if newer(part.edited_at).is_none() {
            return Ok(Ingested::Ignored);
        }
        if message.content.trim().is_empty() && message.files.is_empty() {
            // Nobody can edit a message to nothing: we are not shown what it says. Without Message
            // Content every message looks like this.
            return Ok(Ingested::Ignored);
        }
        let quote = self.quote(link.ticket_id, message).await?;
        let mut work = self.work().await?;
        let ticket = work.ticket(link.ticket_id).await?;
        let known = parts::of_post(&work.tx, message.id).await?;
        let old = messages::by_id(&work.tx, part.message_id).await?;
        let (Some(known), Some(old)) = (known, old) else {
            return Ok(Ingested::Ignored);
        };
        if !links::seen(&work.tx, ticket.id, message.channel, message.id).await? {
            return Ok(Ingested::Ignored);
        }
        let Some(edited_at) = newer(known.edited_at) else {
            return Ok(Ingested::Ignored);
        };
        if old.origin != Origin::Discord || old.deleted_at.is_some() {
            return Ok(Ingested::Ignored);
        }
        parts::edited(&work.tx, message.id, edited_at).await?;
        let written = message.content.trim_end();
        let note = self.note_in(message).filter(|_| old.side == Side::Staff);
        let body = behind(quote.as_deref(), note.unwrap_or(written));
        if body != old.body {
            messages::rewrite(&work.tx, &old, &body, edited_at, work.now).await?;
        }
        let (now, told) = (work.now, &message.files);
        files::remove_all_but(&work.tx, old.id, told).await?;
        files::want(
            &work.tx,
            old.id,
            message.id,
            told,
            |f| self.too_large(f),
            now,
        )
        .await?;
        // A reply can be turned into a note, and is withdrawn; a note never becomes a reply, for
        // nothing internal may reach a customer by a slip of an edit.
        if old.kind == MessageKind::Reply && note.is_some() {
            messages::set_kind(&work.tx, old.id, MessageKind::Note).await?;
            work.promise(ticket.id, None, react(message.id, NOTED));
        }
        work.save(&ticket, |_| (), audience(old.kind)).await?;
        work.commit().await?;
        Ok(Ingested::Taken)
    }

    /// A deletion. `false` when it concerns nothing that is shown.
    pub(crate) async fn take_back(&self, id: DiscordMessageId) -> Result<bool, DeskError> {
        let Some(part) = parts::of_post(&self.db.read, id).await? else {
            return Ok(false);
        };
        let mut work = self.work().await?;
        let Some(old) = messages::by_id(&work.tx, part.message_id).await? else {
            return Ok(false);
        };
        if work.ticket(old.ticket_id).await?.guild_id != self.guild {
            return Ok(false);
        }
        // Our own posts, deleted in Discord, stay on the web: the customer's words are theirs.
        if old.origin != Origin::Discord || old.deleted_at.is_some() {
            return Ok(false);
        }
        let ticket = work.ticket(old.ticket_id).await?;
        messages::take_back(&work.tx, &old, work.now).await?;
        files::remove_all_but(&work.tx, old.id, &[]).await?;
        work.record(
            ticket.id,
            format!("{} deleted a message in Discord", old.author),
        )
        .await?;
        work.save(&ticket, |_| (), audience(old.kind)).await?;
        work.commit().await?;
        Ok(true)
    }

    /// Whether the author is the customer whose ticket it is.
    async fn is_customer(&self, link: &Link, author: &RemoteAuthor) -> Result<bool, DeskError> {
        let ticket = tickets::of_guild(&self.db.read, self.guild, link.ticket_id).await?;
        Ok(ticket.is_some_and(|ticket| ticket.account == Some(author.user)))
    }

    /// Whether the author is staff: by the roles that came with the message, else by asking.
    async fn is_staff(&self, author: &RemoteAuthor) -> Result<bool, DeskError> {
        let roles = match &author.roles {
            Some(roles) => roles.clone(),
            None => match self.member(author.user).await? {
                Some(member) => member.roles,
                None => return Ok(false),
            },
        };
        self.counts_as_staff(author.user, &roles).await
    }
}
