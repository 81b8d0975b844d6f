//! What a ledger knows of an event.

/// Whether an earlier import has delivered an event, or may have; what says more is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Known {
    /// No earlier import had it.
    No,
    /// One had it, under another SDK key.
    OtherKey,
    /// One had it, under this SDK key.
    Earlier,
}
