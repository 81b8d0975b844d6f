//! One event per line. A record is its line: anything after its object refuses it.

use super::{Cursor, Step};

pub(super) fn step(buffer: &[u8], cursor: &mut Cursor, ended: bool) -> Step {
    if cursor.record.is_none() {
        cursor.skip_space(buffer);
        if cursor.at == buffer.len() {
            return Step::NeedMore;
        }
        cursor.record = Some((cursor.at, cursor.line));
    }
    match memchr::memchr(b'\n', &buffer[cursor.at..]) {
        Some(length) => {
            let end = cursor.at + length;
            cursor.at = end + 1;
            cursor.line += 1;
            Step::Record(end)
        }
        None => {
            cursor.at = buffer.len();
            if ended { Step::Record(buffer.len()) } else { Step::NeedMore }
        }
    }
}
