//! Keys: what they look like, which keys are known, and how the keys of events differ from the known ones.

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
