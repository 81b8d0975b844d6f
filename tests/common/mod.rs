//! What the property tests and the fuzz targets share: near-events, and the same work without a fast path.

pub mod cuts;
pub mod near_events;
pub mod reference;
