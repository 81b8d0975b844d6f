//! What JavaScript sees of the module. The package wraps it; nobody else calls it.

use std::sync::Arc;

use js_sys::{AsyncIterator, JsString, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::fetch::{self, Target, runtime};
use crate::host;
use crate::journal::{RawJournal, RawLedger};
use crate::objects::WrittenObjects;
use crate::options::{ConfigError, Options, clock};
use crate::send::{NotSent, Rest, Start};
use crate::stores::Stores;
use crate::timer::now;
use crate::{send, text, to_js};
use split_events::{Batch, Batcher, Format, Intake, KeyList, KeyListError, KnownKeys, Report, Rules};
use split_events_delivery::journal::entry;
use split_events_delivery::{JournalOptions, Outcome, Position, Receipt, Run, Settled, SourceChanged};

/// One item of an input: bytes and text as they are, everything else as an object with one of these names.
pub enum Item {
    Bytes(Uint8Array),
    Text(JsString),
    Begin {
        name: Option<String>,
        format: Format,
        live: bool,
    },
    BeginObjects,
    Objects(WrittenObjects),
    RefuseObject(String),
    /// The text before is over, and one of many.
    EndPiece,
    End,
}

#[wasm_bindgen]
extern "C" {
    /// An item that is neither bytes nor text. Each name asked for by `Reflect` would be decoded anew. What users
    /// gave may be of any type.
    type Mark;
    #[wasm_bindgen(method, getter, js_name = type)]
    fn kind(this: &Mark) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn name(this: &Mark) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn format(this: &Mark) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn live(this: &Mark) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn why(this: &Mark) -> JsValue;
}

impl Item {
    /// The text of one object, or why there is none.
    pub fn into_text(self) -> Result<String, String> {
        match self {
            Item::Text(text) => Ok(text.into()),
            Item::RefuseObject(why) => Err(why),
            _ => Err(String::new()),
        }
    }
}

impl From<JsValue> for Item {
    fn from(item: JsValue) -> Self {
        let item = match item.dyn_into::<Uint8Array>() {
            Ok(bytes) => return Item::Bytes(bytes),
            Err(item) if item.is_string() => return Item::Text(item.unchecked_into()),
            Err(item) => item,
        };
        let mark: Mark = item.unchecked_into();
        match mark.kind().as_string().as_deref() {
            Some("begin") => Item::Begin {
                name: mark.name().as_string(),
                format: mark.format().as_string().and_then(|name| Format::named(&name)).unwrap_or_default(),
                live: mark.live().is_truthy(),
            },
            Some("beginObjects") => Item::BeginObjects,
            Some("objects") => Item::Objects(WrittenObjects(mark.unchecked_into())),
            Some("refuseObject") => Item::RefuseObject(mark.why().as_string().unwrap_or_default()),
            Some("endPiece") => Item::EndPiece,
            _ => Item::End,
        }
    }
}

/// Keys on their way into `RawKnownKeys`.
#[wasm_bindgen]
pub struct RawKeyList(KeyList);

#[wasm_bindgen]
impl RawKeyList {
    #[wasm_bindgen(constructor)]
    pub fn new(column: Option<String>) -> RawKeyList {
        RawKeyList(KeyList::new(column, &host::Runtime))
    }

    pub fn add(&mut self, key: &str) {
        self.0.add(key);
    }

    pub fn push(&mut self, bytes: &[u8]) -> Result<(), JsValue> {
        Ok(self.0.push(bytes).map_err(ConfigError::from)?)
    }

    /// The list is used up by this.
    pub fn finish(self) -> Result<RawKnownKeys, JsValue> {
        Ok(RawKnownKeys(Arc::new(self.0.finish().map_err(ConfigError::from)?)))
    }
}

impl From<KeyListError> for ConfigError {
    fn from(error: KeyListError) -> Self {
        ConfigError::new(error.code, error.message)
    }
}

/// Known keys, for any number of checks.
#[wasm_bindgen]
pub struct RawKnownKeys(pub(super) Arc<KnownKeys>);

#[wasm_bindgen]
impl RawKnownKeys {
    /// The same keys, to be given away.
    pub fn share(&self) -> RawKnownKeys {
        RawKnownKeys(Arc::clone(&self.0))
    }

    #[wasm_bindgen(getter)]
    pub fn size(&self) -> f64 {
        self.0.len() as f64
    }
}

fn intake(options: &Options, run: String, known: Option<RawKnownKeys>) -> Result<Intake, JsValue> {
    let rules = Rules { known_keys: known.map(|known| known.0), ..options.rules() };
    let mut intake = Intake::new(rules, Batcher::new(options.caps(), run));
    if let Some(columns) = options.columns()? {
        intake.map_columns(columns);
    }
    Ok(intake)
}

/// Says where the module runs: `node`, `bun`, `deno`, `workerd`, `browser` or `unknown`.
#[wasm_bindgen(js_name = setRuntime)]
pub fn set_runtime(name: &str) {
    fetch::set_runtime(name);
}

/// The table of codes.
#[wasm_bindgen]
pub fn codes() -> JsValue {
    to_js(&split_events::table())
}

/// Reads, checks and batches.
#[wasm_bindgen]
pub struct RawBatcher {
    intake: Intake,
    /// Where the clock is the runtime's own, a new input begins at another time.
    own_clock: bool,
}

#[wasm_bindgen]
impl RawBatcher {
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue, run: String, known: Option<RawKnownKeys>) -> Result<RawBatcher, JsValue> {
        let options = Options(options);
        let mut intake = intake(&options, run, known)?;
        if options.is("keepRefused") {
            intake.keep_refused();
        }
        Ok(RawBatcher { intake, own_clock: options.get("now").is_undefined() })
    }

    /// Begins a new input with the same options.
    pub fn reset(&mut self) {
        if self.own_clock {
            self.intake.set_clock(clock());
        }
        self.intake.restart();
    }

    /// Bytes or a mark; see `Item`. Call `next` until it gives nothing before the next item.
    pub fn take(&mut self, item: JsValue) {
        match Item::from(item) {
            Item::Bytes(bytes) => bytes.copy_to(self.intake.room(bytes.length() as usize)),
            Item::Text(text) => {
                text::push(&text, &mut self.intake);
            }
            Item::Begin { name, format, .. } => self.intake.begin(name, format),
            Item::BeginObjects => self.intake.begin_objects(),
            Item::Objects(objects) => self.intake.ask(Box::new(objects)),
            Item::RefuseObject(why) => self.intake.refuse_object(&why),
            Item::EndPiece => self.intake.end_piece(),
            Item::End => self.intake.end(),
        }
    }

    /// The next full batch.
    pub fn next(&mut self, maker: &BatchMaker) -> JsValue {
        self.intake.next_batch().map_or(JsValue::UNDEFINED, |batch| self.batch(&batch, maker))
    }

    /// The batch being filled, when the input is over.
    pub fn last(&mut self, maker: &BatchMaker) -> JsValue {
        self.intake.last_batch().map_or(JsValue::UNDEFINED, |batch| self.batch(&batch, maker))
    }

    /// Reads on, and drops the batches: for those who only want the report.
    pub fn skip(&mut self) {
        while self.intake.next_batch().is_some() {}
    }

    #[wasm_bindgen(getter)]
    pub fn report(&self) -> JsValue {
        to_js(self.intake.report())
    }

    /// What the check refused since the last call, as NDJSON, where it is kept.
    #[wasm_bindgen(js_name = takeRefused)]
    pub fn take_refused(&mut self) -> Vec<u8> {
        self.intake.take_refused()
    }
}

#[wasm_bindgen]
extern "C" {
    /// Makes the objects that `next` and `last` give: from here each name of theirs would be a call.
    pub type BatchMaker;
    #[wasm_bindgen(method)]
    fn position(this: &BatchMaker, index: f64, line: Option<f64>, file: Option<&str>) -> JsValue;
    #[wasm_bindgen(method)]
    fn batch(this: &BatchMaker, id: &str, events: usize, body: Uint8Array, from: JsValue, to: JsValue) -> JsValue;
}

impl RawBatcher {
    fn batch(&self, batch: &Batch, maker: &BatchMaker) -> JsValue {
        let position = |entry: &split_events::Entry| {
            let Position { index, line, file } = Position::new(entry.place, self.intake.source(entry.place.source));
            maker.position(index as f64, line.map(|line| line as f64), file.as_deref())
        };
        let from = batch.entries.first().map_or(JsValue::NULL, position);
        let to = batch.entries.last().map_or(JsValue::NULL, position);
        maker.batch(&batch.id, batch.entries.len(), Uint8Array::from(&*batch.body), from, to)
    }
}

/// Gives `{ receipt, failure? }`: `failure` is what the input's stream threw. `import` describes the import where
/// its journal is new.
#[wasm_bindgen(js_name = sendItems)]
pub async fn send_items(
    items: AsyncIterator,
    options: JsValue,
    run: String,
    known: Option<RawKnownKeys>,
    journal: Option<RawJournal>,
    ledger: Option<RawLedger>,
    import: Option<String>,
) -> Result<JsValue, JsValue> {
    let options = Options(&options);
    let stores = Stores::new(&options);
    let bodies = options.is("journalBodies");
    let recovered = journal.map(|journal| journal.0).unwrap_or_default();
    let mut receipt = Receipt::default();
    let policy = options.policy(runtime(), now());
    let intake = intake(&options, run.clone(), known)?;
    let (journal, ledger) =
        (stores.has_journal().then_some(JournalOptions { keeps_bodies: bodies }), ledger.map(|ledger| ledger.0));
    let again = bodies && !recovered.description.is_empty();
    let rest = match (again, recovered.ended) {
        (false, _) => Rest::Read,
        (true, true) => Rest::None,
        (true, false) => Rest::Lost,
    };
    if again {
        receipt.report = Report::from_counts(recovered.counts.as_deref().unwrap_or_default());
    }
    let mut run = Run::new(run, policy, journal, ledger, recovered, now());
    if let Some(import) = import {
        run.write(entry::import(&import));
    }
    if again {
        run.take_up();
    }
    let start = Start { intake, run, stores, receipt, bodies, rest };
    let sent = match Box::pin(send::send(items, start, &options)).await {
        Ok(sent) => sent,
        Err(NotSent::Config(error)) => return Err(error.into()),
        Err(NotSent::SourceChanged(SourceChanged { batch })) => {
            let changed = Object::new();
            Reflect::set(&changed, &"sourceChanged".into(), &(batch as f64).into())?;
            return Ok(changed.into());
        }
    };
    let object = Object::new();
    Reflect::set(&object, &"receipt".into(), &to_js(&sent.receipt))?;
    if let Some(failure) = sent.failure {
        Reflect::set(&object, &"failure".into(), &failure)?;
    }
    Ok(object.into())
}

/// Posts one body once.
#[wasm_bindgen(js_name = submitBody)]
pub async fn submit_body(id: String, events: usize, body: Uint8Array, options: JsValue) -> Result<JsValue, JsValue> {
    let options = Options(&options);
    let (target, statuses) = (Target::new(&options)?, options.statuses());
    if target.is_offline() {
        let settled = Settled::new(id, events, body.length() as usize, Outcome::offline(), Vec::new());
        return Ok(to_js(&settled));
    }
    let body = body.to_vec();
    let (ending, attempt) = target.post(&id, &body).await;
    let (_, outcome) = Outcome::of(&ending, events, runtime(), &statuses);
    Ok(to_js(&Settled::new(id, events, body.len(), outcome, vec![attempt])))
}
