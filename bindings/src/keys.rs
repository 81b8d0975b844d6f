//! Known keys as JavaScript sees them.

use std::sync::Arc;

use wasm_bindgen::prelude::*;

use split_events::KnownKeys;

/// The known keys, for any number of checks.
#[wasm_bindgen]
pub struct RawKnownKeys(pub(super) Arc<KnownKeys>);

#[wasm_bindgen]
impl RawKnownKeys {
    /// Returns another handle of the same keys.
    pub fn share(&self) -> RawKnownKeys {
        RawKnownKeys(Arc::clone(&self.0))
    }

    #[wasm_bindgen(getter)]
    pub fn size(&self) -> f64 {
        self.0.len() as f64
    }
}
