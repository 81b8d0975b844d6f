//! CSV and TSV: a header row names the columns, and every further row is an event.
//!
//! csv-core tells cells from each other. A row becomes the JSON text of its event, so that what
//! checks events need not know of tables.

use std::rc::Rc;

use csv_core::{ReadFieldResult, ReaderBuilder};

use super::columns::{self, Column, ColumnMap};
use super::{Buffer, Cursor, Step};
use crate::issue::Code;
use crate::rules::RECORD_BYTES_MAX;

/// Bytes given to csv-core at once; it wants as much room for what it gives back.
const PIECE: usize = 16_384;

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
}

/// A cell of the current row.
#[derive(Debug)]
struct Cell {
    /// Where its text ends; it begins at the end of the cell before.
    end: usize,
    line: u64,
    /// Its first byte, quotes included, from the row's first.
    offset: usize,
}

/// What a whole row is.
pub(super) enum Row {
    /// The header was read; `unused` are the columns of the map that it has not.
    Header { unused: String },
    /// The header is of no use.
    BadHeader { code: Code, offset: usize, got: String },
    /// Nothing is in it.
    Blank,
    /// [`CsvFramer::made`] is its event.
    Event,
    /// It has a cell at this byte that no column is for.
    TooLong(usize),
}

pub(super) struct CsvFramer {
    core: Box<csv_core::Reader>,
    separator: u8,
    map: Rc<ColumnMap>,
    columns: Option<Vec<Column>>,
    /// The texts of the row's cells, one after the other, up to `filled`.
    text: Vec<u8>,
    filled: usize,
    cells: Vec<Cell>,
    /// The first byte of the cell that is being read, from the row's first, and its line.
    open: Option<(usize, u64)>,
    pub(super) made: Made,
}

impl CsvFramer {
    pub(super) fn new(separator: u8, map: Rc<ColumnMap>) -> Self {
        CsvFramer {
            core: core(separator),
            separator,
            map,
            columns: None,
            text: Vec::new(),
            filled: 0,
            cells: Vec::new(),
            open: None,
            made: Made::default(),
        }
    }

    pub(super) fn in_header(&self) -> bool {
        self.columns.is_none()
    }

    /// Up to the first byte of the next row.
    pub(super) fn between(&mut self, bytes: &[u8], cursor: &mut Cursor) -> Step {
        while let Some(&byte) = bytes.get(cursor.at) {
            if !matches!(byte, b'\r' | b'\n') {
                self.begin();
                cursor.record = Some((cursor.at, cursor.line));
                return Step::Begin;
            }
            cursor.line += u64::from(byte == b'\n');
            cursor.at += 1;
        }
        Step::NeedMore
    }

    fn begin(&mut self) {
        self.filled = 0;
        self.cells.clear();
        self.open = None;
    }

    /// Up to the end of the row.
    pub(super) fn inside(&mut self, bytes: &[u8], cursor: &mut Cursor, ended: bool) -> Step {
        let start = cursor.record.map_or(cursor.at, |(start, _)| start);
        loop {
            let rest = &bytes[cursor.at..];
            if rest.is_empty() && !ended {
                return Step::NeedMore;
            }
            // a line break ends the last row, unless it is inside of quotes
            let input = if rest.is_empty() { b"\n" } else { &rest[..rest.len().min(PIECE)] };
            let (offset, line) = *self.open.get_or_insert((cursor.at - start, cursor.line));
            if self.filled > RECORD_BYTES_MAX {
                self.filled = 0; // refused in any case
            }
            if self.text.len() < self.filled + input.len() + 1 {
                self.text.resize(self.filled + input.len() + 1, 0);
            }
            let (result, read, written) = self.core.read_field(input, &mut self.text[self.filled..]);
            self.filled += written;
            if !rest.is_empty() {
                cursor.line += memchr::memchr_iter(b'\n', &rest[..read]).count() as u64;
                cursor.at += read;
            }
            match result {
                ReadFieldResult::InputEmpty if rest.is_empty() => return Step::QuoteNotClosed,
                ReadFieldResult::InputEmpty | ReadFieldResult::OutputFull => {}
                ReadFieldResult::Field { record_end } => {
                    self.open = None;
                    // of the cells too many only the first is told
                    if self.columns.as_ref().is_none_or(|columns| self.cells.len() <= columns.len()) {
                        self.cells.push(Cell { end: self.filled, line, offset });
                    }
                    if record_end {
                        return Step::Record(cursor.at - usize::from(!rest.is_empty()));
                    }
                }
                ReadFieldResult::End => return Step::Record(cursor.at),
            }
        }
    }

    /// What the row that [`CsvFramer::inside`] came to the end of is; `raw` is its whole text.
    pub(super) fn row(&mut self, line: u64) -> Row {
        let Some(columns) = &self.columns else { return self.header() };
        if self.text[..self.filled].iter().all(|&byte| byte == b' ' || byte == b'\t') {
            return Row::Blank;
        }
        if let Some(extra) = self.cells.get(columns.len()) {
            return Row::TooLong(extra.offset);
        }
        let mut text = String::from("{");
        let mut origins = vec![Origin { at: 0, line, offset: 0 }];
        let mut properties: Vec<(&str, &str, &Cell)> = Vec::new();
        let mut start = 0;
        for (column, cell) in columns.iter().zip(&self.cells) {
            let value = utf8(&self.text[start..cell.end]);
            start = cell.end;
            if value.is_empty() {
                continue;
            }
            match column {
                Column::LeftOut => {}
                Column::Field(name) => {
                    comma(&mut text);
                    text.extend(["\"", name, "\":"]);
                    origins.push(Origin { at: text.len(), line: cell.line, offset: cell.offset });
                    text.push_str(&columns::field(name, value));
                }
                Column::Property(name) => properties.push((name, value, cell)),
                Column::Properties => properties.push(("", value, cell)),
            }
        }
        if !properties.is_empty() {
            write_properties(&properties, line, &mut text, &mut origins);
        }
        text.push('}');
        let held = self.made.text.data().len();
        self.made.text.discard(held);
        self.made.text.room(text.len()).copy_from_slice(text.as_bytes());
        self.made.origins = origins;
        Row::Event
    }

    fn header(&mut self) -> Row {
        let mut start = 0;
        let names = self.cells.iter().map(|cell| utf8(&self.text[std::mem::replace(&mut start, cell.end)..cell.end]));
        let names: Vec<&str> = names.map(str::trim).collect();
        let columns = self.map.columns(&names);
        let unused = self.map.unused(&names);
        if let Some((at, got)) = columns::twice(&columns) {
            return Row::BadHeader { code: Code::CsvColumnTwice, offset: self.cells[at].offset, got };
        }
        let got = columns::missing(&columns);
        if !got.is_empty() {
            return Row::BadHeader { code: Code::CsvColumnsMissing, offset: 0, got };
        }
        self.columns = Some(columns);
        Row::Header { unused }
    }

    /// The cell whose quote was not closed: its first byte, from the row's first, and its line. Reading begins
    /// anew behind that line, which happens once: all quotes that follow it are doubled, and open none again.
    pub(super) fn give_up_cell(&mut self) -> (usize, u64) {
        self.core = core(self.separator);
        self.open.unwrap_or_default()
    }
}

fn core(separator: u8) -> Box<csv_core::Reader> {
    let mut core = Box::new(ReaderBuilder::new().delimiter(separator).build());
    // it would take a second byte order mark away, where a chunk has all of it
    core.read_field(b"\n", &mut [0]);
    core
}

/// The whole row was found to be UTF-8 before.
fn utf8(cell: &[u8]) -> &str {
    std::str::from_utf8(cell).unwrap_or_default()
}

fn comma(text: &mut String) {
    if !text.ends_with('{') {
        text.push(',');
    }
}

/// A cell with properties in JSON stands under no name; what is no object there is left to the rules.
fn write_properties(properties: &[(&str, &str, &Cell)], line: u64, text: &mut String, origins: &mut Vec<Origin>) {
    let origin = |at, cell: &Cell| Origin { at, line: cell.line, offset: cell.offset };
    comma(text);
    text.push_str("\"properties\":");
    if let Some((_, value, cell)) =
        properties.iter().find(|(name, value, _)| name.is_empty() && columns::members(value).is_none())
    {
        origins.push(origin(text.len(), cell));
        text.push_str(&crate::json::quoted(value));
        return;
    }
    origins.push(Origin { at: text.len(), line, offset: 0 });
    text.push('{');
    for (name, value, cell) in properties {
        match columns::members(value).filter(|_| name.is_empty()) {
            Some("") => {}
            Some(members) => {
                comma(text);
                origins.push(origin(text.len(), cell));
                text.push_str(members);
            }
            None => {
                comma(text);
                text.extend([&crate::json::quoted(name), ":"]);
                origins.push(origin(text.len(), cell));
                text.push_str(&columns::property(value));
            }
        }
    }
    text.push('}');
}
