//! Guilds and their categories.

use super::commands::set_option;
use super::db::Db;
use super::entities::{category, guild};
use crate::options::Setting;
use crate::{DeskError, GuildSettings};
use domain::{ChannelId, DiscordGuildId, GuildId, RoleId, Timestamp};
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set,
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

/// The configured guild's row, made or brought up to date. Where tickets go and who answers them
/// is kept beside it, so that the guild goes on as it is should the environment name another.
pub(crate) async fn ensure(db: &Db, settings: &GuildSettings) -> Result<guild::Model, DeskError> {
    let row = match of_discord(db, settings.discord_id).await? {
        Some(row) => row,
        None => add(db, settings.discord_id, "Support", None).await?,
    };
    let channel = settings.support_channel.to_string();
    let role = settings.staff_role.to_string();
    for (setting, value) in [
        (Setting::SupportChannel, channel),
        (Setting::StaffRole, role),
    ] {
        set_option(&db.write, row.id, setting.key(), Some(&value)).await?;
    }
    Ok(row)
}

async fn of_discord(db: &Db, id: DiscordGuildId) -> Result<Option<guild::Model>, DeskError> {
    Ok(guild::Entity::find()
        .filter(guild::Column::DiscordId.eq(id))
        .one(&db.write)
        .await?)
}

/// Every guild that was ever served, the first one first.
pub(crate) async fn all(db: &Db) -> Result<Vec<guild::Model>, DeskError> {
    Ok(guild::Entity::find()
        .order_by_asc(guild::Column::Id)
        .all(&db.write)
        .await?)
}

/// A new guild's row, with what every guild starts with.
pub(crate) async fn add(
    db: &Db,
    discord_id: DiscordGuildId,
    name: &str,
    slug: Option<String>,
) -> Result<guild::Model, DeskError> {
    let (turn, tx) = db.begin().await?;
    let row = guild::ActiveModel {
        id: NotSet,
        discord_id: Set(discord_id),
        name: Set(name.to_owned()),
        // What every setting was before there were settings per guild.
        support_channel: Set(ChannelId(0)),
        staff_role: Set(RoleId(0)),
        next_number: Set(1),
        slug: Set(slug),
        welcomed_at: Set(None),
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
            retired: Set(false),
        });
    category::Entity::insert_many(categories)
        .exec_without_returning(&tx)
        .await?;
    turn.keep(tx).await?;
    Ok(row)
}

/// The guilds where nobody was told yet what to do.
pub(crate) async fn unwelcomed(db: &Db) -> Result<Vec<GuildId>, DeskError> {
    use sea_orm::QuerySelect;
    Ok(guild::Entity::find()
        .select_only()
        .column(guild::Column::Id)
        .filter(guild::Column::WelcomedAt.is_null())
        .order_by_asc(guild::Column::Id)
        .into_tuple()
        .all(&db.read)
        .await?)
}

/// They were, or it was not needed.
pub(crate) async fn welcomed(db: &Db, id: GuildId, at: Timestamp) -> Result<(), DeskError> {
    guild::ActiveModel {
        id: Set(id),
        welcomed_at: Set(Some(at)),
        ..Default::default()
    }
    .update(&db.write)
    .await?;
    Ok(())
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
