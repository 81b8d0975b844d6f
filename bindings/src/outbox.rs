//! An outbox as JavaScript sees it, and one call of its `deliver` as one future.

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use js_sys::{Array, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use crate::fetch::{Target, runtime};
use crate::hooks::{Attempted, Hooks};
use crate::journal::RawJournal;
use crate::options::{ConfigError, Options};
use crate::signal::{Aborted, Nudge, Offline};
use crate::stores::Stores;
use crate::timer::now;
use crate::to_js;
use crate::under_way::{Happened, UnderWay};
use split_events_delivery::Client;
use split_events_delivery::journal::{Recovered, Resolution};
use split_events_delivery::{Added, Outbox, OutboxStep, State};

/// The word by which what is planned is sent now.
const SEND: &str = "send";

pub(super) struct Parts {
    pub outbox: RefCell<Outbox>,
    target: Target,
    pub stores: Stores,
    pub hooks: Hooks,
    timeout: f64,
    /// For the call under way: what it waits for has changed.
    nudge: Nudge,
    /// Counts what ends, and keeps nothing of it.
    client: Option<Rc<RefCell<Client>>>,
}

impl Parts {
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
        Ok(Parts {
            outbox: RefCell::new(outbox),
            target: Target::new(options)?,
            stores: Stores::new(options),
            hooks: Hooks::new(options),
            timeout: options.number("timeoutMs"),
            nudge: Nudge::default(),
            client,
        })
    }
}

/// Batches that stay in a store until the service has them.
#[wasm_bindgen]
pub struct RawOutbox(Rc<Parts>);

#[wasm_bindgen]
impl RawOutbox {
    /// The store is the option `journal`, and `journal` what it holds.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue, journal: RawJournal) -> Result<RawOutbox, JsValue> {
        Ok(RawOutbox(Rc::new(Parts::new(&Options(options), journal.0, None)?)))
    }

    /// Gives whether it was not held before.
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

    /// Tells the call under way that something has changed.
    pub fn nudge(&self) {
        self.0.nudge.give();
    }

    /// Hands the store what is to be written.
    pub fn write(&self) -> Result<(), JsValue> {
        let writes = self.0.outbox.borrow_mut().writes();
        self.0.stores.write(writes)
    }

    /// Gives `{ settled, waitMs?, pausedMs?, pausedBy?, offline?, failed }`; nothing where another call is under way.
    pub fn deliver(&self, options: &JsValue) -> Option<Promise> {
        deliver(&self.0, &Options(options))
    }

    /// After how many milliseconds there is something to do.
    pub fn wait(&self) -> Option<f64> {
        let mut outbox = self.0.outbox.borrow_mut();
        outbox.set_offline(self.0.target.is_offline());
        outbox.wait(now())
    }

    pub fn counts(&self) -> JsValue {
        to_js(&self.0.outbox.borrow().counts())
    }

    /// Behind the batch with this number and the first of its events there, where a number is given.
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

    /// Gives whether there is something of this id, and the word is one for how it stands.
    pub fn resolve(&self, id: &str, word: &str) -> bool {
        let mut outbox = self.0.outbox.borrow_mut();
        match Resolution::named(word) {
            Some(resolution) => outbox.resolve(id, resolution),
            None => word == SEND && outbox.send_now(id),
        }
    }

    /// Gives `{ batches, events, bytes, next? }`: `next` is given back as `after` to go on.
    #[wasm_bindgen(js_name = resolveAll)]
    pub fn resolve_all(&self, state: &str, word: &str, after: f64, limit: f64) -> JsValue {
        let resolution = Resolution::named(word);
        let resolve = |one| self.0.outbox.borrow_mut().resolve_all(state, one, after as u64, limit as usize);
        to_js(&resolution.map(resolve).unwrap_or_default())
    }

    /// Gives `{ batches, events }`: what is planned again.
    pub fn resume(&self) -> JsValue {
        to_js(&self.0.outbox.borrow_mut().resume())
    }

    /// A pause is over, and nothing else.
    #[wasm_bindgen(js_name = endPause)]
    pub fn end_pause(&self) {
        self.0.outbox.borrow_mut().end_pause();
    }

    /// Size of the bodies that are held.
    #[wasm_bindgen(getter, js_name = heldBytes)]
    pub fn held_bytes(&self) -> f64 {
        self.0.outbox.borrow().load().1 as f64
    }

    /// For how many milliseconds nothing is sent.
    #[wasm_bindgen(js_name = pausedMs)]
    pub fn paused_ms(&self) -> f64 {
        (self.0.outbox.borrow().paused_until() - now()).max(0.0)
    }

    /// Nothing is sent until it is let go on.
    #[wasm_bindgen(js_name = holdBack)]
    pub fn hold_back(&self, held_back: bool) {
        self.0.outbox.borrow_mut().hold_back(held_back);
    }

    /// Nothing more is sent by the call under way.
    pub fn stop(&self) {
        self.0.outbox.borrow_mut().stop();
    }
}

/// One call, as one future; nothing where another is under way.
pub(super) fn deliver(parts: &Rc<Parts>, options: &Options) -> Option<Promise> {
    let (patience, paused_until) = (options.number("patienceMs"), options.number("pausedUntil"));
    let (stop, cut) = (Aborted::new(options.signal("signal")), Aborted::new(options.signal("cutSignal")));
    let call = {
        let mut outbox = parts.outbox.borrow_mut();
        outbox.pause(paused_until);
        outbox.begin(now(), patience, parts.timeout)
    };
    let parts = Rc::clone(parts);
    call.map(|call| future_to_promise(async move { Ok(perform(&parts, call, stop, cut).await) }))
}

async fn perform(parts: &Parts, call: u32, mut stop: Aborted, mut cut: Aborted) -> JsValue {
    let Parts { outbox, target, stores, hooks, client, nudge, .. } = parts;
    let settled = Array::new();
    let mut under_way = UnderWay::default();
    let mut offline = Offline::new();
    loop {
        if let Some(offline) = offline.change(target) {
            outbox.borrow_mut().set_offline(offline);
        }
        if stop.told() {
            outbox.borrow_mut().stop();
        }
        if cut.told() {
            under_way.cut(); // dropped requests are aborted
            outbox.borrow_mut().cut(now());
        }
        if !outbox.borrow().is_call(call) {
            break;
        }
        let step = outbox.borrow_mut().next_step(now());
        match step {
            OutboxStep::Post(part) => {
                let ((id, _), body) = (outbox.borrow().describe(part), outbox.borrow().body_of(part));
                under_way.post(target, part, &id, &body);
            }
            OutboxStep::Sync => {
                let writes = outbox.borrow_mut().writes();
                under_way.sync(stores, writes);
            }
            OutboxStep::Settled(one) => {
                let told = to_js(&one);
                let mut body = None;
                if let Some(client) = client {
                    body = if one.state == State::Accepted { None } else { outbox.borrow().body(&one.id) };
                    client.borrow_mut().end(one, &mut outbox.borrow_mut());
                }
                hooks.settled(&told, body.as_deref());
                settled.push(&told);
            }
            OutboxStep::Wait(until) => {
                under_way.set_alarm(until);
                let happened = poll_fn(|context| {
                    stop.wake(context);
                    cut.wake(context);
                    offline.wake(context);
                    nudge.wake(context);
                    if stop.is_new() || cut.is_new() || offline.is_new(target) || nudge.take() {
                        return Poll::Ready(Happened::Rang);
                    }
                    under_way.poll(context)
                })
                .await;
                match happened {
                    Happened::Ended(part, ending, attempt) => {
                        let (id, bytes) = outbox.borrow().describe(part);
                        hooks.attempt(&Attempted { id: &id, events: part.events(), bytes, attempt: &attempt });
                        outbox.borrow_mut().ended(part, &ending, attempt, now());
                    }
                    Happened::Synced(result) => outbox.borrow_mut().synced(result),
                    Happened::Paused(wait) => outbox.borrow_mut().asked_pause(wait, now()),
                    Happened::Rang => {}
                }
            }
            OutboxStep::Over => break,
        }
    }
    let (outbox, now, told) = (outbox.borrow(), now(), Object::new());
    let paused = Some(outbox.paused_until() - now).filter(|ms| *ms > 0.0);
    let paused_by = outbox.paused_by().filter(|_| paused.is_some()).map(to_js);
    let fields: [(&str, JsValue); 6] = [
        ("settled", settled.into()),
        ("waitMs", outbox.wait(now).into()),
        ("pausedMs", paused.into()),
        ("pausedBy", paused_by.into()),
        ("offline", outbox.is_offline().then_some(true).into()),
        ("failed", outbox.has_failed().into()),
    ];
    for (name, value) in fields {
        if !value.is_undefined() {
            let _ = Reflect::set(&told, &name.into(), &value);
        }
    }
    told.into()
}
