//! The set-up: what a fresh machine lacks, put in place once, in an order that fails early.
//!
//! It knows what each command needs and leaves the how to `debian`, `tools` and `npm`. It never
//! touches what is the user's: build tools go to a cache folder keyed by version.

use anyhow::Result;

use crate::{debian, npm, tools};

/// What a command is about to use.
#[derive(Clone, Copy, Default)]
pub struct Needs {
    /// Libraries that the native binaries link with.
    pub native: bool,
    /// The standard library for wasm32.
    pub wasm: bool,
    /// cargo-leptos, wasm-bindgen, Tailwind and wasm-opt.
    pub front_end: bool,
    /// Chromium and Playwright.
    pub browser: bool,
    /// PostgreSQL's programs.
    pub postgres: bool,
    /// A font with emoji, for pictures that people look at.
    pub emoji: bool,
}

impl Needs {
    /// For what has no front end.
    pub fn native() -> Self {
        Self {
            native: true,
            ..Self::default()
        }
    }

    /// For building the product.
    pub fn build() -> Self {
        Self {
            native: true,
            wasm: true,
            front_end: true,
            ..Self::default()
        }
    }

    /// For everything.
    pub fn all() -> Self {
        Self {
            browser: true,
            postgres: true,
            ..Self::build()
        }
    }
}

/// Installs what is missing, or stops and says which line to run.
pub fn ensure(needs: Needs) -> Result<()> {
    debian::ensure(needs)?;
    if needs.front_end || needs.browser {
        npm::require_node()?;
    }
    if needs.wasm {
        tools::ensure_wasm_target()?;
    }
    if needs.front_end {
        npm::ensure("style", "Tailwind and wasm-opt, 10 s")?;
    }
    if needs.browser {
        npm::ensure("e2e", "Playwright, 5 s")?;
    }
    if needs.front_end {
        tools::ensure_cargo_leptos()?;
        tools::ensure_wasm_bindgen()?;
    }
    Ok(())
}
