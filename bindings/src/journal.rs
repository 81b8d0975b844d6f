//! Reads the journals and ledgers that earlier processes have left.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::options::{Options, to_js};

use split_events_delivery::journal::{Destination, Ledger, Recovered, Resolution, Unreadable, VERSION, Write};

/// A journal that an earlier process has left.
#[wasm_bindgen]
pub struct RawJournal(pub(super) Recovered);

#[wasm_bindgen]
impl RawJournal {
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default, reason = "JavaScript has no defaults")]
    pub fn new() -> RawJournal {
        RawJournal(Recovered::default())
    }

    /// Reads an entry, and returns as [`why_not`]. Entries must come in the order of their keys.
    pub fn load(&mut self, key: &str, value: Vec<u8>) -> Option<u32> {
        why_not(self.0.load(key, value))
    }

    #[wasm_bindgen(getter)]
    pub fn description(&self) -> String {
        self.0.description.clone()
    }

    #[wasm_bindgen(getter)]
    pub fn receipt(&self) -> Option<String> {
        self.0.receipt.clone()
    }

    /// Returns true if it is the journal of an outbox or a client.
    #[wasm_bindgen(getter, js_name = isOutbox)]
    pub fn is_outbox(&self) -> bool {
        self.0.is_outbox()
    }

    /// Counts the events of the batch with this id that the journal of a client holds, ended or not.
    pub fn events(&self, id: &str) -> usize {
        let mut batches = self.0.batches.iter();
        batches.find(|record| record.from.1.as_deref() == Some(id)).map_or(0, |record| record.events)
    }

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

/// A ledger that earlier imports have left.
#[wasm_bindgen]
pub struct RawLedger(pub(super) Ledger);

#[wasm_bindgen]
impl RawLedger {
    /// Makes the ledger of the import with this id, which begins or goes on now. Removes entries older than `keeps`
    /// milliseconds. `key` is the digest of its SDK key; `moved` is true if an earlier process of it had another key or
    /// endpoint.
    #[wasm_bindgen(constructor)]
    pub fn new(import_id: &str, now: f64, keeps: f64, options: &JsValue, key: u32, moved: bool) -> RawLedger {
        let options = Options(options);
        let mut ledger = Ledger::new(import_id, now, keeps, Destination::new(&options.word("endpoint"), key));
        if moved {
            ledger.moved();
        }
        if options.word("resend") == "other-key" {
            ledger.resend_other_key();
        }
        RawLedger(ledger)
    }

    /// Reads an entry, and returns as [`why_not`]. `salted_key` is the digest of the SDK key salted by the id that the
    /// entry's key begins with.
    pub fn load(&mut self, key: &str, value: &[u8], salted_key: u32) -> Option<u32> {
        why_not(self.0.load(key, value, salted_key))
    }
}

/// Returns `undefined` for an entry that was read, the version of an entry that a newer version wrote, and 0 for any
/// other.
fn why_not(loaded: Result<(), Unreadable>) -> Option<u32> {
    match loaded {
        Ok(()) => None,
        Err(Unreadable::Newer(version)) => Some(version),
        Err(Unreadable::Damaged) => Some(0),
    }
}

/// Returns the version in which journals and ledgers are written. Earlier ones are read, too.
#[wasm_bindgen(js_name = journalVersion)]
pub fn journal_version() -> u32 {
    VERSION
}
