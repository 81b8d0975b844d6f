//! Cuts bytes, pushed in chunks of any size, into records: one record is one event's text.

mod csv;
mod detect;
mod form;
mod frame;
mod header;
mod json;
mod layout;
mod look;
mod ndjson;
mod reader;
mod refused;
mod row;
mod signature;
mod table;
mod walker;
mod wrapped;

pub use detect::Format;
pub use form::Form;
pub use frame::{Fault, Frame};
pub use look::{BEGINNING, Looked};
pub(crate) use reader::Prover;
pub use reader::Reader;
