//! Reads known keys from bytes in chunks of any size: a key per line, or a column of a table.

use csv_core::{ReadFieldResult, Reader, ReaderBuilder};

use super::known::KnownKeys;
use crate::finding::cut;
use crate::host::Host;
use crate::json::quoted;
use crate::limits::KEY_MAX;
use crate::text::is_white_space;
use crate::text::join;

/// The column that has the keys unless another one is named.
const COLUMN: &str = "key";
/// The longest key with the white space around it, in bytes.
const LINE_MAX: usize = KEY_MAX * 3 + 250;
/// The longest first line, in bytes.
const FIRST_MAX: usize = 1 << 16;

/// The reason why a list cannot be read.
#[derive(Debug, PartialEq)]
pub struct KeyListError {
    /// A stable word in `snake_case`.
    pub code: &'static str,
    /// The same for a person, in one line.
    pub message: String,
}

/// A list that is read into [`KnownKeys`].
///
/// ```
/// let mut list = split_events_base::keys::KeyList::new(None, &split_events_base::native::Native);
/// list.push(b"user,key\nAva,u-1\nB").unwrap();
/// list.push(b"o,u-2\n").unwrap();
/// assert!(list.finish().unwrap().contains(b"u-2"));
/// ```
pub struct KeyList {
    column: Option<String>,
    known: KnownKeys,
    state: State,
    /// The beginning of a line or cell that a chunk cut.
    held: Vec<u8>,
}

enum State {
    First,
    Lines,
    Table { reader: Box<Reader>, column: usize, cell: usize },
}

impl KeyList {
    /// Reads a list, or the column with this name of a table. `host` lowers the case of keys.
    pub fn new(column: Option<String>, host: &'static dyn Host) -> Self {
        KeyList { column, known: KnownKeys::new(host), state: State::First, held: Vec::new() }
    }

    /// Adds one key.
    pub fn add(&mut self, key: &str) {
        self.known.add(key);
    }

    /// Reads the next bytes, which may be cut anywhere.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), KeyListError> {
        if bytes.is_empty() {
            return Ok(());
        }
        match self.state {
            State::First => self.first(bytes, false),
            State::Lines => {
                self.lines(bytes);
                Ok(())
            }
            State::Table { .. } => {
                self.cells(bytes, false);
                Ok(())
            }
        }
    }

    /// Returns all keys once there are no more bytes.
    pub fn finish(mut self) -> Result<KnownKeys, KeyListError> {
        if matches!(self.state, State::First) {
            self.first(b"", true)?;
        }
        match self.state {
            State::Table { .. } => self.cells(b"", true),
            _ => self.lines(b"\n"),
        }
        if self.known.is_empty() {
            return Err(error("known_keys_empty", "knownKeys must have at least one key, but has none".to_owned()));
        }
        self.known.finish();
        Ok(self.known)
    }

    /// Decides by the first line whether there are columns.
    fn first(&mut self, bytes: &[u8], ended: bool) -> Result<(), KeyListError> {
        self.held.extend_from_slice(bytes);
        let Some(end) = memchr::memchr2(b'\n', b'\r', &self.held)
            .or((ended || self.held.len() > FIRST_MAX).then_some(self.held.len()))
        else {
            return Ok(());
        };
        let start = std::mem::take(&mut self.held);
        if start.contains(&0) {
            let message = "knownKeys must be text in UTF-8: one key per line, or CSV".to_owned();
            return Err(error("known_keys_not_text", message));
        }
        let first = String::from_utf8_lossy(&start[..end]);
        let first = first.trim_start_matches('\u{feff}');
        let delimiter = ['\t', ',', ';'].into_iter().find(|&delimiter| first.chars().any(|c| c == delimiter));
        let columns: Vec<&str> = match delimiter {
            Some(delimiter) => first.split(delimiter).map(bare).collect(),
            None => vec![bare(first)],
        };
        let wanted = self.column.as_deref().unwrap_or(COLUMN);
        match columns.iter().position(|name| *name == wanted) {
            Some(column) => {
                let delimiter = delimiter.map_or(0, |delimiter| delimiter as u8);
                let reader = Box::new(ReaderBuilder::new().delimiter(delimiter).build());
                self.state = State::Table { reader, column, cell: 0 };
                self.cells(&start[end..], false);
            }
            None if self.column.is_none() && delimiter.is_none() => {
                self.state = State::Lines;
                self.lines(&start);
            }
            None => {
                let option = if self.column.is_some() { "column" } else { "the column of knownKeys" };
                let there = cut(&join(&columns, ", "));
                let message =
                    format!("{option} must name a column of the list: {there}; there is no {}", quoted(wanted));
                return Err(error("known_keys_column", message));
            }
        }
        Ok(())
    }

    fn lines(&mut self, mut bytes: &[u8]) {
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            if self.held.is_empty() {
                add(&mut self.known, &bytes[..end]);
            } else {
                hold(&mut self.held, &bytes[..end]);
                add(&mut self.known, &self.held);
                self.held.clear();
            }
            bytes = &bytes[end + 1..];
        }
        hold(&mut self.held, bytes);
    }

    /// Reads the cells of the column.
    fn cells(&mut self, mut bytes: &[u8], ended: bool) {
        let State::Table { reader, column, cell } = &mut self.state else { return };
        let mut text = [0; 256];
        // an empty chunk would be the end to the reader
        while ended || !bytes.is_empty() {
            let (result, read, written) = reader.read_field(bytes, &mut text);
            bytes = &bytes[read..];
            if cell == column {
                hold(&mut self.held, &text[..written]);
            }
            match result {
                ReadFieldResult::Field { record_end } => {
                    if cell == column {
                        add(&mut self.known, &self.held);
                        self.held.clear();
                    }
                    *cell = if record_end { 0 } else { *cell + 1 };
                }
                ReadFieldResult::OutputFull => {}
                ReadFieldResult::InputEmpty | ReadFieldResult::End => return,
            }
        }
    }
}

/// Holds the beginning of a line, up to one byte more than a key may have, so that a longer line is found to be too
/// long.
fn hold(held: &mut Vec<u8>, bytes: &[u8]) {
    let room = LINE_MAX + 1 - held.len();
    held.extend_from_slice(&bytes[..bytes.len().min(room)]);
}

fn add(known: &mut KnownKeys, line: &[u8]) {
    // no event has a key that is not UTF-8
    if line.len() <= LINE_MAX
        && let Ok(key) = std::str::from_utf8(line)
    {
        known.add(key);
    }
}

fn bare(cell: &str) -> &str {
    cell.trim_matches(is_white_space).trim_matches('"')
}

fn error(code: &'static str, message: String) -> KeyListError {
    KeyListError { code, message }
}
