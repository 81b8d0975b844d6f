//! The only code that knows JavaScript: options and results by serde-wasm-bindgen, events as bytes,
//! `fetch` and timers driven from here.
#![allow(missing_docs, reason = "what users see is documented in the TypeScript package")]

mod api;
mod client;
mod fetch;
mod gzip;
mod hooks;
mod host;
mod journal;
mod objects;
mod options;
mod outbox;
mod send;
mod signal;
mod stores;
mod text;
mod timer;
mod under_way;
#[cfg(target_arch = "wasm32")]
mod words;

use serde::Serialize;
use wasm_bindgen::JsValue;

/// Plain objects and numbers, as `JSON.parse` would give.
fn to_js(value: &impl Serialize) -> JsValue {
    let plain = serde_wasm_bindgen::Serializer::json_compatible();
    value.serialize(&plain).unwrap_or(JsValue::NULL)
}
