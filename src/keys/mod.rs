//! Keys: their shapes, the keys that were evaluated, and what differs where hardly any event's key is one of these.

mod fingerprint;
mod known;
mod likeness;
mod list;
mod matches;
mod set;
mod shapes;

pub use known::KnownKeys;
pub use list::{KeyList, KeyListError};
pub use matches::{KeyHint, KeyMatch, Matches};
pub use shapes::{Shapes, UUID_LENGTHS};
