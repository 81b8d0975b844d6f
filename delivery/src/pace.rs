//! Decides when a request may begin, how long a batch waits for another attempt, and how large a body may be.

use crate::part::Part;

/// The rate limit and the pause, which decide when the next request may begin.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// The milliseconds between the beginnings of two requests, if there is a limit.
    interval: Option<f64>,
    next: f64,
    /// The end of the pause, in Unix milliseconds. Only a person moves it back.
    paused_until: f64,
}

impl Pace {
    pub fn new(requests_per_second: Option<f64>) -> Self {
        Pace { interval: requests_per_second.map(|rate| 1_000.0 / rate), ..Pace::default() }
    }

    /// Prolongs the pause until this time. A shorter pause never ends a longer one.
    pub fn pause(&mut self, until: f64) {
        self.paused_until = self.paused_until.max(until);
    }

    /// Ends the pause.
    pub fn resume(&mut self) {
        self.paused_until = 0.0;
    }

    /// Returns when the next request may begin.
    pub fn opens(&self) -> f64 {
        self.paused_until.max(self.next)
    }

    /// Returns when the pause ends.
    pub fn paused_until(&self) -> f64 {
        self.paused_until
    }

    /// Notes that a request begins.
    pub fn begin(&mut self, now: f64) {
        if let Some(interval) = self.interval {
            self.next = now + interval;
        }
    }
}

/// The retries in the budget at first, and the most that can be saved up.
const TOKENS_MAX: f64 = 20.0;
/// The retries that an accepted batch adds to the budget.
const TOKENS_EARNED: f64 = 0.5;

/// The limits for sending batches again that were certainly not taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Retry {
    /// The most requests for one batch.
    pub attempts: u32,
    /// The longest wait before the second request, in milliseconds. It doubles with each request; the wait is drawn
    /// from zero to it.
    pub base: f64,
    /// The longest wait, in milliseconds.
    pub cap: f64,
}

impl Default for Retry {
    /// Returns eight requests within about a minute and a half.
    fn default() -> Self {
        Retry { attempts: 8, base: 500.0, cap: 30_000.0 }
    }
}

/// Draws the waits before retries: exponential with full jitter, under a budget.
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

    /// Returns how long to wait after this number of requests, in milliseconds, or `None` if no more may be made.
    pub fn next(&mut self, attempts: u32) -> Option<f64> {
        if attempts >= self.retry.attempts {
            return None;
        }
        let longest = (self.retry.base * f64::from(1_u32 << (attempts - 1).min(30))).min(self.retry.cap);
        if self.tokens < 1.0 {
            return Some(self.retry.cap); // few acceptances for many retries: an outage must not be met with a storm
        }
        self.tokens -= 1.0;
        Some(longest * self.random.next())
    }

    /// Notes that a batch was accepted.
    pub fn accepted(&mut self) {
        self.tokens = (self.tokens + TOKENS_EARNED).min(TOKENS_MAX);
    }
}

/// The random numbers of SplitMix64.
#[derive(Debug)]
struct Random(u64);

impl Random {
    /// Returns a number of at least 0 and less than 1.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Sending stops after this number of answers 413 without an acceptance between them: every size is too large, or a
/// proxy refuses them all.
const REFUSALS_MAX: u32 = 24;
/// A size that was refused is tried again after this number of acceptances in a row: the limit may have been lifted.
const FORGET_AFTER: u32 = 32;

/// The largest body to try, learned from a service that answers 413.
#[derive(Debug, Default)]
pub(super) struct Sizes {
    /// The size up to which bodies are sent. Without it, bodies of any size are.
    limit: Option<usize>,
    /// The smallest body of several events that was refused.
    refused: Option<usize>,
    accepted_in_a_row: u32,
    refused_in_a_row: u32,
}

impl Sizes {
    /// Counts the first events of the part that go into the next body: at least one.
    pub fn fitting(&self, part: Part, ends: &[usize]) -> usize {
        self.limit.map_or(part.events(), |limit| part.fitting(ends, limit).max(1))
    }

    /// Notes that a body of this size was accepted.
    pub fn accepted(&mut self, bytes: usize) {
        self.refused_in_a_row = 0;
        let Some(limit) = self.limit else { return };
        self.accepted_in_a_row += 1;
        if self.accepted_in_a_row >= FORGET_AFTER {
            self.refused = None;
            self.accepted_in_a_row = 0;
        }
        // only a body near the limit says anything about it
        if bytes * 2 < limit {
            return;
        }
        self.limit = match self.refused {
            None => limit.checked_mul(2),
            Some(refused) if refused > limit + limit / 10 => Some(limit.midpoint(refused)),
            Some(_) => Some(limit),
        };
    }

    /// Notes that a body of this size was answered 413. Returns false if sending should stop.
    pub fn refused(&mut self, bytes: usize, events: usize) -> bool {
        self.accepted_in_a_row = 0;
        self.refused_in_a_row += 1;
        if events > 1 {
            self.limit = Some(self.limit.unwrap_or(bytes).min(bytes / 2));
            self.refused = Some(self.refused.map_or(bytes, |refused| refused.min(bytes)));
        } else {
            // one event was too large: bodies without it may be larger
            self.refused = None;
        }
        self.refused_in_a_row < REFUSALS_MAX
    }
}

/// The headers by which a service asks for a pause, in lower case.
pub const WAIT_HEADERS: [&str; 9] = [
    "retry-after",
    "date",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "x-ratelimit-reset-seconds",
    "x-ratelimit-remaining-org",
    "x-ratelimit-reset-seconds-org",
    "x-ratelimit-remaining-ip",
    "x-ratelimit-reset-seconds-ip",
];

/// A number up to this one, about fifteen years in milliseconds, is a span; a larger one is a time.
const SPAN_MAX: f64 = 5e11;
/// A time above this one, the year 5138, is in milliseconds and not in seconds.
const SECONDS_MAX: f64 = 1e14;

/// Returns the length of the pause that an answer asks for, in milliseconds, or `None` if it asks for none. `get`
/// returns a header by its name in lower case. `now` is Unix time in milliseconds; the answer's own `date` goes before
/// it.
pub fn asked_wait(get: impl Fn(&str) -> Option<String>, now: f64) -> Option<f64> {
    let date = |text: &str| http_date(text.trim());
    let now = || get("date").and_then(|text| date(&text)).unwrap_or(now);
    let span = |text: &str| {
        let time = match seconds(text) {
            Some(ms) if ms < SPAN_MAX => return Some(ms),
            Some(ms) if ms < SECONDS_MAX => ms,
            Some(ms) => ms / 1_000.0,
            None => date(text)?,
        };
        Some((time - now()).max(0.0))
    };
    // a repeated header comes joined by commas, and a date has a comma in it
    let longest = |text: String| {
        let (mut longest, mut before, mut start) = (None::<f64>, 0, 0);
        for end in 0..=text.len() {
            if end < text.len() && text.as_bytes()[end] != b',' {
                continue;
            }
            for from in [before, start] {
                if let Some(ms) = text.get(from..end).and_then(span) {
                    longest = Some(longest.map_or(ms, |longest| longest.max(ms)));
                }
            }
            (before, start) = (start, end + 1);
        }
        longest
    };
    let mut wait = get("retry-after").and_then(longest);
    for (remaining, reset) in [(2, 3), (2, 4), (5, 6), (7, 8)] {
        if get(WAIT_HEADERS[remaining]).is_some_and(|left| left.trim() == "0")
            && let Some(asked) = get(WAIT_HEADERS[reset]).and_then(longest)
        {
            wait = Some(wait.map_or(asked, |wait| wait.max(asked)));
        }
    }
    wait
}

/// Reads a number of seconds without a sign, perhaps with a fraction, as milliseconds.
fn seconds(text: &str) -> Option<f64> {
    let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let (mut thousandths, mut place) = (f64::from(u8::from(fraction.len() > 3)), 100.0);
    for digit in fraction.bytes().take(3) {
        thousandths += f64::from(digit - b'0') * place;
        place /= 10.0;
    }
    Some(whole.parse::<u64>().ok()? as f64 * 1_000.0 + thousandths)
}

/// Reads `Sun, 06 Nov 1994 08:49:37 GMT` as Unix milliseconds. Does not read the two older forms of HTTP.
fn http_date(text: &str) -> Option<f64> {
    const MONTHS: [&[u8]; 12] =
        [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];
    let text = text.as_bytes();
    if text.len() != 29 || text[3..5] != *b", " || text[25..] != *b" GMT" {
        return None;
    }
    let number = |from: usize, to: usize| {
        text[from..to]
            .iter()
            .try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0')))
    };
    let month = MONTHS.iter().position(|month| *month == &text[8..11])? as i64 + 1;
    let (day, year) = (number(5, 7)?, number(12, 16)?);
    let (hour, minute, second) = (number(17, 19)?, number(20, 22)?, number(23, 25)?);
    let days = split_events::days_from_civil(year, month, day);
    Some((((days * 24 + hour) * 60 + minute) * 60 + second) as f64 * 1_000.0)
}
