//! Where an event stands.

/// Where an event stands in what the user gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Number in the whole input, from 0.
    pub index: u64,
    /// Number of its source among the sources of the input.
    pub source: u32,
    /// Its first line and byte in the source; `None` if it came as an object.
    pub text: Option<(u64, u64)>,
}
