//! The text of an event that was made from a record, and where each part of it came from.

use split_events_base::bytes::Buffer;
use split_events_base::finding::Finding;

/// Where a part of a made text came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The part's first byte in the made text.
    pub at: usize,
    /// Its byte, from the record's first.
    pub offset: usize,
    /// The length of its text in the record, if that is another text; otherwise 0.
    pub length: usize,
}

/// The text of an event that was made from a record.
#[derive(Debug, Default)]
pub struct Made {
    /// The JSON text.
    pub text: Buffer,
    /// Where its values came from, in the order of the text; the first is the record itself.
    pub origins: Vec<Origin>,
    /// What was found in the record and cannot be seen in the text.
    pub findings: Vec<Finding>,
    /// Memory for the text while it is written.
    pub(crate) draft: String,
}
