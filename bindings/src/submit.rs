//! Posts one body once.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

use crate::fetch::Target;
use crate::options::{Options, to_js};
use crate::runtime::runtime;
use split_events_delivery::{BatchOutcome, Outcome};

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
