//! The settings of a guild, for the staff who manage it: pages of forms, one address per section.
//!
//! Each request proves its admin anew; what a form does is the same call of the desk as the command's.
//! A refused form comes back as it was typed, a form that was taken leads back to its page.

mod deeds;

use super::form::Form;
use super::records::rail;
use super::{Web, sessions, viewer};
use crate::errors::{explain, unexpected};
use app::api::Viewer;
use app::records::{Address, CategoryPart, Choices, Part, People, Section, SettingsPage};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Extension, Request, State};
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use deeds::Refused;
use desk::{Admin, DeskError, Seat};
use domain::AppError;
use tower_sessions::Session;

pub(super) fn routes(web: &Web) -> Router<Web> {
    let mut router = Router::new();
    for section in Section::ALL {
        let show = move |web: State<Web>, viewer: Extension<Viewer>, session: Session| {
            open(section, web, viewer, session)
        };
        let change =
            move |web: State<Web>,
                  viewer: Extension<Viewer>,
                  session: Session,
                  request: Request| { change(section, web, viewer, session, request) };
        router = router.route(section.path(), get(show).post(change));
    }
    router
        .layer(DefaultBodyLimit::max(super::form::BODY_MAX))
        .layer(from_fn_with_state(web.clone(), viewer::identify))
        .layer(sessions::layer(&web.house, web.https))
}

async fn open(
    section: Section,
    State(web): State<Web>,
    Extension(Viewer(viewer)): Extension<Viewer>,
    session: Session,
) -> Response {
    let (seat, admin) = match admitted(&web, viewer).await {
        Ok(found) => found,
        Err(refusal) => return *refusal,
    };
    let said = match sessions::said(&session).await {
        Ok(said) => said,
        Err(error) => {
            return web
                .pages
                .error(&unexpected("A session could not be read", &error));
        }
    };
    show(&web, &seat, &admin, section, said, None).await
}

async fn change(
    section: Section,
    State(web): State<Web>,
    Extension(Viewer(viewer)): Extension<Viewer>,
    session: Session,
    request: Request,
) -> Response {
    let form = match Form::read(request).await {
        Ok(form) => form.into_fields(),
        Err(refusal) => return refusal.answer(&web.pages, section.path()),
    };
    let (seat, admin) = match admitted(&web, viewer).await {
        Ok(found) => found,
        Err(refusal) => return *refusal,
    };
    match deeds::carry_out(&web.house, &seat.desk, &admin, section, &form).await {
        Ok(words) => {
            if let Err(error) = sessions::say(&session, &words).await {
                // It is done; only that it was cannot be said.
                tracing::warn!(%error, "A session could not be written");
            }
            Redirect::to(section.path()).into_response()
        }
        Err(refused) => {
            let refused = Some((refused, form));
            show(&web, &seat, &admin, section, None, refused).await
        }
    }
}

/// The admin at their desk, or the page that says what is missing.
async fn admitted(
    web: &Web,
    viewer: Result<Seat, AppError>,
) -> Result<(Seat, Admin), Box<Response>> {
    let seat = viewer.map_err(|error| Box::new(web.pages.error(&error)))?;
    match seat.desk.admin_of(&seat.staff).await {
        Ok(admin) => Ok((seat, admin)),
        Err(DeskError::NotAllowed) => Err(Box::new(match rail(web, &seat).await {
            Ok(inbox) => web.pages.show(StatusCode::FORBIDDEN, |frame| {
                app::records::no_admin(frame, &inbox)
            }),
            Err(error) => web.pages.error(&explain(&error)),
        })),
        Err(error) => Err(Box::new(web.pages.error(&explain(&error)))),
    }
}

async fn show(
    web: &Web,
    seat: &Seat,
    admin: &Admin,
    section: Section,
    said: Option<String>,
    refused: Option<(Refused, deeds::Fields)>,
) -> Response {
    let status = refused
        .as_ref()
        .map_or(StatusCode::OK, |(refused, _)| refused.status);
    let read = async {
        Ok::<_, DeskError>(SettingsPage {
            inbox: rail(web, seat).await?,
            said,
            refused: refused.map(|(refused, fields)| refused.form(fields)),
            part: read(web, seat, admin, section).await?,
        })
    };
    match read.await {
        Ok(page) => web
            .pages
            .show(status, |frame| app::records::settings(frame, &page)),
        Err(error) => web.pages.error(&explain(&error)),
    }
}

async fn read(web: &Web, seat: &Seat, admin: &Admin, section: Section) -> Result<Part, DeskError> {
    let desk = &seat.desk;
    Ok(match section {
        Section::General => Part::General(Choices {
            options: desk.options(),
            // Without a list, ids can be typed.
            channels: desk.channels(admin).await.ok(),
            roles: desk.roles(admin).await?,
        }),
        Section::Categories => {
            let mut parts = Vec::new();
            for category in desk.categories().await? {
                let questions = desk.questions(&category.key).await?;
                parts.push(CategoryPart {
                    category,
                    questions,
                });
            }
            Part::Categories(parts)
        }
        Section::Replies => Part::Replies(desk.quick_replies(admin).await?),
        Section::People => Part::People(People {
            staffing: desk.staffing(admin).await?,
            roles: desk.roles(admin).await?,
        }),
        Section::Address => Part::Address(Address {
            public_url: web.public_url.as_str().trim_end_matches('/').to_owned(),
            slug: desk.guild_view().slug,
        }),
    })
}
