//! The long-lived client as JavaScript sees it.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::api::{Item, RawKnownKeys};
use super::fetch::{Target, runtime};
use super::journal::RawJournal;
use super::options::Options;
use super::outbox::{Parts, deliver};
use super::to_js;
use crate::delivery::Outbox;
use crate::{Batcher, Bounds, Client, Overflow, Rules};

/// Most events that are held.
const QUEUE_EVENTS: u32 = 10_000;
/// Most bytes of them.
const QUEUE_BYTES: u32 = 10_000_000;

#[wasm_bindgen]
pub struct RawClient {
    client: Rc<RefCell<Client>>,
    /// Nothing until the journal was read.
    parts: Option<Rc<Parts>>,
    options: JsValue,
    /// The clock is the caller's.
    own_clock: bool,
    stored: bool,
}

#[wasm_bindgen]
impl RawClient {
    #[wasm_bindgen(constructor)]
    pub fn new(options: JsValue, run: String, known: Option<RawKnownKeys>) -> Result<RawClient, JsValue> {
        let read = Options(&options);
        let rules = Rules { known_keys: known.map(|known| known.0), ..read.rules()? };
        let overflow = |value: &JsValue| match value.as_string().as_deref() {
            Some("reject") => Some(Overflow::Reject),
            Some("dropOldest") => Some(Overflow::DropOldest),
            Some("dropNewest") => Some(Overflow::DropNewest),
            _ => None,
        };
        let expected = "\"reject\", \"dropOldest\" or \"dropNewest\"";
        let bounds = Bounds {
            events: read.whole("maxQueueEvents", QUEUE_EVENTS, 1, u32::MAX)? as usize,
            bytes: read.whole("maxQueueBytes", QUEUE_BYTES, 3, u32::MAX)? as usize,
            overflow: read.value("onOverflow", expected, overflow)?.unwrap_or(Overflow::Reject),
        };
        // wrong options are told here, not when the first batch is sent
        Target::new(&read)?;
        let policy = read.policy(runtime(), 0.0)?;
        let client = Client::new(rules, Batcher::new(read.caps()?, run), bounds, policy);
        let (own_clock, stored) = (!read.get("now").is_undefined(), read.get("journal").is_object());
        let client = Rc::new(RefCell::new(client));
        Ok(RawClient { client, parts: None, own_clock, stored, options })
    }

    /// The journal was read, or there is none.
    pub fn open(&mut self, journal: RawJournal) -> Result<(), JsValue> {
        let parts = Parts::new(&Options(&self.options), journal.0, Some(Rc::clone(&self.client)))?;
        self.client.borrow_mut().open(&mut parts.outbox.borrow_mut());
        self.parts = Some(Rc::new(parts));
        Ok(())
    }

    /// Takes the text of an event, or why there is none; see `Item`. Gives `{ verdict, issues, reason?, dropped? }`.
    pub fn track(&self, event: JsValue, now: f64) -> JsValue {
        let mut client = self.client.borrow_mut();
        if !self.own_clock && now > 0.0 {
            client.set_now(now as u64);
        }
        to_js(&match Item::from(event).into_text() {
            Ok(text) => self.with_outbox(|outbox| client.track(text.as_bytes(), outbox)),
            Err(why) => client.refuse_object(&why),
        })
    }

    /// What is queued is to be sent now.
    pub fn seal(&self) {
        self.with_outbox(|outbox| self.client.borrow_mut().seal(outbox));
    }

    /// Whether something waits in a full batch.
    #[wasm_bindgen(getter)]
    pub fn full(&self) -> bool {
        self.parts.as_ref().is_some_and(|parts| parts.outbox.borrow().has_waiting())
    }

    /// How many events are held.
    #[wasm_bindgen(getter)]
    pub fn queued(&self) -> f64 {
        self.with_outbox(|outbox| self.client.borrow().held(outbox.as_deref())) as f64
    }

    /// As `RawOutbox.deliver`.
    pub fn deliver(&self, options: &JsValue) -> Result<Option<Promise>, JsValue> {
        let Some(parts) = &self.parts else { return Ok(None) };
        Ok(deliver(parts, &Options(options))?)
    }

    /// Hands the store what is to be written.
    pub fn write(&self) -> Result<(), JsValue> {
        let Some(parts) = &self.parts else { return Ok(()) };
        let writes = parts.outbox.borrow_mut().writes();
        parts.stores.write(writes)
    }

    /// What ended since the last one.
    pub fn receipt(&self, last: bool) -> JsValue {
        to_js(&self.with_outbox(|outbox| self.client.borrow_mut().take_receipt(last, outbox.as_deref())))
    }

    /// The page is left: gives the browser what fits.
    pub fn leave(&self) -> Result<(), JsValue> {
        let Some(parts) = &self.parts else { return Ok(()) };
        let target = Rc::new(Target::new(&Options(&self.options))?.keeping_alive());
        let taken = self.client.borrow_mut().leave(&mut parts.outbox.borrow_mut(), self.stored);
        for (id, _, body) in taken {
            let (target, client, parts) = (Rc::clone(&target), Rc::clone(&self.client), Rc::clone(parts));
            spawn_local(async move {
                let (ending, attempt) = target.post(&id, &body).await;
                let told = client.borrow_mut().kept_ended(&id, &ending, attempt).map(to_js);
                if let Some(told) = told {
                    parts.hooks.settled(&told, None);
                }
            });
        }
        Ok(())
    }
}

impl RawClient {
    fn with_outbox<T>(&self, then: impl FnOnce(Option<&mut Outbox>) -> T) -> T {
        match &self.parts {
            Some(parts) => then(Some(&mut parts.outbox.borrow_mut())),
            None => then(None),
        }
    }
}
