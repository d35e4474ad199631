//! The staff's pages that only show, and the button for their hours.
//!
//! Each passes [`super::viewer`] first, as the dashboard does; what they say is the desk's, how it
//! looks is `app`'s.

use super::form::Form;
use super::{Web, sessions, viewer};
use crate::errors::explain;
use app::api::Viewer;
use app::records::StatsPage;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Extension, Request, State};
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use desk::{Desk, DeskError, Staff};
use domain::view::InboxFilter;

const STATS: &str = "/staff/stats";

pub(super) fn routes(web: &Web) -> Router<Web> {
    Router::new()
        .route(STATS, get(stats))
        .route("/staff/doctor", get(doctor))
        .route("/staff/hours/in", post(clock_in))
        .route("/staff/hours/out", post(clock_out))
        .layer(DefaultBodyLimit::max(super::form::BODY_MAX))
        .layer(from_fn_with_state(web.clone(), viewer::identify))
        .layer(sessions::layer(&web.desk, web.https))
}

async fn stats(State(web): State<Web>, Extension(Viewer(viewer)): Extension<Viewer>) -> Response {
    let staff = match viewer {
        Ok(staff) => staff,
        Err(error) => return web.pages.error(&error),
    };
    match read_stats(&web, &staff).await {
        Ok(page) => web
            .pages
            .show(StatusCode::OK, |frame| app::records::stats(frame, &page)),
        Err(error) => web.pages.error(&explain(&error)),
    }
}

async fn read_stats(web: &Web, staff: &Staff) -> Result<StatsPage, DeskError> {
    let desk = &web.desk;
    Ok(StatsPage {
        inbox: desk.inbox(staff, InboxFilter::Active, None).await?,
        statistics: desk.statistics(staff).await?,
        hours: desk.hours(staff).await?,
        dashboard: desk.dashboard(staff).await?,
    })
}

async fn doctor(State(web): State<Web>, Extension(Viewer(viewer)): Extension<Viewer>) -> Response {
    let staff = match viewer {
        Ok(staff) => staff,
        Err(error) => return web.pages.error(&error),
    };
    let read = async {
        let examination = web.desk.examine(&staff).await?;
        let inbox = web.desk.inbox(&staff, InboxFilter::Active, None).await?;
        Ok::<_, DeskError>((inbox, examination))
    };
    match read.await {
        Ok((inbox, examination)) => web.pages.show(StatusCode::OK, |frame| {
            app::records::doctor(frame, &inbox, &examination)
        }),
        Err(error) => web.pages.error(&explain(&error)),
    }
}

async fn clock_in(web: State<Web>, viewer: Extension<Viewer>, request: Request) -> Response {
    clock(web, viewer, request, async |desk, staff| {
        desk.clock_in(staff).await.map(drop)
    })
    .await
}

async fn clock_out(web: State<Web>, viewer: Extension<Viewer>, request: Request) -> Response {
    clock(web, viewer, request, async |desk, staff| {
        desk.clock_out(staff).await.map(drop)
    })
    .await
}

async fn clock(
    State(web): State<Web>,
    Extension(Viewer(viewer)): Extension<Viewer>,
    request: Request,
    act: impl AsyncFnOnce(&Desk, &Staff) -> Result<(), DeskError>,
) -> Response {
    if let Err(refusal) = Form::read(request).await {
        return refusal.answer(&web.pages, STATS);
    }
    match viewer {
        Ok(staff) => after(&web, act(&web.desk, &staff).await),
        Err(error) => web.pages.error(&error),
    }
}

fn after(web: &Web, done: Result<(), DeskError>) -> Response {
    match done {
        Ok(()) => Redirect::to(STATS).into_response(),
        Err(error) => web.pages.error(&explain(&error)),
    }
}
