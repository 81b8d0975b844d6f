//! What the journal holds of one batch, as lines of JSON: the batch, then each part that was ever sent.

use super::fingerprint::Fingerprint;
use super::import::Resolution;
use super::ledger::Known;
use crate::{Attempt, Outcome, Part, Reason, State};
use split_events::Place;
use split_events::json::{self, Kind, Value, quoted};

/// One batch.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchRecord {
    /// Its number in the run, from 1.
    pub number: u64,
    /// Of its body, as it was read from the source.
    pub fingerprint: Fingerprint,
    /// How many events that body has.
    pub events: usize,
    /// Its size.
    pub bytes: usize,
    /// Where its first and its last event stand, and in the source of which name.
    pub from: (Place, Option<String>),
    /// The same for its last event.
    pub to: (Place, Option<String>),
    /// Those that an earlier import had delivered, as runs of neighbours: the first, and the one behind the last.
    pub duplicates: Vec<(usize, usize)>,
    /// The same under another SDK key.
    pub other_key: Vec<(usize, usize)>,
    /// What was or is about to be sent; what is missing here waits for its turn.
    pub parts: Vec<PartRecord>,
}

/// One part of a batch, its duplicates left out.
#[derive(Debug, Clone, PartialEq)]
pub struct PartRecord {
    /// Which events.
    pub part: Part,
    /// How it stands.
    pub state: PartState,
    /// The requests that were made for it.
    pub attempts: Vec<Attempt>,
    /// It stands so by the user's word, which can be taken back until an import that goes on acts on it: then it is
    /// unknown as it was.
    pub was: Option<Outcome>,
}

/// How a part stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartState {
    /// About to be sent, or sent. Found so after a crash, it is unknown.
    Dispatching,
    /// It has ended.
    Ended(Outcome),
    /// It was unknown, and the user has said to send it again.
    Resend,
}

impl BatchRecord {
    /// How many events are not held back.
    pub fn fresh(&self) -> usize {
        self.events - events_in(&self.held_back())
    }

    /// Those that the ledger holds back.
    pub fn held_back(&self) -> Vec<(usize, usize)> {
        [self.duplicates.as_slice(), &self.other_key].concat()
    }

    /// What the ledger knew of this event.
    pub fn knows(&self, at: usize) -> Known {
        let has = |runs: &[(usize, usize)]| runs.iter().any(|(from, to)| (*from..*to).contains(&at));
        match () {
            () if has(&self.duplicates) => Known::Earlier,
            () if has(&self.other_key) => Known::OtherKey,
            () => Known::No,
        }
    }

    /// Holds back what the ledger knows of its events, unless something of it was taken, or may have been, or refused:
    /// since it was planned another import may have delivered them. Gives whether that changes it.
    pub fn hold_back(&mut self, known: &[Known]) -> bool {
        let known: Vec<Known> = known.iter().enumerate().map(|(at, known)| self.knows(at).max(*known)).collect();
        let (duplicates, other_key) = (runs_of(&known, Known::Earlier), runs_of(&known, Known::OtherKey));
        if !self.is_untouched() || (&duplicates, &other_key) == (&self.duplicates, &self.other_key) {
            return false;
        }
        (self.duplicates, self.other_key) = (duplicates, other_key);
        self.parts.clear();
        true
    }

    /// Whether nothing of it was ever taken, or may have been, or was refused.
    pub fn is_untouched(&self) -> bool {
        self.parts.iter().all(|part| matches!(&part.state, PartState::Ended(end) if end.state == State::Unsent))
    }

    /// Says how a part stands. Those that it overlaps go.
    pub fn set(&mut self, part: Part, state: PartState, attempts: Vec<Attempt>) {
        self.forget(part);
        let at = self.parts.iter().take_while(|other| other.part.from < part.from).count();
        self.parts.insert(at, PartRecord { part, state, attempts, was: None });
    }

    /// A part waits for its turn again.
    pub fn forget(&mut self, part: Part) {
        self.parts.retain(|other| other.part.to <= part.from || part.to <= other.part.from);
    }

    /// What waits for its turn: what was never sent, was not taken, or is to be sent again.
    pub fn waiting(&self) -> Vec<Part> {
        let mut waiting: Vec<Part> = Vec::new();
        let mut add = |from: usize, to: usize| match waiting.last_mut() {
            _ if from == to => {}
            Some(last) if last.to == from => last.to = to,
            _ => waiting.push(Part { batch: self.number, from, to }),
        };
        let mut at = 0;
        for PartRecord { part, state, .. } in &self.parts {
            add(at, part.from);
            at = part.from;
            if state.waits() {
                add(at, part.to);
            }
            at = part.to;
        }
        add(at, self.fresh());
        waiting
    }

    /// Whether the service has all of it.
    pub fn is_done(&self) -> bool {
        let accepted =
            |part: &PartRecord| matches!(&part.state, PartState::Ended(outcome) if outcome.state == State::Accepted);
        self.waiting().is_empty() && self.parts.iter().all(accepted)
    }

    /// What the user has given up needs nobody any more, as if the service had it.
    pub fn forget_dropped(&mut self) {
        for part in &mut self.parts {
            if matches!(&part.state, PartState::Ended(outcome) if outcome.reason == Some(Reason::Dropped)) {
                part.state = PartState::Ended(Outcome::ACCEPTED);
            }
        }
    }

    /// What was taken or may have been: a ledger has these.
    pub fn entered(&self) -> impl Iterator<Item = Part> {
        let taken = |record: &&PartRecord| match &record.state {
            PartState::Dispatching | PartState::Resend => true,
            PartState::Ended(outcome) => matches!(outcome.state, State::Accepted | State::Unknown),
        };
        self.parts.iter().filter(taken).map(|record| record.part)
    }

    /// As it is written.
    pub fn text(&self) -> Vec<u8> {
        let mut text = ["{\"events\":", &self.events.to_string(), ",\"bytes\":", &self.bytes.to_string()].concat();
        text.push_str(&[",\"print\":\"", &self.fingerprint.hex(), "\",\"from\":"].concat());
        place(&mut text, &self.from);
        text.push_str(",\"to\":");
        place(&mut text, &self.to);
        for (name, runs) in [("duplicates", &self.duplicates), ("otherKey", &self.other_key)] {
            for (at, (from, to)) in runs.iter().enumerate() {
                text.push_str(&if at == 0 { [",\"", name, "\":{\""].concat() } else { ",\"".to_owned() });
                text.push_str(&[&from.to_string(), "\":", &to.to_string()].concat());
            }
            text.push_str(if runs.is_empty() { "" } else { "}" });
        }
        text.push_str("}\n");
        for part in &self.parts {
            part.write(&mut text);
        }
        text.into_bytes()
    }

    /// From [`BatchRecord::text`]; nothing where it is none.
    pub fn read(number: u64, bytes: &[u8]) -> Option<Self> {
        let mut lines = std::str::from_utf8(bytes).ok()?.lines();
        let line = json::parse(lines.next()?).ok()?;
        let runs = |name| match field(&line, name).map(|value| &value.kind) {
            Some(Kind::Object(members)) => members
                .iter()
                .map(|member| Some((member.name.parse().ok()?, number_of(&member.value)? as usize)))
                .collect::<Option<_>>(),
            _ => Some(Vec::new()),
        };
        let read_part = |line| PartRecord::read(number, &json::parse(line).ok()?);
        Some(BatchRecord {
            number,
            fingerprint: Fingerprint::from_hex(text_of(field(&line, "print")?)?)?,
            events: number_of(field(&line, "events")?)? as usize,
            bytes: number_of(field(&line, "bytes")?)? as usize,
            from: read_place(field(&line, "from")?)?,
            to: read_place(field(&line, "to")?)?,
            duplicates: runs("duplicates")?,
            other_key: runs("otherKey")?,
            parts: lines.map(read_part).collect::<Option<_>>()?,
        })
    }
}

fn runs_of(known: &[Known], which: Known) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (at, _) in known.iter().enumerate().filter(|(_, known)| **known == which) {
        match runs.last_mut() {
            Some((_, to)) if *to == at => *to += 1,
            _ => runs.push((at, at + 1)),
        }
    }
    runs
}

/// How many events these runs of neighbours have.
pub(crate) fn events_in(runs: &[(usize, usize)]) -> usize {
    runs.iter().map(|(from, to)| to - from).sum()
}

impl PartState {
    /// Refused, for what may be put right without changing its events.
    pub fn is_of_settings(&self) -> bool {
        matches!(self, PartState::Ended(outcome) if outcome.is_of_settings())
    }

    fn waits(&self) -> bool {
        match self {
            PartState::Dispatching => false,
            PartState::Resend => true,
            PartState::Ended(outcome) => outcome.state == State::Unsent,
        }
    }
}

impl PartRecord {
    /// Whether the user's word on it is awaited.
    pub fn is_open(&self) -> bool {
        matches!(&self.state, PartState::Ended(outcome) if outcome.is_open())
    }

    /// The user's word on it, as long as it can be taken back.
    pub fn word(&self) -> Option<Resolution> {
        match (&self.state, &self.was) {
            (PartState::Resend, _) => Some(Resolution::Resend),
            (PartState::Ended(outcome), Some(_)) if outcome.state == State::Accepted => Some(Resolution::Accepted),
            (PartState::Ended(_), Some(_)) => Some(Resolution::Drop),
            _ => None,
        }
    }

    fn write(&self, text: &mut String) {
        let (from, to) = (self.part.from.to_string(), self.part.to.to_string());
        text.push_str(&["{\"from\":", &from, ",\"to\":", &to, ",\"state\":\""].concat());
        match &self.state {
            PartState::Dispatching => text.push_str("dispatching\""),
            PartState::Resend => text.push_str("resend\""),
            PartState::Ended(outcome) => {
                text.push_str(&[outcome.state.as_str(), "\""].concat());
                why(text, outcome);
            }
        }
        if let Some(was) = &self.was {
            text.push_str(",\"was\":{\"state\":\"unknown\"");
            why(text, was);
            text.push('}');
        }
        for (at, Attempt { status, error, ms }) in self.attempts.iter().enumerate() {
            text.push_str(if at == 0 { ",\"attempts\":{\"" } else { ",\"" });
            text.push_str(&[&at.to_string(), "\":{\"ms\":", &(*ms as u64).to_string()].concat());
            if let Some(status) = status {
                text.push_str(&[",\"status\":", &status.to_string()].concat());
            }
            if let Some(error) = error {
                text.push_str(&[",\"error\":", &quoted(error)].concat());
            }
            text.push('}');
        }
        text.push_str(if self.attempts.is_empty() { "}\n" } else { "}}\n" });
    }

    fn read(batch: u64, line: &Value) -> Option<Self> {
        let from = number_of(field(line, "from")?)? as usize;
        let to = number_of(field(line, "to")?)? as usize;
        let state = match text_of(field(line, "state")?)? {
            "dispatching" => PartState::Dispatching,
            "resend" => PartState::Resend,
            state => PartState::Ended(read_why(State::named(state)?, line)),
        };
        let was = field(line, "was").map(|was| read_why(State::Unknown, was));
        let attempts = match field(line, "attempts").map(|value| &value.kind) {
            Some(Kind::Object(members)) => members
                .iter()
                .map(|member| Attempt {
                    status: field(&member.value, "status").and_then(number_of).map(|status| status as u16),
                    error: field(&member.value, "error").and_then(text_of).map(str::to_owned),
                    ms: field(&member.value, "ms").and_then(number_of).unwrap_or_default() as f64,
                })
                .collect(),
            _ => Vec::new(),
        };
        Some(PartRecord { part: Part { batch, from, to }, state, attempts, was })
    }
}

fn why(text: &mut String, Outcome { reason, message, .. }: &Outcome) {
    if let Some(reason) = reason {
        text.push_str(&[",\"reason\":\"", reason.as_str(), "\""].concat());
    }
    if let Some(message) = message {
        text.push_str(&[",\"message\":", &quoted(message)].concat());
    }
}

fn read_why(state: State, value: &Value) -> Outcome {
    Outcome {
        state,
        reason: field(value, "reason").and_then(text_of).and_then(Reason::named),
        message: field(value, "message").and_then(text_of).map(str::to_owned),
    }
}

fn place(text: &mut String, (place, file): &(Place, Option<String>)) {
    text.push_str(&["{\"index\":", &place.index.to_string(), ",\"source\":", &place.source.to_string()].concat());
    if let Some((line, offset)) = place.text {
        text.push_str(&[",\"line\":", &line.to_string(), ",\"byteOffset\":", &offset.to_string()].concat());
    }
    if let Some(file) = file {
        text.push_str(&[",\"file\":", &quoted(file)].concat());
    }
    text.push('}');
}

fn read_place(value: &Value) -> Option<(Place, Option<String>)> {
    let number = |name| field(value, name).and_then(number_of);
    let text = number("line").zip(number("byteOffset"));
    let place = Place { index: number("index")?, source: number("source")? as u32, text };
    Some((place, field(value, "file").and_then(text_of).map(str::to_owned)))
}

pub(super) fn field<'v, 'a>(value: &'v Value<'a>, name: &str) -> Option<&'v Value<'a>> {
    match &value.kind {
        Kind::Object(members) => members.iter().find(|member| member.name == name).map(|member| &member.value),
        _ => None,
    }
}

pub(super) fn number_of(value: &Value) -> Option<u64> {
    match value.kind {
        Kind::Number(text) => text.parse().ok(),
        _ => None,
    }
}

pub(super) fn text_of<'v>(value: &'v Value) -> Option<&'v str> {
    match &value.kind {
        Kind::String(text) => Some(text),
        _ => None,
    }
}
