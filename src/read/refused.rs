//! Tables of refused rows: how a row is written there, and how a table is read again that was written so.

use std::rc::Rc;

use crate::codes::Code;
use crate::formula::{self, MARK};
use crate::map::Cell;
use crate::undelivered::{REASONS, RefusedRow};

/// The column with the reasons, in a table that has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReasonsColumn {
    number: usize,
    /// No other column with a name stands behind it.
    is_last: bool,
}

impl ReasonsColumn {
    /// Takes the column off a header row that has it, with the columns behind it if none of them has a name.
    pub(super) fn take_off_header(row: &[u8], cells: &mut Vec<Cell>) -> Option<Self> {
        let number = cells.iter().position(|cell| is_its_name(row, *cell))?;
        let is_last = cells[number + 1..].iter().all(|cell| cell.content(row).trim_ascii().is_empty());
        if is_last {
            cells.truncate(number);
        } else {
            cells.remove(number);
        }
        find_marks(row, cells);
        Some(ReasonsColumn { number, is_last })
    }

    /// Takes the reasons off a row, and finds the marks in it.
    pub(super) fn take_off(self, row: &[u8], cells: &mut Vec<Cell>) {
        let width = self.number + 1;
        if self.is_last {
            let filled = trimmed(cells, width).len();
            cells.truncate(filled);
        }
        if self.is_last && cells.len() > width {
            // the reasons of a row with too many cells stand behind these
            let is_reason = |cell: &Cell| {
                let mut codes = Code::ALL.iter().map(|code| code.as_str().as_bytes());
                codes.any(|code| cell.content(row).starts_with(code))
            };
            cells.pop_if(|cell| is_reason(cell));
        } else if cells.get(self.number).is_some_and(|cell| !is_its_name(row, *cell)) {
            cells.remove(self.number);
        }
        find_marks(row, cells);
    }
}

fn is_its_name(row: &[u8], cell: Cell) -> bool {
    cell.content(row).trim_ascii() == REASONS.as_bytes()
}

fn find_marks(row: &[u8], cells: &mut [Cell]) {
    for cell in cells {
        cell.marked = formula::is_marked(cell.content(row));
    }
}

/// What the refused rows of a table are written with.
#[derive(Debug, Default)]
pub(super) struct RefusedRows {
    /// The text above the rows.
    header: Rc<[u8]>,
    /// The number of its cells.
    width: usize,
}

impl RefusedRows {
    pub(super) fn new(header: &[u8], cells: &[Cell], separator: u8) -> Self {
        let mut text = Vec::new();
        write_cells(header, cells, separator, &mut text);
        RefusedRows { header: text.into(), width: cells.len() }
    }

    /// Returns a row of these cells as it is written.
    pub(super) fn row(&self, row: &[u8], cells: &[Cell], separator: u8) -> RefusedRow {
        let mut text = Vec::new();
        let cells = trimmed(cells, self.width);
        write_cells(row, cells, separator, &mut text);
        self.filled(text, cells.len(), separator)
    }

    /// Returns a row whose first cell is this text, and whose others are empty.
    pub(super) fn text(&self, text: &[u8], separator: u8) -> RefusedRow {
        let mut cell = vec![b'"'];
        if formula::needs_mark(text) {
            cell.push(MARK);
        }
        for &byte in text {
            cell.extend_from_slice(if byte == b'"' { b"\"\"" } else { std::slice::from_ref(&byte) });
        }
        cell.push(b'"');
        self.filled(cell, 1, separator)
    }

    fn filled(&self, mut text: Vec<u8>, cells: usize, separator: u8) -> RefusedRow {
        text.resize(text.len() + self.width.saturating_sub(cells), separator);
        let header = Rc::clone(&self.header);
        RefusedRow {
            header,
            text,
            separator,
            carriage_return: false,
            byte_order_mark: false,
            has_separator_line: false,
        }
    }
}

/// Returns cells without the empty ones at the end that are too many.
fn trimmed(cells: &[Cell], width: usize) -> &[Cell] {
    let last = cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
    &cells[..cells.len().min(last.max(width))]
}

/// Writes cells as they are, with marks.
fn write_cells(row: &[u8], cells: &[Cell], separator: u8, text: &mut Vec<u8>) {
    for (number, cell) in cells.iter().enumerate() {
        if number > 0 {
            text.push(separator);
        }
        let written = cell.written(row);
        let content = cell.content(row);
        if !cell.marked && formula::needs_mark(content) {
            let quote = usize::from(content.len() < written.len());
            text.extend_from_slice(&written[..quote]);
            text.push(MARK);
            text.extend_from_slice(&written[quote..]);
        } else {
            text.extend_from_slice(written);
        }
    }
}
