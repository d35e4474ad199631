//! Files' rows: those of messages written on the web, which are stored from the start, and those
//! of Discord's messages, which are wanted first.

use super::db::{Db, sql};
use super::entities::attachment::{self, HoldState, Model};
use crate::DeskError;
use crate::bridge::RemoteFile;
use crate::files::NewFile;
use domain::view::{FileState, FileView, MessageView, Thumbnail};
use domain::{DiscordMessageId, FileId, GuildId, MessageId, TicketId, Timestamp};
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ColumnTrait, ConnectionTrait, EntityTrait,
    FromQueryResult, QueryFilter, QueryOrder, Set,
};
use std::collections::HashMap;
use std::time::Duration;

/// Longer than any fetch may take.
const LEASE: Duration = Duration::from_secs(180);

/// Adds the files of a message written on the web.
pub(crate) async fn insert(
    db: &impl ConnectionTrait,
    message: MessageId,
    files: &[NewFile],
    now: Timestamp,
) -> Result<(), DeskError> {
    for (position, file) in (0..).zip(files) {
        let mut row = blank(message, position, file.name(), file.size(), now);
        row.state = Set(HoldState::Stored);
        set_content(&mut row, file);
        row.insert(db).await?;
    }
    Ok(())
}

/// Adds the files of a Discord message that are not known yet: to be fetched, or refused for the
/// reason that `refuse` gives.
pub(crate) async fn want(
    db: &impl ConnectionTrait,
    message: MessageId,
    written_as: DiscordMessageId,
    files: &[RemoteFile],
    refuse: impl Fn(&RemoteFile) -> Option<String>,
    now: Timestamp,
) -> Result<(), DeskError> {
    if files.is_empty() {
        return Ok(());
    }
    let known = attachment::Entity::find()
        .filter(attachment::Column::MessageId.eq(message))
        .all(db)
        .await?;
    let mut position = known.iter().map(|row| row.position + 1).max().unwrap_or(0);
    let mut taken: Vec<_> = known.iter().filter_map(|row| row.discord_id).collect();
    for file in files {
        if taken.contains(&file.id) {
            continue;
        }
        taken.push(file.id);
        let refused = refuse(file);
        let name = domain::file::clean_name(&file.name);
        let mut row = blank(message, position, &name, file.size, now);
        row.discord_id = Set(Some(file.id));
        row.discord_message_id = Set(Some(written_as));
        row.url = Set(Some(file.url.clone()));
        if refused.is_some() {
            row.state = Set(HoldState::Refused);
            row.reason = Set(refused);
        }
        row.insert(db).await?;
        position += 1;
    }
    Ok(())
}

fn blank(
    message: MessageId,
    position: i64,
    name: &str,
    size: u64,
    now: Timestamp,
) -> attachment::ActiveModel {
    attachment::ActiveModel {
        id: NotSet,
        message_id: Set(message),
        position: Set(position),
        name: Set(name.to_owned()),
        size: Set(i64::try_from(size).unwrap_or(i64::MAX)),
        state: Set(HoldState::Wanted),
        reason: Set(None),
        hash: Set(None),
        kind: Set(None),
        thumb_hash: Set(None),
        thumb_kind: Set(None),
        thumb_width: Set(None),
        thumb_height: Set(None),
        discord_id: Set(None),
        discord_message_id: Set(None),
        url: Set(None),
        attempts: Set(0),
        not_before: Set(now),
    }
}

fn set_content(row: &mut attachment::ActiveModel, file: &NewFile) {
    row.hash = Set(Some(file.hash().to_owned()));
    row.size = Set(i64::try_from(file.size()).unwrap_or(i64::MAX));
    if let Some(picture) = file.picture() {
        row.kind = Set(Some(picture.kind.to_owned()));
        row.thumb_hash = Set(Some(picture.small.hash.clone()));
        row.thumb_kind = Set(Some(picture.small.kind.to_owned()));
        row.thumb_width = Set(Some(picture.small.width.into()));
        row.thumb_height = Set(Some(picture.small.height.into()));
    }
}

/// Which wanted files are a guild's. Few are wanted at any time, so that looking at each is cheap.
const OF_GUILD: &str = "EXISTS (SELECT 1 FROM message m JOIN ticket t ON t.id = m.ticket_id
                      WHERE m.id = a.message_id AND t.guild_id = ";

/// Takes the guild's wanted file that is due first. The lease ends by itself.
pub(crate) async fn lease(
    db: &Db,
    guild: GuildId,
    now: Timestamp,
) -> Result<Option<Model>, DeskError> {
    let skip_locked = if db.is_postgres() {
        "FOR UPDATE OF a SKIP LOCKED"
    } else {
        ""
    };
    let text = format!(
        "UPDATE attachment SET not_before = $2, attempts = attempts + 1
         WHERE id = (SELECT a.id FROM attachment a
                     WHERE a.state = 'wanted' AND a.not_before <= $1 AND {OF_GUILD}$3)
                     ORDER BY a.not_before, a.id LIMIT 1 {skip_locked})
         RETURNING *"
    );
    let values = [now.into(), now.after(LEASE).into(), guild.into()];
    Ok(Model::find_by_statement(sql(&db.write, &text, values))
        .one(&db.write)
        .await?)
}

/// When the guild's next wanted file is due, and how many are wanted.
pub(crate) async fn wanted(db: &Db, guild: GuildId) -> Result<(Option<Timestamp>, u64), DeskError> {
    let text = format!(
        "SELECT MIN(a.not_before) AS due, COUNT(*) AS count FROM attachment a
         WHERE a.state = 'wanted' AND {OF_GUILD}$1)"
    );
    let row = db
        .read
        .query_one_raw(sql(&db.read, &text, [guild.into()]))
        .await?
        .ok_or_else(|| DeskError::Internal("a count returned no row".into()))?;
    let count = row.try_get::<i64>("", "count")?.unsigned_abs();
    Ok((row.try_get("", "due")?, count))
}

/// Ends all leases: for the start of the only process that fetches.
pub(crate) async fn release_all(db: &Db, now: Timestamp) -> Result<(), DeskError> {
    db.write
        .execute_raw(sql(
            &db.write,
            "UPDATE attachment SET not_before = $1 WHERE state = 'wanted'",
            [now.into()],
        ))
        .await?;
    Ok(())
}

/// A wanted file is here. `false` when it is not wanted any more.
pub(crate) async fn stored(
    db: &impl ConnectionTrait,
    id: FileId,
    file: &NewFile,
) -> Result<bool, DeskError> {
    if !still_wanted(db, id).await? {
        return Ok(false);
    }
    let mut row = attachment::ActiveModel {
        id: Set(id),
        state: Set(HoldState::Stored),
        url: Set(None),
        ..Default::default()
    };
    set_content(&mut row, file);
    row.update(db).await?;
    Ok(true)
}

/// A wanted file will not come. `false` when it is not wanted any more.
pub(crate) async fn refuse(
    db: &impl ConnectionTrait,
    id: FileId,
    reason: &str,
) -> Result<bool, DeskError> {
    if !still_wanted(db, id).await? {
        return Ok(false);
    }
    attachment::ActiveModel {
        id: Set(id),
        state: Set(HoldState::Refused),
        reason: Set(Some(reason.to_owned())),
        url: Set(None),
        ..Default::default()
    }
    .update(db)
    .await?;
    Ok(true)
}

async fn still_wanted(db: &impl ConnectionTrait, id: FileId) -> Result<bool, DeskError> {
    Ok(attachment::Entity::find_by_id(id)
        .filter(attachment::Column::State.eq(HoldState::Wanted))
        .one(db)
        .await?
        .is_some())
}

/// Not now: again at `not_before`.
pub(crate) async fn put_off(db: &Db, id: FileId, not_before: Timestamp) -> Result<(), DeskError> {
    attachment::ActiveModel {
        id: Set(id),
        not_before: Set(not_before),
        ..Default::default()
    }
    .update(&db.write)
    .await?;
    Ok(())
}

/// A fresh link to a wanted file.
pub(crate) async fn refresh(db: &Db, id: FileId, url: &str) -> Result<(), DeskError> {
    attachment::ActiveModel {
        id: Set(id),
        url: Set(Some(url.to_owned())),
        ..Default::default()
    }
    .update(&db.write)
    .await?;
    Ok(())
}

/// The files of a message that its sender took back: all but `kept`.
pub(crate) async fn remove_all_but(
    db: &impl ConnectionTrait,
    message: MessageId,
    kept: &[RemoteFile],
) -> Result<(), DeskError> {
    let rows = attachment::Entity::find()
        .filter(attachment::Column::MessageId.eq(message))
        .filter(attachment::Column::State.ne(HoldState::Removed))
        .all(db)
        .await?;
    for row in rows {
        if !kept.iter().any(|file| row.discord_id == Some(file.id)) {
            attachment::ActiveModel {
                id: Set(row.id),
                state: Set(HoldState::Removed),
                url: Set(None),
                ..Default::default()
            }
            .update(db)
            .await?;
        }
    }
    Ok(())
}

/// The stored files of a message, in their order.
pub(crate) async fn of_message(
    db: &impl ConnectionTrait,
    message: MessageId,
) -> Result<Vec<Model>, DeskError> {
    Ok(attachment::Entity::find()
        .filter(attachment::Column::MessageId.eq(message))
        .filter(attachment::Column::State.eq(HoldState::Stored))
        .order_by_asc(attachment::Column::Position)
        .all(db)
        .await?)
}

/// Lays a ticket's files beside the messages that its reader may see. A file whose message is not
/// among them stays unseen.
pub(crate) async fn show(
    db: &Db,
    ticket: TicketId,
    messages: &mut [MessageView],
) -> Result<(), DeskError> {
    let rows = Model::find_by_statement(sql(
        &db.read,
        "SELECT a.* FROM attachment a JOIN message m ON m.id = a.message_id
         WHERE m.ticket_id = $1 AND m.deleted_at IS NULL AND a.state <> 'removed'
         ORDER BY a.message_id, a.position",
        [ticket.into()],
    ))
    .all(&db.read)
    .await?;
    let mut by_message: HashMap<MessageId, Vec<FileView>> = HashMap::new();
    for row in rows {
        by_message
            .entry(row.message_id)
            .or_default()
            .push(view(row));
    }
    for message in messages {
        message.files = by_message.remove(&message.id).unwrap_or_default();
    }
    Ok(())
}

fn view(row: Model) -> FileView {
    let pixels = |n: Option<i64>| n.and_then(|n| u32::try_from(n).ok());
    let thumbnail = pixels(row.thumb_width)
        .zip(pixels(row.thumb_height))
        .map(|(width, height)| Thumbnail { width, height });
    FileView {
        id: row.id,
        name: row.name,
        size: row.size.unsigned_abs(),
        state: match row.state {
            HoldState::Wanted => FileState::Arriving,
            HoldState::Stored => FileState::Here(thumbnail),
            HoldState::Refused | HoldState::Removed => FileState::Refused {
                why: row.reason.unwrap_or_default(),
            },
        },
    }
}

/// The pictures of a ticket's messages that are here, in the order of the conversation.
pub(crate) async fn pictures(db: &Db, ticket: TicketId) -> Result<Vec<Model>, DeskError> {
    Ok(Model::find_by_statement(sql(
        &db.read,
        "SELECT a.* FROM attachment a JOIN message m ON m.id = a.message_id
         WHERE m.ticket_id = $1 AND m.deleted_at IS NULL AND a.state = 'stored'
           AND a.kind IS NOT NULL
         ORDER BY m.position, a.position",
        [ticket.into()],
    ))
    .all(&db.read)
    .await?)
}

/// A stored file of this ticket that its customer may have.
pub(crate) async fn of_customer(
    db: &Db,
    ticket: TicketId,
    id: FileId,
) -> Result<Option<Model>, DeskError> {
    Ok(Model::find_by_statement(sql(
        &db.read,
        "SELECT a.* FROM attachment a JOIN message m ON m.id = a.message_id
         WHERE a.id = $1 AND m.ticket_id = $2 AND m.kind = 'reply' AND m.deleted_at IS NULL
           AND a.state = 'stored'",
        [id.into(), ticket.into()],
    ))
    .one(&db.read)
    .await?)
}

/// A stored file of this guild.
pub(crate) async fn of_guild(
    db: &Db,
    guild: GuildId,
    id: FileId,
) -> Result<Option<Model>, DeskError> {
    Ok(Model::find_by_statement(sql(
        &db.read,
        "SELECT a.* FROM attachment a
         JOIN message m ON m.id = a.message_id
         JOIN ticket t ON t.id = m.ticket_id
         WHERE a.id = $1 AND t.guild_id = $2 AND m.deleted_at IS NULL AND a.state = 'stored'",
        [id.into(), guild.into()],
    ))
    .one(&db.read)
    .await?)
}
