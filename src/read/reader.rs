//! Reads a source: pushes its bytes through the framer of its format, and lets others prove records on the way.

use std::rc::Rc;

use super::csv::CsvFramer;
use super::detect::{Beginning, Format};
use super::frame::{Cursor, Fault, Frame, SHOWN_BYTES, Step, Unfit};
use super::json::{self, JsonFramer};
use super::ndjson::NdjsonFramer;
use crate::bytes::{Buffer, Padded};
use crate::check::fast::{Join, Neighbours, Stop, Unproved};
use crate::check::{Overlong, overlong};
use crate::codes::Code;
use crate::finding::{Finding, cut};
use crate::limits::RECORD_BYTES_MAX;
use crate::map::{Cell, Columns, Mapping, Tallies};

pub(super) enum Framer {
    Start(Format),
    Detecting(Format),
    Json(JsonFramer),
    Ndjson(NdjsonFramer),
    Csv(Box<CsvFramer>),
    Stopped,
}

/// The longest record, in bytes, that is proved again with the next chunk if the end of one has cut it.
const RETRIED_BYTES: usize = 8_192;

/// Reads one source. Holds what was pushed and not yet read: a chunk, and the record that it cuts.
pub struct Reader {
    pub(super) framer: Framer,
    /// What columns are if the source is a table.
    pub(super) mapping: Rc<Mapping>,
    pub(super) buffer: Buffer,
    /// Byte of the source at which the buffer begins.
    pub(super) base: u64,
    pub(super) cursor: Cursor,
    /// The current record was not looked at, or the data ended inside of it.
    unproved: bool,
    pub(super) ended: bool,
    /// The bytes end with a text that is one of many.
    pub(super) piece_ended: bool,
    /// A line ended with such a text: it is counted unless a line break comes next.
    line_due: bool,
    /// The beginning of a record too large to hold, shown when it has passed.
    pub(super) overlong: Option<Fault>,
    /// The member that is its list of events, if it is no event.
    wrapped_in: String,
}

impl Reader {
    /// Makes a reader for one source.
    pub fn new(format: Format) -> Self {
        Reader::with_mapping(format, Rc::new(Mapping::own()))
    }

    /// Makes a reader for a source that may be a table with the columns of this mapping.
    pub fn with_mapping(format: Format, mapping: Rc<Mapping>) -> Self {
        Reader {
            framer: Framer::Start(format),
            mapping,
            buffer: Buffer::default(),
            base: 0,
            cursor: Cursor { at: 0, line: 1, record: None, behind: None },
            unproved: false,
            ended: false,
            piece_ended: false,
            line_due: false,
            overlong: None,
            wrapped_in: String::new(),
        }
    }

    /// Begins a source, in the memory of the one before.
    pub fn begin(&mut self, format: Format, mapping: Rc<Mapping>) {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        *self = Reader { buffer, ..Reader::with_mapping(format, mapping) };
    }

    /// Takes the next bytes, cut anywhere. Call [`Reader::next_frame`] until it returns `None` first.
    pub fn push(&mut self, bytes: &[u8]) {
        self.room(bytes.len()).copy_from_slice(bytes);
    }

    /// Makes room for the next bytes; the caller fills all of it.
    pub fn room(&mut self, length: usize) -> &mut [u8] {
        self.drop_read();
        self.piece_ended = false;
        self.buffer.room(length)
    }

    /// Ends a text that is one of many, such as a message of a queue. If a whole JSON value outside of an array ends
    /// there, so does the line. Call [`Reader::next_frame`] until it returns `None` before this and behind it.
    pub fn end_piece(&mut self) {
        self.piece_ended = true;
    }

    /// Drops the last bytes of the last room, which the caller did not need.
    pub fn shrink(&mut self, length: usize) {
        self.buffer.shrink(length);
    }

    /// Sets the mapping of a source of which nothing was read yet.
    pub fn set_mapping(&mut self, mapping: Rc<Mapping>) {
        self.mapping = mapping;
    }

    /// Leaves out what comes of the source.
    pub fn stop(&mut self) {
        self.framer = Framer::Stopped;
    }

    /// Ends the source.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// Returns the bytes that the spans of frames are into.
    pub fn bytes(&self) -> &[u8] {
        self.buffer.data()
    }

    /// Returns the cells of the last [`Frame::Row`], the columns of the table, what was found in the row as a whole, and
    /// the counts of what becomes of its cells.
    pub fn row_record(&mut self) -> Option<(&[Cell], &Columns, &[Finding], &mut Tallies)> {
        match &mut self.framer {
            Framer::Csv(csv) => csv.record(),
            _ => None,
        }
    }

    /// Returns the next record or trouble, or `None` if more has to be pushed.
    pub fn next_frame(&mut self) -> Option<Frame> {
        self.next_frame_proved(|_, start, _, _| Neighbours {
            at: start,
            lines: 0,
            stop: Stop::Record(Unproved::NotSure),
        })
    }

    /// Returns the same, and has neighbours proved clean on the way, so that their ends need not be looked for. `prove`
    /// is given the data, the first record's start, what stands between two records, and whether the source is over.
    pub(crate) fn next_frame_proved(
        &mut self,
        mut prove: impl FnMut(Padded, usize, Join, bool) -> Neighbours,
    ) -> Option<Frame> {
        loop {
            if let Framer::Csv(csv) = &mut self.framer
                && let Some(note) = csv.take_note()
            {
                return Some(Frame::Trouble(note));
            }
            self.count_piece();
            let bytes = self.buffer.data();
            let step = match &mut self.framer {
                &mut Framer::Start(format) => match self.beginning().mark()? {
                    Ok(length) => {
                        self.cursor.at = length;
                        self.framer = Framer::Detecting(format);
                        continue;
                    }
                    Err(unfit) => return Some(self.turn_down(unfit)),
                },
                &mut Framer::Detecting(wanted) => match self.detect(wanted)? {
                    Ok(format) => {
                        self.framer = self.framer_of(format);
                        continue;
                    }
                    Err(unfit) => return Some(self.turn_down(unfit)),
                },
                Framer::Stopped => {
                    self.cursor.at = bytes.len();
                    return None;
                }
                _ if self.unproved => Step::Begin,
                Framer::Json(json) => match self.cursor.record {
                    None => json.between(bytes, &mut self.cursor, self.ended),
                    Some(_) => json.inside(bytes, &mut self.cursor, self.ended),
                },
                Framer::Ndjson(ndjson) => match self.cursor.record {
                    None => ndjson.between(bytes, &mut self.cursor, self.ended),
                    Some(_) => ndjson.inside(bytes, &mut self.cursor, self.ended, self.piece_ended),
                },
                Framer::Csv(csv) => match self.cursor.record {
                    None => csv.between(bytes, &mut self.cursor, self.ended),
                    Some(_) => csv.inside(bytes, &mut self.cursor, self.ended),
                },
            };
            match step {
                Step::Begin => match self.prove(&mut prove) {
                    Some(frame) => return Some(frame),
                    None if self.unproved => return None,
                    None => {}
                },
                Step::Record(end) if matches!(self.framer, Framer::Csv(_)) => {
                    if let Some(frame) = self.row(end) {
                        return Some(frame);
                    }
                }
                Step::Record(end) => return Some(self.record(end)),
                Step::Damaged { code, at, end } => return Some(self.damaged_row(code, at, end)),
                Step::Trouble(code, at) => {
                    if code == Code::TextAfterArray {
                        self.framer = Framer::Stopped;
                    }
                    return Some(Frame::Trouble(self.fault(code, at, self.cursor.line, 1)));
                }
                Step::NeedMore if self.piece_ended && self.record_is_whole() => {
                    return Some(self.record(self.cursor.at));
                }
                Step::NeedMore => {
                    self.end_line_of_piece();
                    self.drop_overlong();
                    if let Framer::Csv(csv) = &mut self.framer
                        && self.ended
                    {
                        csv.end((self.cursor.line, self.base + self.cursor.at as u64));
                        return csv.take_note().map(Frame::Trouble);
                    }
                    return None;
                }
            }
        }
    }

    fn beginning(&self) -> Beginning<'_> {
        Beginning { data: self.buffer.data(), ended: self.ended, piece_ended: self.piece_ended, mapping: &self.mapping }
    }

    fn detect(&mut self, wanted: Format) -> Option<Result<Format, Unfit>> {
        let mut cursor = self.cursor;
        let format = self.beginning().format(wanted, &mut cursor);
        self.cursor = cursor;
        format
    }

    fn framer_of(&self, format: Format) -> Framer {
        let table = |separator| Framer::Csv(Box::new(CsvFramer::new(separator, Rc::clone(&self.mapping))));
        match format {
            Format::Csv => table(b','),
            Format::Tsv => table(b'\t'),
            Format::Ndjson => Framer::Ndjson(NdjsonFramer::default()),
            Format::Json | Format::Auto => Framer::Json(JsonFramer::default()),
        }
    }

    /// Ends the reading of a source that cannot be read.
    fn turn_down(&mut self, Unfit { code, got }: Unfit) -> Frame {
        self.framer = Framer::Stopped;
        let fault = self.fault(code, self.cursor.at, self.cursor.line, SHOWN_BYTES);
        Frame::Trouble(Fault { got: got.unwrap_or(fault.got), ..fault })
    }

    /// Tries to prove the records from here on; `unproved` then says whether the next is to be tried again.
    fn prove(&mut self, prove: &mut impl FnMut(Padded, usize, Join, bool) -> Neighbours) -> Option<Frame> {
        let (start, line) = (self.cursor.at, self.cursor.line);
        self.unproved = false;
        let data = self.buffer.data();
        let join = match &self.framer {
            _ if data[start] != b'{' => return None,
            Framer::Ndjson(ndjson) if ndjson.in_line() => return None,
            Framer::Ndjson(_) => Join::LineBreak,
            Framer::Json(json) if json.has_commas() => Join::Comma,
            Framer::Json(_) => Join::Unknown,
            _ => return None,
        };
        let ended = self.ended || self.piece_ended;
        let Neighbours { at, lines, stop } = prove(self.buffer.padded(), start, join, ended);
        let mut cursor = Cursor { at, line: line + lines as u64, record: None, behind: None };
        if at > start {
            cursor.behind = (!ends_in_line_break(&data[..at])).then_some(cursor.line);
            if let Framer::Ndjson(ndjson) = &mut self.framer {
                ndjson.passed();
            }
        }
        self.cursor = cursor;
        if stop != Stop::Between {
            self.unproved = match stop {
                Stop::Record(Unproved::RanOut) => !self.ended && data.len() - at < RETRIED_BYTES,
                stop => stop == Stop::Next,
            };
            match &mut self.framer {
                Framer::Json(json) => json.begin_again(&mut self.cursor),
                _ => self.cursor.record = Some((at, self.cursor.line)),
            }
        }
        (at > start).then_some(Frame::Clean { line, base: self.base })
    }

    /// Counts the line that ended with a text, unless a line break follows.
    fn count_piece(&mut self) {
        if !self.line_due {
            return;
        }
        let rest = &self.buffer.data()[self.cursor.at..];
        if let Some(next) = rest.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r')) {
            self.cursor.line += u64::from(*next != b'\n');
            self.line_due = false;
        }
    }

    /// Returns whether the record could end where the text does.
    fn record_is_whole(&self) -> bool {
        self.cursor.record.is_some() && matches!(&self.framer, Framer::Json(json) if json.is_whole())
    }

    /// Ends the line on which a record ended with the text, unless it goes on in an array.
    fn end_line_of_piece(&mut self) {
        let in_array = match &mut self.framer {
            _ if !self.piece_ended || self.cursor.record.is_some() => return,
            Framer::Ndjson(ndjson) => ndjson.end_line_of_piece(),
            Framer::Json(json) => json.in_array(),
            _ => true,
        };
        if !in_array && self.cursor.behind == Some(self.cursor.line) {
            self.cursor.behind = None;
            self.line_due = true;
        }
    }

    pub(super) fn record(&mut self, end: usize) -> Frame {
        let (start, line) = self.cursor.record.take().unwrap_or((end, self.cursor.line));
        self.cursor.behind = Some(self.cursor.line);
        if self.overlong.is_none() && end - start > RECORD_BYTES_MAX {
            self.overlong = Some(self.too_large(start, line));
        }
        match self.overlong.take() {
            Some(fault) if fault.code == Code::EventsWrapped => {
                return Frame::Wrapped(fault, std::mem::take(&mut self.wrapped_in));
            }
            Some(fault) => return Frame::Refused(fault),
            None => {}
        }
        let text = &self.buffer.data()[start..end];
        let length = text.iter().rposition(|&byte| !json::is_space(byte)).map_or(0, |last| last + 1);
        if ends_in_line_break(text) {
            self.cursor.behind = None;
        }
        let end = start + length;
        Frame::Record { span: start..end, line, offset: self.base + start as u64 }
    }

    pub(super) fn fault(&self, code: Code, at: usize, line: u64, shown: usize) -> Fault {
        let data = self.bytes();
        let near = &data[at..data.len().min(at + shown)];
        // at the first byte of a line break: the second may not be there yet
        let end = memchr::memchr2(b'\r', b'\n', near).unwrap_or(near.len());
        let got = cut(&String::from_utf8_lossy(&near[..end]));
        Fault { code, line, offset: self.base + at as u64, got }
    }

    /// Keeps the beginning of the current record, and drops what was read before it.
    fn drop_read(&mut self) {
        let keep = self.cursor.record.map_or(self.cursor.at, |(start, _)| start);
        self.buffer.discard(keep);
        self.base += keep as u64;
        self.cursor.at -= keep;
        if let Some((start, _)) = &mut self.cursor.record {
            *start -= keep;
        }
    }

    /// Tells by its beginning what is wrong with a record that is longer than it may be.
    fn too_large(&mut self, start: usize, line: u64) -> Fault {
        let code = if matches!(self.framer, Framer::Csv(_)) {
            Code::RecordTooLarge
        } else {
            let Overlong { code, member } = overlong(&self.buffer.data()[start..start + RECORD_BYTES_MAX]);
            self.wrapped_in = member;
            code
        };
        self.fault(code, start, line, SHOWN_BYTES)
    }

    /// Drops a record that has grown over the limit: it is refused as it passes, and never held whole.
    fn drop_overlong(&mut self) {
        let Some((start, line)) = self.cursor.record else { return };
        if self.overlong.is_none() && self.cursor.at - start > RECORD_BYTES_MAX {
            self.overlong = Some(self.too_large(start, line));
        }
        if self.overlong.is_some() {
            self.cursor.record = Some((self.cursor.at, line));
        }
    }
}

fn ends_in_line_break(bytes: &[u8]) -> bool {
    bytes.iter().rev().take_while(|&&byte| json::is_space(byte)).any(|&byte| byte == b'\n')
}
