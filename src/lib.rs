//! Checks events before they are sent to Split (Harness FME), and delivers them so that each ends
//! accepted, refused, unknown or unsent.
//!
//! Bytes become records ([`Reader`]), records get verdicts ([`check`]) under the [`Rules`], what may
//! be sent fills batches ([`Batcher`]), and batches get outcomes ([`delivery`]). [`Intake`] is the
//! first three in one. Nothing here does I/O, tells the time or draws a random number; `wasm`, the
//! only part that knows JavaScript, does.

#![deny(clippy::string_slice, reason = "its panic brings the tables of Unicode into the module; use get")]

mod batch;
mod check;
mod client;
pub mod delivery;
mod ecma;
mod event;
mod gzip;
mod intake;
mod issue;
pub mod journal;
mod json;
mod keys;
mod lanes;
mod objects;
mod properties;
mod read;
mod report;
mod rules;
mod text;
mod timestamp;
mod undelivered;
#[cfg(target_arch = "wasm32")]
mod wasm;

pub use batch::{Batch, Batcher, Caps, Entry};
pub use check::fast::{Fast, Notes, Proof};
pub use check::{Checked, Subject, Verdict, check, check_made};
pub use client::{Bounds, Client, ClientReceipt, Given, Overflow, STORED_MAX, Tracked};
pub use ecma::Ecma;
pub use event::Place;
pub use gzip::{Gunzip, GzipError};
pub use intake::Intake;
pub use issue::{Code, CodeInfo, Fate, Finding, Issue, Severity, table};
pub use keys::{KeyHint, KeyList, KeyListError, KeyMatch, KnownKeys, Matches, Shapes};
pub use objects::Objects;
pub use read::{Buffer, ColumnMap, Fault, Format, Frame, Made, Origin, Reader};
pub use report::{Context, Report};
pub use rules::Rules;
pub use timestamp::Unit;
pub use undelivered::Undelivered;
