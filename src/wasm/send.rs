//! Performs what the machine says: reads, posts, waits.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use futures_util::stream::{FuturesUnordered, StreamExt};
use js_sys::{AsyncIterator, IteratorNext, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::api::Item;
use super::fetch::{Target, runtime};
use super::hooks::{Hooks, Progress};
use super::options::{ConfigError, Options};
use super::signal::Aborted;
use super::text;
use crate::delivery::{Action, Attempt, Ending, Machine, Outcome, Receipt, Settled, State, Stopped};
use crate::undelivered::Undelivered;
use crate::{Batch, Intake};

/// A receipt, and what the input's stream threw, if it failed.
pub struct Sent {
    pub receipt: Receipt,
    pub failure: Option<JsValue>,
}

/// Checks, batches and delivers everything that the iterator gives.
pub async fn send(items: AsyncIterator, intake: Intake, options: &Options<'_>) -> Result<Sent, ConfigError> {
    let target = Target::new(options)?;
    let hooks = Hooks::new(options)?;
    let mut run = Run {
        machine: Machine::new(runtime(), options.concurrency()?),
        source: Source { items, next: None, live: false, over: false },
        stop: Aborted::new(options.signal("signal")?),
        cut: Aborted::new(options.signal("cutSignal")?),
        undelivered: if hooks.wants_undelivered() { Undelivered::keeping() } else { Undelivered::default() },
        batches: Vec::new(),
        receipt: Receipt::default(),
        bytes: 0,
        complete: true,
        failure: None,
        intake,
        hooks,
    };
    if run.hooks.wants_undelivered() {
        run.intake.keep_refused();
    }
    run.drive(&target).await;
    Ok(run.finish())
}

struct Run {
    intake: Intake,
    machine: Machine,
    source: Source,
    /// Nothing more is sent.
    stop: Aborted,
    /// What is in flight is cut, too.
    cut: Aborted,
    hooks: Hooks,
    undelivered: Undelivered,
    /// Planned and in flight.
    batches: Vec<(Batch, Vec<Attempt>)>,
    receipt: Receipt,
    bytes: u64,
    complete: bool,
    failure: Option<JsValue>,
}

type Posts<'a> = FuturesUnordered<Pin<Box<dyn Future<Output = (String, Ending, Attempt)> + 'a>>>;

enum Event {
    Item(Result<JsValue, JsValue>),
    Ended((String, Ending, Attempt)),
    Stop,
    Cut,
}

impl Run {
    async fn drive(&mut self, target: &Target) {
        let mut posts: Posts = FuturesUnordered::new();
        loop {
            match self.machine.next_action() {
                Action::Send(id) => {
                    let body = self.find(&id).map(|at| self.batches[at].0.body.clone()).unwrap_or_default();
                    posts.push(Box::pin(async move {
                        let (ending, attempt) = target.post(&body).await;
                        (id, ending, attempt)
                    }));
                }
                Action::Settle(id, outcome) => self.settle(&id, outcome),
                Action::Read => {
                    if let Some(batch) = self.intake.next_batch() {
                        self.plan(batch);
                    } else if !self.source.over {
                        self.source.ask();
                        self.wait(&mut posts).await;
                    } else if let Some(batch) = self.intake.last_batch() {
                        self.plan(batch);
                    } else {
                        self.machine.no_more();
                    }
                }
                Action::Wait => self.wait(&mut posts).await,
                Action::Done => return,
            }
        }
    }

    fn find(&self, id: &str) -> Option<usize> {
        self.batches.iter().position(|(batch, _)| batch.id == id)
    }

    fn plan(&mut self, batch: Batch) {
        self.machine.offer(batch.id.clone(), batch.entries.len());
        self.batches.push((batch, Vec::new()));
    }

    async fn wait(&mut self, posts: &mut Posts<'_>) {
        let event = poll_fn(|context| {
            if self.stop.poll_once(context).is_ready() {
                return Poll::Ready(Event::Stop);
            }
            if self.cut.poll_once(context).is_ready() {
                return Poll::Ready(Event::Cut);
            }
            if let Poll::Ready(Some(ended)) = posts.poll_next_unpin(context) {
                return Poll::Ready(Event::Ended(ended));
            }
            self.source.poll(context).map(Event::Item)
        })
        .await;
        match event {
            Event::Item(Ok(next)) => self.take_item(&next),
            Event::Item(Err(error)) => {
                self.source.over = true;
                self.complete = false;
                self.failure = Some(error);
            }
            Event::Ended((id, ending, attempt)) => self.ended(&id, &ending, attempt),
            Event::Stop => self.stop_reading(),
            Event::Cut => {
                self.stop_reading();
                posts.clear(); // dropped requests are aborted
                for id in self.machine.in_flight() {
                    let attempt = Attempt { status: None, error: Some("cut".to_owned()), ms: 0.0 };
                    self.ended(&id, &Ending::Cut, attempt);
                }
            }
        }
        self.hooks.undelivered(State::Refused, &self.intake.take_refused());
        self.tell_progress();
    }

    /// What can be read to its end is read on, so that the receipt counts all of it.
    fn stop_reading(&mut self) {
        self.machine.abort();
        if self.source.live && !self.source.over {
            self.source.give_up();
            self.complete = false;
        }
    }

    fn take_item(&mut self, next: &JsValue) {
        let next: &IteratorNext = next.unchecked_ref();
        if next.done() {
            self.source.over = true;
            return;
        }
        match Item::from(next.value()) {
            Item::Bytes(bytes) => {
                self.bytes += u64::from(bytes.length());
                bytes.copy_to(self.intake.room(bytes.length() as usize));
            }
            Item::Text(text) => self.bytes += text::push(&text, &mut self.intake),
            Item::Begin { name, format, live } => {
                self.source.live = live;
                self.intake.begin(name, format);
                if self.machine.stopped_by_user() && live {
                    self.stop_reading();
                }
            }
            Item::BeginObjects => self.intake.begin_objects(),
            Item::RefuseObject(why) => self.intake.refuse_object(&why),
            Item::End => self.intake.end(),
        }
    }

    fn ended(&mut self, id: &str, ending: &Ending, attempt: Attempt) {
        if let Some(at) = self.find(id) {
            self.batches[at].1.push(attempt);
        }
        self.machine.ended(id, ending);
    }

    fn settle(&mut self, id: &str, outcome: Outcome) {
        let Some(at) = self.find(id) else { return };
        let (batch, attempts) = self.batches.swap_remove(at);
        let state = outcome.state;
        let settled = Settled::new(batch.id.clone(), batch.entries.len(), batch.body.len(), outcome, attempts);
        if state != State::Accepted {
            let message = settled.message.as_deref().unwrap_or_default();
            let reason = settled.reason.map_or("", |reason| reason.as_str());
            for (event, place) in batch.events() {
                self.undelivered.not_accepted(event, reason, message, place, self.intake.source(place.source));
            }
            self.hooks.undelivered(state, &self.undelivered.take());
        }
        self.receipt.settle(&batch, settled, |source| self.intake.source(source).map(str::to_owned));
        self.tell_progress();
    }

    fn tell_progress(&self) {
        self.hooks.progress(|| Progress {
            events: self.intake.report().events,
            bytes: self.bytes,
            accepted: self.receipt.accepted,
            refused: self.intake.report().refused + self.receipt.refused_by.service,
            unknown: self.receipt.unknown,
            unsent: self.receipt.unsent,
            in_flight: self.machine.in_flight().len(),
        });
    }

    fn finish(mut self) -> Sent {
        self.hooks.undelivered(State::Refused, &self.intake.take_refused());
        let stopped = self.machine.stopped().cloned().map(|(reason, message)| Stopped { reason, message });
        let receipt = self.receipt.finish(self.intake.report().clone(), stopped, self.complete);
        Sent { receipt, failure: self.failure }
    }
}

/// The iterator of items, and its promise for the next one.
struct Source {
    items: AsyncIterator,
    next: Option<JsFuture>,
    /// It may never end, as a stream: when the user stops, it is not read on.
    live: bool,
    over: bool,
}

impl Source {
    fn ask(&mut self) {
        if self.next.is_none() {
            let next = self.items.next().unwrap_or_else(|error| Promise::reject(&error).unchecked_into());
            self.next = Some(JsFuture::from(next.unchecked_into::<Promise>()));
        }
    }

    fn poll(&mut self, context: &mut std::task::Context) -> Poll<Result<JsValue, JsValue>> {
        let Some(next) = &mut self.next else { return Poll::Pending };
        let polled = Pin::new(next).poll(context);
        if polled.is_ready() {
            self.next = None;
        }
        polled
    }

    fn give_up(&mut self) {
        self.over = true;
        self.next = None;
        let iterator: &JsValue = self.items.as_ref();
        if let Ok(stop) = js_sys::Reflect::get(iterator, &"return".into())
            && let Some(stop) = stop.dyn_ref::<js_sys::Function>()
        {
            let _ = stop.call0(iterator);
        }
    }
}
