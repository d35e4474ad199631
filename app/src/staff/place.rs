//! Where in the dashboard one is, read off the address.

use domain::view::InboxFilter;

/// What an address shows beside the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The list alone.
    List,
    /// The ticket with this number.
    Ticket(i64),
    /// How the two sides stand.
    Sync,
    /// Nothing that there is.
    Nowhere,
}

impl Place {
    /// Reads a path.
    pub(crate) fn of(path: &str) -> Self {
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some("staff"), None, None, None) => Self::List,
            (Some("staff"), Some("tickets"), Some(number), None) => match number.parse() {
                // One address per ticket: neither `+7` nor `007`.
                Ok(read) if read > 0 && format!("{read}") == number => Self::Ticket(read),
                _ => Self::Nowhere,
            },
            (Some("staff"), Some("sync"), None, None) => Self::Sync,
            _ => Self::Nowhere,
        }
    }

    /// The open ticket's number.
    pub(crate) fn number(self) -> Option<i64> {
        match self {
            Self::Ticket(number) => Some(number),
            Self::List | Self::Sync | Self::Nowhere => None,
        }
    }
}

/// Which tickets the list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct View {
    /// By where they stand.
    pub filter: InboxFilter,
    /// By what staff put on them.
    pub tag: Option<String>,
}

impl View {
    /// The view's part of an address, so that a link stays in the view it was followed from.
    fn query(&self) -> String {
        let mut query = String::new();
        let mut add = |name: &str, value: &str| {
            query.push(if query.is_empty() { '?' } else { '&' });
            query.push_str(name);
            query.push('=');
            query.push_str(value);
        };
        if self.filter != InboxFilter::default() {
            add("view", self.filter.key());
        }
        if let Some(tag) = &self.tag {
            add("tag", &in_address(tag));
        }
        query
    }

    /// Its address.
    pub(crate) fn address(&self) -> String {
        format!("/staff{}", self.query())
    }

    /// The address of a ticket, seen from it.
    pub(crate) fn ticket(&self, number: i64) -> String {
        format!("/staff/tickets/{number}{}", self.query())
    }

    /// The address of the page about the bridge, seen from it.
    pub(crate) fn sync(&self) -> String {
        format!("/staff/sync{}", self.query())
    }
}

/// The address of a view of all tags.
pub(crate) fn view_address(filter: InboxFilter) -> String {
    View { filter, tag: None }.address()
}

/// What a person typed, as a value in an address.
fn in_address(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            safe.push(char::from(byte));
        } else {
            safe.push_str(&format!("%{byte:02X}"));
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_exactly() {
        assert_eq!(Place::of("/staff"), Place::List);
        assert_eq!(Place::of("/staff/"), Place::List);
        assert_eq!(Place::of("/staff/tickets/12"), Place::Ticket(12));
        assert_eq!(Place::of("/staff/sync"), Place::Sync);
        for wrong in [
            "/staff/sync/1",
            "/staff/tickets",
            "/staff/tickets/x",
            "/staff/tickets/0",
            "/staff/tickets/-1",
            "/staff/tickets/007",
            "/staff/tickets/1/2",
            "/staff/settings",
            "/",
        ] {
            assert_eq!(Place::of(wrong), Place::Nowhere, "{wrong}");
        }
    }

    #[test]
    fn a_view_comes_back_from_its_own_address() {
        for filter in InboxFilter::ALL {
            let address = view_address(filter);
            let key = address.split_once("view=").map_or("", |(_, key)| key);
            assert_eq!(InboxFilter::from_key(key), filter);
        }
    }

    #[test]
    fn a_tag_stays_one_value_of_an_address() {
        let view = View {
            filter: InboxFilter::Closed,
            tag: Some("late & lost/ü".to_owned()),
        };
        assert_eq!(
            view.address(),
            "/staff?view=closed&tag=late%20%26%20lost%2F%C3%BC"
        );
        let tagged = View {
            filter: InboxFilter::Active,
            tag: Some("vip".to_owned()),
        };
        assert_eq!(tagged.ticket(7), "/staff/tickets/7?tag=vip");
    }
}
