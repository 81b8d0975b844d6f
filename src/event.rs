//! An event as the service knows it.

/// Its fields. Any other is removed.
pub const FIELDS: [&str; 7] =
    ["eventTypeId", "trafficTypeName", "key", "timestamp", "value", "properties", "environmentName"];

/// The field with everything else that is known of the event.
pub const PROPERTIES: &str = "properties";

/// The number of the field with this name.
#[inline]
pub fn field(name: &str) -> Option<usize> {
    FIELDS.iter().position(|field| *field == name)
}

/// Where an event stands in what the user gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Number in the whole input, from 0.
    pub index: u64,
    /// Number of its source among the sources of the input.
    pub source: u32,
    /// Its first line and byte in the source; nothing where it came as an object.
    pub text: Option<(u64, u64)>,
}
