//! What a delivery waits for: requests, a sync and an alarm. Dropping it aborts the requests and clears the alarm.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::stream::{FuturesUnordered, StreamExt};

use crate::fetch::Target;
use crate::stores::{Stores, why};
use crate::timer::{Sleep, now};
use split_events_delivery::journal::Write;
use split_events_delivery::{Attempt, Ending, Part};

/// What may happen.
pub enum Happened {
    Ended(Part, Ending, Attempt),
    Synced(Result<(), String>),
    /// An answer has begun that asks for a pause of so many milliseconds from now on.
    Paused(f64),
    Rang,
}

type Coming<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

#[derive(Default)]
pub struct UnderWay<'a> {
    posts: FuturesUnordered<Coming<'a, (Part, Ending, Attempt)>>,
    target: Option<&'a Target>,
    syncing: Option<Coming<'a, Result<(), String>>>,
    /// Rings at this time.
    alarm: Option<(f64, Sleep)>,
}

impl<'a> UnderWay<'a> {
    pub fn post(&mut self, target: &'a Target, part: Part, id: &str, body: &[u8]) {
        self.target = Some(target);
        let posting = target.post(id, body);
        self.posts.push(Box::pin(async move {
            let (ending, attempt) = posting.await;
            (part, ending, attempt)
        }));
    }

    pub fn sync(&mut self, stores: &'a Stores, writes: Vec<Write>) {
        let written = stores.write(writes);
        self.syncing = Some(Box::pin(async move {
            written.map_err(|error| why(&error))?;
            stores.sync().await
        }));
    }

    /// Aborts every request.
    pub fn cut(&mut self) {
        self.posts.clear();
    }

    pub fn set_alarm(&mut self, until: Option<f64>) {
        match (until, &self.alarm) {
            (Some(until), Some((rings, _))) if until == *rings => {}
            (Some(until), _) => self.alarm = Some((until, Sleep::new((until - now()).max(0.0)))),
            (None, _) => self.alarm = None,
        }
    }

    pub fn poll(&mut self, context: &mut Context) -> Poll<Happened> {
        if let Some(Poll::Ready(result)) = self.syncing.as_mut().map(|sync| sync.as_mut().poll(context)) {
            self.syncing = None;
            return Poll::Ready(Happened::Synced(result));
        }
        if let Poll::Ready(Some((part, ending, attempt))) = self.posts.poll_next_unpin(context) {
            return Poll::Ready(Happened::Ended(part, ending, attempt));
        }
        if let Some(wait) = self.target.and_then(Target::asked_pause) {
            return Poll::Ready(Happened::Paused(wait));
        }
        if let Some(Poll::Ready(())) = self.alarm.as_mut().map(|(_, sleep)| Pin::new(sleep).poll(context)) {
            self.alarm = None;
            return Poll::Ready(Happened::Rang);
        }
        Poll::Pending
    }
}
