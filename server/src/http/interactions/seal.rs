//! What shows that bytes are Discord's: who signed them, and when.
//!
//! It is read from the head of a request alone, so that a body which nobody signed is never taken in.
//! It knows nothing of what the bytes say.

use axum::http::HeaderMap;
use domain::Timestamp;
use ed25519_dalek::{Signature, VerifyingKey};
use std::time::Duration;

/// How far a signed moment may lie from ours, either way.
const FRESH: Duration = Duration::from_secs(5 * 60);

/// How much earlier than this process something may have been signed by Discord's clock: by so much
/// clocks that are kept right differ.
const LEEWAY: Duration = Duration::from_secs(2);

/// A signature of a fresh moment, which may or may not be right.
pub(super) struct Seal {
    key: VerifyingKey,
    moment: String,
    signature: Signature,
}

impl Seal {
    /// The seal in these headers, if it can be one: whole, of now, and of this process's time. What
    /// was told before it began is forgotten with the process that it was told to, and so is not
    /// taken a second time either.
    pub(super) fn read(
        key: VerifyingKey,
        headers: &HeaderMap,
        now: Timestamp,
        since: Timestamp,
    ) -> Option<Self> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let moment = text("x-signature-timestamp")?;
        let plain = !moment.is_empty() && moment.bytes().all(|b| b.is_ascii_digit());
        let seconds = moment.parse::<i64>().ok().filter(|_| plain)?;
        let away = now.millis().abs_diff(seconds.saturating_mul(1_000));
        let first = Timestamp(since.0 - LEEWAY.as_micros() as i64);
        if u128::from(away) > FRESH.as_millis() || seconds < first.millis().div_euclid(1_000) {
            return None;
        }
        let signature = bytes(text("x-signature-ed25519")?)?;
        Some(Self {
            key,
            moment: moment.to_owned(),
            signature: Signature::from_bytes(&signature),
        })
    }

    /// Whether it is on these bytes.
    pub(super) fn is_on(&self, body: &[u8]) -> bool {
        let signed = [self.moment.as_bytes(), body].concat();
        self.key.verify_strict(&signed, &self.signature).is_ok()
    }
}

/// Discord's public key, from its hexadecimal digits.
pub(super) fn key(hex: &str) -> Option<VerifyingKey> {
    VerifyingKey::from_bytes(&bytes(hex)?).ok()
}

/// The bytes in hexadecimal digits, exactly as many.
fn bytes<const N: usize>(hex: &str) -> Option<[u8; N]> {
    let digits = hex.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let nibble = |digit: u8| char::from(digit).to_digit(16);
        let value = (nibble(pair[0])? << 4) | nibble(pair[1])?;
        *byte = u8::try_from(value).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};
    use ed25519_dalek::{Signer, SigningKey};

    const NOW: i64 = 1_795_265_280;

    fn signed(key: &SigningKey, moment: &str, body: &[u8]) -> HeaderMap {
        let signature = key.sign(&[moment.as_bytes(), body].concat()).to_bytes();
        let hex: String = signature.iter().map(|byte| format!("{byte:02x}")).collect();
        let pair = |name: &'static str, value: &str| {
            let value = HeaderValue::from_str(value).unwrap();
            (HeaderName::from_static(name), value)
        };
        [
            pair("x-signature-ed25519", &hex),
            pair("x-signature-timestamp", moment),
        ]
        .into_iter()
        .collect()
    }

    #[test]
    fn only_what_discord_signed_just_now_passes() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let now = Timestamp::from_millis(NOW * 1_000);
        let since = Timestamp::from_millis((NOW - 1_000) * 1_000);
        let passes = |headers: &HeaderMap, body: &[u8]| {
            Seal::read(key.verifying_key(), headers, now, since)
                .is_some_and(|seal| seal.is_on(body))
        };
        let at = |moment: i64| signed(&key, &moment.to_string(), b"{}");
        assert!(passes(&at(NOW), b"{}"));
        assert!(passes(&at(NOW - 300), b"{}") && passes(&at(NOW + 300), b"{}"));
        assert!(!passes(&at(NOW - 301), b"{}") && !passes(&at(NOW + 301), b"{}"));
        assert!(!passes(&at(NOW), b"{ }"), "other bytes");
        assert!(!passes(&HeaderMap::new(), b"{}"));
        for moment in [
            "",
            "-1",
            "+1795265280",
            "soon",
            "99999999999999999999",
            "9223372036854775807",
        ] {
            assert!(!passes(&signed(&key, moment, b"{}"), b"{}"), "{moment}");
        }
        let other = SigningKey::from_bytes(&[8; 32]);
        assert!(!passes(&signed(&other, &NOW.to_string(), b"{}"), b"{}"));
        for signature in [
            "",
            "00",
            &"0".repeat(128),
            &"g".repeat(128),
            &"é".repeat(64),
        ] {
            let mut bad = at(NOW);
            let value = HeaderValue::from_bytes(signature.as_bytes()).unwrap();
            bad.insert("x-signature-ed25519", value);
            assert!(!passes(&bad, b"{}"), "{signature}");
        }
    }

    #[test]
    fn what_was_told_to_the_process_before_is_not_taken_again() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let now = Timestamp::from_millis(NOW * 1_000);
        // It began in the middle of a second; Discord tells whole ones.
        let since = Timestamp::from_millis((NOW - 10) * 1_000 + 500);
        let read = |moment: i64| {
            let headers = signed(&key, &moment.to_string(), b"{}");
            Seal::read(key.verifying_key(), &headers, now, since).is_some()
        };
        assert!(read(NOW) && read(NOW - 12));
        assert!(!read(NOW - 13));
    }
}
