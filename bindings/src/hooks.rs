//! Calls the user's hooks. The package wraps them, so that they never throw and their promises never reject.

use std::cell::{Cell, RefCell};

use js_sys::{Function, Promise, Uint8Array};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::options::{Options, to_js};
use split_events::Refused;
use split_events_delivery::{Attempt, State};

/// The argument of the hook `onAttempt`.
#[derive(Serialize)]
pub struct Attempted<'a> {
    pub id: &'a str,
    pub events: usize,
    pub bytes: usize,
    pub attempt: &'a Attempt,
}

pub struct Hooks {
    pub progress: Option<Function>,
    undelivered: Option<Function>,
    attempt: Option<Function>,
    settled: Option<Function>,
    /// The package's own: what it knows of parts if the module fails.
    part: Option<Function>,
    /// The package's own: the receipt so far.
    pub saved: Option<Function>,
    taking: RefCell<Option<JsFuture>>,
    is_patient: Cell<bool>,
}

impl Hooks {
    pub fn new(options: &Options) -> Self {
        Hooks {
            progress: options.function("onProgress"),
            undelivered: options.function("onUndelivered"),
            attempt: options.function("onAttempt"),
            settled: options.function("onSettled"),
            part: options.function("onPart"),
            saved: options.function("onSaved"),
            taking: RefCell::default(),
            is_patient: Cell::new(true),
        }
    }

    pub fn attempt(&self, attempted: &Attempted) {
        if let Some(hook) = &self.attempt {
            let _ = hook.call1(&JsValue::UNDEFINED, &to_js(attempted));
        }
    }

    pub fn settled(&self, outcome: &JsValue, body: Option<&[u8]>) {
        if let Some(hook) = &self.settled {
            let body = body.map_or(JsValue::UNDEFINED, |body| Uint8Array::from(body).into());
            let _ = hook.call2(&JsValue::UNDEFINED, outcome, &body);
        }
    }

    /// Tells the package that a part is about to be posted, or that it is planned again, since it was certainly not taken.
    pub fn part(&self, id: &str, events: usize, is_posted: bool) {
        if let Some(hook) = &self.part {
            let _ = hook.call3(&JsValue::UNDEFINED, &id.into(), &(events as f64).into(), &is_posted.into());
        }
    }

    pub fn wants_undelivered(&self) -> bool {
        self.undelivered.is_some()
    }

    /// Hands over the events that the check refused.
    pub fn refused(&self, Refused { lines, rows }: Refused) {
        self.undelivered(State::Refused, &lines, rows.as_deref());
    }

    /// Hands over lines and, if the refused events came in one table, its rows.
    pub fn undelivered(&self, state: State, lines: &[u8], rows: Option<&[u8]>) {
        let rows = rows.map_or(JsValue::UNDEFINED, |rows| Uint8Array::from(rows).into());
        if let Some(hook) = &self.undelivered
            && !lines.is_empty()
            && let Ok(told) = hook.call3(&JsValue::UNDEFINED, &to_js(&state), &Uint8Array::from(lines), &rows)
            && let Ok(promise) = told.dyn_into::<Promise>()
        {
            self.taking.replace(self.is_patient.get().then(|| JsFuture::from(promise)));
        }
    }

    /// Returns a future that ends once the hook `onUndelivered` has taken what it was given.
    pub fn taking(&self) -> Option<JsFuture> {
        self.taking.take()
    }

    /// Waits no longer for the hook `onUndelivered`.
    pub fn give_up(&self) {
        self.is_patient.set(false);
    }
}
