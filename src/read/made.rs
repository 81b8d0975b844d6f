//! The text of an event that is made from a row of a table, and where each part of it came from.

use super::cells::{self, Value};
use super::row::{Cell, line_ends};
use crate::bytes::Buffer;
use crate::codes::Code;
use crate::event::PROPERTIES;
use crate::finding::{Finding, cut};
use crate::json::{quoted, write_quoted};
use crate::text::is_white_space;

/// Where a part of a made text came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The part's first byte in the made text.
    pub at: usize,
    /// Its line in the source, from 1.
    pub line: u64,
    /// Its byte, from the row's first.
    pub offset: usize,
}

/// The text of an event that was made from a row.
#[derive(Debug, Default)]
pub struct Made {
    /// The JSON text.
    pub text: Buffer,
    /// Where its values came from, in the order of the text; the first is the row itself.
    pub origins: Vec<Origin>,
    /// What was found in the row and cannot be seen in the text.
    pub findings: Vec<Finding>,
    /// Memory for the text while it is written.
    draft: String,
}

/// A row that is being made into an event: its fields first, then its properties.
pub(super) struct Making<'r> {
    row: &'r str,
    line: u64,
    spans_lines: bool,
    text: String,
    in_properties: bool,
    origins: Vec<Origin>,
    findings: Vec<Finding>,
}

impl<'r> Making<'r> {
    /// `line` is the row's first; all cells are on it unless one has a line end inside. `made` is written anew.
    pub(super) fn new(row: &'r str, line: u64, spans_lines: bool, made: &mut Made) -> Self {
        let (mut text, mut origins) = (std::mem::take(&mut made.draft), std::mem::take(&mut made.origins));
        text.clear();
        text.push('{');
        origins.clear();
        origins.push(Origin { at: 0, line, offset: 0 });
        Making { row, line, spans_lines, text, in_properties: false, origins, findings: Vec::new() }
    }

    /// Adds a finding about the row as a whole.
    pub(super) fn find(&mut self, code: Code) {
        self.findings.push(Finding::of_record(code, self.row));
    }

    /// Writes a field without the white space around it. `label` is its name as JSON with the colon behind.
    pub(super) fn field(&mut self, name: &'static str, label: &str, cell: Cell, text: &str) {
        let value = text.trim_matches(is_white_space);
        let mut at = 0;
        if !value.is_empty() {
            at = self.begin_value(label, cell);
            cells::write_field(name, value, &mut self.text);
        }
        self.find_trimmed(name, at, text, value);
    }

    /// Writes a property.
    pub(super) fn property(&mut self, name: &str, label: &str, cell: Cell, text: &str, value: &Value) {
        self.begin_properties();
        let at = self.begin_value(label, cell);
        match value {
            Value::Boolean(json) => self.text.push_str(json),
            Value::Number(json) => self.text.push_str(json),
            Value::Text | Value::NotNumber => write_quoted(text, &mut self.text),
        }
        if let Value::NotNumber = value {
            let path = [PROPERTIES, ".", name].concat().into();
            self.findings.push(Finding { code: Code::CsvCellNotNumber, path, at, got: cut(text) });
        }
    }

    /// Writes the members of a cell that is a JSON object among the properties.
    pub(super) fn members(&mut self, cell: Cell, text: &str) {
        self.begin_properties();
        let object = text.trim_matches(is_white_space);
        let members = cells::members(text).unwrap_or_default();
        let at = if members.is_empty() { self.text.len() } else { self.begin_value("", cell) };
        self.text.push_str(members);
        self.find_trimmed(PROPERTIES, at, text, object);
    }

    /// Writes a cell that is no JSON object in the place of all properties, whose rule refuses it.
    pub(super) fn no_object(&mut self, cell: Cell, text: &str) {
        self.begin_value(PROPERTIES_LABEL, cell);
        write_quoted(text, &mut self.text);
    }

    /// Leaves the event in `made`.
    pub(super) fn finish(mut self, made: &mut Made) {
        self.text.push_str(if self.in_properties { "}}" } else { "}" });
        made.text.clear();
        made.text.room(self.text.len()).copy_from_slice(self.text.as_bytes());
        (made.draft, made.origins, made.findings) = (self.text, self.origins, self.findings);
    }

    fn begin_properties(&mut self) {
        if !self.in_properties {
            self.in_properties = true;
            self.comma();
            self.text.push_str(PROPERTIES_LABEL);
            self.origins.push(Origin { at: self.text.len(), line: self.line, offset: 0 });
            self.text.push('{');
        }
    }

    /// Writes the label; what is written from there on came from this cell.
    fn begin_value(&mut self, label: &str, cell: Cell) -> usize {
        self.comma();
        self.text.push_str(label);
        let at = self.text.len();
        let lines = if self.spans_lines { line_ends(&self.row.as_bytes()[..cell.start()]) } else { 0 };
        self.origins.push(Origin { at, line: self.line + lines as u64, offset: cell.start() });
        at
    }

    fn comma(&mut self) {
        if !self.text.ends_with('{') {
            self.text.push(',');
        }
    }

    fn find_trimmed(&mut self, name: &'static str, at: usize, text: &str, trimmed: &str) {
        if trimmed.len() < text.len() {
            self.findings.push(Finding { code: Code::CsvCellTrimmed, path: name.into(), at, got: cut(&quoted(text)) });
        }
    }
}

const PROPERTIES_LABEL: &str = "\"properties\":";
