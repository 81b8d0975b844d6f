//! Brings bytes to verdicts and full batches: reads, checks and batches.

mod clean;
mod mapped;
mod proving;
mod recognition;

use std::ops::Range;
use std::rc::Rc;

use self::proving::Proving;
use crate::batch::{Batch, Batcher};
use crate::check::fast::{Clean, Fast};
use crate::check::{self, Checked, Verdict};
use crate::codes::Code;
use crate::finding::{Finding, cut};
use crate::map::fast::Records;
use crate::map::{Made, Mapping, Overlay, Path};
use crate::objects::{Asked, Objects, may_hold_null};
use crate::only::Only;
use crate::place::Place;
use crate::read::{Fault, Form, Format, Frame, Reader};
use crate::report::{Context, Mapped, Report};
use crate::rules::Rules;
use crate::undelivered::{Refused, RefusedRow, Undelivered};

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
        let are_used = is_mapped
            && (self.unused.as_ref().is_some_and(Vec::is_empty)
                || self.json.as_ref().is_some_and(|mapping| mapping.mapped.is_empty()));
        let Intake { rules, fast, batcher, report, is_full, .. } = self;
        let clean = &mut self.clean.events;
        let records = if are_used { self.records.as_deref_mut().filter(|_| !self.objects) } else { None };
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
