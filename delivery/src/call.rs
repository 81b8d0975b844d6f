//! One call of `deliver`: how long it lasts, and when it has died with its context.

/// Milliseconds beyond the longest wait after which a call that has asked for no step has died.
const DIED_AFTER: f64 = 30_000.0;

#[derive(Debug)]
pub(crate) struct Call {
    pub number: u32,
    /// No request begins: what is in flight is waited for.
    pub is_over: bool,
    /// How long it may sleep, in milliseconds.
    patience: f64,
    deadline: Option<f64>,
    /// While the browser is offline: until when it waits for the network.
    offline_until: Option<f64>,
    /// It lives for this time after it has asked for a step: until `dies`.
    lives: f64,
    dies: f64,
}

impl Call {
    /// Begins a call with this patience, in which a request takes up to `timeout` milliseconds.
    pub fn new(number: u32, now: f64, patience: f64, timeout: f64, deadline: Option<f64>) -> Self {
        let lives = patience.max(timeout) + DIED_AFTER;
        Call { number, is_over: false, patience, deadline, offline_until: None, lives, dies: now + lives }
    }

    pub fn has_died(&self, now: f64) -> bool {
        now >= self.dies
    }

    /// Notes that it asks for a step.
    pub fn asks(&mut self, now: f64, is_offline: bool) {
        self.dies = now + self.lives;
        self.is_over |= self.deadline.is_some_and(|deadline| now >= deadline);
        self.offline_until = is_offline.then(|| self.offline_until.unwrap_or(now + self.patience));
    }

    /// Returns the time that it waits for if there is something to do at `until`; `None` if it is not that patient.
    pub fn waits(&self, until: Option<f64>, is_planned: bool, now: f64) -> Option<f64> {
        let gives_up = [self.offline_until, self.deadline].into_iter().flatten().reduce(f64::min);
        let waits_for_network = self.offline_until.is_some() && is_planned;
        let until = if waits_for_network { gives_up.filter(|&time| time > now) } else { until };
        until.filter(|until| until - now <= self.patience)
    }
}
