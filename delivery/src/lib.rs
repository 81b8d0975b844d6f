#![deny(clippy::string_slice, reason = "its panic brings the tables of Unicode into the module; use get")]
//! From batches to outcomes, without I/O and without a clock: what happened goes in, what to do comes out.

mod certain;
mod client;
mod foreign;
mod held;
pub mod journal;
mod loopback;
mod machine;
mod outbox;
mod outcome;
mod pace;
mod receipt;
mod retry;
mod run;
mod split;

pub use certain::{Failure, Runtime};
pub use client::{Bounds, Client, ClientReceipt, Given, Overflow, STORED_MAX, Tracked};
pub use foreign::{Look, look, tells_error};
pub use loopback::is_loopback;
pub use machine::{Action, Machine, Part, Policy};
pub use outbox::{Added, Outbox, OutboxCounts, OutboxEntry, OutboxStep, Resolved, Sum};
pub use outcome::{Answer, Ending, Meaning, Outcome, Reason, State, Statuses};
pub use pace::{WAIT_HEADERS, asked_wait};
pub use receipt::{Attempt, BatchReceipt, Position, Receipt, RefusedBy, Settled, Stopped};
pub use retry::Retry;
pub use run::{JournalOptions, Run, Settlement, SourceChanged, Spot, Step};
