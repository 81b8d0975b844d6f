//! What the package asks about presets and mappings.

use js_sys::Array;
use wasm_bindgen::prelude::*;

/// Returns the presets.
#[wasm_bindgen]
pub fn presets() -> JsValue {
    Array::new().into()
}

/// Returns the JSON text of a preset's mapping.
#[wasm_bindgen(js_name = presetMapping)]
pub fn preset_mapping(_name: &str) -> Option<String> {
    None
}

/// Proposes a mapping for an input by its first bytes.
#[wasm_bindgen(js_name = suggestMapping)]
pub fn suggest_mapping(_bytes: &[u8], _options: &JsValue) -> JsValue {
    JsValue::UNDEFINED
}
