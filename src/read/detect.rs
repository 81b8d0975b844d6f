//! What a source is, by its first bytes.

use std::rc::Rc;

use super::form::Form;
use super::frame::{Cursor, SHOWN_BYTES, Step, Unfit};
use super::header::{self, Known, separator_word};
use super::json::{BOM, JsonFramer, SEPARATOR, is_space};
use super::layout::{self, Guess, Layout};
use super::row::{is_line_end, line_end};
use super::signature::{Signed, is_text, signature};
use crate::check::{is_of_an_event, wrapped_in};
use crate::codes::Code;
use crate::encoding::Encoding;
use crate::finding::cut;
use crate::json;
use crate::limits::RECORD_BYTES_MAX;
use crate::map::Mapping;
use crate::only::Only;
use crate::text::line_ends;

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
    /// A table whose header row names the columns, with commas, semicolons or bars between the cells.
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

    fn is_table(self) -> bool {
        matches!(self, Format::Csv | Format::Tsv)
    }
}

/// How far the recognition of a source has come.
#[derive(Debug, Clone, Copy)]
pub(super) struct Detecting {
    /// The format that the user gives.
    wanted: Format,
    /// The number of lines that are still to be left out.
    skip: u64,
    /// The line of a table to go on with, from the table's first byte.
    looked: usize,
}

impl Detecting {
    pub fn new(wanted: Format, form: &Form) -> Self {
        let is_table = wanted.is_table() || wanted == Format::Auto;
        Detecting { wanted, skip: if is_table { form.skip_rows } else { 0 }, looked: 0 }
    }
}

/// How a source is written.
pub(super) struct Found {
    pub format: Format,
    /// What stands between the cells of a table.
    pub separator: u8,
    /// The member whose items are the records.
    pub wrapper: Option<String>,
    /// What was recognised.
    pub notes: Vec<Said>,
    /// A line above the table tells the separator.
    pub has_separator_line: bool,
}

impl From<Format> for Found {
    fn from(format: Format) -> Self {
        Found { format, separator: b',', wrapper: None, notes: Vec::new(), has_separator_line: false }
    }
}

/// What is said of a line.
pub(super) struct Said {
    pub code: Code,
    /// The line's first byte in the data.
    pub at: usize,
    pub line: u64,
    pub got: String,
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
    pub mapping: &'s Only<Rc<Mapping>>,
    /// What else the user says.
    pub form: &'s Form,
}

impl Beginning<'_> {
    /// Returns the encoding and the length of the byte order mark, unless the first bytes are those of no text; `None`
    /// until there are enough.
    pub fn mark(&self) -> Option<Result<(Encoding, usize), Unfit>> {
        if self.data.len() < 4 && !self.ended && !self.piece_ended {
            return None;
        }
        match self.other_kind(self.data) {
            Signed::No => {}
            Signed::NeedMore => return None,
            Signed::Yes(unfit) => return Some(Err(unfit)),
        }
        if !cfg!(feature = "tables") {
            let mark = if self.data.starts_with(BOM) { BOM.len() } else { 0 };
            return Some(Ok((Encoding::Utf8, mark)));
        }
        if let Some(marked) = Encoding::marked(self.data) {
            return Some(Ok(marked));
        }
        match self.form.encoding {
            Some(encoding) if encoding != Encoding::Utf8 => Some(Ok((encoding, 0))),
            _ if is_utf16(self.data) => self.shows_enough(0).then_some(Err(Code::InputUtf16.into())),
            _ => Some(Ok((Encoding::Utf8, 0))),
        }
    }

    /// Tells the format by the first bytes that are not white space, and moves to the beginning of their line, or to
    /// them if they are not read; `None` until there are enough.
    pub fn format(&self, so_far: &mut Detecting, cursor: &mut Cursor) -> Option<Result<Found, Unfit>> {
        // the lines above the header row are not in a table of refused rows
        if cfg!(feature = "tables")
            && so_far.skip > 0
            && so_far.skip == self.form.skip_rows
            && self.begins_with_reasons(cursor.at)?
        {
            so_far.skip = 0;
        }
        while so_far.skip > 0 && self.skip_line(cursor)? {
            so_far.skip -= 1;
        }
        let mut found = *cursor;
        skip_space(&mut found, self.data);
        // the line is kept whole: in a table the white space before may be an empty cell
        let space = &self.data[cursor.at..found.at];
        let in_line = |&&byte: &&u8| !is_line_end(byte);
        let start = found.at - space.iter().rev().take_while(in_line).count().min(RECORD_BYTES_MAX);
        (cursor.at, cursor.line) = (start, found.line);
        let bytes = &self.data[found.at..];
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
        let may_be_json = so_far.wanted == Format::Auto && self.form.skip_rows == 0;
        Some(match (so_far.wanted, bytes[0]) {
            (format @ (Format::Json | Format::Ndjson), _) => Ok(format.into()),
            (_, b'[' | SEPARATOR) if may_be_json => Ok(Format::Json.into()),
            (_, b'{') if may_be_json => {
                let beginning = &bytes[..bytes.len().min(RECORD_BYTES_MAX)];
                let over = self.ended || bytes.len() > RECORD_BYTES_MAX;
                let by_lines = one_object_per_line(beginning, over || self.piece_ended).or(over.then_some(true))?;
                let format = if by_lines { Format::Ndjson } else { Format::Json };
                let may_be_wrapper = cfg!(feature = "tables")
                    && self.form.wrappers
                    && self.form.records.is_empty()
                    && self.mapping.records.is_none();
                match may_be_wrapper.then(|| list_of_events(beginning, over || self.piece_ended)) {
                    Some(List::NeedMore) => return None,
                    Some(List::In(name)) => Ok(Found { wrapper: Some(name), ..format.into() }),
                    _ => Ok(format.into()),
                }
            }
            _ if cfg!(feature = "tables") => self.table(so_far, cursor, found)?,
            _ => Err(Code::InputNotEvents.into()),
        })
    }

    /// Recognises the table that begins at the cursor, and moves to its header row, or to `shown`, its first byte that
    /// is not white space, if it is not read.
    fn table(&self, so_far: &mut Detecting, cursor: &mut Cursor, shown: Cursor) -> Option<Result<Found, Unfit>> {
        let rest = &self.data[cursor.at..];
        let table = &rest[..rest.len().min(RECORD_BYTES_MAX)];
        let known = Known(self.mapping);
        let line = header::line(rest, self.ended)?;
        let told = layout::told_by_line(line);
        let mut head = 0;
        if told.is_some() {
            head = line.len() + rest[line.len()..].iter().take_while(|&&byte| is_line_end(byte)).count();
            if head == rest.len() && !self.ended {
                return None;
            }
        }
        let given = self.form.separator.or(told);
        let separators = match (&given, so_far.wanted) {
            (Some(separator), _) => std::slice::from_ref(separator),
            (None, Format::Csv) => b",;|",
            (None, Format::Tsv) => b"\t",
            (None, _) => &layout::SEPARATORS,
        };
        let first = header::line(&rest[head..], self.ended)?;
        if let Some(separator) = layout::separator_of(first, separators, &known, true) {
            if first.contains(&0) {
                *cursor = shown;
                return self.shows_enough(shown.at).then_some(Err(Code::InputBinary.into()));
            }
            return Some(Ok(self.found(cursor, head, Layout { separator, at: head }, so_far.wanted)));
        }
        if !self.shows_enough(shown.at) {
            return None;
        }
        let data = &self.data[shown.at..];
        let refused = if !is_text(&data[..data.len().min(SHOWN_BYTES)]) {
            Some(Code::InputBinary.into())
        } else if separators.len() < layout::SEPARATORS.len()
            && let Some(separator) = layout::separator_of(first, &layout::SEPARATORS, &known, true)
        {
            Some(Unfit { code: Code::InputSeparator, got: Some(separator_word(separator).to_owned()) })
        } else {
            None
        };
        if let Some(unfit) = refused {
            *cursor = shown;
            return Some(Err(unfit));
        }
        let complete = self.ended || rest.len() >= RECORD_BYTES_MAX;
        so_far.looked = so_far.looked.max(head);
        if self.form.skip_rows == 0
            && let Some(layout) = layout::by_names(table, complete, separators, &known, &mut so_far.looked)
        {
            return Some(Ok(self.found(cursor, head, layout, so_far.wanted)));
        }
        if !complete {
            return None;
        }
        let above = if self.form.skip_rows == 0 { layout::ROWS_ABOVE } else { 1 };
        let guess = layout::by_rows(&table[head..], separators, above);
        let unfit = match guess {
            Some(guess) if guess.is_of_sums() => Unfit { code: Code::InputTableOfSums, got: Some(guess.columns()) },
            // a line of text with a comma is no table, unless a mapping says what its columns would be
            Some(Guess { layout: Layout { separator, at }, has_rows, .. })
                if self.form.foreign && (has_rows || !self.mapping.is_identity()) =>
            {
                return Some(Ok(self.found(cursor, head, Layout { separator, at: head + at }, so_far.wanted)));
            }
            Some(guess) if guess.has_rows => Unfit { code: Code::InputColumnsUnknown, got: Some(guess.columns()) },
            _ if so_far.wanted.is_table() => {
                return Some(Ok(self.found(
                    cursor,
                    head,
                    Layout { separator: separators[0], at: head },
                    so_far.wanted,
                )));
            }
            _ => Code::InputNotEvents.into(),
        };
        *cursor = shown;
        Some(Err(unfit))
    }

    /// Moves the cursor to the header row of a table, and says what was recognised. `head` is the byte behind the line
    /// that tells the separator.
    fn found(&self, cursor: &mut Cursor, head: usize, layout: Layout, wanted: Format) -> Found {
        let start = cursor.at;
        let table = &self.data[start..];
        let mut notes = Vec::new();
        let mut say = |code, at, got| {
            let line = cursor.line + line_ends(&table[..at]) as u64;
            notes.push(Said { code, at: start + at, line, got });
        };
        let Layout { separator, at } = layout;
        let above = &table[head..at];
        let is_blank = |line: &&[u8]| line.iter().all(|&byte| is_space(byte));
        let mut lines = above.split(|&byte| is_line_end(byte)).filter(|line| !is_blank(line));
        if let Some(first) = lines.next() {
            let first_at = first.as_ptr() as usize - table.as_ptr() as usize;
            let number = (1 + lines.count()).to_string();
            say(Code::CsvLinesSkipped, first_at, [&*number, ": ", &cut(&String::from_utf8_lossy(first))].concat());
        }
        let is_plain =
            matches!((separator, wanted), (b',' | b'\t', Format::Auto) | (b',', Format::Csv) | (b'\t', Format::Tsv));
        if self.form.separator.is_none() && !is_plain {
            say(Code::CsvSeparatorRecognised, at, separator_word(separator).to_owned());
        }
        let line = header::line(&table[at..], true).unwrap_or_default();
        if let Some(otherwise) = header::otherwise(&header::names(line, separator)) {
            say(Code::CsvNamesAlike, at, otherwise);
        }
        (cursor.at, cursor.line) = (start + at, cursor.line + line_ends(&table[..at]) as u64);
        Found { format: Format::Csv, separator, wrapper: None, notes, has_separator_line: head > 0 }
    }

    /// Returns whether the first line, or the one behind the line that tells the separator, is the header row of a table
    /// of refused rows. Returns `None` if its end is not there and may come.
    fn begins_with_reasons(&self, at: usize) -> Option<bool> {
        let rest = &self.data[at..];
        let line = header::line(rest, self.ended)?;
        if layout::told_by_line(line).is_none() {
            return Some(header::has_reasons(line));
        }
        let behind = rest[line.len()..].iter().take_while(|&&byte| is_line_end(byte)).count();
        let next = &rest[line.len() + behind..];
        if next.is_empty() && !self.ended { None } else { header::line(next, self.ended).map(header::has_reasons) }
    }

    /// Moves the cursor behind the line; returns whether it did. Returns `None` if its end is not there and may come.
    fn skip_line(&self, cursor: &mut Cursor) -> Option<bool> {
        let rest = &self.data[cursor.at..];
        let Some(end) = line_end(rest) else {
            cursor.at = self.data.len();
            return self.ended.then_some(false);
        };
        let length = match rest[end..] {
            [b'\r', b'\n', ..] => 2,
            [b'\r'] if !self.ended => {
                cursor.at += end;
                return None;
            }
            _ => 1,
        };
        cursor.at += end + length;
        cursor.line += 1;
        Some(true)
    }

    /// Says whether these bytes begin a file of another kind than text.
    fn other_kind(&self, bytes: &[u8]) -> Signed {
        // no such file begins so, and a module without tables refuses whatever else there is
        let is_json = matches!(bytes, [b'[', ..] | [b'{', ..=b'[' | b']'.., ..]);
        if is_json || !cfg!(feature = "tables") { Signed::No } else { signature(bytes, self.ended) }
    }

    /// Returns whether an issue can show the same text from this byte on, whatever the chunks.
    fn shows_enough(&self, at: usize) -> bool {
        self.ended || self.data.len() - at >= SHOWN_BYTES
    }
}

/// Returns whether a text without a mark is UTF-16: it has a zero at every second byte. UTF-32 looks like this, too.
fn is_utf16(bytes: &[u8]) -> bool {
    let is_text = |byte: u8| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n');
    match *bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => true,
        [a, 0, b, 0, ..] | [0, a, 0, b, ..] => is_text(a) && is_text(b),
        [a, 0] | [0, a] => is_text(a),
        _ => false,
    }
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

/// Which member of an object is a list of events.
enum List {
    NeedMore,
    No,
    In(String),
}

/// Tells which member of the object that begins here is a list of events, if it is no event itself. `over` says that no
/// byte that belongs to it follows.
fn list_of_events(beginning: &[u8], over: bool) -> List {
    let text = match std::str::from_utf8(beginning) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&beginning[..error.valid_up_to()]).unwrap_or_default(),
    };
    let members = json::members_so_far(text);
    if members.iter().any(|(name, _)| is_of_an_event(name)) {
        return List::No;
    }
    let mut cursor = Cursor { at: 0, line: 0, record: None, behind: None };
    if !over && !matches!(JsonFramer::default().inside(beginning, &mut cursor, false), Step::Record(_)) {
        return List::NeedMore;
    }
    match wrapped_in(members.iter().map(|(name, value)| (&**name, *value))) {
        Some(list) => List::In(members[list].0.to_string()),
        None => List::No,
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
