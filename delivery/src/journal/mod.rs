//! What survives the process: the journal of an import or an outbox, and the ledger of all imports.
//!
//! Both are keys and bytes in a store that the caller keeps. What is to be written comes out as [`Write`]s, and what was
//! written goes back in when a store is opened. `docs/JOURNAL.md` describes the format.

mod batch_json;
mod batch_record;
mod body;
mod destination;
pub mod entry;
mod fingerprint;
mod fingerprint_counts;
mod kept_body;
mod known;
mod ledger;
mod part_record;
mod read_json;
mod recovered;
mod resolve;
mod unknown;
mod version;
mod version1;
mod write;
mod write_json;

pub use batch_record::BatchRecord;
pub use destination::Destination;
pub use fingerprint::Fingerprint;
pub use known::Known;
pub use ledger::Ledger;
pub use part_record::{PartRecord, PartState};
pub use recovered::Recovered;
pub use resolve::{NotResolved, Resolution};
pub use unknown::Unknown;
pub use version::{Unreadable, VERSION};
pub use write::{StoreKind, Write};

pub(crate) use batch_record::events_in;
pub(crate) use recovered::Body;
