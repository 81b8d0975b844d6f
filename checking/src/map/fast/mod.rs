//! Makes events of rows by one pass over their bytes, or says that it is not sure.
//!
//! It writes the same bytes as the careful way, and never explains. "Not sure" is always allowed: what was written of
//! the row is forgotten, and the careful way takes it.

mod cells;
mod classes;
mod entry;
mod event_types;
mod judge;
mod op;
mod out;
mod pen;
mod plan;
mod progress;
mod quick;
mod records;
mod row;
mod rows;
mod skim;
mod slot;
mod token;
mod tree;
mod wanted;
mod write;

pub use judge::{COUNTED, Judge};
pub use plan::{Plan, Row};
pub use records::Records;
pub use rows::Rows;
