//! Sends an import: reads and checks its items, delivers the batches, and adds up the receipt.

use std::task::{Context, Poll};

use js_sys::{AsyncIterator, JSON, Object, Reflect};
use wasm_bindgen::prelude::*;

use crate::drive::{Drive, Owner, ended};
use crate::fetch::Target;
use crate::hooks::Hooks;
use crate::input::{Input, Unread};
use crate::journal::RawJournal;
use crate::keys::RawKnownKeys;
use crate::ledger::RawLedger;
use crate::options::{Options, to_js};
use crate::runtime::runtime;
use crate::stores::Stores;
use crate::taking::let_take;
use crate::teller::Teller;
use crate::wake::now;
use split_events::Report;
use split_events_delivery::journal::entry;
use split_events_delivery::{
    Attempt, Delivery, Import, JournalOptions, Receipt, Response, SettledPart, SourceChanged, Stopped,
};

/// Delivers the items, and returns `{ receipt, failure? }`: `failure` is the error that the input's stream threw.
/// `description` goes into a new journal. Returns `{ sourceChanged }` if the journal is of other input.
#[wasm_bindgen(js_name = sendItems)]
pub async fn send_items(
    items: AsyncIterator,
    options: JsValue,
    import_id: String,
    known: Option<RawKnownKeys>,
    journal: Option<RawJournal>,
    ledger: Option<RawLedger>,
    description: Option<String>,
) -> Result<JsValue, JsValue> {
    let options = Options(&options);
    let (target, stores) = (Target::new(&options)?, Stores::new(&options));
    let keeps_bodies = stores.has_journal() && options.is("journalBodies");
    let recovered = journal.map(|journal| journal.0);
    let unread = Unread::of(keeps_bodies, recovered.as_ref());
    let mut receipt = Receipt::default();
    if unread != Unread::All {
        let counts = recovered.as_ref().and_then(|recovered| recovered.counts.as_deref());
        receipt.report = Report::from_counts(counts.unwrap_or_default());
    }
    let mut intake = options.intake(import_id.clone(), known.map(|known| known.0))?;
    let teller = Teller::new(&options, receipt);
    if teller.hooks.wants_undelivered() {
        intake.keep_refused();
    }
    let journal = stores.has_journal().then_some(JournalOptions { keeps_bodies });
    let (policy, ledger) = (options.policy(runtime(), now()), ledger.map(|ledger| ledger.0));
    let mut import = Import::new(import_id, policy, journal, ledger, recovered, now());
    if let Some(description) = description.filter(|_| journal.is_some()) {
        import.driver().write(entry::import(&description));
    }
    if unread != Unread::All {
        import.take_up();
    }
    let deadline = options.get("deadlineMs").as_f64().map(|span| now() + span);
    let mut sending = Sending { import, input: Input::new(intake, items, keeps_bodies, unread), teller, deadline };
    Box::pin(sending.send(Drive::new(&target, &stores, &options), &stores)).await
}

struct Sending {
    import: Import,
    input: Input,
    teller: Teller,
    /// The time after which no request begins.
    deadline: Option<f64>,
}

impl Owner for Sending {
    fn with<T>(&mut self, act: impl FnOnce(&mut dyn Delivery) -> T) -> T {
        act(&mut self.import)
    }

    fn hooks(&self) -> &Hooks {
        &self.teller.hooks
    }

    async fn prepare(&mut self, drive: &mut Drive<'_>) -> bool {
        if let Some(taking) = self.hooks().taking() {
            let is_stopped = self.import.driver().machine().stopped().is_some();
            let ends = if is_stopped { Some(now()) } else { self.deadline };
            let_take(self, drive, taking, ends).await;
        }
        true
    }

    fn stop(&mut self) {
        self.import.driver().machine().abort();
        self.input.stop();
    }

    fn cut(&mut self) {
        for part in self.import.driver().machine().in_flight() {
            ended(self, part, &Response::Cut, Attempt::cut());
        }
    }

    fn settled(&mut self, settled: SettledPart) {
        let source = |number| self.input.source(number).or(self.import.source(number));
        self.teller.settled(&settled, source);
        self.teller.save(self.input.report());
        self.tell_progress();
    }

    fn read(&mut self) -> Result<bool, SourceChanged> {
        let Poll::Ready(batch) = self.input.next_batch() else { return Ok(false) };
        for write in self.input.writes(batch.is_none()) {
            self.import.driver().write(write);
        }
        match batch {
            Some(batch) => {
                self.import.plan(batch, |source| self.input.source(source).map(str::to_owned))?;
                self.teller.save(self.input.report());
            }
            None => self.import.no_more(self.input.last())?,
        }
        Ok(true)
    }

    fn poll(&mut self, context: &mut Context) -> Poll<()> {
        self.input.poll(context)
    }

    fn waited(&mut self) {
        self.teller.hooks.refused(self.input.take_refused());
        self.tell_progress();
    }

    fn tell_progress(&mut self) {
        self.teller.progress(self.input.bytes(), self.input.report(), self.import.driver().machine());
    }
}

impl Sending {
    async fn send(&mut self, mut drive: Drive<'_>, stores: &Stores) -> Result<JsValue, JsValue> {
        let sent = Object::new();
        if let Err(SourceChanged { batch }) = drive.run(self).await {
            Reflect::set(&sent, &"sourceChanged".into(), &(batch as f64).into())?;
            return Ok(sent.into());
        }
        self.teller.hooks.refused(self.input.take_refused());
        self.prepare(&mut drive).await;
        let stopped = self.import.driver().machine().stopped().cloned();
        let stopped = stopped.map(|(reason, message)| Stopped { reason, message });
        let receipt = self.input.finish(std::mem::take(&mut self.teller.receipt), stopped);
        let told = to_js(&receipt);
        if stores.has_journal() && self.input.is_done_by(&receipt) {
            let text = JSON::stringify(&told).ok().and_then(|text| text.as_string());
            self.import.driver().write(entry::receipt(&text.unwrap_or_default()));
            // if this fails, resuming finds all settled, and returns the same receipt
            if stores.write(self.import.driver().writes()).is_ok() {
                let _ = stores.sync().await;
            }
        }
        Reflect::set(&sent, &"receipt".into(), &told)?;
        if let Some(failure) = &self.input.failure {
            Reflect::set(&sent, &"failure".into(), failure)?;
        }
        Ok(sent.into())
    }
}
