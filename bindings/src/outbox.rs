//! The class `RawOutbox`.

use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::prelude::*;

use crate::deliver::deliver;
use crate::journal::RawJournal;
use crate::options::{ConfigError, Options, to_js};
use crate::shared::Shared;
use crate::wake::now;
use split_events_delivery::journal::Resolution;
use split_events_delivery::{Added, Delivery};

/// The word by which planned batches are sent now.
const SEND: &str = "send";

/// Batches that stay in a store until the service has them.
#[wasm_bindgen]
pub struct RawOutbox(Rc<Shared>);

#[wasm_bindgen]
impl RawOutbox {
    /// Makes an outbox. The option `journal` is its store, and `journal` the content of that store.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue, journal: RawJournal) -> Result<RawOutbox, JsValue> {
        Ok(RawOutbox(Rc::new(Shared::new(&Options(options), journal.0, None)?)))
    }

    /// Adds a batch. Returns true if it was not held before.
    pub fn add(&self, id: String, events: f64, body: &[u8]) -> Result<bool, JsValue> {
        match self.0.outbox.borrow_mut().add(id, events as usize, body) {
            Added::Planned => Ok(true),
            Added::Held => Ok(false),
            Added::NoId => {
                let message = "a batch's id must be 1 to 200 printable ASCII characters".to_owned();
                Err(ConfigError::new("invalid_id", message).into())
            }
            Added::NoBatch => {
                let message = "a batch's body must be a JSON array of as many objects as it says".to_owned();
                Err(ConfigError::new("invalid_batch", message).into())
            }
        }
    }

    /// Wakes the call under way after a change.
    pub fn nudge(&self) {
        self.0.nudge.fire();
    }

    /// Hands the store what has to be written.
    pub fn write(&self) -> Result<(), JsValue> {
        let writes = self.0.outbox.borrow_mut().driver().writes();
        self.0.stores.write(writes)
    }

    /// Delivers. Returns a promise of `{ settled, waitMs?, pausedMs?, pausedBy?, offline?, failed }`, or `undefined` if
    /// another call is under way.
    pub fn deliver(&self, options: &JsValue) -> Option<Promise> {
        deliver(&self.0, options)
    }

    /// Returns the time until the next step of a delivery, in milliseconds.
    pub fn wait(&self) -> Option<f64> {
        let mut outbox = self.0.outbox.borrow_mut();
        outbox.driver().machine().set_offline(self.0.target.is_offline());
        outbox.wait(now())
    }

    pub fn counts(&self) -> JsValue {
        to_js(&self.0.outbox.borrow().counts())
    }

    /// Lists what is in this state. If `number` is given, begins behind that batch and its event at the index `from`.
    pub fn list(&self, state: &str, limit: f64, number: Option<f64>, from: f64) -> JsValue {
        let behind = number.map(|number| (number as u64, from as usize));
        to_js(&self.0.outbox.borrow().list(state, limit as usize, behind))
    }

    pub fn body(&self, id: &str) -> Option<Vec<u8>> {
        self.0.outbox.borrow().body(id)
    }

    pub fn entry(&self, id: &str) -> JsValue {
        to_js(&self.0.outbox.borrow().entry(id))
    }

    /// Resolves a batch or part by this word. Returns true if one has this id, and a state that the word fits.
    pub fn resolve(&self, id: &str, word: &str) -> bool {
        let mut outbox = self.0.outbox.borrow_mut();
        match Resolution::named(word) {
            Some(resolution) => outbox.resolve(id, resolution),
            None => word == SEND && outbox.send_now(id),
        }
    }

    /// Resolves all in a state. Returns `{ batches, events, bytes, next? }`: pass `next` as `after` to go on.
    #[wasm_bindgen(js_name = resolveAll)]
    pub fn resolve_all(&self, state: &str, word: &str, after: f64, limit: f64) -> JsValue {
        let resolution = Resolution::named(word);
        let resolve = |one| self.0.outbox.borrow_mut().resolve_all(state, one, after as u64, limit as usize);
        to_js(&resolution.map(resolve).unwrap_or_default())
    }

    /// Resumes. Returns `{ batches, events }` of what is planned again.
    pub fn resume(&self) -> JsValue {
        to_js(&self.0.outbox.borrow_mut().resume())
    }

    /// Ends the pause, and does nothing else.
    #[wasm_bindgen(js_name = endPause)]
    pub fn end_pause(&self) {
        self.0.outbox.borrow_mut().end_pause();
    }

    /// Returns the size of the bodies that are held, in bytes.
    #[wasm_bindgen(getter, js_name = heldBytes)]
    pub fn held_bytes(&self) -> f64 {
        self.0.outbox.borrow().load().1 as f64
    }

    /// Returns the time until the pause ends, in milliseconds.
    #[wasm_bindgen(js_name = pausedMs)]
    pub fn paused_ms(&self) -> f64 {
        (self.0.outbox.borrow().paused_until() - now()).max(0.0)
    }

    /// Holds requests back until it is called with `false`.
    #[wasm_bindgen(js_name = holdBack)]
    pub fn hold_back(&self, held_back: bool) {
        self.0.outbox.borrow_mut().hold_back(held_back);
    }

    /// Lets the call under way begin no further request.
    pub fn stop(&self) {
        self.0.outbox.borrow_mut().stop();
    }
}
