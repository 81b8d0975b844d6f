//! Reads the options of a delivery.

use js_sys::{Array, Function, Object};
use wasm_bindgen::JsCast;
use web_sys::AbortSignal;

use crate::options::Options;
use split_events_delivery::{Handling, Policy, Retry, Runtime, Statuses};

impl Options<'_> {
    /// Returns the policy of a delivery that begins at this time of the caller's clock.
    pub fn policy(&self, runtime: Runtime, now: f64) -> Policy {
        let retry = self.get("retry");
        let retry = Options(&retry);
        let given = |name| self.get(name).as_f64();
        Policy {
            runtime,
            concurrency: self.number("concurrency") as usize,
            rate: given("rate"),
            retry: Retry {
                attempts: retry.number("attempts") as u32,
                base: retry.number("baseMs"),
                cap: retry.number("capMs"),
            },
            deadline: given("deadlineMs").map(|span| now + span),
            retry_unknown: self.word("onUnknown") == "retry",
            statuses: self.statuses(),
            pause_cap: self.number("pauseCapMs"),
            seed: given("seed").unwrap_or_else(js_sys::Math::random).to_bits(),
        }
    }

    /// Returns how to handle the service's answers, by status or by class such as `5xx`.
    pub fn statuses(&self) -> Statuses {
        let mut statuses = Statuses::default();
        let own = self.get("statuses");
        if !own.is_object() {
            return statuses;
        }
        let mut exact = Vec::new();
        for entry in Object::entries(own.unchecked_ref()) {
            let entry: Array = entry.unchecked_into();
            let status = entry.get(0).as_string().unwrap_or_default();
            let Some(handling) = entry.get(1).as_string().and_then(|word| Handling::named(&word)) else { continue };
            match (status.strip_suffix("xx").unwrap_or(&status).parse::<u16>(), status.len()) {
                (Ok(class @ 1..=9), 3) => statuses.set(class * 100..=class * 100 + 99, handling),
                (Ok(code @ 100..=999), _) => exact.push((code, handling)),
                _ => {}
            }
        }
        // one status counts before its class
        for (code, handling) in exact {
            statuses.set(code..=code, handling);
        }
        statuses
    }

    pub fn function(&self, name: &str) -> Option<Function> {
        self.get(name).dyn_into().ok()
    }

    pub fn signal(&self, name: &str) -> Option<AbortSignal> {
        self.get(name).dyn_into().ok()
    }
}
