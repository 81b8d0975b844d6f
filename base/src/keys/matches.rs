//! Counts the events whose key is known, and finds the difference if hardly any is.

use serde::Serialize;

use super::known::KnownKeys;
use super::likeness::Difference;
use super::shapes::Shapes;
use crate::finding::cut;
use crate::json::quoted;

/// The most traffic types that are counted one by one. The events of others are counted under the type "".
const TYPES_MAX: usize = 1000;
/// The fewest events for which there is a hint.
const EVENTS_MIN: u64 = 20;
/// There is a hint if fewer than one in this number of events has a known key.
const HARDLY: u64 = 20;
/// The most unknown keys of one traffic type that are compared with the sample.
const LOOKED_AT_MAX: u64 = 10_000;

/// The events of one traffic type whose keys are known, among those that are sent.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyMatch {
    /// The traffic type; empty for all those after the first 1,000.
    pub traffic_type: String,
    /// The events that are sent.
    pub events: u64,
    /// Those among them whose key is known.
    pub known: u64,
    /// `known / events`
    pub share: f64,
    #[serde(skip)]
    evidence: Evidence,
}

/// The difference between the events' keys and the known keys if hardly any key is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyHint {
    /// `case`, `padding`, `prefix`, `punctuation`, `shape` or `unrelated`.
    pub code: &'static str,
    /// The traffic type of the events.
    pub traffic_type: String,
    /// The difference for a person, with an example.
    pub message: String,
}

/// The differences that were found for the unknown keys of a traffic type.
#[derive(Debug, Clone, Default)]
struct Evidence {
    shapes: Shapes,
    looked_at: u64,
    first: String,
    /// The number of keys that the sample of known keys can tell about.
    sampled: u64,
    differences: [Differing; Difference::ALL.len()],
}

#[derive(Debug, Clone, Default)]
struct Differing {
    keys: u64,
    /// An event's key, and the known one.
    example: (String, String),
}

/// The counts by traffic type.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(transparent)]
pub struct Matches {
    list: Vec<KeyMatch>,
    #[serde(skip)]
    /// The index of the last event's traffic type: the next event mostly has the same.
    last: usize,
}

impl Matches {
    /// Returns the counts of each traffic type, in the order in which the types came.
    pub fn list(&self) -> &[KeyMatch] {
        &self.list
    }

    /// Counts an event that is sent and has a known key.
    pub fn known(&mut self, traffic_type: &str) {
        self.row(traffic_type).count(true);
    }

    /// Counts an event that is sent, whether its key is known or not.
    pub fn count(&mut self, key: &str, traffic_type: &str, keys: &KnownKeys) {
        let known = keys.contains(key.as_bytes());
        let row = self.row(traffic_type);
        row.count(known);
        if !known {
            row.evidence.look_at(key, keys);
        }
    }

    /// Returns the hint for the largest traffic type with hardly any known key.
    pub fn hint(&self, keys: &KnownKeys) -> Option<KeyHint> {
        let hardly = |row: &&KeyMatch| row.events >= EVENTS_MIN && row.known * HARDLY < row.events;
        let row = self.list.iter().filter(hardly).max_by_key(|row| row.events)?;
        let (code, message) = row.evidence.hint(keys);
        Some(KeyHint { code, traffic_type: row.traffic_type.clone(), message })
    }

    fn row(&mut self, traffic_type: &str) -> &mut KeyMatch {
        let is = |row: &KeyMatch| row.traffic_type == traffic_type;
        if !self.list.get(self.last).is_some_and(is) {
            let found = self.list.iter().position(is);
            self.last = found.unwrap_or_else(|| self.add(traffic_type));
        }
        &mut self.list[self.last]
    }

    fn add(&mut self, traffic_type: &str) -> usize {
        if self.list.len() > TYPES_MAX {
            return TYPES_MAX;
        }
        let name = if self.list.len() == TYPES_MAX { "" } else { traffic_type };
        self.list.push(KeyMatch {
            traffic_type: name.to_owned(),
            events: 0,
            known: 0,
            share: 0.0,
            evidence: Evidence::default(),
        });
        self.list.len() - 1
    }
}

impl KeyMatch {
    fn count(&mut self, known: bool) {
        self.events += 1;
        self.known += u64::from(known);
        self.share = self.known as f64 / self.events as f64;
    }
}

impl Evidence {
    fn look_at(&mut self, key: &str, keys: &KnownKeys) {
        if self.looked_at == LOOKED_AT_MAX {
            return;
        }
        if self.looked_at == 0 {
            key.clone_into(&mut self.first);
        }
        self.looked_at += 1;
        self.shapes.count(key.as_bytes(), keys.host);
        let Some(alike) = keys.sample.alike(key, keys.host) else { return };
        self.sampled += 1;
        if let Some((difference, known)) = alike {
            let differing = &mut self.differences[difference as usize];
            if differing.keys == 0 {
                differing.example = (key.to_owned(), known.to_owned());
            }
            differing.keys += 1;
        }
    }

    fn hint(&self, keys: &KnownKeys) -> (&'static str, String) {
        for difference in Difference::ALL {
            let Differing { keys, example: (event, known) } = &self.differences[difference as usize];
            if keys * 2 > self.sampled {
                let (code, what) = difference.words();
                return (
                    code,
                    format!("{what}: {} in the events, {} among the known keys", shown(event), shown(known)),
                );
            }
        }
        let any = keys.sample.any().unwrap_or_default();
        match (self.shapes.most(), keys.shapes.most()) {
            (Some(event), Some(known)) if event != known => {
                let (first, events, those) = (shown(&self.first), event.plural(), known.plural());
                let message = format!(
                    "the keys of the events are {events}, such as {first}; the known keys are {those}, such as {}",
                    shown(any)
                );
                ("shape", message)
            }
            _ => {
                let message = format!(
                    "the keys seem to name different things: {} in the events, {} among the known keys",
                    shown(&self.first),
                    shown(any)
                );
                ("unrelated", message)
            }
        }
    }
}

impl Difference {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Difference::Case => ("case", "the keys differ only in capital letters"),
            Difference::Padding => ("padding", "the keys differ in zeros, quotes or white space around them"),
            Difference::Prefix => ("prefix", "the keys differ in their beginning or end"),
            Difference::Punctuation => ("punctuation", "the keys differ only in dashes, brackets or other signs"),
        }
    }
}

fn shown(key: &str) -> String {
    quoted(&cut(key))
}
