//! Decides about the batches of a journal whose outcome is unknown.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::journal::RawJournal;
use crate::options::to_js;
use split_events_delivery::journal::{Resolution, Write};

#[wasm_bindgen]
impl RawJournal {
    /// Returns the batches whose outcome is unknown.
    pub fn unknown(&mut self, import_id: &str) -> JsValue {
        self.0.settle_crashed();
        to_js(&self.0.unknown(import_id))
    }

    /// Decides about an unknown batch, or takes a decision back if `decision` is `unknown`. Returns the keys and values
    /// to write, in pairs, or the words of `NotResolved`.
    pub fn resolve(&mut self, import_id: &str, id: &str, decision: &str) -> Array {
        self.0.settle_crashed();
        let entry = |Write { key, value, .. }: Write| {
            let value = value.map_or(JsValue::NULL, |value| Uint8Array::from(&*value).into());
            Array::of2(&key.into(), &value)
        };
        match self.0.resolve(import_id, id, Resolution::named(decision)) {
            Ok(writes) => writes.into_iter().map(entry).collect(),
            Err(not) => {
                let (what, more) = not.words();
                Array::of2(&what.into(), &more.into())
            }
        }
    }
}
