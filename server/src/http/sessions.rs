//! Staff sessions, kept in the desk's database behind a cookie.
//!
//! A session holds who signed in, which guild they look at and what their last change did, and nothing
//! else; whether that person is staff is asked anew at every request. Customers have no session: the layer is laid over staff's addresses alone.

use async_trait::async_trait;
use desk::{DeskError, House};
use domain::{DiscordGuildId, PersonId, Timestamp};
use time::{Duration, OffsetDateTime};
use tower_sessions::cookie::SameSite;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{self, SessionStore};
use tower_sessions::{Expiry, Session, SessionManagerLayer};

/// The cookie's name.
pub(crate) const COOKIE: &str = "threadline_session";
/// Who signed in.
const PERSON: &str = "person";
/// Which guild they look at.
const GUILD: &str = "guild";
/// What the last change did, until it is read once.
const SAID: &str = "said";
/// The day on which the session was last prolonged.
const DAY: &str = "day";
const LIFE: Duration = Duration::days(14);

/// The layer that brings a [`Session`] to handlers. It writes only what changed.
pub(crate) fn layer(house: &House, https: bool) -> SessionManagerLayer<Store> {
    SessionManagerLayer::new(Store(house.clone()))
        .with_name(COOKIE)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(https)
        .with_expiry(Expiry::OnInactivity(LIFE))
}

/// Who signed in with this session, if anyone did.
pub(crate) async fn person(
    session: &Session,
) -> Result<Option<PersonId>, tower_sessions::session::Error> {
    session.get(PERSON).await
}

/// The guild that was looked at last.
pub(crate) async fn guild(
    session: &Session,
) -> Result<Option<DiscordGuildId>, tower_sessions::session::Error> {
    session.get(GUILD).await
}

/// Looks at this guild from now on.
pub(crate) async fn choose(
    session: &Session,
    guild: DiscordGuildId,
) -> Result<(), tower_sessions::session::Error> {
    if self::guild(session).await? != Some(guild) {
        session.insert(GUILD, guild).await?;
    }
    Ok(())
}

/// Keeps what a change did, for the page that is shown next.
pub(crate) async fn say(
    session: &Session,
    words: &str,
) -> Result<(), tower_sessions::session::Error> {
    session.insert(SAID, words).await
}

/// What the last change did, once.
pub(crate) async fn said(
    session: &Session,
) -> Result<Option<String>, tower_sessions::session::Error> {
    // Only what is there is written away.
    match session.get::<String>(SAID).await? {
        Some(_) => session.remove(SAID).await,
        None => Ok(None),
    }
}

/// Makes the session this person's, under an id that nobody knew before.
pub(crate) async fn begin(
    session: &Session,
    person: PersonId,
    now: Timestamp,
) -> Result<(), tower_sessions::session::Error> {
    session.cycle_id().await?;
    session.insert(PERSON, person).await?;
    session.insert(DAY, day(now)).await
}

/// Prolongs a session in use, with one write a day rather than one per request.
pub(crate) async fn prolong(
    session: &Session,
    now: Timestamp,
) -> Result<(), tower_sessions::session::Error> {
    if session.get::<i64>(DAY).await? != Some(day(now)) {
        session.insert(DAY, day(now)).await?;
    }
    Ok(())
}

fn day(now: Timestamp) -> i64 {
    now.millis() / 86_400_000
}

/// The desk's database as a store of sessions.
#[derive(Clone)]
pub(crate) struct Store(House);

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

#[async_trait]
impl SessionStore for Store {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        let data = encode(record)?;
        let expiry = moment(record.expiry_date);
        while !self
            .0
            .session_create(&record.id.to_string(), &data, expiry)
            .await
            .map_err(backend)?
        {
            record.id = Id::default();
        }
        Ok(())
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        self.0
            .session_save(
                &record.id.to_string(),
                &encode(record)?,
                moment(record.expiry_date),
            )
            .await
            .map_err(backend)
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let Some((data, expires)) = self
            .0
            .session_load(&id.to_string())
            .await
            .map_err(backend)?
        else {
            return Ok(None);
        };
        Ok(Some(Record {
            id: *id,
            data: serde_json::from_str(&data)
                .map_err(|error| session_store::Error::Decode(error.to_string()))?,
            expiry_date: OffsetDateTime::from_unix_timestamp_nanos(i128::from(expires.0) * 1_000)
                .map_err(|error| session_store::Error::Decode(error.to_string()))?,
        }))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        self.0
            .session_delete(&id.to_string())
            .await
            .map_err(backend)
    }
}

fn encode(record: &Record) -> session_store::Result<String> {
    serde_json::to_string(&record.data)
        .map_err(|error| session_store::Error::Encode(error.to_string()))
}

fn moment(at: OffsetDateTime) -> Timestamp {
    Timestamp(i64::try_from(at.unix_timestamp_nanos() / 1_000).unwrap_or(i64::MAX))
}

fn backend(error: DeskError) -> session_store::Error {
    session_store::Error::Backend(error.to_string())
}
