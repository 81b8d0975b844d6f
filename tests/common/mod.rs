//! Code of the property tests and the fuzz targets: near-events, and the work of an intake without a fast path.

pub mod cuts;
pub mod near_events;
pub mod reference;
