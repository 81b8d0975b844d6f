//! When a request may begin: one pause for all, the requests a second, and how long a service asks to be left alone.

/// Holds requests back.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// Milliseconds between the beginnings of two requests; none where as many may begin as like.
    interval: Option<f64>,
    next: f64,
    /// Nothing is sent before. Only a person moves it back.
    paused_until: f64,
}

impl Pace {
    pub fn new(requests_per_second: Option<f64>) -> Self {
        Pace { interval: requests_per_second.map(|rate| 1_000.0 / rate), ..Pace::default() }
    }

    /// The service asks everyone to wait. A shorter pause never ends a longer one.
    pub fn pause(&mut self, until: f64) {
        self.paused_until = self.paused_until.max(until);
    }

    /// The pause is over.
    pub fn resume(&mut self) {
        self.paused_until = 0.0;
    }

    /// When the next request may begin.
    pub fn opens(&self) -> f64 {
        self.paused_until.max(self.next)
    }

    /// Until when all is paused.
    pub fn paused_until(&self) -> f64 {
        self.paused_until
    }

    /// A request begins.
    pub fn begin(&mut self, now: f64) {
        if let Some(interval) = self.interval {
            self.next = now + interval;
        }
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

/// Up to so many milliseconds a number is a span in seconds, fifteen years; above it a time.
const SPAN_MAX: f64 = 5e11;
/// Above this a time is in milliseconds and not in seconds: the year 5138.
const SECONDS_MAX: f64 = 1e14;

/// For how many milliseconds an answer with these headers asks to be left alone. `now` is Unix time in milliseconds;
/// the service's own clock counts where it tells it. `get` gives a header by its name in lower case.
pub fn asked_wait(get: impl Fn(&str) -> Option<String>, now: f64) -> Option<f64> {
    let date = |text: &str| http_date(text.trim());
    let now = get("date").and_then(|text| date(&text)).unwrap_or(now);
    let span = |text: &str| {
        let time = match seconds(text) {
            Some(ms) if ms < SPAN_MAX => return Some(ms),
            Some(ms) if ms < SECONDS_MAX => ms,
            Some(ms) => ms / 1_000.0,
            None => date(text)?,
        };
        Some((time - now).max(0.0))
    };
    // what was given twice comes joined by commas, and a date has one in it
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

/// A number of seconds without a sign, perhaps with a fraction, as milliseconds.
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

/// `Sun, 06 Nov 1994 08:49:37 GMT` as Unix milliseconds; the two older forms that HTTP knows are not read.
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
