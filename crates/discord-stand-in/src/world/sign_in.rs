//! OAuth2: codes, tokens, who they stand for and what they allow.
//! It knows no form and no page; `rest::oauth` reads the requests.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::World;
use super::interactions::new_token;

/// Life of a code.
const CODE_MS: i64 = 100_000;
/// Life of an access token, in seconds.
pub(crate) const TOKEN_S: i64 = 604_800;

/// All that is granted at present.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct SignIn {
    codes: BTreeMap<String, Code>,
    /// By access token.
    grants: BTreeMap<String, Grant>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Code {
    person: u64,
    scope: String,
    redirect_uri: String,
    challenge: Option<String>,
    made_ms: i64,
}

/// What an access token stands for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Grant {
    pub(crate) person: u64,
    pub(crate) scope: String,
    pub(crate) refresh: String,
    pub(crate) expires_ms: i64,
}

impl Grant {
    pub(crate) fn covers(&self, scope: &str) -> bool {
        self.scope.split(' ').any(|word| word == scope)
    }
}

impl World {
    /// A code for the person's consent.
    pub(crate) fn grant_code(
        &mut self,
        person: u64,
        scope: &str,
        redirect_uri: &str,
        challenge: Option<String>,
    ) -> String {
        let code = new_token();
        let made = Code {
            person,
            scope: scope.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            challenge,
            made_ms: self.now_ms(),
        };
        self.sign_in.codes.insert(code.clone(), made);
        code
    }

    /// Spends a code. It is gone after the first try, good or bad.
    pub(crate) fn spend_code(
        &mut self,
        code: &str,
        redirect_uri: &str,
        verifier: Option<&str>,
    ) -> Option<(String, Grant)> {
        let spent = self.sign_in.codes.remove(code)?;
        let fresh = self.now_ms() - spent.made_ms <= CODE_MS;
        let proven = match (&spent.challenge, verifier) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(challenge), Some(verifier)) => {
                URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == *challenge
            }
        };
        if !fresh || !proven || spent.redirect_uri != redirect_uri {
            return None;
        }
        Some(self.new_grant(spent.person, &spent.scope))
    }

    /// Spends a refresh token for a new pair.
    pub(crate) fn refresh(&mut self, refresh: &str) -> Option<(String, Grant)> {
        let access = self
            .sign_in
            .grants
            .iter()
            .find(|(_, grant)| grant.refresh == refresh);
        let access = access.map(|(access, _)| access.clone())?;
        let old = self.sign_in.grants.remove(&access)?;
        Some(self.new_grant(old.person, &old.scope))
    }

    fn new_grant(&mut self, person: u64, scope: &str) -> (String, Grant) {
        let access = new_token();
        let grant = Grant {
            person,
            scope: scope.to_owned(),
            refresh: new_token(),
            expires_ms: self.now_ms() + TOKEN_S * 1000,
        };
        self.sign_in.grants.insert(access.clone(), grant.clone());
        (access, grant)
    }

    /// Ends every grant of the person whose token this is.
    pub(crate) fn revoke(&mut self, token: &str) {
        let known = self
            .sign_in
            .grants
            .iter()
            .find(|(access, grant)| *access == token || grant.refresh == token);
        if let Some(person) = known.map(|(_, grant)| grant.person) {
            self.sign_in
                .grants
                .retain(|_, grant| grant.person != person);
        }
    }

    /// What the access token stands for, if it is alive.
    pub(crate) fn grant(&self, access: &str) -> Option<&Grant> {
        let now = self.now_ms();
        self.sign_in
            .grants
            .get(access)
            .filter(|grant| now < grant.expires_ms)
    }
}
