//! OAuth2's two faces: the consent page for people, the token routes for applications.
//! Codes and grants themselves live in the world; here forms are read and errors are named.

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{Form, Query, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::hub::Hub;
use crate::world::seed::CLIENT_SECRET;
use crate::world::sign_in::{Grant, TOKEN_S};

const STYLE: &str = include_str!("consent.css");

/// The query of `/oauth2/authorize`, carried through the page's form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wish {
    response_type: String,
    client_id: String,
    scope: String,
    redirect_uri: String,
    state: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
    /// Who was picked on the page.
    person: Option<String>,
    action: Option<String>,
}

/// `GET /oauth2/authorize`: who are you, and do you agree?
pub(crate) async fn ask(State(hub): State<Arc<Hub>>, Query(wish): Query<Wish>) -> Response {
    if let Err(words) = check(&hub, &wish) {
        return page_of_error(words);
    }
    let (app, people) = hub.with(|inner| {
        let world = &inner.world;
        let people = world.users.values().filter(|user| !user.bot);
        let people: Vec<(u64, String, bool)> = people
            .map(|user| {
                (
                    user.id,
                    user.shown_name().to_owned(),
                    world.is_staff(user.id),
                )
            })
            .collect();
        (world.application.name.clone(), people)
    });
    let mut fields = String::new();
    let kept = [
        ("response_type", Some(&wish.response_type)),
        ("client_id", Some(&wish.client_id)),
        ("scope", Some(&wish.scope)),
        ("redirect_uri", Some(&wish.redirect_uri)),
        ("state", wish.state.as_ref()),
        ("code_challenge", wish.code_challenge.as_ref()),
        ("code_challenge_method", wish.code_challenge_method.as_ref()),
    ];
    for (name, value) in kept {
        if let Some(value) = value {
            fields += &format!(
                "<input type=\"hidden\" name=\"{name}\" value=\"{}\">",
                escape(value)
            );
        }
    }
    let mut buttons = String::new();
    for (id, name, staff) in people {
        let initials: String = name
            .split(' ')
            .filter_map(|word| word.chars().next())
            .collect();
        let role = if staff { "Support staff" } else { "Member" };
        let name = escape(&name);
        buttons += &format!(
            "<form method=\"post\" action=\"/oauth2/authorize\">{fields}\
             <input type=\"hidden\" name=\"person\" value=\"{id}\">\
             <button class=\"person\" name=\"action\" value=\"authorize\">\
             <span class=\"face\" aria-hidden=\"true\">{}</span>\
             <span class=\"who\"><b>{name}</b><small>{role}</small></span>\
             <span class=\"go\">Authorize</span></button></form>",
            escape(&initials)
        );
    }
    let scopes: String = wish
        .scope
        .split(' ')
        .filter(|scope| !scope.is_empty())
        .map(|scope| format!("<li>{}</li>", escape(in_words(scope))))
        .collect();
    let app = escape(&app);
    Html(format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>Authorize {app}</title><style>{STYLE}</style></head><body><main>\
         <p class=\"note\">Discord stand-in</p>\
         <h1>{app} wants to know who you are</h1>\
         <p>It will be able to:</p><ul>{scopes}</ul>\
         <h2>Continue as</h2><div class=\"people\">{buttons}</div>\
         <form method=\"post\" action=\"/oauth2/authorize\">{fields}\
         <button class=\"cancel\" name=\"action\" value=\"deny\">Cancel</button></form>\
         </main></body></html>"
    ))
    .into_response()
}

/// `POST /oauth2/authorize`: the answer.
pub(crate) async fn decide(State(hub): State<Arc<Hub>>, Form(wish): Form<Wish>) -> Response {
    if let Err(words) = check(&hub, &wish) {
        return page_of_error(words);
    }
    let Ok(mut target) = url::Url::parse(&wish.redirect_uri) else {
        return page_of_error("The redirect address is no address.");
    };
    if wish.action.as_deref() == Some("authorize") {
        let person = wish.person.as_deref().and_then(|id| id.parse::<u64>().ok());
        let code = hub.with(|inner| {
            let person =
                person.filter(|id| inner.world.users.get(id).is_some_and(|user| !user.bot))?;
            let challenge = wish.code_challenge.clone();
            Some(
                inner
                    .world
                    .grant_code(person, &wish.scope, &wish.redirect_uri, challenge),
            )
        });
        let Some(code) = code else {
            return page_of_error("Nobody here has that id.");
        };
        target.query_pairs_mut().append_pair("code", &code);
    } else {
        target
            .query_pairs_mut()
            .append_pair("error", "access_denied")
            .append_pair(
                "error_description",
                "The resource owner or authorization server denied the request",
            );
    }
    if let Some(state) = &wish.state {
        target.query_pairs_mut().append_pair("state", state);
    }
    Redirect::to(target.as_str()).into_response()
}

fn check(hub: &Hub, wish: &Wish) -> Result<(), &'static str> {
    let client = hub.with(|inner| inner.world.application.id.to_string());
    if wish.client_id != client {
        return Err("No application has that client id.");
    }
    if wish.response_type != "code" {
        return Err("The response type must be “code”.");
    }
    if wish.scope.trim().is_empty() {
        return Err("The application asks for nothing.");
    }
    let plain = wish
        .code_challenge_method
        .as_deref()
        .is_some_and(|method| method != "S256");
    if wish.code_challenge.is_some() && plain {
        return Err("The code challenge must be made with S256.");
    }
    let listed = &hub.options.redirect_uris;
    let fits = if listed.is_empty() {
        is_loopback(&wish.redirect_uri)
    } else {
        listed.contains(&wish.redirect_uri)
    };
    if fits {
        Ok(())
    } else {
        Err("The redirect address is not one of the application's.")
    }
}

fn is_loopback(uri: &str) -> bool {
    let Ok(uri) = url::Url::parse(uri) else {
        return false;
    };
    let host = match uri.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    host && matches!(uri.scheme(), "http" | "https")
}

fn page_of_error(words: &str) -> Response {
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Not possible</title>\
         <style>{STYLE}</style></head><body><main><p class=\"note\">Discord stand-in</p>\
         <h1>This cannot go on</h1><p>{}</p></main></body></html>",
        escape(words)
    );
    (StatusCode::BAD_REQUEST, Html(page)).into_response()
}

fn in_words(scope: &str) -> &str {
    match scope {
        "identify" => "See your name and picture",
        "guilds" => "Know which servers you are in",
        "guilds.members.read" => "Read your membership of this server",
        "email" => "See your e-mail address",
        other => other,
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

fn failed(status: StatusCode, error: &str, words: &str) -> Response {
    let body = json!({"error": error, "error_description": words});
    (status, axum::Json(body)).into_response()
}

/// The token routes. They take forms only.
pub(crate) async fn token(hub: &Hub, path: &[&str], request: Request) -> Response {
    if request.method() != axum::http::Method::POST {
        return crate::error::Refusal::bare(405, "405: Method Not Allowed").into_response();
    }
    let kind = header_text(&request, header::CONTENT_TYPE);
    let basic = header_text(&request, header::AUTHORIZATION);
    if !kind
        .to_ascii_lowercase()
        .starts_with("application/x-www-form-urlencoded")
    {
        return failed(
            StatusCode::BAD_REQUEST,
            "invalid_request",
            "The request must be a form.",
        );
    }
    let Ok(bytes) = to_bytes(request.into_body(), 64 * 1024).await else {
        return failed(
            StatusCode::BAD_REQUEST,
            "invalid_request",
            "The request is too long.",
        );
    };
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(&bytes).into_owned().collect();
    let field = |name: &str| {
        let found = pairs.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    };
    let given = credentials(&basic).or_else(|| {
        Some((
            field("client_id")?.to_owned(),
            field("client_secret")?.to_owned(),
        ))
    });
    let client = hub.with(|inner| inner.world.application.id.to_string());
    if given != Some((client, CLIENT_SECRET.to_owned())) {
        return failed(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            "Unknown client or wrong secret.",
        );
    }
    if path.last() == Some(&"revoke") {
        let token = field("token").unwrap_or_default();
        hub.with(|inner| inner.world.revoke(token));
        return axum::Json(json!({})).into_response();
    }
    let granted = match field("grant_type") {
        Some("authorization_code") => {
            let code = field("code").unwrap_or_default();
            let redirect_uri = field("redirect_uri").unwrap_or_default();
            let spent = hub.with(|inner| {
                inner
                    .world
                    .spend_code(code, redirect_uri, field("code_verifier"))
            });
            spent.ok_or("Invalid \"code\" in request.")
        }
        Some("refresh_token") => {
            let old = field("refresh_token").unwrap_or_default();
            let fresh = hub.with(|inner| inner.world.refresh(old));
            fresh.ok_or("Invalid \"refresh_token\" in request.")
        }
        _ => {
            let words = "The grant type is not one of those supported.";
            return failed(StatusCode::BAD_REQUEST, "unsupported_grant_type", words);
        }
    };
    match granted {
        Ok((access, grant)) => axum::Json(token_json(&access, &grant)).into_response(),
        Err(words) => failed(StatusCode::BAD_REQUEST, "invalid_grant", words),
    }
}

fn header_text(request: &Request, name: header::HeaderName) -> String {
    let value = request
        .headers()
        .get(name)
        .and_then(|value| value.to_str().ok());
    value.unwrap_or_default().to_owned()
}

fn token_json(access: &str, grant: &Grant) -> Value {
    json!({
        "token_type": "Bearer", "access_token": access, "expires_in": TOKEN_S,
        "refresh_token": grant.refresh, "scope": grant.scope,
    })
}

/// The two halves of a Basic header, with their form-encoding undone.
fn credentials(header: &str) -> Option<(String, String)> {
    let packed = header.strip_prefix("Basic ")?;
    let text = String::from_utf8(STANDARD.decode(packed).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let undo = |text: &str| {
        let pair = format!("x={text}");
        let decoded = url::form_urlencoded::parse(pair.as_bytes()).next();
        decoded.map(|(_, value)| value.into_owned())
    };
    Some((undo(id)?, undo(secret)?))
}
