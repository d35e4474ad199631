//! Every command: its name, what it does, what it takes, who may use it, in one table.
//!
//! From here come what Discord is told, `/help`, the check before anything is done, and the list in
//! the documentation. Who may use a command is part of what it does ([`Does`]), so that no line of
//! the table can promise another right than the one that is checked.

use super::command::{Command, Kind, Opt, Takes};
use super::deeds::{Does, ForAdmin, ForEveryone, ForOwner, ForStaff};

/// What the commands with subcommands are about.
pub const GROUPS: &[(&str, &str)] = &[
    ("ticket", "Work on a ticket"),
    ("admin", "For those who run this desk"),
    ("quickreply", "Answers that staff send often"),
    ("clock", "Your hours at work"),
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
    "Why; said in the thread",
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
const REPLY_MAX: u16 = 2_000;

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

const fn admin(
    path: &'static [&'static str],
    does: ForAdmin,
    about: &'static str,
    options: &'static [Opt],
) -> Command {
    slash(path, Does::Admin(does), about, options)
}

const SETUP: &[Opt] = &[
    may("channel", "Only post the panel, there", Takes::Channel),
    may(
        "title",
        "The panel's heading",
        Takes::Text { min: 1, max: 50 },
    ),
];

const DASHBOARD: &[Opt] = &[may(
    "channel",
    "Where the message stands; here, if none is named",
    Takes::Channel,
)];

/// All of them.
pub const COMMANDS: &[Command] = &[
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
        "Tie your account to the tickets that you filed on the web",
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
    admin(
        &["setup"],
        ForAdmin::Setup,
        "Set this server up for tickets, step by step",
        SETUP,
    ),
    admin(
        &["ticket", "setup"],
        ForAdmin::Setup,
        "Set this server up for tickets, step by step",
        SETUP,
    ),
    admin(
        &["addstaff"],
        ForAdmin::AddStaff,
        "Make somebody staff",
        &[WHO],
    ),
    admin(
        &["removestaff"],
        ForAdmin::RemoveStaff,
        "Take back what /addstaff gave",
        &[WHO],
    ),
    admin(
        &["addstaffrole"],
        ForAdmin::AddStaffRole,
        "Make everyone with a role staff",
        &[must("role", "The role", Takes::Role)],
    ),
    admin(
        &["removestaffrole"],
        ForAdmin::RemoveStaffRole,
        "Take back what /addstaffrole gave",
        &[must("role", "The role", Takes::Role)],
    ),
    admin(&["stats"], ForAdmin::Stats, "How this desk does", &[]),
    admin(
        &["dashboard"],
        ForAdmin::Dashboard,
        "Keep the figures in a message, up to date",
        DASHBOARD,
    ),
    admin(
        &["admin", "dashboard"],
        ForAdmin::Dashboard,
        "Keep the figures in a message, up to date",
        DASHBOARD,
    ),
    admin(
        &["doctor"],
        ForAdmin::Doctor,
        "Check everything and say what to mend",
        &[],
    ),
    admin(&["liststaff"], ForAdmin::ListStaff, "Who is staff", &[]),
    admin(
        &["config"],
        ForAdmin::Config,
        "Show or change this desk's settings",
        &[
            may(
                "setting",
                "Which; all, if none is named",
                Takes::Suggested { max: 50 },
            ),
            may(
                "value",
                "The new value; \"default\" goes back",
                Takes::Suggested { max: 500 },
            ),
        ],
    ),
    admin(
        &["quickreply", "set"],
        ForAdmin::SetQuickReply,
        "Keep an answer under a name",
        &[
            must(
                "name",
                "Its name",
                Takes::Text {
                    min: 1,
                    max: QUICK_NAME_MAX,
                },
            ),
            must(
                "text",
                "The answer",
                Takes::Text {
                    min: 1,
                    max: REPLY_MAX,
                },
            ),
        ],
    ),
    admin(
        &["quickreply", "remove"],
        ForAdmin::RemoveQuickReply,
        "Remove a quick reply",
        &[must(
            "quick",
            "Which",
            Takes::Suggested {
                max: QUICK_NAME_MAX,
            },
        )],
    ),
    admin(
        &["quickreply", "list"],
        ForAdmin::ListQuickReplies,
        "All quick replies",
        &[],
    ),
    admin(
        &["admin", "maintenance"],
        ForAdmin::Maintenance,
        "Pause new tickets, on the web and here, or take them again",
        &[
            must(
                "state",
                "Pause or go on",
                Takes::Choice(&[("on", "on"), ("off", "off")]),
            ),
            may(
                "message",
                "What people are told",
                Takes::Text { min: 1, max: 300 },
            ),
        ],
    ),
];

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
