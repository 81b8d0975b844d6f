//! Cuts bytes, pushed in chunks of any size, into records: one record is one event's text.

mod buffer;
mod detect;
mod json;
mod ndjson;

pub use buffer::{Buffer, Padded};
pub use detect::Format;

use crate::check::fast::{Notes, Proof};
use crate::issue::{Code, GOT_MAX, cut};
use crate::rules::RECORD_BYTES_MAX;
use detect::Detected;
use json::JsonFramer;

/// One thing that the reader found. Spans are into [`Reader::bytes`] and hold until the next call.
#[derive(Debug, Clone, PartialEq)]
pub enum Frame {
    /// The text of one event.
    Record {
        /// Where its bytes lie.
        span: std::ops::Range<usize>,
        /// Its first line, from 1.
        line: u64,
        /// Its first byte in the source.
        offset: u64,
        /// Where it was proved clean on the way: what is to be counted of it.
        clean: Option<Notes>,
    },
    /// An event that cannot even be read.
    Refused(Fault),
    /// Trouble with the source itself, between its events.
    Trouble(Fault),
}

/// Why and where.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// What kind of trouble.
    pub code: Code,
    /// Line, from 1.
    pub line: u64,
    /// Byte in the source.
    pub offset: u64,
    /// What was found there.
    pub got: String,
}

/// What a framer says about the bytes from `Cursor::at` on.
enum Step {
    /// A record begins at `Cursor::at`.
    Begin,
    /// A record ends at this byte of the buffer.
    Record(usize),
    /// Trouble at this byte of the buffer.
    Trouble(Code, usize),
    /// All bytes were looked at.
    NeedMore,
}

/// Where a framer stands in the buffer. `record` is where the current record began.
#[derive(Debug, Clone, Copy)]
struct Cursor {
    at: usize,
    line: u64,
    record: Option<(usize, u64)>,
}

enum Framer {
    Start(Format),
    Detecting(Format),
    Json(JsonFramer),
    Ndjson,
    Stopped,
}

/// A record that is cut by the end of a chunk is proved again with the next, unless it is longer than this.
const RETRIED_BYTES: usize = 8_192;
/// Bytes that hold as many characters as an issue shows.
const SHOWN_BYTES: usize = 4 * GOT_MAX;

/// Reads one source. Holds what was pushed and not yet read: a chunk, and the record that it cuts.
pub struct Reader {
    framer: Framer,
    buffer: Buffer,
    /// Byte of the source at which the buffer begins.
    base: u64,
    cursor: Cursor,
    /// The current record was not proved, because it ran out of bytes.
    unproved: bool,
    ended: bool,
    /// The beginning of a record too large to hold, shown when it has passed.
    overlong: Option<Fault>,
}

impl Reader {
    /// A reader for one source.
    pub fn new(format: Format) -> Self {
        let framer = Framer::Start(format);
        let cursor = Cursor { at: 0, line: 1, record: None };
        Reader { framer, buffer: Buffer::default(), base: 0, cursor, unproved: false, ended: false, overlong: None }
    }

    /// Takes the next bytes, cut anywhere. Call [`Reader::next_frame`] until it gives nothing first.
    pub fn push(&mut self, bytes: &[u8]) {
        self.room(bytes.len()).copy_from_slice(bytes);
    }

    /// The same for bytes that are written in place: the caller fills all of what it is given.
    pub fn room(&mut self, length: usize) -> &mut [u8] {
        self.drop_read();
        self.buffer.room(length)
    }

    /// Takes back so many bytes of the last room, which the caller did not need.
    pub fn shrink(&mut self, length: usize) {
        self.buffer.shrink(length);
    }

    /// The source is over.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// What the spans of frames are into.
    pub fn bytes(&self) -> &[u8] {
        self.buffer.data()
    }

    /// The next record or trouble; nothing until more is pushed.
    pub fn next_frame(&mut self) -> Option<Frame> {
        self.next_frame_proved(|_, _| Proof::NotSure)
    }

    /// The same, with somebody who may prove a record clean from its first byte on, so that its end
    /// need not be looked for: given the data and the record's start.
    pub fn next_frame_proved(&mut self, mut prove: impl FnMut(Padded, usize) -> Proof) -> Option<Frame> {
        loop {
            let bytes = self.buffer.data();
            let step = match &mut self.framer {
                &mut Framer::Start(format) => match self.start(format)? {
                    Ok(framer) => {
                        self.framer = framer;
                        continue;
                    }
                    Err(code) => return Some(self.give_up(code)),
                },
                &mut Framer::Detecting(format) => match self.detect(format)? {
                    Ok(framer) => {
                        self.framer = framer;
                        continue;
                    }
                    Err(code) => return Some(self.give_up(code)),
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
                Framer::Ndjson => match self.cursor.record {
                    None => ndjson::between(bytes, &mut self.cursor),
                    Some(_) => ndjson::inside(bytes, &mut self.cursor, self.ended),
                },
            };
            match step {
                Step::Begin => match self.prove(&mut prove) {
                    Some(frame) => return Some(frame),
                    None if self.unproved => return None,
                    None => {}
                },
                Step::Record(end) => return Some(self.record(end)),
                Step::Trouble(code, at) => {
                    if matches!(code, Code::TextAfterArray | Code::ArrayNotClosed) {
                        self.framer = Framer::Stopped;
                    }
                    return Some(Frame::Trouble(self.fault(code, at, self.cursor.line, 1)));
                }
                Step::NeedMore => {
                    self.drop_overlong();
                    return None;
                }
            }
        }
    }

    /// Tries to prove the record that begins here; `unproved` then says whether more bytes are needed for that.
    #[inline]
    fn prove(&mut self, prove: &mut impl FnMut(Padded, usize) -> Proof) -> Option<Frame> {
        let start = self.cursor.at;
        self.unproved = false;
        let data = self.buffer.data();
        if data[start] != b'{' {
            return None;
        }
        let (end, lines, notes) = match prove(self.buffer.padded(), start) {
            Proof::Clean { end, lines, notes } => (end, lines, notes),
            Proof::RanOut => {
                self.unproved = !self.ended && data.len() - start < RETRIED_BYTES;
                return None;
            }
            Proof::NotSure => return None,
        };
        let line = self.cursor.line;
        let after = match self.framer {
            // a record is its line: what goes on over its end is broken, however clean it is
            Framer::Ndjson if lines > 0 => return None,
            Framer::Ndjson => match ndjson::after(data, end, self.ended) {
                ndjson::After::Next(at) => at,
                ndjson::After::NeedMore => {
                    self.unproved = true;
                    return None;
                }
                ndjson::After::More => return None,
            },
            _ => end,
        };
        self.cursor = Cursor { at: after, line: line + u64::from(lines) + u64::from(after > end), record: None };
        let offset = self.base + start as u64;
        Some(Frame::Record { span: start..end, line, offset, clean: Some(notes) })
    }

    /// Looks at the byte order mark; `None` until there are enough bytes.
    fn start(&mut self, format: Format) -> Option<Result<Framer, Code>> {
        if self.bytes().len() < 4 && !self.ended {
            return None;
        }
        let Some(mark) = detect::skip_mark(self.bytes()) else {
            return self.shows_enough().then_some(Err(Code::InputUtf16));
        };
        self.cursor.at = mark;
        Some(Ok(Framer::Detecting(format)))
    }

    /// Looks at the first bytes that are not white space; `None` until there are enough.
    fn detect(&mut self, wanted: Format) -> Option<Result<Framer, Code>> {
        let data = self.buffer.data();
        self.cursor.skip_space(data);
        let bytes = &data[self.cursor.at..];
        if bytes.is_empty() {
            return self.ended.then_some(Err(Code::EmptyInput));
        }
        let format = match wanted {
            Format::Auto => match detect::detect(bytes, self.ended) {
                Detected::NeedMore => return None,
                Detected::NotEvents => return self.shows_enough().then_some(Err(Code::InputNotEvents)),
                Detected::Format(format) => format,
            },
            format => format,
        };
        Some(Ok(match format {
            Format::Ndjson => Framer::Ndjson,
            Format::Json | Format::Auto => Framer::Json(JsonFramer::default()),
        }))
    }

    /// Whether an issue can show the same beginning of the input whatever the chunks.
    fn shows_enough(&self) -> bool {
        self.ended || self.bytes().len() - self.cursor.at >= SHOWN_BYTES
    }

    fn give_up(&mut self, code: Code) -> Frame {
        self.framer = Framer::Stopped;
        Frame::Trouble(self.fault(code, self.cursor.at, self.cursor.line, SHOWN_BYTES))
    }

    fn record(&mut self, end: usize) -> Frame {
        let (start, line) = self.cursor.record.take().unwrap_or((end, self.cursor.line));
        if let Some(fault) = self.overlong.take() {
            return Frame::Refused(fault);
        }
        if end - start > RECORD_BYTES_MAX {
            return Frame::Refused(self.fault(Code::RecordTooLarge, start, line, SHOWN_BYTES));
        }
        let text = &self.bytes()[start..end];
        let end = start + text.iter().rposition(|&byte| !json::is_space(byte)).map_or(0, |last| last + 1);
        Frame::Record { span: start..end, line, offset: self.base + start as u64, clean: None }
    }

    fn fault(&self, code: Code, at: usize, line: u64, shown: usize) -> Fault {
        let data = self.bytes();
        let near = &data[at..data.len().min(at + shown)];
        let got = cut(String::from_utf8_lossy(near).lines().next().unwrap_or(""));
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

    /// A record that has grown over the limit is refused as it passes and never held whole.
    fn drop_overlong(&mut self) {
        let Some((start, line)) = self.cursor.record else { return };
        if self.overlong.is_none() && self.cursor.at - start > RECORD_BYTES_MAX {
            self.overlong = Some(self.fault(Code::RecordTooLarge, start, line, SHOWN_BYTES));
        }
        if self.overlong.is_some() {
            self.cursor.record = Some((self.cursor.at, line));
        }
    }
}

impl Cursor {
    fn skip_space(&mut self, buffer: &[u8]) {
        while buffer.get(self.at).is_some_and(|&byte| json::is_space(byte)) {
            self.line += u64::from(buffer[self.at] == b'\n');
            self.at += 1;
        }
    }
}
