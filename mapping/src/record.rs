//! A record with named values: a JSON object, or a row of a table.

use std::borrow::Cow;
use std::cell::Cell as Flag;
use std::ops::Deref;

use crate::cell::Cell;
use crate::path::Path;
use split_events_base::json::{self, Kind, Member, Value};
use split_events_base::text::{is_white_space, replace};

/// A record of which events are made.
pub enum Record<'r> {
    /// A value of JSON.
    Json {
        /// The text in which it was read.
        text: &'r str,
        /// The value.
        value: &'r Value<'r>,
    },
    /// A row of a table.
    Row {
        /// Its text.
        text: &'r str,
        /// Its cells.
        cells: &'r [Cell],
        /// The JSON in its cells, by the numbers of their columns, where a mapping looks into it.
        inside: &'r [(usize, Inside<'r>)],
    },
}

/// The JSON in a cell.
pub struct Inside<'r> {
    /// The text of the cell.
    pub text: &'r str,
    /// The value that it is.
    pub value: Value<'r>,
}

/// A value in a record.
pub struct Part<'r> {
    /// The value. A cell is a string.
    pub value: Found<'r>,
    /// The text in which the value was read.
    text: &'r str,
    /// Its first byte, from the record's first.
    pub at: usize,
    /// The length of its text in the record.
    pub length: usize,
    /// The number of its column, from 1; 0 in JSON.
    pub column: usize,
    /// The value is a cell, and not what is in the JSON of one.
    pub is_cell: bool,
}

/// A value of a tree, or one that a tree does not keep.
pub enum Found<'r> {
    /// It stands in the tree.
    Member(&'r Value<'r>),
    /// It is a cell, or in an item of a list.
    Owned(Value<'r>),
}

impl<'r> Deref for Found<'r> {
    type Target = Value<'r>;

    fn deref(&self) -> &Value<'r> {
        match self {
            Found::Member(value) => value,
            Found::Owned(value) => value,
        }
    }
}

impl<'r> Record<'r> {
    /// Finds the part at a path. Of two members with one name it takes the last, as `JSON.parse` does, and sets
    /// `twice`.
    pub fn find(&'r self, path: &Path, twice: &Flag<bool>) -> Option<Part<'r>> {
        match self {
            Record::Json { .. } => self.whole()?.find(&path.segments, twice),
            Record::Row { text, cells, inside } => {
                let column = path.column?;
                let cell = *cells.get(column).filter(|cell| !cell.is_empty())?;
                let (at, length, column) = (cell.start(), cell.end() - cell.start(), column + 1);
                if let [_, inner @ ..] = &*path.segments
                    && !inner.is_empty()
                {
                    let (_, json) = inside.iter().find(|(number, _)| number + 1 == column)?;
                    let value = Found::Member(&json.value);
                    return Part { value, text: json.text, at, length, column, is_cell: false }.find(inner, twice);
                }
                let raw = text.get(at..at + length).unwrap_or_default();
                let value = Found::Owned(Value { raw, at, kind: Kind::String(cell.text(text)) });
                Some(Part { value, text, at, length, column, is_cell: true })
            }
        }
    }

    /// Returns whether a path leads to a part of the record.
    pub fn has(&self, path: &Path) -> bool {
        self.find(path, &Flag::default()).is_some()
    }

    /// Returns the record as one value if it is JSON.
    pub fn whole(&'r self) -> Option<Part<'r>> {
        match self {
            Record::Json { text, value } => {
                let (at, length) = (value.at, value.raw.len());
                Some(Part { value: Found::Member(value), text, at, length, column: 0, is_cell: false })
            }
            Record::Row { .. } => None,
        }
    }

    /// Reads the JSON in the cells of these columns, of which these are the texts.
    pub fn inside_of<'t>(texts: &'t [(usize, Cow<'t, str>)]) -> Vec<(usize, Inside<'t>)> {
        let mut inside = Vec::new();
        for (column, text) in texts {
            if let Ok(value) = json::parse(text.trim_matches(is_white_space)) {
                inside.push((*column, Inside { text, value }));
            }
        }
        inside
    }

    /// Returns the text of the record.
    pub fn text(&self) -> &str {
        match self {
            Record::Json { text, .. } | Record::Row { text, .. } => text,
        }
    }

    /// Returns the text of the cell in which the JSON of a part stands.
    pub fn cell_of(&self, part: &Part) -> Option<&str> {
        let Record::Row { inside, .. } = self else { return None };
        inside.iter().find(|(number, _)| number + 1 == part.column).map(|(_, json)| json.text)
    }

    /// Returns the JSON in the cell of a column, if a mapping looks into it.
    pub fn inside(&'r self, part: &Part<'r>) -> Option<Part<'r>> {
        let Record::Row { inside, .. } = self else { return None };
        let (_, json) = inside.iter().find(|(number, _)| number + 1 == part.column)?;
        Some(Part { value: Found::Member(&json.value), text: json.text, is_cell: false, ..*part })
    }
}

impl<'r> Part<'r> {
    /// Returns the same part for a shorter time.
    pub fn borrowed(&self) -> Part<'_> {
        Part { value: Found::Member(&self.value), ..*self }
    }

    /// Returns the text of a scalar, without the white space around it if it is a cell; `None` if it is no scalar.
    pub fn scalar(&self) -> Option<&str> {
        match &self.value.kind {
            Kind::String(text) if self.is_cell => Some(text.trim_matches(is_white_space)),
            Kind::String(text) => Some(text),
            Kind::Number(text) => Some(text),
            Kind::Bool(_) => Some(self.value.raw),
            Kind::Null | Kind::Object(_) | Kind::Array => None,
        }
    }

    /// Returns true if the value is neither `null` nor an empty text.
    pub fn is_there(&self) -> bool {
        match &self.value.kind {
            Kind::Null => false,
            Kind::String(text) => !text.is_empty(),
            _ => true,
        }
    }

    /// Returns the members if the value is an object.
    pub fn members(&self) -> Option<&[Member<'r>]> {
        match &self.value.kind {
            Kind::Object(members) => Some(members),
            _ => None,
        }
    }

    /// Returns the items if the value is a list.
    pub fn items(&self) -> Vec<Part<'r>> {
        let items = if self.value.kind == Kind::Array { json::elements_in(self.text, &self.value) } else { Vec::new() };
        items.into_iter().map(|item| self.around(Found::Owned(item))).collect()
    }

    /// Returns the part that is a value inside of this one.
    pub fn around<'v>(&self, value: Found<'v>) -> Part<'v>
    where
        'r: 'v,
    {
        // in a cell the JSON is mostly quoted, so that its values have only the place of the cell
        let (at, length) = if self.column == 0 { (value.at, value.raw.len()) } else { (self.at, self.length) };
        Part { value, text: self.text, at, length, column: self.column, is_cell: false }
    }

    /// Finds the part inside of this one to which the segments lead.
    pub fn find(self, segments: &[String], twice: &Flag<bool>) -> Option<Part<'r>> {
        let mut part = self;
        for segment in segments {
            let of = Part { value: Found::Owned(Value { raw: "", at: 0, kind: Kind::Null }), ..part };
            let found = match part.value {
                Found::Member(Value { kind: Kind::Object(members), .. }) => {
                    Found::Member(&members.get(named(members, segment, twice)?)?.value)
                }
                Found::Owned(Value { kind: Kind::Object(mut members), .. }) => {
                    let number = named(&members, segment, twice)?;
                    Found::Owned(members.swap_remove(number).value)
                }
                value if value.kind == Kind::Array => {
                    let is_index = segment == "0" || !segment.starts_with('0');
                    let index = segment.parse::<usize>().ok().filter(|_| is_index)?;
                    let items = json::elements_in(of.text, &value);
                    Found::Owned(items.into_iter().nth(index)?)
                }
                _ => return None,
            };
            part = of.around(found);
        }
        Some(part)
    }
}

/// Returns the number of the last member with this name.
fn named(members: &[Member], name: &str, twice: &Flag<bool>) -> Option<usize> {
    let number = members.iter().rposition(|member| member.name == name)?;
    if members[..number].iter().any(|member| member.name == name) {
        twice.set(true);
    }
    Some(number)
}

/// Returns the JSON Pointer of the innermost value of a record that begins at this byte or has it inside.
pub fn pointer(text: &str, at: usize) -> String {
    let mut pointer = String::new();
    if let Ok(value) = json::parse(text) {
        descend(text, &value, at, &mut pointer);
    }
    pointer
}

fn descend(text: &str, value: &Value, at: usize, pointer: &mut String) {
    let holds = |value: &Value| (value.at..value.at + value.raw.len()).contains(&at);
    if let Kind::Object(members) = &value.kind
        && let Some(member) = members.iter().find(|member| holds(&member.value))
    {
        pointer.extend(["/", &*replace(&replace(&member.name, "~", "~0"), "/", "~1")]);
        return descend(text, &member.value, at, pointer);
    }
    let items = if value.kind == Kind::Array { json::elements_in(text, value) } else { Vec::new() };
    if let Some(number) = items.iter().position(&holds) {
        pointer.extend(["/", &*number.to_string()]);
        descend(text, &items[number], at, pointer);
    }
}
