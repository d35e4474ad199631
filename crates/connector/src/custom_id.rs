//! The names of buttons and menus under a card, and how they are read back.
//!
//! A card may be pressed years after it was posted: the version in front says how the rest is to
//! be read, and what cannot be read is told apart from what may not be done.

use desk::bridge::Press;
use domain::{Priority, TicketId};

const VERSION: &str = "v1";

/// A button or a menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Control {
    Assign,
    Priority,
    /// The menu that sets a priority exactly; its choice comes beside the name.
    SetPriority,
    Close,
    Reopen,
}

impl Control {
    const ALL: [Self; 5] = [
        Self::Assign,
        Self::Priority,
        Self::SetPriority,
        Self::Close,
        Self::Reopen,
    ];

    fn verb(self) -> &'static str {
        match self {
            Self::Assign => "assign",
            Self::Priority => "priority",
            Self::SetPriority => "setpriority",
            Self::Close => "close",
            Self::Reopen => "reopen",
        }
    }
}

/// The name of a control of a ticket.
pub(super) fn name(control: Control, ticket: TicketId) -> String {
    format!("{VERSION}:{}:{ticket}", control.verb())
}

/// What a press asks for, or `None` when this version does not know.
pub(super) fn read(name: &str, choices: &[String]) -> Option<(TicketId, Press)> {
    let mut parts = name.split(':');
    if parts.next()? != VERSION {
        return None;
    }
    let verb = parts.next()?;
    let ticket = ticket(parts.next()?)?;
    let argument = parts.next();
    if parts.next().is_some() {
        return None;
    }
    let control = Control::ALL.into_iter().find(|c| c.verb() == verb)?;
    let press = match (control, argument) {
        (Control::SetPriority, argument) => {
            let choice = choices.first().map(String::as_str).or(argument)?;
            Press::SetPriority(Priority::from_key(choice)?)
        }
        (_, Some(_)) => return None,
        (Control::Assign, None) => Press::Assign,
        (Control::Priority, None) => Press::RaisePriority,
        (Control::Close, None) => Press::Close,
        (Control::Reopen, None) => Press::Reopen,
    };
    Some((ticket, press))
}

fn ticket(digits: &str) -> Option<TicketId> {
    // `parse` alone would also take a sign.
    let plain = digits.bytes().all(|b| b.is_ascii_digit());
    digits
        .parse()
        .ok()
        .filter(|id: &TicketId| plain && id.0 > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_control_is_read_as_it_was_named() {
        let ticket = TicketId(i64::MAX);
        let chosen = ["urgent".to_owned()];
        for (control, choices, press) in [
            (Control::Assign, &[][..], Press::Assign),
            (Control::Priority, &[], Press::RaisePriority),
            (
                Control::SetPriority,
                &chosen,
                Press::SetPriority(Priority::Urgent),
            ),
            (Control::Close, &[], Press::Close),
            (Control::Reopen, &[], Press::Reopen),
        ] {
            let name = name(control, ticket);
            assert!(name.len() <= 100, "Discord's limit");
            assert_eq!(read(&name, choices), Some((ticket, press)));
        }
    }

    #[test]
    fn a_choice_may_stand_in_the_name() {
        let expected = Some((TicketId(7), Press::SetPriority(Priority::High)));
        assert_eq!(read("v1:setpriority:7:high", &[]), expected);
    }

    #[test]
    fn what_is_not_ours_is_not_guessed_at() {
        for name in [
            "",
            "v1",
            "v1:close",
            "v1:close:",
            "v1:close:+1",
            "v1:close:-1",
            "v1:close:0",
            "v1:close:1:now",
            "v1:close:1:",
            "v1:close:99999999999999999999",
            "v2:close:1",
            "v1:CLOSE:1",
            "v1:setpriority:1",
            "v1:setpriority:1:soon",
            "v1:setpriority:1:high:low",
            "close:1",
        ] {
            assert_eq!(read(name, &[]), None, "{name}");
        }
        assert_eq!(read("v1:setpriority:1", &["soon".to_owned()]), None);
    }
}
