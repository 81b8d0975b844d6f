//! How often a batch is tried again, and how long it waits between.

/// Tokens that a run begins with, and the most that it can have.
const TOKENS_MAX: f64 = 20.0;
/// What an accepted batch gives back.
const TOKENS_EARNED: f64 = 0.5;

/// How batches that were certainly not taken are tried again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Retry {
    /// Most requests for one batch.
    pub attempts: u32,
    /// Milliseconds; the wait before the second request is drawn from zero to this, and doubles with each.
    pub base: f64,
    /// The longest wait, in milliseconds.
    pub cap: f64,
}

impl Default for Retry {
    /// Eight requests within about a minute and a half.
    fn default() -> Self {
        Retry { attempts: 8, base: 500.0, cap: 30_000.0 }
    }
}

/// Draws the waits: exponential with full jitter, under a budget.
#[derive(Debug)]
pub(super) struct Backoff {
    retry: Retry,
    random: Random,
    tokens: f64,
}

impl Backoff {
    pub fn new(retry: Retry, seed: u64) -> Self {
        Backoff { retry, random: Random(seed), tokens: TOKENS_MAX }
    }

    /// How long to wait after so many requests; nothing where there were enough.
    pub fn next(&mut self, attempts: u32) -> Option<f64> {
        if attempts >= self.retry.attempts {
            return None;
        }
        let longest = (self.retry.base * f64::from(1_u32 << (attempts - 1).min(30))).min(self.retry.cap);
        if self.tokens < 1.0 {
            return Some(self.retry.cap); // many retries and few acceptances: an outage is not met with a storm
        }
        self.tokens -= 1.0;
        Some(longest * self.random.next())
    }

    /// A batch was accepted.
    pub fn accepted(&mut self) {
        self.tokens = (self.tokens + TOKENS_EARNED).min(TOKENS_MAX);
    }
}

/// SplitMix64.
#[derive(Debug)]
struct Random(u64);

impl Random {
    /// At least 0, less than 1.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}
