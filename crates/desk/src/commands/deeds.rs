//! What can be done inside Discord, each deed under the right that it needs.
//!
//! The right is part of the deed: whoever carries one out has to have made the proof. It knows no
//! names of commands and no buttons.

/// Who may use something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Every member of the guild.
    Everyone,
    /// Staff, and the customer on tickets of their own.
    Owner,
    /// Staff.
    Staff,
    /// Whoever may manage the guild, in Discord's sense.
    Admin,
}

impl Who {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::Owner => "staff, and the customer on their own tickets",
            Self::Staff => "staff",
            Self::Admin => "admins",
        }
    }

    /// What somebody else is told.
    pub fn refusal(self) -> &'static str {
        match self {
            Self::Everyone => "This works only in the server.",
            Self::Owner => "Only staff and the ticket's own customer can do this.",
            Self::Staff => "Only members with the staff role can do this.",
            Self::Admin => "Only those who may manage the server can do this.",
        }
    }
}

/// What is done, under the right that it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// By anyone in the guild.
    Everyone(ForEveryone),
    /// By staff, or by the ticket's customer.
    Owner(ForOwner),
    /// By staff.
    Staff(ForStaff),
    /// By those who manage the guild.
    Admin(ForAdmin),
}

impl Does {
    /// Who may.
    pub fn who(self) -> Who {
        match self {
            Self::Everyone(_) => Who::Everyone,
            Self::Owner(_) => Who::Owner,
            Self::Staff(_) => Who::Staff,
            Self::Admin(_) => Who::Admin,
        }
    }

    /// Whether it asks Discord so many things that nobody should wait for its answer in silence.
    pub fn takes_long(self) -> bool {
        matches!(self, Self::Admin(ForAdmin::Doctor))
    }
}

/// What every member may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the table of commands says what each does")]
pub enum ForEveryone {
    Help,
    AskNew,
    File,
    Mine,
    Link,
}

/// What staff may do, and the customer on tickets of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the table of commands says what each does")]
pub enum ForOwner {
    AskClose,
    Close,
    Reopen,
}

/// What staff may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the table of commands says what each does")]
pub enum ForStaff {
    View,
    Claim,
    Assign,
    Release,
    AskPriority,
    SetPriority,
    Category,
    Tag,
    Note,
    Reply,
    Customer,
    AddUser,
    RemoveUser,
    Block,
    Unblock,
    Blocked,
    FromMessage,
    TicketsOf,
    Transcript,
    ClockIn,
    ClockOut,
    Hours,
}

/// What admins may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the table of commands says what each does")]
pub enum ForAdmin {
    Setup,
    SetUpStep,
    AddStaff,
    RemoveStaff,
    AddStaffRole,
    RemoveStaffRole,
    ListStaff,
    Config,
    SetQuickReply,
    RemoveQuickReply,
    ListQuickReplies,
    Maintenance,
    ShowForm,
    AskQuestion,
    RemoveQuestion,
    AddCategory,
    RewordCategory,
    RemoveCategory,
    Stats,
    Dashboard,
    Doctor,
}
