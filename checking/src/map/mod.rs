//! Makes events of records by a mapping.

pub mod fast;

pub use split_events_mapping::*;
