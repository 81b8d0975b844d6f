//! Makes frames of the rows of a table.

use super::csv::Row;
use super::frame::{Fault, Frame, SHOWN_BYTES};
use super::reader::{Framer, Reader};
use crate::codes::Code;
use crate::json;
use crate::limits::RECORD_BYTES_MAX;
use crate::text::line_ends;
use crate::undelivered::RefusedRow;

impl Reader {
    /// Returns the row of the last frame as it is written in a table of refused rows; `None` if the source is no table.
    /// Of a row whose cells cannot be told apart, the whole `text` is the first cell.
    pub(crate) fn refused_row(&self, text: Option<&[u8]>) -> Option<RefusedRow> {
        let Framer::Csv(csv) = &self.framer else { return None };
        let row = csv.refused_row(self.bytes().get(self.row.clone()).unwrap_or_default(), text);
        Some(RefusedRow { byte_order_mark: self.byte_order_mark, ..row })
    }

    /// Returns the frame of the row that ends before this byte of the buffer, or `None` if it has none.
    pub(super) fn row(&mut self, end: usize) -> Option<Frame> {
        if !cfg!(feature = "tables") {
            return None;
        }
        let Framer::Csv(csv) = &mut self.framer else { return None };
        let (start, line) = self.cursor.record.unwrap_or((end, self.cursor.line));
        self.cursor.line += csv.lines() as u64;
        if self.overlong.is_some() || end - start > RECORD_BYTES_MAX {
            csv.refuse_row();
            let frame = self.record(end);
            return Some(self.unless_header(frame));
        }
        self.cursor.record = None;
        self.row = start..end;
        let offset = self.source_byte(start);
        self.row_start = (start, offset);
        let Framer::Csv(csv) = &mut self.framer else { return None };
        let bytes = &self.buffer.data()[start..end];
        let breaks_off = self.ended && end == self.buffer.data().len();
        let broken = |code, at| Frame::Broken { code, span: start..end, line, offset, at };
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                csv.refuse_row();
                csv.take_off_reasons(bytes);
                let cut_off = breaks_off && error.error_len().is_none();
                let at = error.valid_up_to();
                let code = if cut_off { Code::RecordCutOff } else { json::no_character(&bytes[at..]) };
                return Some(self.unless_header(broken(code, at)));
            }
        };
        match csv.row(text, (line, offset), breaks_off)? {
            Row::Record => Some(Frame::Row { span: start..end, line, offset }),
            Row::Broken { code, at } => Some(broken(code, at)),
            Row::Damaged { code, at, length } => {
                self.cursor.record = Some((start, line));
                Some(self.damaged_row(code, at, start + length))
            }
            Row::BadHeader { code, at, got } => {
                self.framer = Framer::Stopped;
                Some(Frame::Trouble(Fault { code, line, offset: offset + at as u64, got }))
            }
        }
    }

    /// Refuses the row up to the end of the line on which its damaged cell begins; the next line begins a row.
    pub(super) fn damaged_row(&mut self, code: Code, at: usize, end: usize) -> Frame {
        let (start, line) = self.cursor.record.take().unwrap_or((end, self.cursor.line));
        if cfg!(feature = "tables")
            && let Framer::Csv(csv) = &mut self.framer
        {
            csv.refuse_row();
            if csv.has_header_inside(&self.buffer.data()[start..end]) {
                self.framer = Framer::Stopped;
                return Frame::Trouble(self.fault(Code::CsvHeaderInRow, start, line, SHOWN_BYTES));
            }
        }
        self.cursor.at = end;
        self.cursor.line = line + line_ends(&self.buffer.data()[start..end]) as u64;
        self.unless_header(Frame::Broken { code, span: start..end, line, offset: self.source_byte(start), at })
    }

    /// Ends the reading if the row was the header: no row can be read without one.
    fn unless_header(&mut self, frame: Frame) -> Frame {
        let Framer::Csv(csv) = &self.framer else { return frame };
        if !csv.in_header() {
            return frame;
        }
        self.framer = Framer::Stopped;
        match frame {
            Frame::Refused(fault) => Frame::Trouble(fault),
            Frame::Broken { code, span, line, at, .. } => {
                Frame::Trouble(self.fault(code, span.start + at, line, SHOWN_BYTES))
            }
            frame => frame,
        }
    }
}
