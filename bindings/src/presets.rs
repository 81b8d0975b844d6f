//! What the package asks about presets.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::options::to_js;
use split_events::map::{PRESETS, Preset};

#[derive(Serialize)]
struct Listed {
    name: &'static str,
    title: &'static str,
    reads: &'static str,
}

/// Returns the list of presets.
#[wasm_bindgen]
pub fn presets() -> JsValue {
    let listed = |&Preset { name, title, reads, .. }: &Preset| Listed { name, title, reads };
    to_js(&PRESETS.iter().map(listed).collect::<Vec<_>>())
}

/// Returns the JSON text of a preset's mapping.
#[wasm_bindgen(js_name = presetMapping)]
pub fn preset_mapping(name: &str) -> Option<String> {
    Preset::named(name).map(|preset| preset.json.to_owned())
}
