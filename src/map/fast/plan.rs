//! What is written of each row of a table, and from which of its cells.

use super::cells::{Signs, Slot};
use super::out::{Literal, Out};
use super::rows::Row;
use super::write::{Classes, PROPERTIES};
use crate::decimal::{DecimalSign, is_finite};
use crate::json::{self, Kind as Json, quoted};
use crate::limits::{PROPERTIES_MAX, PROPERTY_STRING_MAX};
use crate::map::columns::Columns;
use crate::map::mapping::{From, Kind, MAPPED, Source};
use crate::time::TimeFormat;

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
}

/// The fields in the order of [`MAPPED`].
pub(super) const FIELDS: [What; MAPPED.len()] =
    [What::EventType, What::TrafficType, What::Key, What::Time, What::Value, What::Environment];

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
    /// How many cells became numbers, and how many stayed text, since they were taken last.
    pub numbers: u32,
    pub texts: u32,
}

impl Op {
    fn new(what: What, column: usize, name: &str, unless: &[u32]) -> Self {
        let is_bare = matches!(what, What::Time | What::Declared | What::Value | What::Amount);
        let prefix = Literal::new(&[",", &*quoted(name), ":", if is_bare { "" } else { "\"" }].concat());
        Op { what, column: column as u32, seen: seen(what), unless: unless.into(), prefix, numbers: 0, texts: 0 }
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

/// Adds what is written of the columns of a source; `None` if the text of a cell is changed.
fn add(ops: &mut Vec<Op>, what: What, name: &str, source: &Source) -> Option<()> {
    let From::Paths(paths) = &source.from else { return None };
    if source.changes_text() || source.default.is_some() || (source.kind.is_some() && FIELDS.contains(&what)) {
        return None;
    }
    let mut before = Vec::new();
    for path in paths {
        let Some(column) = path.column else { continue };
        if path.segments.len() > 1 {
            return None;
        }
        ops.push(Op::new(what, column, name, &before));
        before.push(column as u32);
    }
    Some(())
}

/// What is written of the rows of one table.
#[derive(Debug)]
pub struct Plan {
    pub(super) signs: Signs,
    pub(super) classes: Classes,
    pub(super) label: Literal,
    /// The fields and the properties that are constants.
    pub(super) constants: Constants,
    pub(super) head: Literal,
    pub(super) tail: Literal,
    pub(super) separator: u8,
    /// How many cells a row has at least.
    pub(super) width: usize,
    /// The cells of the row that is being read.
    pub(super) slots: Vec<Slot>,
    /// The fields first, then the properties.
    pub(super) ops: Vec<Op>,
    /// The number of the first property among them.
    pub(super) properties: usize,
    pub(super) out: Out,
    /// The rows that were written.
    pub(super) rows: Vec<Row>,
    /// How times are written, if the mapping says it.
    pub(super) time: TimeFormat,
    /// What stands before the decimals of amounts, if the mapping says it.
    pub(super) decimal: Option<DecimalSign>,
    /// It was reported that `TRUE` became true.
    pub told_booleans: bool,
    /// It was reported that a column without a name was left out.
    pub told_nameless: bool,
}

impl Plan {
    /// Makes the plan of a table. Returns `None` if all of its rows are for the careful way.
    pub fn of(columns: &Columns, separator: u8) -> Option<Self> {
        let Columns { names, mapping, width, timestamp, .. } = columns;
        let [event] = &*mapping.events else { return None };
        let is_whole = !event.whole.is_empty();
        if is_whole
            || event.each.is_some()
            || !event.when.is_empty()
            || event.optional
            || !event.properties.pairs.is_empty()
        {
            return None;
        }
        // the last cell of one table and the first of another may be glued together
        let time = names.get(*timestamp).map_or("", |name| name);
        if time.starts_with(|first: char| first.is_ascii_digit()) || (*timestamp == 0 && time.len() <= 5) {
            return None;
        }
        let mut ops = Vec::new();
        let mut constants = Constants::default();
        for ((source, name), what) in event.fields.iter().zip(MAPPED).zip(FIELDS) {
            match source {
                None => {}
                Some(Source { from: From::Value(json), .. }) => constants.add(what, name, json, source.as_ref()?)?,
                Some(source) => {
                    let what = match what {
                        What::Time if event.time.declared => What::Declared,
                        What::Value if event.decimal.is_some() => What::Amount,
                        what => what,
                    };
                    add(&mut ops, what, name, source)?;
                }
            }
        }
        let nameless = names.iter().enumerate().filter(|(_, name)| name.is_empty());
        ops.extend(nameless.map(|(column, _)| Op::new(What::Nameless, column, "", &[])));
        for path in &event.properties.from {
            ops.extend(path.column.map(|column| Op::new(What::Unsure, column, "", &[])));
        }
        ops.sort_by_key(|op| op.column);
        let properties = ops.len();
        for (name, source) in &event.properties.add {
            let what = match source.kind {
                None => What::Told,
                Some(Kind::Text) => What::Text,
                Some(Kind::Number) => What::Number,
            };
            if let From::Value(json) = &source.from {
                constants.add(What::Told, name, json, source)?;
                continue;
            }
            let before = ops.len();
            add(&mut ops, what, name, source)?;
            if ops.len() > before + 1 {
                return None;
            }
        }
        if ops.len() - properties > PROPERTIES_MAX || names.is_empty() {
            return None;
        }
        Some(Plan {
            signs: Signs::new(separator),
            classes: Classes::default(),
            label: Literal::new(PROPERTIES),
            head: Literal::new(&constants.fields),
            tail: Literal::new(&constants.properties),
            constants,
            separator,
            width: *width,
            slots: vec![Slot::default(); names.len()],
            ops,
            properties,
            out: Out::default(),
            rows: Vec::new(),
            told_booleans: false,
            told_nameless: false,
            time: event.time.clone(),
            decimal: event.decimal,
        })
    }

    /// Takes how many cells of each column became numbers, and how many stayed text.
    pub fn take_tallies(&mut self, mut add: impl FnMut(usize, u64, u64)) {
        for op in &mut self.ops[self.properties..] {
            if op.numbers | op.texts > 0 {
                add(op.column as usize, u64::from(op.numbers), u64::from(op.texts));
                (op.numbers, op.texts) = (0, 0);
            }
        }
    }
}
