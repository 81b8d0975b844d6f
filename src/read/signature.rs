//! Files of other kinds, known by their first bytes.

use std::cell::Cell;

use super::frame::Unfit;
use crate::codes::Code;

/// What the first bytes say of the kind of a file.
pub(super) enum Signed {
    /// It is of none of these kinds.
    No,
    /// More bytes are needed.
    NeedMore,
    /// It is of one of these kinds.
    Yes(Unfit),
}

impl Signed {
    fn yes(code: Code, name: &str) -> Signed {
        Signed::Yes(Unfit { code, got: Some(name.to_owned()) })
    }
}

const SIGNATURES: &[(&[u8], Code, &str)] = &[
    (b"PK\x03\x04", Code::InputZip, "zip"),
    (b"PK\x05\x06", Code::InputZip, "zip"),
    (b"PK\x07\x08", Code::InputZip, "zip"),
    (b"\xd0\xcf\x11\xe0", Code::InputWorkbook, "xls"),
    (b"\x1f\x8b", Code::InputCompressed, "gzip"),
    (b"\x28\xb5\x2f\xfd", Code::InputCompressed, "zstd"),
    (b"\xfd7zXZ\0", Code::InputCompressed, "xz"),
    (b"7z\xbc\xaf\x27\x1c", Code::InputCompressed, "7z"),
    (b"Rar!\x1a\x07", Code::InputCompressed, "rar"),
    (b"\x04\x22\x4d\x18", Code::InputCompressed, "lz4"),
    (b"LZIP\x01", Code::InputCompressed, "lzip"),
    (b"\xff\x06\0\0sNaPpY", Code::InputCompressed, "snappy"),
    (b"\x1f\x9d", Code::InputCompressed, "compress"),
    (b"SQLite format 3\0", Code::InputDataFile, "SQLite"),
    (b"Obj\x01", Code::InputDataFile, "Avro"),
    (b"ARROW1\0", Code::InputDataFile, "Arrow"),
    (b"%PDF-", Code::InputDocument, "PDF"),
    (b"{\\rtf", Code::InputDocument, "RTF"),
    (b"\x89PNG\r\n\x1a\n", Code::InputDocument, "PNG"),
    (b"\xff\xd8\xff", Code::InputDocument, "JPEG"),
    (b"GIF87a", Code::InputDocument, "GIF"),
    (b"GIF89a", Code::InputDocument, "GIF"),
    (b"II*\0", Code::InputDocument, "TIFF"),
    (b"MM\0*", Code::InputDocument, "TIFF"),
    (b"\0\0\x01\0", Code::InputDocument, "ICO"),
    (b"<!doctype", Code::InputMarkup, "HTML"),
    (b"<html", Code::InputMarkup, "HTML"),
    (b"<head", Code::InputMarkup, "HTML"),
    (b"<body", Code::InputMarkup, "HTML"),
    (b"<!--", Code::InputMarkup, "HTML"),
    (b"<?xml", Code::InputMarkup, "XML"),
    (b"<svg", Code::InputMarkup, "SVG"),
];

/// Words that could begin a table, too: behind these files' own stands a byte that is no text.
const WORDS: &[(&[u8], Code, &str)] = &[
    (b"PAR1", Code::InputDataFile, "Parquet"),
    (b"PARE", Code::InputDataFile, "Parquet"),
    (b"ORC", Code::InputDataFile, "ORC"),
];

/// Between these stands the size of its blocks, a digit.
const BZIP2: [&[u8]; 2] = [b"BZh", b"1AY&SY"];

/// Says which kind of file begins with these bytes; `ended` says that it has no others.
pub(super) fn signature(bytes: &[u8], ended: bool) -> Signed {
    let need_more = Cell::new(false);
    let begins = |bytes: &[u8], with: &[u8], any_case: bool| {
        let (seen, wanted) = (&bytes[..bytes.len().min(with.len())], &with[..bytes.len().min(with.len())]);
        let same = if any_case { seen.eq_ignore_ascii_case(wanted) } else { seen == wanted };
        need_more.set(need_more.get() || (same && seen.len() < with.len()));
        same && seen.len() == with.len()
    };
    for &(with, code, name) in SIGNATURES {
        if begins(bytes, with, code == Code::InputMarkup) {
            return Signed::yes(code, name);
        }
    }
    if begins(bytes, BZIP2[0], false) && begins(bytes.get(BZIP2[0].len() + 1..).unwrap_or_default(), BZIP2[1], false) {
        return Signed::yes(Code::InputCompressed, "bzip2");
    }
    for &(with, code, name) in WORDS {
        if begins(bytes, with, false) {
            match bytes.get(with.len()) {
                Some(b' '..=b'~' | b'\t' | b'\r' | b'\n') => {}
                None if !ended => need_more.set(true),
                _ => return Signed::yes(code, name),
            }
        }
    }
    if need_more.get() && !ended { Signed::NeedMore } else { Signed::No }
}

/// Returns whether these bytes may begin a text: it has no control characters, and is UTF-8, or most of it is ASCII, as
/// in other encodings of Latin alphabets. A character may be cut off at the end.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    let is_control = |byte: u8| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1e);
    if bytes.iter().any(|&byte| is_control(byte)) {
        return false;
    }
    let is_utf8 = std::str::from_utf8(bytes).map_or_else(|error| error.error_len().is_none(), |_| true);
    is_utf8 || bytes.iter().filter(|byte| !byte.is_ascii()).count() * 4 < bytes.len()
}
