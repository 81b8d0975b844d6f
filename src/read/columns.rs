//! Which field of an event each column of a table is, and how a cell becomes JSON.

use std::collections::BinaryHeap;

use crate::event::FIELDS;
use crate::json;
use crate::text::join;

/// Every event has these.
const NEEDED: [&str; 4] = ["eventTypeId", "trafficTypeName", "key", "timestamp"];
const PROPERTIES: &str = "properties";
const PROPERTY: &str = "properties.";
/// Numbers of more digits are ids: whoever reads them as doubles would change them.
const DIGITS_MAX: usize = 15;
/// A longer exponent may be beyond what a double holds.
const EXPONENT_MAX: usize = 2;

/// What a column is in the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Column {
    /// A field of its own.
    Field(&'static str),
    /// One property.
    Property(String),
    /// Properties as a JSON object.
    Properties,
    LeftOut,
}

impl Column {
    /// A field, `properties`, `properties.NAME`, or `-` for none.
    fn target(name: &str) -> Option<Column> {
        if matches!(name, "" | "-") {
            return Some(Column::LeftOut);
        }
        if let Some(&field) = FIELDS.iter().find(|&&field| field == name) {
            return Some(if field == PROPERTIES { Column::Properties } else { Column::Field(field) });
        }
        let property = name.strip_prefix(PROPERTY).filter(|property| !property.is_empty())?;
        Some(Column::Property(property.to_owned()))
    }

    /// What a column is by its own name; one without a name is left out.
    fn named(name: &str) -> Column {
        let property = || Column::Property(name.to_owned());
        if name == "-" { property() } else { Column::target(name).unwrap_or_else(property) }
    }

    /// The name as it is written in `map`.
    fn name(&self) -> String {
        match self {
            Column::Field(name) => (*name).to_owned(),
            Column::Property(name) => [PROPERTY, name].concat(),
            Column::Properties => PROPERTIES.to_owned(),
            Column::LeftOut => String::new(),
        }
    }
}

/// What the user says about columns whose own names do not say it.
#[derive(Debug, Clone, Default)]
pub struct ColumnMap(Vec<(String, Column)>);

impl ColumnMap {
    /// The column with this name is that field, `properties.NAME`, or left out where it is `-` or empty. Gives
    /// whether there is such a field.
    #[must_use]
    pub fn insert(&mut self, column: &str, field: &str) -> bool {
        let target = Column::target(field);
        let known = target.is_some();
        self.0.extend(target.map(|target| (column.trim().to_owned(), target)));
        known
    }

    fn get(&self, name: &str) -> Option<&Column> {
        self.0.iter().find(|(column, _)| column == name).map(|(_, target)| target)
    }

    /// The columns that no name of this header row is.
    pub(super) fn unused(&self, header: &[&str]) -> String {
        let unused: Vec<&str> =
            self.0.iter().map(|(column, _)| &**column).filter(|column| !header.contains(column)).collect();
        join(&unused, ", ")
    }

    /// Whether a column with this name shows that a table holds events.
    pub(super) fn knows(&self, name: &str) -> bool {
        FIELDS.contains(&name) || name.starts_with(PROPERTY) || self.get(name).is_some()
    }

    /// The columns of a header row.
    pub(super) fn columns(&self, header: &[&str]) -> Vec<Column> {
        header.iter().map(|name| self.get(name).cloned().unwrap_or_else(|| Column::named(name))).collect()
    }
}

/// The first column that another one before it is, too.
pub(super) fn twice(columns: &[Column]) -> Option<(usize, String)> {
    let mut sorted: Vec<(String, usize)> = columns.iter().enumerate().map(|(at, column)| (column.name(), at)).collect();
    sorted.retain(|(name, _)| !name.is_empty());
    let sorted = BinaryHeap::from(sorted).into_sorted_vec();
    sorted.windows(2).filter(|pair| pair[0].0 == pair[1].0).map(|pair| (pair[1].1, pair[1].0.clone())).min()
}

/// The fields that every event needs and no column is.
pub(super) fn missing(columns: &[Column]) -> String {
    let missing: Vec<&str> = NEEDED.into_iter().filter(|&needed| !columns.contains(&Column::Field(needed))).collect();
    join(&missing, ", ")
}

/// The JSON of a cell in a field's column. Names and keys are text, whatever they look like.
pub(super) fn field(name: &str, cell: &str) -> String {
    let number = matches!(name, "timestamp" | "value") && is_number(cell);
    if number { cell.to_owned() } else { json::quoted(cell) }
}

/// The JSON of a cell in a property's column.
pub(super) fn property(cell: &str) -> String {
    let plain = matches!(cell, "true" | "false") || (is_number(cell) && is_short(cell));
    if plain { cell.to_owned() } else { json::quoted(cell) }
}

/// The members of a cell that is a JSON object.
pub(super) fn members(cell: &str) -> Option<&str> {
    let value = json::parse(cell).ok()?;
    let inner = value.raw.strip_prefix('{')?.strip_suffix('}')?;
    Some(inner.trim())
}

fn is_number(cell: &str) -> bool {
    cell.starts_with(|first: char| first == '-' || first.is_ascii_digit()) && json::is_number(cell)
}

/// Whether a double holds the number as it is written.
fn is_short(number: &str) -> bool {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, ""));
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).skip_while(|&digit| digit == b'0').count();
    digits <= DIGITS_MAX && exponent.trim_start_matches(['+', '-']).len() <= EXPONENT_MAX
}
