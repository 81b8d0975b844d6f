//! The checker that is fast: it proves an event clean where it lies, or says that it is not sure.
//!
//! It never explains and never repairs. "Not sure" is always allowed; a wrong "clean" never. The
//! scanner looks at every byte once; the templates skip what it has proved before.

mod scanner;
mod template;
mod token;

use std::ops::Range;

use crate::read::Padded;
use crate::rules::Rules;
use scanner::Scanner;
use template::Templates;

/// An event up to this many bytes is under the caps of properties, sizes and nesting whatever is in it.
const SURE_BYTES: usize = 7_900;

/// Notes about a clean event, counted and not explained.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Notes {
    /// `value` is absent or null.
    pub value_missing: bool,
    /// The event type is longer than all pages of the service allow.
    pub long_name: bool,
    /// The event type has a colon.
    pub colon: bool,
    /// The timestamp is older than the clock allows without a word.
    pub old: bool,
    /// The timestamp is ahead of the clock.
    pub ahead: bool,
}

/// What the fast checker says of the bytes from a `{` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// A clean event ends before this byte.
    Clean {
        /// The byte behind it.
        end: usize,
        /// Line breaks in it.
        lines: u32,
        /// What is to be counted of it.
        notes: Notes,
    },
    /// It may be anything.
    NotSure,
    /// The data ended inside of it.
    RanOut,
}

/// What both ways of proving share: where they stand, and the names that they know.
#[derive(Debug, Default)]
pub struct Fast {
    templates: Templates,
    scanner: Scanner,
}

impl Fast {
    /// Where the key of the last event that was proved clean stands in the data, without its quotes.
    pub fn key(&self) -> Range<usize> {
        self.scanner.key.0..self.scanner.key.1
    }

    /// The same for its traffic type.
    pub fn traffic_type(&self) -> Range<usize> {
        self.scanner.traffic_type.0..self.scanner.traffic_type.1
    }

    /// Looks at the record that begins at `start`, which is a byte of the data.
    pub fn prove(&mut self, bytes: Padded, start: usize, rules: &Rules) -> Proof {
        let filled = bytes.filled();
        self.scanner.notes = Notes::default();
        let proved = match self.templates.walk(bytes, start, &mut self.scanner, rules) {
            Some(proved) => {
                self.templates.count(false);
                Some(proved)
            }
            None => {
                self.scanner.notes = Notes::default();
                let proved = self.scanner.event(bytes, start, rules);
                if proved.is_some() && !self.templates.off {
                    self.templates.count(true);
                    self.templates.learn(bytes, &self.scanner.gaps);
                }
                proved
            }
        };
        match proved {
            Some((end, lines)) if end - start <= SURE_BYTES => Proof::Clean { end, lines, notes: self.scanner.notes },
            None if self.scanner.stopped_at >= filled => Proof::RanOut,
            Some(_) | None => Proof::NotSure,
        }
    }
}
