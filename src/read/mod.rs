//! Cuts bytes, pushed in chunks of any size, into records: one record is one event's text.

mod csv;
mod detect;
mod frame;
mod header;
mod json;
mod look;
mod ndjson;
mod reader;
mod row;
mod signature;
mod table;

pub use detect::Format;
pub use frame::{Fault, Frame};
pub use look::BEGINNING;
pub use reader::Reader;
