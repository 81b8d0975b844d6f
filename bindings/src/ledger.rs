//! Reads the ledgers that earlier imports have left.

use wasm_bindgen::prelude::*;

use crate::journal::why_not;
use crate::options::Options;
use split_events_delivery::journal::{Destination, Ledger};

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
