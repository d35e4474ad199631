//! Secrets in addresses and forms: private links and request keys.
//!
//! A link's token is derived from the form's request key, so that sending the same form twice
//! leads to the same ticket by the same address. The database keeps only hashes of either.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngCore;
use sha2::{Digest, Sha256};

/// How many characters a link's token has: 192 bits.
const TOKEN_LEN: usize = 32;

/// A form's own key, made when the form was: sending it twice does its work once.
#[derive(Clone, Debug)]
pub struct RequestKey(String);

impl RequestKey {
    /// A new key for a form. A secret: never from a seed.
    pub fn fresh() -> String {
        let mut bytes = [0; 24];
        rand::rng().fill_bytes(&mut bytes);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads what a form sent; a key too short to be a secret is none.
    pub fn parse(sent: &str) -> Option<Self> {
        let fits = (16..=64).contains(&sent.len())
            && sent
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        fits.then(|| Self(sent.to_owned()))
    }

    /// The key in a secret that came with what was sent, such as an interaction's token.
    pub(crate) fn from_secret(secret: &str) -> Self {
        let digest = Sha256::new()
            .chain_update("threadline request key")
            .chain_update(secret)
            .finalize();
        Self(URL_SAFE_NO_PAD.encode(digest))
    }

    /// A nonce that is the same whenever this key is.
    pub(crate) fn nonce(&self) -> String {
        let mut text = self.stored("nonce", &[]);
        text.truncate(22);
        text
    }

    /// What the database keeps. The content belongs to it: the same form sent again with other
    /// words, after going back in the browser, is a new wish and must not be swallowed.
    pub(crate) fn stored(&self, purpose: &str, content: &[&str]) -> String {
        let mut hash = Sha256::new();
        hash.update(purpose);
        hash.update([0]);
        hash.update(&self.0);
        for field in content {
            hash.update((field.len() as u64).to_be_bytes());
            hash.update(field);
        }
        URL_SAFE_NO_PAD.encode(hash.finalize())
    }
}

/// A private link's token.
#[derive(Clone, Debug)]
pub(crate) struct Token(pub(crate) String);

impl Token {
    /// The token of the ticket that `stored`, a stored request key, opened. `secret` is the part
    /// that the database does not keep.
    pub(crate) fn derive(key: &RequestKey, stored: &str) -> Self {
        let digest = Sha256::new()
            .chain_update("threadline private link")
            .chain_update(&key.0)
            .chain_update(stored)
            .finalize();
        let mut text = URL_SAFE_NO_PAD.encode(digest);
        text.truncate(TOKEN_LEN);
        Self(text)
    }

    /// The hash to look for, or nothing when it cannot be a token of ours. Looking up the hash
    /// takes no longer for a near miss than for any other.
    pub(crate) fn hash(token: &str) -> Option<String> {
        let fits = token.len() == TOKEN_LEN
            && token
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        fits.then(|| {
            URL_SAFE_NO_PAD.encode(
                Sha256::new()
                    .chain_update("threadline access")
                    .chain_update(token)
                    .finalize(),
            )
        })
    }
}

/// A code that a person carries from one screen to another: 40 bits, without letters that look
/// like others.
pub(crate) fn link_code() -> String {
    let mut bytes = [0; 8];
    rand::rng().fill_bytes(&mut bytes);
    let letter = |byte: &u8| char::from(CODE_LETTERS[usize::from(*byte) % CODE_LETTERS.len()]);
    bytes.iter().map(letter).collect()
}

const CODE_LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// The hash of a code, however it was typed; nothing when it cannot be one.
pub(crate) fn code_hash(typed: &str) -> Option<String> {
    let code: String = typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    (code.len() == 8).then(|| {
        let digest = Sha256::new()
            .chain_update("threadline link code")
            .chain_update(&code)
            .finalize();
        URL_SAFE_NO_PAD.encode(digest)
    })
}

/// A Discord nonce: 22 characters, never the same twice, not even in another database.
pub(crate) fn nonce() -> String {
    let mut bytes = [0; 16];
    rand::rng().fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_form_leads_to_the_same_link_and_other_words_to_another() {
        let key = RequestKey::parse(&RequestKey::fresh()).expect("fresh keys parse");
        let a = key.stored("open", &["x", "y"]);
        assert_eq!(a, key.stored("open", &["x", "y"]));
        assert_ne!(a, key.stored("open", &["xy", ""]));
        assert_eq!(Token::derive(&key, &a).0, Token::derive(&key, &a).0);
        assert!(Token::hash(&Token::derive(&key, &a).0).is_some());
    }

    #[test]
    fn what_cannot_be_a_token_is_not_looked_up() {
        for bad in [
            "",
            "short",
            &"x".repeat(33),
            &"é".repeat(16),
            "../../etc/passwd/../../etc/passwd",
        ] {
            assert!(Token::hash(bad).is_none(), "{bad}");
        }
        for bad in [
            "",
            "short",
            &"x".repeat(65),
            "has a space in it, it is not a key",
        ] {
            assert!(RequestKey::parse(bad).is_none(), "{bad}");
        }
    }
}
