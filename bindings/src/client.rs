//! The long-lived client as JavaScript sees it.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use crate::deliver::deliver;
use crate::fetch::{Later, Target};
use crate::item::Item;
use crate::journal::RawJournal;
use crate::keys::RawKnownKeys;
use crate::options::{Options, to_js};
use crate::runtime::runtime;
use crate::shared::Shared;
use crate::stores::Stores;
use split_events::{Batcher, Rules};
use split_events_delivery::{
    BatchOutcome, Bounds, Client, Counted, Delivery, Outbox, Overflow, Runtime, STORED_MAX, State, Taking,
};

/// The smallest body, in bytes, that is tried if the browser has no room for a larger one.
const LATER_MIN: usize = 4_000;

#[wasm_bindgen]
pub struct RawClient {
    client: Rc<RefCell<Client>>,
    /// `None` until the journal was read.
    shared: Option<Rc<Shared>>,
    options: JsValue,
    /// True if the caller gave the clock.
    own_clock: bool,
    /// The time that the caller gave.
    own_now: Option<u64>,
    /// Requests that were left to the browser, by the ids of their batches.
    later: RefCell<Vec<(String, Later)>>,
}

#[wasm_bindgen]
impl RawClient {
    #[wasm_bindgen(constructor)]
    pub fn new(options: JsValue, run: String, known: Option<RawKnownKeys>) -> Result<RawClient, JsValue> {
        let read = Options(&options);
        let rules = Rules { known_keys: known.map(|known| known.0), ..read.rules() };
        let bounds = Bounds {
            events: read.number("maxQueueEvents") as usize,
            bytes: read.number("maxQueueBytes") as usize,
            overflow: match &*read.word("onOverflow") {
                "dropOldest" => Overflow::DropOldest,
                "dropNewest" => Overflow::DropNewest,
                _ => Overflow::Reject,
            },
        };
        // a missing fetch is reported here, not when the first batch is sent
        Target::new(&read)?;
        let policy = read.policy(runtime(), 0.0);
        let client = Client::new(rules, Batcher::new(read.caps(), run), bounds, policy);
        let own_clock = !read.get("now").is_undefined();
        let own_now = read.get("now").as_f64().map(|now| now as u64);
        let client = Rc::new(RefCell::new(client));
        Ok(RawClient { client, shared: None, own_clock, own_now, options, later: RefCell::default() })
    }

    /// Takes the journal that was read, or an empty one if there is none.
    /// `gone` and `kept` are the ids that [`Counted`] has.
    pub fn open(&mut self, journal: RawJournal, gone: Vec<String>, kept: Vec<String>) -> Result<(), JsValue> {
        let shared = Shared::new(&Options(&self.options), journal.0, Some(Rc::clone(&self.client)))?;
        // a page may be gone before its receipt is read
        let in_page = runtime() == Runtime::Browser;
        if in_page {
            shared.outbox.borrow_mut().store_in_pieces(STORED_MAX);
        }
        let keeps_untold = in_page && shared.stores.has_journal();
        let counted = Counted { gone, kept };
        self.client.borrow_mut().open(&mut shared.outbox.borrow_mut(), keeps_untold, &counted);
        self.shared = Some(Rc::new(shared));
        Ok(())
    }

    /// Takes the text of an event, or why there is none; see `Item`. Returns `{ verdict, issues, reason?, dropped? }`.
    pub fn track(&self, event: JsValue, now: f64) -> JsValue {
        let mut client = self.client.borrow_mut();
        let clock = Some(now as u64).filter(|&now| now > 0);
        if let (false, Some(now)) = (self.own_clock, clock) {
            client.set_now(now);
        }
        to_js(&match Item::from(event).into_text() {
            Ok(text) => self.with_outbox(|outbox| client.track(text.as_bytes(), self.own_now.or(clock), outbox)),
            Err(why) => client.refuse_object(&why),
        })
    }

    /// Takes over from a client whose module has failed: `counts` is that of its [`RawClient::saved`], and its receipt
    /// lists `listed` batches.
    #[wasm_bindgen(js_name = takeOver)]
    pub fn take_over(&self, counts: &str, listed: usize) {
        self.client.borrow_mut().take_over(counts, listed);
    }

    /// Takes an event that such a client tracked at `now`. `counts` if its report had not counted it, `queues` if it has
    /// not ended.
    #[wasm_bindgen(js_name = trackAgain)]
    pub fn track_again(&self, event: JsValue, now: f64, counts: bool, queues: bool) {
        let mut client = self.client.borrow_mut();
        let clock = Some(now as u64).filter(|&now| now > 0);
        if let (false, Some(now)) = (self.own_clock, clock) {
            client.set_now(now);
        }
        match Item::from(event).into_text() {
            Ok(text) => {
                let taking = Taking { counts, queues, bounded: false };
                self.with_outbox(|outbox| client.track_as(text.as_bytes(), self.own_now.or(clock), taking, outbox));
            }
            Err(why) => _ = client.refuse_object(&why),
        }
    }

    /// Returns the number of the batch being filled, in which the last event is that was queued.
    #[wasm_bindgen(getter)]
    pub fn filling(&self) -> f64 {
        self.client.borrow().filling() as f64
    }

    /// Returns the body of the batch being filled.
    pub fn body(&self) -> Option<Vec<u8>> {
        self.client.borrow().body()
    }

    /// Returns what has to be known if the module fails: `{ receipt, counts, ended }`. The receipt has the batches and
    /// the issues behind the first `batches` and `issues`, and `ended` what has ended since the last call.
    pub fn saved(&self, batches: usize, issues: usize) -> Result<JsValue, JsValue> {
        let saved = Object::new();
        let receipt = self.with_outbox(|outbox| self.client.borrow().receipt(outbox.as_deref(), batches, issues));
        let mut client = self.client.borrow_mut();
        Reflect::set(&saved, &"receipt".into(), &to_js(&receipt))?;
        Reflect::set(&saved, &"counts".into(), &client.counts().into())?;
        Reflect::set(&saved, &"ended".into(), &to_js(&client.take_ended()))?;
        Ok(saved.into())
    }

    /// Closes the batch that is being filled, so that it is sent.
    pub fn seal(&self) {
        self.with_outbox(|outbox| self.client.borrow_mut().seal(outbox));
    }

    /// Returns true if a full batch waits.
    #[wasm_bindgen(getter)]
    pub fn full(&self) -> bool {
        self.shared.as_ref().is_some_and(|shared| shared.outbox.borrow().has_waiting())
    }

    /// Returns the number of events that are queued.
    #[wasm_bindgen(getter)]
    pub fn queued(&self) -> f64 {
        self.with_outbox(|outbox| self.client.borrow().queued(outbox.as_deref()).0) as f64
    }

    /// Returns true once the journal was read.
    #[wasm_bindgen(getter, js_name = isOpen)]
    pub fn is_open(&self) -> bool {
        self.shared.is_some()
    }

    /// Notes that the store has failed.
    pub fn fail(&self, why: String) {
        if let Some(shared) = &self.shared {
            shared.outbox.borrow_mut().fail(why);
        }
    }

    /// Delivers what is queued, as `RawOutbox.deliver` does.
    pub fn deliver(&self, options: &JsValue) -> Option<Promise> {
        deliver(self.shared.as_ref()?, options)
    }

    /// Hands the store what has to be written, and the batch being filled as a draft.
    pub fn write(&self) -> Result<(), JsValue> {
        let Some(shared) = &self.shared else { return Ok(()) };
        let writes = {
            let mut outbox = shared.outbox.borrow_mut();
            self.client.borrow_mut().draft(&mut outbox);
            outbox.driver().writes()
        };
        shared.stores.write(writes)
    }

    /// Returns how events have ended since the client was made.
    pub fn receipt(&self) -> JsValue {
        to_js(&self.with_outbox(|outbox| self.client.borrow().receipt(outbox.as_deref(), 0, 0)))
    }

    /// Returns true if a request is under way.
    #[wasm_bindgen(getter, js_name = isSending)]
    pub fn is_sending(&self) -> bool {
        self.shared.as_ref().is_some_and(|shared| shared.outbox.borrow().is_sending())
    }

    /// Returns true if the store keeps batches for the receipt to tell.
    #[wasm_bindgen(getter, js_name = hasUntold)]
    pub fn has_untold(&self) -> bool {
        self.client.borrow().has_untold()
    }

    /// Notes that the receipt was read, and the page lives on.
    pub fn told(&self) {
        if let Some(shared) = &self.shared {
            self.client.borrow_mut().told(&mut shared.outbox.borrow_mut());
        }
    }

    /// Ends what is queued as unsent.
    pub fn close(&self) {
        self.with_outbox(|outbox| self.client.borrow_mut().close(outbox.as_deref()));
    }

    /// Begins no further request: the page is left, and the store has all that is queued once `write` is done.
    #[wasm_bindgen(js_name = leaveStored)]
    pub fn leave_stored(&self) {
        self.seal();
        if let Some(shared) = &self.shared {
            shared.outbox.borrow_mut().leave();
        }
    }

    /// Hands the store what is queued, though the page is left before the journal was read.
    #[wasm_bindgen(js_name = leaveEarly)]
    pub fn leave_early(&self, now: f64) -> Result<(), JsValue> {
        // no other page has the store, and none had it within this millisecond
        let writes = self.client.borrow_mut().leave_early(now as u64 * 1_000);
        Stores::new(&Options(&self.options)).write(writes)
    }

    /// Hands the browser the queued events that fit, since the page is left or hidden and no store keeps them: first
    /// those that it sends once the page is gone, if it can do so `later`. Calls `again` if a batch waits after an
    /// answer.
    pub fn leave(&self, later: bool, again: &Function) -> Result<(), JsValue> {
        let Some(shared) = &self.shared else { return Ok(()) };
        let target = Rc::new(Target::new(&Options(&self.options))?.keeping_alive());
        if target.is_offline() {
            return Ok(());
        }
        let (mut client, mut outbox) = (self.client.borrow_mut(), shared.outbox.borrow_mut());
        client.seal(Some(&mut outbox));
        let mut most = usize::MAX;
        while later && most >= LATER_MIN {
            let Some(given) = client.give(&mut outbox, true, most) else { break };
            match target.post_later(&given.id, &given.body) {
                Ok(later) => {
                    shared.hooks.part(&given.id, given.events, true);
                    self.later.borrow_mut().push((given.id, later));
                }
                Err(_) => {
                    client.give_back(&given.id, &mut outbox);
                    most = given.body.len() / 2;
                }
            }
        }
        while let Some(given) = client.give(&mut outbox, false, usize::MAX) {
            let (target, client, shared) = (Rc::clone(&target), Rc::clone(&self.client), Rc::clone(shared));
            let again = again.clone();
            shared.hooks.part(&given.id, given.events, true);
            spawn_local(async move {
                let (response, attempt) = target.post(&given.id, &given.body).await;
                let ended =
                    client.borrow_mut().kept_ended(&given.id, &response, attempt, &mut shared.outbox.borrow_mut());
                if ended.is_none() {
                    shared.hooks.part(&given.id, given.events, false);
                }
                tell(&shared, ended);
                if shared.outbox.borrow().has_waiting() {
                    let _ = again.call0(&JsValue::UNDEFINED);
                }
            });
        }
        Ok(())
    }

    /// Takes back the requests that the browser has not made, since the page is shown again.
    #[wasm_bindgen(js_name = comeBack)]
    pub fn come_back(&self) {
        let Some(shared) = &self.shared else { return };
        for (id, later) in self.later.take() {
            if later.take_back() {
                self.client.borrow_mut().give_back(&id, &mut shared.outbox.borrow_mut());
                shared.hooks.part(&id, 0, false);
            }
        }
    }

    /// Ends the events that the browser was given as unknown: no answer can come any more.
    #[wasm_bindgen(js_name = giveUp)]
    pub fn give_up(&self) {
        let Some(shared) = &self.shared else { return };
        let ended = self.client.borrow_mut().give_up(&mut shared.outbox.borrow_mut());
        for ended in ended {
            tell(shared, Some(ended));
        }
    }
}

fn tell(shared: &Shared, ended: Option<(BatchOutcome, Vec<u8>)>) {
    if let Some((settled, body)) = ended {
        let body = Some(&*body).filter(|_| settled.state != State::Accepted);
        shared.hooks.settled(&to_js(&settled), body);
    }
}

impl RawClient {
    fn with_outbox<T>(&self, then: impl FnOnce(Option<&mut Outbox>) -> T) -> T {
        match &self.shared {
            Some(shared) => then(Some(&mut shared.outbox.borrow_mut())),
            None => then(None),
        }
    }
}
