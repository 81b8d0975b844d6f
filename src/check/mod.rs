//! Decides about one record: clean, repaired or refused, and why.

mod careful;
pub mod fast;

pub use careful::check;

use crate::issue::Finding;

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
}
