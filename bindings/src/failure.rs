//! Lets the module fail, for tests.

use wasm_bindgen::prelude::*;

/// Fails, for tests: at once, or in a future of its own.
#[wasm_bindgen(js_name = failModule)]
#[allow(clippy::panic, reason = "its purpose")]
pub fn fail_module(later: bool) {
    if later {
        return wasm_bindgen_futures::spawn_local(async { fail_module(false) });
    }
    panic!();
}
