//! The staff's pages beside the dashboard: statistics and hours, the doctor's findings, settings.
//!
//! They look like the dashboard and are rendered on the server alone: nothing on them moves, so the
//! browser's half need not carry them. A button on them is a plain form.

mod doctor;
mod frame;
mod settings;
mod stats;
#[cfg(test)]
mod tests;

pub use doctor::doctor;
pub use settings::{
    Address, CategoryPart, Choices, Part, People, RefusedForm, Section, SettingsPage, no_admin,
    settings,
};
pub use stats::{StatsPage, stats};
