//! The browser's way in: wakes the dashboard that the server rendered.
//!
//! Nothing else is here. Customers' pages never load it.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by the dashboard's page, after the WebAssembly has arrived.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::StaffApp);
}
