//! What whoever performs a delivery is to do next.

use crate::outcome::SettledPart;
use crate::part::Part;

/// What the caller is to do next.
#[derive(Debug, PartialEq)]
pub enum Step {
    /// Post the body of this part, and tell what came of it.
    Post(Part),
    /// Hand what is to be written to the stores, make it durable, and tell whether that succeeded. Nothing else waits.
    Sync,
    /// Tell the user that a part has ended.
    Settled(Box<SettledPart>),
    /// Read on: there is room for another batch.
    Read,
    /// Wait until something happens, or until this time.
    Wait(Option<f64>),
    /// Nothing: everything that can be done is.
    Done,
}
