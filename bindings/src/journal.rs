//! Journals and ledgers of earlier runs, on their way into the module.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::options::Options;
use crate::to_js;
use split_events_delivery::journal::{Destination, Ledger, Recovered, Resolution, Unreadable, VERSION, Write};

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

    /// Reads an entry. Entries come in the order of their keys. See [`why_not`] for what is returned.
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

    /// Whether it is an outbox's or a client's, and no import's.
    #[wasm_bindgen(getter, js_name = isOutbox)]
    pub fn is_outbox(&self) -> bool {
        self.0.is_outbox()
    }

    /// Batches whose outcome nobody knows.
    pub fn unknown(&mut self, run: &str) -> JsValue {
        self.0.settle_crashed();
        to_js(&self.0.unknown(run))
    }

    /// The user's word on one of them, or `unknown` to take it back: what is to be written, as pairs of keys and
    /// values; where it cannot be, the words of `NotResolved`.
    pub fn resolve(&mut self, run: &str, id: &str, word: &str) -> Array {
        self.0.settle_crashed();
        let entry = |Write { key, value, .. }: Write| {
            let value = value.map_or(JsValue::NULL, |value| Uint8Array::from(&*value).into());
            Array::of2(&key.into(), &value)
        };
        match self.0.resolve(run, id, Resolution::named(word)) {
            Ok(writes) => writes.into_iter().map(entry).collect(),
            Err(not) => {
                let (what, more) = not.words();
                Array::of2(&what.into(), &more.into())
            }
        }
    }
}

/// What a ledger's store holds.
#[wasm_bindgen]
pub struct RawLedger(pub(super) Ledger);

#[wasm_bindgen]
impl RawLedger {
    /// For the run with this id, which begins now; what is older than `keeps` milliseconds is forgotten. `key` is
    /// the digest of its SDK key, and `moved` whether an earlier process of it had another, or another endpoint.
    #[wasm_bindgen(constructor)]
    pub fn new(run: &str, now: f64, keeps: f64, options: &JsValue, key: u32, moved: bool) -> RawLedger {
        let options = Options(options);
        let mut ledger = Ledger::new(run, now, keeps, Destination::new(&options.word("endpoint"), key));
        if moved {
            ledger.moved();
        }
        if options.word("resend") == "other-key" {
            ledger.resend_other_key();
        }
        RawLedger(ledger)
    }

    /// Reads an entry, with the digest of the SDK key salted by the id that the entry's key begins with. See
    /// [`why_not`] for what is returned.
    pub fn load(&mut self, key: &str, value: &[u8], salted_key: u32) -> Option<u32> {
        why_not(self.0.load(key, value, salted_key))
    }
}

/// Returns `undefined` for an entry that was read, the version of one that a newer version wrote, and 0 for another.
fn why_not(loaded: Result<(), Unreadable>) -> Option<u32> {
    match loaded {
        Ok(()) => None,
        Err(Unreadable::Newer(version)) => Some(version),
        Err(Unreadable::Damaged) => Some(0),
    }
}

/// Returns the version of journals and ledgers that is written; earlier ones are read.
#[wasm_bindgen(js_name = journalVersion)]
pub fn journal_version() -> u32 {
    VERSION
}
