//! The small pieces that every page is made of: icons, faces, moments, marks, text boxes.
//!
//! They know how a thing looks and nothing of where it comes from: no server function, no
//! address, no cookie. Both halves use them, so everything here compiles for the browser.

pub(crate) mod delivery;
pub(crate) mod face;
pub(crate) mod files;
pub(crate) mod icon;
pub(crate) mod text_area;
pub(crate) mod when;
