//! What a check found in all: exact counts, and a sample of the issues.

use std::sync::Arc;

use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

use crate::check::Verdict;
use crate::check::fast::Notes;
use crate::codes::{Code, Severity};
use crate::encoding::Encoding;
use crate::event;
use crate::finding::{Finding, Issue, cut};
use crate::host::Host;
use crate::json::{self, Kind, Member, Value};
use crate::keys::{KeyHint, KnownKeys, Matches, Shapes};
use crate::limits::ISSUES_PER_CODE;
use crate::map::fast::{COUNTED, Rows};
use crate::map::{self, Cell, EventMapping, Origin};
use crate::place::Place;
use crate::text::line_ends;

/// Counts and issues of a whole input.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// `clean + repaired + refused`.
    pub events: u64,
    /// Sent as they came.
    pub clean: u64,
    /// Sent changed.
    pub repaired: u64,
    /// Not sent.
    pub refused: u64,
    /// Among the refused, those that are probably no events: objects without any field of an event, or with a list of
    /// events.
    pub unrecognized: u64,
    /// Among the clean and repaired, those with a warning.
    pub warned: u64,
    /// How often each code was found.
    pub issue_counts: Counts,
    /// The first [`ISSUES_PER_CODE`] of each code, and one of each note.
    pub issues: Vec<Issue>,
    /// The shapes of the keys that are sent.
    pub keys: Shapes,
    /// If known keys are given: how many events have one, by traffic type.
    pub key_matches: Option<Matches>,
    /// How the keys differ from the known ones, if hardly any is known.
    pub key_hint: Option<KeyHint>,
    /// Records of which no event was made, since the mapping skips them.
    pub skipped: u64,
    /// How many events more than one the records made.
    pub further: u64,
    /// The preset by which a source was read.
    pub preset: Option<String>,
    /// Events were made by a mapping of the user or a preset.
    pub is_mapped: bool,
    known_keys: Option<Arc<KnownKeys>>,
    strict: bool,
}

/// What tells the line and the byte of an issue in its source.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The event's place.
    pub place: Place,
    /// Its bytes, for counting lines; empty if they are not held.
    pub record: &'a [u8],
    /// What it was made from, if it was made.
    pub mapped: Option<Mapped<'a>>,
    /// The encoding of its source.
    pub encoding: Encoding,
    /// The source's name, if it has one.
    pub file: Option<&'a str>,
}

/// What an event was made from.
#[derive(Debug, Clone, Copy)]
pub struct Mapped<'a> {
    /// The text of the record.
    pub source: &'a str,
    /// Where the parts of the event came from.
    pub origins: &'a [Origin],
    /// The number of the record in the whole input, from 0, and the number of the event among several of it, from 1; if
    /// a user or a preset has given the mapping.
    pub number: Option<(u64, Option<u64>)>,
    /// The entry of the mapping by which it was made.
    pub entry: &'a EventMapping,
    /// The names of the columns and their cells, if the record is a row.
    pub columns: Option<(&'a [String], &'a [Cell])>,
}

impl Mapped<'_> {
    /// Returns the part of the record from which this byte of the event came.
    fn origin(&self, at: usize) -> Origin {
        let origin = self.origins.iter().rfind(|origin| origin.at <= at);
        origin.copied().unwrap_or(Origin { at: 0, offset: 0, length: 0 })
    }

    /// Returns the path or the column of this part in the source, or the paths that lead nowhere if the field is missing.
    fn from(&self, finding: &Finding, origin: Origin) -> Option<String> {
        self.number?;
        if let Some((names, cells)) = self.columns {
            let is_in = |cell: &Cell| origin.at > 0 && (cell.start()..cell.end()).contains(&origin.offset);
            if let Some(column) = cells.iter().position(is_in) {
                return names.get(column).cloned();
            }
        } else if origin.at > 0 && origin.offset > 0 {
            return Some(map::pointer(self.source, origin.offset));
        }
        self.entry.paths_of(&finding.path)
    }
}

impl Context<'_> {
    /// Returns the line and the byte in the source of this byte of the event, which begins at that line and byte.
    fn find(self, (line, offset): (u64, u64), at: usize) -> (u64, u64) {
        let (text, at) = match &self.mapped {
            Some(mapped) => (mapped.source.as_bytes(), mapped.origin(at).offset),
            None => (self.record, at),
        };
        let before = &text[..at.min(text.len())];
        let is_row = self.mapped.is_some_and(|mapped| mapped.columns.is_some());
        let lines = if is_row { line_ends(before) } else { line_breaks(before) };
        let bytes = match self.encoding {
            Encoding::Utf8 => at as u64,
            encoding => encoding.source_bytes(before),
        };
        (line + lines as u64, offset + bytes)
    }
}

fn line_breaks(bytes: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', bytes).count()
}

impl Report {
    /// Makes a report under rules that are `strict` or not, and with known keys or without.
    pub fn new(strict: bool, known_keys: Option<Arc<KnownKeys>>) -> Self {
        Report { strict, key_matches: known_keys.as_ref().map(|_| Matches::default()), known_keys, ..Report::default() }
    }

    /// Counts the records of the input: one for each event, unless a mapping skips it or makes more of it.
    pub fn records(&self) -> u64 {
        self.events + self.skipped - self.further
    }

    /// Counts a record of which a mapping has made this number of events.
    pub fn add_record(&mut self, events: u64) {
        self.skipped += u64::from(events == 0);
        self.further += events.saturating_sub(1);
    }

    /// Counts clean events without notes whose keys are of no shape.
    pub fn add_plain(&mut self, events: u64) {
        self.events += events;
        self.clean += events;
        self.keys.other += events;
    }

    /// Counts the key of an event that was proved clean, and so is known if known keys are given. `plain` says that it
    /// is surely of no shape.
    #[inline]
    pub fn add_known_key(&mut self, key: &[u8], plain: bool, traffic_type: &[u8], host: &dyn Host) {
        if plain {
            self.keys.other += 1;
        } else {
            self.keys.count(key, host);
        }
        if cfg!(feature = "keys")
            && let Some(by_type) = &mut self.key_matches
        {
            by_type.known(&String::from_utf8_lossy(traffic_type));
        }
    }

    /// Counts the key of an event that is sent.
    pub fn add_key(&mut self, key: &str, traffic_type: &str, host: &dyn Host) {
        self.keys.count(key.as_bytes(), host);
        if cfg!(feature = "keys")
            && let (Some(by_type), Some(known)) = (&mut self.key_matches, &self.known_keys)
        {
            by_type.count(key, traffic_type, known);
        }
    }

    /// Sets [`Report::key_hint`] if hardly any key is known so far.
    pub fn say_key_hint(&mut self) {
        if cfg!(feature = "keys")
            && let (Some(by_type), Some(known)) = (&self.key_matches, &self.known_keys)
        {
            self.key_hint = by_type.hint(known);
        }
    }

    /// Counts an event and its findings.
    pub fn add(&mut self, verdict: &Verdict, findings: &[Finding], context: Context) {
        let is_refused = *verdict == Verdict::Refused;
        let is_meant = || findings.iter().any(is_about_a_field) || event::is_meant(context.record);
        self.unrecognized += u64::from(is_refused && (is_wrapper(findings) || !is_meant()));
        self.count_event(verdict, findings, context);
    }

    /// Counts a record that was refused before its fields were read: it may be an event.
    pub fn add_unread(&mut self, findings: &[Finding], context: Context) {
        self.unrecognized += u64::from(is_wrapper(findings));
        self.count_event(&Verdict::Refused, findings, context);
    }

    fn count_event(&mut self, verdict: &Verdict, findings: &[Finding], context: Context) {
        self.events += 1;
        match verdict {
            Verdict::Clean => self.clean += 1,
            Verdict::Repaired(_) => self.repaired += 1,
            Verdict::Refused => self.refused += 1,
        }
        let warns = |finding: &Finding| finding.code.severity() == Severity::Warning;
        self.warned += u64::from(*verdict != Verdict::Refused && findings.iter().any(warns));
        for finding in findings {
            if self.count(finding.code) {
                self.issues.push(self.issue(finding, context));
            }
        }
    }

    /// Counts a clean event, and returns whether it did. An event is not counted here if one of its issues is kept with
    /// its place: the first note of a code, and the first [`ISSUES_PER_CODE`] warnings.
    #[inline]
    pub fn add_clean(&mut self, notes: Notes) -> bool {
        let counted = notes.is_empty() || self.add_notes(notes);
        self.events += u64::from(counted);
        self.clean += u64::from(counted);
        counted
    }

    #[inline(never)]
    fn add_notes(&mut self, notes: Notes) -> bool {
        if notes.codes().any(|code| self.issue_counts.of(code) < shown(code)) {
            return false;
        }
        for code in notes.codes() {
            self.count(code);
        }
        self.warned += u64::from(notes.has(Notes::OLD | Notes::AHEAD));
        true
    }

    /// Returns whether an issue of this code is only counted, since enough of them are kept, and refuses no event.
    pub fn is_settled(&self, code: Code) -> bool {
        let refuses = self.strict && code.severity() == Severity::Repair;
        !refuses && self.issue_counts.of(code) >= shown(code)
    }

    /// Counts events of rows that were written fast. Their issues are [settled](Report::is_settled).
    pub(crate) fn add_rows(&mut self, events: u64, rows: &Rows) {
        self.events += events;
        self.clean += events - rows.repaired;
        self.repaired += rows.repaired;
        self.warned += rows.warned;
        self.skipped += rows.skipped;
        self.further += rows.further;
        for (code, found) in COUNTED.into_iter().zip(rows.found) {
            self.issue_counts.0[code as usize] += found;
        }
    }

    /// Returns the counts as a JSON object, for a journal: of the `batched` events that are in batches, and of those
    /// refused.
    pub fn counts(&self, batched: u64) -> String {
        let repaired = self.repaired.min(batched);
        let numbers = [("repaired", repaired), ("clean", batched - repaired), ("refused", self.refused)];
        let others = [("unrecognized", self.unrecognized), ("skipped", self.skipped), ("further", self.further)];
        let others = others.into_iter().filter(|&(_, count)| count > 0);
        let found = self.issue_counts.found().map(|code| (code.as_str(), self.issue_counts.of(code)));
        let counts = numbers.into_iter().chain([("warned", self.warned)]).chain(others).chain(found);
        let mut json = "{".to_owned();
        for (name, count) in counts {
            let comma = if json.len() > 1 { "," } else { "" };
            json.push_str(&[comma, "\"", name, "\":", &count.to_string()].concat());
        }
        json + "}"
    }

    /// Returns a copy without the first issues.
    pub fn behind(&self, issues: usize) -> Self {
        Report {
            issues: self.issues.get(issues..).unwrap_or_default().to_vec(),
            issue_counts: self.issue_counts.clone(),
            keys: self.keys,
            key_matches: self.key_matches.clone(),
            key_hint: self.key_hint.clone(),
            known_keys: None,
            preset: self.preset.clone(),
            ..*self
        }
    }

    /// Goes on from what [`Report::counts`] returned of an earlier report, with this report's rules and known keys.
    pub fn go_on(&mut self, counts: &str) {
        let (strict, known_keys) = (self.strict, self.known_keys.take());
        let (key_matches, preset) = (self.key_matches.take(), self.preset.take());
        let before = Report::from_counts(counts);
        let is_mapped = self.is_mapped || before.is_mapped;
        *self = Report { key_matches, preset, is_mapped, known_keys, strict, ..before };
    }

    /// Reads what [`Report::counts`] returns. Counts of other names are ignored.
    pub fn from_counts(counts: &str) -> Self {
        let mut report = Report::default();
        let Ok(Value { kind: Kind::Object(counts), .. }) = json::parse(counts) else { return report };
        for Member { name, value, .. } in counts {
            let count = value.raw.parse().unwrap_or_default();
            match name.as_ref() {
                "repaired" => report.repaired = count,
                "clean" => report.clean = count,
                "refused" => report.refused = count,
                "warned" => report.warned = count,
                "unrecognized" => report.unrecognized = count,
                "skipped" => report.skipped = count,
                "further" => report.further = count,
                _ => {
                    if let Some(&code) = Code::ALL.iter().find(|code| code.as_str() == name) {
                        report.issue_counts.0[code as usize] = count;
                    }
                }
            }
        }
        report.events = report.repaired + report.clean + report.refused;
        report.is_mapped = report.skipped + report.further > 0;
        report
    }

    /// Adds an issue about a source itself, which belongs to no event.
    pub fn trouble(&mut self, code: Code, line: u64, byte_offset: u64, got: &str, file: Option<&str>) {
        self.say(code, Some((line, byte_offset)), got, file);
    }

    /// Adds an issue without a place, once in an input: for the first source that has it.
    pub fn say_once(&mut self, code: Code, got: &str, file: Option<&str>) {
        if self.issue_counts.of(code) == 0 {
            self.say(code, None, got, file);
        }
    }

    /// Adds an issue about a source itself, with its place or without.
    pub fn say(&mut self, code: Code, place: Option<(u64, u64)>, got: &str, file: Option<&str>) {
        if self.count(code) {
            self.issues.push(Issue {
                code: code.as_str(),
                severity: code.severity(),
                path: "".into(),
                index: None,
                line: place.map(|(line, _)| line),
                byte_offset: place.map(|(_, byte_offset)| byte_offset),
                record: None,
                event: None,
                from: None,
                message: match code {
                    Code::InputSeparator
                    | Code::InputColumnsUnknown
                    | Code::InputTableOfSums
                    | Code::CsvSeparatorRecognised
                    | Code::CsvLinesSkipped
                    | Code::CsvNamesAlike
                    | Code::EncodingRecognised
                    | Code::WrapperRecognised
                    | Code::CsvColumnsMissing
                    | Code::CsvColumnTwice
                    | Code::CsvMapUnused
                    | Code::MapUnusedJson
                    | Code::MappingFieldMissing
                    | Code::PresetRecognised
                    | Code::PresetNotNamed
                    | Code::CsvColumnMixed
                    | Code::InputCompressed
                    | Code::InputDataFile
                    | Code::InputDocument => [&code.message(), ": ", got].concat().into(),
                    _ => code.message(),
                },
                got: cut(got),
                hint: code.hint(),
                file: file.map(str::to_owned),
            });
        }
    }

    /// Counts a code; returns whether the issue is kept.
    fn count(&mut self, code: Code) -> bool {
        self.issue_counts.0[code as usize] += 1;
        self.issue_counts.of(code) <= shown(code)
    }

    fn issue(&self, finding: &Finding, context: Context) -> Issue {
        let context = if cfg!(feature = "tables") { context } else { Context { mapped: None, ..context } };
        let Context { place, file, .. } = context;
        let text = place.text.map(|start| context.find(start, finding.at));
        let origin = context.mapped.map(|mapped| mapped.origin(finding.at));
        let number = context.mapped.and_then(|mapped| mapped.number);
        let instead = origin.filter(|origin| origin.length > 0).zip(context.mapped);
        let instead =
            instead.and_then(|(origin, mapped)| mapped.source.get(origin.offset..origin.offset + origin.length));
        Issue {
            code: finding.code.as_str(),
            severity: match finding.code.severity() {
                Severity::Repair if self.strict => Severity::Error,
                severity => severity,
            },
            path: finding.path.clone(),
            index: Some(place.index),
            line: text.map(|(line, _)| line),
            byte_offset: text.map(|(_, offset)| offset),
            record: number.map(|(record, _)| record),
            event: number.and_then(|(_, event)| event),
            from: origin.zip(context.mapped).and_then(|(origin, mapped)| mapped.from(finding, origin)),
            got: instead.map_or_else(|| finding.got.clone(), cut),
            message: finding.code.message(),
            hint: finding.code.hint(),
            file: file.map(str::to_owned),
        }
    }
}

impl Report {
    /// The number of fields that [`Report::fields`] writes.
    pub const FIELDS: usize = 14;

    /// Writes the fields of a report into a struct that has them.
    pub fn fields<S: SerializeStruct>(&self, object: &mut S) -> Result<(), S::Error> {
        object.serialize_field("events", &self.events)?;
        if self.is_mapped {
            object.serialize_field("records", &self.records())?;
            object.serialize_field("skipped", &self.skipped)?;
        }
        if let Some(preset) = &self.preset {
            object.serialize_field("preset", preset)?;
        }
        object.serialize_field("clean", &self.clean)?;
        object.serialize_field("repaired", &self.repaired)?;
        object.serialize_field("refused", &self.refused)?;
        if self.unrecognized > 0 {
            object.serialize_field("unrecognized", &self.unrecognized)?;
        }
        object.serialize_field("warned", &self.warned)?;
        object.serialize_field("issueCounts", &self.issue_counts)?;
        object.serialize_field("issues", &self.issues)?;
        object.serialize_field("keys", &self.keys)?;
        if cfg!(feature = "keys")
            && let Some(matches) = &self.key_matches
        {
            object.serialize_field("keyMatches", matches)?;
        }
        if cfg!(feature = "keys")
            && let Some(hint) = &self.key_hint
        {
            object.serialize_field("keyHint", hint)?;
        }
        Ok(())
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Report", Report::FIELDS)?;
        self.fields(&mut object)?;
        object.end()
    }
}

/// How often each code was found.
#[derive(Debug, Clone)]
pub struct Counts([u64; Code::ALL.len()]);

impl Counts {
    /// Returns how often this code was found.
    pub fn of(&self, code: Code) -> u64 {
        self.0[code as usize]
    }

    /// Returns the codes that were found.
    fn found(&self) -> impl Iterator<Item = Code> {
        Code::ALL.iter().copied().filter(|&code| self.of(code) > 0)
    }
}

impl Default for Counts {
    fn default() -> Self {
        Counts([0; Code::ALL.len()])
    }
}

impl Serialize for Counts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.found().count()))?;
        for code in self.found() {
            map.serialize_entry(code.as_str(), &self.of(code))?;
        }
        map.end()
    }
}

/// Returns whether a finding is about a field that the event has.
fn is_about_a_field(finding: &Finding) -> bool {
    finding.at > 0 && event::field(&finding.path).is_some()
}

fn is_wrapper(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.code == Code::EventsWrapped)
}

/// Returns how many issues of a code are kept. Of mixed columns each is kept: no two are mixed in the same way.
fn shown(code: Code) -> u64 {
    if code.severity() == Severity::Note && code != Code::CsvColumnMixed { 1 } else { ISSUES_PER_CODE }
}
