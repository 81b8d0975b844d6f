//! What a check found in all: exact counts, and a sample of the issues.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::check::Verdict;
use crate::check::fast::Notes;
use crate::event::Place;
use crate::issue::{Code, Finding, Issue, Severity};
use crate::keys::{KeyHint, KnownKeys, Matches, Shapes};

/// Most issues of one code that are kept; all are counted.
pub const SAMPLE: u64 = 100;

/// Counts and issues of a whole input.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// `clean + repaired + refused`.
    pub events: u64,
    /// Sent as they came.
    pub clean: u64,
    /// Sent changed.
    pub repaired: u64,
    /// Not sent.
    pub refused: u64,
    /// Among the clean and repaired, those with a warning.
    pub warned: u64,
    /// How often each code was found.
    pub issue_counts: BTreeMap<&'static str, u64>,
    /// The first [`SAMPLE`] of each code, and one of each note.
    pub issues: Vec<Issue>,
    /// The shapes of the keys that are sent.
    pub keys: Shapes,
    /// Where known keys are given: how many events have one, by traffic type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_matches: Option<Matches>,
    /// What differs where hardly any key is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_hint: Option<KeyHint>,
    #[serde(skip)]
    known_keys: Option<Arc<KnownKeys>>,
    #[serde(skip)]
    strict: bool,
}

/// What is known about where an issue lies: the text of the event, and its source's name.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Where the event stands.
    pub place: Place,
    /// Its bytes, for counting lines; empty where they are not held.
    pub record: &'a [u8],
    /// The source's name, if it has one.
    pub file: Option<&'a str>,
}

impl Report {
    /// A report under rules that are `strict` or not, and with known keys or without.
    pub fn new(strict: bool, known_keys: Option<Arc<KnownKeys>>) -> Self {
        Report { strict, key_matches: known_keys.as_ref().map(|_| Matches::default()), known_keys, ..Report::default() }
    }

    /// Counts the key of an event that was proved clean, and so is known where known keys are given.
    #[inline]
    pub fn add_known_key(&mut self, key: &[u8], traffic_type: &[u8]) {
        self.keys.count(key);
        if let Some(by_type) = &mut self.key_matches {
            by_type.known(&String::from_utf8_lossy(traffic_type));
        }
    }

    /// Counts the key of an event that is sent.
    pub fn add_key(&mut self, key: &str, traffic_type: &str) {
        self.keys.count(key.as_bytes());
        if let (Some(by_type), Some(known)) = (&mut self.key_matches, &self.known_keys) {
            by_type.count(key, traffic_type, known);
        }
    }

    /// Says what differs where hardly any key is known so far.
    pub fn say_key_hint(&mut self) {
        if let (Some(by_type), Some(known)) = (&self.key_matches, &self.known_keys) {
            self.key_hint = by_type.hint(known);
        }
    }

    /// Counts an event and what was found in it.
    pub fn add(&mut self, verdict: &Verdict, findings: &[Finding], context: Context) {
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

    /// Counts a clean event; gives whether that is all there is to say. The first note of its kind is not
    /// counted here: it is to be shown with its place.
    pub fn add_clean(&mut self, notes: Notes) -> bool {
        if notes != Notes::default() {
            let noted = [
                (notes.value_missing, Code::ValueMissing),
                (notes.long_name, Code::EventTypeIdLong),
                (notes.colon, Code::EventTypeIdColon),
            ];
            let noted = noted.into_iter().filter_map(|(noted, code)| noted.then_some(code));
            if noted.clone().any(|code| !self.issue_counts.contains_key(code.as_str())) {
                return false;
            }
            for code in noted {
                self.count(code);
            }
        }
        self.events += 1;
        self.clean += 1;
        true
    }

    /// Something about a source itself; it belongs to no event.
    pub fn trouble(&mut self, code: Code, line: u64, byte_offset: u64, got: String, file: Option<&str>) {
        if self.count(code) {
            self.issues.push(Issue {
                code: code.as_str(),
                severity: code.severity(),
                path: "".into(),
                index: None,
                line: Some(line),
                byte_offset: Some(byte_offset),
                got,
                message: code.message(),
                hint: code.hint(),
                file: file.map(str::to_owned),
            });
        }
    }

    /// Counts a code; gives whether the issue is to be kept.
    fn count(&mut self, code: Code) -> bool {
        let count = self.issue_counts.entry(code.as_str()).or_default();
        *count += 1;
        *count <= if code.severity() == Severity::Note { 1 } else { SAMPLE }
    }

    fn issue(&self, finding: &Finding, Context { place, record, file }: Context) -> Issue {
        let before = &record[..finding.at.min(record.len())];
        let lines = memchr::memchr_iter(b'\n', before).count() as u64;
        Issue {
            code: finding.code.as_str(),
            severity: match finding.code.severity() {
                Severity::Repair if self.strict => Severity::Error,
                severity => severity,
            },
            path: finding.path.clone(),
            index: Some(place.index),
            line: place.text.map(|(line, _)| line + lines),
            byte_offset: place.text.map(|(_, offset)| offset + finding.at as u64),
            got: finding.got.clone(),
            message: finding.code.message(),
            hint: finding.code.hint(),
            file: file.map(str::to_owned),
        }
    }
}
