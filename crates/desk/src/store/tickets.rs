//! Tickets: found by link or by guild and number, never by a bare id from outside.

use super::db::{Db, sql};
use super::entities::{access_link, category, event, ticket};
use crate::people::Holder;
use crate::{DeskError, Staff};
use domain::view::{EventView, PersonView, TicketView};
use domain::{
    CategoryId, DiscordMessageId, GuildId, PersonId, Priority, Status, TicketId, Timestamp,
};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ColumnTrait, ConnectionTrait, DbErr, EntityTrait,
    FromQueryResult, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Statement,
};

/// A ticket with the names that its row refers to.
#[derive(Debug, FromQueryResult)]
pub(crate) struct Named {
    pub(crate) id: TicketId,
    pub(crate) customer_id: domain::CustomerId,
    pub(crate) number: i64,
    pub(crate) subject: String,
    pub(crate) status: Status,
    pub(crate) priority: Priority,
    pub(crate) created_at: Timestamp,
    pub(crate) rev: i64,
    pub(crate) closed_because: Option<String>,
    pub(crate) category: String,
    pub(crate) customer: String,
    /// The customer's account at Discord, if one is known.
    pub(crate) account: Option<domain::DiscordUserId>,
    pub(crate) assignee_id: Option<PersonId>,
    pub(crate) assignee: Option<String>,
    pub(crate) assignee_avatar: Option<String>,
}

impl Named {
    pub(crate) fn view(self) -> TicketView {
        TicketView {
            number: self.number,
            subject: self.subject,
            status: self.status,
            priority: self.priority,
            category: self.category,
            customer: self.customer,
            assignee: self.assignee.map(|name| PersonView {
                name,
                avatar: self.assignee_avatar,
            }),
            created_at: self.created_at,
            closed_because: self
                .closed_because
                .map(|why| markup::html(&why, &markup::Names::default())),
            rev: self.rev,
        }
    }
}

const NAMED: &str = "SELECT t.id, t.customer_id, t.number, t.subject, t.status, t.priority,
        t.created_at, t.rev, t.closed_because, t.assignee_id, c.name AS category, COALESCE(u.name, u.email) AS customer,
        t.discord_id AS account,
        p.name AS assignee, p.avatar AS assignee_avatar
     FROM ticket t
     JOIN category c ON c.id = t.category_id
     JOIN customer u ON u.id = t.customer_id
     LEFT JOIN person p ON p.id = t.assignee_id";

async fn one(db: &impl ConnectionTrait, statement: Statement) -> Result<Option<Named>, DeskError> {
    Ok(Named::find_by_statement(statement).one(db).await?)
}

/// By the hash of a link's token, within a guild.
pub(crate) async fn by_link(
    db: &Db,
    guild: GuildId,
    token_hash: &str,
) -> Result<Option<Named>, DeskError> {
    let text = format!(
        "{NAMED} JOIN access_link a ON a.ticket_id = t.id
         WHERE a.token_hash = $1 AND t.guild_id = $2"
    );
    let values = [token_hash.into(), guild.into()];
    one(&db.read, sql(&db.read, &text, values)).await
}

/// The guild whose ticket a link opens, and the ticket's revision.
pub(crate) async fn behind_link(
    db: &Db,
    token_hash: &str,
) -> Result<Option<(GuildId, i64)>, DeskError> {
    let text = "SELECT t.guild_id, t.rev FROM ticket t JOIN access_link a ON a.ticket_id = t.id
                WHERE a.token_hash = $1";
    let row = db
        .read
        .query_one_raw(sql(&db.read, text, [token_hash.into()]))
        .await?;
    Ok(row
        .map(|row| Ok::<_, DbErr>((row.try_get("", "guild_id")?, row.try_get("", "rev")?)))
        .transpose()?)
}

/// By number, within the guild that the staff member works for.
pub(crate) async fn by_number(
    db: &Db,
    _for: &Staff,
    guild: GuildId,
    number: i64,
) -> Result<Option<Named>, DeskError> {
    let text = format!("{NAMED} WHERE t.guild_id = $1 AND t.number = $2");
    one(
        &db.read,
        sql(&db.read, &text, [guild.into(), number.into()]),
    )
    .await
}

/// By id, within a guild: for what the bridge shows in Discord.
pub(crate) async fn of_guild(
    db: &impl ConnectionTrait,
    guild: GuildId,
    id: TicketId,
) -> Result<Option<Named>, DeskError> {
    let text = format!("{NAMED} WHERE t.guild_id = $1 AND t.id = $2");
    one(db, sql(db, &text, [guild.into(), id.into()])).await
}

/// A ticket's id by its number.
pub(crate) async fn id_of(
    db: &impl ConnectionTrait,
    guild: GuildId,
    number: i64,
) -> Result<Option<TicketId>, DeskError> {
    Ok(ticket::Entity::find()
        .select_only()
        .column(ticket::Column::Id)
        .filter(ticket::Column::GuildId.eq(guild))
        .filter(ticket::Column::Number.eq(number))
        .into_tuple()
        .one(db)
        .await?)
}

/// Who holds the link with this hash, if it is to a ticket of the guild.
pub(crate) async fn holder(
    db: &impl ConnectionTrait,
    guild: GuildId,
    token_hash: &str,
) -> Result<Option<Holder>, DeskError> {
    let row: Option<(TicketId, domain::CustomerId)> = ticket::Entity::find()
        .select_only()
        .column(ticket::Column::Id)
        .column(ticket::Column::CustomerId)
        .filter(ticket::Column::GuildId.eq(guild))
        .filter(
            ticket::Column::Id.in_subquery(
                sea_orm::sea_query::Query::select()
                    .column(access_link::Column::TicketId)
                    .from(access_link::Entity)
                    .and_where(access_link::Column::TokenHash.eq(token_hash))
                    .to_owned(),
            ),
        )
        .into_tuple()
        .one(db)
        .await?;
    Ok(row.map(|(ticket, customer)| Holder {
        guild,
        ticket,
        customer,
    }))
}

/// The number under which a form was already accepted.
pub(crate) async fn by_request_key(
    db: &impl ConnectionTrait,
    key: &str,
) -> Result<Option<i64>, DeskError> {
    Ok(ticket::Entity::find()
        .select_only()
        .column(ticket::Column::Number)
        .filter(ticket::Column::RequestKey.eq(key))
        .into_tuple()
        .one(db)
        .await?)
}

/// The guild's next number, taken.
pub(crate) async fn take_number(
    db: &impl ConnectionTrait,
    guild: GuildId,
) -> Result<i64, DeskError> {
    let row = db
        .query_one_raw(sql(
            db,
            "UPDATE guild SET next_number = next_number + 1 WHERE id = $1 RETURNING next_number - 1 AS number",
            [guild.into()],
        ))
        .await?
        .ok_or_else(|| DeskError::Internal("the guild's row is missing".into()))?;
    Ok(row.try_get("", "number")?)
}

/// The number of the ticket that was made of this message at Discord.
pub(crate) async fn made_of(
    db: &impl ConnectionTrait,
    guild: GuildId,
    message: DiscordMessageId,
) -> Result<Option<i64>, DeskError> {
    let text = "SELECT number FROM ticket JOIN ticket_from_message m ON m.ticket_id = ticket.id
                WHERE m.guild_id = $1 AND m.message_id = $2";
    let row = db
        .query_one_raw(sql(db, text, [guild.into(), message.into()]))
        .await?;
    Ok(row.map(|row| row.try_get("", "number")).transpose()?)
}

/// Notes of which message a ticket is made.
pub(crate) async fn is_made_of(
    db: &impl ConnectionTrait,
    guild: GuildId,
    message: DiscordMessageId,
    ticket: TicketId,
) -> Result<(), DeskError> {
    let text = "INSERT INTO ticket_from_message (guild_id, message_id, ticket_id)
                VALUES ($1, $2, $3)";
    let values = [guild.into(), message.into(), ticket.into()];
    db.execute_raw(sql(db, text, values)).await?;
    Ok(())
}

/// A category of the guild under which tickets are filed, by its key.
pub(crate) async fn category(
    db: &impl ConnectionTrait,
    guild: GuildId,
    key: &str,
) -> Result<Option<CategoryId>, DeskError> {
    Ok(category::Entity::find()
        .select_only()
        .column(category::Column::Id)
        .filter(category::Column::GuildId.eq(guild))
        .filter(category::Column::Key.eq(key))
        .filter(category::Column::Retired.eq(false))
        .into_tuple()
        .one(db)
        .await?)
}

/// A ticket's history, oldest first.
pub(crate) async fn history(db: &Db, id: TicketId) -> Result<Vec<EventView>, DeskError> {
    let rows = event::Entity::find()
        .filter(event::Column::TicketId.eq(id))
        .order_by_asc(event::Column::Id)
        .all(&db.read)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| EventView {
            at: row.at,
            words: row.words,
        })
        .collect())
}

/// Lets a link open a ticket.
pub(crate) async fn add_link(
    db: &impl ConnectionTrait,
    token_hash: &str,
    ticket: TicketId,
    now: Timestamp,
) -> Result<(), DeskError> {
    access_link::Entity::insert(access_link::ActiveModel {
        token_hash: sea_orm::Set(token_hash.to_owned()),
        ticket_id: sea_orm::Set(ticket),
        created_at: sea_orm::Set(now),
    })
    .exec_without_returning(db)
    .await?;
    Ok(())
}

/// A new ticket's row; the database gives it its id. `None`: its form was accepted before.
pub(crate) async fn insert(
    db: &impl ConnectionTrait,
    row: ticket::Model,
) -> Result<Option<TicketId>, DeskError> {
    let mut row = row.into_active_model().reset_all();
    row.id = NotSet;
    let mut once = OnConflict::column(ticket::Column::RequestKey);
    let inserted = ticket::Entity::insert(row)
        .on_conflict(once.do_nothing().to_owned())
        .exec(db)
        .await;
    match inserted {
        Ok(row) => Ok(Some(row.last_insert_id)),
        Err(DbErr::RecordNotInserted) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A changed ticket's row.
pub(crate) async fn update(db: &impl ConnectionTrait, row: ticket::Model) -> Result<(), DeskError> {
    row.into_active_model().reset_all().update(db).await?;
    Ok(())
}
