//! Writes an event as it is sent, out of the record that it came in.

use std::ops::Range;

use crate::json::{self, Kind, Value};
use crate::rules::Field;

/// Bytes that a repair seldom adds more of.
const SPARE: usize = 32;

/// The text of an event as it is sent.
pub(super) struct Sent<'a> {
    record: &'a str,
    text: String,
    /// Members that are not written yet: they stand one behind the other in the record as they are sent.
    kept: Range<usize>,
}

impl<'a> Sent<'a> {
    /// Begins the text of an event that came in this record.
    pub fn of(record: &'a str) -> Self {
        Sent { record, text: String::with_capacity(record.len() + SPARE), kept: 0..0 }
    }

    /// Adds a member as it stands in the record.
    pub fn keep(&mut self, name: Range<usize>, value: Range<usize>) {
        let bytes = self.record.as_bytes();
        if name.end + 1 != value.start {
            // white space around the colon
            return self.replace(self.of_record(name), self.of_record(value));
        }
        if self.kept.is_empty() || self.kept.end + 1 != name.start || bytes.get(self.kept.end) != Some(&b',') {
            self.write();
            self.kept.start = name.start;
        }
        self.kept.end = value.end;
    }

    /// Adds a member with another value.
    pub fn replace(&mut self, raw_name: &str, value: &str) {
        self.write();
        self.separate();
        self.text.push_str(raw_name);
        self.text.push(':');
        self.text.push_str(value);
    }

    /// Returns the text.
    pub fn finish(mut self) -> String {
        self.write();
        if self.text.is_empty() {
            self.text.push('{');
        }
        self.text.push('}');
        self.text
    }

    /// Returns these bytes of the record.
    pub fn of_record(&self, span: Range<usize>) -> &'a str {
        self.record.get(span).unwrap_or_default()
    }

    fn write(&mut self) {
        if !self.kept.is_empty() {
            self.separate();
            self.text.push_str(self.of_record(self.kept.clone()));
            self.kept = 0..0;
        }
    }

    fn separate(&mut self) {
        self.text.push(if self.text.is_empty() { '{' } else { ',' });
    }
}

/// Returns the text of a string as it is sent, or an empty one if it is no string.
pub(super) fn text_of(value: Option<&Value>, field: &Field) -> String {
    if let Field::Replace(json) = field {
        return json::parse(json).map(|sent| text_of(Some(&sent), &Field::Keep)).unwrap_or_default();
    }
    match value.map(|value| &value.kind) {
        Some(Kind::String(text)) => text.clone().into_owned(),
        _ => String::new(),
    }
}
