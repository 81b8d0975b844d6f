//! The classes and functions of the module. Only the package calls them.

use std::sync::Arc;

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

use crate::fetch::{Target, runtime};
use crate::host;
use crate::input::Item;
use crate::options::{ConfigError, Options, clock, to_js};
use split_events::{Batch, Intake, KeyList, KeyListError, KnownKeys};
use split_events_delivery::{BatchOutcome, Outcome, Position};

/// A list of keys that is read into `RawKnownKeys`.
#[wasm_bindgen]
pub struct RawKeyList(KeyList);

#[wasm_bindgen]
impl RawKeyList {
    #[wasm_bindgen(constructor)]
    pub fn new(column: Option<String>) -> RawKeyList {
        RawKeyList(KeyList::new(column, &host::Runtime))
    }

    pub fn add(&mut self, key: &str) {
        self.0.add(key);
    }

    pub fn push(&mut self, bytes: &[u8]) -> Result<(), JsValue> {
        Ok(self.0.push(bytes).map_err(ConfigError::from)?)
    }

    /// Returns the keys, and frees the list.
    pub fn finish(self) -> Result<RawKnownKeys, JsValue> {
        Ok(RawKnownKeys(Arc::new(self.0.finish().map_err(ConfigError::from)?)))
    }
}

impl From<KeyListError> for ConfigError {
    fn from(error: KeyListError) -> Self {
        ConfigError::new(error.code, error.message)
    }
}

/// The known keys, for any number of checks.
#[wasm_bindgen]
pub struct RawKnownKeys(pub(super) Arc<KnownKeys>);

#[wasm_bindgen]
impl RawKnownKeys {
    /// Returns another handle of the same keys.
    pub fn share(&self) -> RawKnownKeys {
        RawKnownKeys(Arc::clone(&self.0))
    }

    #[wasm_bindgen(getter)]
    pub fn size(&self) -> f64 {
        self.0.len() as f64
    }
}

/// Returns the table of codes.
#[wasm_bindgen]
pub fn codes() -> JsValue {
    to_js(&split_events::table())
}

/// A reader that checks events and fills batches.
#[wasm_bindgen]
pub struct RawBatcher {
    intake: Intake,
    /// True if the clock is the runtime's own, which is read anew for each input.
    own_clock: bool,
}

#[wasm_bindgen]
impl RawBatcher {
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue, run: String, known: Option<RawKnownKeys>) -> Result<RawBatcher, JsValue> {
        let options = Options(options);
        let mut intake = options.intake(run, known.map(|known| known.0))?;
        if options.is("keepRefused") {
            intake.keep_refused();
        }
        Ok(RawBatcher { intake, own_clock: options.get("now").is_undefined() })
    }

    /// Begins a new input with the same options.
    pub fn reset(&mut self) {
        if self.own_clock {
            self.intake.set_clock(clock());
        }
        self.intake.restart();
    }

    /// Takes bytes or a mark; see `Item`. Call `next` until it returns `undefined` before the next item.
    pub fn take(&mut self, item: JsValue) {
        Item::from(item).put_into(&mut self.intake);
    }

    /// Returns the next full batch.
    pub fn next(&mut self, maker: &BatchMaker) -> JsValue {
        self.intake.next_batch().map_or(JsValue::UNDEFINED, |batch| self.batch(&batch, maker))
    }

    /// Returns the batch being filled, once the input is over.
    pub fn last(&mut self, maker: &BatchMaker) -> JsValue {
        self.intake.last_batch().map_or(JsValue::UNDEFINED, |batch| self.batch(&batch, maker))
    }

    /// Reads on, and drops the batches, if only the report is wanted.
    pub fn skip(&mut self) {
        while self.intake.next_batch().is_some() {}
    }

    /// Reads what is there of a source whose stream failed, and drops the batches.
    #[wasm_bindgen(js_name = breakOff)]
    pub fn break_off(&mut self) {
        self.intake.break_off();
        self.skip();
    }

    #[wasm_bindgen(getter)]
    pub fn report(&self) -> JsValue {
        to_js(self.intake.report())
    }

    /// Returns what the check refused since the last call, as NDJSON, if it is kept.
    #[wasm_bindgen(js_name = takeRefused)]
    pub fn take_refused(&mut self) -> Vec<u8> {
        self.intake.take_refused().lines
    }
}

#[wasm_bindgen]
extern "C" {
    /// Makes the objects that `next` and `last` return. From here each member would cost a call.
    pub type BatchMaker;
    #[wasm_bindgen(method)]
    fn position(this: &BatchMaker, index: f64, line: Option<f64>, file: Option<&str>) -> JsValue;
    #[wasm_bindgen(method)]
    fn batch(this: &BatchMaker, id: &str, events: usize, body: Uint8Array, from: JsValue, to: JsValue) -> JsValue;
}

impl RawBatcher {
    fn batch(&self, batch: &Batch, maker: &BatchMaker) -> JsValue {
        let position = |entry: &split_events::Entry| {
            let Position { index, line, file } = Position::new(entry.place, self.intake.source(entry.place.source));
            maker.position(index as f64, line.map(|line| line as f64), file.as_deref())
        };
        let from = batch.entries.first().map_or(JsValue::NULL, position);
        let to = batch.entries.last().map_or(JsValue::NULL, position);
        maker.batch(&batch.id, batch.entries.len(), Uint8Array::from(&*batch.body), from, to)
    }
}

/// Fails, for tests: at once, or in a future of its own.
#[wasm_bindgen(js_name = failModule)]
#[allow(clippy::panic, reason = "its purpose")]
pub fn fail_module(later: bool) {
    if later {
        return wasm_bindgen_futures::spawn_local(async { fail_module(false) });
    }
    panic!();
}

/// Posts one body once.
#[wasm_bindgen(js_name = submitBody)]
pub async fn submit_body(id: String, events: usize, body: Uint8Array, options: JsValue) -> Result<JsValue, JsValue> {
    let options = Options(&options);
    let (target, statuses) = (Target::new(&options)?, options.statuses());
    if target.is_offline() {
        let settled = BatchOutcome::new(id, events, body.length() as usize, Outcome::offline(), Vec::new());
        return Ok(to_js(&settled));
    }
    let body = body.to_vec();
    let (response, attempt) = target.post(&id, &body).await;
    let (_, outcome) = response.outcome(events, runtime(), &statuses);
    Ok(to_js(&BatchOutcome::new(id, events, body.len(), outcome, vec![attempt])))
}
