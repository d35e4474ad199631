//! Guilds and their categories.

use super::db::Db;
use super::entities::{category, guild};
use crate::{DeskError, GuildSettings};
use domain::GuildId;
use domain::view::CategoryView;
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, Set,
};

/// What a new guild starts with; each guild changes them later.
const FIRST_CATEGORIES: [(&str, &str, &str); 4] = [
    (
        "question",
        "A question",
        "How something works, or where to find it.",
    ),
    (
        "problem",
        "Something is broken",
        "It does not do what it should.",
    ),
    (
        "account",
        "My account",
        "Signing in, your data, your settings.",
    ),
    ("billing", "Payments", "Invoices, refunds, subscriptions."),
];

/// The configured guild's row, made or brought up to date.
pub(crate) async fn ensure(db: &Db, settings: &GuildSettings) -> Result<guild::Model, DeskError> {
    let known = guild::Entity::find()
        .filter(guild::Column::DiscordId.eq(settings.discord_id))
        .one(&db.write)
        .await?;
    if let Some(row) = known {
        let mut change = row.into_active_model();
        change.support_channel = Set(settings.support_channel);
        change.staff_role = Set(settings.staff_role);
        return Ok(change.update(&db.write).await?);
    }
    let (turn, tx) = db.begin().await?;
    let row = guild::ActiveModel {
        id: NotSet,
        discord_id: Set(settings.discord_id),
        name: Set("Support".to_owned()),
        support_channel: Set(settings.support_channel),
        staff_role: Set(settings.staff_role),
        next_number: Set(1),
    }
    .insert(&tx)
    .await?;
    let categories = FIRST_CATEGORIES
        .iter()
        .zip(1..)
        .map(|((key, name, help), position)| category::ActiveModel {
            id: NotSet,
            guild_id: Set(row.id),
            key: Set((*key).to_owned()),
            name: Set((*name).to_owned()),
            help: Set((*help).to_owned()),
            position: Set(position),
        });
    category::Entity::insert_many(categories)
        .exec_without_returning(&tx)
        .await?;
    turn.keep(tx).await?;
    Ok(row)
}

/// The guild's name at Discord.
pub(crate) async fn rename(db: &Db, id: GuildId, name: &str) -> Result<(), DeskError> {
    guild::ActiveModel {
        id: Set(id),
        name: Set(name.to_owned()),
        ..Default::default()
    }
    .update(&db.write)
    .await?;
    Ok(())
}

/// The guild's categories, in their order.
pub(crate) async fn categories(db: &Db, guild: GuildId) -> Result<Vec<CategoryView>, DeskError> {
    let rows = category::Entity::find()
        .filter(category::Column::GuildId.eq(guild))
        .order_by_asc(category::Column::Position)
        .all(&db.read)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| CategoryView {
            key: row.key,
            name: row.name,
            help: row.help,
        })
        .collect())
}
