//! Cuts bytes, pushed in chunks of any size, into records: one record is one event's text.

mod cells;
mod columns;
mod csv;
mod detect;
mod frame;
mod header;
mod json;
mod made;
mod ndjson;
mod reader;
mod row;
mod signature;
mod table;

pub use columns::ColumnMap;
pub use detect::Format;
pub use frame::{Fault, Frame};
pub use made::{Made, Origin};
pub use reader::Reader;
