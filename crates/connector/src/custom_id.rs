//! The names of buttons, menus and forms, and how they are read back.
//!
//! A card may be pressed years after it was posted: the version in front says how the rest is to
//! be read, and what cannot be read is told apart from what may not be done. A name holds no state
//! but which control it is, and of which ticket or category.

use desk::commands::{Control, Step};
use domain::TicketId;

const VERSION: &str = "v1";
/// Discord's limit.
const LONGEST: usize = 100;

/// The name of a control.
pub(super) fn name(control: &Control) -> String {
    let on = |verb: &str, ticket: &TicketId| format!("{VERSION}:{verb}:{ticket}");
    match control {
        Control::Assign(ticket) => on("assign", ticket),
        Control::Release(ticket) => on("release", ticket),
        Control::AskPriority(ticket) => on("priority", ticket),
        Control::SetPriority(ticket) => on("setpriority", ticket),
        Control::SetCategory(ticket) => on("setcategory", ticket),
        Control::AskClose(ticket) => on("close", ticket),
        Control::Close(ticket) => on("closing", ticket),
        Control::Reopen(ticket) => on("reopen", ticket),
        Control::AskNew => format!("{VERSION}:new"),
        Control::PickCategory => format!("{VERSION}:category"),
        Control::File(category) => format!("{VERSION}:file:{category}"),
        Control::Mine => format!("{VERSION}:mine"),
        Control::SetUp(step) => format!("{VERSION}:setup:{}", step.key()),
    }
}

/// The control of this name, or `None` when this version does not know it.
pub(super) fn read(name: &str) -> Option<Control> {
    if name.len() > LONGEST {
        return None;
    }
    let rest = name.strip_prefix(VERSION)?.strip_prefix(':')?;
    let (verb, argument) = match rest.split_once(':') {
        Some((verb, argument)) => (verb, Some(argument)),
        None => (rest, None),
    };
    let control = match (verb, argument) {
        ("new", None) => Control::AskNew,
        ("category", None) => Control::PickCategory,
        ("mine", None) => Control::Mine,
        ("setup", Some(step)) => Control::SetUp(Step::from_key(step)?),
        ("file", Some(category)) if !category.is_empty() => Control::File(category.to_owned()),
        (verb, Some(digits)) => {
            let ticket = ticket(digits)?;
            match verb {
                "assign" => Control::Assign(ticket),
                "release" => Control::Release(ticket),
                "priority" => Control::AskPriority(ticket),
                "setpriority" => Control::SetPriority(ticket),
                "setcategory" => Control::SetCategory(ticket),
                "close" => Control::AskClose(ticket),
                "closing" => Control::Close(ticket),
                "reopen" => Control::Reopen(ticket),
                _ => return None,
            }
        }
        _ => return None,
    };
    Some(control)
}

fn ticket(digits: &str) -> Option<TicketId> {
    // `parse` alone would also take a sign, and zeros in front: a name of ours has neither.
    let plain = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
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
        for control in Control::examples() {
            let name = name(&control);
            assert!(name.len() <= LONGEST, "Discord's limit");
            assert_eq!(read(&name), Some(control));
        }
        let last = Control::AskClose(TicketId(i64::MAX));
        assert_eq!(read(&name(&last)), Some(last));
    }

    #[test]
    fn what_is_not_ours_is_not_guessed_at() {
        let long = format!("v1:file:{}", "x".repeat(100));
        for name in [
            "",
            "v1",
            "v1:",
            "v1:close",
            "v1:close:",
            "v1:close:+1",
            "v1:close:-1",
            "v1:close:0",
            "v1:close:01",
            "v1:close:1:now",
            "v1:close:1:",
            "v1:close:99999999999999999999",
            "v2:close:1",
            "v1:CLOSE:1",
            "v1:setpriority:soon",
            "v1:new:1",
            "v1:file",
            "v1:file:",
            "close:1",
            long.as_str(),
        ] {
            assert_eq!(read(name), None, "{name}");
        }
    }
}
