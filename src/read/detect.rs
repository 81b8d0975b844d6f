//! What a source is, by its first bytes.

use super::frame::{Cursor, SHOWN_BYTES, Unfit};
use super::header::{self, has_known, names, separated_otherwise, why_no_header};
use super::json::{BOM, SEPARATOR, is_space};
use super::signature::{Signed, is_text, signature};
use crate::codes::Code;
use crate::limits::RECORD_BYTES_MAX;
use crate::map::Mapping;

/// How events are written in a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// The one that the first bytes tell.
    #[default]
    Auto,
    /// An array of events, or one or more objects with white space between them.
    Json,
    /// One event per line.
    Ndjson,
    /// A table whose first row names the columns, with commas between the cells.
    Csv,
    /// The same, with tabs between the cells.
    Tsv,
}

impl Format {
    /// Returns the format with the name that users give.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "auto" => Some(Format::Auto),
            "json" => Some(Format::Json),
            "ndjson" => Some(Format::Ndjson),
            "csv" => Some(Format::Csv),
            "tsv" => Some(Format::Tsv),
            _ => None,
        }
    }

    /// Returns what stands between the cells if it is a table.
    fn separator(self) -> Option<u8> {
        match self {
            Format::Csv => Some(b','),
            Format::Tsv => Some(b'\t'),
            _ => None,
        }
    }
}

/// What is known of a source before its format is.
pub(super) struct Beginning<'s> {
    /// All that was pushed.
    pub data: &'s [u8],
    /// No more comes.
    pub ended: bool,
    /// The data ends with a text that is one of many.
    pub piece_ended: bool,
    /// What columns are.
    pub mapping: &'s Mapping,
}

impl Beginning<'_> {
    /// Returns the length of the byte order mark, unless the first bytes are those of no text; `None` until there are
    /// enough.
    pub fn mark(&self) -> Option<Result<usize, Unfit>> {
        if self.data.len() < 4 && !self.ended && !self.piece_ended {
            return None;
        }
        match self.other_kind(self.data) {
            Signed::No => {}
            Signed::NeedMore => return None,
            Signed::Yes(unfit) => return Some(Err(unfit)),
        }
        match skip_mark(self.data) {
            Some(length) => Some(Ok(length)),
            None => self.shows_enough(0).then_some(Err(Code::InputUtf16.into())),
        }
    }

    /// Tells the format by the first bytes that are not white space, and moves to the beginning of their line, or to
    /// them if they are not read; `None` until there are enough.
    pub fn format(&self, wanted: Format, cursor: &mut Cursor) -> Option<Result<Format, Unfit>> {
        let mut found = *cursor;
        skip_space(&mut found, self.data);
        // the line is kept whole: in a table the white space before may be an empty cell
        let space = &self.data[cursor.at..found.at];
        let in_line = |&&byte: &&u8| !matches!(byte, b'\n' | b'\r');
        let start = found.at - space.iter().rev().take_while(in_line).count().min(RECORD_BYTES_MAX);
        (cursor.at, cursor.line) = (start, found.line);
        let (line, bytes) = (&self.data[start..], &self.data[found.at..]);
        if bytes.is_empty() {
            return self.ended.then_some(Err(Code::EmptyInput.into()));
        }
        match self.other_kind(bytes) {
            Signed::No => {}
            Signed::NeedMore => return None,
            Signed::Yes(unfit) => {
                *cursor = found;
                return Some(Err(unfit));
            }
        }
        if let Some(separator) = wanted.separator() {
            let header = header::line(line, self.ended)?;
            if header.contains(&0) {
                return self.shows_enough(start).then_some(Err(Code::InputBinary.into()));
            }
            if let Some(unfit) = separated_otherwise(header, &[separator], self.mapping) {
                return self.shows_enough(start).then_some(Err(unfit));
            }
        }
        if wanted != Format::Auto {
            return Some(Ok(wanted));
        }
        match self.tell(bytes, line)? {
            Ok(format) => Some(Ok(format)),
            Err(unfit) if self.shows_enough(found.at) => {
                *cursor = found;
                let is_text = is_text(&bytes[..bytes.len().min(SHOWN_BYTES)]);
                Some(Err(if is_text { unfit } else { Code::InputBinary.into() }))
            }
            Err(_) => None,
        }
    }

    /// Tells the format by these bytes, before which there is only white space; `line` is their line from its
    /// beginning, and all behind it.
    fn tell(&self, bytes: &[u8], line: &[u8]) -> Option<Result<Format, Unfit>> {
        match bytes[0] {
            b'[' | SEPARATOR => Some(Ok(Format::Json)),
            b'{' => {
                let beginning = &bytes[..bytes.len().min(RECORD_BYTES_MAX)];
                let over = self.ended || bytes.len() > RECORD_BYTES_MAX;
                let by_lines = one_object_per_line(beginning, over || self.piece_ended).or(over.then_some(true))?;
                Some(Ok(if by_lines { Format::Ndjson } else { Format::Json }))
            }
            _ => {
                let header = header::line(line, self.ended)?;
                let by = |&&(separator, _): &&(u8, Format)| has_known(&names(header, separator), self.mapping);
                Some(match [(b'\t', Format::Tsv), (b',', Format::Csv)].iter().find(by) {
                    Some(_) if header.contains(&0) => Err(Code::InputBinary.into()),
                    Some(&(_, format)) => Ok(format),
                    None => Err(why_no_header(header, self.mapping)),
                })
            }
        }
    }

    /// Says whether these bytes begin a file of another kind than text.
    fn other_kind(&self, bytes: &[u8]) -> Signed {
        // no such file begins so
        let is_json = matches!(bytes, [b'[', ..] | [b'{', ..=b'[' | b']'.., ..]);
        if is_json { Signed::No } else { signature(bytes, self.ended) }
    }

    /// Returns whether an issue can show the same text from this byte on, whatever the chunks.
    fn shows_enough(&self, at: usize) -> bool {
        self.ended || self.data.len() - at >= SHOWN_BYTES
    }
}

/// Returns the length of the byte order mark; `None` if it is UTF-16, which has a mark of its own or a zero at every
/// second byte.
fn skip_mark(bytes: &[u8]) -> Option<usize> {
    let marked = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    let is_text = |byte: u8| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n');
    let zeros = match *bytes {
        [a, 0, b, 0, ..] | [0, a, 0, b, ..] => is_text(a) && is_text(b),
        [a, 0] | [0, a] => is_text(a),
        _ => false,
    };
    if marked || zeros {
        return None;
    }
    Some(if bytes.starts_with(BOM) { BOM.len() } else { 0 })
}

/// Skips white space and byte order marks.
fn skip_space(cursor: &mut Cursor, bytes: &[u8]) {
    loop {
        match bytes.get(cursor.at) {
            Some(b'\n') => cursor.line += 1,
            Some(&byte) if is_space(byte) => {}
            Some(_) if bytes[cursor.at..].starts_with(BOM) => cursor.at += BOM.len() - 1,
            _ => return,
        }
        cursor.at += 1;
    }
}

/// Returns whether the first line holds an object of its own, and not several, or only the beginning of one; `None` if
/// that is not told yet. `over` says that no byte that belongs to it follows.
///
/// A first line that is cut off is NDJSON with a broken record, and not an object over all lines, if the next line
/// begins with `{` and no value may stand there: that line is an event of its own.
fn one_object_per_line(bytes: &[u8], over: bool) -> Option<bool> {
    let mut open = Vec::new();
    let (mut in_string, mut escaped) = (false, false);
    let mut before = b'{';
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            b'\n' if in_string => return Some(true),
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'\n' => {
                let next = *bytes[at..].iter().find(|&&byte| !is_space(byte))?;
                let may_be_value = matches!(before, b':' | b'[') || (before == b',' && open.last() == Some(&b'['));
                return Some(next == b'{' && !may_be_value);
            }
            b'{' | b'[' => open.push(byte),
            b'}' | b']' => {
                open.pop();
                if open.is_empty() {
                    return stands_alone(&bytes[at + 1..]).or(over.then_some(true));
                }
            }
            _ => {}
        }
        if !is_space(byte) {
            before = byte;
        }
    }
    None
}

/// Returns whether the object before these bytes is alone on its line, and no comma joins it to another one.
fn stands_alone(behind: &[u8]) -> Option<bool> {
    let at = behind.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\r'))?;
    match behind[at] {
        b',' => behind[at + 1..].iter().find(|&&byte| !is_space(byte)).map(|&byte| byte != b'{'),
        byte => Some(byte != b'{' && byte != SEPARATOR),
    }
}
