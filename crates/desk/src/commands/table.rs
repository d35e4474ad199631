//! Every command: its name, what it does, what it takes, who may use it, in one table.
//!
//! From here come what Discord is told, `/help`, the check before anything is done, and the list in
//! the documentation. Who may use a command is part of what it does ([`Does`]), so that no line of
//! the table can promise another right than the one that is checked.

use super::command::{Command, Kind, Opt, Takes};
use super::deeds::{Does, ForEveryone, ForOwner, ForStaff};

mod admin;

use admin::FOR_ADMINS;

/// What the commands with subcommands are about.
pub const GROUPS: &[(&str, &str)] = &[
    ("ticket", "Work on a ticket"),
    ("admin", "For those who run this desk"),
    ("quickreply", "Answers that staff send often"),
    ("clock", "Your hours at work"),
    ("category", "What tickets are about"),
    ("form", "What is asked of those who file a ticket here"),
];

const fn must(name: &'static str, about: &'static str, takes: Takes) -> Opt {
    Opt {
        name,
        about,
        takes,
        required: true,
    }
}

const fn may(name: &'static str, about: &'static str, takes: Takes) -> Opt {
    Opt {
        name,
        about,
        takes,
        required: false,
    }
}

const TICKET: Opt = may(
    "ticket",
    "Its number; in its own thread it may be left out",
    Takes::Ticket,
);
const REASON: Opt = may(
    "reason",
    "Why; both sides read it",
    Takes::Text {
        min: 1,
        max: REASON_MAX,
    },
);
const CATEGORY: Takes = Takes::Suggested { max: 100 };
const WHO: Opt = must("user", "Who", Takes::User);
const PRIORITY: Takes = Takes::Choice(&[
    ("Low", "low"),
    ("Medium", "medium"),
    ("High", "high"),
    ("Urgent", "urgent"),
]);

/// The most characters of a reason.
pub(crate) const REASON_MAX: u16 = 500;
/// The most characters of a tag.
pub(crate) const TAG_MAX: u16 = 30;
/// The most characters of a quick reply's name.
pub(crate) const QUICK_NAME_MAX: u16 = 50;
/// The most characters of an answer that is typed into a command.
pub(crate) const REPLY_MAX: u16 = 2_000;

const fn slash(
    path: &'static [&'static str],
    does: Does,
    about: &'static str,
    options: &'static [Opt],
) -> Command {
    Command {
        path,
        kind: Kind::Slash,
        does,
        about,
        options,
    }
}

const fn everyone(
    path: &'static [&'static str],
    does: ForEveryone,
    about: &'static str,
    options: &'static [Opt],
) -> Command {
    slash(path, Does::Everyone(does), about, options)
}

const fn owner(
    path: &'static [&'static str],
    does: ForOwner,
    about: &'static str,
    options: &'static [Opt],
) -> Command {
    slash(path, Does::Owner(does), about, options)
}

const fn staff(
    path: &'static [&'static str],
    does: ForStaff,
    about: &'static str,
    options: &'static [Opt],
) -> Command {
    slash(path, Does::Staff(does), about, options)
}

/// What members and staff use.
const FOR_MEMBERS: &[Command] = &[
    everyone(&["help"], ForEveryone::Help, "What you can do here", &[]),
    everyone(
        &["new"],
        ForEveryone::AskNew,
        "File a ticket",
        &[may("category", "What it is about", CATEGORY)],
    ),
    everyone(&["mytickets"], ForEveryone::Mine, "Your tickets", &[]),
    everyone(
        &["link"],
        ForEveryone::Link,
        "Tie a ticket that you filed on the web to your account",
        &[must(
            "code",
            "The code that your ticket's page on the web gave you",
            Takes::Text { min: 8, max: 12 },
        )],
    ),
    owner(
        &["closeticket"],
        ForOwner::Close,
        "Close a ticket",
        &[REASON, TICKET],
    ),
    owner(
        &["reopen"],
        ForOwner::Reopen,
        "Open a closed ticket again",
        &[TICKET],
    ),
    owner(
        &["ticket", "close"],
        ForOwner::Close,
        "Close a ticket",
        &[REASON, TICKET],
    ),
    owner(
        &["ticket", "reopen"],
        ForOwner::Reopen,
        "Open a closed ticket again",
        &[TICKET],
    ),
    staff(
        &["ticket", "view"],
        ForStaff::View,
        "Show a ticket",
        &[TICKET],
    ),
    staff(
        &["ticket", "claim"],
        ForStaff::Claim,
        "Take a ticket that nobody has",
        &[TICKET],
    ),
    staff(
        &["ticket", "assign"],
        ForStaff::Assign,
        "Give a ticket to somebody of the staff",
        &[
            may(
                "to",
                "To whom; to yourself, if nobody is named",
                Takes::User,
            ),
            TICKET,
        ],
    ),
    staff(
        &["ticket", "release"],
        ForStaff::Release,
        "Give a ticket back",
        &[TICKET],
    ),
    staff(
        &["ticket", "priority"],
        ForStaff::SetPriority,
        "Set how urgent a ticket is",
        &[must("priority", "How urgent", PRIORITY), TICKET],
    ),
    staff(
        &["ticket", "category"],
        ForStaff::Category,
        "Move a ticket to another category",
        &[must("category", "To which", CATEGORY), TICKET],
    ),
    staff(
        &["ticket", "tag"],
        ForStaff::Tag,
        "Put a tag on a ticket, or take it off",
        &[
            must("tag", "The tag", Takes::Suggested { max: TAG_MAX }),
            may("remove", "Take it off", Takes::Flag),
            TICKET,
        ],
    ),
    staff(
        &["ticket", "note"],
        ForStaff::Note,
        "Write a note that only staff read",
        &[
            must(
                "text",
                "The note",
                Takes::Text {
                    min: 1,
                    max: REPLY_MAX,
                },
            ),
            TICKET,
        ],
    ),
    staff(
        &["ticket", "block"],
        ForStaff::Block,
        "Let somebody file no more tickets from Discord",
        &[WHO],
    ),
    staff(
        &["ticket", "unblock"],
        ForStaff::Unblock,
        "Let them file tickets again",
        &[WHO],
    ),
    staff(
        &["ticket", "blocked"],
        ForStaff::Blocked,
        "Who may file no tickets, by whom, since when",
        &[],
    ),
    staff(
        &["adduser"],
        ForStaff::AddUser,
        "Let somebody into a ticket's thread",
        &[WHO, TICKET],
    ),
    staff(
        &["removeuser"],
        ForStaff::RemoveUser,
        "Take somebody out of a ticket's thread",
        &[WHO, TICKET],
    ),
    staff(
        &["reply"],
        ForStaff::Reply,
        "Answer the customer",
        &[
            may(
                "text",
                "The answer",
                Takes::Text {
                    min: 1,
                    max: REPLY_MAX,
                },
            ),
            may(
                "quick",
                "A quick reply",
                Takes::Suggested {
                    max: QUICK_NAME_MAX,
                },
            ),
            TICKET,
        ],
    ),
    staff(
        &["customer"],
        ForStaff::Customer,
        "The customer of a ticket and their other tickets",
        &[TICKET],
    ),
    staff(
        &["transcript"],
        ForStaff::Transcript,
        "All that was said on a ticket, to read or keep",
        &[TICKET],
    ),
    staff(
        &["ticket", "transcript"],
        ForStaff::Transcript,
        "All that was said on a ticket, to read or keep",
        &[TICKET],
    ),
    staff(&["clock", "in"], ForStaff::ClockIn, "Begin to work", &[]),
    staff(&["clock", "out"], ForStaff::ClockOut, "End your work", &[]),
    staff(
        &["clock", "hours"],
        ForStaff::Hours,
        "How long you and the others worked",
        &[],
    ),
    Command {
        path: &["Open a ticket from this message"],
        kind: Kind::OnMessage,
        does: Does::Staff(ForStaff::FromMessage),
        about: "File a ticket for the message's author, with what it says",
        options: &[],
    },
    Command {
        path: &["This member's tickets"],
        kind: Kind::OnUser,
        does: Does::Staff(ForStaff::TicketsOf),
        about: "The tickets that this member filed",
        options: &[],
    },
];

/// All of them.
pub const COMMANDS: &[Command] = &join::<{ FOR_MEMBERS.len() + FOR_ADMINS.len() }>();

const fn join<const ALL: usize>() -> [Command; ALL] {
    let mut all = [FOR_MEMBERS[0]; ALL];
    let mut at = 0;
    while at < ALL {
        all[at] = match at < FOR_MEMBERS.len() {
            true => FOR_MEMBERS[at],
            false => FOR_ADMINS[at - FOR_MEMBERS.len()],
        };
        at += 1;
    }
    all
}

/// The command with this path.
pub fn find(kind: Kind, path: &[&str]) -> Option<&'static Command> {
    COMMANDS.iter().find(|c| c.kind == kind && c.path == path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_is_there_twice_and_every_group_has_its_words() {
        for (at, command) in COMMANDS.iter().enumerate() {
            let same = |c: &&Command| c.kind == command.kind && c.path == command.path;
            assert_eq!(
                COMMANDS.iter().filter(same).count(),
                1,
                "{}",
                command.name()
            );
            if let [root, _] = command.path {
                assert!(GROUPS.iter().any(|(name, _)| name == root), "{root}");
            }
            let first_optional = command.options.iter().position(|o| !o.required);
            let last_required = command.options.iter().rposition(|o| o.required);
            if let (Some(first), Some(last)) = (first_optional, last_required) {
                assert!(last < first, "{at}: required options come first");
            }
        }
    }
}
