//! Sessions of signed-in browsers. What is inside one is the web door's business.

use super::db::{Db, sql};
use super::entities::session;
use crate::DeskError;
use domain::Timestamp;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

pub(crate) async fn create(
    db: &Db,
    id: &str,
    data: &str,
    expires_at: Timestamp,
) -> Result<bool, DeskError> {
    let done = db
        .write
        .execute_raw(sql(
            &db.write,
            "INSERT INTO session (id, data, expires_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            [id.into(), data.into(), expires_at.into()],
        ))
        .await?;
    Ok(done.rows_affected() == 1)
}

pub(crate) async fn save(
    db: &Db,
    id: &str,
    data: &str,
    expires_at: Timestamp,
) -> Result<(), DeskError> {
    db.write
        .execute_raw(sql(
            &db.write,
            "INSERT INTO session (id, data, expires_at) VALUES ($1, $2, $3)
             ON CONFLICT (id) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at",
            [id.into(), data.into(), expires_at.into()],
        ))
        .await?;
    Ok(())
}

pub(crate) async fn load(
    db: &Db,
    id: &str,
    now: Timestamp,
) -> Result<Option<(String, Timestamp)>, DeskError> {
    let row = session::Entity::find_by_id(id)
        .filter(session::Column::ExpiresAt.gt(now))
        .one(&db.read)
        .await?;
    Ok(row.map(|row| (row.data, row.expires_at)))
}

pub(crate) async fn delete(db: &Db, id: &str) -> Result<(), DeskError> {
    session::Entity::delete_by_id(id).exec(&db.write).await?;
    Ok(())
}

pub(crate) async fn sweep(db: &Db, now: Timestamp) -> Result<u64, DeskError> {
    let done = session::Entity::delete_many()
        .filter(session::Column::ExpiresAt.lte(now))
        .exec(&db.write)
        .await?;
    Ok(done.rows_affected)
}
