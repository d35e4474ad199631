//! A customer's card: what the host product knows of whoever filed a ticket, for staff to read.
//!
//! It comes from outside, so all of it is text with an end, and a link leads to the web or is none.

use crate::text::excerpt;
use serde::{Deserialize, Serialize};

/// How many facts a card shows, and how many links.
const FACTS: usize = 12;
const LINKS: usize = 5;
/// The longest name of either, and the longest value, in graphemes.
const NAME: usize = 60;
const VALUE: usize = 300;
/// The longest address, in bytes.
const ADDRESS: usize = 2_000;

/// What the host product knows of a customer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerCard {
    /// What they are called there.
    #[serde(default)]
    pub title: Option<String>,
    /// Facts, in the product's order.
    #[serde(default)]
    pub fields: Vec<CardField>,
    /// Places in the product that are about them.
    #[serde(default)]
    pub links: Vec<CardLink>,
}

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardField {
    /// What it is.
    pub name: String,
    /// What is so.
    pub value: String,
}

/// One place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardLink {
    /// What is read.
    pub label: String,
    /// Where it leads, over HTTP.
    pub url: String,
}

impl CustomerCard {
    /// The same with nothing in it that is too long, too much, empty or no link of the web's.
    #[must_use]
    pub fn tidied(self) -> Self {
        let short = |text: String, most| excerpt(text.trim(), most);
        let fields = self.fields.into_iter().map(|field| CardField {
            name: short(field.name, NAME),
            value: short(field.value, VALUE),
        });
        let links = self.links.into_iter().map(|link| CardLink {
            label: short(link.label, NAME),
            url: link.url,
        });
        Self {
            title: self
                .title
                .map(|title| short(title, NAME))
                .filter(|title| !title.is_empty()),
            fields: fields
                .filter(|field| !field.name.is_empty() && !field.value.is_empty())
                .take(FACTS)
                .collect(),
            links: links
                .filter(|link| !link.label.is_empty() && leads_to_the_web(&link.url))
                .take(LINKS)
                .collect(),
        }
    }
}

/// Whether an address can be nothing else than a page of the web: no script, no way out of the
/// place in a text where it will stand.
fn leads_to_the_web(address: &str) -> bool {
    let rest = ["https://", "http://"]
        .iter()
        .find_map(|scheme| address.strip_prefix(scheme));
    let plain = |b: u8| b.is_ascii_graphic() && !b"<>\"'`\\()[]".contains(&b);
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
        && address.len() <= ADDRESS
        && address.bytes().all(plain)
}

/// How asking for a card ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardAnswer {
    /// Nobody is asked here.
    Off,
    /// The product does not know them.
    Unknown,
    /// This.
    Known {
        /// The card.
        card: CustomerCard,
        /// Whether it was found by what is proven, an account, rather than by an address that anyone
        /// can type.
        proven: bool,
    },
    /// It could not be asked: why, in words.
    Trouble(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_outside_is_cut_to_what_can_be_shown() {
        let field = |name: &str, value: &str| CardField {
            name: name.to_owned(),
            value: value.to_owned(),
        };
        let link = |url: &str| CardLink {
            label: "Account".to_owned(),
            url: url.to_owned(),
        };
        let mut fields = vec![field("", "x"), field("Plan", "  "), field(" Plan ", "Pro")];
        fields.extend((0..50).map(|n| field(&n.to_string(), &"é".repeat(1_000))));
        let card = CustomerCard {
            title: Some("   ".to_owned()),
            fields,
            links: [
                "javascript:alert(1)",
                "https:///etc",
                "https://",
                "//evil.example",
                "https://shop.example/a) [b](https://evil.example",
                "https://shop.example/\"onclick=x",
                "ftp://shop.example",
                "https://shop.example/customers/7?tab=orders#last",
            ]
            .map(link)
            .to_vec(),
        };
        let card = card.tidied();
        assert_eq!(card.title, None);
        assert_eq!(card.fields[0], field("Plan", "Pro"));
        assert_eq!(card.fields.len(), FACTS);
        assert!(
            card.fields
                .iter()
                .all(|f| f.value.chars().count() <= VALUE + 1)
        );
        let urls: Vec<_> = card.links.iter().map(|link| &*link.url).collect();
        assert_eq!(urls, ["https://shop.example/customers/7?tab=orders#last"]);
    }
}
