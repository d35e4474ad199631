//! A ticket's states and the changes that are allowed between them.
//!
//! It knows no storage and no person: who may make a change is `desk`'s to decide.

use serde::{Deserialize, Serialize};

/// Where a ticket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "store",
    derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum),
    sea_orm(rs_type = "String", db_type = "Text")
)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nobody has taken it up yet.
    #[cfg_attr(feature = "store", sea_orm(string_value = "open"))]
    Open,
    /// Staff are at it.
    #[cfg_attr(feature = "store", sea_orm(string_value = "in_progress"))]
    InProgress,
    /// Staff answered and wait for the customer.
    #[cfg_attr(feature = "store", sea_orm(string_value = "paused"))]
    Paused,
    /// Done; can be reopened.
    #[cfg_attr(feature = "store", sea_orm(string_value = "closed"))]
    Closed,
}

impl Status {
    /// Every status, in the order of a ticket's life.
    pub const ALL: [Self; 4] = [Self::Open, Self::InProgress, Self::Paused, Self::Closed];

    /// As staff read it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::InProgress => "In progress",
            Self::Paused => "Waiting on customer",
            Self::Closed => "Closed",
        }
    }

    /// As its customer reads it: whose turn it is.
    pub fn customers_words(self) -> &'static str {
        match self {
            Self::Paused => "We answered",
            Self::Open | Self::InProgress => "Waiting for our answer",
            Self::Closed => "Closed",
        }
    }

    /// Whether work remains.
    pub fn is_closed(self) -> bool {
        self == Self::Closed
    }

    /// Where a reply by the customer takes the ticket: a closed or waiting one needs staff again.
    pub fn after_customer_reply(self) -> Self {
        match self {
            Self::Paused => Self::InProgress,
            Self::Closed => Self::Open,
            other => other,
        }
    }

    /// Where a reply by staff takes the ticket: the customer's turn, unless it is closed.
    pub fn after_staff_reply(self) -> Self {
        match self {
            Self::Closed => Self::Closed,
            _ => Self::Paused,
        }
    }
}

/// How urgent a ticket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "store",
    derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum),
    sea_orm(rs_type = "String", db_type = "Text")
)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Can wait.
    #[cfg_attr(feature = "store", sea_orm(string_value = "low"))]
    Low,
    /// What every ticket starts with.
    #[cfg_attr(feature = "store", sea_orm(string_value = "medium"))]
    Medium,
    /// Before others.
    #[cfg_attr(feature = "store", sea_orm(string_value = "high"))]
    High,
    /// Now.
    #[cfg_attr(feature = "store", sea_orm(string_value = "urgent"))]
    Urgent,
}

impl Priority {
    /// Every priority, lowest first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Urgent];

    /// As staff read it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Low => "Low",
            Self::Medium => "Medium",
            Self::High => "High",
            Self::Urgent => "Urgent",
        }
    }

    /// The name in forms, custom ids and the wire.
    pub fn key(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }

    /// The priority of that name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.key() == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_reply_always_leaves_work_to_do() {
        for status in Status::ALL {
            let after = status.after_customer_reply();
            assert!(!after.is_closed());
            assert_ne!(after, Status::Paused);
        }
    }

    #[test]
    fn a_staff_reply_never_reopens() {
        assert_eq!(Status::Closed.after_staff_reply(), Status::Closed);
        assert_eq!(Status::Open.after_staff_reply(), Status::Paused);
    }

    #[test]
    fn keys_round_trip() {
        for p in Priority::ALL {
            assert_eq!(Priority::from_key(p.key()), Some(p));
        }
        assert_eq!(Priority::from_key("URGENT"), None);
    }
}
