//! Performs what the run says: reads, posts, writes, waits.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use js_sys::{AsyncIterator, IteratorNext, JSON, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::api::Item;
use crate::fetch::Target;
use crate::hooks::{Attempted, Hooks, Progress};
use crate::options::{ConfigError, Options};
use crate::signal::{Aborted, Control, Offline};
use crate::stores::Stores;
use crate::text;
use crate::timer::{Sleep, now};
use crate::under_way::{Happened, UnderWay};
use split_events::Undelivered;
use split_events::{Batch, Intake};
use split_events_delivery::journal::entry;
use split_events_delivery::{Attempt, Ending, Part, Receipt, Run, Settlement, SourceChanged, State, Step, Stopped};

/// A receipt, and what the input's stream threw, if it failed.
pub struct Sent {
    pub receipt: Receipt,
    pub failure: Option<JsValue>,
}

/// Why nothing came of it.
pub enum NotSent {
    Config(ConfigError),
    SourceChanged(SourceChanged),
}

impl From<ConfigError> for NotSent {
    fn from(error: ConfigError) -> Self {
        NotSent::Config(error)
    }
}

impl From<SourceChanged> for NotSent {
    fn from(changed: SourceChanged) -> Self {
        NotSent::SourceChanged(changed)
    }
}

/// What an import begins with.
pub struct Start {
    pub intake: Intake,
    pub run: Run,
    pub stores: Stores,
    /// What the journal says that the check had found, where nothing is read again.
    pub receipt: Receipt,
    pub bodies: bool,
    pub rest: Rest,
}

/// What of the input is not in the journal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// It is read now.
    Read,
    /// Nothing: an earlier process has read the input to its end.
    None,
    /// An earlier process was broken off before it had read it, and it cannot be read again.
    Lost,
}

/// Checks, batches and delivers everything that the iterator gives.
pub async fn send(items: AsyncIterator, start: Start, options: &Options<'_>) -> Result<Sent, NotSent> {
    let target = Target::new(options)?;
    let hooks = Hooks::new(options);
    let Start { intake, run, stores, receipt, bodies, rest } = start;
    let mut sending = Sending {
        run,
        source: Source { items, next: None, live: false, over: false },
        stop: Aborted::new(options.signal("signal")),
        cut: Aborted::new(options.signal("cutSignal")),
        control: Control::new(options.get("control")),
        offline: Offline::new(),
        deadline: options.get("deadlineMs").as_f64().map(|span| now() + span),
        undelivered: hooks.wants_undelivered().then(Undelivered::default),
        sources: 0,
        planned: 0,
        last: 0,
        bytes: 0,
        complete: rest != Rest::Lost,
        failure: None,
        receipt,
        bodies,
        rest,
        intake,
        hooks,
    };
    if sending.hooks.wants_undelivered() {
        sending.intake.keep_refused();
    }
    sending.drive(&target, &stores).await?;
    sending.finish(&stores).await
}

struct Sending {
    intake: Intake,
    run: Run,
    source: Source,
    /// Nothing more is sent.
    stop: Aborted,
    /// What is in flight is cut, too.
    cut: Aborted,
    control: Control,
    offline: Offline,
    /// When nothing more is sent.
    deadline: Option<f64>,
    hooks: Hooks,
    undelivered: Option<Undelivered>,
    receipt: Receipt,
    /// The journal keeps bodies: what the check found goes with them.
    bodies: bool,
    rest: Rest,
    /// Sources whose names stand in the journal.
    sources: u32,
    /// Events in batches.
    planned: u64,
    /// The number of the last batch.
    last: u64,
    bytes: u64,
    complete: bool,
    failure: Option<JsValue>,
}

enum Event {
    Item(Result<JsValue, JsValue>),
    Happened(Happened),
    User(Said),
}

/// What the user or the browser says while a run is under way.
enum Said {
    Hold(bool),
    Offline(bool),
    Stop,
    Cut,
}

impl Sending {
    async fn drive(&mut self, target: &Target, stores: &Stores) -> Result<(), SourceChanged> {
        let mut under_way = UnderWay::default();
        loop {
            self.let_take(target, &mut under_way).await;
            // before anything is sent: a hook may have said so just now
            while let Some(said) = self.user(target) {
                self.obey(&said, &mut under_way);
            }
            match self.run.next_step(now()) {
                Step::Post(part) => {
                    under_way.post(target, part, &self.run.id(part), &self.run.body(part));
                }
                Step::Sync => under_way.sync(stores, self.run.writes()),
                Step::Settled(settlement) => self.settle(&settlement),
                Step::Read => {
                    if let Some(batch) = self.intake.next_batch() {
                        self.plan(batch)?;
                    } else if !self.source.over {
                        self.source.ask();
                        self.wait(target, &mut under_way, None).await;
                    } else if let Some(batch) = self.intake.last_batch() {
                        self.plan(batch)?;
                    } else {
                        if self.bodies && self.rest == Rest::Read && self.complete {
                            self.run.write(entry::counts(&self.intake.report().counts(self.planned)));
                            self.run.write(entry::ended());
                        }
                        self.run.no_more(self.last)?;
                    }
                }
                Step::Wait(until) => self.wait(target, &mut under_way, until).await,
                Step::Done => {
                    self.hooks.undelivered(State::Refused, &self.intake.take_refused());
                    self.let_take(target, &mut under_way).await;
                    return Ok(());
                }
            }
        }
    }

    fn plan(&mut self, batch: Batch) -> Result<(), SourceChanged> {
        self.last = batch.number;
        if self.bodies {
            self.planned += batch.entries.len() as u64;
            self.run.write(entry::counts(&self.intake.report().counts(self.planned)));
            while let Some(name) = self.intake.source(self.sources) {
                self.run.write(entry::source(self.sources, name));
                self.sources += 1;
            }
        }
        self.run.plan(batch, |source| self.intake.source(source).map(str::to_owned))
    }

    async fn wait(&mut self, target: &Target, under_way: &mut UnderWay<'_>, until: Option<f64>) {
        under_way.set_alarm(until);
        let event = poll_fn(|context| {
            self.stop.wake(context);
            self.cut.wake(context);
            self.control.wake(context);
            self.offline.wake(context);
            if let Some(said) = self.user(target) {
                return Poll::Ready(Event::User(said));
            }
            if let Poll::Ready(happened) = under_way.poll(context) {
                return Poll::Ready(Event::Happened(happened));
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
            Event::Happened(happened) => self.happened(happened),
            Event::User(said) => self.obey(&said, under_way),
        }
        self.hooks.undelivered(State::Refused, &self.intake.take_refused());
        self.tell_progress();
    }

    fn happened(&mut self, happened: Happened) {
        match happened {
            Happened::Ended(part, ending, attempt) => self.ended(part, &ending, attempt),
            Happened::Synced(result) => self.run.synced(result),
            Happened::Paused(wait) => self.run.asked_pause(wait, now()),
            Happened::Rang => {}
        }
    }

    /// Waits until the hook has taken what it was given: for as long as a request may take once nothing more is sent,
    /// and not at all when the user cuts.
    async fn let_take(&mut self, target: &Target, under_way: &mut UnderWay<'_>) {
        let Some(mut taking) = self.hooks.taking() else { return };
        let is_stopped = self.run.machine().stopped().is_some();
        let ends = if is_stopped { Some(now()) } else { self.deadline };
        let mut late = ends.map(|ends| Sleep::new((ends - now()).max(0.0) + target.timeout()));
        let mut meanwhile = Vec::new();
        loop {
            let said = poll_fn(|context| {
                self.stop.wake(context);
                self.cut.wake(context);
                self.control.wake(context);
                self.offline.wake(context);
                while let Poll::Ready(happened) = under_way.poll(context) {
                    meanwhile.push(happened);
                }
                if Pin::new(&mut taking).poll(context).is_ready() {
                    return Poll::Ready(None);
                }
                if let Some(said) = self.user(target) {
                    return Poll::Ready(Some(said));
                }
                let Some(late) = &mut late else { return Poll::Pending };
                Pin::new(late).poll(context).map(|()| {
                    self.hooks.give_up();
                    None
                })
            })
            .await;
            let Some(said) = said else { break };
            match said {
                Said::Stop => late = Some(Sleep::new(target.timeout())),
                Said::Cut => self.hooks.give_up(),
                Said::Hold(_) | Said::Offline(_) => {}
            }
            if matches!(said, Said::Cut) {
                // what has ended by now was not cut
                for happened in meanwhile.drain(..) {
                    self.happened(happened);
                }
                self.obey(&said, under_way);
                break;
            }
            self.obey(&said, under_way);
        }
        for happened in meanwhile {
            self.happened(happened);
        }
    }

    fn user(&mut self, target: &Target) -> Option<Said> {
        if self.stop.told() {
            return Some(Said::Stop);
        }
        if self.cut.told() {
            return Some(Said::Cut);
        }
        if let Some(held) = self.control.change() {
            return Some(Said::Hold(held));
        }
        self.offline.change(target).map(Said::Offline)
    }

    fn obey(&mut self, said: &Said, under_way: &mut UnderWay) {
        match said {
            Said::Hold(held) => self.run.machine().hold(*held),
            Said::Offline(offline) => {
                let machine = self.run.machine();
                if machine.is_offline() != *offline {
                    machine.set_offline(*offline);
                    self.tell_progress();
                }
            }
            Said::Stop => self.stop_reading(),
            Said::Cut => {
                self.stop_reading();
                under_way.cut(); // dropped requests are aborted
                for part in self.run.machine().in_flight() {
                    let attempt = Attempt { status: None, error: Some("cut".to_owned()), ms: 0.0 };
                    self.ended(part, &Ending::Cut, attempt);
                }
            }
        }
    }

    /// What can be read to its end is read on, so that the receipt counts all of it.
    fn stop_reading(&mut self) {
        self.run.machine().abort();
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
                if self.run.machine().stopped_by_user() && live {
                    self.stop_reading();
                }
            }
            Item::BeginObjects => self.intake.begin_objects(),
            Item::Objects(objects) => self.intake.ask(Box::new(objects)),
            Item::RefuseObject(why) => self.intake.refuse_object(&why),
            Item::EndPiece => self.intake.end_piece(),
            Item::End => self.intake.end(),
        }
    }

    fn ended(&mut self, part: Part, ending: &Ending, attempt: Attempt) {
        let id = self.run.id(part);
        let bytes = self.run.bytes(part);
        self.hooks.attempt(&Attempted { id: &id, events: part.events(), bytes, attempt: &attempt });
        self.run.ended(part, ending, attempt, now());
    }

    fn settle(&mut self, settlement: &Settlement) {
        let outcome = &settlement.outcome;
        if outcome.state != State::Accepted
            && let (Some((batch, range)), Some(undelivered)) = (&settlement.held, &mut self.undelivered)
        {
            let message = outcome.message.as_deref().unwrap_or_default();
            let reason = outcome.reason.map_or("", |reason| reason.as_str());
            for (event, place) in batch.events().skip(range.start).take(range.len()) {
                let source = self.intake.source(place.source).or(self.run.source(place.source));
                undelivered.not_accepted(event, reason, message, place, source);
            }
            self.hooks.undelivered(outcome.state, &undelivered.take());
        }
        self.receipt.settle(settlement);
        self.tell_progress();
    }

    fn tell_progress(&mut self) {
        let (in_flight, paused_until, pause_asked_ms, offline, stopped) = {
            let machine = self.run.machine();
            let (in_flight, asked) = (machine.in_flight().len(), machine.asked_longer(now()));
            (in_flight, machine.paused_until(), asked, machine.is_offline(), machine.stopped().cloned())
        };
        self.hooks.progress(|| Progress {
            events: self.receipt.report.events + self.intake.report().events,
            bytes: self.bytes,
            accepted: self.receipt.accepted,
            refused: self.intake.report().refused + self.receipt.refused_by.service,
            unknown: self.receipt.unknown,
            unsent: self.receipt.unsent,
            in_flight,
            paused_ms: (paused_until - now()).max(0.0),
            pause_asked_ms,
            offline,
            stopped: stopped.map(|(reason, message)| Stopped { reason, message }),
        });
    }

    async fn finish(mut self, stores: &Stores) -> Result<Sent, NotSent> {
        let stopped = self.run.machine().stopped().cloned().map(|(reason, message)| Stopped { reason, message });
        let report = if self.rest == Rest::Read { self.intake.report().clone() } else { self.receipt.report.clone() };
        let receipt = self.receipt.finish(report, stopped, self.complete);
        let read = receipt.complete || self.rest == Rest::Lost;
        let everything = read && self.failure.is_none() && receipt.stopped.is_none() && receipt.has_sent_all();
        if everything && stores.has_journal() {
            let text = JSON::stringify(&crate::to_js(&receipt)).ok().and_then(|text| text.as_string());
            self.run.write(entry::receipt(&text.unwrap_or_default()));
            // where this fails, resuming finds all settled, and says the same again
            if stores.write(self.run.writes()).is_ok() {
                let _ = stores.sync().await;
            }
        }
        Ok(Sent { receipt, failure: self.failure })
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
