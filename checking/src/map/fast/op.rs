//! What is written of one cell, and the constants of a mapping.

use super::out::Literal;
use super::slot::Slot;
use crate::bytes::Padded;
use crate::decimal::is_finite;
use crate::json::{self, Kind as Json, quoted};
use crate::limits::PROPERTY_STRING_MAX;
use crate::map::mapping::{Condition, From, MAPPED, Scalar, Source, Test};

/// What a cell becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    EventType,
    TrafficType,
    Key,
    Time,
    /// A time in the form that the mapping says.
    Declared,
    Value,
    /// A value in the form that the mapping says.
    Amount,
    Environment,
    /// A text that the mapping changes.
    Changed,
    /// A property; the cell tells whether it is a number, a boolean or text.
    Told,
    /// A property that is text.
    Text,
    /// A property that is a number.
    Number,
    /// Left out. A cell with text is reported once.
    Nameless,
    /// A cell with text is for the careful way.
    Unsure,
    /// Left out.
    LeftOut,
    /// Kept for what is written late.
    Kept,
}

/// The fields in the order of [`MAPPED`].
pub(super) const FIELDS: [What; MAPPED.len()] =
    [What::EventType, What::TrafficType, What::Key, What::Time, What::Value, What::Environment];

/// The bits of the fields in the order of [`MAPPED`](crate::map::MAPPED).
pub(super) const NEEDED: u32 = 0b1111;
pub(super) const VALUE: u32 = 1 << 4;

/// What is written before the properties.
pub(super) const PROPERTIES: &str = ",\"properties\":";

/// What is written of one cell.
#[derive(Debug)]
pub(super) struct Op {
    pub what: What,
    pub column: u32,
    /// The bit of the field that it writes.
    pub seen: u32,
    /// The columns that come first: with text in one of them this one is left out.
    pub unless: Box<[u32]>,
    /// The comma, the name, the colon, and a quote if the value may be text.
    pub prefix: Literal,
    /// What changes the text, if the mapping does.
    pub change: Option<Box<Change>>,
    /// It is a property and the column before a field, or the other way round.
    pub turns: bool,
    /// The byte that ends its cells: a separator, or for the last column a line feed.
    pub ending: u8,
    /// How many cells became numbers, and how many stayed text, since they were taken last.
    pub numbers: u32,
    pub texts: u32,
}

impl Op {
    pub fn new(what: What, column: usize, name: &str, unless: &[u32]) -> Self {
        let is_bare = matches!(what, What::Time | What::Declared | What::Value | What::Amount);
        let prefix = Literal::new(&[",", &*quoted(name), ":", if is_bare { "" } else { "\"" }].concat());
        Op {
            what,
            column: column as u32,
            seen: seen(what),
            unless: unless.into(),
            prefix,
            change: None,
            turns: false,
            ending: b'\n',
            numbers: 0,
            texts: 0,
        }
    }
}

impl Op {
    /// Returns whether it writes a field as it is without the spaces around it, and notes that.
    #[inline(always)]
    pub fn is_trimmed(&self) -> bool {
        use What::{Environment, EventType, Key, Time, TrafficType, Value};
        matches!(self.what, EventType | TrafficType | Key | Time | Value | Environment) && self.change.is_none()
    }

    pub fn is_property(&self) -> bool {
        let what = self.change.as_ref().map_or(self.what, |change| change.to);
        matches!(what, What::Told | What::Text | What::Number)
    }
}

/// What changes the text of a cell.
#[derive(Debug)]
pub(super) struct Change {
    pub source: Source,
    /// What the text becomes.
    pub to: What,
    /// Texts that were changed before, and what came of them.
    pub known: Vec<(Box<str>, Box<str>)>,
}

/// A condition that a row must meet to make an event.
#[derive(Debug)]
pub(super) struct When {
    /// The column whose cell is tested; `None` if the table has none.
    pub column: Option<u32>,
    test: Test,
}

impl When {
    /// Makes a condition; `None` if it is for the careful way.
    pub fn new(condition: &Condition) -> Option<Self> {
        let Condition { path, test } = condition;
        let is_empty = match test {
            Test::In(scalars) | Test::NotIn(scalars) => scalars.iter().any(|scalar| scalar.text.is_empty()),
            Test::BeginsWith(texts) | Test::NotBeginsWith(texts) => texts.iter().any(String::is_empty),
            Test::Exists(_) => false,
        };
        let is_cell = path.column.is_none() || path.segments.len() == 1;
        (is_cell && !is_empty).then(|| When { column: path.column.map(|column| column as u32), test: test.clone() })
    }

    /// Returns whether a row with these cells meets it; `None` if it is not sure.
    pub fn holds(&self, bytes: Padded, slots: &[Slot]) -> Option<bool> {
        let slot = self.column.map_or(Slot::default(), |column| slots[column as usize]);
        if let Test::Exists(expected) = self.test {
            return Some((slot.length() > 0) == expected);
        }
        let text = slot.plain_text(bytes)?;
        let is_any = |scalars: &[Scalar]| {
            scalars
                .iter()
                .any(|scalar| *text == *scalar.text || (!scalar.is_string && text.eq_ignore_ascii_case(&scalar.text)))
        };
        let begins = |beginnings: &[String]| beginnings.iter().any(|beginning| text.starts_with(&**beginning));
        Some(match &self.test {
            Test::In(scalars) => is_any(scalars),
            Test::NotIn(scalars) => !is_any(scalars),
            Test::Exists(_) => false,
            Test::BeginsWith(beginnings) => begins(beginnings),
            Test::NotBeginsWith(beginnings) => !begins(beginnings),
        })
    }
}

/// The constants of a mapping.
#[derive(Debug, Default)]
pub(super) struct Constants {
    /// The fields as JSON, with a comma before each.
    pub fields: String,
    pub properties: String,
    /// The bits of the fields.
    pub seen: u32,
    /// The texts of the fields.
    pub texts: Vec<(What, String)>,
    /// Whether the rules keep them, once that is known.
    pub kept: Option<bool>,
}

impl Constants {
    /// Adds a constant; `None` if it is for the careful way.
    #[inline(never)]
    pub fn add(&mut self, what: What, name: &str, json: &str, source: &Source) -> Option<()> {
        let value = json::parse(json).ok()?;
        let text = match &value.kind {
            Json::String(text) if !json.contains('\\') => text.to_string(),
            Json::Number(_) | Json::Bool(_) if matches!(what, What::Told | What::Value) => json.to_owned(),
            _ => return None,
        };
        let is_number = matches!(value.kind, Json::Number(_));
        let is_taken = match what {
            What::EventType | What::TrafficType | What::Environment => true,
            What::Value => is_number && is_finite(json),
            What::Told => text.len() <= PROPERTY_STRING_MAX && (!is_number || is_finite(json)),
            _ => false,
        };
        if !is_taken || source.changes_text() || source.kind.is_some() {
            return None;
        }
        let to = if what == What::Told { &mut self.properties } else { &mut self.fields };
        to.extend([",", &*quoted(name), ":", value.raw]);
        if what != What::Told {
            self.seen |= seen(what);
            self.texts.push((what, text));
        }
        Some(())
    }
}

/// Returns the bit of the field that is written.
pub(super) fn seen(what: What) -> u32 {
    let field = match what {
        What::Declared => What::Time,
        What::Amount => What::Value,
        what => what,
    };
    FIELDS.iter().position(|of| *of == field).map_or(0, |field| 1 << field)
}

/// Adds what is written of the columns of a source; `None` if it is for the careful way.
pub(super) fn add(ops: &mut Vec<Op>, what: What, name: &str, source: &Source) -> Option<()> {
    let From::Paths(paths) = &source.from else { return None };
    let is_field = FIELDS.contains(&what);
    let may_change = matches!(what, What::EventType | What::TrafficType | What::Key | What::Environment | What::Told);
    let is_other_kind = source.kind.is_some() && is_field;
    if is_other_kind || (source.changes_text() && !may_change) || (source.default.is_some() && !is_field) {
        return None;
    }
    let is_cleaned_alone = source.clean && !Source { clean: false, ..source.clone() }.changes_text();
    let mut before = Vec::new();
    for path in paths {
        let Some(column) = path.column else { continue };
        if path.segments.len() > 1 {
            return None;
        }
        let mut op = Op::new(what, column, name, &before);
        if source.changes_text() {
            op.change = Some(Box::new(Change { source: source.clone(), to: what, known: Vec::new() }));
            // a name that may be sent is cleaned to itself
            op.what = if is_cleaned_alone && what == What::EventType { what } else { What::Changed };
        }
        ops.push(op);
        before.push(column as u32);
    }
    Some(())
}
