//! Which field of an event each column of a table is.

use std::borrow::Cow;
use std::collections::BinaryHeap;

use super::row::Cell;
use crate::event::{FIELDS, PROPERTIES};
use crate::json::quoted;
use crate::text::is_white_space;
use crate::text::join;
use crate::timestamp::{self, Reading};

/// The fields that every event has.
const NEEDED: [&str; 4] = ["eventTypeId", "trafficTypeName", "key", "timestamp"];
/// What the name of a property's column begins with.
pub(super) const PROPERTY: &str = "properties.";

/// What a column is in the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Column {
    /// A field of its own.
    Field(&'static str),
    /// One property, and what its cells are.
    Property(String, Kind),
    /// Properties as a JSON object.
    Properties,
    /// Left out by the map.
    LeftOut,
    /// Left out since it has no name.
    Nameless,
}

/// What the cells of a property's column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Each cell tells whether it is a number, a boolean or text.
    Told,
    Text,
    Number,
}

impl Column {
    /// Reads a field, `properties`, `properties.NAME`, or `-` for none.
    fn target(name: &str) -> Option<Column> {
        if matches!(name, "" | "-") {
            return Some(Column::LeftOut);
        }
        if let Some(&field) = FIELDS.iter().find(|&&field| field == name) {
            return Some(if field == PROPERTIES { Column::Properties } else { Column::Field(field) });
        }
        let property = name.strip_prefix(PROPERTY).filter(|property| !property.is_empty())?;
        Some(Column::Property(property.to_owned(), Kind::Told))
    }

    /// Reads the same, and `properties.NAME:text` or `properties.NAME:number` for a property whose cells are of one
    /// kind.
    fn mapped(target: &str) -> Option<Column> {
        let kinds = [(":text", Kind::Text), (":number", Kind::Number)];
        for (suffix, kind) in kinds {
            if let Some(Column::Property(name, _)) = target.strip_suffix(suffix).and_then(Column::target) {
                return Some(Column::Property(name, kind));
            }
        }
        Column::target(target)
    }

    /// Returns what a column is by its own name.
    fn named(name: &str) -> Column {
        if name.is_empty() {
            return Column::Nameless;
        }
        let property = || Column::Property(name.to_owned(), Kind::Told);
        if name == "-" { property() } else { Column::target(name).unwrap_or_else(property) }
    }

    /// Returns the name as it is written in `map`.
    fn name(&self) -> String {
        match self {
            Column::Field(name) => (*name).to_owned(),
            Column::Property(name, _) => [PROPERTY, name].concat(),
            Column::Properties => PROPERTIES.to_owned(),
            Column::LeftOut | Column::Nameless => String::new(),
        }
    }

    fn label(&self) -> String {
        match self {
            Column::Field(name) => [&quoted(name), ":"].concat(),
            Column::Property(name, _) => [&quoted(name), ":"].concat(),
            Column::Properties | Column::LeftOut | Column::Nameless => String::new(),
        }
    }
}

/// What a user says about columns whose own names do not say it.
#[derive(Debug, Clone, Default)]
pub struct ColumnMap(Vec<(String, Column)>);

impl ColumnMap {
    /// Adds that the column with this name is that field, `properties.NAME`, `properties.NAME:text`,
    /// `properties.NAME:number`, or left out if it is `-` or empty. Returns whether there is such a field.
    #[must_use]
    pub fn insert(&mut self, column: &str, field: &str) -> bool {
        let target = Column::mapped(field);
        let known = target.is_some();
        self.0.extend(target.map(|target| (column.trim().to_owned(), target)));
        known
    }

    fn get(&self, name: &str) -> Option<&Column> {
        self.0.iter().find(|(column, _)| column == name).map(|(_, target)| target)
    }

    /// Returns the mapped columns that this header row does not have.
    pub(super) fn unused(&self, header: &[Cow<str>]) -> String {
        let unused: Vec<&str> = self
            .0
            .iter()
            .map(|(column, _)| &**column)
            .filter(|column| header.iter().all(|name| name != column))
            .collect();
        join(&unused, ", ")
    }

    /// Returns whether the user says what the column with this name is.
    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Returns whether the user says nothing of any column.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Returns the columns of a header row.
pub(super) fn of(header: &[Cow<str>], map: Option<&ColumnMap>) -> Vec<Column> {
    let column = |name: &str| map.and_then(|map| map.get(name)).cloned().unwrap_or_else(|| Column::named(name));
    header.iter().map(|name| column(name)).collect()
}

/// Returns the first column that is the same field as one before it, and the field's name.
pub(super) fn twice(columns: &[Column]) -> Option<(usize, String)> {
    let mut sorted: Vec<(String, usize)> = columns.iter().enumerate().map(|(at, column)| (column.name(), at)).collect();
    sorted.retain(|(name, _)| !name.is_empty());
    let sorted = BinaryHeap::from(sorted).into_sorted_vec();
    sorted.windows(2).filter(|pair| pair[0].0 == pair[1].0).map(|pair| (pair[1].1, pair[1].0.clone())).min()
}

/// Returns the fields that every event needs and that no column is.
pub(super) fn missing(columns: &[Column]) -> String {
    let missing: Vec<&str> = NEEDED.into_iter().filter(|&needed| !columns.contains(&Column::Field(needed))).collect();
    join(&missing, ", ")
}

/// The columns of a table.
pub(super) struct Columns {
    pub list: Vec<Column>,
    /// The name of each in its event, as JSON with the colon behind it.
    pub labels: Vec<String>,
    /// The text of the header row.
    pub text: String,
    /// How many cells a row has at least: up to the last column that has a name.
    pub width: usize,
    /// The number of the timestamp's column.
    pub timestamp: usize,
    /// What was found in each column of [`Kind::Told`].
    pub tallies: Vec<Tally>,
    /// The line and the byte of the header row in the source.
    pub place: (u64, u64),
}

/// Returns whether a cell is a time as tables have them: digits or a date.
fn is_time(cell: &str) -> bool {
    let is_number = cell.starts_with(|first: char| first.is_ascii_digit()) && !cell.contains(['e', 'E']);
    is_number && matches!(timestamp::read(cell, None), Reading::Number { .. } | Reading::Date(_))
}

/// How many cells of a column became numbers, and how many stayed text.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    pub numbers: u64,
    pub texts: u64,
}

impl Columns {
    pub(super) fn new(list: Vec<Column>, width: usize, text: &str, place: (u64, u64)) -> Self {
        let timestamp = list.iter().position(|column| *column == Column::Field("timestamp")).unwrap_or_default();
        let labels = list.iter().map(Column::label).collect();
        Columns {
            labels,
            text: text.to_owned(),
            width,
            timestamp,
            tallies: vec![Tally::default(); list.len()],
            list,
            place,
        }
    }

    /// Returns the row before a header on the same line. That comes of joining files whose last line has no end.
    pub(super) fn glued<'r>(&self, row: &'r str, cells: usize) -> Option<&'r str> {
        let before = row.strip_suffix(&*self.text)?;
        (cells >= self.list.len() && !before.is_empty()).then_some(before)
    }

    /// Returns whether the cell of the timestamp column may be the name of a column: it does not begin with a digit.
    pub(super) fn may_be_name(cell: Option<&Cell>, row: &str) -> bool {
        let is_digit = |text: &str| text.trim_start_matches(is_white_space).starts_with(|c: char| c.is_ascii_digit());
        cell.is_none_or(|cell| !is_digit(&cell.text(row)))
    }

    /// Returns whether a line of the row behind the first may be a row itself: it has as many separators as the header,
    /// or a time in the place of the timestamp.
    pub(super) fn spans_rows(&self, row: &str, separator: u8) -> bool {
        let separator = char::from(separator);
        let may_be_row = |line: &str| {
            line.split(separator).count() == self.list.len()
                || line.split(separator).nth(self.timestamp).is_some_and(|cell| is_time(cell.trim()))
        };
        row.split(['\r', '\n']).skip(1).any(may_be_row)
    }

    /// Returns each column in which cells were made numbers and others stayed text, with the numbers of both.
    pub(super) fn mixed(&self) -> impl Iterator<Item = String> {
        self.list.iter().zip(&self.tallies).filter_map(|(column, Tally { numbers, texts })| match column {
            Column::Property(name, _) if *numbers > 0 && *texts > 0 => {
                Some([name, ": ", &numbers.to_string(), " as numbers, ", &texts.to_string(), " as text"].concat())
            }
            _ => None,
        })
    }
}
