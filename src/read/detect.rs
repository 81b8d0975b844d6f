//! Tells the format from the first bytes.

use serde::Deserialize;

use super::json::is_space;
use crate::issue::Code;
use crate::rules::RECORD_BYTES_MAX;

/// How events are written in a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Told from the first bytes.
    #[default]
    Auto,
    /// An array of events, or one or more objects with white space between them.
    Json,
    /// One event per line.
    Ndjson,
}

pub(super) enum Detected {
    NeedMore,
    /// The format, and the byte at which it begins.
    Format(Format, usize),
    Trouble(Code, usize),
}

const UTF8_BOM: &[u8] = b"\xef\xbb\xbf";

pub(super) fn detect(bytes: &[u8], wanted: Format, ended: bool) -> Detected {
    if bytes.len() < 4 && !ended {
        return Detected::NeedMore;
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") || matches!(bytes, [0, _, ..] | [_, 0, ..]) {
        return Detected::Trouble(Code::InputUtf16, 0);
    }
    let start = if bytes.starts_with(UTF8_BOM) { UTF8_BOM.len() } else { 0 };
    let Some(length) = bytes[start..].iter().position(|&byte| !is_space(byte)) else {
        return if ended { Detected::Trouble(Code::EmptyInput, 0) } else { Detected::NeedMore };
    };
    let first = start + length;
    if wanted != Format::Auto {
        return Detected::Format(wanted, start);
    }
    match bytes[first] {
        b'[' => Detected::Format(Format::Json, start),
        b'{' => match one_object_per_line(&bytes[first..]) {
            Some(true) => Detected::Format(Format::Ndjson, start),
            Some(false) => Detected::Format(Format::Json, start),
            None if ended || bytes.len() > RECORD_BYTES_MAX => Detected::Format(Format::Ndjson, start),
            None => Detected::NeedMore,
        },
        _ => Detected::Trouble(Code::InputNotEvents, first),
    }
}

/// Whether the first line holds an object of its own, or only the beginning of one that goes on.
///
/// A first line that is cut off is NDJSON with a broken record, not an object over all lines: where
/// the next line begins with `{` and no value may stand there, it is an event of its own.
fn one_object_per_line(bytes: &[u8]) -> Option<bool> {
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
                    return Some(true);
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
