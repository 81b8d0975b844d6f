//! Times as people write them: Unix time in any unit, dates with or without a zone, serial dates of spreadsheets.

mod calendar;
mod date;
mod format;
mod iso;

mod number;
mod proof;
mod read;
mod rest;
mod serial;
mod zone;

pub use calendar::days_from_civil;
pub use format::{Order, TimeFormat};

pub use iso::{Iso, iso};
pub use number::Unit;
pub use proof::OrderProof;
pub use read::{Time, read};
pub use read::{is_time, needs_order};
pub use zone::Zone;
