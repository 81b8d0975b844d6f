//! Journals and ledgers of earlier runs, on their way into the module.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;

use super::to_js;
use crate::journal::{Ledger, Recovered, Resolution, Write};

/// What a journal's store holds.
#[wasm_bindgen]
pub struct RawJournal(pub(super) Recovered);

#[wasm_bindgen]
impl RawJournal {
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default, reason = "JavaScript has no defaults")]
    pub fn new() -> RawJournal {
        RawJournal(Recovered::default())
    }

    /// An entry, in the order of the keys. Gives whether it is understood.
    pub fn load(&mut self, key: &str, value: Vec<u8>) -> bool {
        self.0.load(key, value)
    }

    #[wasm_bindgen(getter)]
    pub fn description(&self) -> String {
        self.0.description.clone()
    }

    #[wasm_bindgen(getter)]
    pub fn receipt(&self) -> Option<String> {
        self.0.receipt.clone()
    }

    /// Batches whose outcome nobody knows.
    pub fn unknown(&mut self, run: &str) -> JsValue {
        self.0.settle_crashed();
        to_js(&self.0.unknown(run))
    }

    /// The user's word on one of them: what is to be written, as keys and values. Nothing where there is no such
    /// batch or no such word.
    pub fn resolve(&mut self, run: &str, id: &str, word: &str) -> Option<Array> {
        self.0.settle_crashed();
        let writes = self.0.resolve(run, id, Resolution::named(word)?)?;
        let entry = |Write { key, value, .. }: Write| {
            let value = value.map_or(JsValue::NULL, |value| Uint8Array::from(&*value).into());
            Array::of2(&key.into(), &value)
        };
        Some(writes.into_iter().map(entry).collect())
    }
}

/// What a ledger's store holds.
#[wasm_bindgen]
pub struct RawLedger(pub(super) Ledger);

#[wasm_bindgen]
impl RawLedger {
    /// For the run with this id, which begins now; what is older than `keeps` milliseconds is forgotten.
    #[wasm_bindgen(constructor)]
    pub fn new(run: &str, now: f64, keeps: f64) -> RawLedger {
        RawLedger(Ledger::new(run, now, keeps))
    }

    /// An entry. Gives whether it is understood.
    pub fn load(&mut self, key: &str, value: &[u8]) -> bool {
        self.0.load(key, value)
    }
}
