//! Reads a source: pushes its bytes through the framer of its format, and lets others prove records on the way.

use std::cell;
use std::ops::Range;
use std::rc::Rc;

use super::csv::CsvFramer;
use super::detect::{Beginning, Detecting, Format, Found, Said};
use super::form::Form;
use super::frame::{Cursor, Fault, Frame, SHOWN_BYTES, Step, Unfit};
use super::json::{self, JsonFramer};
use super::ndjson::NdjsonFramer;
use super::walker::EACH;
use super::wrapped::{WrappedFramer, pointer};
use crate::bytes::{Buffer, Padded};
use crate::check::fast::{Join, Neighbours, Stop, Unproved};
use crate::check::{Overlong, overlong};
use crate::codes::Code;
use crate::encoding::{Decoder, Encoding};
use crate::finding::{Finding, cut};
use crate::limits::RECORD_BYTES_MAX;
use crate::map::fast::Plan;
use crate::map::{Cell, Columns, Mapping, Tallies};
use crate::only::Only;

pub(super) enum Framer {
    Start(Format),
    Detecting(Detecting),
    Json(JsonFramer),
    Ndjson(NdjsonFramer),
    Wrapped(Only<Box<WrappedFramer>>),
    Csv(Only<Box<CsvFramer>>),
    Stopped,
}

/// The longest record, in bytes, that is proved again with the next chunk if the end of one has cut it.
const RETRIED_BYTES: usize = 8_192;

/// Reads one source. Holds what was pushed and not yet read: a chunk, and the record that it cuts.
pub struct Reader {
    pub(super) framer: Framer,
    /// What columns are if the source is a table.
    pub(super) mapping: Only<Rc<Mapping>>,
    form: Form,
    pub(super) buffer: Buffer,
    /// Byte of the source at which the buffer begins.
    base: u64,
    encoding: Encoding,
    /// Decodes a source that is not UTF-8.
    decoder: Only<Option<Decoder>>,
    /// The first byte of the buffer that is still to be decoded.
    undecoded: Option<usize>,
    /// A byte of the buffer, and that of the source which it was made of.
    known: cell::Cell<(usize, u64)>,
    /// A note about the source, to be told next.
    note: Option<Fault>,
    /// The line and the byte of the source at which the value begins whose records are being read.
    value: (u64, u64),
    /// The first byte of the last row, and its byte in the source.
    pub(super) row_start: (usize, u64),
    pub(super) cursor: Cursor,
    /// The current record was not looked at, or the data ended inside of it.
    unproved: bool,
    pub(super) ended: bool,
    /// The bytes end with a text that is one of many.
    pub(super) piece_ended: bool,
    /// A line ended with such a text: it is counted unless a line break comes next.
    line_due: bool,
    /// Where the last row of a table lies in the buffer.
    pub(super) row: Range<usize>,
    /// The source begins with a byte order mark.
    pub(super) byte_order_mark: bool,
    /// The beginning of a record too large to hold, shown when it has passed.
    pub(super) overlong: Option<Fault>,
    /// The member that is its list of events, if it is no event.
    wrapped_in: String,
    /// The byte of the source at which a row begins that was not written fast.
    careful_at: u64,
}

/// What proves or writes the records of a source on the way.
pub(crate) trait Prover {
    /// Proves neighbours clean from `start` on, which is the first byte of a record. `ended` says that nothing comes
    /// behind the data; `place` is the line there, and the byte of the source at which the data
    /// begins, if its bytes are those of the source.
    fn neighbours(
        &mut self,
        bytes: Padded,
        start: usize,
        join: Join,
        ended: bool,
        place: Option<(u64, u64)>,
    ) -> Neighbours;

    /// Writes the events of rows from `start` on, which is the first byte of a row on this line. The data begins at the
    /// byte `base` of the source. Returns how many there are, up to which byte they are, and what stands there.
    fn rows(&mut self, plan: &mut Plan, bytes: Padded, start: usize, place: (u64, u64)) -> (usize, usize, Stop);
}

/// Proves none.
struct Unsure;

impl Prover for Unsure {
    fn neighbours(&mut self, _: Padded, start: usize, _: Join, _: bool, _: Option<(u64, u64)>) -> Neighbours {
        Neighbours::unsure(start)
    }

    fn rows(&mut self, _: &mut Plan, _: Padded, start: usize, _: (u64, u64)) -> (usize, usize, Stop) {
        (0, start, Stop::Record(Unproved::NotSure))
    }
}

impl Reader {
    /// Makes a reader for one source.
    pub fn new(format: Format) -> Self {
        Reader::with_mapping(format, Only::new(|| Rc::new(Mapping::own())))
    }

    /// Makes a reader for a source that may be a table with the columns of this mapping.
    pub(crate) fn with_mapping(format: Format, mapping: Only<Rc<Mapping>>) -> Self {
        Reader {
            framer: Framer::Start(format),
            mapping,
            form: Form::default(),
            buffer: Buffer::default(),
            base: 0,
            encoding: Encoding::Utf8,
            decoder: Only::default(),
            undecoded: None,
            known: cell::Cell::new((0, 0)),
            note: None,
            value: (1, 0),
            row_start: (0, 0),
            cursor: Cursor { at: 0, line: 1, record: None, behind: None },
            unproved: false,
            ended: false,
            piece_ended: false,
            line_due: false,
            row: 0..0,
            byte_order_mark: false,
            overlong: None,
            wrapped_in: String::new(),
            careful_at: u64::MAX,
        }
    }

    /// Begins a source, in the memory of the one before.
    pub(crate) fn begin(&mut self, format: Format, mapping: Only<Rc<Mapping>>) {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        *self = Reader { buffer, ..Reader::with_mapping(format, mapping) };
    }

    /// Sets how the source is written that has begun and of which no byte was pushed.
    pub fn set_form(&mut self, form: Form) {
        self.form = form;
    }

    /// Returns how the source is written, as far as it is said.
    pub(super) fn form(&self) -> &Form {
        &self.form
    }

    /// Says that the next bytes are UTF-8, whatever the form says of the source: they were text before.
    pub fn take_text(&mut self) {
        if let Framer::Start(_) = self.framer {
            self.form.encoding = None;
        }
    }

    /// Takes the next bytes, cut anywhere. Call [`Reader::next_frame`] until it returns `None` first.
    pub fn push(&mut self, bytes: &[u8]) {
        self.room(bytes.len()).copy_from_slice(bytes);
    }

    /// Makes room for the next bytes; the caller fills all of it.
    pub fn room(&mut self, length: usize) -> &mut [u8] {
        self.drop_read();
        self.piece_ended = false;
        if self.decodes() {
            self.undecoded.get_or_insert(self.buffer.data().len());
        }
        self.buffer.room(length)
    }

    /// Ends a text that is one of many, such as a message of a queue. If a whole JSON value outside of an array ends
    /// there, so does the line. Call [`Reader::next_frame`] until it returns `None` before this and behind it.
    pub fn end_piece(&mut self) {
        self.piece_ended = true;
    }

    /// Returns whether the bytes end with a text that is one of many.
    pub fn has_piece(&self) -> bool {
        self.piece_ended
    }

    /// Drops the last bytes of the last room, which the caller did not need.
    pub fn shrink(&mut self, length: usize) {
        self.buffer.shrink(length);
    }

    /// Sets the mapping of a source of which nothing was read yet.
    pub(crate) fn set_mapping(&mut self, mapping: Only<Rc<Mapping>>) {
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

    /// Returns the encoding of the source.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Returns the byte of the source which this byte of [`Reader::bytes`] was made of.
    #[inline]
    pub fn source_byte(&self, at: usize) -> u64 {
        if !cfg!(feature = "tables") || self.encoding == Encoding::Utf8 {
            self.base + at as u64
        } else {
            self.undecoded_byte(at)
        }
    }

    #[cold]
    fn undecoded_byte(&self, at: usize) -> u64 {
        let (known, byte) = self.known.get();
        let (from, byte) = if known <= at { (known, byte) } else { (0, self.base) };
        let byte = byte + self.encoding.source_bytes(&self.bytes()[from..at]);
        self.known.set((at, byte));
        byte
    }

    /// Returns the cells of the last [`Frame::Row`], the columns of the table, what was found in the row as a whole, and
    /// the counts of what becomes of its cells.
    pub fn row_record(&mut self) -> Option<(&[Cell], &Columns, &[Finding], &mut Tallies)> {
        match &mut self.framer {
            Framer::Csv(csv) if cfg!(feature = "tables") => csv.record(),
            _ => None,
        }
    }

    /// Returns the next record or trouble, or `None` if more has to be pushed.
    pub fn next_frame(&mut self) -> Option<Frame> {
        self.next_frame_proved(&mut Unsure)
    }

    /// Returns the same, and has neighbours proved clean on the way, so that their ends need not be looked for.
    pub(crate) fn next_frame_proved(&mut self, prover: &mut impl Prover) -> Option<Frame> {
        loop {
            if let Some(note) = self.note_of_table() {
                return Some(Frame::Trouble(self.in_source(note)));
            }
            if self.decodes() {
                self.decode();
            }
            self.count_piece();
            let bytes = self.buffer.data();
            let step = match &mut self.framer {
                &mut Framer::Start(format) => match self.beginning().mark()? {
                    Ok((encoding, length)) => {
                        self.byte_order_mark = length > 0;
                        self.framer = Framer::Detecting(Detecting::new(format, &self.form));
                        if let Some(note) = self.begin_text(encoding, length) {
                            return Some(Frame::Trouble(note));
                        }
                        continue;
                    }
                    Err(unfit) => return Some(self.turn_down(unfit)),
                },
                &mut Framer::Detecting(mut so_far) => {
                    let found = self.detect(&mut so_far);
                    self.framer = Framer::Detecting(so_far);
                    match found? {
                        Ok(found) => {
                            self.framer = self.framer_of(found);
                            if let Some(note) = self.note.take() {
                                return Some(Frame::Trouble(note));
                            }
                            continue;
                        }
                        Err(unfit) => return Some(self.turn_down(unfit)),
                    }
                }
                // a module without tables makes no framer of them
                Framer::Csv(_) if !cfg!(feature = "tables") => return None,
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
                Framer::Wrapped(wrapped) => wrapped.read(bytes, &mut self.cursor, self.ended),
                Framer::Csv(csv) => match self.cursor.record {
                    None => csv.between(bytes, &mut self.cursor, self.ended),
                    Some(_) => csv.inside(bytes, &mut self.cursor, self.ended),
                },
            };
            match step {
                Step::Begin => match self.prove(prover) {
                    Some(frame) => return Some(frame),
                    None if self.unproved => return None,
                    None => {}
                },
                Step::Record(end) if self.is_table() => {
                    if let Some(frame) = self.row(end) {
                        return Some(frame);
                    }
                }
                Step::Record(end) => return Some(self.record(end)),
                Step::Value => self.value = (self.cursor.line, self.source_byte(self.cursor.at)),
                Step::Closed => {}
                Step::Broken(code, at) => {
                    return Some(Frame::Refused(self.fault(code, at, self.cursor.line, SHOWN_BYTES)));
                }
                Step::NotFound(code) => return Some(self.not_found(code)),
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
                    if self.is_table() && self.ended {
                        let (line, at) = (self.cursor.line, self.cursor.at);
                        let byte = self.source_byte(at);
                        let Framer::Csv(csv) = &mut self.framer else { return None };
                        csv.end((line, byte));
                        return csv.take_note().map(Frame::Trouble);
                    }
                    return None;
                }
            }
        }
    }

    fn note_of_table(&mut self) -> Option<Fault> {
        match &mut self.framer {
            Framer::Csv(csv) if cfg!(feature = "tables") => csv.take_note(),
            _ => None,
        }
    }

    /// Returns true if the source is not UTF-8.
    fn decodes(&self) -> bool {
        cfg!(feature = "tables") && self.decoder.is_some()
    }

    fn is_table(&self) -> bool {
        cfg!(feature = "tables") && matches!(self.framer, Framer::Csv(_))
    }

    fn beginning(&self) -> Beginning<'_> {
        Beginning {
            data: self.buffer.data(),
            ended: self.ended,
            piece_ended: self.piece_ended,
            mapping: &self.mapping,
            form: &self.form,
        }
    }

    /// Begins the text of the source behind its mark of this length. Returns what was recognised.
    fn begin_text(&mut self, encoding: Encoding, mark: usize) -> Option<Fault> {
        if !cfg!(feature = "tables") || encoding == Encoding::Utf8 {
            self.cursor.at = mark;
            return None;
        }
        self.encoding = encoding;
        *self.decoder = Some(Decoder::new(encoding));
        self.buffer.discard(mark);
        self.base += mark as u64;
        self.known.set((0, self.base));
        self.undecoded = Some(0);
        let got = encoding.name().to_owned();
        (mark > 0).then_some(Fault { code: Code::EncodingRecognised, line: 1, offset: 0, got })
    }

    /// Decodes what was pushed.
    fn decode(&mut self) {
        let Some(decoder) = &mut *self.decoder else { return };
        let held = self.buffer.data();
        let from = self.undecoded.take().unwrap_or(held.len());
        if from == held.len() && !self.ended {
            return;
        }
        let mut text = Vec::with_capacity(held.len() - from);
        decoder.decode(&held[from..], self.ended, &mut text);
        let length = held.len() - from;
        self.buffer.shrink(length);
        self.buffer.room(text.len()).copy_from_slice(&text);
    }

    /// Returns a note about the last row with its byte in the source, of which its framer knows only the row's.
    fn in_source(&self, note: Fault) -> Fault {
        let (start, byte) = self.row_start;
        match note.offset.checked_sub(byte) {
            Some(behind) if self.encoding != Encoding::Utf8 && self.bytes().len() - start >= behind as usize => {
                Fault { offset: self.source_byte(start + behind as usize), ..note }
            }
            _ => note,
        }
    }

    fn detect(&mut self, so_far: &mut Detecting) -> Option<Result<Found, Unfit>> {
        let mut cursor = self.cursor;
        let found = self.beginning().format(so_far, &mut cursor);
        self.cursor = cursor;
        found
    }

    fn framer_of(&mut self, Found { format, separator, wrapper, notes, has_separator_line }: Found) -> Framer {
        let lines = format == Format::Ndjson;
        if let Some(name) = wrapper {
            let path = vec![name, EACH.to_owned()];
            let note = self.fault(Code::WrapperRecognised, self.cursor.at, self.cursor.line, 0);
            self.note = Some(Fault { got: cut(&pointer(&path)), ..note });
            return Framer::Wrapped(Only::new(|| Box::new(WrappedFramer::new([path, Vec::new()].into(), lines))));
        }
        let records = &self.form.records;
        match format {
            Format::Csv | Format::Tsv if cfg!(feature = "tables") => {
                let mut csv = CsvFramer::new(separator, Rc::clone(&self.mapping));
                csv.has_separator_line = has_separator_line;
                for Said { code, at, line, got } in notes {
                    csv.note(code, (line, self.source_byte(at)), 0, got);
                }
                Framer::Csv(Only::new(|| Box::new(csv)))
            }
            _ if cfg!(feature = "tables") && !records.is_empty() => {
                Framer::Wrapped(Only::new(|| Box::new(WrappedFramer::new(Rc::clone(records), lines))))
            }
            Format::Ndjson => Framer::Ndjson(NdjsonFramer::default()),
            _ => Framer::Json(JsonFramer::default()),
        }
    }

    /// Refuses a value in which no record was found.
    fn not_found(&self, code: Code) -> Frame {
        let (line, offset) = self.value;
        let got = if let Framer::Wrapped(wrapped) = &self.framer { wrapped.paths() } else { String::new() };
        Frame::Refused(Fault { code, line, offset, got })
    }

    /// Ends the reading of a source that cannot be read.
    fn turn_down(&mut self, Unfit { code, got }: Unfit) -> Frame {
        self.framer = Framer::Stopped;
        let fault = self.fault(code, self.cursor.at, self.cursor.line, SHOWN_BYTES);
        Frame::Trouble(Fault { got: got.unwrap_or(fault.got), ..fault })
    }

    /// Tries to prove the records from here on; `unproved` then says whether the next is to be tried again.
    fn prove(&mut self, prover: &mut impl Prover) -> Option<Frame> {
        let (start, line) = (self.cursor.at, self.cursor.line);
        self.unproved = false;
        if self.is_table() {
            return self.prove_rows(prover);
        }
        let data = self.buffer.data();
        let join = match &self.framer {
            _ if data[start] != b'{' => return None,
            Framer::Ndjson(ndjson) if ndjson.in_line() => return None,
            Framer::Ndjson(_) => Join::LineBreak,
            Framer::Json(json) if json.has_commas() => Join::Comma,
            Framer::Json(_) => Join::Unknown,
            Framer::Wrapped(wrapped) if wrapped.has_commas() => wrapped.join(),
            _ => return None,
        };
        let ended = self.ended || self.piece_ended;
        let place = (self.encoding == Encoding::Utf8).then_some((line, self.base));
        let Neighbours { at, lines, stop } = prover.neighbours(self.buffer.padded(), start, join, ended, place);
        let mut cursor = Cursor { at, line: line + lines as u64, record: None, behind: None };
        if at > start {
            cursor.behind = (!ends_in_line_break(&data[..at])).then_some(cursor.line);
            match &mut self.framer {
                Framer::Ndjson(ndjson) => ndjson.passed(),
                Framer::Wrapped(wrapped) => wrapped.passed(stop == Stop::Between),
                _ => {}
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
                Framer::Wrapped(wrapped) => wrapped.begin_again(&mut self.cursor),
                _ => self.cursor.record = Some((at, self.cursor.line)),
            }
        }
        (at > start || stop == Stop::Next).then_some(Frame::Clean { line })
    }

    /// Tries to write the rows from here on.
    fn prove_rows(&mut self, prover: &mut impl Prover) -> Option<Frame> {
        let Framer::Csv(csv) = &mut self.framer else { return None };
        let (start, line) = (self.cursor.at, self.cursor.line);
        let is_other = self.encoding != Encoding::Utf8;
        if is_other || self.careful_at == self.base + start as u64 {
            return None;
        }
        let (rows, at, stop) = prover.rows(csv.plan()?, self.buffer.padded(), start, (line, self.base));
        if rows == 0 && stop != Stop::Next {
            let ran_out = stop == Stop::Record(Unproved::RanOut);
            self.unproved = ran_out && !self.ended && self.buffer.data().len() - at < RETRIED_BYTES;
            return None;
        }
        csv.pass(rows > 0);
        self.cursor = Cursor { at, line: line + rows as u64, record: None, behind: None };
        if stop == Stop::Record(Unproved::NotSure) {
            self.careful_at = self.base + at as u64;
        }
        Some(Frame::Clean { line })
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
            Framer::Wrapped(wrapped) => wrapped.in_value(),
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
        Frame::Record { span: start..end, line, offset: self.source_byte(start) }
    }

    pub(super) fn fault(&self, code: Code, at: usize, line: u64, shown: usize) -> Fault {
        let data = self.bytes();
        let near = &data[at..data.len().min(at + shown)];
        // at the first byte of a line break: the second may not be there yet
        let end = memchr::memchr2(b'\r', b'\n', near).unwrap_or(near.len());
        let got = cut(&String::from_utf8_lossy(&near[..end]));
        Fault { code, line, offset: self.source_byte(at), got }
    }

    /// Keeps the beginning of the current record, and drops what was read before it.
    fn drop_read(&mut self) {
        let mut keep = self.cursor.record.map_or(self.cursor.at, |(start, _)| start);
        if let Framer::Wrapped(wrapped) = &mut self.framer {
            keep = wrapped.keep_from(keep);
        }
        self.base = self.source_byte(keep);
        self.known.set((0, self.base));
        self.row_start = (0, u64::MAX);
        self.buffer.discard(keep);
        self.undecoded = self.undecoded.map(|at| at - keep);
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
