//! What a source is, by its first bytes.

use super::csv::CsvFramer;
use super::detect::{self, Detected, Format, Unfit};
use super::frame::{Cursor, Fault, Frame};
use super::json::{self, JsonFramer};
use super::ndjson::NdjsonFramer;
use super::reader::{Framer, Reader, SHOWN_BYTES};
use super::signature::{Signed, is_text, signature};
use crate::codes::Code;
use crate::finding::cut;
use crate::limits::RECORD_BYTES_MAX;

impl Reader {
    /// Passes the byte order mark, and turns down what its first bytes tell to be no text; `None` until there are enough.
    pub(super) fn start(&mut self, format: Format) -> Option<Result<Framer, Unfit>> {
        if self.bytes().len() < 4 && !self.ended && !self.piece_ended {
            return None;
        }
        match signature(self.bytes(), self.ended) {
            Signed::No => {}
            Signed::NeedMore => return None,
            Signed::Yes(unfit) => return Some(Err(unfit)),
        }
        let Some(mark) = detect::skip_mark(self.bytes()) else {
            return self.shows_enough(self.cursor.at).then_some(Err(Code::InputUtf16.into()));
        };
        self.cursor.at = mark;
        Some(Ok(Framer::Detecting(format)))
    }

    /// Looks at the first bytes that are not white space, which tell the format; `None` until there are enough.
    pub(super) fn detect(&mut self, wanted: Format) -> Option<Result<Framer, Unfit>> {
        let data = self.buffer.data();
        let mut found = self.cursor;
        skip_space(&mut found, data);
        // the line is kept whole: in a table the white space before may be an empty cell
        let space = &data[self.cursor.at..found.at];
        let in_line = |&&byte: &&u8| !matches!(byte, b'\n' | b'\r');
        let line = found.at - space.iter().rev().take_while(in_line).count().min(RECORD_BYTES_MAX);
        (self.cursor.at, self.cursor.line) = (line, found.line);
        let bytes = &data[found.at..];
        if bytes.is_empty() {
            return self.ended.then_some(Err(Code::EmptyInput.into()));
        }
        match signature(bytes, self.ended) {
            Signed::No => {}
            Signed::NeedMore => return None,
            Signed::Yes(unfit) => {
                self.cursor = found;
                return Some(Err(unfit));
            }
        }
        if let Some(separator) = wanted.separator() {
            let header = detect::header(&data[line..], self.ended)?;
            if header.contains(&0) {
                return self.shows_enough(line).then_some(Err(Code::InputBinary.into()));
            }
            if let Some(unfit) = detect::separated_otherwise(header, &[separator], &self.columns) {
                return self.shows_enough(line).then_some(Err(unfit));
            }
        }
        let format = match wanted {
            Format::Auto => match detect::detect(bytes, &data[line..], &self.columns, self.ended, self.piece_ended) {
                Detected::NotEvents(unfit) if self.shows_enough(found.at) => {
                    self.cursor = found;
                    let is_text = is_text(&bytes[..bytes.len().min(SHOWN_BYTES)]);
                    return Some(Err(if is_text { unfit } else { Code::InputBinary.into() }));
                }
                Detected::NotEvents(_) | Detected::NeedMore => return None,
                Detected::Format(format) => format,
            },
            format => format,
        };
        let table = |separator| Framer::Csv(Box::new(CsvFramer::new(separator, self.columns.clone(), self.host)));
        Some(Ok(match format {
            Format::Csv => table(b','),
            Format::Tsv => table(b'\t'),
            Format::Ndjson => Framer::Ndjson(NdjsonFramer::default()),
            Format::Json | Format::Auto => Framer::Json(JsonFramer::default()),
        }))
    }

    /// Says that the user has named columns and this is no table, if that is so.
    pub(super) fn map_unused(&self) -> Option<Frame> {
        if self.columns.is_empty() || !matches!(self.framer, Framer::Json(_) | Framer::Ndjson(_)) {
            return None;
        }
        let (line, offset) = (self.cursor.line, self.base + self.cursor.at as u64);
        let got = cut(&self.columns.unused(&[]));
        Some(Frame::Trouble(Fault { code: Code::MapUnusedJson, line, offset, got }))
    }

    /// Whether an issue can show the same text from this byte on, whatever the chunks.
    fn shows_enough(&self, at: usize) -> bool {
        self.ended || self.bytes().len() - at >= SHOWN_BYTES
    }

    /// Ends the reading of a source that cannot be read.
    pub(super) fn turn_down(&mut self, Unfit { code, got }: Unfit) -> Frame {
        self.framer = Framer::Stopped;
        let fault = self.fault(code, self.cursor.at, self.cursor.line, SHOWN_BYTES);
        Frame::Trouble(Fault { got: got.unwrap_or(fault.got), ..fault })
    }
}

/// Skips white space and byte order marks.
fn skip_space(cursor: &mut Cursor, buffer: &[u8]) {
    loop {
        match buffer.get(cursor.at) {
            Some(b'\n') => cursor.line += 1,
            Some(&byte) if json::is_space(byte) => {}
            Some(_) if buffer[cursor.at..].starts_with(json::BOM) => cursor.at += json::BOM.len() - 1,
            _ => return,
        }
        cursor.at += 1;
    }
}
