//! Checks events before they are sent to Split (Harness FME), and fills batches with those that may be sent.
//!
//! Bytes become records ([`Reader`]), records get verdicts ([`check`](fn@check)) under the [`Rules`], and what may be
//! sent fills batches ([`Batcher`]). [`Intake`] does all three. The crate does no I/O, reads no clock and draws no
//! random numbers.

#![deny(clippy::string_slice, reason = "its panic brings the tables of Unicode into the module; use get")]

mod intake;
mod only;
mod read;
mod report;
mod sample;

pub use split_events_base::{amount, json, text};
use split_events_base::{
    batch, bytes, codes, decimal, encoding, event, finding, formula, gzip, host, keys, lanes, limits, names, native,
    objects, place, rules, time, undelivered,
};
use split_events_checking::check;
pub use split_events_checking::map;

pub use batch::{Batch, Batcher, Caps, Entry};
pub use bytes::Buffer;
pub use check::fast::{Fast, Notes, Proved, Unproved};
pub use check::{Checked, Subject, Verdict, check, check_made};
pub use codes::{Code, CodeInfo, IfSent, Severity, table};
pub use decimal::DecimalSign;
pub use encoding::Encoding;
pub use finding::{Finding, Issue};
pub use gzip::{Gunzip, GzipError, WINDOW};
pub use host::Host;
pub use intake::{Intake, Recognise};
pub use keys::{KeyHint, KeyList, KeyListError, KeyMatch, KnownKeys, Matches, Shapes};
pub use native::Native;
pub use objects::Objects;
pub use place::Place;
pub use read::{Fault, Form, Format, Frame, Reader};
pub use report::{Context, Mapped, Report};
pub use rules::{Rules, lower_traffic_type, trim_name};
pub use sample::Sample;
pub use time::{Iso, Order, OrderProof, Time, TimeFormat, Unit, Zone, days_from_civil, iso, read as read_time};
pub use undelivered::{REASONS, Refused, RefusedRow, Undelivered};
