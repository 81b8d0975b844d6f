#![deny(clippy::string_slice, reason = "its panic brings the tables of Unicode into the module; use get")]
//! From batches to outcomes, without I/O and without a clock: it is told what happened, and says what to do.

mod answer;
mod call;
mod certain;
mod client;
mod compact;
mod draft;
mod driver;
mod held;
mod import;
pub mod journal;
mod listing;
mod loopback;
mod machine;
mod outbox;
mod outcome;
mod pace;
mod part;
mod pause_cause;
mod plan;
mod policy;
mod recorded;
mod resolve;
mod step;

pub use answer::{Answer, Handling, Look, Response, Statuses, look, tells_error};
pub use certain::{Failure, Runtime};
pub use client::{Bounds, Client, ClientReceipt, Counted, Ended, Given, Overflow, STORED_MAX, Taking, Tracked};
pub use driver::{Delivery, Driver};
pub use held::{HeldBatches, Sum};
pub use import::{Import, SourceChanged};
pub use listing::{OutboxCounts, OutboxEntry};
pub use loopback::is_loopback;
pub use machine::{Action, Machine};
pub use outbox::Outbox;
pub use outcome::{
    Attempt, BatchOutcome, BatchReceipt, Outcome, Reason, Receipt, RefusedBy, SettledPart, State, Stopped,
};
pub use pace::{Retry, WAIT_HEADERS, asked_wait};
pub use part::{Body, Events, Part, Position, Spot};
pub use plan::Added;
pub use policy::{JournalOptions, Policy};
pub use resolve::Resolved;
pub use step::Step;
