//! Messages: in the order of their conversation, with what they said before.

use super::db::{Db, sql};
use super::entities::{message, message_version};
use crate::DeskError;
use domain::view::{EarlierView, MessageView};
use domain::{
    Delivery, DiscordMessageId, MessageId, MessageKind, Origin, PersonId, Side, TicketId, Timestamp,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ColumnTrait, ConnectionTrait, EntityTrait,
    FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Set,
};

/// The distance between two messages' positions: room for what arrives late.
const STEP: i64 = 1 << 16;

/// Who reads a conversation.
#[derive(Clone, Copy, Debug)]
enum Reader {
    Customer,
    Staff(PersonId),
}

#[derive(Debug, FromQueryResult)]
struct Shown {
    id: MessageId,
    side: Side,
    person_id: Option<PersonId>,
    author: String,
    avatar: Option<String>,
    kind: MessageKind,
    origin: Origin,
    body: String,
    created_at: Timestamp,
    edited_at: Option<Timestamp>,
    deleted_at: Option<Timestamp>,
    delivery: Delivery,
    failure: Option<String>,
}

impl Shown {
    fn view(self, reader: Reader) -> MessageView {
        let own = self.origin == Origin::Web
            && match reader {
                Reader::Customer => self.side == Side::Customer,
                Reader::Staff(person) => self.side == Side::Staff && self.person_id == Some(person),
            };
        let deleted = self.deleted_at.is_some();
        MessageView {
            id: self.id,
            side: self.side,
            author: self.author,
            avatar: self.avatar,
            kind: self.kind,
            origin: self.origin,
            // A customer's message on the web has no person to it.
            written_in: match (self.side, self.person_id) {
                (Side::Customer, Some(_)) => Origin::Discord,
                _ => self.origin,
            },
            own,
            body: if deleted { String::new() } else { self.body },
            // Written by `shown`, where names are known.
            html: String::new(),
            files: Vec::new(),
            at: self.created_at,
            edited_at: self.edited_at,
            deleted,
            delivery: self.delivery,
            failure: self.failure,
            earlier: Vec::new(),
        }
    }
}

async fn shown(db: &Db, reader: Reader, ticket: TicketId) -> Result<Vec<MessageView>, DeskError> {
    let condition = match reader {
        Reader::Customer => "AND m.kind = 'reply'",
        Reader::Staff(_) => "",
    };
    // Found through the unique key (ticket_id, position), which is also the order.
    let text = format!(
        "SELECT m.id, m.side, m.person_id, m.author, p.avatar, m.kind, m.origin, m.body, m.created_at,
                m.edited_at, m.deleted_at, m.delivery, m.failure
         FROM message m LEFT JOIN person p ON p.id = m.person_id
         WHERE m.ticket_id = $1 {condition} ORDER BY m.position"
    );
    let rows = Shown::find_by_statement(sql(&db.read, &text, [ticket.into()]))
        .all(&db.read)
        .await?;
    Ok(rows.into_iter().map(|row| row.view(reader)).collect())
}

/// What the customer may read. Notes do not leave the database for them, and neither do the
/// reasons why a delivery failed.
pub(crate) async fn for_customer(db: &Db, ticket: TicketId) -> Result<Vec<MessageView>, DeskError> {
    let mut messages = shown(db, Reader::Customer, ticket).await?;
    for message in &mut messages {
        message.failure = None;
    }
    Ok(messages)
}

/// All of it, as `person` of the staff reads it.
pub(crate) async fn for_staff(
    db: &Db,
    ticket: TicketId,
    person: PersonId,
) -> Result<Vec<MessageView>, DeskError> {
    let mut messages = shown(db, Reader::Staff(person), ticket).await?;
    let versions = message_version::Entity::find()
        .filter(
            message_version::Column::MessageId.in_subquery(
                sea_orm::sea_query::Query::select()
                    .column(message::Column::Id)
                    .from(message::Entity)
                    .and_where(message::Column::TicketId.eq(ticket))
                    .to_owned(),
            ),
        )
        .order_by_asc(message_version::Column::Id)
        .all(&db.read)
        .await?;
    for version in versions {
        if let Some(message) = messages.iter_mut().find(|m| m.id == version.message_id) {
            message.earlier.push(EarlierView {
                body: version.body,
                until: version.replaced_at,
            });
        }
    }
    Ok(messages)
}

/// A message to be stored.
#[derive(Debug)]
pub(crate) struct NewMessage<'a> {
    pub(crate) ticket: TicketId,
    pub(crate) request_key: Option<String>,
    pub(crate) side: Side,
    pub(crate) kind: MessageKind,
    pub(crate) origin: Origin,
    pub(crate) person: Option<domain::PersonId>,
    pub(crate) author: &'a str,
    pub(crate) body: &'a str,
    pub(crate) at: Timestamp,
    pub(crate) delivery: Delivery,
}

/// Stores a message at the end of the conversation.
pub(crate) async fn insert(
    db: &impl ConnectionTrait,
    new: NewMessage<'_>,
) -> Result<MessageId, DeskError> {
    let text = "SELECT MAX(position) AS last FROM message WHERE ticket_id = $1";
    let row = db.query_one_raw(sql(db, text, [new.ticket.into()])).await?;
    let last = row
        .map(|row| row.try_get("", "last"))
        .transpose()?
        .flatten();
    insert_at(db, new, after(last)).await
}

/// Stores the message that a ticket is filed with: nothing can stand before it.
pub(crate) async fn insert_first(
    db: &impl ConnectionTrait,
    new: NewMessage<'_>,
) -> Result<MessageId, DeskError> {
    insert_at(db, new, after(None)).await
}

/// The place after the last.
fn after(last: Option<i64>) -> i64 {
    last.unwrap_or(0) + STEP
}

/// Stores a message at its [`place`].
pub(crate) async fn insert_at(
    db: &impl ConnectionTrait,
    new: NewMessage<'_>,
    position: i64,
) -> Result<MessageId, DeskError> {
    let row = message::ActiveModel {
        id: NotSet,
        ticket_id: Set(new.ticket),
        position: Set(position),
        request_key: Set(new.request_key),
        side: Set(new.side),
        kind: Set(new.kind),
        origin: Set(new.origin),
        person_id: Set(new.person),
        author: Set(new.author.to_owned()),
        body: Set(new.body.to_owned()),
        created_at: Set(new.at),
        edited_at: Set(None),
        deleted_at: Set(None),
        delivery: Set(new.delivery),
        failure: Set(None),
    }
    .insert(db)
    .await?;
    Ok(row.id)
}

#[derive(Debug, FromQueryResult)]
struct Around {
    known: i64,
    next: Option<i64>,
    last: Option<i64>,
}

/// The place of what was written in Discord: at the end; or, when Discord's later messages arrived
/// first, before the earliest of those. Nothing when it is known already.
pub(crate) async fn place(
    db: &impl ConnectionTrait,
    ticket: TicketId,
    id: DiscordMessageId,
) -> Result<Option<i64>, DeskError> {
    // One question: it is asked for every message, by the one who writes.
    let text = "SELECT (SELECT COUNT(*) FROM part WHERE discord_message_id = $2) AS known,
                       (SELECT MIN(m.position) FROM part p JOIN message m ON m.id = p.message_id
                        WHERE m.ticket_id = $1 AND m.origin = 'discord'
                          AND p.discord_message_id > $2) AS next,
                       (SELECT MAX(position) FROM message WHERE ticket_id = $1) AS last";
    let around = Around::find_by_statement(sql(db, text, [ticket.into(), id.into()]));
    let Some(around) = around.one(db).await? else {
        return Err(DeskError::Internal("a place returned no row".into()));
    };
    if around.known > 0 {
        return Ok(None);
    }
    if let Some(next) = around.next {
        let text =
            "SELECT MAX(position) AS last FROM message WHERE ticket_id = $1 AND position < $2";
        let row = db.query_one_raw(sql(db, text, [ticket.into(), next.into()]));
        let before = row.await?.map(|row| row.try_get("", "last")).transpose()?;
        let before = before.flatten().unwrap_or(next - STEP);
        let between = before + (next - before) / 2;
        if between > before {
            return Ok(Some(between));
        }
    }
    Ok(Some(after(around.last)))
}

pub(crate) async fn by_id(
    db: &impl ConnectionTrait,
    id: MessageId,
) -> Result<Option<message::Model>, DeskError> {
    Ok(message::Entity::find_by_id(id).one(db).await?)
}

/// Whether a form was already accepted.
pub(crate) async fn request_key_known(
    db: &impl ConnectionTrait,
    key: &str,
) -> Result<bool, DeskError> {
    let known: Option<MessageId> = message::Entity::find()
        .select_only()
        .column(message::Column::Id)
        .filter(message::Column::RequestKey.eq(key))
        .into_tuple()
        .one(db)
        .await?;
    Ok(known.is_some())
}

/// Replaces what a message says and keeps what it said.
pub(crate) async fn rewrite(
    db: &impl ConnectionTrait,
    old: &message::Model,
    body: &str,
    edited_at: Timestamp,
    now: Timestamp,
) -> Result<(), DeskError> {
    keep_version(db, old, now).await?;
    message::ActiveModel {
        id: Set(old.id),
        body: Set(body.to_owned()),
        edited_at: Set(Some(edited_at)),
        ..Default::default()
    }
    .update(db)
    .await?;
    Ok(())
}

/// Takes a message back: a tombstone stays, and what it said stays in its history.
pub(crate) async fn take_back(
    db: &impl ConnectionTrait,
    old: &message::Model,
    now: Timestamp,
) -> Result<(), DeskError> {
    keep_version(db, old, now).await?;
    message::ActiveModel {
        id: Set(old.id),
        deleted_at: Set(Some(now)),
        ..Default::default()
    }
    .update(db)
    .await?;
    Ok(())
}

async fn keep_version(
    db: &impl ConnectionTrait,
    old: &message::Model,
    now: Timestamp,
) -> Result<(), DeskError> {
    message_version::ActiveModel {
        id: NotSet,
        message_id: Set(old.id),
        body: Set(old.body.clone()),
        replaced_at: Set(now),
    }
    .insert(db)
    .await?;
    Ok(())
}

/// Makes a message another kind.
pub(crate) async fn set_kind(
    db: &impl ConnectionTrait,
    id: MessageId,
    kind: MessageKind,
) -> Result<(), DeskError> {
    message::ActiveModel {
        id: Set(id),
        kind: Set(kind),
        ..Default::default()
    }
    .update(db)
    .await?;
    Ok(())
}

/// Sets a message's delivery mark.
pub(crate) async fn mark(
    db: &impl ConnectionTrait,
    id: MessageId,
    delivery: Delivery,
    failure: Option<&str>,
) -> Result<(), DeskError> {
    message::ActiveModel {
        id: Set(id),
        delivery: Set(delivery),
        failure: Set(failure.map(str::to_owned)),
        ..Default::default()
    }
    .update(db)
    .await?;
    Ok(())
}

/// A ticket's messages, in their order.
pub(crate) async fn of_ticket(
    db: &impl ConnectionTrait,
    ticket: TicketId,
) -> Result<Vec<message::Model>, DeskError> {
    Ok(message::Entity::find()
        .filter(message::Column::TicketId.eq(ticket))
        .order_by_asc(message::Column::Position)
        .all(db)
        .await?)
}
