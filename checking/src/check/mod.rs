//! Decides about one record: clean, repaired or refused, and why.

mod careful;
pub mod fast;
mod joined;
mod sent;
mod verdict;

pub use careful::{check, check_made};
pub use joined::{Overlong, is_of_an_event, overlong, wrapped_in};
pub use verdict::{Checked, Subject, Verdict};
