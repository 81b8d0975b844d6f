//! What survives the process: a journal of one import, and a ledger of the events of all.
//!
//! Both are keys and bytes in a store that somebody else keeps; what is to be written comes out as
//! [`Write`]s, and what was written goes back in when a store is opened.

mod body;
mod fingerprint;
mod import;
mod ledger;
mod record;

pub use fingerprint::Fingerprint;
pub use import::{Import, NotResolved, Recovered, Resolution, Unknown};
pub use ledger::{Destination, Known, Ledger};
pub use record::{BatchRecord, PartRecord, PartState};

pub(crate) use body::write_body;
pub(crate) use import::Body;
pub(crate) use record::events_in;

/// Which of the two stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreKind {
    /// The journal of this import.
    Journal,
    /// The ledger of all imports.
    Ledger,
}

/// A key that is to be set, or removed where there is no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// Where.
    pub store: StoreKind,
    /// Which key.
    pub key: String,
    /// What it is to be.
    pub value: Option<Vec<u8>>,
}

/// Numbers in keys have leading zeros, so that a store's order is theirs.
fn numbered(name: &str, number: u64) -> String {
    let digits = number.to_string();
    let zeros = "000000000000".get(digits.len()..).unwrap_or_default();
    [name, "/", zeros, &digits].concat()
}
