//! People: staff by Discord account, customers by e-mail address or account.

use super::db::sql;
use super::entities::{customer, person};
use crate::{DeskError, DiscordProfile};
use domain::{CustomerId, DiscordUserId, GuildId, PersonId, Timestamp};
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ColumnTrait, ConnectionTrait, EntityTrait,
    IntoActiveModel, QueryFilter, Set,
};
use std::collections::HashMap;

/// What stands in place of an address for whoever came from Discord.
const FROM_DISCORD: &str = "discord:";

/// The person of this account, made or brought up to date.
pub(crate) async fn upsert(
    db: &impl ConnectionTrait,
    who: &DiscordProfile,
) -> Result<PersonId, DeskError> {
    let row = db
        .query_one_raw(sql(
            db,
            "INSERT INTO person (discord_id, name, avatar) VALUES ($1, $2, $3)
             ON CONFLICT (discord_id) DO UPDATE SET name = excluded.name, avatar = excluded.avatar
             RETURNING id",
            [
                who.user.into(),
                who.name.clone().into(),
                who.avatar.clone().into(),
            ],
        ))
        .await?
        .ok_or_else(|| DeskError::Internal("an upsert returned no row".into()))?;
    Ok(row.try_get("", "id")?)
}

/// The person of this account, if all of what is told is known already.
pub(crate) async fn as_told(
    db: &impl ConnectionTrait,
    who: &DiscordProfile,
) -> Result<Option<PersonId>, DeskError> {
    let person = person::Entity::find()
        .filter(person::Column::DiscordId.eq(who.user))
        .one(db)
        .await?;
    let same = |known: &person::Model| known.name == who.name && known.avatar == who.avatar;
    Ok(person.filter(same).map(|known| known.id))
}

/// The names of those of these accounts that this guild knows: who wrote there, has a ticket there,
/// or filed one. That another guild knows somebody is not this one's to learn.
pub(crate) async fn names(
    db: &impl ConnectionTrait,
    guild: GuildId,
    users: &[DiscordUserId],
) -> Result<HashMap<DiscordUserId, String>, DeskError> {
    // Numbers of our own, so that they can stand in the text.
    let ids: Vec<String> = users.iter().map(|user| user.0.to_string()).collect();
    let text = format!(
        "SELECT p.discord_id, p.name FROM person p WHERE p.discord_id IN ({})
           AND (EXISTS (SELECT 1 FROM message m JOIN ticket t ON t.id = m.ticket_id
                        WHERE m.person_id = p.id AND t.guild_id = $1)
             OR EXISTS (SELECT 1 FROM ticket t WHERE t.guild_id = $1 AND t.assignee_id = p.id)
             OR EXISTS (SELECT 1 FROM ticket t
                        WHERE t.guild_id = $1 AND t.discord_id = p.discord_id))",
        ids.join(", ")
    );
    let mut names = HashMap::new();
    for row in db.query_all_raw(sql(db, &text, [guild.into()])).await? {
        names.insert(row.try_get("", "discord_id")?, row.try_get("", "name")?);
    }
    Ok(names)
}

pub(crate) async fn by_id(
    db: &impl ConnectionTrait,
    id: PersonId,
) -> Result<Option<person::Model>, DeskError> {
    Ok(person::Entity::find_by_id(id).one(db).await?)
}

/// The customer of this address in this guild, made when new, and what they are called.
pub(crate) async fn customer(
    db: &impl ConnectionTrait,
    guild: GuildId,
    email: &str,
    now: Timestamp,
) -> Result<(CustomerId, String), DeskError> {
    let row = db
        .query_one_raw(sql(
            db,
            "INSERT INTO customer (guild_id, email, created_at) VALUES ($1, $2, $3)
             ON CONFLICT (guild_id, email) DO UPDATE SET email = excluded.email
             RETURNING id, COALESCE(name, email) AS called",
            [guild.into(), email.into(), now.into()],
        ))
        .await?
        .ok_or_else(|| DeskError::Internal("an upsert returned no row".into()))?;
    Ok((row.try_get("", "id")?, row.try_get("", "called")?))
}

/// The customer of this account in this guild, made when new.
pub(crate) async fn customer_by_account(
    db: &impl ConnectionTrait,
    guild: GuildId,
    account: DiscordUserId,
    name: &str,
    now: Timestamp,
) -> Result<CustomerId, DeskError> {
    if let Some(row) = of_account(db, guild, account).await? {
        if row.name.as_deref().is_some_and(|known| known != name) {
            let mut change = row.clone().into_active_model();
            change.name = Set(Some(name.to_owned()));
            change.update(db).await?;
        }
        return Ok(row.id);
    }
    let row = customer::ActiveModel {
        id: NotSet,
        guild_id: Set(guild),
        // No address has a colon and no at sign; see the migration.
        email: Set(format!("{FROM_DISCORD}{account}")),
        created_at: Set(now),
        discord_id: Set(Some(account)),
        name: Set(Some(name.to_owned())),
    };
    Ok(row.insert(db).await?.id)
}

/// The customer of this account in this guild.
pub(crate) async fn of_account(
    db: &impl ConnectionTrait,
    guild: GuildId,
    account: DiscordUserId,
) -> Result<Option<customer::Model>, DeskError> {
    Ok(customer::Entity::find()
        .filter(customer::Column::GuildId.eq(guild))
        .filter(customer::Column::DiscordId.eq(account))
        .one(db)
        .await?)
}

/// A customer.
pub(crate) async fn customer_by_id(
    db: &impl ConnectionTrait,
    id: CustomerId,
) -> Result<customer::Model, DeskError> {
    customer::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or(DeskError::NotFound)
}

/// What a customer is called.
pub(crate) async fn called(db: &impl ConnectionTrait, id: CustomerId) -> Result<String, DeskError> {
    let row = customer_by_id(db, id).await?;
    Ok(row.name.unwrap_or(row.email))
}

/// The address that a customer gave, if they gave one: whoever came from Discord did not.
pub(crate) async fn address_of(
    db: &impl ConnectionTrait,
    customer: CustomerId,
) -> Result<Option<String>, DeskError> {
    let row = customer::Entity::find_by_id(customer).one(db).await?;
    let email = row.map(|row| row.email);
    Ok(email.filter(|email| !email.starts_with(FROM_DISCORD)))
}
