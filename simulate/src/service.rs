//! The simulated service. It decides what it takes before it answers, and counts each event that it takes.

use std::collections::HashMap;

use fastrand::Rng;
use split_events_delivery::{Answer, Failure, Response};

use crate::plan::{FAULTS, Plan};

#[derive(Debug, Default)]
pub struct Service {
    /// The number of times that each event was taken.
    pub taken: HashMap<String, u32>,
    requests: u64,
}

/// The statuses that blame the key, the address, the account or the request, whatever its events.
const OF_SETTINGS: [u16; 17] = [300, 301, 308, 401, 402, 403, 404, 405, 406, 407, 410, 411, 415, 421, 426, 431, 451];

/// The fate of a request.
pub struct Fate {
    /// The time from the request until the service takes the body, if it does.
    pub takes: Option<f64>,
    /// The time from the request until its response, and the response.
    pub answer: (f64, Response),
    /// The length of the pause that the service asks for.
    pub asked: Option<f64>,
}

impl Service {
    /// Draws what happens to a request with this body. [`Service::take`] counts what is taken.
    pub fn meet(&mut self, plan: &Plan, body: &[u8], rng: &mut Rng) -> Fate {
        self.requests += 1;
        let reads = f64::from(rng.u32(1..300));
        let answers = reads + f64::from(rng.u32(1..300));
        let status = |status: u16| Response::Answer(Answer { status, body: "said so".to_owned(), wait: None });
        let plain = |status_code: u16| Fate { takes: None, answer: (answers, status(status_code)), asked: None };
        if plan.wrong_key {
            return plain(if rng.bool() { 401 } else { 403 });
        }
        let outage = plan.outage.is_some_and(|(from, length)| (from..from + length).contains(&self.requests));
        if !outage && plan.largest.is_some_and(|largest| body.len() > largest) {
            return plain(413);
        }
        let kind = if outage { [3, 5, 6, 7][rng.usize(0..4)] } else { self.draw(plan, rng) };
        let broken = |code: &str, syscall: &str| {
            Response::Failed(Failure { code: code.to_owned(), syscall: syscall.to_owned(), message: String::new() })
        };
        let maybe = if rng.bool() { Some(reads) } else { None };
        let (takes, response, asked) = match kind {
            1 => (None, status(429), Some(f64::from(rng.u32(0..60)) * 1_000.0)),
            2 => (None, status(503), Some(f64::from(rng.u32(0..20)) * 1_000.0)),
            3 => (None, status(503), None),
            4 => (None, status(if rng.bool() { 408 } else { 425 }), None),
            5 => (maybe, status([500, 502, 504, 520][rng.usize(0..4)]), None),
            6 => (maybe, broken("ECONNRESET", "read"), None),
            7 => (None, broken("ECONNREFUSED", "connect"), None),
            8 => (maybe, Response::TimedOut, None),
            9 => (None, status([400, 409, 422][rng.usize(0..3)]), None),
            10 => (None, status(OF_SETTINGS[rng.usize(0..OF_SETTINGS.len())]), None),
            11 => (Some(reads), broken("UND_ERR_SOCKET", ""), None),
            12 => (None, status(413), None),
            13 => (Some(reads), status([200, 202, 204][rng.usize(0..3)]), Some(f64::from(rng.u32(0..5)) * 1_000.0)),
            14 => (maybe, Response::Foreign(Answer { status: 200, ..Answer::default() }), None),
            15 => (None, status(429), Some(36_000_000.0)),
            16 => (None, Response::Redirect, None),
            _ => (Some(reads), status(202), None),
        };
        let slow = matches!(response, Response::TimedOut).then_some(30_000.0);
        let response = match response {
            Response::Answer(answer) => Response::Answer(Answer { wait: asked, ..answer }),
            response => response,
        };
        Fate { takes, answer: (slow.unwrap_or(answers), response), asked }
    }

    pub fn take(&mut self, body: &[u8]) {
        for event in events_of(body) {
            *self.taken.entry(event).or_default() += 1;
        }
    }

    fn draw(&self, plan: &Plan, rng: &mut Rng) -> usize {
        let weights = plan.faults.weights;
        let mut draw = rng.u32(0..weights.iter().sum());
        for (kind, weight) in weights.iter().enumerate().take(FAULTS) {
            if draw < *weight {
                return kind;
            }
            draw -= weight;
        }
        0
    }
}

/// Returns the events of a body, which have neither nesting nor commas.
pub fn events_of(body: &[u8]) -> Vec<String> {
    let text = std::str::from_utf8(body).expect("a body is text");
    let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).expect("a body is an array");
    inner.split(',').map(str::to_owned).collect()
}
