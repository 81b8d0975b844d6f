//! One event per line. A record is its line: anything after its object refuses it.

use super::{Cursor, Step};

/// Up to the first byte of the next record.
pub(super) fn between(bytes: &[u8], cursor: &mut Cursor) -> Step {
    cursor.skip_space(bytes);
    if cursor.at == bytes.len() {
        return Step::NeedMore;
    }
    cursor.record = Some((cursor.at, cursor.line));
    Step::Begin
}

/// Up to the end of the line.
pub(super) fn inside(bytes: &[u8], cursor: &mut Cursor, ended: bool) -> Step {
    match memchr::memchr(b'\n', &bytes[cursor.at..]) {
        Some(length) => {
            let end = cursor.at + length;
            cursor.at = end + 1;
            cursor.line += 1;
            Step::Record(end)
        }
        None => {
            cursor.at = bytes.len();
            if ended { Step::Record(bytes.len()) } else { Step::NeedMore }
        }
    }
}
