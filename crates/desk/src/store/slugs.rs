//! Each guild's part of an address, and those that it had before.
//!
//! A part that a guild has, or had lately, is no other's. What makes a good one is judged elsewhere.

use super::commands::run;
use super::db::{Db, sql};
use crate::DeskError;
use domain::text::slug;
use domain::{GuildId, Timestamp};
use sea_orm::ConnectionTrait;

/// How many former parts lead to a guild; the oldest go first.
const KEPT: i64 = 5;

/// The guild that has this part of an address, or had it.
async fn holder(db: &impl ConnectionTrait, slug: &str) -> Result<Option<GuildId>, DeskError> {
    let text = "SELECT id AS guild_id FROM guild WHERE slug = $1
                UNION ALL SELECT guild_id FROM former_slug WHERE slug = $1";
    let row = db.query_one_raw(sql(db, text, [slug.into()])).await?;
    Ok(row.map(|row| row.try_get("", "guild_id")).transpose()?)
}

/// Whether another guild has this part of an address, or had it.
pub(crate) async fn is_anothers(
    db: &impl ConnectionTrait,
    guild: GuildId,
    slug: &str,
) -> Result<bool, DeskError> {
    Ok(holder(db, slug)
        .await?
        .is_some_and(|holder| holder != guild))
}

/// A part of an address, after a guild's name, that no other guild has.
pub(crate) async fn free(db: &Db, name: &str) -> Result<String, DeskError> {
    let wanted = slug(name);
    let mut candidate = wanted.clone();
    for n in 2.. {
        if holder(&db.write, &candidate).await?.is_none() {
            break;
        }
        candidate = format!("{wanted}-{n}");
    }
    Ok(candidate)
}

/// From now on the guild is found under this part of an address.
pub(crate) async fn set(
    db: &impl ConnectionTrait,
    guild: GuildId,
    slug: &str,
) -> Result<(), DeskError> {
    let text = "UPDATE guild SET slug = $2 WHERE id = $1";
    run(db, text, [guild.into(), slug.into()]).await?;
    let text = "DELETE FROM former_slug WHERE slug = $1";
    run(db, text, [slug.into()]).await.map(drop)
}

/// The guild is still found under the part that it had until now.
pub(crate) async fn keep(
    db: &impl ConnectionTrait,
    guild: GuildId,
    slug: &str,
    now: Timestamp,
) -> Result<(), DeskError> {
    let text = "INSERT INTO former_slug (slug, guild_id, left_at) VALUES ($1, $2, $3)
                ON CONFLICT (slug) DO UPDATE SET left_at = excluded.left_at";
    run(db, text, [slug.into(), guild.into(), now.into()]).await?;
    let text = "DELETE FROM former_slug WHERE guild_id = $1 AND slug NOT IN
                (SELECT slug FROM former_slug WHERE guild_id = $1
                 ORDER BY left_at DESC, slug LIMIT $2)";
    run(db, text, [guild.into(), KEPT.into()]).await.map(drop)
}

/// The guild that had this part of an address.
pub(crate) async fn former(db: &Db, slug: &str) -> Result<Option<GuildId>, DeskError> {
    let text = "SELECT guild_id FROM former_slug WHERE slug = $1";
    let asked = sql(&db.read, text, [slug.into()]);
    let row = db.read.query_one_raw(asked).await?;
    Ok(row.map(|row| row.try_get("", "guild_id")).transpose()?)
}
