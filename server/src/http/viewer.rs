//! Who stands at staff's door: from the session to a proven member of a guild's staff, at every
//! request.
//!
//! Whoever is staff in several guilds looks at one at a time: the one that the address names, else
//! the one that they chose last, else the first. A page without proof becomes the sign-in page here;
//! a call of the dashboard goes on with the reason in place of the proof and answers it itself.

use super::refusal::is_api;
use super::sessions;
use super::{Web, return_path};
use crate::errors::{explain, unexpected};
use app::api::Viewer;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use desk::bridge::Absence;
use desk::{Seat, Staff};
use domain::{AppError, PersonId};
use tower_sessions::Session;

/// The guild whose page a call comes from. Another tab may have chosen another one since.
const PAGE_OF: &str = "x-threadline-guild";

/// Lays the proof into the request, or answers with the page that says what is missing.
pub(crate) async fn identify(
    State(web): State<Web>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Response {
    let wanted = Wanted::of(request.uri().query(), request.headers());
    let viewer = seat(&web, &session, &wanted).await;
    if !is_api(request.uri().path())
        && let Err(error) = &viewer
    {
        let wanted = request.uri().path_and_query().map(|p| p.as_str());
        return instead(&web, error, wanted);
    }
    if viewer.is_ok()
        && let Err(error) = sessions::prolong(&session, web.house.now()).await
    {
        // The request itself needs no longer session.
        tracing::warn!(%error, "A session could not be prolonged");
    }
    request.extensions_mut().insert(Viewer(viewer));
    next.run(request).await
}

/// Which guild a request is about.
enum Wanted {
    /// The one that its address names, from now on.
    Chosen(String),
    /// The one whose page asks, this once.
    Once(String),
    /// The one of before.
    Same,
}

impl Wanted {
    fn of(query: Option<&str>, headers: &HeaderMap) -> Self {
        let query = query.unwrap_or_default().as_bytes();
        let named = url::form_urlencoded::parse(query).find(|(name, _)| name == "guild");
        if let Some((_, slug)) = named {
            return Self::Chosen(slug.into_owned());
        }
        match headers.get(PAGE_OF).and_then(|slug| slug.to_str().ok()) {
            Some(slug) => Self::Once(slug.to_owned()),
            None => Self::Same,
        }
    }
}

/// The person behind this session.
async fn person(session: &Session) -> Result<PersonId, AppError> {
    match sessions::person(session).await {
        Ok(Some(person)) => Ok(person),
        Ok(None) => Err(AppError::SignInNeeded),
        Err(error) => Err(unexpected("A session could not be read", &error)),
    }
}

/// The member of the staff behind this session, at the desk that is wanted.
async fn seat(web: &Web, session: &Session, wanted: &Wanted) -> Result<Seat, AppError> {
    let person = person(session).await?;
    let broken = |error| unexpected("A session could not be read", &error);
    if let Wanted::Chosen(slug) | Wanted::Once(slug) = wanted {
        let desk = web.house.of_address(slug).await;
        let desk = desk.map_err(|error| explain(&error))?;
        let desk = desk.ok_or(AppError::NotAllowed)?;
        let staff = desk.staff(person).await.map_err(|error| explain(&error))?;
        if let Wanted::Chosen(_) = wanted {
            sessions::choose(session, desk.discord_id())
                .await
                .map_err(broken)?;
        }
        return Ok(Seat { desk, staff });
    }
    let chosen = sessions::guild(session).await.map_err(broken)?;
    if let Some(desk) = chosen.and_then(|guild| web.house.of_guild(guild)) {
        match desk.staff(person).await {
            Ok(staff) => return Ok(Seat { desk, staff }),
            // Not there any more; perhaps elsewhere.
            Err(desk::DeskError::NotAllowed) => {}
            // Nobody can tell who is staff of a guild that the bot was thrown out of.
            Err(_) if desk.away() == Some(Absence::Removed) => {}
            Err(error) => return Err(explain(&error)),
        }
    }
    let seat = web.house.seat(person).await;
    seat.map_err(|error| explain(&error))
}

/// What the person behind this session is staff of.
pub(crate) async fn everywhere(web: &Web, session: &Session) -> Result<Vec<Staff>, AppError> {
    let person = person(session).await?;
    let seats = web.house.seats(person).await;
    let seats = seats.map_err(|error| explain(&error))?;
    Ok(seats.into_iter().map(|seat| seat.staff).collect())
}

fn instead(web: &Web, error: &AppError, wanted: Option<&str>) -> Response {
    let return_to = return_path::local(wanted);
    match error {
        AppError::SignInNeeded => web.pages.show(StatusCode::UNAUTHORIZED, |frame| {
            app::public::sign_in(frame, &return_to, None)
        }),
        AppError::NotAllowed => web.pages.show(StatusCode::FORBIDDEN, |frame| {
            app::public::no_role(frame, &return_to)
        }),
        other => web.pages.error(other),
    }
}
