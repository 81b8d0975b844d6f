//! Reads the input of an import: takes the package's items one by one, checks them and fills batches.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use js_sys::{AsyncIterator, Function, IteratorNext, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::item::Item;
use split_events::{Batch, Intake, Refused, Report};
use split_events_delivery::journal::{Recovered, Write, entry};
use split_events_delivery::{Receipt, Stopped};

/// The input of an import, with its state of reading.
pub struct Input {
    intake: Intake,
    items: AsyncIterator,
    next: Option<JsFuture>,
    /// True if the input may never end, such as a stream: it is not read on once the user stops.
    is_live: bool,
    is_over: bool,
    is_stopped: bool,
    bytes: u64,
    unread: Unread,
    /// True if the journal keeps bodies, and with them what the check has found.
    keeps_bodies: bool,
    /// The number of sources whose names are in the journal.
    sources: u32,
    /// The number of events in batches.
    planned: u64,
    /// The number of the last batch.
    last: u64,
    /// True once it was read to its end.
    is_complete: bool,
    /// The error that its stream threw.
    pub failure: Option<JsValue>,
}

impl Input {
    pub fn new(intake: Intake, items: AsyncIterator, keeps_bodies: bool, unread: Unread) -> Self {
        Input {
            intake,
            items,
            next: None,
            is_live: false,
            is_over: false,
            is_stopped: false,
            bytes: 0,
            unread,
            keeps_bodies,
            sources: 0,
            planned: 0,
            last: 0,
            is_complete: unread != Unread::Lost,
            failure: None,
        }
    }

    /// Returns what the check has found so far.
    pub fn report(&self) -> &Report {
        self.intake.report()
    }

    /// Returns what the check has refused since the last call, if it is kept.
    pub fn take_refused(&mut self) -> Refused {
        self.intake.take_refused()
    }

    /// Returns the name of the source with this number.
    pub fn source(&self, number: u32) -> Option<&str> {
        self.intake.source(number)
    }

    /// Counts the bytes that were read.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns the number of the last batch.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// Returns the next batch, or `None` at the end. If more has to be read first, asks for it and is pending.
    pub fn next_batch(&mut self) -> Poll<Option<Batch>> {
        let batch = match self.intake.next_batch() {
            None if self.is_over => self.intake.last_batch(),
            batch => batch,
        };
        if let Some(batch) = &batch {
            self.planned += batch.entries.len() as u64;
            self.last = batch.number;
        } else if !self.is_over {
            self.ask();
            return Poll::Pending;
        }
        Poll::Ready(batch)
    }

    fn ask(&mut self) {
        if self.next.is_none() {
            let next = self.items.next().unwrap_or_else(|error| Promise::reject(&error).unchecked_into());
            self.next = Some(JsFuture::from(next.unchecked_into::<Promise>()));
        }
    }

    /// Returns the writes of what a journal with bodies needs besides the batches. With `at_end` they tell that the
    /// input is over.
    pub fn writes(&mut self, at_end: bool) -> Vec<Write> {
        if !self.keeps_bodies || at_end && (self.unread != Unread::All || !self.is_complete) {
            return Vec::new();
        }
        let mut writes = vec![entry::counts(&self.report().counts(self.planned))];
        if at_end {
            writes.push(entry::ended());
            return writes;
        }
        while let Some(name) = self.intake.source(self.sources) {
            writes.push(entry::source(self.sources, name));
            self.sources += 1;
        }
        writes
    }

    /// Takes the next item once it is there.
    pub fn poll(&mut self, context: &mut Context) -> Poll<()> {
        let Some(next) = &mut self.next else { return Poll::Pending };
        Pin::new(next).poll(context).map(|item| {
            self.next = None;
            match item {
                Ok(item) => self.take(item.unchecked_ref()),
                Err(error) => {
                    self.break_off();
                    self.failure = Some(error);
                }
            }
        })
    }

    fn take(&mut self, next: &IteratorNext) {
        if next.done() {
            self.is_over = true;
            return;
        }
        let item = Item::from(next.value());
        let began = if let Item::Begin { live, .. } = item { Some(live) } else { None };
        self.bytes += item.put_into(&mut self.intake);
        if let Some(is_live) = began {
            self.is_live = is_live;
            self.give_up_live();
        }
    }

    /// Stops reading an input that may never end. Any other is read to its end, so that the receipt counts all of it.
    pub fn stop(&mut self) {
        self.is_stopped = true;
        self.give_up_live();
    }

    fn give_up_live(&mut self) {
        if !(self.is_stopped && self.is_live) || self.is_over {
            return;
        }
        self.break_off();
        let iterator: &JsValue = self.items.as_ref();
        if let Ok(stop) = Reflect::get(iterator, &"return".into())
            && let Some(stop) = stop.dyn_ref::<Function>()
        {
            let _ = stop.call0(iterator);
        }
    }

    fn break_off(&mut self) {
        self.intake.break_off();
        (self.is_over, self.is_complete, self.next) = (true, false, None);
    }

    /// Adds the report of what was read to a receipt.
    pub fn finish(&self, receipt: Receipt, stopped: Option<Stopped>) -> Receipt {
        let report = if self.unread == Unread::All { self.report().clone() } else { receipt.report.clone() };
        receipt.finish(report, stopped, self.is_complete)
    }

    /// Returns true if all was read and sent.
    pub fn is_done_by(&self, receipt: &Receipt) -> bool {
        let is_read = self.is_complete || self.unread == Unread::Lost;
        is_read && self.failure.is_none() && receipt.stopped.is_none() && receipt.has_sent_all()
    }
}

/// The part of the input that is not in the journal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// All of it, which is read, perhaps again.
    All,
    /// None: an earlier process has read the input to its end.
    None,
    /// A part that is lost: an earlier process was broken off before the end, and the input cannot be read again.
    Lost,
}

impl Unread {
    /// Decides by what an earlier process left, if there was one.
    pub fn of(keeps_bodies: bool, recovered: Option<&Recovered>) -> Self {
        match recovered.filter(|recovered| keeps_bodies && !recovered.description.is_empty()) {
            None => Unread::All,
            Some(recovered) if recovered.ended => Unread::None,
            Some(_) => Unread::Lost,
        }
    }
}
