//! Discord as the one who knows people: where to send a browser, and what a code is worth.
//!
//! It speaks OAuth2 and knows neither sessions nor pages. Tokens live in it for one request.

use crate::config::Config;
use anyhow::Context;
use desk::DiscordProfile;
use domain::DiscordUserId;
use oauth2::basic::BasicClient;
use oauth2::{
    AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet,
    HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError,
    Scope, TokenResponse, TokenUrl,
};
use serde::Deserialize;
use std::time::Duration;
use url::Url;

const AUTHORIZE: &str = "https://discord.com/oauth2/authorize";
const TOKEN: &str = "https://discord.com/api/oauth2/token";
const WHO: &str = "https://discord.com/api/v10/users/@me";
/// Shorter than any request may take, so that the person is told what happened.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

type Client = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// What sign-in needs to talk to Discord.
#[derive(Debug)]
pub(crate) struct SignIn {
    client: Client,
    http: reqwest::Client,
}

impl SignIn {
    /// `http` must not follow redirects: an answer from elsewhere is no answer of Discord's.
    pub(crate) fn new(config: &Config, http: reqwest::Client) -> anyhow::Result<Self> {
        // The browser goes to the stand-in by its own address; we reach it as discord.com.
        let authorize = config.stand_in.as_ref().map_or(AUTHORIZE.to_owned(), |s| {
            format!("{}/oauth2/authorize", s.origin)
        });
        let client = BasicClient::new(ClientId::new(config.application_id.to_string()))
            .set_client_secret(ClientSecret::new(config.client_secret.expose().to_owned()))
            .set_auth_uri(AuthUrl::new(authorize).context("the address of Discord's sign-in page")?)
            .set_token_uri(TokenUrl::new(TOKEN.to_owned()).context("Discord's token address")?)
            .set_redirect_uri(
                RedirectUrl::new(format!("{}/auth/discord/callback", config.public_url))
                    .context("PUBLIC_URL")?,
            );
        Ok(Self { client, http })
    }

    /// Where the browser goes, and what must come back with it.
    pub(super) fn leave(&self) -> (Url, CsrfToken, PkceCodeVerifier) {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (address, state) = self
            .client
            .authorize_url(CsrfToken::new_random)
            .add_scope(Scope::new("identify".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        (address, state, verifier)
    }

    /// Exchanges the code for a token and asks once whose it is.
    pub(super) async fn who(
        &self,
        code: String,
        verifier: PkceCodeVerifier,
    ) -> Result<DiscordProfile, Trouble> {
        tokio::time::timeout(ANSWER_WITHIN, self.ask(code, verifier))
            .await
            .unwrap_or_else(|_| Err(Trouble::Away(anyhow::anyhow!("no answer in time"))))
    }

    async fn ask(
        &self,
        code: String,
        verifier: PkceCodeVerifier,
    ) -> Result<DiscordProfile, Trouble> {
        let send = |request: HttpRequest| send(self.http.clone(), request);
        let token = self
            .client
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(verifier)
            .request_async(&send)
            .await
            .map_err(|error| match error {
                RequestTokenError::ServerResponse(_) => Trouble::Refused,
                // Neither the answer nor the request is logged: both hold secrets.
                RequestTokenError::Request(error) => Trouble::Away(error.without_url().into()),
                RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
                    Trouble::Away(anyhow::anyhow!("the answer to a code is no token"))
                }
            })?;
        let user = ask_who(&self.http, token.access_token().secret())
            .await
            .map_err(|error| Trouble::Away(error.without_url().into()))?;
        user.profile()
            .ok_or_else(|| Trouble::Away(anyhow::anyhow!("Discord names an account without an id")))
    }
}

/// Why nobody is known after all.
pub(super) enum Trouble {
    /// Discord does not accept the code.
    Refused,
    /// Discord does not answer, or not as agreed.
    Away(anyhow::Error),
}

async fn ask_who(http: &reqwest::Client, token: &str) -> Result<User, reqwest::Error> {
    http.get(WHO)
        .bearer_auth(token)
        .send()
        .await?
        .error_for_status()?
        .json()
        .await
}

async fn send(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
    let response = http.execute(request.try_into()?).await?;
    let mut answer = HttpResponse::default();
    *answer.status_mut() = response.status();
    *answer.headers_mut() = response.headers().clone();
    *answer.body_mut() = response.bytes().await?.to_vec();
    Ok(answer)
}

#[derive(Debug, Deserialize)]
struct User {
    id: String,
    username: String,
    global_name: Option<String>,
    avatar: Option<String>,
}

impl User {
    fn profile(self) -> Option<DiscordProfile> {
        let id: u64 = self.id.parse().ok()?;
        let avatar = self
            .avatar
            .map(|hash| format!("https://cdn.discordapp.com/avatars/{id}/{hash}.png?size=64"));
        Some(DiscordProfile {
            user: DiscordUserId::from(id),
            name: self.global_name.unwrap_or(self.username),
            avatar,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_shows_what_discord_shows() {
        let user = |json| serde_json::from_str::<User>(json).unwrap().profile();
        let full =
            user(r#"{"id":"7","username":"ada","global_name":"Ada","avatar":"a1","extra":1}"#)
                .unwrap();
        assert_eq!((full.user, full.name.as_str()), (DiscordUserId(7), "Ada"));
        assert!(full.avatar.unwrap().contains("/avatars/7/a1.png"));
        let bare = user(r#"{"id":"7","username":"ada","global_name":null,"avatar":null}"#).unwrap();
        assert_eq!((bare.name.as_str(), bare.avatar), ("ada", None));
        assert!(user(r#"{"id":"x","username":"ada","global_name":null,"avatar":null}"#).is_none());
    }
}
