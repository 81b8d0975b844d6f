//! Brings bytes to verdicts and full batches: reads, checks and batches.

use std::ops::Range;
use std::rc::Rc;

use crate::batch::{Batch, Batcher, Entry};
use crate::bytes::Padded;
use crate::check::fast::{Clean, Fast, Join, Mended, Neighbours, Notes, Proved, Stop, Unproved};
use crate::check::{self, Checked, Verdict};
use crate::codes::Code;
use crate::finding::{Finding, cut};
use crate::json::{self, Kind};
use crate::limits::EVENTS_BYTES_MAX;
use crate::map::fast::{Judge, Plan, Records, Row, Rows};
use crate::map::{Cell, Made, Mapping, Overlay, Path, Preset, Record, Tallies};
use crate::objects::{Asked, Objects, may_hold_null};
use crate::only::Only;
use crate::place::Place;
use crate::read::{BEGINNING, Fault, Form, Format, Frame, Looked, Prover, Reader};
use crate::report::{Context, Mapped, Report};
use crate::rules::{Rules, doubt};
use crate::text::join;
use crate::time::Order;
use crate::undelivered::{Refused, RefusedRow, Undelivered};

/// How many bytes of a source are looked at again with each chunk, so that the events of a live source are not held. At
/// more bytes it is looked at when they have doubled.
const OFTEN_LOOKED_BYTES: usize = 4_096;

/// What is done with a source that is recognised as an export of another system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Recognise {
    /// None is recognised.
    #[default]
    Off,
    /// It is read by its preset.
    Use,
    /// It is refused, with an error that names the preset.
    Ask,
}

/// Takes an input of one or more sources in chunks of any size, and returns batches as they fill.
///
/// ```
/// use split_events::{Batcher, Caps, Code, Format, Intake, Rules};
///
/// let mut intake = Intake::new(Rules::default(), Batcher::new(Caps::default(), "run".into()));
/// intake.begin(None, Format::Auto);
/// intake.push(br#"[{"eventTypeId":"page_load","trafficTypeName":"user","key":"Ava","#);
/// intake.push(br#""timestamp":"1645557824","value":1.31}]"#);
/// intake.end();
/// assert_eq!(intake.next_batch(), None); // none is full
/// let batch = intake.last_batch().unwrap();
/// assert!(batch.body.ends_with(br#""timestamp":1645557824000,"value":1.31}]"#));
/// assert_eq!(intake.report().issue_counts.of(Code::TimestampSeconds), 1);
/// ```
pub struct Intake {
    rules: Rules,
    reader: Reader,
    /// The mapping of all sources that are not recognised.
    given: Only<Rc<Mapping>>,
    /// What lies over each mapping.
    overlay: Only<Overlay>,
    recognise: Recognise,
    /// How many bytes the source must have before it is looked at whether it is recognised; `None` if it was.
    look_at: Option<usize>,
    /// Whether it is known for which preset the source is.
    is_looked_at: bool,
    /// The mapping of the source.
    mapping: Only<Rc<Mapping>>,
    /// The mapping of JSON, unless each record is its event.
    json: Only<Option<Rc<Mapping>>>,
    /// What is written of each record of JSON, if it is written fast.
    records: Only<Option<Box<Records>>>,
    /// The record whose events are being made.
    mapped: Option<MappedRecord>,
    made: Only<Made>,
    form: Form,
    /// The names that the user maps and none of the JSON records so far had; `None` before the first.
    unused: Only<Option<Vec<Path>>>,
    fast: Fast,
    /// Events that were proved clean, and those of them that are not taken yet.
    clean: CleanNeighbours,
    batcher: Batcher,
    /// The batch being filled takes no further row.
    is_full: bool,
    /// All records are for the careful way.
    is_careful: bool,
    report: Report,
    /// The names of the sources, by their numbers.
    sources: Vec<Option<String>>,
    ended: bool,
    /// No more bytes of the source come, though it has not ended.
    is_broken_off: bool,
    /// The source is one of objects: it has no lines and bytes that a user knows.
    objects: bool,
    /// The objects whose texts are being read.
    asked: Option<Asked>,
    /// The events that the check refuses, if they are kept.
    refused: Option<Undelivered>,
}

/// Clean neighbours, in the reader's bytes.
#[derive(Default)]
struct CleanNeighbours {
    events: Vec<Clean>,
    taken: usize,
    /// The line of the first.
    line: u64,
}

/// A record of which events are made.
struct MappedRecord {
    span: Range<usize>,
    line: u64,
    offset: u64,
    is_row: bool,
    /// How many of its events were made.
    made: usize,
}

impl Intake {
    /// Makes an intake. Call [`Intake::begin`] before the first bytes.
    pub fn new(rules: Rules, batcher: Batcher) -> Self {
        Intake {
            report: Report::new(rules.strict, rules.known_keys.clone()),
            reader: Reader::new(Format::Auto),
            rules,
            given: Only::new(|| Rc::new(Mapping::own())),
            overlay: Only::default(),
            recognise: Recognise::Off,
            look_at: None,
            is_looked_at: false,
            mapping: Only::new(|| Rc::new(Mapping::own())),
            json: Only::default(),
            records: Only::default(),
            mapped: None,
            made: Only::default(),
            form: Form::default(),
            unused: Only::default(),
            fast: Fast::default(),
            clean: CleanNeighbours::default(),
            batcher,
            is_full: false,
            is_careful: false,
            sources: Vec::new(),
            ended: false,
            is_broken_off: false,
            objects: false,
            asked: None,
            refused: None,
        }
    }

    /// Keeps the events that the check refuses, for [`Intake::take_refused`].
    pub fn keep_refused(&mut self) {
        self.refused = Some(Undelivered::default());
    }

    /// Begins a new input under the same rules and options, and drops what it holds. Only the numbers of the batches go
    /// on.
    pub fn restart(&mut self) {
        self.report = Report::new(self.rules.strict, self.rules.known_keys.clone());
        if cfg!(feature = "tables") {
            self.report.is_mapped = !self.given.is_own();
            self.report.preset.clone_from(&self.given.name);
        }
        self.turn_to(Format::Auto);
        self.fast.restart();
        self.fast.mended.clear();
        self.clean.events.clear();
        self.clean.taken = 0;
        self.batcher.clear();
        self.sources.clear();
        self.refused = self.refused.is_some().then(Undelivered::default);
    }

    /// Has all records go the careful way, which must come to the same: to compare the two.
    pub fn be_careful(&mut self) {
        self.is_careful = true;
    }

    /// Sets the clock that timestamps are compared with from here on, in Unix milliseconds.
    pub fn set_clock(&mut self, now: Option<u64>) {
        self.rules.now = now;
    }

    /// Sets what makes events of records, for the sources that [begin](Intake::begin) from here on.
    pub fn map(&mut self, mapping: Mapping) {
        self.map_by(mapping, Overlay::default(), Recognise::Off);
    }

    /// Sets the same, and what lies over it; what lies over a preset that is recognised, too. Sources are only recognised
    /// under a mapping of events in their own shape.
    pub fn map_by(&mut self, mut mapping: Mapping, overlay: Overlay, recognise: Recognise) {
        self.recognise = if mapping.is_own() { recognise } else { Recognise::Off };
        overlay.apply(&mut mapping);
        self.report.preset.clone_from(&mapping.name);
        self.report.is_mapped = !mapping.is_own();
        self.given = Only::new(|| Rc::new(mapping));
        *self.overlay = overlay;
        self.use_mapping(self.given.clone());
    }

    fn use_mapping(&mut self, mapping: Only<Rc<Mapping>>) {
        if !cfg!(feature = "tables") {
            return;
        }
        *self.json = (!mapping.is_identity()).then(|| Rc::new(mapping.for_json()));
        *self.records = self.json.as_deref().and_then(Records::of).map(Box::new);
        self.mapping = mapping;
    }

    /// Returns how a source is written whose records are for this mapping.
    fn form_of(&self, mapping: &Only<Rc<Mapping>>) -> Form {
        let mut form = self.form.clone();
        if !cfg!(feature = "tables") {
            return form;
        }
        form.wrappers |= self.recognise == Recognise::Use;
        form.foreign |= self.recognise != Recognise::Off || !mapping.is_own();
        if let Some(path) = &mapping.records {
            form.records = [path.segments.clone()].into();
        }
        form
    }

    /// Sets how the sources are written that [begin](Intake::begin) from here on.
    pub fn set_form(&mut self, form: Form) {
        self.form = form;
    }

    /// Says that the next bytes are UTF-8, whatever the form says: they were text before.
    pub fn take_text(&mut self) {
        self.reader.take_text();
    }

    /// Begins a source. The one before must have been [ended](Intake::end) and read.
    pub fn begin(&mut self, name: Option<String>, format: Format) {
        self.sources.push(name);
        self.batcher.copy(self.reader.bytes());
        self.turn_to(format);
        self.refuse_unmapped();
    }

    /// Looks whether the source is for a preset, and in which order its dates have day and month, once its beginning is
    /// there. Returns false if more bytes are needed for that.
    fn is_recognised(&mut self) -> bool {
        let Some(look_at) = self.look_at.filter(|_| cfg!(feature = "tables")) else { return true };
        let beginning = self.reader.bytes().len();
        let is_over = self.ended || self.is_broken_off || beginning >= BEGINNING || self.reader.has_piece();
        if beginning < look_at && !is_over {
            return false;
        }
        self.look_at = Some(if beginning < OFTEN_LOOKED_BYTES { beginning + 1 } else { 2 * beginning });
        if !self.is_looked_at {
            let looked = self.reader.look(is_over);
            if let Looked::NeedMore = looked {
                return false;
            }
            self.is_looked_at = true;
            if let Looked::For(preset) = looked {
                self.use_preset(preset);
            }
        }
        let Some(orders) = self.reader.prove_orders(&self.mapping, is_over) else { return false };
        self.look_at = None;
        self.use_orders(&orders);
        true
    }

    fn use_preset(&mut self, preset: &'static Preset) {
        let file = self.sources.last().and_then(Option::as_deref);
        match preset.mapping() {
            Some(mut mapping) if self.recognise == Recognise::Use => {
                self.report.say(Code::PresetRecognised, None, preset.title, file);
                self.report.preset.get_or_insert_with(|| preset.name.to_owned());
                self.report.is_mapped = true;
                self.overlay.apply(&mut mapping);
                let mapping = Only::new(|| Rc::new(mapping));
                self.reader.set_mapping(mapping.clone());
                self.reader.set_form(self.form_of(&mapping));
                self.use_mapping(mapping);
                self.refuse_unmapped();
            }
            _ => {
                self.report.say(Code::PresetNotNamed, None, preset.name, file);
                self.reader.stop();
            }
        }
    }

    /// Lets each entry of the mapping read dates in the order that was proven for it.
    fn use_orders(&mut self, orders: &[Option<Order>]) {
        let mut mapping = None;
        for (entry, order) in orders.iter().enumerate() {
            let Some(order) = *order else { continue };
            let mapping = mapping.get_or_insert_with(|| (**self.mapping).clone());
            if let Some(event) = mapping.events.get_mut(entry) {
                (event.time.order, event.time.declared) = (order, true);
            }
            let file = self.sources.last().and_then(Option::as_deref);
            let word = Order::WORDS.iter().find(|(named, _)| *named == order).map_or("", |(_, word)| word);
            self.report.say(Code::TimestampOrderProven, None, word, file);
        }
        if let Some(mapping) = mapping.map(|mapping| Only::new(|| Rc::new(mapping))) {
            self.reader.set_mapping(mapping.clone());
            self.use_mapping(mapping);
        }
    }

    /// Refuses a source of which no event can be made, since the mapping has no source for a field.
    fn refuse_unmapped(&mut self) {
        if !cfg!(feature = "tables") {
            return;
        }
        let missing = self.mapping.needed();
        if !missing.is_empty() {
            let file = self.sources.last().and_then(Option::as_deref);
            self.report.say(Code::MappingFieldMissing, None, &join(&missing, ", "), file);
            self.reader.stop();
        }
    }

    fn turn_to(&mut self, format: Format) {
        self.use_mapping(self.given.clone());
        self.reader.begin(format, self.mapping.clone());
        self.reader.set_form(self.form_of(&self.mapping));
        self.is_looked_at = self.recognise == Recognise::Off;
        self.look_at = (cfg!(feature = "tables") && (!self.is_looked_at || !self.given.is_own())).then_some(0);
        self.mapped = None;
        self.unused = Only::default();
        self.objects = false;
        self.asked = None;
        (self.ended, self.is_broken_off) = (false, false);
    }

    /// Begins a source of objects: the bytes to come are their texts, each with a comma behind it.
    pub fn begin_objects(&mut self) {
        self.begin(None, Format::Json);
        self.reader.set_form(Form { records: self.form_of(&self.mapping).records, ..Form::default() });
        (self.objects, self.look_at) = (true, None);
        self.push(b"[");
    }

    /// Says whose texts come next: these objects', in their order.
    pub fn ask(&mut self, objects: Box<dyn Objects>) {
        self.asked = Some(Asked::new(objects, self.report.records()));
    }

    /// Takes the next bytes of the source. Call [`Intake::next_batch`] until it returns `None` before the next.
    pub fn push(&mut self, bytes: &[u8]) {
        self.room(bytes.len()).copy_from_slice(bytes);
    }

    /// Makes room for the next bytes of the source; the caller fills all of it.
    pub fn room(&mut self, length: usize) -> &mut [u8] {
        self.batcher.copy(self.reader.bytes());
        self.reader.room(length)
    }

    /// Drops the last bytes of the last [room](Intake::room), which the caller did not need.
    pub fn shrink(&mut self, length: usize) {
        self.reader.shrink(length);
    }

    /// Ends a text that is one of many, such as a message of a queue: see [`Reader::end_piece`].
    pub fn end_piece(&mut self) {
        self.reader.end_piece();
    }

    /// Ends the source.
    pub fn end(&mut self) {
        self.ended = true;
        self.asked = None;
        self.reader.end();
    }

    /// Says that the stream of the source failed or was left, so that the records whose bytes are there are read. What
    /// stands behind the last whole record is left out.
    pub fn break_off(&mut self) {
        self.is_broken_off = true;
    }

    /// Refuses an object that could not be written as JSON; `why` says why not.
    pub fn refuse_object(&mut self, why: &str) {
        let place = self.place(None);
        self.refuse(&[], &[Finding::of_record(Code::NotSerializable, why)], place, None);
    }

    /// Reads on until a batch is full; returns `None` if more bytes are needed.
    pub fn next_batch(&mut self) -> Option<Batch> {
        if !self.is_recognised() {
            return None;
        }
        loop {
            if let Some(batch) = self.take_clean().or_else(|| self.take_mapped()) {
                return Some(batch);
            }
            let Some(frame) = self.next_frame() else { break };
            if let Some(batch) = self.take_frame(frame) {
                return Some(batch);
            }
        }
        if self.ended {
            self.say_unused();
        }
        self.report.say_key_hint();
        None
    }

    /// Adds an issue with the names that the user maps and no record of the source has.
    fn say_unused(&mut self) {
        if !cfg!(feature = "tables") {
            return;
        }
        let unused: Vec<Path> = self.unused.take().unwrap_or_default();
        let names: Vec<&str> = unused.iter().map(|path| &*path.text).collect();
        if !names.is_empty() {
            let file = self.sources.last().and_then(Option::as_deref);
            self.report.say_once(Code::MapUnusedJson, &join(&names, ", "), file);
        }
    }

    /// Takes the batch that is being filled, when the whole input is over.
    pub fn last_batch(&mut self) -> Option<Batch> {
        self.batcher.take(self.reader.bytes())
    }

    /// Returns the report so far.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Returns the events that the check refused since the last call.
    pub fn take_refused(&mut self) -> Refused {
        self.refused.as_mut().map(Undelivered::take_refused).unwrap_or_default()
    }

    /// Returns the name of the source with this number.
    pub fn source(&self, number: u32) -> Option<&str> {
        self.sources.get(number as usize)?.as_deref()
    }

    /// Returns true if a record of JSON is not its event.
    fn is_mapped(&self) -> bool {
        cfg!(feature = "tables") && self.json.is_some()
    }

    fn next_frame(&mut self) -> Option<Frame> {
        self.clean.events.clear();
        self.clean.taken = 0;
        self.fast.mended.clear();
        if self.is_careful {
            return self.reader.next_frame();
        }
        let source = self.sources.len().saturating_sub(1) as u32;
        let is_mapped = self.is_mapped();
        // until each name that the user maps was in a record, it is looked for
        let are_used = self.unused.as_ref().is_some_and(Vec::is_empty)
            || self.json.as_ref().is_some_and(|mapping| mapping.mapped.is_empty());
        let Intake { rules, fast, batcher, report, is_full, .. } = self;
        let clean = &mut self.clean.events;
        let records = if is_mapped { self.records.as_deref_mut().filter(|_| !self.objects && are_used) } else { None };
        self.reader.next_frame_proved(&mut Proving {
            rules,
            fast,
            clean,
            batcher,
            report,
            is_full,
            source,
            is_mapped,
            records,
        })
    }

    /// Takes the neighbours that were proved, until a batch is full.
    fn take_clean(&mut self) -> Option<Batch> {
        loop {
            self.take_plain();
            let &event = self.clean.events.get(self.clean.taken)?;
            self.clean.taken += 1;
            let span = event.start..event.end;
            let place = self.place(Some((self.clean.line + event.lines as u64, self.reader.source_byte(event.start))));
            let is_mended = event.notes.has(Notes::MENDED);
            let mended = if is_mended { self.fast.mended.pop_front() } else { None };
            if event.notes.has(Notes::NULL | Notes::MENDED)
                && let Some(asked) = &mut self.asked
                && (!is_mended || may_hold_null(&self.reader.bytes()[span.clone()]))
            {
                let behind = self.clean.events.iter().skip(self.clean.taken);
                let nulls = behind.map(|event| event.notes.has(Notes::NULL | Notes::MENDED));
                if let Some(instead) = asked.instead(self.report.records(), nulls) {
                    if let Some(batch) = self.check_instead(instead, place) {
                        return Some(batch);
                    }
                    continue;
                }
            }
            if let Some(mended) = mended {
                let batch = self.take_mended(event, mended, place);
                if batch.is_some() {
                    return batch;
                }
                continue;
            }
            let bytes = self.reader.bytes();
            let (key, traffic_type) = (event.key, event.traffic_type);
            let is_clean = event.plain_key || doubt(&bytes[key.0..key.1]).is_none();
            let batch = if is_clean && self.batcher.fits(span.len()) && self.report.add_clean(event.notes) {
                self.report.add_known_key(
                    &bytes[key.0..key.1],
                    event.plain_key,
                    &bytes[traffic_type.0..traffic_type.1],
                    self.rules.host,
                );
                self.batcher.add_span(span, place, bytes)
            } else {
                self.check(&Text::Span(span), place, None)
            };
            if batch.is_some() {
                return batch;
            }
        }
    }

    /// Takes an event about which was decided where it lies.
    fn take_mended(&mut self, event: Clean, mended: Mended, place: Place) -> Option<Batch> {
        let span = event.start..event.end;
        let Mended { verdict, mut findings, key, traffic_type } = mended;
        for code in event.notes.codes() {
            if !self.report.is_settled(code) {
                return self.check(&Text::Span(span), place, None);
            }
            findings.push(Finding::of_record(code, ""));
        }
        if verdict != Verdict::Refused && self.batcher.fits(length_of(&verdict, span.len())) {
            let bytes = self.reader.bytes();
            let proved = |(start, end): (usize, usize)| std::str::from_utf8(&bytes[start..end]).unwrap_or_default();
            let key = key.as_deref().unwrap_or_else(|| proved(event.key));
            let traffic_type = traffic_type.as_deref().unwrap_or_else(|| proved(event.traffic_type));
            self.report.add_key(key, traffic_type, self.rules.host);
        }
        self.take_checked(&Text::Span(span), Checked { verdict, findings, subject: None }, place, None)
    }

    /// Takes neighbours without notes and with plain keys, as long as each stands behind the one before and has room
    /// there.
    fn take_plain(&mut self) {
        if self.rules.known_keys.is_some() {
            return;
        }
        // a null matters only of objects, which are asked for
        let passing = if self.asked.is_none() { Notes::NULL } else { Notes::default() };
        let mut place = self.place(None);
        let first = place.index;
        let CleanNeighbours { events, taken, line } = &mut self.clean;
        while let Some(event) = events.get(*taken) {
            if !self.objects {
                place.text = Some((*line + event.lines as u64, self.reader.source_byte(event.start)));
            }
            if event.notes | passing != passing
                || !event.plain_key
                || !self.batcher.extend(event.start..event.end, place)
            {
                break;
            }
            place.index += 1;
            *taken += 1;
        }
        self.report.add_plain(place.index - first);
    }

    fn take_frame(&mut self, frame: Frame) -> Option<Batch> {
        match frame {
            Frame::Trouble(Fault { code, line, offset, got }) => {
                let file = self.sources.last().and_then(Option::as_deref);
                // the array around objects is ours, and never closed
                if !self.objects {
                    self.report.trouble(code, line, offset, &got, file);
                }
                None
            }
            Frame::Refused(Fault { code, line, offset, got }) => {
                let place = self.place(Some((line, offset)));
                let row = self.refused_row(Some(got.as_bytes()));
                self.refuse(got.as_bytes(), &[Finding::of_record(code, &got)], place, row);
                None
            }
            Frame::Wrapped(Fault { code, line, offset, got }, member) => {
                let finding = Finding { path: member.into(), ..Finding::of_record(code, &got) };
                self.refuse(got.as_bytes(), &[finding], self.place(Some((line, offset))), None);
                None
            }
            Frame::Broken { code, span, line, offset, at } => {
                let row = &self.reader.bytes()[span];
                let got = String::from_utf8_lossy(&row[at..]);
                let got = cut(got.lines().next().unwrap_or_default());
                let row = row.to_vec();
                // an uncorrected row is to be refused again: the end of one that was cut off is no cell
                let has_cells = matches!(code, Code::CsvTooManyCells | Code::NotUtf8 | Code::LoneSurrogate);
                let refused = self.refused_row((!has_cells).then_some(&row));
                let finding = Finding { code, path: "".into(), at, got };
                self.refuse(&row, &[finding], self.place(Some((line, offset))), refused);
                None
            }
            Frame::Row { span, line, offset } => {
                self.mapped = Some(MappedRecord { span, line, offset, is_row: true, made: 0 });
                None
            }
            Frame::Record { span, line, offset } if self.is_mapped() => {
                self.mapped = Some(MappedRecord { span, line, offset, is_row: false, made: 0 });
                None
            }
            Frame::Clean { .. } if std::mem::take(&mut self.is_full) => self.batcher.take(&[]),
            Frame::Clean { line } => {
                self.clean.line = line;
                None
            }
            Frame::Record { span, line, offset } => {
                let place = self.place(Some((line, offset)));
                if let Some(asked) = &mut self.asked
                    && may_hold_null(&self.reader.bytes()[span.clone()])
                    && let Some(instead) = asked.instead(self.report.records(), std::iter::empty())
                {
                    return self.check_instead(instead, place);
                }
                self.check(&Text::Span(span), place, None)
            }
        }
    }

    /// Checks what the owner of an object says that it is.
    fn check_instead(&mut self, instead: Result<String, String>, place: Place) -> Option<Batch> {
        match instead {
            Ok(text) => self.check(&Text::Given(&text), place, None),
            Err(why) => {
                self.refuse_object(&why);
                None
            }
        }
    }

    /// Makes and takes the events of a record, until a batch is full.
    fn take_mapped(&mut self) -> Option<Batch> {
        let mapped = self.mapped.take().filter(|_| cfg!(feature = "tables"))?;
        let text = String::from_utf8_lossy(&self.reader.bytes()[mapped.span.clone()]).into_owned();
        if mapped.is_row { self.take_row(mapped, &text) } else { self.take_json(mapped, &text) }
    }

    fn take_json(&mut self, mapped: MappedRecord, text: &str) -> Option<Batch> {
        let mapping = Rc::clone(self.json.as_ref()?);
        let place = self.place(Some((mapped.line, mapped.offset)));
        let named = match &mut self.asked {
            // of an object that holds several records no other text can be had
            Some(asked) if mapping.records.is_none() && may_hold_null(text.as_bytes()) => {
                asked.instead(self.report.records() - mapped.made as u64, std::iter::empty())
            }
            _ => None,
        };
        let text = match &named {
            None => text,
            Some(Ok(named)) => named,
            Some(Err(why)) => {
                self.refuse_object(why);
                return None;
            }
        };
        let Ok(value) = json::parse(text) else { return self.check(&Text::Span(mapped.span), place, None) };
        if !matches!(value.kind, Kind::Object(_)) {
            return self.check(&Text::Span(mapped.span), place, None);
        }
        let record = Record::Json { text, value: &value };
        self.unused.get_or_insert_with(|| mapping.mapped.clone()).retain(|path| !record.has(path));
        self.take_events(mapped, &mapping, &record, &[], &mut Tallies::default(), None)
    }

    fn take_row(&mut self, mapped: MappedRecord, text: &str) -> Option<Batch> {
        let (cells, columns, found, tallies) = self.reader.row_record()?;
        let cells = cells.to_vec();
        let (found, mut tallies) = (found.to_vec(), std::mem::take(tallies));
        let (mapping, names) = (Rc::clone(&columns.mapping), Rc::clone(&columns.names));
        let texts: Vec<_> =
            columns.inside.iter().filter_map(|&column| Some((column, cells.get(column)?.text(text)))).collect();
        let inside = Record::inside_of(&texts);
        let record = Record::Row { text, cells: &cells, inside: &inside };
        let batch = self.take_events(mapped, &mapping, &record, &found, &mut tallies, Some((&names, &cells)));
        if let Some((_, _, _, held)) = self.reader.row_record() {
            *held = tallies;
        }
        batch
    }

    /// Makes and takes the events of a record from the first that was not made yet, until a batch is full.
    fn take_events<'r>(
        &mut self,
        mut mapped: MappedRecord,
        mapping: &Mapping,
        record: &'r Record<'r>,
        found: &[Finding],
        tallies: &mut Tallies,
        columns: Option<(&[String], &[Cell])>,
    ) -> Option<Batch> {
        let planned = mapping.plan(record);
        if planned.len().saturating_mul(record.text().len()) > EVENTS_BYTES_MAX {
            let place = self.place(Some((mapped.line, mapped.offset)));
            let found = Finding::of_record(Code::RecordManyEvents, record.text());
            let row = if mapped.is_row { self.refused_row(None) } else { None };
            self.refuse(record.text().as_bytes(), &[found], place, row);
            return None;
        }
        let number = self.report.records() - mapped.made as u64;
        let mut made = std::mem::take(&mut *self.made);
        let mut batch = None;
        for event in planned.iter().skip(mapped.made) {
            let place = self.place(Some((mapped.line, mapped.offset)));
            mapping.make(record, event, found, tallies, self.rules.host, &mut made);
            mapped.made += 1;
            let several = (planned.len() > 1).then_some(mapped.made as u64);
            let from = Mapped {
                source: record.text(),
                origins: &made.origins,
                number: self.report.is_mapped.then_some((number, several)),
                entry: &mapping.events[event.entry],
                columns,
            };
            batch = self.take_made(&made, from, place);
            if batch.is_some() {
                break;
            }
        }
        *self.made = made;
        if mapped.made == planned.len() {
            self.report.add_record(planned.len() as u64);
        } else {
            self.mapped = Some(mapped);
        }
        batch
    }

    /// Takes an event that was made.
    fn take_made(&mut self, made: &Made, from: Mapped, place: Place) -> Option<Batch> {
        let record = made.text.data();
        if made.findings.is_empty()
            && let Ok(Proved { notes, .. }) = self.fast.prove(&made.text, 0, &self.rules)
            && self.batcher.fits(record.len())
            && self.report.add_clean(notes)
        {
            let (key, traffic_type) = (&record[self.fast.key()], &record[self.fast.traffic_type()]);
            self.report.add_known_key(key, false, traffic_type, self.rules.host);
            return self.batcher.add(record, place, self.reader.bytes());
        }
        self.check(&Text::Made(made), place, Some(from))
    }

    fn check(&mut self, text: &Text, place: Place, mapped: Option<Mapped>) -> Option<Batch> {
        let checked = check::check_made(text.find(&self.reader), text.findings(), &self.rules);
        self.take_checked(text, checked, place, mapped)
    }

    /// Counts an event that was checked, and adds it to the batch unless it is refused.
    fn take_checked(&mut self, text: &Text, checked: Checked, place: Place, mapped: Option<Mapped>) -> Option<Batch> {
        let record = text.find(&self.reader);
        let Checked { mut verdict, mut findings, subject } = checked;
        if verdict != Verdict::Refused && !self.batcher.fits(length_of(&verdict, record.len())) {
            findings.push(Finding::of_record(Code::EventOverMaxBytes, &String::from_utf8_lossy(record)));
            verdict = Verdict::Refused;
        }
        if let Some(subject) = subject.filter(|_| verdict != Verdict::Refused) {
            self.report.add_key(&subject.key, &subject.traffic_type, self.rules.host);
        }
        // of several events of a row, none is the row
        let is_row = mapped.is_some_and(|mapped| {
            mapped.columns.is_some() && mapped.number.is_none_or(|(_, several)| several.is_none())
        });
        let file = self.sources.last().and_then(Option::as_deref);
        self.report.add(&verdict, &findings, Context { place, record, mapped, encoding: self.reader.encoding(), file });
        match verdict {
            Verdict::Clean => self.batcher.add(record, place, self.reader.bytes()),
            Verdict::Repaired(text) => self.batcher.add(text.as_bytes(), place, self.reader.bytes()),
            Verdict::Refused => {
                if let Some(refused) = &mut self.refused {
                    let row = if is_row && cfg!(feature = "tables") { self.reader.refused_row(None) } else { None };
                    refused.refused(record, &findings, place, file, row);
                }
                None
            }
        }
    }

    /// Returns the last row as it is written in a table, if refused rows are kept.
    fn refused_row(&self, text: Option<&[u8]>) -> Option<RefusedRow> {
        self.refused.as_ref().filter(|_| cfg!(feature = "tables"))?;
        self.reader.refused_row(text)
    }

    fn refuse(&mut self, record: &[u8], findings: &[Finding], place: Place, row: Option<RefusedRow>) {
        let file = self.sources.last().and_then(Option::as_deref);
        self.report
            .add_unread(findings, Context { place, record, mapped: None, encoding: self.reader.encoding(), file });
        if let Some(refused) = &mut self.refused {
            refused.refused(record, findings, place, file, row);
        }
    }

    fn place(&self, text: Option<(u64, u64)>) -> Place {
        Place {
            index: self.report.events,
            source: self.sources.len().saturating_sub(1) as u32,
            text: text.filter(|_| !self.objects),
        }
    }
}

/// What proves and writes records where the reader finds them.
struct Proving<'i> {
    rules: &'i Rules,
    fast: &'i mut Fast,
    clean: &'i mut Vec<Clean>,
    batcher: &'i mut Batcher,
    report: &'i mut Report,
    is_full: &'i mut bool,
    source: u32,
    /// A record of JSON is not its event.
    is_mapped: bool,
    /// What is written of each record, if it is JSON and not its event.
    records: Option<&'i mut Records>,
}

impl Prover for Proving<'_> {
    fn neighbours(
        &mut self,
        bytes: Padded,
        start: usize,
        join: Join,
        ended: bool,
        place: Option<(u64, u64)>,
    ) -> Neighbours {
        if !self.is_mapped || !cfg!(feature = "tables") {
            return self.fast.neighbours(bytes, start, join, ended, self.rules, self.clean);
        }
        let (Some(records), Some(place)) = (self.records.take(), place) else {
            return Neighbours { at: start, lines: 0, stop: Stop::Record(Unproved::NotSure) };
        };
        let report = &mut *self.report;
        let judge = Judge::new(self.rules, |code| report.is_settled(code));
        let (room, keys, matches) = (self.batcher.room(), &mut report.keys, &mut report.key_matches);
        let (neighbours, found) = records.write(bytes, start, join, ended, &judge, room, keys, matches);
        let (text, rows) = records.written();
        self.take(text, rows, &found, place);
        neighbours
    }

    fn rows(&mut self, plan: &mut Plan, bytes: Padded, start: usize, place: (u64, u64)) -> (usize, usize, Stop) {
        if !cfg!(feature = "tables") {
            return (0, start, Stop::Record(Unproved::NotSure));
        }
        let report = &mut *self.report;
        let judge = Judge::new(self.rules, |code| report.is_settled(code));
        let room = self.batcher.room();
        let found = plan.write_rows(bytes, start, &judge, room, &mut report.keys, &mut report.key_matches);
        let (text, rows) = plan.written();
        self.take(text, rows, &found, place);
        (rows.len() + found.skipped as usize, found.at, found.stop)
    }
}

impl Proving<'_> {
    /// Takes events that were written from records, of which the first stands on this line. The data begins at the byte
    /// `base` of the source.
    fn take(&mut self, text: &[u8], rows: &[Row], found: &Rows, (line, base): (u64, u64)) {
        let first = self.report.events;
        let place = |number: usize, row: &Row| Place {
            index: first + number as u64,
            source: self.source,
            text: Some((line + row.line as u64, base + row.start as u64)),
        };
        let entry = |(number, row): (usize, &Row)| Entry { end: row.end, place: place(number, row) };
        self.batcher.add_written(text, rows.iter().enumerate().map(entry));
        self.report.add_rows(rows.len() as u64, found);
        *self.is_full = found.is_full;
    }
}

/// Returns the length of what is sent of a record of this length.
fn length_of(verdict: &Verdict, record: usize) -> usize {
    if let Verdict::Repaired(text) = verdict { text.len() } else { record }
}

/// The text of an event.
enum Text<'t> {
    /// In the reader's bytes.
    Span(Range<usize>),
    Made(&'t Made),
    Given(&'t str),
}

impl Text<'_> {
    /// Returns the text.
    fn find<'r>(&'r self, reader: &'r Reader) -> &'r [u8] {
        match self {
            Text::Span(span) => &reader.bytes()[span.clone()],
            Text::Made(made) => made.text.data(),
            Text::Given(text) => text.as_bytes(),
        }
    }

    /// Returns the findings of when it was made.
    fn findings(&self) -> Vec<Finding> {
        match self {
            Text::Made(made) => made.findings.clone(),
            Text::Span(_) | Text::Given(_) => Vec::new(),
        }
    }
}
