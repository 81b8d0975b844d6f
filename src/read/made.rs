//! The text of an event that is made from a row of a table, and where each part of it came from.

use std::borrow::Cow;

use super::Buffer;
use super::cells::{self, members};
use super::row::{Cell, line_ends};
use crate::ecma;
use crate::event::PROPERTIES;
use crate::issue::{Code, Finding, cut};
use crate::json::quoted;

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
    /// What was found in the row and is not to be seen in the text.
    pub findings: Vec<Finding>,
}

/// A row that is being made into an event.
pub(super) struct Making<'r> {
    row: &'r str,
    line: u64,
    spans_lines: bool,
    text: String,
    properties: Vec<Property<'r>>,
    origins: Vec<Origin>,
    findings: Vec<Finding>,
}

struct Property<'r> {
    /// `None` for a cell with a whole object of properties.
    name: Option<&'r str>,
    cell: Cell,
    /// The JSON of its value, or the object's text.
    value: Cow<'r, str>,
    /// What is to be said of the cell.
    code: Option<Code>,
}

impl<'r> Making<'r> {
    /// `line` is the row's first; all cells are on it unless one has a line end inside.
    pub(super) fn new(row: &'r str, line: u64, spans_lines: bool) -> Self {
        Making {
            row,
            line,
            spans_lines,
            text: String::from("{"),
            properties: Vec::new(),
            origins: vec![Origin { at: 0, line, offset: 0 }],
            findings: Vec::new(),
        }
    }

    /// Says something about the row as a whole.
    pub(super) fn find(&mut self, code: Code) {
        self.findings.push(Finding::of_record(code, self.row));
    }

    /// Writes a field without the white space around it.
    pub(super) fn field(&mut self, name: &'static str, cell: Cell, text: &str) {
        let value = text.trim_matches(ecma::is_space);
        let mut at = 0;
        if !value.is_empty() {
            self.name(&quoted(name));
            at = self.text.len();
            self.come_from(cell);
            self.text.push_str(&cells::field(name, value));
        }
        self.find_trimmed(name, at, text, value);
    }

    /// Adds a property with this JSON, and what is to be said of it.
    pub(super) fn property(&mut self, name: &'r str, cell: Cell, value: Cow<'r, str>, code: Option<Code>) {
        self.properties.push(Property { name: Some(name), cell, value, code });
    }

    /// Adds the properties that are the members of a JSON object.
    pub(super) fn properties(&mut self, cell: Cell, text: Cow<'r, str>) {
        self.properties.push(Property { name: None, cell, value: text, code: None });
    }

    /// Writes what was added, and returns the whole in the room of `made`.
    pub(super) fn finish(mut self, made: &mut Made) {
        if !self.properties.is_empty() {
            self.write_properties();
        }
        self.text.push('}');
        made.text.clear();
        made.text.room(self.text.len()).copy_from_slice(self.text.as_bytes());
        (made.origins, made.findings) = (self.origins, self.findings);
    }

    /// What is no object in a cell of properties is left to their rule, in the place of all properties.
    fn write_properties(&mut self) {
        let properties = std::mem::take(&mut self.properties);
        self.name(&quoted(PROPERTIES));
        let no_object = |property: &&Property| property.name.is_none() && members(&property.value).is_none();
        if let Some(Property { cell, value, .. }) = properties.iter().find(no_object) {
            self.come_from(*cell);
            self.text.push_str(&quoted(value));
            return;
        }
        self.origins.push(Origin { at: self.text.len(), line: self.line, offset: 0 });
        self.text.push('{');
        for Property { name, cell, value, code } in &properties {
            let Some(name) = name else {
                self.write_members(*cell, value);
                continue;
            };
            self.name(&quoted(name));
            if let Some(code) = *code {
                let path = [PROPERTIES, ".", name].concat().into();
                self.findings.push(Finding { code, path, at: self.text.len(), got: cut(value) });
            }
            self.come_from(*cell);
            self.text.push_str(value);
        }
        self.text.push('}');
    }

    fn write_members(&mut self, cell: Cell, text: &str) {
        let object = text.trim_matches(ecma::is_space);
        let members = members(object).unwrap_or_default();
        if !members.is_empty() {
            self.comma();
            self.come_from(cell);
        }
        self.find_trimmed(PROPERTIES, self.text.len(), text, object);
        self.text.push_str(members);
    }

    fn find_trimmed(&mut self, name: &'static str, at: usize, text: &str, trimmed: &str) {
        if trimmed.len() < text.len() {
            self.findings.push(Finding { code: Code::CsvCellTrimmed, path: name.into(), at, got: cut(&quoted(text)) });
        }
    }

    fn name(&mut self, quoted: &str) {
        self.comma();
        self.text.extend([quoted, ":"]);
    }

    fn comma(&mut self) {
        if !self.text.ends_with('{') {
            self.text.push(',');
        }
    }

    /// What is written from here on came from this cell.
    fn come_from(&mut self, cell: Cell) {
        let lines = if self.spans_lines { line_ends(&self.row.as_bytes()[..cell.start()]) } else { 0 };
        self.origins.push(Origin { at: self.text.len(), line: self.line + lines as u64, offset: cell.start() });
    }
}
