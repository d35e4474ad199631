//! A guild's categories and the questions that each asks: read, added, taken away.
//!
//! A category with tickets is retired rather than deleted. What makes a good question is judged
//! elsewhere.

use super::db::sql;
use super::entities::category;
use crate::DeskError;
use crate::forms::{Categories, Question, Reply};
use domain::view::CategoryView;
use domain::{CategoryId, GuildId};
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    QueryOrder, Set,
};

/// Every category that there ever was, retired ones too.
pub(crate) async fn all(
    db: &impl ConnectionTrait,
    guild: GuildId,
) -> Result<Vec<category::Model>, DeskError> {
    Ok(category::Entity::find()
        .filter(category::Column::GuildId.eq(guild))
        .order_by_asc(category::Column::Position)
        .order_by_asc(category::Column::Id)
        .all(db)
        .await?)
}

/// The guild's categories, as they are kept beside the database.
pub(crate) async fn categories(
    db: &impl ConnectionTrait,
    guild: GuildId,
) -> Result<Categories, DeskError> {
    let (retired, open): (Vec<_>, Vec<_>) = all(db, guild)
        .await?
        .into_iter()
        .partition(|row| row.retired);
    let view = |row: category::Model| CategoryView {
        key: row.key,
        name: row.name,
        help: row.help,
    };
    Ok(Categories {
        open: open.into_iter().map(view).collect(),
        retired: retired.into_iter().map(|row| row.name).collect(),
    })
}

/// Adds a category at the end.
pub(crate) async fn add_category(
    db: &impl ConnectionTrait,
    guild: GuildId,
    new: CategoryView,
    position: i64,
) -> Result<(), DeskError> {
    category::ActiveModel {
        id: NotSet,
        guild_id: Set(guild),
        key: Set(new.key),
        name: Set(new.name),
        help: Set(new.help),
        position: Set(position),
        retired: Set(false),
    }
    .insert(db)
    .await?;
    Ok(())
}

/// Gives a category these words and this place; one that was retired is taken up again.
pub(crate) async fn take_up_category(
    db: &impl ConnectionTrait,
    id: CategoryId,
    again: &CategoryView,
    position: i64,
) -> Result<(), DeskError> {
    category::ActiveModel {
        id: Set(id),
        name: Set(again.name.clone()),
        help: Set(again.help.clone()),
        position: Set(position),
        retired: Set(false),
        ..Default::default()
    }
    .update(db)
    .await?;
    Ok(())
}

/// Nothing new is filed under it.
pub(crate) async fn retire_category(
    db: &impl ConnectionTrait,
    id: CategoryId,
) -> Result<(), DeskError> {
    category::ActiveModel {
        id: Set(id),
        retired: Set(true),
        ..Default::default()
    }
    .update(db)
    .await?;
    Ok(())
}

/// What a category asks, in its order; nothing where it asks what all ask.
pub(crate) async fn questions(
    db: &impl ConnectionTrait,
    guild: GuildId,
    category: &str,
) -> Result<Vec<Question>, DeskError> {
    let text = "SELECT q.id, q.words, q.answer, q.least, q.most FROM question q
                JOIN category c ON c.id = q.category_id
                WHERE c.guild_id = $1 AND c.key = $2 ORDER BY q.id";
    let rows = db
        .query_all_raw(sql(db, text, [guild.into(), category.into()]))
        .await?;
    let read = |row: sea_orm::QueryResult| -> Result<Question, DeskError> {
        let answer: String = row.try_get("", "answer")?;
        let bound = |name: &str| -> Result<u16, DeskError> {
            let bound: i64 = row.try_get("", name)?;
            Ok(u16::try_from(bound).unwrap_or(u16::MAX))
        };
        Ok(Question {
            id: row.try_get("", "id")?,
            words: row.try_get("", "words")?,
            reply: Reply::from_key(&answer).unwrap_or(Reply::Paragraph),
            least: bound("least")?,
            most: bound("most")?,
        })
    };
    rows.into_iter().map(read).collect()
}

/// Adds a question at the end. `false`: it is asked already.
pub(crate) async fn add_question(
    db: &impl ConnectionTrait,
    category: CategoryId,
    new: &Question,
) -> Result<bool, DeskError> {
    let text = "INSERT INTO question (category_id, words, answer, least, most)
                VALUES ($1, $2, $3, $4, $5) ON CONFLICT (category_id, words) DO NOTHING";
    let values = [
        category.into(),
        new.words.as_str().into(),
        new.reply.key().into(),
        i64::from(new.least).into(),
        i64::from(new.most).into(),
    ];
    Ok(db.execute_raw(sql(db, text, values)).await?.rows_affected() > 0)
}

/// Asks it no more. `false`: it was not asked.
pub(crate) async fn remove_question(
    db: &impl ConnectionTrait,
    category: CategoryId,
    words: &str,
) -> Result<bool, DeskError> {
    let text = "DELETE FROM question WHERE category_id = $1 AND words = $2";
    Ok(db
        .execute_raw(sql(db, text, [category.into(), words.into()]))
        .await?
        .rows_affected()
        > 0)
}

/// Locks the guild's row, so that two admins change its categories one after the other.
pub(crate) async fn lock(db: &impl ConnectionTrait, guild: GuildId) -> Result<(), DeskError> {
    let text = "UPDATE guild SET next_number = next_number WHERE id = $1";
    db.execute_raw(sql(db, text, [guild.into()])).await?;
    Ok(())
}
