//! What is written of each row of a table, and from which of its cells.

use super::classes::Classes;
use super::op::{Constants, FIELDS, NEEDED, Op, PROPERTIES, What, When, add};
use super::out::{Literal, Out};
use super::progress::Progress;
use super::slot::{Signs, Slot};
use crate::decimal::DecimalSign;
use crate::limits::PROPERTIES_MAX;
use crate::map::columns::Columns;
use crate::map::mapping::{From, Kind, MAPPED, Source};
use crate::time::TimeFormat;

/// A row whose event was written.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The row's first byte in the data.
    pub start: usize,
    /// The byte behind its event in what was written.
    pub end: usize,
    /// Line breaks before it, from the first row on.
    pub line: usize,
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
    /// What is written of each column as soon as its cell is found.
    pub(super) ops: Vec<Op>,
    /// What is written of the cells of a row, if a column is used twice or instead of another. Fields come first.
    pub(super) late: Vec<Op>,
    /// The conditions that a row must meet to make an event.
    pub(super) when: Vec<When>,
    /// The column of the timestamp.
    pub(super) timestamp: usize,
    /// The bits of the fields that a row must have.
    pub(super) needed: u32,
    /// The cells of the row, if they are written late.
    pub(super) slots: Vec<Slot>,
    /// A property comes before a field.
    pub(super) is_mixed: bool,
    pub(super) progress: Progress,
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
        if is_whole || event.each.is_some() || event.optional || !event.properties.pairs.is_empty() {
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
        // mostly in order, and few; the library's sort has 5 KB of code
        for mut at in 1..ops.len() {
            while at > 0 && ops[at - 1].column > ops[at].column {
                ops.swap(at - 1, at);
                at -= 1;
            }
        }
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
        let when = event.when.iter().map(When::new).collect::<Option<Vec<_>>>()?;
        let with_default = event
            .fields
            .iter()
            .enumerate()
            .filter(|(_, source)| source.as_ref().is_some_and(|source| source.default.is_some()));
        let needed = with_default.fold(NEEDED, |needed, (field, _)| needed | 1 << field);
        let (mut columns, late) = parted(ops, &when, names.len());
        let is_late = !when.is_empty() || !late.is_empty();
        let last = columns.len() - 1;
        columns[..last].iter_mut().for_each(|op| op.ending = separator);
        let turns = turn(&mut columns);
        let is_mixed = turns > 1 || (is_late && turns > 0);
        Some(Plan {
            signs: Signs::new(separator),
            classes: Classes::default(),
            label: Literal::new(PROPERTIES),
            head: Literal::new(&constants.fields),
            tail: Literal::new(&constants.properties),
            constants,
            separator,
            width: *width,
            slots: vec![Slot::default(); if is_late { names.len() } else { 0 }],
            ops: columns,
            late,
            when,
            timestamp: *timestamp,
            needed,
            is_mixed,
            progress: Progress::default(),
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
        for op in self.ops.iter_mut().chain(&mut self.late) {
            if op.numbers | op.texts > 0 {
                add(op.column as usize, u64::from(op.numbers), u64::from(op.texts));
                (op.numbers, op.texts) = (0, 0);
            }
        }
    }
}

/// Parts operations into those of one column each, which are written as soon as its cell is found, and those that are
/// written late, since a column is used twice, instead of another or in a condition. Properties are written late only if
/// that holds for one of them, fields if it holds for any.
fn parted(ops: Vec<Op>, when: &[When], columns: usize) -> (Vec<Op>, Vec<Op>) {
    let waits = |op: &Op| {
        !op.unless.is_empty()
            || ops.iter().filter(|other| other.column == op.column).count() > 1
            || when.iter().any(|when| when.column == Some(op.column))
    };
    let is_late = !when.is_empty() || ops.iter().any(waits);
    let are_all_late = ops.iter().any(|op| op.is_property() && waits(op));
    let unused = if is_late { What::Kept } else { What::LeftOut };
    let mut at_once: Vec<_> = (0..columns).map(|column| Op::new(unused, column, "", &[])).collect();
    let mut late = Vec::new();
    for op in ops {
        if is_late && (are_all_late || !op.is_property()) {
            late.push(op);
        } else {
            let column = op.column as usize;
            at_once[column] = op;
        }
    }
    (at_once, late)
}

/// Notes where properties come behind fields, or fields behind properties. Returns how often.
fn turn(ops: &mut [Op]) -> usize {
    let mut is_property = false;
    for op in &mut *ops {
        let writes = !matches!(op.what, What::LeftOut | What::Kept | What::Nameless | What::Unsure);
        op.turns = writes && op.is_property() != is_property;
        is_property ^= op.turns;
    }
    ops.iter().filter(|op| op.turns).count()
}
