//! The class `RawBatcher`, and the table of codes.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

use crate::item::Item;
use crate::keys::RawKnownKeys;
use crate::options::{ConfigError, Options, clock, to_js};
use split_events::{Batch, Code, Intake};
use split_events_delivery::Position;

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

    /// Takes bytes or a mark; see `Item`. Call `next` until it returns `undefined` before the next item. Fails if the
    /// module reads no tables, and the item before showed that the source is no JSON.
    pub fn take(&mut self, item: JsValue) -> Result<(), JsValue> {
        if !cfg!(feature = "tables") && self.intake.report().issue_counts.of(Code::InputNotEvents) > 0 {
            let why = "the input is neither JSON nor NDJSON: tables, and files of other kinds, are read by split-events, not by split-events/check: import from \"split-events\"";
            return Err(ConfigError::new("part_lacks", why.to_owned()).into());
        }
        Item::from(item).put_into(&mut self.intake);
        Ok(())
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
