//! What a check finds in a record, and what of it users see.

use std::borrow::Cow;

use serde::Serialize;

use crate::codes::{Code, Severity};
use crate::json::Value;
use crate::limits::GOT_MAX;

/// One thing found in one record; `at` counts bytes from the record's first.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The kind of trouble.
    pub code: Code,
    /// The field; empty if the whole event is meant.
    pub path: Cow<'static, str>,
    /// The byte, from the record's first.
    pub at: usize,
    /// The text that was found there, cut at [`GOT_MAX`] characters.
    pub got: String,
}

impl Finding {
    /// Returns a finding about a record as a whole.
    pub fn of_record(code: Code, got: &str) -> Self {
        Finding { code, path: Cow::Borrowed(""), at: 0, got: cut(got) }
    }
}

/// All findings of one record. [`Findings::field`] sets the field that the next ones are about.
#[derive(Debug, Default)]
pub struct Findings {
    list: Vec<Finding>,
    field: &'static str,
}

impl From<Vec<Finding>> for Findings {
    fn from(list: Vec<Finding>) -> Self {
        Findings { list, field: "" }
    }
}

impl Findings {
    /// Sets the field that the findings from here on are about.
    pub fn field(&mut self, name: &'static str) -> &mut Self {
        self.field = name;
        self
    }

    /// Adds a finding about the value of the current field.
    pub fn at(&mut self, code: Code, value: &Value) {
        self.add(code, Cow::Borrowed(self.field), value.at, value.raw);
    }

    /// Adds a finding about a value at a path of its own.
    pub fn at_path(&mut self, code: Code, path: String, value: &Value) {
        self.add(code, Cow::Owned(path), value.at, value.raw);
    }

    /// Adds a finding that the current field is missing. A `null` in its place is where it is missing.
    pub fn missing(&mut self, code: Code, null: Option<&Value>) {
        let (at, got) = null.map_or((0, ""), |null| (null.at, null.raw));
        self.add(code, Cow::Borrowed(self.field), at, got);
    }

    /// Adds a finding about the record as a whole.
    pub fn record(&mut self, code: Code, at: usize, got: &str) {
        self.add(code, Cow::Borrowed(""), at, got);
    }

    fn add(&mut self, code: Code, path: Cow<'static, str>, at: usize, got: &str) {
        self.list.push(Finding { code, path, at, got: cut(got) });
    }

    /// Returns the findings in the order in which they were added.
    pub fn into_vec(self) -> Vec<Finding> {
        self.list
    }

    /// Returns whether one of the findings has this severity.
    pub fn any(&self, severity: Severity) -> bool {
        self.list.iter().any(|finding| finding.code.severity() == severity)
    }
}

/// Returns the first [`GOT_MAX`] characters, the last of them `…` if the text is longer.
pub fn cut(text: &str) -> String {
    if text.len() <= GOT_MAX {
        return text.to_owned();
    }
    match text.char_indices().nth(GOT_MAX) {
        None => text.to_owned(),
        Some(_) => text.chars().take(GOT_MAX - 1).chain(['…']).collect(),
    }
}

/// A finding with its place in the input, as the user sees it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Issue {
    /// The stable name of the trouble.
    pub code: &'static str,
    /// What it does to its event; under strict rules a repair is an error.
    pub severity: Severity,
    /// The field, as `properties.country`.
    pub path: Cow<'static, str>,
    /// Number of the event in the whole input, from 0.
    pub index: Option<u64>,
    /// Line of the trouble, from 1.
    pub line: Option<u64>,
    /// Byte of the trouble in its source, from 0.
    pub byte_offset: Option<u64>,
    /// Number of its record in the whole input, from 0, if a mapping has made the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<u64>,
    /// Number of the event among those of its record, from 1, if there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<u64>,
    /// The path or column in the source, if a mapping has made the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The text that was found there.
    pub got: String,
    /// What is wrong.
    pub message: Cow<'static, str>,
    /// What to do about it.
    pub hint: &'static str,
    /// The name of its source, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}
