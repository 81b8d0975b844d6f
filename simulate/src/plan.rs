//! What one schedule is about, drawn from its seed.

use fastrand::Rng;
use split_events_delivery::{Policy, Retry, Runtime};

/// A mistake planted into the driver, to see that it is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// A request without an answer is told as one that was never sent.
    RetryUnknown,
    /// What the service asks for is not passed on, and the clock runs ahead of every pause.
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

/// Whether there is a journal, and what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Journal {
    None,
    /// The source is read again.
    Source,
    /// Bodies.
    Bodies,
}

/// How likely a request meets which fault, out of all weights.
#[derive(Debug, Clone, Copy)]
pub struct Faults {
    pub weights: [u32; FAULTS],
}

/// The kinds of faults; the first is none at all.
pub const FAULTS: usize = 17;

#[derive(Debug, Clone)]
pub struct Plan {
    pub seed: u64,
    pub bug: Option<Bug>,
    pub events: usize,
    /// Most events and bytes of a batch.
    pub batch: (usize, usize),
    pub journal: Journal,
    pub ledger: bool,
    pub policy: Policy,
    pub faults: Faults,
    /// Between these requests everything fails.
    pub outage: Option<(u64, u64)>,
    /// Bodies over so many bytes are answered 413.
    pub largest: Option<usize>,
    /// The key is wrong.
    pub wrong_key: bool,
    /// How likely a step is the process's last, in thousandths; at most so many crashes.
    pub crashes: (u32, u32),
    /// The user stops, or cuts, after so many steps.
    pub stops: Option<(u32, bool)>,
    /// The user pauses the run at this step, and lets it go on at that.
    pub holds: Option<(u32, u32)>,
    /// The step at which the browser goes offline, and for how many steps it stays so.
    pub offline: Option<(u32, u32)>,
    /// The store's sync fails from this one on.
    pub sync_fails: Option<u32>,
    /// Every so many events stand twice in the input.
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
