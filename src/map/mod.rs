//! Makes events of records by a mapping.

pub(crate) mod fast;

pub use split_events_mapping::*;
