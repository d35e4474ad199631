//! Where the browser finds our files, under addresses that change with their content.
//!
//! The server fills this once at start; pages only repeat it.

/// The addresses of everything that a page links to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assets {
    /// The style sheet.
    pub css: String,
    /// The dashboard's script, which starts its WebAssembly.
    pub js: String,
    /// The dashboard's WebAssembly.
    pub wasm: String,
    /// The small script that keeps pages fresh.
    pub live_js: String,
    /// The icon on the tab.
    pub favicon: String,
}
