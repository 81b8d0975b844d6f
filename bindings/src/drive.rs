//! Performs what a delivery asks for: posts, writes, waits. Dropping it aborts the requests and clears the alarm.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::stream::{FuturesUnordered, StreamExt};

use crate::fetch::Target;
use crate::hooks::{Attempted, Hooks};
use crate::options::Options;
use crate::stores::{Stores, why};
use crate::wake::{Command, Commands, Sleep, now};
use split_events_delivery::journal::Write;
use split_events_delivery::{Attempt, Delivery, Part, Response, SettledPart, SourceChanged, Step};

/// The owner of a delivery: an import, or a call of `deliver`.
pub trait Owner {
    /// Lets `act` work with the delivery.
    fn with<T>(&mut self, act: impl FnOnce(&mut dyn Delivery) -> T) -> T;

    fn hooks(&self) -> &Hooks;

    /// Waits for what the next step depends on. Returns false if another call has taken over the delivery.
    async fn prepare(&mut self, drive: &mut Drive<'_>) -> bool;

    /// Begins no further request.
    fn stop(&mut self);

    /// Ends the requests in flight as cut.
    fn cut(&mut self);

    fn settled(&mut self, settled: SettledPart);

    /// Plans another batch. Returns false if more has to be read first.
    fn read(&mut self) -> Result<bool, SourceChanged>;

    /// Takes input other than answers, or registers to be woken by it.
    fn poll(&mut self, context: &mut Context) -> Poll<()>;

    /// Tells the user what happened during a wait.
    fn waited(&mut self) {}

    fn tell_progress(&mut self) {}
}

/// An event that a delivery waits for.
pub enum Event {
    Ended(Part, Response, Attempt),
    Synced(Result<(), String>),
    /// An answer has begun that asks for a pause of this number of milliseconds.
    Paused(f64),
    Command(Command),
    Woken,
}

type Coming<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

pub struct Drive<'a> {
    pub target: &'a Target,
    stores: &'a Stores,
    pub commands: Commands,
    posts: FuturesUnordered<Coming<'a, (Part, Response, Attempt)>>,
    syncing: Option<Coming<'a, Result<(), String>>>,
    /// The time at which it fires, and its timer.
    alarm: Option<(f64, Sleep)>,
}

impl<'a> Drive<'a> {
    pub fn new(target: &'a Target, stores: &'a Stores, options: &Options) -> Self {
        let (commands, posts) = (Commands::new(options), FuturesUnordered::new());
        Drive { target, stores, commands, posts, syncing: None, alarm: None }
    }

    /// Performs the delivery until it is done.
    pub async fn run(&mut self, owner: &mut impl Owner) -> Result<(), SourceChanged> {
        while owner.prepare(self).await {
            // before the next step, since a hook may just have given a command
            while let Some(command) = self.commands.next(self.target.is_offline()) {
                self.apply(owner, command);
            }
            match owner.with(|delivery| delivery.next_step(now())) {
                Step::Post(part) => self.post(owner, part),
                Step::Sync => self.sync(owner.with(|delivery| delivery.driver().writes())),
                Step::Settled(settled) => owner.settled(*settled),
                Step::Read if owner.read()? => {}
                Step::Read => self.wait(owner, None).await,
                Step::Wait(until) => self.wait(owner, until).await,
                Step::Done => break,
            }
        }
        Ok(())
    }

    fn post(&mut self, owner: &mut impl Owner, part: Part) {
        let (id, body) = owner.with(|delivery| {
            let driver = delivery.driver();
            (driver.held().describe(part).0, driver.held().body_of(part))
        });
        owner.hooks().part(&id, part.events(), true);
        let posting = self.target.post(&id, &body);
        self.posts.push(Box::pin(async move {
            let (response, attempt) = posting.await;
            (part, response, attempt)
        }));
    }

    fn sync(&mut self, writes: Vec<Write>) {
        let stores = self.stores;
        let written = stores.write(writes);
        self.syncing = Some(Box::pin(async move {
            written.map_err(|error| why(&error))?;
            stores.sync().await
        }));
    }

    async fn wait(&mut self, owner: &mut impl Owner, until: Option<f64>) {
        self.set_alarm(until);
        let event = poll_fn(|context| {
            self.commands.register(context);
            if let Some(command) = self.commands.next(self.target.is_offline()) {
                return Poll::Ready(Event::Command(command));
            }
            if let Poll::Ready(event) = self.poll(context) {
                return Poll::Ready(event);
            }
            owner.poll(context).map(|()| Event::Woken)
        })
        .await;
        self.happened(owner, event);
        owner.waited();
    }

    fn set_alarm(&mut self, until: Option<f64>) {
        match (until, &self.alarm) {
            (Some(until), Some((fires, _))) if until == *fires => {}
            (Some(until), _) => self.alarm = Some((until, Sleep::new((until - now()).max(0.0)))),
            (None, _) => self.alarm = None,
        }
    }

    /// Returns what happened to the requests, the sync and the alarm.
    pub fn poll(&mut self, context: &mut Context) -> Poll<Event> {
        if let Some(Poll::Ready(result)) = self.syncing.as_mut().map(|sync| sync.as_mut().poll(context)) {
            self.syncing = None;
            return Poll::Ready(Event::Synced(result));
        }
        if let Poll::Ready(Some((part, response, attempt))) = self.posts.poll_next_unpin(context) {
            return Poll::Ready(Event::Ended(part, response, attempt));
        }
        if let Some(wait) = self.target.asked_pause() {
            return Poll::Ready(Event::Paused(wait));
        }
        if let Some(Poll::Ready(())) = self.alarm.as_mut().map(|(_, sleep)| Pin::new(sleep).poll(context)) {
            self.alarm = None;
            return Poll::Ready(Event::Woken);
        }
        Poll::Pending
    }

    pub fn happened(&mut self, owner: &mut impl Owner, event: Event) {
        match event {
            Event::Ended(part, response, attempt) => ended(owner, part, &response, attempt),
            Event::Synced(result) => owner.with(|delivery| delivery.driver().synced(result)),
            Event::Paused(wait) => owner.with(|delivery| delivery.driver().asked_pause(wait, now())),
            Event::Command(command) => self.apply(owner, command),
            Event::Woken => {}
        }
    }

    /// Applies a command of the user or the browser.
    pub fn apply(&mut self, owner: &mut impl Owner, command: Command) {
        match command {
            Command::Hold(held) => owner.with(|delivery| delivery.driver().machine().hold(held)),
            Command::Offline(offline) => {
                if owner.with(|delivery| delivery.driver().machine().set_offline(offline)) {
                    owner.tell_progress();
                }
            }
            Command::Stop => owner.stop(),
            Command::Cut => {
                owner.stop();
                self.posts.clear(); // dropped requests are aborted
                owner.cut();
            }
        }
    }
}

/// Tells the user and the delivery the response to a request.
pub fn ended(owner: &mut impl Owner, part: Part, response: &Response, attempt: Attempt) {
    let (id, bytes) = owner.with(|delivery| delivery.driver().held().describe(part));
    owner.hooks().attempt(&Attempted { id: &id, events: part.events(), bytes, attempt: &attempt });
    let is_planned = owner.with(|delivery| {
        delivery.ended(part, response, attempt, now());
        delivery.driver().machine().is_planned(part)
    });
    if is_planned {
        owner.hooks().part(&id, part.events(), false);
    }
}
