//! Makes events of rows by one pass over their bytes, or says that it is not sure.
//!
//! It writes the same bytes as the careful way, and never explains. "Not sure" is always allowed: what was written of
//! the row is forgotten, and the careful way takes it.

mod cells;
mod judge;
mod out;
mod plan;
mod records;
mod rows;
mod skim;
mod write;

pub use judge::{COUNTED, Judge};
pub use plan::Plan;
pub use records::Records;
pub use rows::{Row, Rows};
