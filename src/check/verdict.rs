//! What a check says of one record.

use crate::finding::Finding;

/// What is to become of an event.
#[derive(Debug, PartialEq)]
pub enum Verdict {
    /// Its bytes are sent as they are.
    Clean,
    /// This JSON text is sent in its place.
    Repaired(String),
    /// It is not sent.
    Refused,
}

/// A verdict and all that was found on the way to it.
#[derive(Debug, PartialEq)]
pub struct Checked {
    /// What is to become of the event.
    pub verdict: Verdict,
    /// In the order in which the fields are checked.
    pub findings: Vec<Finding>,
    /// Whom the event is about, as it is sent; nothing where it is refused.
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
