//! The commands of those who manage the guild: set-up, staff, settings, forms, figures.

use super::{CATEGORY, QUICK_NAME_MAX, REPLY_MAX, WHO, may, must, slash};
use crate::commands::command::{Command, Opt, Takes};
use crate::commands::deeds::{Does, ForAdmin};
use crate::forms::ANSWER;

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
    may(
        "make",
        "Make what is missing",
        Takes::Choice(&[
            ("The channel for tickets", "channel"),
            ("The role of those who answer", "role"),
        ]),
    ),
];

const DASHBOARD: &[Opt] = &[may(
    "channel",
    "Where the message stands; here, if none is named",
    Takes::Channel,
)];

pub(super) const FOR_ADMINS: &[Command] = &[
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
    admin(
        &["category", "add"],
        ForAdmin::AddCategory,
        "Add something that tickets can be about",
        &[
            must("name", "Its name", Takes::Text { min: 1, max: 50 }),
            may("about", "What it is for", Takes::Text { min: 1, max: 100 }),
        ],
    ),
    admin(
        &["category", "rename"],
        ForAdmin::RewordCategory,
        "Call a category otherwise, on its old tickets too",
        &[
            must("category", "Which", CATEGORY),
            must("name", "Its new name", Takes::Text { min: 1, max: 50 }),
            may(
                "about",
                "What it is for, if that changes too",
                Takes::Text { min: 1, max: 100 },
            ),
        ],
    ),
    admin(
        &["category", "remove"],
        ForAdmin::RemoveCategory,
        "File no new tickets under a category; the old ones keep it",
        &[must("category", "Which", CATEGORY)],
    ),
    admin(
        &["form", "show"],
        ForAdmin::ShowForm,
        "What a category asks of those who file a ticket here",
        &[must("category", "Which", CATEGORY)],
    ),
    admin(
        &["form", "ask"],
        ForAdmin::AskQuestion,
        "Ask one more question, five at most",
        &[
            must("category", "Of which", CATEGORY),
            must("question", "The question", Takes::Text { min: 1, max: 45 }),
            may(
                "answer",
                "A paragraph, if nothing is chosen",
                Takes::Choice(&[("one line", "line"), ("a paragraph", "paragraph")]),
            ),
            may(
                "least",
                "At least so many characters; 0: it may be left out",
                Takes::Number {
                    min: 0,
                    max: ANSWER,
                },
            ),
            may(
                "most",
                "At most so many characters",
                Takes::Number {
                    min: 1,
                    max: ANSWER,
                },
            ),
        ],
    ),
    admin(
        &["form", "remove"],
        ForAdmin::RemoveQuestion,
        "Ask a question no more",
        &[
            must("category", "Of which", CATEGORY),
            must("question", "Which", Takes::Suggested { max: 45 }),
        ],
    ),
];
