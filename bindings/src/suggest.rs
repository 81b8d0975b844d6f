//! Proposes mappings.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::host;
use crate::options::{Options, to_js};
use split_events::map::Suggestion;
use split_events::{Format, Sample};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Found<'f> {
    is_table: bool,
    fields: Vec<(&'f str, &'f str, &'f str, &'f str)>,
    properties: &'f Option<String>,
    is_nested: bool,
    parts: Vec<(&'f str, &'f [String])>,
    asks_zone: bool,
    asks_order: bool,
    records: Vec<(f64, &'f str)>,
}

/// Proposes a mapping for a source by its first bytes.
#[wasm_bindgen(js_name = suggestMapping)]
pub fn suggest_mapping(bytes: &[u8], options: &JsValue) -> Result<JsValue, JsValue> {
    let options = Options(options);
    let format = Format::named(&options.word("format")).unwrap_or_default();
    let sample = Sample::new(bytes, format, options.form(), options.mapping()?, &host::Runtime);
    let Sample { is_table, suggestion, records } = sample;
    let Suggestion { fields, properties, is_nested, parts, asks_zone, asks_order } = &suggestion;
    Ok(to_js(&Found {
        is_table,
        fields: fields.iter().map(|choice| (choice.field, &*choice.from, choice.reading.0, choice.reading.1)).collect(),
        properties,
        is_nested: *is_nested,
        parts: parts.iter().map(|part| (&*part.name, &*part.samples)).collect(),
        asks_zone: *asks_zone,
        asks_order: *asks_order,
        records: records.iter().map(|(line, text)| (*line as f64, &**text)).collect(),
    }))
}
