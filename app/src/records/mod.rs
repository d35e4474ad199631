//! The staff's pages that only show: statistics and hours, and the doctor's findings.
//!
//! They look like the dashboard and are rendered on the server alone: nothing on them moves, so the
//! browser's half need not carry them. A button on them is a plain form.

mod doctor;
mod frame;
mod stats;
#[cfg(test)]
mod tests;

pub use doctor::doctor;
pub use stats::{StatsPage, stats};
