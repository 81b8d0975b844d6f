//! How something is delivered: what a user chooses.

use crate::answer::Statuses;
use crate::certain::Runtime;
use crate::pace::Retry;

/// How batches are delivered.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Whose errors `fetch` throws.
    pub runtime: Runtime,
    /// Most requests in flight, once one was accepted.
    pub concurrency: usize,
    /// Most requests a second.
    pub rate: Option<f64>,
    /// How often and when what was not taken is sent again.
    pub retry: Retry,
    /// Nothing is sent after this time, in milliseconds of the caller's clock.
    pub deadline: Option<f64>,
    /// Sends again what may have been taken. The user's choice: events may count twice.
    pub retry_unknown: bool,
    /// What the service's answers mean.
    pub statuses: Statuses,
    /// The longest pause that a service is given, in milliseconds; then one request asks again.
    pub pause_cap: f64,
    /// Where the waits are drawn from.
    pub seed: u64,
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            runtime: Runtime::Unknown,
            concurrency: 4,
            rate: None,
            retry: Retry::default(),
            deadline: None,
            retry_unknown: false,
            statuses: Statuses::default(),
            pause_cap: 3_600_000.0,
            seed: 0,
        }
    }
}

/// How the journal of an import is kept.
#[derive(Debug, Clone, Copy, Default)]
pub struct JournalOptions {
    /// Whether it keeps bodies until they are accepted, since the source cannot be read again.
    pub keeps_bodies: bool,
}
