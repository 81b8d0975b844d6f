//! The plan of one schedule, drawn from its seed.

use fastrand::Rng;
use split_events_delivery::{Policy, Retry, Runtime};

/// A mistake that is planted in the driver to test that it is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// A request without an answer is reported as never sent.
    RetryUnknown,
    /// Pauses are not passed on, and the clock runs ahead of them.
    ForgetPause,
    /// A part is sent before the journal is durable.
    JournalAfterFetch,
}

impl Bug {
    pub fn named(word: &str) -> Option<Self> {
        Some(match word {
            "retry-unknown" => Bug::RetryUnknown,
            "forget-pause" => Bug::ForgetPause,
            "journal-after-fetch" => Bug::JournalAfterFetch,
            _ => return None,
        })
    }
}

/// The content of the journal, if there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Journal {
    None,
    /// No bodies: the source is read again.
    Source,
    /// The bodies of batches.
    Bodies,
}

/// The weight of each fault. Its chance is its share of all weights.
#[derive(Debug, Clone, Copy)]
pub struct Faults {
    pub weights: [u32; FAULTS],
}

/// The number of kinds of faults. The first kind is no fault.
pub const FAULTS: usize = 17;

#[derive(Debug, Clone)]
pub struct Plan {
    pub seed: u64,
    pub bug: Option<Bug>,
    pub events: usize,
    /// The largest number of events and of bytes of a batch.
    pub batch: (usize, usize),
    pub journal: Journal,
    pub ledger: bool,
    pub policy: Policy,
    pub faults: Faults,
    /// The requests between which everything fails.
    pub outage: Option<(u64, u64)>,
    /// The size in bytes over which bodies are answered 413.
    pub largest: Option<usize>,
    /// True if the key is wrong.
    pub wrong_key: bool,
    /// The chance of a crash at each step, in thousandths, and the largest number of crashes.
    pub crashes: (u32, u32),
    /// The step at which the user stops, and whether what is in flight is cut.
    pub stops: Option<(u32, bool)>,
    /// The step at which the user pauses the import, and for how many steps.
    pub holds: Option<(u32, u32)>,
    /// The step at which the browser goes offline, and for how many steps.
    pub offline: Option<(u32, u32)>,
    /// The sync from which on the store fails.
    pub sync_fails: Option<u32>,
    /// With `Some(n)` every n-th event is twice in the input.
    pub twins: Option<usize>,
}

impl Plan {
    pub fn of(seed: u64, bug: Option<Bug>) -> Plan {
        let mut rng = Rng::with_seed(seed);
        let journal = match (bug, rng.u32(0..10)) {
            (Some(Bug::JournalAfterFetch), draw) if draw % 2 == 0 => Journal::Source,
            (Some(Bug::JournalAfterFetch), _) => Journal::Bodies,
            (_, 0..3) => Journal::None,
            (_, 3..7) => Journal::Source,
            _ => Journal::Bodies,
        };
        let events = match rng.u32(0..10) {
            0 => rng.usize(0..3),
            1 => rng.usize(100..400),
            _ => rng.usize(1..60),
        };
        let mut weights = [0; FAULTS];
        weights[0] = rng.u32(1..60);
        for weight in &mut weights[1..] {
            *weight = if rng.bool() { 0 } else { rng.u32(0..8) };
        }
        let policy = Policy {
            runtime: Runtime::Node,
            concurrency: rng.usize(1..7),
            rate: (rng.u32(0..5) == 0).then(|| f64::from(rng.u32(1..200))),
            retry: Retry {
                attempts: rng.u32(1..9),
                base: f64::from(rng.u32(0..2_000)),
                cap: f64::from(rng.u32(1..30_000)),
            },
            deadline: (rng.u32(0..6) == 0).then(|| f64::from(rng.u32(1..120_000))),
            retry_unknown: rng.u32(0..6) == 0,
            pause_cap: if rng.bool() { f64::from(rng.u32(1..30_000)) } else { 3_600_000.0 },
            seed: rng.u64(..),
            ..Policy::default()
        };
        Plan {
            seed,
            bug,
            events,
            batch: (rng.usize(1..20), rng.usize(60..1_000)),
            journal,
            ledger: rng.u32(0..3) == 0,
            policy,
            faults: Faults { weights },
            outage: (rng.u32(0..4) == 0).then(|| (rng.u64(0..20), rng.u64(1..40))),
            largest: match rng.u32(0..8) {
                0 => Some(rng.usize(20..1_000)),
                1 => Some(0),
                _ => None,
            },
            wrong_key: rng.u32(0..20) == 0,
            crashes: if journal != Journal::None && rng.bool() { (rng.u32(1..200), rng.u32(1..4)) } else { (0, 0) },
            stops: (rng.u32(0..6) == 0).then(|| (rng.u32(0..60), rng.bool())),
            holds: (rng.u32(0..8) == 0).then(|| (rng.u32(0..40), rng.u32(1..40))),
            offline: (rng.u32(0..6) == 0).then(|| (rng.u32(0..60), rng.u32(1..60))),
            sync_fails: (rng.u32(0..25) == 0).then(|| rng.u32(0..20)),
            twins: (rng.u32(0..4) == 0).then(|| rng.usize(2..9)),
        }
    }
}
