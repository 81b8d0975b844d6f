//! From batches to outcomes, without I/O and without a clock: what happened goes in, what to do comes out.

mod certain;
mod machine;
mod outcome;
mod receipt;

pub use certain::{Failure, Runtime};
pub use machine::{Action, Machine};
pub use outcome::{Ending, Outcome, Reason, State};
pub use receipt::{Attempt, BatchReceipt, Position, Receipt, RefusedBy, Settled, Stopped};
