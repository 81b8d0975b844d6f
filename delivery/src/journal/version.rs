//! The version of the format, which each entry of a journal and a ledger carries.

/// The version that is written. An entry without a version is of version 1.
pub const VERSION: u32 = 2;

/// Why an entry of a store cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// A newer version of split-events wrote it, in this version of the format.
    Newer(u32),
    /// No version of split-events wrote it, or it is damaged.
    Damaged,
}
