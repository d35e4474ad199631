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

/// The view's part of an address, so that a link stays in the view it was followed from.
fn query(filter: InboxFilter) -> String {
    if filter == InboxFilter::default() {
        String::new()
    } else {
        format!("?view={}", filter.key())
    }
}

/// The address of a view.
pub(crate) fn view_address(filter: InboxFilter) -> String {
    format!("/staff{}", query(filter))
}

/// The address of a ticket, seen from a view.
pub(crate) fn ticket_address(number: i64, filter: InboxFilter) -> String {
    format!("/staff/tickets/{number}{}", query(filter))
}

/// The address of the page about the bridge, seen from a view.
pub(crate) fn sync_address(filter: InboxFilter) -> String {
    format!("/staff/sync{}", query(filter))
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
}
