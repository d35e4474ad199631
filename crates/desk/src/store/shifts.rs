//! Shifts' rows: one running per person at most, and all of them by time.

use super::db::{Db, sql};
use super::entities::shift::{self, Model};
use crate::DeskError;
use domain::{GuildId, PersonId, Timestamp};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, Set,
};

/// The shift that a person is in.
pub(crate) async fn running(
    db: &impl ConnectionTrait,
    guild: GuildId,
    person: PersonId,
) -> Result<Option<Model>, DeskError> {
    Ok(shift::Entity::find()
        .filter(shift::Column::GuildId.eq(guild))
        .filter(shift::Column::PersonId.eq(person))
        .filter(shift::Column::EndedAt.is_null())
        .one(db)
        .await?)
}

/// Begins one, unless one runs.
pub(crate) async fn begin(
    db: &impl ConnectionTrait,
    guild: GuildId,
    person: PersonId,
    at: Timestamp,
) -> Result<(), DeskError> {
    db.execute_raw(sql(
        db,
        "INSERT INTO shift (guild_id, person_id, began_at) VALUES ($1, $2, $3)
         ON CONFLICT DO NOTHING",
        [guild.into(), person.into(), at.into()],
    ))
    .await?;
    Ok(())
}

/// Ends one.
pub(crate) async fn end(
    db: &impl ConnectionTrait,
    id: i64,
    at: Timestamp,
) -> Result<(), DeskError> {
    shift::ActiveModel {
        id: Set(id),
        ended_at: Set(Some(at)),
        ..Default::default()
    }
    .update(db)
    .await?;
    Ok(())
}

/// A shift and whose it is.
#[derive(Debug, FromQueryResult)]
pub(crate) struct Worked {
    pub(crate) person_id: PersonId,
    pub(crate) name: String,
    pub(crate) avatar: Option<String>,
    pub(crate) began_at: Timestamp,
    pub(crate) ended_at: Option<Timestamp>,
}

/// Everyone's shifts that began since then, oldest first.
pub(crate) async fn since(
    db: &Db,
    guild: GuildId,
    since: Timestamp,
) -> Result<Vec<Worked>, DeskError> {
    Ok(Worked::find_by_statement(sql(
        &db.read,
        "SELECT s.person_id, p.name, p.avatar, s.began_at, s.ended_at
         FROM shift s JOIN person p ON p.id = s.person_id
         WHERE s.guild_id = $1 AND s.began_at >= $2 ORDER BY s.began_at, s.id",
        [guild.into(), since.into()],
    ))
    .all(&db.read)
    .await?)
}
