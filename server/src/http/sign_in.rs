//! Staff sign-in with Discord: OAuth2's authorization code with state and PKCE.
//!
//! It proves an account and begins a session; whether the account is staff is asked at every
//! request after it. The tokens that Discord hands out are used once, here, and kept nowhere.

mod provider;

pub(super) use provider::SignIn;

use super::Web;
use super::{return_path, sessions};
use crate::errors::{explain, unexpected};
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use oauth2::{CsrfToken, PkceCodeVerifier};
use provider::Trouble;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use tower_sessions::Session;

/// What the session remembers between leaving for Discord and coming back.
const PENDING: &str = "sign_in";

pub(super) fn routes(web: &Web) -> Router<Web> {
    Router::new()
        .route("/auth/discord", get(begin))
        .route("/auth/discord/callback", get(callback))
        .route("/auth/sign-out", post(sign_out))
        .layer(sessions::layer(&web.house, web.https))
}

#[derive(Debug, Serialize, Deserialize)]
struct Pending {
    state: CsrfToken,
    verifier: PkceCodeVerifier,
    return_to: String,
}

#[derive(Debug, Default, Deserialize)]
struct Begin {
    #[serde(rename = "return")]
    return_to: Option<String>,
    /// Set once we moved the browser to our public address.
    here: Option<String>,
}

async fn begin(
    State(web): State<Web>,
    session: Session,
    headers: HeaderMap,
    asked: Result<Query<Begin>, QueryRejection>,
) -> Response {
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    let return_to = return_path::local(asked.return_to.as_deref());
    if asked.here.is_none() && !at_home(&web, &headers) {
        // Discord sends the browser back to our public address, where a cookie that was set
        // under another name (localhost, say) would be missing.
        return Redirect::to(&home_address(&web, &return_to)).into_response();
    }
    let (address, state, verifier) = web.sign_in.leave();
    let pending = Pending {
        state,
        verifier,
        return_to,
    };
    if let Err(error) = session.insert(PENDING, pending).await {
        return web
            .pages
            .error(&unexpected("Sign-in could not begin", &error));
    }
    Redirect::to(address.as_str()).into_response()
}

fn at_home(web: &Web, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|h| h.to_str().ok());
    host.is_none_or(|host| host.eq_ignore_ascii_case(web.public_url.authority()))
}

fn home_address(web: &Web, return_to: &str) -> String {
    let mut address = web.public_url.clone();
    address.set_path("/auth/discord");
    address
        .query_pairs_mut()
        .append_pair("return", return_to)
        .append_pair("here", "1");
    address.into()
}

#[derive(Debug, Default, Deserialize)]
struct Returned {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
}

async fn callback(
    State(web): State<Web>,
    session: Session,
    returned: Result<Query<Returned>, QueryRejection>,
) -> Response {
    let returned = returned.map(|Query(returned)| returned).unwrap_or_default();
    // Taken out before anything else: whatever follows, it serves once.
    let pending = match session.remove::<Pending>(PENDING).await {
        Ok(pending) => pending,
        Err(error) => {
            return web
                .pages
                .error(&unexpected("A session could not be read", &error));
        }
    };
    let Some(pending) = pending.filter(|p| is_same(&p.state, returned.state.as_deref())) else {
        tracing::info!("A sign-in came back that this browser did not begin, or a second time");
        return again(
            &web,
            "This sign-in was not begun in this browser, or it is used up.",
        );
    };
    let Some(code) = returned.code.filter(|_| returned.error.is_none()) else {
        return web.pages.show(StatusCode::FORBIDDEN, |frame| {
            app::public::sign_in(
                frame,
                &pending.return_to,
                Some("You did not let Discord tell us who you are. Continue with Discord to try again."),
            )
        });
    };
    let profile = match web.sign_in.who(code, pending.verifier).await {
        Ok(profile) => profile,
        Err(Trouble::Refused) => {
            return again(
                &web,
                "Discord no longer accepts this sign-in; it is good for a moment only.",
            );
        }
        Err(Trouble::Away(error)) => {
            tracing::warn!(
                error = format!("{error:#}"),
                "Discord could not be asked who signs in"
            );
            return web.pages.message(
                StatusCode::BAD_GATEWAY,
                "Discord does not answer",
                "Wait a moment, then sign in again.",
                Some((&pending.return_to, "Sign in again")),
            );
        }
    };
    let person = match web.house.sign_in(profile).await {
        Ok(person) => person,
        Err(error) => return web.pages.error(&explain(&error)),
    };
    if let Err(error) = sessions::begin(&session, person, web.house.now()).await {
        return web
            .pages
            .error(&unexpected("A session could not be begun", &error));
    }
    tracing::info!(person.id = person.0, "A person signed in");
    Redirect::to(&return_path::local(Some(&pending.return_to))).into_response()
}

fn is_same(ours: &CsrfToken, theirs: Option<&str>) -> bool {
    theirs.is_some_and(|theirs| ours.secret().as_bytes().ct_eq(theirs.as_bytes()).into())
}

fn again(web: &Web, words: &str) -> Response {
    web.pages.message(
        StatusCode::BAD_REQUEST,
        "Sign in again",
        words,
        Some((return_path::HOME, "Sign in again")),
    )
}

async fn sign_out(State(web): State<Web>, session: Session) -> Response {
    if let Err(error) = session.flush().await {
        return web
            .pages
            .error(&unexpected("A session could not be ended", &error));
    }
    Redirect::to("/").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_state_is_the_same() {
        let ours = CsrfToken::new("abcdef".to_owned());
        assert!(is_same(&ours, Some("abcdef")));
        for theirs in [
            None,
            Some(""),
            Some("abcde"),
            Some("abcdefg"),
            Some("ABCDEF"),
        ] {
            assert!(!is_same(&ours, theirs));
        }
    }
}
