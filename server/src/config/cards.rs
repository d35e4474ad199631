//! Settings about customers' cards: whom to ask, and what proves that we do.
//!
//! What is asked and what may come back is not known here.

use super::Secret;
use super::reader::Reader;
use url::Url;

/// Where cards come from.
#[derive(Clone, Debug)]
pub struct CardsAt {
    /// The address that is asked.
    pub url: Url,
    /// What both sides know.
    pub secret: Secret,
}

impl CardsAt {
    /// Whether nothing that is asked leaves this machine.
    pub(crate) fn is_on_this_machine(&self) -> bool {
        match self.url.host() {
            Some(url::Host::Domain(name)) => name == "localhost",
            Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
            Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        }
    }
}

/// The shortest secret that is not guessed.
const CARD_SECRET: usize = 16;

/// Both settings, or neither.
pub(super) fn source(read: &mut Reader<'_>) -> Option<CardsAt> {
    let (url, secret) = ("CUSTOMER_CARD_URL", "CUSTOMER_CARD_SECRET");
    match (read.optional(url), read.optional(secret)) {
        (None, None) => None,
        (Some(at), Some(known)) => {
            let at = Url::parse(at).ok().map(|url| CardsAt {
                url,
                secret: Secret::new(known),
            });
            // Addresses of customers are sent there.
            let fits = at.filter(|at| match at.url.scheme() {
                "https" => true,
                "http" => at.is_on_this_machine(),
                _ => false,
            });
            let fits = fits.filter(|at| {
                at.url.has_host() && at.url.username().is_empty() && at.url.password().is_none()
            });
            if fits.is_none() {
                read.refuse(
                    url,
                    "is no address such as https://shop.example.com/card: https, or http on this \
                     machine, without a name or a password in it.",
                );
            }
            if known.chars().count() < CARD_SECRET {
                read.refuse(secret, "is shorter than 16 characters.");
            }
            fits
        }
        (Some(_), None) => {
            read.refuse(
                secret,
                "is not set, and CUSTOMER_CARD_URL is. Nobody could tell who asks.",
            );
            None
        }
        (None, Some(_)) => {
            read.refuse(url, "is not set, and CUSTOMER_CARD_SECRET is.");
            None
        }
    }
}
