//! How a source is written, as far as users say it.

use std::rc::Rc;

use crate::encoding::Encoding;

/// How sources are written, and what of them is read. What is not said is told by a source's first megabyte.
#[derive(Debug, Clone, Default)]
pub struct Form {
    /// The byte between the cells of a table.
    pub separator: Option<u8>,
    /// The number of lines before the header row of a table that are left out.
    pub skip_rows: u64,
    /// The encoding of a source without a byte order mark: UTF-8 unless it is given.
    pub encoding: Option<Encoding>,
    /// Whether a table is read though its header row has no name of a field, and none that the mapping uses.
    pub foreign: bool,
    /// Where the records of a JSON value lie, in place of the mapping's `records`: paths of which the first counts that leads somewhere. Each has the names
    /// of its members, or `*` for the items of a list. Without any, the value is the record.
    pub records: Rc<[Vec<String>]>,
    /// Whether the events of an object that is none itself are read, if its list of them has a well-known name.
    pub wrappers: bool,
}

impl Form {
    /// Returns the separator with the name that users give: itself, or its word.
    pub fn separator_named(name: &str) -> Option<u8> {
        match name {
            "," | "comma" => Some(b','),
            ";" | "semicolon" => Some(b';'),
            "\t" | "tab" => Some(b'\t'),
            "|" | "bar" => Some(b'|'),
            _ => None,
        }
    }
}
