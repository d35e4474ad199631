//! What a message is: whose side, which kind, where it came from, where it stands.
//!
//! A note is a kind, not a prefix in the text, so that no typing mistake shows one to a customer.

use serde::{Deserialize, Serialize};

/// Whose side of the conversation speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "store",
    derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum),
    sea_orm(rs_type = "String", db_type = "Text")
)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The person who asked.
    #[cfg_attr(feature = "store", sea_orm(string_value = "customer"))]
    Customer,
    /// The people who answer.
    #[cfg_attr(feature = "store", sea_orm(string_value = "staff"))]
    Staff,
}

/// Who may read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "store",
    derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum),
    sea_orm(rs_type = "String", db_type = "Text")
)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// Both sides read it.
    #[cfg_attr(feature = "store", sea_orm(string_value = "reply"))]
    Reply,
    /// Staff only.
    #[cfg_attr(feature = "store", sea_orm(string_value = "note"))]
    Note,
}

/// Where it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "store",
    derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum),
    sea_orm(rs_type = "String", db_type = "Text")
)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// In a browser.
    #[cfg_attr(feature = "store", sea_orm(string_value = "web"))]
    Web,
    /// In the ticket's thread.
    #[cfg_attr(feature = "store", sea_orm(string_value = "discord"))]
    Discord,
}

/// A message's delivery mark: where it stands on its way to Discord.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "store",
    derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum),
    sea_orm(rs_type = "String", db_type = "Text")
)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// Promised, not there yet.
    #[cfg_attr(feature = "store", sea_orm(string_value = "queued"))]
    Queued,
    /// In the thread.
    #[cfg_attr(feature = "store", sea_orm(string_value = "delivered"))]
    Delivered,
    /// Discord refused it for good; staff see why and can try again.
    #[cfg_attr(feature = "store", sea_orm(string_value = "failed"))]
    Failed,
    /// A note that stays here, because a customer is in the thread.
    #[cfg_attr(feature = "store", sea_orm(string_value = "kept"))]
    Kept,
}

impl Delivery {
    /// As people read it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Queued => "Queued",
            Self::Delivered => "In Discord",
            Self::Failed => "Not delivered",
            Self::Kept => "On the web only",
        }
    }
}
