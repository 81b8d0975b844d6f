//! The state that an outbox shares with its calls.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::JsValue;

use crate::fetch::Target;
use crate::hooks::Hooks;
use crate::options::{ConfigError, Options, to_js};
use crate::runtime::runtime;
use crate::stores::Stores;
use crate::wake::{Nudge, now};
use split_events_delivery::journal::Recovered;
use split_events_delivery::{Client, Delivery, Outbox};

/// The state that calls of `deliver` share with all other calls.
pub struct Shared {
    pub outbox: RefCell<Outbox>,
    pub target: Target,
    pub stores: Stores,
    pub hooks: Hooks,
    /// Wakes the call under way after a change.
    pub nudge: Nudge,
    /// The client that counts what ends, if there is one.
    pub client: Option<Rc<RefCell<Client>>>,
}

impl Shared {
    pub fn new(
        options: &Options,
        journal: Recovered,
        client: Option<Rc<RefCell<Client>>>,
    ) -> Result<Self, ConfigError> {
        // the deadline is a span here: each call has its own
        let policy = options.policy(runtime(), 0.0);
        let outbox = Outbox::new(policy, journal, now()).ok_or_else(|| {
            let message = "the store holds something else than a client or an Outbox writes, or is damaged: give it a store of its own";
            ConfigError::new("not_an_outbox", message.to_owned())
        })?;
        let (target, stores, hooks) = (Target::new(options)?, Stores::new(options), Hooks::new(options));
        Ok(Shared { outbox: RefCell::new(outbox), target, stores, hooks, nudge: Nudge::default(), client })
    }

    /// Returns the result of a call: `{ settled, waitMs?, pausedMs?, pausedBy?, offline?, failed }`.
    pub fn told(&self, settled: Array) -> JsValue {
        let (mut outbox, now, told) = (self.outbox.borrow_mut(), now(), Object::new());
        let paused = Some(outbox.paused_until() - now).filter(|ms| *ms > 0.0);
        let paused_by = outbox.paused_by().filter(|_| paused.is_some()).map(to_js);
        let is_offline = outbox.driver().machine().is_offline();
        let fields: [(&str, JsValue); 6] = [
            ("settled", settled.into()),
            ("waitMs", outbox.wait(now).into()),
            ("pausedMs", paused.into()),
            ("pausedBy", paused_by.into()),
            ("offline", is_offline.then_some(true).into()),
            ("failed", outbox.has_failed().into()),
        ];
        for (name, value) in fields {
            if !value.is_undefined() {
                let _ = Reflect::set(&told, &name.into(), &value);
            }
        }
        told.into()
    }
}
