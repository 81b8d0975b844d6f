//! The user's own functions, as the package guards them: they never throw, and their promises never reject.

use js_sys::{Function, Promise, Uint8Array};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::options::Options;
use split_events_delivery::{Attempt, State, Stopped};

/// Counts while a send is running.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    pub events: u64,
    pub bytes: u64,
    pub accepted: u64,
    pub refused: u64,
    pub unknown: u64,
    pub unsent: u64,
    pub in_flight: usize,
    /// For how long the service has asked not to be sent anything.
    pub paused_ms: f64,
    /// For how long it has asked in all, where that is longer than the longest pause that it gets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pause_asked_ms: Option<f64>,
    /// No request begins because the browser is offline.
    pub offline: bool,
    /// Why nothing more is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<Stopped>,
}

/// A request that has ended.
#[derive(Serialize)]
pub struct Attempted<'a> {
    pub id: &'a str,
    pub events: usize,
    pub bytes: usize,
    pub attempt: &'a Attempt,
}

pub struct Hooks {
    progress: Option<Function>,
    undelivered: Option<Function>,
    attempt: Option<Function>,
    settled: Option<Function>,
    taking: Option<JsFuture>,
    patient: bool,
}

impl Hooks {
    pub fn new(options: &Options) -> Self {
        Hooks {
            progress: options.function("onProgress"),
            undelivered: options.function("onUndelivered"),
            attempt: options.function("onAttempt"),
            settled: options.function("onSettled"),
            taking: None,
            patient: true,
        }
    }

    pub fn attempt(&self, attempted: &Attempted) {
        if let Some(hook) = &self.attempt {
            let _ = hook.call1(&JsValue::UNDEFINED, &crate::to_js(attempted));
        }
    }

    pub fn settled(&self, outcome: &JsValue, body: Option<&[u8]>) {
        if let Some(hook) = &self.settled {
            let body = body.map_or(JsValue::UNDEFINED, |body| Uint8Array::from(body).into());
            let _ = hook.call2(&JsValue::UNDEFINED, outcome, &body);
        }
    }

    pub fn wants_undelivered(&self) -> bool {
        self.undelivered.is_some()
    }

    pub fn progress(&self, progress: impl FnOnce() -> Progress) {
        if let Some(hook) = &self.progress {
            let _ = hook.call1(&JsValue::UNDEFINED, &crate::to_js(&progress()));
        }
    }

    pub fn undelivered(&mut self, state: State, lines: &[u8]) {
        if let Some(hook) = &self.undelivered
            && !lines.is_empty()
            && let Ok(told) = hook.call2(&JsValue::UNDEFINED, &crate::to_js(&state), &Uint8Array::from(lines))
            && let Ok(promise) = told.dyn_into::<Promise>()
        {
            self.taking = self.patient.then(|| JsFuture::from(promise));
        }
    }

    /// What ends when the hook has taken what it was given.
    pub fn taking(&mut self) -> Option<JsFuture> {
        self.taking.take()
    }

    /// It takes too long: whatever it returns is not waited for any more.
    pub fn give_up(&mut self) {
        self.patient = false;
    }
}
