//! What a check says of one record.

use crate::finding::Finding;

/// What the check decides about a record.
#[derive(Debug, PartialEq)]
pub enum Verdict {
    /// It is sent as it came.
    Clean,
    /// This JSON text is sent in its place.
    Repaired(String),
    /// It is not sent.
    Refused,
}

/// A verdict and its findings.
#[derive(Debug, PartialEq)]
pub struct Checked {
    /// The verdict.
    pub verdict: Verdict,
    /// The findings, in the order in which the fields are checked.
    pub findings: Vec<Finding>,
    /// Whom the event is about, as it is sent; `None` if it is refused.
    pub subject: Option<Subject>,
}

/// Whom an event is about.
#[derive(Debug, PartialEq)]
pub struct Subject {
    /// Its key.
    pub key: String,
    /// Its traffic type.
    pub traffic_type: String,
}
