//! Tells the user and the package what becomes of an import.

use serde::Serialize;
use wasm_bindgen::JsValue;

use crate::hooks::Hooks;
use crate::options::{Options, to_js};
use crate::wake::now;
use split_events::{Report, Undelivered};
use split_events_delivery::{BatchReceipt, Machine, Receipt, SettledPart, State, Stopped};

/// The shortest time between two tellings of the receipt to the package, in milliseconds.
const SAVE_MS: f64 = 100.0;

/// The argument of the hook `onProgress`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    events: u64,
    bytes: u64,
    accepted: u64,
    refused: u64,
    unknown: u64,
    unsent: u64,
    in_flight: usize,
    /// The time until the pause ends, in milliseconds.
    paused_ms: f64,
    /// The length of the pause that the service has asked for, if that is longer than the longest pause.
    #[serde(skip_serializing_if = "Option::is_none")]
    pause_asked_ms: Option<f64>,
    /// True if no request begins because the browser is offline.
    offline: bool,
    /// The reason why no request begins any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped: Option<Stopped>,
}

/// The hooks of an import, with the receipt that they are told of.
pub struct Teller {
    pub hooks: Hooks,
    pub receipt: Receipt,
    undelivered: Option<Undelivered>,
    /// The batches that the package does not know of, and how many issues it knows of.
    unsaved: (Vec<BatchReceipt>, usize),
    /// The time at which the package was told the counts.
    saved_at: f64,
}

impl Teller {
    /// Makes the hooks of an import whose receipt begins with this one.
    pub fn new(options: &Options, receipt: Receipt) -> Self {
        let hooks = Hooks::new(options);
        let undelivered = hooks.wants_undelivered().then(Undelivered::default);
        Teller { hooks, receipt, undelivered, unsaved: Default::default(), saved_at: 0.0 }
    }

    /// Tells how a part has ended. `source` returns the name of a source by its number.
    pub fn settled<'a>(&mut self, settled: &SettledPart, source: impl Fn(u32) -> Option<&'a str>) {
        let outcome = &settled.outcome;
        if outcome.state != State::Accepted
            && let (Some(events), Some(undelivered)) = (&settled.held, &mut self.undelivered)
        {
            let message = outcome.message.as_deref().unwrap_or_default();
            let reason = outcome.reason.map_or("", |reason| reason.as_str());
            for (event, place) in events.iter() {
                let words = (outcome.state.as_str(), reason, message);
                undelivered.not_accepted(event, words, place, source(place.source));
            }
            self.hooks.undelivered(outcome.state, &undelivered.take(), None);
        }
        self.receipt.settle(settled);
        if self.hooks.saved.is_some() {
            self.unsaved.0.push(settled.receipt());
        }
    }

    /// Tells the package the batches that it lacks and, from time to time, the receipt so far: what it has to know if the
    /// module fails.
    pub fn save(&mut self, report: &Report) {
        let Some(hook) = &self.hooks.saved else { return };
        let ((batches, issues), now) = (&mut self.unsaved, now());
        let is_due = now - self.saved_at >= SAVE_MS;
        if batches.is_empty() && !is_due {
            return;
        }
        let mut receipt = JsValue::UNDEFINED;
        if is_due {
            receipt = to_js(&self.receipt.so_far(report, *issues));
            *issues = report.issues.len();
            self.saved_at = now;
        }
        let _ = hook.call2(&JsValue::UNDEFINED, &receipt, &to_js(&std::mem::take(batches)));
    }

    /// Tells the progress: what was read, and what has ended.
    pub fn progress(&self, bytes: u64, report: &Report, machine: &Machine) {
        let Teller { hooks, receipt, .. } = self;
        let Some(hook) = &hooks.progress else { return };
        let progress = Progress {
            events: receipt.report.events + report.events,
            bytes,
            accepted: receipt.accepted,
            refused: report.refused + receipt.refused_by.service,
            unknown: receipt.unknown,
            unsent: receipt.unsent,
            in_flight: machine.in_flight().len(),
            paused_ms: (machine.paused_until() - now()).max(0.0),
            pause_asked_ms: machine.asked_longer(now()),
            offline: machine.is_offline(),
            stopped: machine.stopped().cloned().map(|(reason, message)| Stopped { reason, message }),
        };
        let _ = hook.call1(&JsValue::UNDEFINED, &to_js(&progress));
    }
}
